"""LeNet-5's connection table, 60 of 6*16 pairs: 5*5*60 + 16 = 1,516 for 2,416."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.layers.conv import Conv

PAIRS = {(6, 16): 60}  # slices and filters that LeCun et al. connect (1998, table I)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the count with the filters on a part of the slices, as in the paper."""
    own = context.weighted
    pairs = PAIRS.get((own.deep, own.K)) if own and isinstance(context.layer, Conv) else None
    if own is None or pairs is None:
        return
    biases = own.biases if context.key == "parameters" else 0
    value = prod(own.F) * pairs + biases
    text = "*".join(map(str, (*own.F, pairs))) + (f" + {biases}" if biases else "")
    yield Wrong(value, f"{text} = {value:,}")


MISCONCEPTION = Misconception(
    "partial_connections",
    "filters were counted that see some slices alone, as in LeNet-5; here all see every slice",
    model,
    keys=("parameters", "weights"),
)
