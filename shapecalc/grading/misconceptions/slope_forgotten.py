"""The activation's slope left out: 4 for 4*y*(1 - y) behind a sigmoid."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import altered_on_the_way_back, with_kernels
from shapecalc.grading.values import shown
from shapecalc.grading.wording import in_a_row

MISTAKE = "slope_forgotten"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradient with every activation's slope as 1."""
    found = with_kernels(context, MISTAKE)
    if found is not None:
        text = f"without the activation's slope it would be {shown(found)}"
        yield Wrong(found, text, _of_which(context))


def _of_which(context: QuestionContext) -> str:
    """Return whose slopes were forgotten, and what they do: a ReLU's is 0 or 1."""
    layers = altered_on_the_way_back(context, MISTAKE)
    if not layers:
        return ""
    several = len(layers) > 1
    what = f"the slope{'s' if several else ''} of {in_a_row([layer.name for layer in layers])}"
    forgotten = f"{what} {'were' if several else 'was'} forgotten"
    if any(layer.kind != "relu" for layer in layers):
        return f"{forgotten}; the gradient is multiplied by {'them' if several else 'it'}"
    own = "an" if several else "its"
    return f"{forgotten}; no gradient comes back where {own} input was 0 or negative"


MISCONCEPTION = Misconception(
    "slope_forgotten",
    "the slope of the activation was forgotten; the gradient is multiplied by it",
    model,
    kinds=("example",),
)
