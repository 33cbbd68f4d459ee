"""A percentage as a part of 1: `59.2%` is 0.592."""

from __future__ import annotations

import re

from shapecalc.grading.regex import regex

PERCENT = regex(r"(?<![\w.,])(\d{1,9}(?:[.,]\d{1,9})?) ?(?:%|per ?cent\b)")
TOLD_TWICE = regex(r"(\d{0,9}[.,]?\d{1,9}) ?\((\d{0,9}[.,]?\d{1,9})\)")  # 0.5 (50 %)
NEAR = 0.0051  # 73 % is 0.731, too


def as_parts_of_one(text: str) -> str:
    """Return a text with its percentages as parts of 1."""
    return PERCENT.sub(_part_of_one, text)


def told_once(text: str) -> str:
    """Return the same, of which one that stands in brackets behind its value is left out."""
    return TOLD_TWICE.sub(_once, as_parts_of_one(text))


def told_of(text: str) -> str:
    """Return what is told of the first percentage of a text; nothing where it has none."""
    found = PERCENT.search(text)
    return f"{found[0]} is {_part_of_one(found)}" if found else ""


def _once(told: re.Match[str]) -> str:
    """Return the longer one of a value and the same one in brackets; both where they differ."""
    number, again = (float(one.replace(",", ".")) for one in told.groups())
    return max(told.groups(), key=len) if abs(number - again) <= NEAR else told[0]


def _part_of_one(percent: re.Match[str]) -> str:
    return f"{float(percent[1].replace(',', '.')) / 100:.15g}"
