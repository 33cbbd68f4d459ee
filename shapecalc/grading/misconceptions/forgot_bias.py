"""Weights counted, biases left out: 32x32x3 with 10 filters of 5x5 gives 750 for 760."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield the weights alone, for one layer or for the whole network."""
    if case.key == "unshared_parameters" and case.weighted and case.weighted.bias:
        K, F, deep, *_ = case.weighted
        factors = [*case.output[:-1], *F, deep, K]
        yield Wrong(prod(factors), f"{'*'.join(map(str, factors))} = {prod(factors):,}")
    if case.key != "parameters":
        return
    if case.weighted:
        yield from case.recounted(biases=0)
        return
    source = case.subject.trace.totals if case.total else {}
    weights = case.record.weights if case.record else source.get("weights")
    if weights:
        yield Wrong(weights, f"the weights alone = {weights:,}")


MISCONCEPTION = Misconception("forgot_bias", "the biases were forgotten", model)
