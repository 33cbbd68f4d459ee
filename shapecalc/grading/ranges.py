"""Ranges as people write them: `rows 4 to 8, columns 6 to 10`, `[4, 8] x [6, 10]`, `4:9, 6:11`.

Both ends belong to a range. `(4, 6) to (8, 10)` are the corners of a window.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from shapecalc.grading.notation import plain
from shapecalc.grading.regex import regex

Range = tuple[int, int]

NAMES = {1: ("positions",), 2: ("rows", "columns"), 3: ("frames", "rows", "columns")}
LONGEST = 400  # characters
WORD = r"(?:(?:row|column|col|pixel|position|frame)s? ?)?"
BETWEEN = r"(?:\.{2,}|…|to|through|until|up to|and|[-:,;])"
INTERVAL = regex(
    rf"([\[(]?) ?(?<![\d.])(-?\d{{1,9}}) ?({BETWEEN}) ?{WORD}(-?\d{{1,9}})(?![\d.]*\d) ?([\])]?)"
)
CORNER = r"[\[(] ?(-?\d{1,9}) ?[,;] ?(-?\d{1,9}) ?[\])]"
CORNERS = regex(rf"{CORNER} ?(\.{{2,}}|…|to|through|until|->|-|[,;]? ?(?:and)?) ?{CORNER}")
CORNER_NAMES = regex(
    r"\b(?:top|upper|bottom|lower)[- ]?(?:left|right)\b(?: (?:pixel|corner)| is| at|[ :=])*"
)
# Every row or column of a range, `rows 4, 5 and 6`.
ONE_BY_ONE = regex(r"(?<![\d.-])\d{1,9}(?: ?(?:, ?and|,|and) ?\d{1,9})+(?!\.?\d)")
# The sign of a product, which is no axis: `[4, 8] x [6, 10]`.
CROSS = regex(r"(?<=[\d\])]) ?x ?(?=[-\d\[(])")
COLUMNS_FIRST = regex(
    r"\b(?:col|width|horizontal|[wxj]\b).*\b(?:row|height|vertical|[hyi]\b)", re.DOTALL
)
EXAMPLE = "rows 4 to 8, columns 6 to 10"


class Ranged(NamedTuple):
    """One way to read ranges; the note says what was done where that is not plain."""

    value: tuple[Range, ...]
    note: str = ""


def shown_ranges(value: Any) -> str:
    """Return ranges in words, with the names of their axes."""
    names = NAMES.get(len(value), ("",) * len(value))
    return ", ".join(f"{name} {a} to {b}" for name, (a, b) in zip(names, value, strict=True))


def read_ranges(answer: Any) -> list[Ranged]:
    """Return what an answer can mean, the likeliest first. Raises ValueError for what is none."""
    if isinstance(answer, Mapping):
        answer = ", ".join(f"{axis} {ends}" for axis, ends in answer.items())
    text = answer if isinstance(answer, str) else str(answer)
    if len(text) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    text = _ends_of_lists(CROSS.sub(" | ", plain(text).lower()))
    found = [*_corners(text), *_intervals(text), *_perhaps_corners(text)]
    found = [way for way in found if all(a <= b for a, b in way.value)]
    if not found:
        raise ValueError("not a first and a last one for each axis")
    turned = COLUMNS_FIRST.search(text)
    return [way._replace(value=way.value[::-1]) for way in found] if turned else found


def _ends_of_lists(text: str) -> str:
    """Return a text with `4 to 6` for `4, 5, 6`. A lone list of even length may as well be ends."""
    runs: list[list[int]] = []

    def ends(match: re.Match[str]) -> str:
        numbers = [int(number) for number in re.findall(r"\d+", match[0])]
        if len(numbers) < 3 or numbers != [*range(numbers[0], numbers[0] + len(numbers))]:
            return match[0]
        runs.append(numbers)
        return f"{numbers[0]} to {numbers[-1]}"

    shorter = ONE_BY_ONE.sub(ends, text)
    return text if len(runs) == 1 and len(runs[0]) % 2 == 0 else shorter


def _corners(text: str) -> list[Ranged]:
    """Read `(4, 6) to (8, 10)`, or named corners: the first and the last pixel of a window."""
    bare, named = CORNER_NAMES.subn("", text)
    match = _both_corners(bare)
    if match is None or not (named or match[3].strip(" ,;").removeprefix("and")):
        return []
    return [_from_corners(match)]


def _perhaps_corners(text: str) -> list[Ranged]:
    """Read `(4, 6), (8, 10)` as corners, which may as well be a range for each axis."""
    match = _both_corners(text)
    if match is None or match[0][0] + match[0][-1] not in ("[]", "()"):
        return []
    return [_from_corners(match)]


def _both_corners(text: str) -> re.Match[str] | None:
    match = CORNERS.search(text)
    if match is None or _has_digits(text[: match.start()] + text[match.end() :]):
        return None
    return match


def _from_corners(match: re.Match[str]) -> Ranged:
    top, left, _, bottom, right = match.groups()
    value = ((int(top), int(bottom)), (int(left), int(right)))
    return Ranged(value, "read as the first and the last pixel")


def _intervals(text: str) -> list[Ranged]:
    """Read a first and a last number for each axis; an end in `)` or of a slice may be one more."""
    matches = list(INTERVAL.finditer(text))
    if not 0 < len(matches) <= max(NAMES) or _has_digits(INTERVAL.sub(" ", text)):
        return []
    given = tuple((int(match[2]), int(match[4])) for match in matches)
    if all(match[1] == "[" and match[5] == ")" for match in matches):
        return [Ranged(tuple((a, b - 1) for a, b in given), "an end in ) is not included")]
    if all(match[3] == ":" for match in matches):
        note = "read as slices, whose ends are not included"
        return [Ranged(tuple((a, b - 1) for a, b in given), note), Ranged(given)]
    return [Ranged(given)]


def _has_digits(text: str) -> bool:
    return any(sign.isdigit() for sign in text)
