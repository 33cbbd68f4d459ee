"""Lists as people write them: `slice 0: 2 0 / 2 0, slice 1: 7 4 / 9 9`, `2*3 = 6, 2*4 = 8`.

What is not understood stays as it is, and is then no list of numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.functions import without_functions
from shapecalc.grading.regex import regex
from shapecalc.grading.written_numbers import Unreadable, number_of

MOST_VALUES = 10_000
LONGEST = 1000  # characters of the names of parts
DEEPEST = 6  # lists inside one another
BEGINNINGS = (0, 1)  # from which people count
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
ORDINAL = regex(rf"\b({'|'.join(ORDINALS)})\s+([a-z]+)(?:\s*[:=]|(?=\s*[-+.\d(\[]))", re.IGNORECASE)
LABEL = regex(  # `slice 0:`, `slice 0 row 1:`, `z_1 =`, `p[2] =`; 2 x 3 = 6 is a product
    r"\b(?!x\b)([A-Za-z]+)[ _]?[#\[(]?(\d{1,4})[\])]?"
    r"(?:\s*[:=]\s*|,?\s+(?=[A-Za-z]+[ _]?\d{1,4}\s*[:=]))",
    re.IGNORECASE,
)
CELL = regex(  # `w11 =`, `w_{1,1}:`, `w[0,0] =`
    r"\b([A-Za-z]+) ?_?[\[({]?(\d)[ ,]?(\d)[\])}]?\s*[:=]\s*"
)
ROW = regex(r"\s+//?\s+")
FRACTIONS = regex(r"[-+]?[\d.]+(?:\s*/\s*\d+)?(?:[,;]\s*[-+]?[\d.]+(?:\s*/\s*\d+)?)*")
SIGN_APART = regex(r"((?:^|[,;|/&=(\[{])\s*[-+])\s+(?=[\d.])")  # [- 0.8, 0.8]
COLUMN = regex(r"[-+]?[\d.]+(?:\s+/\s+[-+]?[\d.]+)+")
# `1 -2` are two numbers: a sum has blanks on both sides of its sign, or on none.
ROW_OF_NUMBERS = regex(r"[-+]?[\d.]+(?:/\d+)?(?:\s+[-+]?[\d.]+(?:/\d+)?)+")
DECIMAL_COMMA = regex(r"(?<=\d),(?=\d)")
TRANSPOSE = r"\s*(?:\^\s*\(?(?:T|\\top)\)?|\u1d40|\.T)"
TRANSPOSED = regex(rf"(?<=[\])]){TRANSPOSE}$", re.IGNORECASE)
STEP = regex(r"(?:after )?\b(?:step|iteration|update|epoch) ?#?(\d{1,4})\s*[:=]\s*", re.IGNORECASE)
MIXED = regex(r"(?<![\w./])([-+]?)([1-9]\d{0,5}) (\d{1,6})/(\d{1,6})(?![\d./])")
NEGATIVE_FACTOR = regex(r"([*/·⋅×∗+] ?)(-(?:\d+(?:\.\d+)?|\.\d+))(?![\d.^])")
AND = regex(r"\band\b")
LETTER = regex(r"[^\W_]")
BETWEEN = regex(r"[\s,;&|]+")
OPENING, CLOSING = "([{", ")]}"
ROWS = "[]{}"
AROUND = "()[]{} "


def read_list(answer: Any) -> tuple[Any, ...]:
    """Read nested lists, or numbers in brackets, with commas, semicolons, bars, blanks or lines;
    also a list of rows as texts, and parts by names that count on. Raises Unreadable.
    """
    if isinstance(answer, Mapping):
        answer = _in_parts(answer)
    if isinstance(answer, str):
        answer = _cut(answer)
    count = [0]

    def read(value: Any, depth: int) -> Any:
        if isinstance(value, str) and depth:
            row = _cut(value)
            value = row if len(row) > 1 else value
        if isinstance(value, list | tuple):
            if depth > DEEPEST:
                raise Unreadable("lists are nested too deeply")
            return tuple(read(part, depth + 1) for part in value)
        count[0] += 1
        if count[0] > MOST_VALUES:
            raise Unreadable(f"more than {MOST_VALUES:,} values")
        if value is None:
            raise Unreadable("one of its values is missing")
        return float(number_of(value))  # of floats alone, unlike sizes

    values = read(answer if isinstance(answer, list | tuple) else [answer], 0)
    if not count[0]:
        raise Unreadable("it has no values")
    return tuple(values)


def last_step(text: str) -> str:
    """Return the last one of lists that are given for each step from the first on."""
    before, *found = STEP.split(text)
    numbers, lists = found[::2], [part.strip(" ,;") for part in found[1::2]]
    several = all(part and (part[0] in OPENING or how_many(part) > 1) for part in lists)
    counted = len(lists) > 1 and [*map(int, numbers)] == [*range(1, len(lists) + 1)]
    alone = not any(sign.isdigit() or sign in OPENING for sign in before)
    return f"{before}{lists[-1]}" if several and counted and alone else text


def plain_list(text: str) -> str:
    """Return a list without the names of its parts, signs between rows, a row's `^T`, and a blank
    behind the sign of a value.
    """
    text = "=".join(_untransposed(part.strip()) for part in text.split("="))
    return _in_rows(SIGN_APART.sub(r"\1", _without_names(text)))


def with_mixed_numbers(text: str) -> str:
    """Return a list in which a number beside a fraction below 1, `1 3/4`, is one number, `7/4`."""

    def as_fraction(mixed: re.Match[str]) -> str:
        whole, over, under = map(int, mixed.groups()[1:])
        return f"{mixed[1]}{whole * under + over}/{under}" if over < under else mixed[0]

    return MIXED.sub(as_fraction, text)


def worked_list(text: str) -> list[str] | None:
    """Return what each part of a list comes to: behind its last `=`, as it is written there, or
    worked out. None where no part is a working, or one is none of numbers. Raises Unreadable for
    what has two meanings, commas that may be decimal ones.
    """
    text = _in_square_brackets(AND.sub(",", text))
    parts: Sequence[str] = _parts(text)
    if DECIMAL_COMMA.search(text) and any(_is_working(part) for part in parts):
        parts = _with_commas_understood(text)
    if len(parts) < 2 or not any(_is_working(part) for part in parts):
        return None
    if any(ROW_OF_NUMBERS.fullmatch(part.strip(AROUND)) for part in parts):
        raise Unreadable("1 -2 beside a working may be two values, or a difference")
    found = []
    for part in parts:
        working, _, result = part.rpartition("=")
        value = _value(result)
        if working and any(_value(step) is None for step in working.split("=")):
            return None
        found.append(result.strip() if value is None else f"{float(value)!r}")
    return found


def _in_square_brackets(text: str) -> str:
    """Return a list in round brackets, which are those of sums elsewhere, in square ones."""
    depth = 0
    for at, sign in enumerate(text, 1):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and (at < len(text) or "," not in text):
            return text
    return f"[{text[1:-1]}]" if depth == 0 and text else text


def _is_working(part: str) -> bool:
    if FRACTIONS.fullmatch(part) or ROW_OF_NUMBERS.fullmatch(part.strip(AROUND)):
        return False
    return _value(part.partition("=")[0]) is not None


def _value(text: str) -> Fraction | None:
    """Return what a sum or product comes to, also with negative factors, `2*-1`, and functions."""
    text = NEGATIVE_FACTOR.sub(r"\1(\2)", text)
    value = worked_out(text)
    return worked_out(without_functions(text)[0]) if value is None else value


def _with_commas_understood(text: str) -> list[str]:
    """Return the parts of a list of workings with commas between digits, which are decimal commas
    or stand between two parts, by what the workings come to. Raises Unreadable if that is open.
    """
    pointed, cut = _parts(DECIMAL_COMMA.sub(".", text)), _parts(text)
    if all("=" in part for part in cut):  # no `0` of `0,5*2 = 1`
        return cut
    if _come_out(pointed, 0) and _come_out(cut, 0):  # 2*3 = 6,0
        raise Unreadable("its commas have two meanings")
    for parts in (pointed, cut):
        if _come_out(parts, 0.5):
            return parts
    raise Unreadable("its commas have two meanings")


def _come_out(parts: Sequence[str], rounded: float) -> bool:
    """Say whether the workings of a list, of which there are some, give what stands behind them, up
    to a part of the last digit that is written.
    """
    workings = [part.split("=") for part in parts if "=" in part]
    return bool(workings) and all(_is_true(steps, rounded) for steps in workings)


def _is_true(steps: Sequence[str], rounded: float) -> bool:
    exact, *others = [_value(f"({step.strip()})") for step in steps]
    off = rounded * 10.0 ** -len(steps[-1].strip().partition(".")[2]) * (1 + 1e-9)
    return exact is not None and all(v is not None and abs(v - exact) <= off for v in others)


def _untransposed(text: str) -> str:
    """Return a row without the sign that makes it a column; of a matrix it means something."""
    row = TRANSPOSED.sub("", text)
    return row if sum(row.count(sign) for sign in OPENING) == 1 else text


def _without_names(text: str) -> str:
    """Return a list without `slice 0:` and the like, where these count on: 0, 1, 2 or 1, 2, 3."""
    cells = [(cell[1], int(cell[2]), int(cell[3])) for cell in CELL.finditer(text)]
    if _is_grid(cells):
        return CELL.sub(" ; ", text)
    text = ORDINAL.sub(lambda m: f"{m[2]} {ORDINALS.index(m[1].lower()) + 1}:", text)
    labels = [(label[1].lower(), int(label[2])) for label in LABEL.finditer(text)]
    return LABEL.sub(" ; ", text) if _count_on(labels) else text


def _is_grid(cells: Sequence[tuple[str, int, int]]) -> bool:
    """Say whether cells of one name are all of a matrix, row by row."""
    if len(cells) < 2 or len({name for name, _, _ in cells}) > 1:
        return False
    places = [(row, column) for _, row, column in cells]
    (top, left), (bottom, right) = places[0], places[-1]
    every = [(i, j) for i in range(top, bottom + 1) for j in range(left, right + 1)]
    return top == left and top in BEGINNINGS and bottom > top and places == every


def _count_on(labels: Sequence[tuple[str, int]]) -> bool:
    """Say whether parts are counted in their order, the rows in each of several slices anew."""
    begun: dict[str, int] = {}  # by their words, the outer one first
    last: dict[str, int] = {}
    for word, number in labels:
        first = begun.setdefault(word, number)
        if number != last.get(word, first - 1) + 1:
            return False
        inner = list(begun)[list(begun).index(word) + 1 :]
        last |= {word: number} | {other: begun[other] - 1 for other in inner}
    return len(labels) > len(begun) and set(begun.values()) <= set(BEGINNINGS)


def _in_rows(text: str) -> str:
    """Return a list with `;` for a `/` between rows of as many values, or in a column that can be
    no fraction; other ones are fractions.
    """
    if not ROW.search(text):
        return text
    for slices in (re.split("[;|]", text), re.split("[;|,]", text)):
        rows = [row for part in slices if how_many(part) for row in ROW.split(part)]
        if len({how_many(row) for row in rows}) == 1 and how_many(rows[0]) > 1:
            return ROW.sub("; ", text)
    if FRACTIONS.fullmatch(text):
        return re.sub(r"\s*/\s*", "/", text)
    return ROW.sub("; ", text) if COLUMN.fullmatch(text) else text


def _in_parts(parts: Mapping[Any, Any]) -> list[Any]:
    """Return the values of a mapping whose names count on: `{row1: [1, 2], row2: [3, 4]}`. Raises
    Unreadable for another one.
    """
    named = " ".join(f"{name}: ," for name in parts)
    if len(named) > LONGEST or LETTER.search(_without_names(named)):
        raise Unreadable("its parts do not count on: 1, 2, 3")
    return list(parts.values())


def how_many(text: str) -> int:
    """Return how many values stand between the blanks and signs of a list."""
    return sum(any(sign.isdigit() for sign in part) for part in BETWEEN.split(text))


def _parts(text: str) -> list[str]:
    """Return what stands between the commas of a list, or semicolons, and the brackets of its rows;
    round ones are those of sums. Nothing where some of it stands beside brackets: `(2x2) [1, 2]`.
    """
    inside, beside = [""], ""
    rows = rounds = 0
    for sign in text:
        rows += (sign in "[{") - (sign in "]}")
        rounds += (sign == "(") - (sign == ")")
        if sign in ROWS or (sign in ",;" and rounds == 0):
            inside.append("")
        else:
            inside[-1] += sign
            beside += "" if rows else sign
    if beside.strip() and any(sign in ROWS for sign in text):
        return []
    return [part.strip() for part in inside if part.strip()]


def is_open(text: str) -> bool:
    """Say whether a text ends amid a list: behind a comma of it, or within its brackets."""
    depth = 0
    for sign in text:
        depth += (sign in OPENING) - (sign in CLOSING)
        if depth < 0 or (sign in ",;" and depth == 0):
            return True
    return depth > 0


def _cut(text: str) -> list[str]:
    """Return what stands between the signs of a list."""
    return [part for part in re.split(r"(?:[\s,;&|\[\](){}]|\band\b)+", text) if part]
