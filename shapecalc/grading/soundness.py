"""What nobody can be asked: numbers that follow from a layer that does not take its input.

The walk goes on behind a stride that does not fit, with the size rounded down, so that the report
has something to show. That size is no right answer.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import LayerError
from shapecalc.records import KnownRecord
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace
from shapecalc.volumes import Volume
from shapecalc.walking import walk

OF_INPUT = ("input", "weights", "biases", "parameters", "non_trainable")  # need a sound input only


class Unsound(NamedTuple):
    """The layers whose inputs, and those whose outputs, follow from a fault; each its first."""

    inputs: dict[str, str]
    outputs: dict[str, str]

    def behind(self, name: str, key: str) -> str | None:
        """Return the layer at fault behind a layer's number, or None."""
        return (self.inputs if key in OF_INPUT else self.outputs).get(name)


def of_other_sizes(trace: KnownTrace, found: Unsound) -> KnownTrace:
    """Return the network with larger maps behind the layers at fault: what is the same there does
    not depend on their sizes.
    """
    outputs = {
        record.name: larger(record.output)
        for record in trace.layers
        if record.output and found.outputs.get(record.name) == record.name
    }
    return walk(trace.spec, outputs)


def larger(volume: Volume) -> Volume:
    """Return a volume of the same depth with other sizes, as a layer at fault may give as well."""
    return (*(2 * size + 1 for size in volume[:-1]), volume[-1])


def unsound(trace: KnownTrace) -> Unsound:
    """Return which layers stand behind a layer that refuses its input."""
    found = Unsound({}, {})
    if not any(found.rule.stage == "shapes" for found in trace.findings):
        return found
    for record in trace.layers:
        at_fault = next(
            (found.outputs[s] for s in record.sources or () if s in found.outputs), None
        )
        if at_fault is not None:
            found.inputs[record.name] = at_fault
        elif _refuses(record):
            at_fault = record.name
        if at_fault is not None:
            found.outputs[record.name] = at_fault
    return found


def not_fitting(trace: KnownTrace, name: str, key: str) -> list[KnownRecord]:
    """Return the layers whose strides do not fit, of those that stand before a layer's number or in
    a total, in the network's order.
    """
    found, total = unsound(trace), name == "total"
    if not (found.outputs if total else found.behind(name, key)):
        return []
    wanted, unfit = set(found.outputs) if total else {name}, []
    for record in reversed(trace.layers):
        if record.name not in wanted:
            continue
        wanted.update(record.sources or ())
        if (record.name != name or key not in OF_INPUT) and _refuses(record, (rules.STRIDE_FIT,)):
            unfit.append(record)
    return unfit[::-1]


def _refuses(record: KnownRecord, by: Collection[Rule] = ()) -> bool:
    """Say whether a layer does not take its input, by one of some rules if these are given."""
    if record.layer is None or record.input is None:
        return False
    try:
        record.layer.volume(record.input)
    except LayerError as error:
        return not by or error.rule in by
    return False
