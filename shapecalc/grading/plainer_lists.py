"""Signs in a list that say no more than others: `p₀ ≈ 0.59`, `⟨0.59, 0.41⟩`, `4.9·10⁻²`, `b' = 2`,
`1) 0.59` above `2) 0.41`, `max(0, -3)`.
"""

from __future__ import annotations

import re

from shapecalc.grading.notation import CHANGED
from shapecalc.grading.regex import regex
from shapecalc.grading.written_numbers import Unreadable

SUBSCRIPT = regex(r"(?<=[^\W\d_])_?([₀-₉]{1,4})")
ACCENT = regex(r"\\(?:hat|bar|tilde|vec|mathbf|widehat)(?:\{([A-Za-z])\}| ([A-Za-z]))")
PARTIAL = regex(
    r"\\[dt]?frac ?\{(?:\\partial|d) ?[A-Za-z]\w{0,9}\}"
    r"\{(?:\\partial|d) ?([A-Za-z]\w{0,9})\}(?= ?=)"
)
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
DRAWN = str.maketrans("⎡⎢⎣⎛⎜⎝⎧⎨⎩⟨⎤⎥⎦⎞⎟⎠⎫⎬⎭⟩", "[" * 10 + "]" * 10)
IN_ANGLES = regex(r"(=|^)\s*<([-+\d.,;\s]+)>\s*$")
NAME = r"(?<![\w/])[^\W\d_]{1,9}(?:\d{1,2}|_\{?\d{1,2}\}?|\[\d{1,2}\]|\(\d{1,2}\))"
VALUE = r"[-+\u2212]?\.?\d"
# Of a value alone, or behind a name: one beside a sum is for the whole.
ABOUT = regex(rf"(?:^|(?<=[,;|&\[({{:=]))\s*[≈~]\s*(?={VALUE})")
NAMED_ABOUT = regex(rf"({NAME}) ?(?:[≈~≅]|is|are) ?(?={VALUE})")
PRIMED = regex(
    r"(?<![\w/])([^\W\d_]{1,9}_?\d{0,2})(?:['\u2032]|\^?\*|[_^]?\{?new\}?)(?= ?[:=](?!=))"
)
FOR = regex(rf"(?:^|(?<=[,;\n]))\s*for (?={NAME} ?[:=])", re.IGNORECASE)
# dL/dz1 = 0.5 is called dz1 as well.
OF_THE_LOSS = regex(
    r"(?<![\w/])[d\u2202][A-Z](?:oss)? ?/ ?[d\u2202](?=[^\W\d_]{1,9}(?:\d|_|\[\d|\(\d))"
)
MINUS = regex(
    r"([,;]|\band)(\s*)(?:minus|negative) (?=(?:\d[\d.]{0,15}|\.\d{1,12})\s*(?:$|[,;)\]]|and\b))",
    re.IGNORECASE,
)
POWER = regex(
    r"(?<![\w.^])(\d{1,9}(?:[.,]\d{1,12})?|\.\d{1,12}) ?(?:[*·⋅×x]|\\cdot|\\times) ?10 ?"
    r"(?:\^ ?[({]{0,2}[-\u2212]([1-9]\d?)[)}]{0,2}|⁻([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))(?![\d.])"
)
MORE = regex(r"\s*[,;|&\n]\s*[-+\u2212]?\.?\d")
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
LARGER = regex(r"\b[Mm]ax ?\( ?([-+]?\d{1,9}(?:\.\d{1,12})?) ?, ?([-+]?\d{1,9}(?:\.\d{1,12})?) ?\)")
ZERO_OR_MORE = regex(r"\brelu ?\( ?([-+]?\d{1,9}(?:\.\d{1,12})?) ?\)", re.IGNORECASE)
MIXED = regex(r"(?<![\d.,/])(\d{1,6})([¼½¾])")
PARTS = {"¼": 0.25, "½": 0.5, "¾": 0.75}
ITEM = regex(r"\s*\(?(\d{1,3}|[a-z])(?:\)|\.(?=\s))\s*(?=\S)")
LABEL = regex(r"^\s*(?:=|\(?[a-h]\))\s*(?=[-+\u2212]?[.\d\[({])")  # a) 0.5, 0.3; = 0.5, 0.3
BULLET = regex(r"\s*[*•◦‣·]\s+(?=\S)")
WORKING = regex(r"[^,;=\n]*\d[^,;=\n]*(?:=[^,;=\n]*\d[^,;=\n]*)+")
DASH = regex(r"\s*[-–—] (?=\S)")
MOST_ITEMS = 200
UNSURE = regex(
    r"[ ,;]*\(?\b(?:(?:I|we) (?:think|guess|believe|hope|suppose)|hopefully|probably)\)?[ .!]*$",
    re.IGNORECASE,
)
ASSIGNED = regex(r"(?<=[\w)}\]']) ?(?::=|\u2190|<-|\\leftarrow|\\gets) ?")
OLD = regex(
    r"(?<![\w.)*/] )(?<![\w.)*/])[-+\u2212]?(?:\d{1,9}(?:\.\d{1,12})?|\.\d{1,12})"
    r" ?(?:->|\u2192) ?(?=[-+\u2212]?\.?\d)"
)
WITH_COMMA = regex(r"[-+\u2212]?\d{1,9}(?:[.,]\d{1,12})?")
BETWEEN = regex(r"(?:[\s;|()\[\]{}]|,(?=\s|$|[\])}]))+")
ASIDE = regex(r"(?<=\d)\s*\((?=[^()\d]*[^\W\d_]{2})([^()\d=]*)\)(?=\s*[,;])")
INLINE = regex(r"(?:^|(?<=[\s\])}]))\(?(\d{1,2}|[a-z])\)\s*(?=\[)")
INLINE_VALUE = regex(r"(?:^|(?<=[\s,;]))\(?(\d{1,2}|[a-z])\)\s+(?=[-+\u2212]?\.?\d)")

