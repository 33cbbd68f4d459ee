"""Whose a file is: by the names that a course's platform gives to what it exports.

Without a preset a file names its student itself, in its key or column `student`; if it does not,
its folder or its own name does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import takewhile
from pathlib import PurePath
from typing import Any, NamedTuple

from shapecalc.diagnostics import quote
from shapecalc.grading.regex import regex
from shapecalc.grading.submission_file import Found, NotGradable, clean, opened
from shapecalc.grading.submissions import ENDINGS
from shapecalc.readers import native
from shapecalc.readers.base import MAX_BYTES

METADATA = "submission_metadata.yml"
DEEPEST = 40  # folders inside one another
MOODLE = regex(r"(?P<student>[^/]+?)_(?P<id>\d+)_assignsubmission_[a-z]+_[^/]*")
CANVAS = regex(r"(?P<student>[^/]+?)(?P<late>_LATE)?_(?P<id>\d+)_\d+_[^/]+")
CANVAS_EXPORT = regex(r"[^/_]+(_LATE)?_\d{3,}_\d{3,}_[^/]+")  # without being told so
CLASSROOM = "github-classroom"
TIMESTAMP = "timestamp.txt"  # beside the files of nbgrader's students
LEFT_BY_SYSTEMS = ("thumbs.db", "desktop.ini", "__macosx")
HIDDEN, LINKED, SYSTEMS, TOO_DEEP, EMPTY = (
    "hidden",
    "a link to a folder",
    "left by an operating system",
    f"more than {DEEPEST} folders deep",
    "an empty folder",
)


class Named(NamedTuple):
    """A student as a path names one."""

    student: str
    identity: str = ""
    late: bool = False
    when: str = ""


Naming = Callable[[str], Sequence[Named]]  # a path with slashes: its students, () for none


class Preset(NamedTuple):
    """How a platform names files; `prepare(folder)` may read more.

    What is looked at is the path below the folder that is given, or the path as it was typed: a
    student can choose the names inside an own folder, and the grader those of the folders around.
    """

    title: str
    prepare: Callable[[str], Naming]
    typed_folder: bool = False
    typed_file: bool = True  # otherwise the name alone


# -- the platforms ---------------------------------------------------------------------------------


def _by_part(pattern: re.Pattern[str], path: str) -> list[Named]:
    """Name the student by the first part of a path that a platform named."""
    for part in path.split("/"):
        match = pattern.fullmatch(part)
        if match:
            found = match.groupdict()
            student = clean(found["student"])
            if student.casefold() == "participant":  # of an anonymous hand-in: the number is all
                student = f"{student} {found['id']}"
            return [Named(student, found["id"], bool(found.get("late")))]
    return []


def _classroom(folder: str) -> Naming:
    """Name students by their repositories, `homework-ann`, without what all have in front."""
    names = sorted(name for name in os.listdir(folder or ".") if not name.startswith("."))
    start = 0
    if len(names) > 1:  # what the first and the last share, all share
        shared = takewhile(lambda pair: pair[0] == pair[1], zip(names[0], names[-1], strict=False))
        start = "".join(letter for letter, _ in shared).rfind("-") + 1

    def naming(path: str) -> Sequence[Named]:
        repository, _, inside = path.partition("/")
        return [Named(clean(repository[start:]))] if inside else ()

    return naming


def _gradescope(folder: str) -> Naming:
    """Read a Gradescope export's metadata. Raises NotGradable where there is none to read."""
    path = os.path.join(folder, METADATA)
    try:
        with opened(path, MAX_BYTES) as file:
            document = native.read_bytes(file.read(MAX_BYTES + 1), path)
        if not isinstance(document.data, Mapping):
            faults = [finding.fault.message for finding in document.findings]
            raise NotGradable(*(faults[:1] or ["not a mapping"]))
    except NotGradable as error:
        raise NotGradable(f"not a Gradescope export: {METADATA}: {error}") from None
    members = {name: _submitters(entry) for name, entry in document.data.items()}
    return lambda path: members.get(path.split("/")[0], [])


