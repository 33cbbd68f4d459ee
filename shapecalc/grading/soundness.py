"""What nobody can be asked: numbers that follow from a layer that does not take its input.

The walk goes on behind a stride that does not fit, with the size rounded down, so that the report
has something to show. That size is no right answer.
"""

from __future__ import annotations

from typing import NamedTuple

from shapecalc.diagnostics import LayerError
from shapecalc.records import KnownRecord
from shapecalc.tracing import KnownTrace
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
        record.name: (*(2 * size + 1 for size in record.output[:-1]), record.output[-1])
        for record in trace.layers
        if record.output and found.outputs.get(record.name) == record.name
    }
    return walk(trace.spec, outputs)


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


def refusing(trace: KnownTrace, name: str, key: str) -> list[KnownRecord]:
    """Return the layers that refuse their inputs, of those that a layer's number or a total follows
    from, in the network's order.
    """
    found, total = unsound(trace), name == "total"
    if not (found.outputs if total else found.behind(name, key)):
        return []
    wanted, refused = set(found.outputs) if total else {name}, []
    for record in reversed(trace.layers):
        if record.name not in wanted:
            continue
        wanted.update(record.sources or ())
        if (record.name != name or key not in OF_INPUT) and _refuses(record):
            refused.append(record)
    return refused[::-1]


def _refuses(record: KnownRecord) -> bool:
    if record.layer is None or record.input is None:
        return False
    try:
        record.layer.volume(record.input)
    except LayerError:
        return True
    return False
