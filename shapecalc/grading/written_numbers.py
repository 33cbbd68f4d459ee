"""A number as people write it: `7,600`, `7.600`, `0,5`, `1/3`, `1.2k`, `(64)`, `twelve`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isfinite
from typing import Any

from shapecalc.diagnostics import quote
from shapecalc.grading.number_units import UNIT, in_binary, scale_of
from shapecalc.grading.number_words import in_digits
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Number

MOST_DIGITS = 40
DIGITS = r"[1-9]\d{0,2}(?:[,_' ]\d{3})+|\d+(?:_\d+)*"
PLAIN = regex(rf"[-+]?(?:(?:{DIGITS})(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{{1,3}})?")
FRACTION = regex(rf"([-+]?(?:{DIGITS}))\s*/\s*({DIGITS})")
DECIMAL_COMMA = regex(r"[-+]?\d+,\d+(?![\d,.])")
GROUPED_BY_POINTS = regex(r"([-+]?[1-9]\d{0,2}(?:\.\d{3})+)(?!\d)(?:,(\d+))?")
ONE_GROUP = regex(r"[-+]?[1-9]\d{0,2},\d{3}(?![\d,.])")


class Unreadable(ValueError):
    """An answer that stands for no value; the text says what was expected."""


def number_of(answer: Any) -> Number:
    """Return a number, however it is written. Raises Unreadable."""
    if type(answer) is int and abs(answer) < 10**MOST_DIGITS:
        return answer
    if isinstance(answer, float) and isfinite(answer):
        return int(answer) if answer.is_integer() and abs(answer) < 2**53 else answer
    if isinstance(answer, list | tuple) and len(answer) == 1:
        return number_of(answer[0])
    if isinstance(answer, str):
        found = _spelled(_bare(in_digits(answer)))
        if found is not None:
            return found
    raise Unreadable(f"{quote(answer)} is not a number")


def _bare(text: str) -> str:
    """Return a number without what is written around it: brackets, a comma, a blank sign."""
    text = text.strip("[]{}, ")
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip(", ")
    text = re.sub(r"^(?:minus|negative) (?=[0-9.])", "-", text, flags=re.IGNORECASE)
    return re.sub(r"^([-+]) (?=[0-9.])", r"\1", text)


def _spelled(text: str) -> Number | None:
    """Return the number that a text spells, whatever unit stands behind it, or None."""
    fraction = FRACTION.match(text)
    if fraction and UNIT.fullmatch(text, fraction.end()):
        over, under = (_plain(part) for part in fraction.groups())
        return whole_if_so(over / under) if under else None
    grouped = GROUPED_BY_POINTS.match(text)
    if grouped and _many_groups(grouped) and UNIT.fullmatch(text, grouped.end()):
        whole = grouped[1].replace(".", "")
        return _plain(f"{whole}.{grouped[2]}" if grouped[2] else whole)
    comma = DECIMAL_COMMA.match(text)
    if comma and not PLAIN.fullmatch(comma[0]):
        text = text.replace(",", ".", 1)
    plain = PLAIN.match(text)
    unit = UNIT.fullmatch(text, plain.end()) if plain else None
    if not plain or not unit:
        return None
    value, scale = _plain(plain[0]), scale_of(unit)
    return value if scale == 1 else whole_if_so(round(value * scale, 6))


def _many_groups(grouped: re.Match[str]) -> bool:
    """Say whether points can only be those of thousands: `1.234.567`, `1.234,5`."""
    return grouped[1].count(".") > 1 or bool(grouped[2])


def _plain(text: str) -> Number:
    digits = re.sub(r"[,_' ]", "", text)
    if len(digits) > MOST_DIGITS:
        raise Unreadable(f"a number of more than {MOST_DIGITS} digits")
    return int(digits) if re.fullmatch(r"[-+]?\d+", digits) else whole_if_so(float(digits))


def whole_if_so(value: Number) -> Number:
    """Return a number as a whole one if it is that. Raises Unreadable if it is too large."""
    if not isfinite(value):
        raise Unreadable("a number that is too large")
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else value


def also_spelled(answer: str) -> Iterator[tuple[Number, str]]:
    """Yield what else a number may be meant for, and how: `7.600` is 7,600 where points stand
    between thousands, `7,600` is 7.6 where a comma is the point, and a KB may have 1,024 bytes.
    """
    text = _bare(answer)
    grouped = GROUPED_BY_POINTS.match(text)
    if grouped and not _many_groups(grouped) and UNIT.fullmatch(text, grouped.end()):
        yield _plain(grouped[1].replace(".", "")), ""
    group = ONE_GROUP.match(text)
    if group and UNIT.fullmatch(text, group.end()):
        decimal = _spelled(text.replace(",", "."))
        if decimal is not None:
            yield decimal, ""
    binary = in_binary(text)
    kibibytes = _spelled(binary) if binary else None
    if kibibytes is not None:
        yield kibibytes, ", with 1,024 bytes to the KB"
