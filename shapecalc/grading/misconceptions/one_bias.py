"""One bias in total: 32x32x3 with 10 filters of 5x5 gives 750 + 1 = 751 for 760."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield the weights and a single bias, or one bias for each layer of the network."""
    if case.total and case.key in ("parameters", "biases"):
        found = case.subject.trace
        biases = sum(1 for record in found.layers if record.biases and not record.shares)
        weights = found.totals["weights"] if case.key == "parameters" else 0
        if biases and weights is not None:
            text = f"{weights:,} + {biases}" if weights else str(biases)
            yield Wrong(weights + biases, f"{text} = {weights + biases:,}")
    elif case.weighted and case.weighted.bias and case.weighted.K > 1:
        if case.key == "parameters":
            yield from case.recounted(biases=1)
        elif case.key == "biases":
            yield Wrong(1, "1 bias")


MISCONCEPTION = Misconception(
    "one_bias", "one bias was counted for the whole layer; every filter has its own", model
)
