"""The bytes of the output's values for those of the parameters, and the other way round."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.quantities import BYTES

OF_PARAMETERS = "the bytes of the parameters were given, not those of the output's values"
OTHERS = {"bytes": ("output_bytes", ""), "output_bytes": ("bytes", OF_PARAMETERS)}


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the other bytes, of a layer or of the network, if there are any."""
    other, told = OTHERS[context.key]
    found = context.of(context.query.name, other)
    if isinstance(found, int) and found:
        yield Wrong(found, f"{found // BYTES:,}*{BYTES} = {found:,}", told)


MISCONCEPTION = Misconception(
    "output_for_parameters",
    "the bytes of the output's values were given, not those of the parameters",
    model,
    keys=tuple(OTHERS),
)
