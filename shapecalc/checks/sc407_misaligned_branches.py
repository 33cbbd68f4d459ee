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

from collections.abc import Iterator, Sequence
from functools import partial

from shapecalc.checks.rule import Check, finding
from shapecalc.diagnostics import Later
from shapecalc.geometry import CAUSAL
from shapecalc.layers.window import Sliding
from shapecalc.receptive_field import Field, aligned
from shapecalc.records import KnownRecord
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace

RULE = Rule("SC407", "misaligned-branches", "advice")


def find(trace: KnownTrace) -> Iterator[Later]:
    """Yield a finding for each merge whose branches differ in jump or centre."""
    merges = [record for record in trace.layers if len(record.source_fields) > 1]
    causal: bool | None = None  # asked once, where it matters
    for record in merges:
        compared = _compared(record)
        if len(compared) < 2 or aligned(compared):
            continue
        causal = _is_causal(trace) if causal is None else causal
        if not (causal and _end_alike(compared)):
            hint = "give the branches the same strides, and padding that is the same on both sides"
            yield finding(RULE, record, partial(_message, compared), hint)


def _compared(record: KnownRecord) -> list[Field]:
    """Return the fields of a merge's branches that have places to compare."""
    fields = record.source_fields
    first, output = fields[0], record.output
    if record.layer is None or not record.layer.merges or record.input is None or output is None:
        return []
    if all(field is first for field in fields):
        return []
    return [
        field  # a stretched branch has one place for all of the others'
        for field, volume in zip(fields, record.input, strict=True)
        if field is not None and field.axes is not None and volume[:-1] == output[:-1]
    ]


def _is_causal(trace: KnownTrace) -> bool:
    layers = (node.layer for node in trace.spec.nodes)
    return any(isinstance(layer, Sliding) and layer.P == CAUSAL for layer in layers)


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


CHECK = Check(RULE, of_network=find, of_fields=True)
