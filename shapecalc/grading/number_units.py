"""What stands behind a number, `1.2k`, `4.8 MB`, `34.9k parameters`; how exact it is by that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from shapecalc.grading.number_words import PART
from shapecalc.grading.regex import regex

WORDS = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
LETTERS = {"k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9}
BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
SCALES: Mapping[str, int] = {**WORDS, **LETTERS, **BINARY}
COUNTED = r"(?:B|[Bb]ytes?|FLOPs?|FLOPS|flops|MACs?|macs|[Pp]arams?)(?![A-Za-z])"  # MB, GFLOPs
SCALE = (
    rf"(?: ?(?:(k|K|M|G)(?=(?![A-Za-z])|{COUNTED})|(Ki|Mi|Gi)(?=B)|({'|'.join(WORDS)})(?![a-z])))"
)
# Words behind a number with which it is not the answer: `4 times the input`, `two and a half`,
# `4 is too small`.
COMPARED = (
    r"(?![ -]?(?:times|more|less|fewer|percent|dozen|(?:and (?:a|one|two|three|four) )?"
    rf"(?:{PART}|hundredths?|thousandths?)|squared|cubed|doubled|tripled|halved|point)\b)"
    r"(?![^()]*\b(?:wrong|incorrect|false|not|never|too)\b)"
)
UNIT = regex(rf"{SCALE}?{COMPARED}(?: ?[A-Za-z][A-Za-z²³ -]*)?(?: ?\([A-Za-z²³ -]*\))?[.,]?")
KILOBYTES = regex(r"(?<=[\d ])(k|K|M|G)(?=B(?![A-Za-z]))")
MOST_DIGITS = 40
ABOUT = r"(?:[≈≅~]|\b(?:about|around|approx(?:imately)?|roughly|circa|ca)\b\.?)"
NUMBER = regex(
    rf"(?:({ABOUT})\s*)?(?<![\w.,])(\d[\d,]*(?:\.\d*)?|\.\d+)(?:[eE]([-+]?\d{{1,2}}))?{SCALE}?"
)


class Rounded(NamedTuple):
    """A number that is written as a rounded one, and how far it may be off by that."""

    value: float
    off: float


def scale_of(unit: re.Match[str]) -> int:
    """Return what a number is to be multiplied by, as a match of UNIT has it."""
    return next((SCALES[word] for word in unit.groups() if word), 1)


def in_binary(text: str) -> str | None:
    """Return a text with its KB as KiB, as they are often meant; None where there are none."""
    return KILOBYTES.sub(r"\1i", text).replace("ki", "Ki") if KILOBYTES.search(text) else None


def rounded_numbers(text: str) -> Iterator[Rounded]:
    """Yield the numbers of a text that are rounded as they are written: `1.2k`, `1.2e3`, `≈ 1200`.

    The last digit that is written counts, behind `≈` the last one that is not 0.
    """
    for match in NUMBER.finditer(text):
        about, digits, power, *scales = match.groups()
        scale = next((SCALES[word] for word in scales if word), 1)
        if (not about and not power and scale == 1) or len(digits) > MOST_DIGITS:
            continue
        for spelled in {digits.rstrip(",").replace(",", ""), digits.rstrip(",").replace(",", ".")}:
            if spelled.count(".") > 1:
                continue
            whole, _, decimals = spelled.partition(".")
            zeros = len(whole) - len(whole.rstrip("0")) if about and not decimals else 0
            times = scale * 10.0 ** int(power or 0)
            yield Rounded(
                round(float(spelled) * times, 6), 0.5 * 10.0 ** (zeros - len(decimals)) * times
            )