# `2*[1, 3] = [2, 6] and 5*[1, 3] = [5, 15]`: rows that are worked out.
ROW_WORKED_OUT = (
    r"[-+\u2212]?\d{0,9}\.?\d{1,12} ?[*\u00b7\u22c5\u00d7] ?\[[^\[\]=]{1,200}\]"
    r" ?= ?\[[^\[\]=]{1,200}\]"
)
ROWS_WORKED_OUT = regex(rf"\s*{ROW_WORKED_OUT}(?:(?:,| and|, and) {ROW_WORKED_OUT})+[\s.]*")
AND_A_ROW = regex(r"(?<=\]),? and ")


def with_small_numbers(text: str) -> str:
    """Return a text with a small number as machines print it: 4.9e-2 for `4.9*10^-2`."""
    return POWER.sub(_with_exponent, text) if "10" in text else text


def _with_small_values(text: str) -> str:
    """Return the same of a list; a power of 10 behind its last value alone may be for all."""
    found = [power.end() for power in POWER.finditer(text)] if "10" in text else []
    goes_on = found and MORE.match(text, found[-1])
    return with_small_numbers(text) if len(found) > 1 or goes_on else text


def with_equals(text: str) -> str:
    """Return a text in which a new value is told by a sign of equality: `w = 1` for `w <- 1`."""
    return ASSIGNED.sub(" = ", text)


def with_new_values(text: str, count: int) -> str:
    """Return a text without the old values where it has the new ones behind an arrow, so many."""
    return OLD.sub("", text) if len(OLD.findall(text)) == count else text


def with_decimal_points(text: str, count: int) -> str:
    """Return a list of so many values that has decimal commas, and commas with a blank between the
    values: `0,5, 1`. Any other text as it is.
    """
    parts = [part for part in BETWEEN.split(text) if part]
    if len(parts) != count or not all(map(WITH_COMMA.fullmatch, parts)):
        return text
    return re.sub(r"(?<=\d),(?=\d)", ".", text)


