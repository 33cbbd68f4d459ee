"""A framework's word for one of ours.

Class names and field names of PyTorch and Keras are read as the kind or field that they mean, with
the framework's own default where ours is another: BatchNormalization has eps 0.001, MaxPooling2D
pools by 2. Numbers and names are the kind's: Conv2d is conv1. in_channels, in_features and
num_features are compared with what comes in (SC301); one that is false stays until it is mended.
What a word means that is not computed here, such as data_format: channels_first, is an error. A
block of the same name wins.

A few of their words are part of the language, and nothing is said of them: filters, out_channels,
kernel_size, pool_size, stride, strides, padding.

Advised:

    input: 32x32x3
    layers:
      - Conv2d: {in_channels: 3, out_channels: 16, kernel_size: 3, bias: false}

Good:

    input: 32x32x3
    layers:
      - conv: {K: 16, F: 3, bias: false}
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapecalc.checks.rule import Check
from shapecalc.checks.sc301_expect import stated
from shapecalc.diagnostics import Fault, Finding, Path, repairable
from shapecalc.edits import Change, Unchangeable, value_at
from shapecalc.rules import Rule
from shapecalc.tracing import Trace

RULE = Rule("SC410", "framework-word", "advice")


def find(trace: Trace) -> Sequence[Finding]:
    """Return a finding for each layer that is not in our words."""
    findings = []
    for node, record in zip(trace.spec.nodes, trace.layers, strict=True):
        words = node.translation
        if words is None or not words.subjects:
            continue
        message = f"{node.name}: {words.message}"
        fault = Fault(RULE, message)
        repair = words.repair(alone=isinstance(node.path[-1], int))
        # A field that says something false is not to go before somebody has seen it.
        false = any(stated(node, words, record))
        if not false and not _of_parameters(repair.change, trace.spec.document.data, node.path):
            fault = repairable(RULE, message, [repair], repair.text)
        findings.append(Finding(fault, node.path, node.name))
    return findings


def _of_parameters(change: Change, data: Any, path: Path) -> bool:
    """Say whether a value would be changed that a block's instances give."""
    if change.action == "several":
        return any(_of_parameters(part, data, path) for part in change.value)
    try:
        value = value_at(data, (*path, *change.path))
    except Unchangeable:
        return False
    return change.action == "set" and isinstance(value, str) and value.startswith("$")


CHECK = Check(RULE, of_network=find)
