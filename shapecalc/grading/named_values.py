"""Values, rows or slices that stand each beside its name: `P(cat) = 0.6, P(dog) = 0.4`, `top left
2, top right 5, bottom left 0, bottom right 1`, `[[2, 5]] for the first filter, [[0, 1]] for the
second`.

Numbers, ordinals and places in the names tell their order, which has to be that of the answer. Of
other names it is not known: a person looks, unless the values are right as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from shapecalc.grading.lists import CLOSING, OPENING, ORDINALS
from shapecalc.grading.notation import TITLE
from shapecalc.grading.regex import regex

MOST = 60  # of a text
NUMBER = (
    r"[-+\u2212]?(?:\d{1,12}(?:\.\d{1,12})?|\.\d{1,12})(?:e[-+]?\d{1,3})?(?:/\d{1,6})?(?![\w.]*\w)"
)
FEW = rf"{NUMBER}(?:(?:, ?| and | ){NUMBER}){{0,11}}"
LIST = r"[\[({][-+\u2212\d.,;\s\[\](){}e/|]{1,400}[\])}]"
VALUES = rf"(?:{FEW}|{LIST})"
# What a name is made of: words, one number or two, a number in brackets or a word.
WORD = r"(?!(?:and|or|not|no|but|so|then|is|are|with|without|was|sum|total)\b)[^\W\d_]{1,15}"
COUNT = r"[ _#]?(?:\d{1,2}(?:st|nd|rd|th)?|\([\w |=]{1,16}\)|_[^\W\d_]{1,12}|\[\d(?:, ?\d)?\]|=\d)"
NAME = (
    rf"(?:the )?(?:{WORD}(?:{COUNT}){{0,2}}(?:[ -]{WORD}(?:{COUNT}){{0,2}}){{0,3}}"
    rf"|\d(?:st|nd|rd|th)(?: {WORD}){{0,2}}"
    r"|[(\[]\d ?, ?\d[)\]])"
)
SAYS = r"(?: ?(?:[:=\u2248~]|->|\u2192) ?| is | are | has | gives | )"
BETWEEN = r"(?:\s*[,;.](?: and)?\s*|\s+and\s+|\s*\n\s*|\s+)"
IN_FRONT = regex(rf"(?P<name>{NAME}){SAYS}(?P<values>{VALUES})(?=[\s,;.]|$)", re.IGNORECASE)
BEHIND = regex(
    rf"(?P<values>{VALUES}),? ?(?:\((?P<inside>{NAME})\)|(?:for|in|at|of) (?P<name>{NAME}))",
    re.IGNORECASE,
)
AND = regex(BETWEEN, re.IGNORECASE)
PLACES = {
    "top": (0, None), "upper": (0, None), "bottom": (1, None), "lower": (1, None),
    "left": (None, 0), "right": (None, 1),
    "tl": (0, 0), "tr": (0, 1), "bl": (1, 0), "br": (1, 1),
}  # fmt: skip
TOKEN = regex(r"\d{1,2}|[^\W\d_]+")
SHORTER = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th")


class Named(NamedTuple):
    """Values without their names; `ordered` says that the names tell their order."""

    text: str
    ordered: bool


def named_values(text: str) -> Named | None:
    """Return the values of a text that has nothing but values with names, two or more."""
    text = TITLE.sub("", text.strip().rstrip(". "))
    for pattern in (IN_FRONT, BEHIND):
        found = _parts(text, pattern)
        if found:
            names = [_name(part) for part in found]
            ordered = _order(names)
            if ordered is not None:
                return Named(_listed([part["values"] for part in found]), ordered)
    return None


def _name(part: re.Match[str]) -> str:
    inside = part["inside"] if "inside" in part.re.groupindex else None
    return (inside or part["name"]).lower()


def _parts(text: str, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    """Return the parts that a text is made of; none where it has anything else."""
    found: list[re.Match[str]] = []
    at = 0
    while len(found) < MOST:
        part = pattern.match(text, at)
        if part is None:
            return []
        found.append(part)
        if part.end() == len(text):
            return found if len(found) > 1 else []
        between = AND.match(text, part.end())
        if between is None or between.end() == at:
            return []
        at = between.end()
    return []


def _order(names: Sequence[str]) -> bool | None:
    """Say whether names tell an order, and it is that of the values; None where it is another, or
    they are no names of parts.
    """
    if len({*names}) < len(names):
        return None
    keys = [_key(name) for name in names]
    rests = [_rest(name) for name in names]
    if all(not key for key in keys):
        return False
    if len({len(key) for key in keys}) > 1 or len({rest for rest in rests if rest}) > 1:
        return None
    return True if _counts_on(keys) else None


def _key(name: str) -> tuple[int, ...]:
    """Return the numbers, ordinals and places of a name, in their order."""
    down = across = None
    found: list[int] = []
    for token in _tokens(name):
        if token in PLACES:
            row, column = PLACES[token]
            down, across = (row if down is None else down), (column if across is None else across)
        elif token in ORDINALS:
            found.append(ORDINALS.index(token) + 1)
        elif token.isdigit():
            found.append(int(token))
    return (*(place for place in (down, across) if place is not None), *found)


def _rest(name: str) -> str:
    """Return the other words of a name; `one` is said for any."""
    left = [t for t in _tokens(name) if not (t in PLACES or t in ORDINALS or t.isdigit())]
    return " ".join(token for token in left if token not in ("the", "one"))


def _tokens(name: str) -> list[str]:
    for number, short in enumerate(SHORTER):
        name = name.replace(short, ORDINALS[number])
    found = TOKEN.findall(name)
    return [digit for token in found for digit in (token if token.isdigit() else [token])]


def _counts_on(keys: Sequence[tuple[int, ...]]) -> bool:
    """Say whether keys are all of a grid, row by row, or count on, from 0 or 1."""
    first, last = keys[0], keys[-1]
    if not set(first) <= {0, 1} or any(a > b for a, b in zip(first, last, strict=True)):
        return False
    every: list[tuple[int, ...]] = [()]
    for low, high in zip(first, last, strict=True):
        every = [(*key, number) for key in every for number in range(low, high + 1)]
        if len(every) > MOST:
            return False
    return [*keys] == every


def _listed(values: Sequence[str]) -> str:
    """Return values as one list; those of rows and slices in brackets of their own."""
    shown = [value.strip() for value in values]
    if all(value[0] not in OPENING and len(value.split()) == 1 for value in shown):
        return ", ".join(shown)
    inside = (v if v[0] in OPENING and v[-1] in CLOSING else f"[{v}]" for v in shown)
    return f"[{', '.join(inside)}]"
