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

from shapecalc.checks.rule import Rule, finding
from shapecalc.diagnostics import Finding
from shapecalc.edits import Repair, set_field
from shapecalc.layers.base import show_value
from shapecalc.layers.window import Sliding
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace


def find(record: LayerRecord, trace: Trace) -> Sequence[Finding]:
    """Return a finding if `same` comes to different zeros on the two sides of an axis."""
    layer = record.layer
    if not isinstance(layer, Sliding) or not isinstance(layer.P, str) or not record.input:
        return ()
    fits = layer.fits(record.input[0]).axes
    if all(fit.before == fit.after or not fit.policy.startswith("same") for fit in fits):
        return ()
    sides = show_value(tuple((fit.before, fit.after) for fit in fits))
    message = f"{layer.P} pads more on one side here: P={sides}"
    openly = layer.model_copy(update={"P": tuple((fit.before, fit.after) for fit in fits)})
    hint = "an odd F with S=1 pads both sides alike"
    repairs = []
    if openly.tried(record.input[0]) == record.output:
        repairs = [Repair(f"P={sides} says so openly", set_field("P", openly.P))]
    return [finding("SC404", "advice", record, message, hint, repairs)]


RULE = Rule("SC404", "uneven same", "advice", (Sliding,), find)
