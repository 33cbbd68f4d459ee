"""One source's depth kept: 8x8x16 joined with 8x8x32 as 8x8x32 for 8x8x48."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.layers.merge import Concat


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the depth of the first, the last or the deepest source."""
    if isinstance(context.layer, Concat):
        depths = context.source_depths
        for depth in dict.fromkeys(depths[:1] + depths[-1:] + [max(depths, default=0)]):
            yield from context.deepened(depth, f"depth {depth} kept")


MISCONCEPTION = Misconception(
    "concat_depth_kept",
    "the depth of one source was kept; concat adds the depths",
    model,
    keys=("output",),
)
