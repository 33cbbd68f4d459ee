"""P added to the depth too: 15x15x8 padded by 2 gives 19x19x12 for 19x19x8."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output with the zeros of the first axis added to its depth."""
    if any(fit.follows for fit in context.fits):
        return
    if context.output and context.borders and not context.transposed_fits:
        before, after = context.borders[0]
        depth = context.output[-1] + before + after
        sign = "-" if before + after < 0 else "+"
        working = f"depth {context.output[-1]} {sign} {abs(before + after)} = {depth}"
        yield from context.deepened(depth, working)


MISCONCEPTION = Misconception(
    "depth_padded",
    "the depth was padded too; zeros go around height and width alone",
    model,
    keys=("output",),
)
