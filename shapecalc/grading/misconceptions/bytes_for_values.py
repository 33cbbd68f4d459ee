"""The bytes given for the number of values: 4*28*28*8 = 25,088 for 6,272."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import equal, times
from shapecalc.quantities import BYTES


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield four bytes for each value of the output; not where another output has as many values,
    as in front of a pool of 2x2: nothing tells these apart.
    """
    factors = (*context.output, BYTES)
    others = {record.activations for record in context.subject.trace.layers}
    if context.output and prod(factors) not in others:
        yield Wrong(prod(factors), equal(times(factors), prod(factors)))


MISCONCEPTION = Misconception(
    "bytes_for_values",
    "the bytes of the values were given, not their number",
    model,
    keys=("activations",),
)
