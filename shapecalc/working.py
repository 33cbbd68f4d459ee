"""The working of one layer: every number of its record derived, with the values put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapecalc.diagnostics import Refusal
from shapecalc.layers.base import show

if TYPE_CHECKING:
    from shapecalc.records import LayerRecord


def derivation(record: LayerRecord) -> list[str]:
    """Return a line for each number: sizes, weights, biases, parameters, MACs, receptive field."""
    layer, inputs = record.layer, record.input
    if layer is None or inputs is None:
        return []
    lines: list[str] = []
    try:
        if record.output is not None:
            lines += layer.sizes_working(inputs, record.output)
        if layer.has_weights:
            lines += layer.counts_working(inputs)
    except Refusal:  # a diagnostic says why
        return lines
    lines.append(_parameters(record))
    if record.macs is not None and record.output is not None:
        working = layer.macs_working(inputs, record.output)
        lines.append(f"MACs = {working}" + (f" = {record.macs:,}" if working != "0" else ""))
    return lines + _field(record)


def _parameters(record: LayerRecord) -> str:
    if record.weights is None or record.biases is None:
        return "parameters: unknown"
    if record.layer is not None and not record.layer.has_weights:
        return "parameters = 0"
    line = f"parameters = {record.weights:,} + {record.biases:,} = {record.parameters:,}"
    return f"{line}, counted with {record.shares}" if record.shares else line


def _field(record: LayerRecord) -> list[str]:
    if record.layer is None or record.input is None or record.output is None:
        return []
    before = record.source_fields[0]
    size, jump = record.receptive_field, record.jump
    if size is None:
        return []
    lines = record.layer.field_working(before, record.input) if before else []
    if not any("=" in line for line in lines):
        at = f", jump = {_numbers(jump)}" if jump else ""
        lines = [*lines, f"receptive field = {show(size)}{at}"]
    return lines


def _numbers(values: tuple[int | float, ...]) -> str:
    return "x".join(f"{value:g}" if isinstance(value, float) else str(value) for value in values)
