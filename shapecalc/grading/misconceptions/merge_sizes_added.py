"""The sizes added where volumes are: 8x8x16 + 8x8x16 as 16x16x16, or 16x16x32, for 8x8x16."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import terms
from shapecalc.layers.merge import Stretching


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the sums of the sources' heights and widths where a merge goes value by value, with the
    depth as it is and with the sum of the depths.
    """
    inputs = (context.record.input or ()) if context.record else ()
    alike = len(inputs) > 1 and len({*map(len, inputs)}) == 1 < len(inputs[0])
    alike = alike and bool(context.output)
    if not isinstance(context.layer, Stretching) or not alike:
        return
    *sides, depths = zip(*inputs, strict=True)
    lines = [f"{terms(side)} = {sum(side)}" for side in sides]
    for depth in dict.fromkeys((context.output[-1], sum(depths))):
        added = "" if depth == context.output[-1] else f"depth {terms(depths)} = {depth}"
        volume = (*map(sum, sides), depth)
        told = ", ".join(filter(None, dict.fromkeys((*lines, added))))
        yield Wrong(volume, f"{told}, so {context.written(volume)}", by_size=(*lines, added))


MISCONCEPTION = Misconception(
    "merge_sizes_added",
    "the sizes were added; this merge goes value by value and keeps them",
    model,
    keys=("output",),
)
