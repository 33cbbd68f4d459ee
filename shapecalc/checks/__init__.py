"""The rules, one file each: the docstring is the page that `shapecalc explain CODE` prints.

SC1xx and SC2xx are met where specs are read and traced; only their pages are here. The others run
here, over a finished trace. A new rule is one file, and one line below.
"""

from __future__ import annotations

from functools import cache

from shapecalc.checks import (
    sc206_rank,
    sc301_expect,
    sc401_dropped_values,
    sc402_skipped_pixels,
    sc403_useless_bias,
    sc404_uneven_same,
    sc405_dense_on_volume,
    sc406_window_in_padding,
    sc407_misaligned_branches,
    sc408_input_order,
    sc410_framework_word,
    sc411_no_layers,
)
from shapecalc.checks.rule import OfLayer, Rule
from shapecalc.diagnostics import Findings
from shapecalc.layers.base import Layer
from shapecalc.tracing import Trace, with_findings

RULES: tuple[Rule, ...] = (
    sc206_rank.RULE,
    sc301_expect.RULE,
    sc401_dropped_values.RULE,
    sc402_skipped_pixels.RULE,
    sc403_useless_bias.RULE,
    sc404_uneven_same.RULE,
    sc405_dense_on_volume.RULE,
    sc406_window_in_padding.RULE,
    sc407_misaligned_branches.RULE,
    sc408_input_order.RULE,
    sc410_framework_word.RULE,
    sc411_no_layers.RULE,
)


@cache
def _rules_of(layer: type[Layer]) -> tuple[OfLayer, ...]:
    rules = (rule.of_layer for rule in RULES if issubclass(layer, rule.layers))
    return tuple(of_layer for of_layer in rules if of_layer is not None)


def checked(trace: Trace) -> Trace:
    """Return the trace with what the rules find added to its findings."""
    findings = Findings()
    for record in trace.layers:
        if record.layer is not None and record.output is not None and record.input is not None:
            for find in _rules_of(type(record.layer)):
                found = find(record, trace)
                if found:
                    findings += found
    for rule in RULES:
        if rule.of_network is not None:
            findings += rule.of_network(trace)
    return with_findings(trace, findings.counted())
