"""The mean of the squares: (1 + 4 + 4)/3 = 3 for the loss 1 + 4 + 4 = 9."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.answers import shown
from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong
from shapecalc.grading.misconceptions.pieces import scaled


def model(case: Case) -> Iterable[Wrong]:
    """Yield the loss over the number of outputs."""
    trace = case.subject.trace
    example = trace.spec.example
    if case.asked.key != "loss" or case.asked.kind != "example" or example is None:
        return
    if example.loss_kind == "squared_error" and trace.output:
        count = prod(trace.output)
        value = scaled(case.right, 1 / count)
        yield Wrong(value, f"{shown(case.right)}/{count} = {shown(value)}")


MISCONCEPTION = Misconception(
    "loss_mean", "the mean of the squares was taken; here it is their sum", model
)
