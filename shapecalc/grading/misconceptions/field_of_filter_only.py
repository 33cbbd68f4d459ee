"""The last window alone: 3 for two convolutions of 3x3, which see 5."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the last window's size, or for the jump its stride."""
    if context.windows:
        field, last = context.key == "receptive_field", context.windows[-1]
        value = tuple(fit.span if field else fit.S for fit in last)
        yield Wrong(value, f"{'F' if field else 'S'} = {value[0]}")


MISCONCEPTION = Misconception(
    "field_of_filter_only",
    "only the last layer was looked at, not those before it",
    model,
    keys=("receptive_field", "jump"),
)
