"""Functions of numbers in a sum or product: `-ln(0.26)`, `e^2/(e^0 + e^2)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import exp, log, log2, log10, sqrt

from shapecalc.grading.arithmetic import NUMBER, worked_out
from shapecalc.grading.regex import regex

MOST = 20  # functions of a text
LARGEST = 1e15  # of what one comes to
FUNCTION = regex(  # `1.2e^4` is meant for 12,000
    r"(?<![A-Za-z])(ln|log(?:_?(?:10|2|e))?|exp|sqrt|(?<![\d.])e\^) ?(?=[(\d.-])", re.IGNORECASE
)
FACTOR = regex(r"(?<=[\d)\]]) $")  # `2 ln(2)`
ARGUMENT = regex(rf"-?(?:{NUMBER.pattern})")
WORKED_OUT: Mapping[str, Callable[[float], float]] = {
    "ln": log,
    "log": log,
    "loge": log,
    "log10": log10,
    "log2": log2,
    "exp": exp,
    "e^": exp,
    "sqrt": sqrt,
}
NATURAL = "log is read as the natural logarithm"


def without_functions(text: str) -> tuple[str, str]:
    """Return a text with what functions of numbers come to in their place, and a note of what is
    not plain about that; an empty text where there are none, or one comes to nothing.
    """
    shorter, note = text, ""
    for _ in range(MOST):
        last = next(reversed([*FUNCTION.finditer(shorter)]), None)  # no other one is within it
        if last is None:
            return (shorter, note) if shorter != text else ("", "")
        name, end = last[1].lower().replace("_", ""), _end_of_argument(shorter, last.end())
        value = _value(name, shorter[last.end() : end])
        if value is None:
            return "", ""
        note = NATURAL if name == "log" else note
        before = FACTOR.sub("*", shorter[: last.start()])
        shorter = f"{before}({value:.15f}){shorter[end:]}"
    return "", ""


def _end_of_argument(text: str, start: int) -> int:
    """Return where the brackets behind a function close, or the number ends."""
    if not text.startswith("(", start):
        number = ARGUMENT.match(text, start)
        return number.end() if number else start
    depth = 0
    for end, sign in enumerate(text[start:], start + 1):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return end
    return start


def _value(name: str, argument: str) -> float | None:
    """Return what a function comes to; None where that is no number of a usual size."""
    given = worked_out(f"({argument})")
    try:
        value = None if given is None else WORKED_OUT[name](float(given))
    except (ValueError, OverflowError):  # ln(0), e^1000
        return None
    return value if value is None or abs(value) <= LARGEST else None
