"""What is worked out otherwise than as another layer's answer: a field by `7, 11, 15, 19` is not
that of a layer which sees 19, unless all of its steps are fields; nor is 26x26 by `13 + 13` a
volume of another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.frequency import ANOTHERS
from shapecalc.grading.regex import regex
from shapecalc.grading.summed_terms import addends

if TYPE_CHECKING:
    from shapecalc.grading.cause import Cause
    from shapecalc.grading.misconceptions.question_context import QuestionContext

PLAIN = regex(r"[\d\s+]+")


def is_no_others(
    formulas: Iterable[str],
    chains: Iterable[Sequence[int]],
    context: QuestionContext,
    cause: Cause,
) -> bool:
    """Say whether a working comes by fields that no layer has to what is another layer's field, or
    adds up one of the sizes of its volume.
    """
    value = cause.wrong.value
    if cause.names != {ANOTHERS} or not isinstance(value, tuple):
        return False
    if context.key == "output":
        return any(PLAIN.fullmatch(f) and worked_out(f) in value[:-1] for f in formulas)
    if context.key != "receptive_field":
        return False
    ways = [*chains, *(list(accumulate(addends(formula))) for formula in formulas)]
    ways = [way for way in ways if len(way) > 1 and way[-1] in value]
    if not ways:
        return False
    found = (context.of(name) for name in context.subject.records)
    fields = {1, *(size for field in found if isinstance(field, tuple) for size in field)}
    return any(not fields.issuperset(way) for way in ways)
