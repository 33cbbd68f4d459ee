"""What the columns of a table of answers are: questions, who answered, when, and the rest.

Spreadsheets and platforms name them in their own ways: Moodle has `Response 1`, Canvas `4711: text`
and the points behind it, Google Forms the question's text. What the author maps comes first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from shapecalc.diagnostics import quote

NAMES = (
    "student", "name", "full name", "student name", "your name", "display name", "participant",
)  # fmt: skip
FIRST = ("first name", "firstname", "given name", "forename")
LAST = ("last name", "lastname", "surname", "family name")
NUMBERS = (
    "id", "id number", "student id", "student number", "matriculation number", "sid", "user id",
    "sis user id", "sis id", "sis login id", "org defined id", "identifier", "github username",
    "username", "user name", "login", "netid", "uid",
)  # fmt: skip
EMAILS = ("email", "email address", "e mail", "e mail address", "mail", "user email")
TIMES = ("timestamp", "submitted", "completed", "submission time", "submitted at", "date submitted")
PEOPLE = (*NAMES, *FIRST, *LAST, *EMAILS, *NUMBERS)
OTHERS = (  # what platforms say of an attempt; no answer stands there
    "section", "section id", "section sis id", "attempt", "state", "status", "started",
    "started on", "time taken", "duration", "n correct", "n incorrect", "score", "grade", "total",
    "institution", "department", "root account", "integration id", "cohort", "group",
)  # fmt: skip
NUMBERED = re.compile(r"(?:response|question|answer|q|item|frage|aufgabe) ?(\d{1,4})")
NUMBER = re.compile(r"(?:(?:response|question|answer|q|item|frage|aufgabe) ?)?\.? ?(\d{1,4})")
CANVAS = re.compile(r"\s*\d{2,}:\s")
ABOUT = re.compile(r"\[(?:score|feedback|points)\]\s*$|^(?:grade|score|total)\b|^\d+(?:\.\d+)?$")
LONGEST_HEADER = 4000


class Mapped(NamedTuple):
    """What tells questions by their columns: their texts, and what the author maps."""

    prompts: Mapping[str, str] = MappingProxyType({})  # by id
    columns: Mapping[str, str] = MappingProxyType({})  # of ids, and of `student`


class Header(NamedTuple):
    """Positions of each question's column, of who answered, and of the rest, by their names."""

    questions: dict[str, int]
    people: dict[str, int]  # by the platform's word in plain letters
    unknown: dict[str, int]
    width: int
    titles: dict[int, str]  # as they are written, of those who answered
    notes: tuple[str, ...] = ()
    time: int | None = None


def plain(text: str) -> str:
    """Return a name without its case, signs between words, and what is in brackets."""
    words = re.sub(r"[\s_\-]+", " ", text[:LONGEST_HEADER].casefold().replace("\ufeff", ""))
    return re.sub(r"\s*\([^()]*\)$", "", words).strip(" .:*?")


def matched(key: str, ids: Collection[str], by_plain: Mapping[str, str]) -> str | None:
    """Return the question that a key is meant for: by its id, whatever its case and blanks."""
    if key in ids:
        return key
    return by_plain.get(_tight(key)) or by_plain.get(_tight(plain(key)))


def by_number(key: str, ids: Collection[str], by_plain: Mapping[str, str]) -> str | None:
    """Return the question of a number, `3` or `Question 3`, as sheets count them.

    None where an id has another number than its place: which is meant cannot be told.
    """
    number = NUMBER.fullmatch(plain(key))
    place = int(number[1]) if number else 0
    if not 0 < place <= len(ids):
        return None
    found = list(ids)[place - 1]
    named = {by_plain.get(f"{word}{place}", found) for word in ("", "q", "question")}
    own = re.fullmatch(r"(?:q|question)?(\d+)", _tight(found))
    return found if named == {found} and (own is None or int(own[1]) == place) else None


def by_plain_id(ids: Collection[str]) -> dict[str, str]:
    """Return ids by their plain form, where only one of them has it."""
    found: dict[str, set[str]] = {}
    for id_ in ids:
        for form in (_tight(id_), _tight(plain(id_))):
            found.setdefault(form, set()).add(id_)
    return {key: min(whose) for key, whose in found.items() if len(whose) == 1}


def _tight(text: str) -> str:
    """Return a name without its case and blanks: `Q. 7` is `q7`."""
    tight = re.sub(r"[\s_\-]+", "", text[:LONGEST_HEADER].casefold())
    return re.sub(r"^([a-z]+)\.(?=\d)", r"\1", tight)


def header_of(cells: Sequence[str], ids: Collection[str], mapped: Mapped) -> Header:
    """Return what each column is; no question's column means that there is none."""
    header = Header({}, {}, {}, len(cells), {})
    twice: list[str] = []
    by_position = _questions(cells, ids, mapped)
    time = None
    for position, cell in enumerate(cells):
        name = cell.strip()
        word = "student" if name == mapped.columns.get("student", "") and name else plain(name)
        if position in by_position:
            id_ = by_position[position]
            if id_ in header.questions:
                twice.append(f"two columns are for {quote(id_)}: the first one counts")
            header.questions.setdefault(id_, position)
        elif word in PEOPLE:
            if word in header.people:
                twice.append(f"two columns are called {quote(name)}: the first one counts")
            header.people.setdefault(word, position)
            header.titles[position] = name
        elif word in TIMES and time is None:
            time = position
        elif word not in OTHERS and word not in TIMES and not ABOUT.search(name.casefold()):
            header.unknown.setdefault(name, position)
    return header._replace(notes=tuple(twice), time=time)


def _questions(cells: Sequence[str], ids: Collection[str], mapped: Mapped) -> dict[int, str]:
    """Return the question of each column that has one."""
    names = [cell.strip() for cell in cells]
    wanted = {column: id_ for id_, column in mapped.columns.items() if id_ in ids}
    found = {at: wanted[name] for at, name in enumerate(names) if name in wanted}
    taken = set(found.values())
    short, texts = by_plain_id(ids), {plain(text): id_ for id_, text in mapped.prompts.items()}
    for at, name in enumerate(names):
        if at in found or not name or name == mapped.columns.get("student"):
            continue
        id_ = name if name in ids else None
        if id_ is None and plain(name) not in PEOPLE and not ABOUT.search(name.casefold()):
            id_ = matched(name, ids, short) or _by_text(name, short, texts)
        if id_ is not None and (id_ not in taken or id_ == name):
            found[at] = id_
    return found if found else _by_place(names, list(ids))


def _by_text(name: str, short: Mapping[str, str], texts: Mapping[str, str]) -> str | None:
    """Return the question whose text a column has, or whose id it begins with: `q1: How ...`."""
    text = plain(name)
    behind = plain(CANVAS.sub("", name))
    if text in texts or behind in texts:
        return texts.get(text) or texts.get(behind)
    first = re.split(r"[:.)(\s\[]", text, maxsplit=1)[0]
    for head in (text.split(": ", 1)[0].replace(" ", ""), first):
        if head in short and len(head) < len(text):
            return short[head]
    return None


def _by_place(names: Sequence[str], ids: Sequence[str]) -> dict[int, str]:
    """Return the questions of columns that are only numbered, where no column has an id."""
    found = {}
    for at, name in enumerate(names):
        number = NUMBERED.fullmatch(plain(name))
        if number and 0 < int(number[1]) <= len(ids):
            found[at] = ids[int(number[1]) - 1]
    if not found:
        columns = [at for at, name in enumerate(names) if CANVAS.match(name)]
        found = dict(zip(columns, ids, strict=True)) if len(columns) == len(ids) else {}
    return found
