"""Other values than those of a list that stand in a text beside it: a second list, what its steps
come to, and what is concluded from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import isclose as is_close

from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.lists import AND
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Number
from shapecalc.grading.words_beside_list import ALONE
from shapecalc.grading.written_numbers import Unreadable, number_of

CONCLUSION = regex(
    r"=>|->|[\u21d2\u2192\u2234]"
    r"|\b(?:so(?! that)|thus|hence|therefore|finally|(?:final )?(?:answer|result)s?)\b",
    re.IGNORECASE,
)
CUT = regex(r"[^\W\d_]{2,}|[.:!?](?=\s|$)|[()\[\]{}]|=>|->|[\u21d2\u2192]")
PART = regex(r"[,;|]|\s//?\s")
WITH_NAME = regex(r"^ *([^\W\d_]) (?=[-+.\d])")  # s 3, 2, 0
LETTER = regex(r"[^\W\d_]")
AROUND = "()[]{} .:"


def behind_a_conclusion(text: str) -> str | None:
    """Return what stands behind the last `so`, `the result`; None where there is none."""
    found = [*CONCLUSION.finditer(text)]
    return text[found[-1].end() :] if found else None


def is_another(concluded: str, stated: Sequence[Number]) -> bool:
    """Say whether a conclusion behind a list gives other values than are stated."""
    working, _, result = concluded.rpartition("=")
    values = _numbers(PART.sub(" ", result).strip(AROUND))
    lone = bool(values) and not ALONE.search(working) and not same_values(values, stated)
    return lone or bool([*other_lists(concluded, len(stated), stated)])


def other_lists(
    text: str, count: int, stated: Sequence[Number], at_end: bool = False
) -> Iterator[bool]:
    """Yield of each list of so many other values than are stated, without brackets, whether it has
    words or a name in front; the results of as many steps, `1+2 = 3, 4-2 = 2`, are one, too, but
    not in front of what is `at_end`, if they are gone on with: `e^1 = 2.7, e^0 = 1, sum 3.7, p =`.
    """
    results: list[Number] = []
    for words, segment in enumerate(CUT.split(AND.sub(",", text))):
        run: list[Number] = []
        named = words > 0
        for part in (*PART.split(segment), ""):
            left, equals, right = WITH_NAME.sub(r"\1 =", part).rpartition("=")
            values = _numbers(right)
            if values and at_end and len(results) == count:
                results = []
            if values and not equals:
                run += values
                continue
            if len(run) == count and not same_values(run, stated):
                yield named
            run = []
            if values and any(sign.isdigit() for sign in left):
                results += values
            elif values:
                run, named = values, words > 0 or bool(LETTER.search(left))
            elif not equals and (value := worked_out(right)) is not None:
                results.append(float(value))
    if len(results) == count and not same_values(results, stated):
        yield True


def _numbers(text: str) -> list[Number]:
    """Return the numbers that stand between blanks; none where anything else stands there."""
    with suppress(Unreadable):
        return [number_of(part) for part in text.split()]
    return []


def same_values(values: Sequence[Number], others: Sequence[Number]) -> bool:
    """Say whether values are the same, rounded or not."""
    if len(values) != len(others):
        return False
    return all(is_close(a, b, rel_tol=0.01) for a, b in zip(values, others, strict=True))
