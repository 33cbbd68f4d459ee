"""The names of columns, keys and lines: which question one means, and the words for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from shapecalc.grading.regex import regex

NAMES = (
    "student", "name", "full name", "student name", "your name", "my name", "display name",
    "participant", "author", "submitted by",
)  # fmt: skip
FIRST = ("first name", "firstname", "given name", "forename")
LAST = ("last name", "lastname", "surname", "family name")
NUMBERS = (
    "id", "id number", "student id", "student number", "matriculation number", "sid", "user id",
    "sis user id", "sis id", "sis login id", "org defined id", "identifier", "github username",
    "username", "user name", "login", "netid", "uid",
)  # fmt: skip
EMAILS = ("email", "email address", "e mail", "e mail address", "mail", "user email")
TIMES = (
    "timestamp", "submitted", "completed", "completion time", "submission time", "submitted at",
    "date submitted", "submitted on", "handed in", "handed in at", "handed in on",
)  # fmt: skip
PEOPLE = (*NAMES, *FIRST, *LAST, *EMAILS, *NUMBERS)
OTHERS = (  # what platforms say of an attempt; no answer stands there
    "section", "section id", "section sis id", "attempt", "state", "status", "started",
    "started on", "start time", "last modified time", "time taken", "duration", "n correct",
    "n incorrect", "score", "grade", "total", "grade posted time", "quiz feedback", "institution",
    "department", "root account", "integration id", "cohort", "group", "date", "course", "class",
)  # fmt: skip
WORD = r"(?:response|answer|antwort|question|frage|q|item|task|problem|exercise|aufgabe)"
NUMBER = regex(rf"(?:{WORD} ?)?\.? ?(\d{{1,4}})")
IN_BRACKETS = regex(r"\s*\([^()]*\)$")
AROUND = " .:*?"
LONGEST_HEADER = 4000


CanAnswer = Callable[[str, str], bool]  # whether a question, by its id, has such a text for answer


def never(id_: str, text: str) -> bool:
    """Say of no text that it can answer a question: nothing is known of these."""
    return False


class Mapped(NamedTuple):
    """What tells questions apart: their texts, the columns that the author maps, what can be an
    answer to them, their texts on a sheet with several networks, which ask for several values, and
    what is left of a text that is a filled-in sheet.
    """

    prompts: Mapping[str, str] = MappingProxyType({})  # by id
    columns: Mapping[str, str] = MappingProxyType({})  # of ids, and of `student`
    can_answer: CanAnswer = never
    on_the_sheet: Mapping[str, str] = MappingProxyType({})  # by id
    arrays: Collection[str] = ()  # ids of questions that ask for several values
    without_sheet: Callable[[str], str] = str


def plain(text: str) -> str:
    """Return a name without its case, signs between words, and what is in brackets behind it."""
    return IN_BRACKETS.sub("", words(text)).strip(AROUND)


def words(text: str) -> str:
    """Return a text in small letters, with single blanks between words."""
    folded = text[:LONGEST_HEADER].casefold().replace("\ufeff", "")
    return re.sub(r"[\s_\-]+", " ", folded).strip(AROUND)


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


def question_of(key: str, ids: Collection[str], by_plain: Mapping[str, str]) -> str | None:
    """Return the question that a key is for, by its id or else by its number."""
    return matched(key, ids, by_plain) or by_number(key, ids, by_plain)


def by_plain_id(ids: Collection[str]) -> Mapping[str, str]:
    """Return ids by their plain form, where only one of them has it."""
    return _by_plain_id(tuple(ids))


@lru_cache(maxsize=8)
def _by_plain_id(ids: tuple[str, ...]) -> Mapping[str, str]:
    """Every file of a class asks for the same ones."""
    found: dict[str, set[str]] = {}
    for id_ in ids:
        for form in (_tight(id_), _tight(plain(id_))):
            found.setdefault(form, set()).add(id_)
    return {key: min(whose) for key, whose in found.items() if len(whose) == 1}


def _tight(text: str) -> str:
    """Return a name without its case and blanks: `Q. 7` is `q7`."""
    tight = re.sub(r"[\s_\-]+", "", text[:LONGEST_HEADER].casefold())
    return re.sub(r"^([a-z]+)\.(?=\d)", r"\1", tight)
