"""Several sizes where one that fits is enough: `24x24 or 32x32` is right if all of them are."""

from __future__ import annotations

from typing import Any

from shapecalc.grading.answers import LONGEST
from shapecalc.grading.comparison import is_right, ways_to_read
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.written_numbers import Unreadable

BETWEEN = regex(r"\s*(?:[,;]\s*)?\b(?:or(?: also| even)?|and(?: also)?|as well as)\b\s*|\s*[,;]\s+")
MOST = 8
SIZES = regex(r"[\w\s.:]*\d[\d\s]*(?:[xX×][\d\s]+|by \d+\s*){1,3}[.!]?")


def all_fit(question: Question, answer: Any) -> bool:
    """Say whether an answer to which size fits gives several, and each of them does."""
    if question.query.kind != "fitting" or not isinstance(answer, str) or len(answer) > LONGEST:
        return False
    parts = BETWEEN.split(answer.strip())
    if not 1 < len(parts) <= MOST or not all(map(SIZES.fullmatch, parts)):
        return False
    return all(_fits(question, part) for part in parts)


def _fits(question: Question, part: str) -> bool:
    try:
        return any(is_right(question, reading.value) for reading in ways_to_read(question, part))
    except Unreadable:
        return False
