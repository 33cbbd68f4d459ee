"""A layer that enlarges left out: 3 + 2*2 = 7 behind an upsampling by 2 of a stride of 2, for 5."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from math import prod
from operator import mul

from shapecalc.grading.enlarged_field import enlarges
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import equal, terms, times
from shapecalc.grading.wording import in_a_row
from shapecalc.layers.window import Sliding
from shapecalc.records import KnownRecord


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the field, or the jump, by the strides of all windows alone."""
    if not context.slides or not any(_only_enlarges(record) for record, _ in context.way_back):
        return
    windows, left_out = context.windows_without(_only_enlarges)
    if not windows or not left_out:
        return
    axes = [[(fit.span, fit.S) for fit in axis] for axis in zip(*windows, strict=True)]
    if context.key == "jump":
        value = tuple(prod(S for _, S in axis) for axis in axes)
        text = equal(times(S for _, S in axes[0]), value[0])
    else:
        more = []
        for axis in axes:
            jumps = accumulate((S for _, S in axis), mul, initial=1)
            more.append([(F - 1) * jump for (F, _), jump in zip(axis, jumps, strict=False)])
        value = tuple(1 + sum(added) for added in more)
        text = f"1 + {terms(more[0])} = {value[0]}"
    names = in_a_row([record.name for record in left_out])
    behind = "them" if len(left_out) > 1 else "it"
    told = f"the enlarging by {names} was ignored; behind {behind} neighbours are closer together"
    yield Wrong(value, text, told)


def _only_enlarges(record: KnownRecord) -> bool:
    return not isinstance(record.layer, Sliding) and enlarges(record)


MISCONCEPTION = Misconception(
    "field_enlarging_ignored",
    "the enlarging by a layer was ignored; behind it neighbours are closer together",
    model,
    keys=("receptive_field", "jump"),
)
