"""A length that is asked for and told as the product that it is: `2*2*64 = 256`, `256 = 2x2x64`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from shapecalc.grading.answers import LONGEST
from shapecalc.grading.question import Question
from shapecalc.grading.reading import Reading
from shapecalc.grading.regex import regex

NUMBER = r"\d{1,9}"
PRODUCT = rf"{NUMBER}(?: ?[xX*\u00d7\u00b7] ?{NUMBER})+"
LENGTH = r"\d{1,3}(?:[,']\d{3})+|\d{1,12}"
END = r"(?![\w.]*\w| ?=)"  # and not 2*2 = 4 = 4*1
RESULT = regex(
    rf"(?<![\w.*/+-])(?:{PRODUCT} ?= ?(?P<behind>{LENGTH}){END}"
    rf"|(?P<before>{LENGTH}) ?= ?{PRODUCT}{END})"
)


def lengths_first(question: Question, answer: Any, ways: Sequence[Reading]) -> list[Reading]:
    """Return the ways to read an answer; where a volume of one axis is asked for, the number of
    values that a product is said to come to goes before the volume that its factors may be; alone,
    where it comes to another one.
    """
    right, found = question.right, list(ways)
    if question.query.form != "sizes" or not isinstance(right, tuple) or len(right) != 1:
        return found
    if not isinstance(answer, str) or len(answer) > LONGEST or not _is_volume(found):
        return found
    lengths = [way for way in found if not _is_volume([way])]
    stated = None if lengths else _stated(answer)
    if stated is not None and stated != right[0]:  # 2*2*64 = 250; not the right one by chance
        return [Reading((stated,))]
    return [*lengths, *(way for way in found if way not in lengths)]


def _is_volume(ways: Sequence[Reading]) -> bool:
    first = ways[0].value if ways else ()
    return isinstance(first, tuple) and len(first) > 1


def _stated(answer: str) -> int | None:
    """Return the only length that a product is said to come to."""
    found = {re.sub(r"[,']", "", m["behind"] or m["before"]) for m in RESULT.finditer(answer)}
    return int(found.pop()) if len(found) == 1 else None