def _submitters(entry: Any) -> list[Named]:
    """Return a group's members: each of them gets the marks."""
    listed = entry.get(":submitters") if isinstance(entry, Mapping) else None
    when = clean(entry.get(":created_at")) if isinstance(entry, Mapping) else ""
    found = []
    for person in listed if isinstance(listed, list) else []:
        if isinstance(person, Mapping):
            name, sid, email = (clean(person.get(key)) for key in (":name", ":sid", ":email"))
            if name or sid or email:
                found.append(Named(name or email or sid, sid or email, when=when))
    return found


PRESETS: Mapping[str, Preset] = {
    "moodle": Preset("Moodle", lambda folder: partial(_by_part, MOODLE), typed_folder=True),
    "canvas": Preset("Canvas", lambda folder: partial(_by_part, CANVAS), typed_file=False),
    "gradescope": Preset("Gradescope", _gradescope),
    CLASSROOM: Preset("GitHub Classroom", _classroom),
}


def recognized(folder: str) -> Preset | None:
    """Return the platform that a folder comes from as its names tell; None where they do not."""
    try:
        names = [name for name in os.listdir(folder) if not name.startswith(".")]
    except OSError:
        return None
    if METADATA in names:
        return PRESETS["gradescope"]
    if any(MOODLE.fullmatch(name) for name in names):
        return PRESETS["moodle"]
    if names and all(CANVAS_EXPORT.fullmatch(name) for name in names):
        return PRESETS["canvas"]
    return None


def by_regex(text: str) -> Preset:
    """Return a preset of the user's own. Raises ValueError for a pattern that cannot be one."""
    try:
        pattern = re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"not a regular expression: {error}") from None
    if "student" not in pattern.groupindex:
        raise ValueError("it has no group (?P<student>...)")

    def naming(path: str) -> Sequence[Named]:
        match = pattern.search(path)
        student = clean(match["student"]) if match else ""
        return [Named(student)] if student else ()

    return Preset("--student-regex", lambda folder: naming)


# -- files and folders -----------------------------------------------------------------------------


def find(
    paths: Sequence[str],
    preset: Preset | None,
    complain: Callable[[str, Exception], None],
    assignment: str = "",
) -> list[Found]:
    """Return everything handed in, in order. What cannot be opened is complained about.

    Every file below a folder is in the result; those that nobody reads say why.
    """
    found: list[Found] = []
    for path in paths:
        try:
            found += _at(path, preset, complain, assignment)
        except (OSError, ValueError, NotGradable) as error:
            complain(path, error)
    return _told_apart(found)


def _at(
    path: str, preset: Preset | None, complain: Callable[[str, Exception], None], assignment: str
) -> list[Found]:
    """Return what is handed in at one path. Raises OSError and ValueError, as opening does."""
    os.lstat(path)
    if os.path.isdir(path) and not os.path.islink(path):
        return _in_folder(path, preset or recognized(path), complain, assignment)
    if os.path.isfile(path) and not os.access(path, os.R_OK):
        raise PermissionError(13, "Permission denied")
    found = Found(path)
    if preset is None:
        return [found]
    folder, name = os.path.split(path)
    seen = path if preset.typed_file else name
    return _named(found, preset, preset.prepare(folder), _slashed(seen))


def _in_folder(
    folder: str, preset: Preset | None, complain: Callable[[str, Exception], None], assignment: str
) -> list[Found]:
    naming = preset.prepare(folder) if preset else None
    places: dict[str, int] = {}
    found: list[Found] = []
    others: list[Found] = []
    aside: list[Found] = []
    times: dict[str, str] = {}
    for path, reason in _walk(folder, complain):
        places[path] = len(places)
        relative = _slashed(os.path.relpath(path, folder))
        reason = reason or _not_handed_in(relative, path, preset, assignment)
        top, _, below = relative.partition("/")
        item = Found(path, otherwise=top if below else "", reason=reason, skipped=bool(reason))
        if path.endswith(TIMESTAMP):
            times[os.path.dirname(path)] = _first_line(path)
        if reason and reason != EMPTY:
            aside.append(item)
            continue
        seen = _slashed(path) if preset and preset.typed_folder else relative
        named = _named(item, preset, naming, seen) if preset and naming else [item]
        if reason:
            others += [o._replace(skipped=False, otherwise=o.otherwise or top) for o in named]
        elif path.lower().endswith(ENDINGS):
            found += named
        else:
            others += named
    found = [f._replace(when=times.get(os.path.dirname(f.path), f.when)) for f in found]
    of_students = found + _nothing_else(found, others)
    return sorted(of_students, key=lambda item: places[item.path]) + aside


