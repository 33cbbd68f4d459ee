"""A dense layer flattens a volume; Keras and PyTorch would not.

Here, as in the lectures, a fully connected layer looks at the whole volume. Keras' Dense and
PyTorch's Linear work along the last axis only, and give other shapes and counts.

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
from shapecalc.edits import Change, Repair
from shapecalc.layers.dense import Dense
from shapecalc.records import KnownRecord
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace

RULE = Rule("SC405", "dense-on-a-volume", "advice")


def find(record: KnownRecord, trace: KnownTrace) -> Sequence[Later]:
    """Return a finding if the input has spatial sizes other than 1."""
    volume = record.input[0] if record.input else ()
    if prod(volume[:-1]) == 1:
        return ()
    message = f"the volume is flattened to {prod(volume):,} values; Keras and PyTorch would not"
    repair = Repair("put flatten before it", Change("before", "flatten"))
    return [finding(RULE, record, message, repair.text, [repair])]


CHECK = Check(RULE, (Dense,), find)
