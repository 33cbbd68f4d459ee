"""Plain scalars as YAML 1.2's core schema reads them, with one difference: `0x3` is a size.

PyYAML by itself follows YAML 1.1, where `no` is false, 12:30 is 750 and 1e3 is text.
"""

from __future__ import annotations

import re

INTEGER = re.compile(r"[-+]?[0-9]+")
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]*[a-fA-F][0-9a-fA-F]*")  # digits alone are a size
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
MOST_DIGITS = 40
TOO_LARGE: int = 10**MOST_DIGITS  # stands for any longer number: beyond every limit all the same

WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **{
        sign + word: float(sign + "inf")
        for sign in ("", "+", "-")
        for word in (".inf", ".Inf", ".INF")
    },
}

Scalar = bool | int | float | str | None


def resolve(text: str) -> Scalar:
    """Return the value of a plain scalar: nothing, a truth, a number, otherwise the text."""
    if text in WORDS:
        return WORDS[text]
    if text[0] in "0123456789+-.":
        if INTEGER.fullmatch(text):
            return whole(text)
        if OCTAL.fullmatch(text):
            return int(text[2:], 8) if len(text) <= MOST_DIGITS else TOO_LARGE
        if HEXADECIMAL.fullmatch(text):
            return int(text[2:], 16) if len(text) <= MOST_DIGITS else TOO_LARGE
        if len(text) <= 400 and FLOAT.fullmatch(text):
            return float(text)
    return text


def whole(text: str) -> int:
    """Return a whole number; one too long to be of use becomes one just as unusable."""
    if len(text) <= MOST_DIGITS:
        return int(text)
    digits = text.lstrip("+-").lstrip("0")
    if len(digits) <= MOST_DIGITS:
        return int(digits or "0") * (-1 if text[0] == "-" else 1)
    return -TOO_LARGE if text[0] == "-" else TOO_LARGE
