"""FLOPs by another convention than the question's: 768,000 for 775,840 with each bias counted."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from shapecalc.grading.kinds.flops import convention_in_words, counted
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the FLOPs by each of the other conventions."""
    found = counted(context.subject.layers, context.query)
    for convention in product((1, 2), (0, 1, 2)):
        if found is not None and convention != context.query.place:
            value = found.by(convention)
            yield Wrong(value, f"{convention_in_words(convention, found.biases)}, {value:,}")


MISCONCEPTION = Misconception(
    "other_convention",
    "the operations were counted by another convention than the question's",
    model,
    kinds=("flops",),
)
