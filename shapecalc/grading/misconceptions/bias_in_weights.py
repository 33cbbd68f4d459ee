"""Parameters given for weights: 760 for 750, with the 10 biases."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield the parameters where the weights alone are asked for."""
    if case.key == "weights":
        totals = case.subject.trace.totals if case.total else {}
        weights = case.record.weights if case.record else totals.get("weights")
        biases = case.record.biases if case.record else totals.get("biases")
        if weights and biases:
            yield Wrong(weights + biases, f"{weights:,} + {biases:,} = {weights + biases:,}")


MISCONCEPTION = Misconception("bias_in_weights", "the biases were counted with the weights", model)
