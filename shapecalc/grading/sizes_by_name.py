"""Sizes by their names: `H=32, W=32, D=10`, `W2 = H2 = 28, D2 = 8`, `W = 28-3+1 = 26, H = 26`."""

from __future__ import annotations

import re

from shapecalc.grading.regex import regex
from shapecalc.grading.values import Number
from shapecalc.grading.written_numbers import Unreadable
from shapecalc.grading.written_sizes import AXES, read_sizes

LONGEST = 300  # characters
FILTERS = "k"  # as many as the output is deep
SHORT = {"height": "h", "length": "l", "width": "w", "depth": "d", "channels": "c"}
DEPTHS = ("d", "c")
AXIS = rf"(?P<axis>{'|'.join(AXES)}|{FILTERS})(?:_?(?:out|new)|_?2)?"  # W2 is behind a layer
NAME = regex(rf"(?<![\w*/^+-]){AXIS}(?![\w*/^])", re.IGNORECASE)
_NAME = NAME.pattern.replace("?P<axis>", "?:")
_WORKING = r"(?:[-+*/()\d][-+*/(). \dx×]{2,60}= ?)?"
NAMED = regex(
    rf"(?P<names>{_NAME}(?:(?: ?= ?|,? and |, ){_NAME}){{0,2}})(?: ?[=:] ?| is | of | are | )"
    rf"{_WORKING}(?P<size>[0-9.,]*[0-9])(?![\w*/^]|[.,]\d| ?[-+*/^] ?[\d(])"
    r"(?: ?\([^()]{1,60}\))?",
    re.IGNORECASE,
)
# Beside them those of the input, W1 and H1, are told.
BETWEEN = regex(
    r"(?:[\s,;.()]|\band\b|(?:->|=>|\u2192)|\b[hwdc]_?(?:1|in) ?= ?\d+)*+", re.IGNORECASE
)
# Each of several sizes is given by its name, and not all of them were read.
GIVEN = regex(rf"{_NAME} ?= ?[-(\d]", re.IGNORECASE)


def sizes_by_name(text: str) -> tuple[Number, ...] | None:
    """Read sizes by name; None for a text that names fewer than two, or has more in it.

    Raises Unreadable for an axis with two sizes.
    """
    if len(text) > LONGEST:
        return None
    sizes: dict[str, str] = {}
    at = 0
    for found in NAMED.finditer(text):
        if not BETWEEN.fullmatch(text, at, found.start()):
            return None
        for name in NAME.finditer(found["names"]):
            axis = name["axis"].lower()
            axis = SHORT.get(axis, axis)
            if sizes.setdefault(axis, found["size"]) != found["size"]:
                raise Unreadable("an axis has two sizes")
        at = found.end()
    if not BETWEEN.fullmatch(text, at):
        return None
    filters = sizes.pop(FILTERS, None)
    if filters is not None and filters != sizes.setdefault(_depth(sizes), filters):
        raise Unreadable("it has two depths")
    return read_sizes(sizes) if len(sizes) > 1 else None


def _depth(sizes: dict[str, str]) -> str:
    """Return the name of the depth among those of axes."""
    return next((axis for axis in DEPTHS if axis in sizes), DEPTHS[0])
