"""FLOPs by another convention than two for each multiply-accumulate, biases not counted.

`flops: {mac: 1, bias: 0}` counts as He et al. (2016) and fvcore do, where FLOPs are multiply-adds;
`{mac: 2, bias: 2}` is Molchanov et al. (2017): 2HW(C*F*F + 1)K; `{mac: 2, bias: 1}` counts each
bias that is added as one operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from shapecalc.derivations import Derivation
from shapecalc.grading.flops_derivation import flops_derivations
from shapecalc.grading.kinds.kind import Kind
from shapecalc.grading.named_layers import NamedLayers
from shapecalc.grading.query import Query
from shapecalc.grading.record_derivation import record_derivations
from shapecalc.grading.record_numbers import record_number
from shapecalc.grading.values import Value
from shapecalc.records import KnownRecord

USUAL = (2, 0)  # operations for each multiply-accumulate, and for each bias that is added
WORDS = ("nothing", "one", "two")


class Counted(NamedTuple):
    """What is counted: multiply-accumulates, and biases that are added to output values."""

    macs: int
    biases: int

    def by(self, convention: Sequence[int]) -> int:
        """Return the FLOPs by a convention."""
        mac, bias = convention
        return mac * self.macs + bias * self.biases


def counted(layers: NamedLayers, query: Query) -> Counted | None:
    """Return what is counted of a layer, an instance or the network; None where it is not known.

    Raises Unanswerable where there is none of that name.
    """
    macs = record_number(layers, query._replace(kind="record", key="macs"))
    if macs is None:
        return None
    instance = layers.instance(query.name)
    within: Sequence[KnownRecord] = layers.trace.layers
    if query.name != "total":
        within = layers.layers_of(instance) if instance else [layers.record(query.name)]
    biased = (r for r in within if r.biases and r.layer and r.layer.multiplies)
    return Counted(macs, sum(prod(record.output or (0,)) for record in biased))


def convention_in_words(convention: Sequence[int] = USUAL, biases: int | None = None) -> str:
    """Return how FLOPs are counted, with no word of biases where none are added; None: not known
    how many.
    """
    mac, bias = convention
    counting = f"counting {WORDS[mac]} for each multiply-accumulate"
    if biases == 0:
        return counting
    of_biases = f"{WORDS[bias]} for each bias that is added" if bias else "nothing for biases"
    return f"{counting} and {of_biases}"


def counting_in_words(layers: NamedLayers, query: Query) -> str:
    """Return how the FLOPs that a question asks for are counted."""
    found = counted(layers, query)
    convention = query.place if query.kind == "flops" else USUAL
    return convention_in_words(convention, found.biases if found else None)


def _answer(layers: NamedLayers, query: Query) -> Value | None:
    found = counted(layers, query)
    return None if found is None else found.by(query.place)


def _derivations(layers: NamedLayers, query: Query) -> list[Derivation]:
    found = counted(layers, query)
    if found is None:
        return []
    record = layers.records.get(query.name)
    if record is None:
        return flops_derivations(found.macs, found.biases, query.place, (), ())
    of_macs = query._replace(kind="record", key="macs")
    macs = record_derivations(record, of_macs, layers.trace.inputs, layers.records)
    return flops_derivations(found.macs, found.biases, query.place, macs, record.output or ())


def _prompt(layers: NamedLayers, query: Query, about: str) -> str:
    counting = counting_in_words(layers, query)
    if query.name == "total":
        whole = "How many floating-point operations does the whole network take for one example"
        return f"{whole}, {counting}?"
    return f"{about}. How many floating-point operations does one example take, {counting}?"


KIND = Kind(_answer, _derivations, _prompt)
