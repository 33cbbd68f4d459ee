"""A bias right before a batch norm does nothing.

The norm subtracts the mean, and the bias with it; its own beta does the bias' work. Nothing is said
where center is false: whoever wants a shift there needs the beta.

Advised:

    input: 32x32x3
    layers:
      - conv: {K: 64, F: 3, P: 1}
      - batch_norm

Good:

    input: 32x32x3
    layers:
      - conv: {K: 64, F: 3, P: 1, bias: false}
      - batch_norm
"""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.checks.rule import Check, finding
from shapecalc.diagnostics import Later
from shapecalc.edits import Repair, set_field
from shapecalc.network import Node
from shapecalc.records import KnownRecord
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace

RULE = Rule("SC403", "useless-bias", "advice")


def find(trace: KnownTrace) -> Iterator[Later]:
    """Yield a finding for each layer whose bias only batch norms see."""
    normed, others = set[int](), set[int | None](trace.spec.outputs.values())
    for node in trace.spec.nodes:
        (normed if _centered(node) else others).update(node.sources or ())
    before = normed - others
    if not before:
        return
    shared = [one for record in trace.layers if (one := record.shares_one)]
    owners = {*(record.shares for record in trace.layers), *(one.owner for one in shared)} - {None}
    for record in map(trace.producer, sorted(before)):
        if record is None or record.shared or record.name in owners or not record.input:
            continue
        if getattr(record.layer, "bias", False) and not _by_position(record):
            yield _finding(record)


def _by_position(record: KnownRecord) -> bool:
    """Say whether a slice has biases of its own at every position: no mean takes these away."""
    if record.biases is None or record.output is None:
        return False
    return record.biases > record.output[-1]


def _centered(node: Node) -> bool:
    """Say whether it is a batch norm, and not one that is written without a beta."""
    return node.kind == "batch_norm" and getattr(node.layer, "center", False)


def _finding(record: KnownRecord) -> Later:
    several = record.biases is not None and record.biases > 1
    what = f"its {record.biases:,} biases do" if several else "its bias does"
    message = f"{what} nothing, since a batch norm follows"
    repair = Repair("write bias: false", set_field("bias", False))
    return finding(RULE, record, message, repairs=[repair])


CHECK = Check(RULE, of_network=find, of_fields=True)
