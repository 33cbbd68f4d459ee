"""Numbers in English words: `four`, `thirty-two by thirty-two`, `seven hundred and sixty`, `one
half`.
"""

from __future__ import annotations

import re
from itertools import count

from shapecalc.grading.regex import regex

SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
VALUES = {
    **dict(zip(SMALL, count(), strict=False)),
    **dict(zip(TENS, count(20, 10), strict=False)),
}
PARTS = {"half": 2, "halve": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6,
         "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "sixteenth": 16}  # fmt: skip
PART = rf"(?:{'|'.join(PARTS)})s?"
UPTO_99 = rf"(?:(?:{'|'.join(TENS)})(?:[ -](?:{'|'.join(SMALL[1:10])}))?|(?:{'|'.join(SMALL)}))"
UPTO_999 = rf"(?:(?:{'|'.join(SMALL[1:10])}|a) hundred(?:(?: and)? {UPTO_99})?|{UPTO_99})"
# `two thousand` alone is a rounded number, like `2 thousand`: its unit is left.
NUMBER = regex(
    rf"\b(?:(?P<thousands>{UPTO_999}) thousand,? (?:and )?(?P<rest>{UPTO_999})|{UPTO_999})\b",
    re.IGNORECASE,
)
SIZE = regex(rf"\b{UPTO_999}(?= by\b)|(?<=\bby ){UPTO_999}\b", re.IGNORECASE)
FRACTION = regex(rf"\b(a|{UPTO_99})[ -]({PART})(?=[ .!]*$)", re.IGNORECASE)


def in_digits(text: str) -> str:
    """Return a text with its numbers in words written in digits; of one that has digits as well
    the sizes alone, `five by five by 48`.
    """
    if any(sign.isdigit() for sign in text):  # `the first one, 16` is not about 1
        return SIZE.sub(lambda found: str(_upto_999(found[0])), text)
    part = FRACTION.search(text)
    if part and not NUMBER.search(text[: part.start()]):  # not `two and one half`
        over = 1 if part[1].lower() == "a" else _upto_999(part[1])
        return f"{text[: part.start()]}{over}/{PARTS[part[2].lower().rstrip('s')]}"
    return NUMBER.sub(lambda found: str(_value(found)), text)


def _value(found: re.Match[str]) -> int:
    if found["rest"]:
        return 1000 * _upto_999(found["thousands"]) + _upto_999(found["rest"])
    return _upto_999(found[0])


def _upto_999(text: str) -> int:
    hundreds, _, rest = text.lower().rpartition("hundred")
    above = 100 * VALUES.get(hundreds.strip(), 1) if hundreds else 0
    return above + sum(VALUES.get(word, 0) for word in re.split(r"[ -]+", rest))
