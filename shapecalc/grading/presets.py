"""Whose a file is: by the names that a course's platform gives to what it exports.

Without a preset a file names its student itself, in its key or column `student`; if it does not,
its folder or its own name does.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import PurePath
from typing import Any, NamedTuple

from shapecalc.grading.submission_file import Found, NotGradable, clean, opened
from shapecalc.grading.submissions import ENDINGS
from shapecalc.readers import native
from shapecalc.readers.base import MAX_BYTES

METADATA = "submission_metadata.yml"
DEEPEST = 40  # folders inside one another
MOODLE = re.compile(r"(?P<student>[^/]+?)_(?P<id>\d+)_assignsubmission_[a-z]+_[^/]*")
CANVAS = re.compile(r"(?P<student>[^/]+?)(?P<late>_LATE)?_(?P<id>\d+)_\d+_[^/]+")
NO_ANSWERS = f"no answer file ({', '.join('*' + ending for ending in ENDINGS)})"


class Named(NamedTuple):
    """A student as a path names one."""

    student: str
    identity: str = ""
    late: bool = False


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
            return [Named(clean(found["student"]), found["id"], bool(found.get("late")))]
    return []


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
    found = []
    for person in listed if isinstance(listed, list) else []:
        if isinstance(person, Mapping):
            name, sid, email = (clean(person.get(key)) for key in (":name", ":sid", ":email"))
            if name or sid or email:
                found.append(Named(name or email or sid, sid or email))
    return found


PRESETS: Mapping[str, Preset] = {
    "moodle": Preset("Moodle", lambda folder: partial(_by_part, MOODLE), typed_folder=True),
    "canvas": Preset("Canvas", lambda folder: partial(_by_part, CANVAS), typed_file=False),
    "gradescope": Preset("Gradescope", _gradescope),
}


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
    paths: Sequence[str], preset: Preset | None, complain: Callable[[str, Exception], None]
) -> list[Found]:
    """Return everything handed in, in order. What cannot be opened is complained about."""
    found: list[Found] = []
    for path in paths:
        try:
            found += _at(path, preset, complain)
        except (OSError, ValueError, NotGradable) as error:
            complain(path, error)
    return _told_apart(found)


def _at(
    path: str, preset: Preset | None, complain: Callable[[str, Exception], None]
) -> list[Found]:
    """Return what is handed in at one path. Raises OSError and ValueError, as opening does."""
    os.lstat(path)
    if os.path.isdir(path) and not os.path.islink(path):
        return _in_folder(path, preset, complain)
    if os.path.isfile(path) and not os.access(path, os.R_OK):
        raise PermissionError(13, "Permission denied")
    found = Found(path)
    if preset is None:
        return [found]
    folder, name = os.path.split(path)
    seen = path if preset.typed_file else name
    return _named(found, preset, preset.prepare(folder), _slashed(seen))


def _in_folder(
    folder: str, preset: Preset | None, complain: Callable[[str, Exception], None]
) -> list[Found]:
    naming = preset.prepare(folder) if preset else None
    found: list[Found] = []
    others: list[Found] = []
    for path in _walk(folder, complain):
        relative = _slashed(os.path.relpath(path, folder))
        top, _, below = relative.partition("/")
        item = Found(path, otherwise=top if below else "")
        answers = path.lower().endswith(ENDINGS)
        if preset is None or naming is None:
            found += [item] if answers else []
        elif not (preset.title == "Gradescope" and relative == METADATA):
            seen = _slashed(path) if preset.typed_folder else relative
            named = _named(item, preset, naming, seen)
            if answers:
                found += named
            else:
                others += [o._replace(reason=NO_ANSWERS) for o in named if not o.reason]
    return found + _nothing_else(found, others)


def _nothing_else(found: Sequence[Found], others: Sequence[Found]) -> list[Found]:
    """Return the students who handed in files, but none with answers: one entry each."""
    answered = {(item.student, item.identity) for item in found}
    first: dict[tuple[str, str], Found] = {}
    for item in others:
        first.setdefault((item.student, item.identity), item)
    return [item for whose, item in first.items() if whose not in answered]


def _named(found: Found, preset: Preset, naming: Naming, path: str) -> list[Found]:
    """Return a file once for each of its students."""
    students = naming(path)
    if not students:
        return [
            found._replace(reason=f"the student is unknown: {preset.title} gives no such file name")
        ]
    return [found._replace(student=s, identity=i, late=late) for s, i, late in students]


def _walk(folder: str, complain: Callable[[str, Exception], None]) -> Iterator[str]:
    """Yield the files below a folder, nothing hidden. No link to a folder is followed."""

    def unreadable(error: OSError) -> None:
        complain(error.filename or folder, error)

    for root, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if os.path.relpath(root, folder).count(os.sep) >= DEEPEST:
            folders.clear()
        for name in sorted(names):
            if not name.startswith("."):
                yield os.path.join(root, name)


def _told_apart(found: Sequence[Found]) -> list[Found]:
    """Name files by their stems, and by their folders where those are equal (ann/hw1, bob/hw1)."""
    folders: dict[str, set[str]] = defaultdict(set)
    paths = [PurePath(item.path) for item in found]
    for path in paths:
        folders[path.stem].add(str(path.parent))
    return [
        item
        if item.otherwise
        else item._replace(
            otherwise=(path.parent.name if len(folders[path.stem]) > 1 else "") or path.stem
        )
        for item, path in zip(found, paths, strict=True)
    ]


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")
