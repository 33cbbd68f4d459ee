"""The values of the output for the parameters: 32*32*10 = 10,240 for 760."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong
from shapecalc.grading.misconceptions.pieces import times


def model(case: Case) -> Iterable[Wrong]:
    """Yield the number of activations; not for a dense layer, whose units also are its biases."""
    if case.key == "parameters" and case.right:
        if case.total:
            found = case.subject.trace.totals["activations"]
            if found:
                yield Wrong(found, f"the activations = {found:,}")
        elif len(case.output) > 1:
            found = prod(case.output)
            yield Wrong(found, f"{times(case.output)} = {found:,}")


MISCONCEPTION = Misconception(
    "activations_for_parameters", "the values of the output were counted, not the parameters", model
)
