"""A size with a fraction: 30x30 with F=3 S=2 as 14.5x14.5, where a size is whole: 14x14."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.geometry import Fit
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong

ROUNDED = {"floor": "rounded down here", "ceil": "rounded up here"}


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the sizes with what the stride leaves over as a fraction."""
    fits = context.fits
    if not any(map(_is_left_over, fits)) or not all(f.size for f in fits):
        return
    sizes = tuple(float(f.fraction()) if _is_left_over(f) else f.size for f in fits)
    lines = [f"{f.strides()} + 1 = {size:g}" for f, size in zip(fits, sizes, strict=True)]
    how = ROUNDED.get(fits[0].policy, "and the stride does not fit here")
    told = f"the size was not rounded; a size is a whole number, {how}"
    line = "; ".join(dict.fromkeys(lines))
    yield Wrong((*sizes, context.output[-1]), line, told, sizes=True)


def _is_left_over(fit: Fit) -> bool:
    return bool(fit.remainder) and not fit.follows


MISCONCEPTION = Misconception(
    "not_rounded", "the size was not rounded; a size is a whole number", model, keys=("output",)
)
