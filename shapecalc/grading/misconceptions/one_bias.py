"""One bias in total: 32x32x3 with 10 filters of 5x5 gives 750 + 1 = 751 for 760."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.records import own_counts

OF_FILTERS = "one bias was counted for the whole layer; every filter has its own"
OF_DENSE = "one bias was counted for the whole layer; every unit has its own"
OF_TOTAL = "one bias was counted for each layer; every filter and unit has its own"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the weights and a single bias, or one bias for each layer of the network."""
    if context.total:
        found = context.subject.trace
        biases = sum(1 for own in map(own_counts, found.layers) if own and own.biases)
        weights = found.totals["weights"] if context.key == "parameters" else 0
        if biases and weights is not None:
            text = f"{weights:,} weights + {biases} {'bias' if biases == 1 else 'biases'}"
            value = weights + biases
            yield Wrong(value, f"{text} = {value:,}" if weights else f"{value:,} in all", OF_TOTAL)
    elif context.weighted and context.weighted.bias and context.weighted.K > 1:
        told = OF_DENSE if context.weighted.dense else OF_FILTERS
        if context.key == "parameters":
            yield from (w._replace(explanation=told) for w in context.recounted(biases=1))
        else:
            yield Wrong(1, "1 bias", told)


MISCONCEPTION = Misconception(
    "one_bias",
    "one bias was counted for the whole layer; every filter and every unit has its own",
    model,
    others=(OF_TOTAL,),
    keys=("parameters", "biases"),
)
