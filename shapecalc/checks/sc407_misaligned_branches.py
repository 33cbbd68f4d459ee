"""Branches that meet are not aligned.

Each value of a branch sees a field of input pixels. Where the branches' fields lie apart by
different jumps, or have different centres, values are merged that do not look at the same place.
Branches that see the whole input, as behind a global pool, are not compared. In a causal network
the fields' last pixels are compared, and not their centres.

Advised, since the 2x2 filter's field is half a pixel off the other's centre:

    input: 8x8x1
    layers:
      - parallel:
          - [{conv: {K: 4, F: 2, P: [[0, 1], [0, 1]]}}]
          - [{conv: {K: 4, F: 3, P: 1}}]

Good:

    input: 8x8x1
    layers:
      - parallel:
          - [{conv: {K: 4, F: 1}}]
          - [{conv: {K: 4, F: 3, P: 1}}]
"""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.checks.rule import Check, finding
from shapecalc.diagnostics import Later
from shapecalc.layers.merge import Merge
from shapecalc.receptive_field import Field, aligned
from shapecalc.records import KnownRecord
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace

RULE = Rule("SC407", "misaligned-branches", "advice")


def find(record: KnownRecord, trace: KnownTrace) -> Sequence[Later]:
    """Return a finding if jumps or centres of the merged branches differ."""
    fields = record.source_fields
    first = fields[0]
    if all(field is first for field in fields) or record.output is None:
        return ()
    spatial = record.output[:-1]
    compared = [
        field  # a stretched branch has one place for all of the others'
        for field, volume in zip(fields, record.input or (), strict=True)
        if field is not None and field.axes is not None and volume[:-1] == spatial
    ]
    if len(compared) < 2 or aligned(compared) or (_is_causal(trace) and _end_alike(compared)):
        return ()
    hint = "give the branches the same strides, and padding that is the same on both sides"
    return [finding(RULE, record, lambda: _message(compared), hint)]


def _is_causal(trace: KnownTrace) -> bool:
    return any(getattr(node.layer, "P", None) == "causal" for node in trace.spec.nodes)


def _end_alike(fields: Sequence[Field]) -> bool:
    """Say whether the branches' fields have one jump, and end at one pixel."""
    ends = {tuple((axis.jump, axis.end(0)) for axis in field.axes or ()) for field in fields}
    return len(ends) == 1


def _message(fields: Sequence[Field]) -> str:
    listed = "; ".join(dict.fromkeys(_placed(field) for field in fields))
    return f"the branches are not aligned: {listed}"


def _placed(field: Field) -> str:
    jumps = "x".join(f"{float(axis.jump):g}" for axis in field.axes or ())
    centres = ", ".join(f"{float(axis.centre):g}" for axis in field.axes or ())
    return f"jump {jumps}, first centre at ({centres})"


CHECK = Check(RULE, (Merge,), find)