def _not_handed_in(relative: str, path: str, preset: Preset | None, assignment: str) -> str:
    """Return what a file is that no student handed in; empty for all others."""
    if preset is PRESETS["gradescope"] and relative == METADATA:
        return f"{preset.title}'s own file"
    if relative.endswith(f"/{TIMESTAMP}"):
        return "the time of handing in, of nbgrader"
    if any(part in LEFT_BY_SYSTEMS for part in relative.lower().split("/")):
        return SYSTEMS
    try:
        own = bool(assignment) and os.path.samefile(path, assignment)
    except OSError:
        return ""
    return "the assignment" if own else ""


def _first_line(path: str) -> str:
    try:
        with opened(path, 4096) as file:
            return " ".join(clean(file.readline(100).decode("utf-8", "replace")).split()[:2])
    except NotGradable:
        return ""


def _nothing_else(found: Sequence[Found], others: Sequence[Found]) -> list[Found]:
    """Return the files that are no answer files: the first of a student's who has none is read to
    say what it is, and the rest is passed over.
    """
    answered = {_whose(item) for item in found}
    listed: list[Found] = []
    first: dict[tuple[str, str], Found] = {}
    for item in others:
        whose = _whose(item)
        if not any(whose):  # on its own at the top
            listed.append(item)
        elif whose in answered:
            listed.append(item._replace(reason="beside an answer file", skipped=True))
        elif whose in first:
            beside = f"beside {quote(os.path.basename(first[whose].path))}"
            listed.append(item._replace(reason=beside, skipped=True))
        else:
            first[whose] = item
            listed.append(item)
    return listed


def _whose(found: Found) -> tuple[str, str]:
    return found.student or found.otherwise, found.identity


def _named(found: Found, preset: Preset, naming: Naming, path: str) -> list[Found]:
    """Return a file once for each of its students."""
    students = naming(path)
    if not students:
        unknown = f"the student is unknown: {preset.title} gives no such file name"
        return [found._replace(reason=found.reason or unknown)]
    return [
        found._replace(student=s, identity=i, late=late, when=when) for s, i, late, when in students
    ]


def _walk(folder: str, complain: Callable[[str, Exception], None]) -> Iterator[tuple[str, str]]:
    """Yield everything below a folder, with the reason why it is not looked into, if there is one.

    No link to a folder is followed.
    """

    def unreadable(error: OSError) -> None:
        complain(error.filename or folder, error)

    for root, folders, names in os.walk(folder, onerror=unreadable):
        if root != folder and not folders and not names:
            yield root, EMPTY
        deep = os.path.relpath(root, folder).count(os.sep) >= DEEPEST
        for name in sorted(folders):
            path = os.path.join(root, name)
            if name.startswith(".") or os.path.islink(path) or deep:
                yield path, HIDDEN if name.startswith(".") else TOO_DEEP if deep else LINKED
        folders[:] = sorted(
            name
            for name in folders
            if not (name.startswith(".") or os.path.islink(os.path.join(root, name)) or deep)
        )
        for name in sorted(names):
            yield os.path.join(root, name), HIDDEN if name.startswith(".") else ""


def _told_apart(found: Sequence[Found]) -> list[Found]:
    """Name files by their stems, and by their folders where those are equal (ann/hw1, bob/hw1)."""
    folder_of: dict[str, str] = {}
    several: set[str] = set()
    for item in found:
        folder, stem = _folder_and_stem(item.path)
        if folder_of.setdefault(stem, folder) != folder:
            several.add(stem)
    return [
        item if item.otherwise else item._replace(otherwise=_own_name(item.path, several))
        for item in found
    ]


def _folder_and_stem(path: str) -> tuple[str, str]:
    folder, name = os.path.split(path)
    return folder, PurePath(name).stem


def _own_name(path: str, several: Collection[str]) -> str:
    """Return a file's stem, or its folder's name where the stem is that of several."""
    folder, stem = _folder_and_stem(path)
    return (os.path.basename(folder) if stem in several else "") or stem


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")
