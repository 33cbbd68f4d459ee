"""The lists in brackets that stand in a text: `[2, 3, 0]` of `pooled = 1, 3, 4, 5. [2, 3, 0]`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from shapecalc.grading.answers import DECIMALS, readings
from shapecalc.grading.lists import CLOSING, OPENING, TRANSPOSE, how_many, plain_list
from shapecalc.grading.notation import plain_array
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Number, flat
from shapecalc.grading.written_numbers import Unreadable

MOST = 60  # brackets of a text that are looked at
MATRIX = r"\{(?:[a-z]*matrix|array)\}"
BEGIN, END = regex(rf"\\begin{MATRIX}(?:\{{[lcr| ]*\}})?"), regex(rf"\\end{MATRIX}")
BOLD = regex(r"(?<!\S)(?:\*\*|__|`+)(?=[\[({])|(?<=[\])}])(?:\*\*|__|`+)(?![^\s.,;])")
VALUES = regex(r"(?:[-+\d.,;|&/()\[\]{}\s]|(?<=\d)[eE](?=[-+\d]))+")
LETTER = regex(r"[^\W\d_]")
SUM = regex(r"[\d.)\]}](?: [-+] |[-+])")  # 3 - 2, 3-2; `3 -2` are two numbers
FRAMEWORK = r"\b(?:\w+\.)*(?:array|tensor|matrix|vector)"
TOUCHING = regex(rf"(?:{FRAMEWORK}|\b(?:so|is|are))$", re.IGNORECASE)
CALLED = regex(rf"{FRAMEWORK}(\(?)$", re.IGNORECASE)  # array([1, 2])
END_OF_CALL = regex(r"(?:, ?[a-z]\w* ?=[\w.' ]*)?\)")
APPLIED = regex(r"[\w)\]}^]$")  # max(0, 3), w[0, 1]
WORKED = r"[-+*/^·×⋅∗@√%]"
IN_FRONT = regex(rf"(?:{WORKED}|\d ?x|[=:(] ?[-+]?[\d.]+) ?$")  # s = 2 [1, 2]
BEHIND = regex(rf"(?! ?// ?[A-Za-z])(?: ?(?:{WORKED}|\(?x ?\d|= ?[-+\d(\[{{])| \. )")
OF_COLUMN = regex(rf"{TRANSPOSE}(?!\w)", re.IGNORECASE)
ROW = regex(r"[;|()\[\]{}]")


class Bracketed(NamedTuple):
    """A list in brackets, its values, and where it stands; `alone` says that it is no part of an
    expression, has no sum in it, and the shape that is asked for.
    """

    text: str
    values: tuple[Number, ...]
    start: int
    end: int
    alone: bool


def on_one_line(answer: str) -> str:
    """Return a text on one line, with the matrices of LaTeX in square brackets."""
    return BOLD.sub("", plain_array(END.sub("]", BEGIN.sub("[", answer))))


def bracketed_lists(text: str, count: int, width: int) -> list[Bracketed]:
    """Return the lists in brackets that have `count` values, in rows of `width` if in several; not
    what is a row of a list or the argument of a function.
    """
    found: list[Bracketed] = []
    behind = 0
    for start, end in islice(_pairs(text), MOST):
        if start < behind:
            continue
        before, inside = text[:start], text[start + 1 : end - 1]
        if APPLIED.search(before) and not TOUCHING.search(before):
            behind = end
            continue
        of_values = VALUES.fullmatch(inside) is not None
        values = None  # of words, `(before the pool: 1 2 3)`, it is a remark
        if of_values or not LETTER.search(inside):
            values = read_values(text[start:end], count)
        if of_values or values is not None:
            behind = end
        if values is not None:
            alone = of_values and _is_alone(text, start, end, count, width)
            found.append(Bracketed(text[start:end], values, start, end, alone))
    return found


def read_values(text: str, count: int) -> tuple[Number, ...] | None:
    """Return the values of a list, if it has so many, the likeliest ones; otherwise None."""
    with suppress(Unreadable):
        ways = (tuple(flat(reading.value)) for reading in readings(text, "array"))
        return next((way for way in ways if len(way) == count), None)
    return None


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Return where brackets open and, behind them, close, the outer ones first."""
    opened: list[int] = []
    found: list[tuple[int, int]] = []
    for at, sign in enumerate(text):
        if sign in OPENING:
            opened.append(at)
        elif sign in CLOSING and opened:
            start = opened.pop()
            if OPENING.index(text[start]) == CLOSING.index(sign):
                found.append((start, at + 1))
    return iter(sorted(found))


def _is_alone(text: str, start: int, end: int, count: int, width: int) -> bool:
    """Say whether a list of values alone is what it is, and nothing is done to it."""
    inside = plain_list(text[start + 1 : end - 1])
    shapes = [row_widths(inside), row_widths(DECIMALS.sub(r"\1.\2", inside))]
    column = OF_COLUMN.match(text, end)
    if column and {count} not in shapes:
        return False
    end = column.end() if column else end
    called = CALLED.search(text[:start])
    before = text[: called.start() if called else start]
    closed = END_OF_CALL.match(text, end) if called and called[1] else None
    end = closed.end() if closed else end
    in_shape = any(shape in ({count}, {width}, {1} if width == count else {0}) for shape in shapes)
    worked = SUM.search(inside) or IN_FRONT.search(before) or BEHIND.match(text, end)
    beside = _begins_with_values(text[end:]) or _ends_with_values(before)
    return in_shape and not worked and not beside


def row_widths(inside: str) -> set[int]:
    """Return how many values the rows of a list have."""
    return {how_many(row) for row in ROW.split(inside)} - {0}


def _begins_with_values(text: str) -> bool:
    """Say whether a text begins with a list: one right in front may be multiplied by it."""
    text = text.lstrip()
    return text[:1] in (*OPENING,) and _are_values(text, [*_pairs(text)][:1])


def _ends_with_values(text: str) -> bool:
    text = text.rstrip()
    if text[-1:] not in (*CLOSING,):
        return False
    return _are_values(text, [pair for pair in _pairs(text) if pair[1] == len(text)])


def _are_values(text: str, pairs: Sequence[tuple[int, int]]) -> bool:
    inside = [text[start + 1 : end - 1] for start, end in pairs]
    return any(VALUES.fullmatch(part) and how_many(part) > 1 for part in inside)
