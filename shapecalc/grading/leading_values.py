"""Runs of values in a text, with brackets or without: `[[1, 2]], [[3, 4]]` of `[[1, 2]], [[3, 4]]
(w - dw)`, and `0 1; 2 1` of `0 1; 2 1 (relu)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from shapecalc.grading.list_in_words import LABEL as NAME
from shapecalc.grading.lists import CLOSING, DEEPEST, LABEL, OPENING, ORDINAL
from shapecalc.grading.notation import TITLE
from shapecalc.grading.regex import regex

MOST = 60  # runs of a text that are looked at
NUMBER = (  # alone: it is no part of a sum, a name or a size
    r"[-+]?(?:\d+(?:\.(?=[,;|)\]}])|\.\d+)?|\.\d+)(?:[eE][-+]?\d{1,3})?(?:/\d+(?:\.\d+)?)?"
    r"(?=[\s,;&|()\[\]{}]|[.:!?](?:\s|$)|$)"
)
TOKEN = regex(
    rf"(?P<open>[(\[{{])|(?P<close>[)\]}}])|(?P<number>{NUMBER})|(?:\s//?\s|[\s,;&|]|\band\b)"
)
PART = regex(rf"{LABEL.pattern}|{ORDINAL.pattern}", re.IGNORECASE)  # slice 1:
START = regex(rf"(?P<part>{PART.pattern})|(?=[(\[{{])|(?<![\w.])(?=[-+]?\.?\d)", re.IGNORECASE)


class Run(NamedTuple):
    """Where values stand in a text, one behind the other, and of how many numbers."""

    start: int
    end: int
    numbers: int


def leading_run(text: str) -> Run | None:
    """Return the values that a text begins with, or has behind a name or a title; with the names of
    their parts, `slice 1:`, if that is how they begin. None where it begins otherwise.
    """
    start = len(text) - len(TITLE.sub("", text))
    in_parts = PART.match(text, start) is not None
    name = None if in_parts else NAME.match(text, start)
    run = _run(text, name.end() if name else start, in_parts)
    return run if run.numbers else None


def runs(text: str) -> Iterator[Run]:
    """Yield the values of a text that stand one behind the other, with the names of their parts; at
    most one run more than MOST.
    """
    at = found = 0
    while found <= MOST and (start := START.search(text, at)):
        run = _run(text, start.start(), bool(start["part"]))
        at = max(run.end, start.start() + 1)
        if run.numbers:
            found += 1
            yield run


def _run(text: str, start: int, in_parts: bool = False) -> Run:
    """Return the values from a place on, up to the last one behind which no bracket is open."""
    opened: list[str] = []
    at, count = start, 0
    run = Run(start, start, 0)
    while at < len(text) and len(opened) <= DEEPEST:
        part = PART.match(text, at) if in_parts else None
        token = part or TOKEN.match(text, at)
        if token is None:
            break
        at = token.end()
        kind = None if part else token.lastgroup
        if kind == "open":
            opened.append(token[0])
        elif kind == "close" and not (opened and _close(opened.pop(), token[0])):
            break
        count += kind == "number"
        if kind in ("number", "close") and not opened:
            run = Run(start, at, count)
    return run


def _close(opening: str, closing: str) -> bool:
    return OPENING.index(opening) == CLOSING.index(closing)
