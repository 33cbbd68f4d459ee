"""Additions of biases counted as MACs: 768,000 + 32*32*10 = 778,240."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield the MACs, or FLOPs, with one more for each output value of a layer with biases."""
    if case.key not in ("macs", "flops") or not isinstance(case.right, int):
        return
    own = [case.record] if case.record else case.subject.trace.layers if case.total else []
    added = sum(
        prod(record.output) for record in own if record.macs and record.biases and record.output
    )
    if added:
        text = f"{case.right:,} + {added:,}"
        yield Wrong(case.right + added, f"{text} = {case.right + added:,}")
        if case.key == "flops":
            value = case.right + 2 * added
            yield Wrong(value, f"{case.right:,} + 2 * {added:,} = {value:,}")


MISCONCEPTION = Misconception(
    "macs_with_biases", "the biases were counted too; they multiply nothing", model
)