def with_lines_parted(text: str, count: int) -> str:
    """Return so many lines, each a working with its result, with signs between them."""
    lines = text.strip().splitlines()
    workings = len(lines) == count > 1 and all(map(WORKING.fullmatch, lines))
    return "; ".join(line.strip() for line in lines) if workings else text


def without_bullets(text: str) -> str:
    """Return lines without the dashes that they all begin with, which may be bullets or minuses."""
    lines = re.split(r"[;\n]", text.strip())
    dashed = len(lines) > 1 and all(map(DASH.match, lines))
    return "; ".join(DASH.sub("", line, count=1) for line in lines) if dashed else text


def without_asides(text: str) -> str:
    """Return a list without what is told in brackets behind its values: `0.5, 0 (relu is off)`."""
    return ASIDE.sub(lambda aside: aside[0] if CHANGED.search(aside[1]) else "", text)


def plainer(text: str) -> str:
    """Return a text with a list in which such signs are those that everybody writes. Raises
    Unreadable for parts that are counted in another order.
    """
    text = LABEL.sub("", _without_items(text.translate(DRAWN)))
    if "\\" in text:
        text = ACCENT.sub(lambda one: one[1] or one[2], PARTIAL.sub(r"d\1", text))
    text = SUBSCRIPT.sub(lambda found: f"_{found[1].translate(SUBSCRIPTS)}", text)
    text = IN_ANGLES.sub(r"\1 [\2]", text)
    text = UNSURE.sub("", with_equals(_with_small_values(text)))
    if MIXED.search(text):
        text = MIXED.sub(lambda found: f"{int(found[1]) + PARTS[found[2]]}", text)
    larger = ZERO_OR_MORE.sub(r"(max(0, \1))", text)
    if len(LARGER.findall(larger)) > 1:  # one alone is the working of a value in the list
        text = LARGER.sub(_larger, larger)
    text = ABOUT.sub(" ", text)
    text = OF_THE_LOSS.sub("d", text)
    text = PRIMED.sub(r"\1", FOR.sub(" ", text))
    text = NAMED_ABOUT.sub(r"\1 = ", text)
    if ROWS_WORKED_OUT.fullmatch(text):
        text = AND_A_ROW.sub(", ", text)
    return MINUS.sub(r"\1\2-", text)


def _with_exponent(found: re.Match[str]) -> str:
    power = found[2] or found[3].translate(RAISED)
    return f"{found[1].replace(',', '.')}e-{power}"


def _larger(found: re.Match[str]) -> str:
    return f"({max(found.groups(), key=float)})"


def _without_items(text: str) -> str:
    """Return lines without the numbers that count them, `1) 0.5` above `2) 0.3`, or their bullets;
    and what stands in one line without theirs, `(1) [[2]] (2) [[3]]`, `1) 0.5 2) 0.3`.
    """
    lines = text.strip().splitlines()
    if 1 < len(lines) <= MOST_ITEMS:
        if all(map(BULLET.match, lines)):
            return "\n".join(BULLET.sub("", line, count=1) for line in lines)
        items = [item[1] for line in lines if (item := ITEM.match(line))]
        if len(items) == len(lines) and _count(items):
            return "; ".join(ITEM.sub("", line, count=1) for line in lines)
    items = [item[1] for item in INLINE.finditer(text)]
    if len(items) > 1 and not _count(items):
        raise Unreadable("its parts do not count on: 1, 2, 3")
    text = INLINE.sub(" ", text) if len(items) > 1 else text
    items = [item[1] for item in INLINE_VALUE.finditer(text)]
    if len(items) < 2 or not INLINE_VALUE.match(text.lstrip()):
        return text
    if not _count(items):
        raise Unreadable("its parts do not count on: 1, 2, 3")
    return INLINE_VALUE.sub(" ", text)


def _count(items: list[str]) -> bool:
    """Say whether items count on: 1, 2, 3, or a, b, c."""
    numbers = [int(item) if item.isdigit() else ord(item) - ord("a") + 1 for item in items]
    return numbers[0] in (0, 1) and numbers == [*range(numbers[0], numbers[0] + len(numbers))]
