"""Which mistake is behind a wrong number, where several give it: the one place that decides.

A misconception only says what numbers it gives; none knows the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shapecalc.grading.comparison import alike
from shapecalc.grading.misconceptions.question_context import Misconception, Wrong
from shapecalc.grading.values import Value

Cause = tuple[Misconception, Wrong]

# A misconception, and those that are more specific: where they give the same number, they are
# meant. That is no order of all misconceptions: most pairs meet by chance, which says nothing.
MORE_SPECIFIC: Mapping[str, tuple[str, ...]] = {
    "bias_per_input": ("one_bias",),  # at a depth of 1
    "depth_multiplied": ("depth_kept",),  # with one filter
    "field_own_stride": ("field_summed",),  # 2x2 at S=2 behind a stride of 1
    "filter_not_squared": (
        "forgot_depth",  # at D = F
        "macs_for_flops",  # 2x2 filters
    ),
    "forgot_depth_one_bias": ("forgot_filters",),  # at D = K
    "forgot_filters": (
        "forgot_depth",  # at D = K
        "depth_kept",  # at a depth of 1
    ),
    "forgot_plus_one": ("floor_for_ceil",),  # where every size was rounded up
    "loss_mean": ("loss_halved",),  # of two outputs
    "neighbour": (
        "stride_ignored",  # the layer before is as large as at stride 1
        "field_of_filter_only",  # the layer before sees a window of the same size
    ),
}


def cause_of(given: Value, causes: Sequence[Cause]) -> Cause | None:
    """Return the cause of a wrong number among all that may go wrong; None where none is likely.

    `causes` are what `wrong_answers` returns for a question.
    """
    return likeliest([cause for cause in causes if alike(cause[1].value, given)])


def likeliest(causes: Sequence[Cause]) -> Cause | None:
    """Return which of several causes of one number is meant; None where that cannot be told."""
    names = {misconception.name for misconception, _ in causes}
    best = [cause for cause in causes if names.isdisjoint(MORE_SPECIFIC.get(cause[0].name, ()))]
    return best[0] if len({misconception.name for misconception, _ in best}) == 1 else None
