"""The answer for the layer before or after: conv1's 28x28x6 for pool1's 14x14x6."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod

from shapecalc.grading.answers import Value, shown
from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong
from shapecalc.layers.normalization import Normalization
from shapecalc.layers.reshape import Pad

VOLUMES = ("output", "input", "activations", "receptive_field", "jump")


def model(case: Case) -> Iterable[Wrong]:
    """Yield the nearest other answers."""
    if case.record is None or not case.key:
        return
    if isinstance(case.layer, Normalization) and case.key not in VOLUMES:
        return  # depths double: half or twice a norm's numbers are its neighbour's
    records, others = case.subject.trace.layers, list(_shown_already(case))
    at = next(i for i, record in enumerate(records) if record is case.record)
    for way in (reversed(records[:at]), iter(records[at + 1 :])):
        for record in way:
            if record.kind != case.record.kind and case.key not in VOLUMES:
                continue  # nobody takes a pool's count for a convolution's
            found = case.of(record.name)
            if found and found != case.right:
                if found not in others:
                    yield Wrong(found, f"{record.name}.{case.key} = {shown(found)}")
                break
    first = case.record.sources and case.record.sources[0] in case.subject.trace.inputs
    if case.key == "output" and first and case.volume not in others:
        yield Wrong(case.volume, f"the input = {shown(case.volume)}")


def _shown_already(case: Case) -> Iterator[Value]:
    """Yield numbers of the question's own text: who repeats them need not think of a neighbour."""
    kept = isinstance(case.layer, Pad) or (case.weighted and case.volume[:-1] == case.output[:-1])
    if case.key == "output" and kept:
        yield case.volume  # as if the layer did nothing
    if case.key == "biases" and case.weighted:
        yield prod(case.volume) if case.weighted.dense else case.weighted.D


MISCONCEPTION = Misconception(
    "neighbour", "it is the answer for another layer, the one before or after", model
)
