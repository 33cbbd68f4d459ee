"""A list that is written without its rows, `2 -1 4 5`, as the right answer has them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.values import NESTED, Value, flat

NUMBER = regex(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
NEXT = rf"(?:\s*[,;]\s*|\s+){NUMBER.pattern}"
FLAT = regex(rf"\[?\s*{NUMBER.pattern}(?:{NEXT})+\s*\]?", re.IGNORECASE)


def in_rows(question: Question, answer: str) -> str:
    """Return a flat list of as many numbers as the right answer has with the rows of that, so that
    both can be compared; anything else as it is.
    """
    right = question.right
    nested = isinstance(right, tuple) and any(isinstance(part, NESTED) for part in right)
    if question.query.form != "array" or not nested or not FLAT.fullmatch(answer):
        return answer
    numbers = NUMBER.findall(answer)
    return _as(right, iter(numbers)) if len(numbers) == len(flat(right)) else answer


def _as(value: Value, numbers: Iterator[str]) -> str:
    """Return numbers in the lists that a value is made of; they are used up."""
    if not isinstance(value, tuple):
        return next(numbers)
    return f"[{', '.join([_as(part, numbers) for part in value])}]"
