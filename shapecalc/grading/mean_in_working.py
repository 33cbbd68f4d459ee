"""Whether a working shows that a mean over the positions was taken: `-0.02 (mean over all 16)`, or
`-0.32/16 = -0.02`.
"""

from __future__ import annotations

from itertools import islice
from math import prod
from typing import TYPE_CHECKING, Protocol

from shapecalc.grading.regex import regex

if TYPE_CHECKING:
    from shapecalc.grading.cause import Cause
    from shapecalc.grading.misconceptions.question_context import QuestionContext

AVERAGED = frozenset(("gradient_averaged",))
DIVISOR = regex(r"[/÷] ?(\d{1,6})(?![\w.,]*\d)")
MOST = 20  # divisors that are looked at


class Worked(Protocol):
    """What a working has: by what it divides, and whether it speaks of a mean."""

    @property
    def over(self) -> tuple[int, ...]: ...

    @property
    def mean(self) -> bool: ...


def positions_of(context: QuestionContext) -> int:
    """Return at how many positions the layer is applied whose parameters are asked about; 0 where
    no layer's are.
    """
    record = context.subject.records.get(context.query.name.rpartition(".")[0])
    return prod(record.output[:-1]) if record is not None and record.output else 0


def shows_mean(working: Worked, context: QuestionContext, cause: Cause) -> bool | None:
    """Say whether a working speaks of the mean that was given, or divides by the number of
    positions; None if that is not shown.
    """
    if cause.names != AVERAGED:
        return None
    return working.mean or positions_of(context) in working.over or None


def divisors(text: str) -> tuple[int, ...]:
    """Return the whole numbers that something is divided by in a text."""
    return tuple(int(found[1]) for found in islice(DIVISOR.finditer(text), MOST))
