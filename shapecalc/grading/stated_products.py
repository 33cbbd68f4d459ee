"""A product that is told with its factors: `600 per output, 12288 outputs: 7,372,800`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from shapecalc.grading.answers import LONGEST
from shapecalc.grading.arithmetic import NUMBER, worked_out
from shapecalc.grading.notation import plain
from shapecalc.grading.reading import Reading
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Number
from shapecalc.grading.written_numbers import whole_if_so

MOST = 12  # pieces
LARGEST = 10**40
EACH = r"(?:per|each|every|apiece)\b"
OF_ONE = regex(EACH, re.IGNORECASE)
CUT = regex(
    r"[,;:](?=\s)|=>|->|[\u21d2\u2192=]|\b(?:so|and|makes|gives|thus|hence|therefore|then)\b:?",
    re.IGNORECASE,
)
VALUE = r"[\d(](?:[\d\s()*xX\u00d7\u00b7.,_'+-]*[\d)])?"
WORDS = r"(?: [A-Za-z]{2,}){0,2}"
FOR_ONE = regex(  # 600 per output; 600 MACs for each of them; 5*5*24 each
    rf"(?P<value>{VALUE}){WORDS} (?:for )?{EACH}(?: [A-Za-z]+){{0,3}}", re.IGNORECASE
)
COUNT = regex(  # 12288 outputs, which are so many
    rf"(?P<value>{VALUE}) (?:[A-Za-z]{{2,}} )?[A-Za-z]{{2,}}s", re.IGNORECASE
)
RESULT = regex(
    rf"(?:(?:the |in )?(?:total|altogether)(?: is)? ?)?(?P<value>{NUMBER.pattern}){WORDS}[.!]?",
    re.IGNORECASE,
)


def stated_product(answer: Any) -> Reading | None:
    """Return the product that an answer ends with, behind what there is of one thing and how many
    of these there are; None where it is no such text, or has another product.
    """
    if not isinstance(answer, str) or len(answer) > LONGEST or not OF_ONE.search(answer):
        return None
    *pieces, last = [p.strip() for p in CUT.split(plain(answer)) if p.strip()] or [""]
    result = RESULT.fullmatch(last)
    if result is None or not 2 <= len(pieces) <= MOST:
        return None
    ones: set[Fraction] = set()
    counts: set[Fraction] = set()
    others: set[Fraction] = set()
    for piece in pieces:
        one = FOR_ONE.fullmatch(piece)
        count = None if one or OF_ONE.search(piece) else COUNT.fullmatch(piece)
        value = _value((one or count or {"value": piece})["value"])
        if value is None:
            return None
        (ones if one else counts if count else others).add(value)
    if len(ones) != 1 or len(counts) != 1:
        return None
    (each,), (many,), stated = ones, counts, _value(result["value"])
    told = others <= {each, many, each * many}
    if stated != each * many or not told or stated > LARGEST:
        return None
    number: Number = whole_if_so(float(stated)) if stated.denominator > 1 else int(stated)
    return Reading(number)


def _value(text: str) -> Fraction | None:
    """Return a number, or what a sum or product comes to."""
    if NUMBER.fullmatch(text):
        return Fraction(re.sub(r"[,_']", "", text))
    return worked_out(text)
