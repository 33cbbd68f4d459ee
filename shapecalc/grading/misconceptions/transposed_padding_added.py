"""The padding added: 8x8 with F=4 S=2 P=1 gives 14 + 4 + 2 = 20, not 16."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import Change, respread


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the output with 2P added, where the padding of a transposed convolution crops."""
    if any(p.before + p.after > 0 for p in context.transposed_fits):
        parts = context.transposed_fits
        sizes = [respread(p, Change(sides=_none)).size + p.before + p.after for p in parts]
        rows = zip(parts, sizes, strict=True)
        lines = [f"({p.W} - 1)*{p.S} + {p.before + p.after} + {p.F} = {n}" for p, n in rows]
        yield from context.volumes(sizes, lines)


def _none(before: int, after: int) -> tuple[int, int]:
    return 0, 0


MISCONCEPTION = Misconception(
    "transposed_padding_added",
    "the padding was added; in a transposed convolution it is subtracted",
    model,
    keys=("output",),
)
