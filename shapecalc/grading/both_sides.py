"""Zeros that are told side by side, `2 on the left and 2 on the right, so 4 in total`: a padding is
that of one side.
"""

from __future__ import annotations

import re
from itertools import islice

from shapecalc.grading.number_words import SMALL, in_digits
from shapecalc.grading.regex import regex

LONGEST = 1000  # characters
MOST = 4  # lists of sides
PAIRS = (
    ("left", "right"), ("top", "bottom"), ("above", "below"), ("before", "after"),
    ("front", "back"), ("front", "end"),
)  # fmt: skip
SIDE = "|".join(dict.fromkeys(side for pair in PAIRS for side in pair))
ZEROS = r"(?: (?:zeros?|pixels?|px|rows?|columns?|cols?)(?: of (?:zeros?|padding))?)?"
WHERE = r"(?: (?:on|at|to|in))?(?: the)?"
NUMBER = rf"(?:\d{{1,4}}|{'|'.join(SMALL[1:10])})"
ONE = rf"{NUMBER}{ZEROS}{WHERE} (?:{SIDE})(?: sides?)?"
EACH = rf"{NUMBER}{ZEROS} (?:on |at )?(?:each|both|either|every|per) sides?"
TOTAL = (
    r"(?:,? ?(?:(?:so|which is|that is|that makes|makes|i\.e\.,?|=) )?(?P<total>\d{1,5})"
    rf"{ZEROS},? (?:in total|altogether|together|in all)\b)?"
)
AND = r"(?:, ?(?:and )?|; ?| and | & | ?\+ ?)"
SIDES = regex(rf"(?<![\w.*/+-])(?P<sides>{ONE}(?:{AND}{ONE})+|{EACH}){TOTAL}(?!\w)", re.IGNORECASE)
PART = regex(rf"({NUMBER}){ZEROS}{WHERE} ({SIDE})", re.IGNORECASE)
TELLS = regex(rf"\b(?:{SIDE}|sides?)\b", re.IGNORECASE)


def of_one_side(text: str) -> str:
    """Return a text with zeros that are as many on both sides told once, `2 on each side`, and
    without how many these are in total, if that is so many.
    """
    if len(text) > LONGEST or not TELLS.search(text):
        return text
    for told in [*islice(SIDES.finditer(text), MOST)][::-1]:
        numbers, sides = _of(told["sides"])
        in_total = int(told["total"] or 0)
        if len({*numbers}) == 1 and in_total in (0, sum(numbers)) and _are_pairs(sides):
            once = f"{numbers[0]} on each side"
            text = f"{text[: told.start()]}{once}{text[told.end() :]}"
    return text


def _of(told: str) -> tuple[list[int], list[str]]:
    """Return the numbers of zeros and their sides; of `2 on each side` both of these."""
    parts = PART.findall(told)
    if not parts:
        number = _number(told.split()[0])
        return [number, number], [*PAIRS[0]]
    return [_number(number) for number, _ in parts], [side.lower() for _, side in parts]


def _number(written: str) -> int:
    return int(in_digits(written))


def _are_pairs(sides: list[str]) -> bool:
    """Say whether there is the other side of each."""
    return len({*sides}) == len(sides) and all(
        any(side in pair and {*pair} <= {*sides} for pair in PAIRS) for side in sides
    )
