"""A dense layer flattens a volume; Keras and PyTorch would not.

Here, as in the lectures, a fully connected layer looks at the whole volume. Keras' Dense and
PyTorch's Linear work along the last axis only, and give other shapes and counts; where that is
meant, write dense with flatten false: on 7x7x512 with 4096 units it gives 7x7x4096.

Advised:

    input: 7x7x512
    layers:
      - dense: 4096

Good, in every tool:

    input: 7x7x512
    layers:
      - flatten
      - dense: 4096
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from shapecalc.checks.rule import Check, finding
from shapecalc.diagnostics import Later
from shapecalc.edits import Change, Repair, set_field
from shapecalc.layers.base import show
from shapecalc.layers.dense import Dense
from shapecalc.records import LayerRecord
from shapecalc.rules import Rule
from shapecalc.tracing import Trace

RULE = Rule("SC405", "dense-on-a-volume", "advice")


def find(record: LayerRecord, trace: Trace) -> Sequence[Later]:
    """Return a finding if a volume is flattened that has spatial sizes other than 1."""
    volume, layer = record.input[0] if record.input else (), record.layer
    if prod(volume[:-1]) == 1 or not isinstance(layer, Dense) or not layer.flatten:
        return ()
    message = f"the volume is flattened to {prod(volume):,} values; Keras and PyTorch would not"
    first = Repair("put flatten before it", Change("before", "flatten"))
    kept = show((*volume[:-1], layer.units))
    along = Repair(f"flatten: false gives {kept}", set_field("flatten", False))
    return [finding(RULE, record, message, first.text, [first, along])]


CHECK = Check(RULE, (Dense,), find)
