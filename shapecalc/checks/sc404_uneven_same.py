"""`same` pads more on one side with these sizes.

TensorFlow's rule adds max((ceil(W/S) - 1)*S + F - W, 0) zeros; an odd one goes to the end. PyTorch
pads both sides alike, so weights moved between the two see shifted pixels.

Advised, since F=3 S=2 on 224 needs one zero, at the end:

    input: 224x224x3
    layers:
      - conv: {K: 32, F: 3, S: 2, P: same}

Good, where the shift matters:

    input: 224x224x3
    layers:
      - conv: {K: 32, F: 3, S: 2, P: [[0, 1], [0, 1]]}
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from shapecalc.checks.rule import Check, finding
from shapecalc.diagnostics import Later
from shapecalc.edits import Repair, set_field
from shapecalc.layers.base import show_value
from shapecalc.layers.window import Sliding
from shapecalc.records import KnownRecord
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace

RULE = Rule("SC404", "uneven-same", "advice")


def find(record: KnownRecord, trace: KnownTrace) -> Sequence[Later]:
    """Return a finding if `same` comes to different zeros on the two sides of an axis."""
    layer = record.layer
    if not isinstance(layer, Sliding) or not isinstance(layer.P, str) or not record.input:
        return ()
    fits = layer.fits(record.input[0]).axes
    if all(fit.before == fit.after or not fit.policy.startswith("same") for fit in fits):
        return ()
    sides = tuple((fit.before, fit.after) for fit in fits)
    message = f"{layer.P} pads more on one side here: P={show_value(sides)}"
    hint = "an odd F with S=1 pads both sides alike"
    repairs = partial(_repairs, layer, sides, record)
    return [finding(RULE, record, message, hint, repairs)]


def _repairs(layer: Sliding, sides: Any, record: KnownRecord) -> Sequence[Repair]:
    openly = layer.model_copy(update={"P": sides})
    if not record.input or openly.output_if_valid(record.input[0]) != record.output:
        return ()
    return [Repair(f"P={show_value(sides)} says so openly", set_field("P", sides))]


CHECK = Check(RULE, (Sliding,), find, of_sizes=True)
