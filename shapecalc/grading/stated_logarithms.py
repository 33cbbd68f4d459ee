"""Logarithms that stand in a working, `-log(0.9933) = 0.0029`: the number tells to which base."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from math import exp, log

from shapecalc.grading.regex import regex
from shapecalc.grading.written import is_rounded_from

BASES = (10, 2)  # that are taken for e
MOST = 8  # of one answer
LONGEST = 1000  # characters of one
OF_NUMBER = regex(
    r"(?:\blog|\bln|\blg)_?\{?(?:10|2|e)?\}?\s?[(\[]?\s?(0?\.\d{1,12})(?![\d.]| ?[-+*/^×·])",
    re.IGNORECASE,
)
NUMBER = r"(?:\d{1,9}(?:\.\d{1,12})?|\.\d{1,12})"
BEHIND_A_LOSS = regex(
    rf"\s*({NUMBER})\s*[,;(](?:.*[^-\s])?\s*\b(?:log|ln|lg)(?:_?\{{?(?:10|2|e)\}}?)? ?"
    rf"(?:\( ?{NUMBER} ?\)|{NUMBER})\s*=\s*[-\u2212] ?({NUMBER})[\s.)]*",
    re.IGNORECASE,
)
LOSS = r"(?:so )?(?:the |my )?(?:cross[- ]entropy(?: loss)?|loss)"
OF_CLASS = r"(?: (?:of|for) (?:the )?(?:(?:right|true|correct) )?class(?: \d)?)?"
CALLED_LOSS = regex(rf"\s*{LOSS}{OF_CLASS} is ([-\u2212]?{NUMBER})[\s.!]*", re.IGNORECASE)
# What `which is` is said of may be the probability, or the logarithm: neither is above 1.
WHICH_IS = regex(
    rf"\s*(?:{LOSS} is )?(?:the )?(?:(?:minus|negative) )?(?:the )?(?:natural )?"
    rf"(?:log(?:arithm)?|ln) of (?:the )?(?:probability|softmax|p){OF_CLASS},"
    rf" which is ({NUMBER})[\s.!]*",
    re.IGNORECASE,
)


def stated_loss(text: str) -> str:
    """Return the number that is called the loss in a sentence, or the one in front of a logarithm
    that comes to its opposite: 0.0029 of `0.0029, log(0.9933) = -0.0029`; otherwise the text.
    """
    if len(text) > LONGEST:
        return text
    called, which = CALLED_LOSS.fullmatch(text), WHICH_IS.fullmatch(text)
    if called:
        return called[1]
    if which:
        return which[1] if float(which[1]) > 1 else text
    found = BEHIND_A_LOSS.fullmatch(text)
    return found[1] if found and float(found[1]) == float(found[2]) else text


def probabilities(text: str) -> Iterator[str]:
    """Yield the numbers below 1 of which a text takes a logarithm, as they are written."""
    return (found[1] for found in islice(OF_NUMBER.finditer(text), MOST))


def rounded_probability(
    written: Iterable[str], right: float, loss: float, near: Callable[[float, float], bool]
) -> str:
    """Return the number, of those that are written, of which a loss is minus the natural logarithm
    though it is rounded too far for that, and this not `near` the right one: 0.23 of the 0.231
    whose loss is 1.464; empty for none.
    """
    for number in written:
        probability = float(number)
        if not probability or abs(probability - exp(-right)) > _half_a_digit(number):
            continue
        exact = -log(probability)
        if is_rounded_from([loss], [exact]) and not near(right, exact):
            return number
    return ""


def _half_a_digit(number: str) -> float:
    """Return how far what a number was rounded from may be. The last zero of 0.100 may have been
    added, for three digits are asked for; the one of 0.10 is meant.
    """
    decimals = number.partition(".")[2]
    places = max(2, len(decimals) - 1) if decimals.endswith("0") else len(decimals)
    return 0.5 * 10.0**-places * (1 + 1e-9)


def to_another_base(written: Iterable[str], loss: float) -> tuple[str, int] | None:
    """Return the number, of those that are written, of which a loss is minus the logarithm to
    another base than e, and that base; None where there is none. Each is rounded at its last digit.
    """
    ways = ((number, base) for number in written for base in BASES)
    return next((way for way in ways if _is_to_base(*way, loss)), None)


def _is_to_base(number: str, base: float, loss: float) -> bool:
    probability = float(number)
    half = 0.5 * 10.0 ** -len(number.partition(".")[2])
    least, most = (max(probability + off, 0.0) for off in (-half, half))
    return least > 0 and -log(min(most, 1.0), base) <= loss <= -log(least, base)
