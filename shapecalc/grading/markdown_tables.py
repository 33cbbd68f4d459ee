"""Tables of Markdown in a text of answers: `| q1 | 32x32x10 |` under `| --- | --- |`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from shapecalc.grading.no_answer import is_blank
from shapecalc.grading.regex import regex

CELL = r"[ \t]*:?-+:?[ \t]*"
DELIMITERS = regex(rf"\|?{CELL}(?:\|{CELL})*\|?")
BARS = regex(r"(?<!\\)\|")
AROUND = " *_`"
# What the column of the answers is called, beside which others tell the question or its points.
ANSWERS = regex(
    r"(?:my |your )?(?:answers?|responses?|results?|solutions?|antwort(?:en)?)", re.IGNORECASE
)
WORKINGS = regex(
    r"(?:my |your )?(?:workings?|work|calculations?|computations?|steps|derivations?|rechnung)",
    re.IGNORECASE,
)
CALCULATED = regex(r"[\d)] ?[-+*/=x×·] ?[\d(]")
GAP = "   "  # behind which a working stands
OWN_ANSWER = regex(r"[:=]\s*\S")  # a first cell that has its answer itself
NO_ANSWER = "\ue000"  # of no alphabet: an empty cell, in a line of text
MOST = 50  # tables of a text
WIDEST = 500  # columns of a table
Row = tuple[int, list[str]]  # its line, counted from 1, and its cells


def table_in(text: str, is_header: Callable[[Sequence[str]], bool]) -> tuple[list[Row], str]:
    """Return the rows of the first table with such a header, and the text without it."""
    lines = text.splitlines()
    for start, end in tables_in(lines):
        if is_header(cells_of(lines[start])):
            numbers = (start, *range(start + 2, end))
            rows = [(at + 1, cells_of(lines[at])) for at in numbers]
            lines[start:end] = [""] * (end - start)
            return rows, "\n".join(lines)
    return [], text


def as_line(head: Sequence[str], cells: Sequence[str]) -> str:
    """Return a question's row as a line of text: its first cell, and its answer or the rest. What
    is calculated in a column of workings stands behind the answer.

    An empty answer is written NO_ANSWER, so that no line below is taken for it.
    """
    place = _column(head, ANSWERS)
    rest = cells[place : place + 1] if place else cells[1:]
    behind = _column(head, WORKINGS) if place and rest and not is_blank(rest[0]) else 0
    working = "".join(cells[behind : behind + 1]) if behind else ""
    if CALCULATED.search(working):
        rest = [f"{rest[0].strip()}{GAP}{working}"]
    filled = list(filter(None, map(str.strip, rest)))
    key = cells[0].strip() if cells else ""
    if key and not filled and len(head) > 1 and not OWN_ANSWER.search(key):
        filled = [NO_ANSWER]
    return ": ".join(filter(None, [key, *filled]))


def _column(head: Sequence[str], names: re.Pattern[str]) -> int:
    """Return the first column of such a name, 0 if there is none."""
    return next((n for n, name in enumerate(head) if names.fullmatch(name.strip(AROUND))), 0)


def cells_of(line: str) -> list[str]:
    """Return the cells of a row, without the bars around it."""
    cells = BARS.split(line.strip())
    cells = cells[1:] if not cells[0].strip() else cells
    cells = cells[:-1] if len(cells) > 1 and not cells[-1].strip() else cells
    return [cell.replace("\\|", "|").strip(AROUND) for cell in cells]


def tables_in(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return where each table has its header, and where it ends: behind its last row."""
    found: list[tuple[int, int]] = []
    at = 1
    while at < len(lines) and len(found) < MOST:
        bars = "|" in lines[at] and 0 < lines[at - 1].count("|") <= WIDEST
        if bars and DELIMITERS.fullmatch(lines[at].strip()):
            end = at + 1
            while end < len(lines) and "|" in lines[end]:
                end += 1
            found.append((at - 1, end))
            at = end
        at += 1
    return found
