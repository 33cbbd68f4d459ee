"""Slices of an array that stand one behind the other among words: `it goes to the largest: [[0, 2],
[0, 0]], [[1, 0], [0, 0]]`, and each behind its working, `dF1 = 2 * window = [[2, 4], [0, 2]], dF2 =
3 * window = [[3, 0], [0, 3]]`.

They are the answer where they are all of it, in the shape that is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from shapecalc.grading.bracketed_lists import VALUES, row_widths
from shapecalc.grading.lists import BEGINNINGS, CLOSING, OPENING, ORDINALS
from shapecalc.grading.named_formulas import IN_WORDS
from shapecalc.grading.notation import CHANGED
from shapecalc.grading.regex import regex
from shapecalc.grading.values import NESTED, Value, flat, width_of

MOST = 60  # lists of a text that are looked at
AND = regex(r"\s*(?:[,;]\s*)?(?:and\s+)?")
INTRODUCED = regex(r"[^\W\d_]{2,}[^=:]*[=:] ?$")
STEPS = r"[-+*/^·×.\w ]{1,60}"
# A name that is counted, its working if it has one; or a factor and what it is multiplied by.
COUNTED = regex(rf"(?P<name>[A-Za-z]{{1,9}})[ _]?(?P<number>\d)(?: ?=(?P<steps>{STEPS}))? ?[=:]\s*")
FACTOR = regex(r"[-+]?\d*\.?\d+ ?[*·×] ?(?P<steps>[A-Za-z]+(?: [A-Za-z]+){0,4}) ?[=:]\s*")
VALUE = regex(r"[^\s,;()\[\]{}]+")
COUNTS = regex(rf"\b(?:{'|'.join(ORDINALS)}|last|other|next)\b", re.IGNORECASE)
TO_DO = regex(
    r"\b(?:still|yet|later|must|needs?|missing|multipl\w*|add(?:ed|ing)?|to be)\b", re.IGNORECASE
)
RATE = regex(r"\brate\b", re.IGNORECASE)


class Slice(NamedTuple):
    """A list in brackets of numbers alone, and where it stands."""

    text: str
    start: int
    end: int


def slices_behind_workings(text: str, right: Value) -> list[str]:
    """Return the slices of an array that a text gives each behind a working of its own, and nothing
    else, without these; none for another text.
    """
    found = [*_lists(text)]
    if not _are_all(found, right):
        return []
    begin, leads = 0, []
    for one in found:
        between = AND.match(text, begin) if begin else None
        leads.append(text[between.end() if between else begin : one.start].lstrip())
        begin = one.end
    if text[begin:].strip(" .\n") or not (_count_on(leads) or _have_factors(leads)):
        return []
    return [one.text for one in found]


def with_slices_as_one(text: str, right: Value) -> str:
    """Return a text with brackets around all slices of an array, which stand one behind the other,
    behind words and a colon or a sign of equality, where it has no other matrix.
    """
    found = [one for one in _lists(text) if _is_matrix(one.text)]
    apart = (text[a.end : b.start] for a, b in pairwise(found))
    if not _are_all(found, right) or not all(map(AND.fullmatch, apart)):
        return text
    start, end = found[0].start, found[-1].end
    if not INTRODUCED.search(text[:start]):
        return text
    return f"{text[:start]}[{', '.join(one.text for one in found)}]{text[end:]}"


def _are_all(found: Sequence[Slice], right: Value) -> bool:
    """Say whether lists are the slices of an array of three axes or more, in their shape."""
    while isinstance(right, NESTED) and len(right) == 1:
        right = right[0]
    if len(found) < 2 or not isinstance(right, NESTED) or len(found) != len(right):
        return False
    inside = len(flat(right[0]))
    width = width_of(right)
    return inside > width and all(
        _is_matrix(one.text)
        and row_widths(one.text) == {width}
        and len(VALUE.findall(one.text)) == inside
        for one in found
    )


def _is_matrix(text: str) -> bool:
    return text[1:-1].lstrip()[:1] in (*OPENING,) and text[1:-1].rstrip()[-1:] in (*CLOSING,)


def _lists(text: str) -> Iterator[Slice]:
    """Yield the outer brackets of a text that hold numbers alone."""
    depth = start = found = 0
    for at, sign in enumerate(text):
        if sign in OPENING:
            start = at if depth == 0 else start
            depth += 1
        elif sign in CLOSING and depth:
            depth -= 1
            if depth == 0 and VALUES.fullmatch(text, start + 1, at):
                yield Slice(text[start : at + 1], start, at + 1)
                found += 1
        if found > MOST:
            return


def _count_on(leads: Sequence[str]) -> bool:
    """Say whether names in front of slices are alike and counted, from 0 or 1 on."""
    names = [COUNTED.fullmatch(lead) for lead in leads]
    numbers = [int(name["number"]) for name in names if name]
    if len(numbers) < len(leads) or len({name["name"] for name in names if name}) > 1:
        return False
    begins = numbers[0] in BEGINNINGS
    return begins and numbers == [*range(numbers[0], numbers[0] + len(numbers))] and _leave(names)


def _have_factors(leads: Sequence[str]) -> bool:
    counted = any(COUNTS.search(lead) for lead in leads)  # which of them it is, in words
    return not counted and _leave([FACTOR.fullmatch(lead) for lead in leads])


def _leave(found: Sequence[re.Match[str] | None]) -> bool:
    """Say whether no word of a working says that its result is another one, or none."""
    steps = [one["steps"] or "" for one in found if one]
    words = (RATE.sub("", IN_WORDS.sub("", one)) for one in steps)
    left = not any(CHANGED.search(one) or TO_DO.search(one) for one in words)
    return left and len(steps) == len(found)
