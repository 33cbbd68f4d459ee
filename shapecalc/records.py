"""LayerRecord: everything that is known of one layer, with its working, and the sums of many."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

from shapecalc.diagnostics import Fault, Path, Refusal
from shapecalc.layers.base import Layer, show
from shapecalc.layers.field_types import Volume
from shapecalc.quantities import QUANTITIES, REPORTED, Quantity
from shapecalc.receptive_field import Field

PER_AXIS = ("receptive_field", "jump")


Step = tuple[str, str]  # which quantity it is, and a line with the values put in


class LayerRecord(NamedTuple):
    """What is known of one layer. None stands for the unknown, never for zero.

    Volumes are spatial sizes first, depth last; counts are for one example.
    """

    name: str
    kind: str
    sources: tuple[str, ...] | None
    input: tuple[Volume, ...] | None
    output: Volume | None
    weights: int | None
    biases: int | None
    non_trainable: int | None
    macs: int | None
    shares: str | None
    layer: Layer | None
    field: Field | None
    source_fields: tuple[Field | None, ...]
    path: Path

    @property
    def parameters(self) -> int | None:
        """Learnable values: weights + biases."""
        if self.weights is None or self.biases is None:
            return None
        return self.weights + self.biases

    @property
    def receptive_field(self) -> tuple[int, ...] | None:
        """Input pixels that one output value depends on, per spatial axis of the input."""
        return self.field.sizes() if self.field else None

    @property
    def jump(self) -> tuple[int | float, ...] | None:
        """Input pixels from one output value to the next, per spatial axis of the input."""
        return self.field.jumps() if self.field else None

    @property
    def activations(self) -> int | None:
        """Values of the output for one example."""
        return None if self.output is None else prod(self.output)

    def number(self, key: str) -> Any:
        """Return what `key` names: a count, or the output, the receptive field or the jump."""
        return QUANTITIES[key].of(self) if key in QUANTITIES else getattr(self, key)

    @property
    def described(self) -> str:
        """The kind with its fields, as `conv K=96 F=11 S=4 P=0`."""
        fields = self.layer.described() if self.layer else ""
        return f"{self.kind} {fields}".rstrip()

    @property
    def derivation(self) -> list[str]:
        """How each number follows, with the values put in."""
        return [text for _, text in steps_of(self)]

    def working(self, *quantities: str) -> str:
        """Return how some of its numbers follow, in one line; empty where nothing is shown."""
        wanted = ["receptive_field" if key == "jump" else key for key in quantities]
        return "; ".join(text for quantity, text in steps_of(self) if quantity in wanted)

    def to_dict(self) -> dict[str, Any]:
        """Return the record with the keys of `--format json`."""
        return {
            "name": self.name,
            "kind": self.kind,
            "from": listed(self.sources),
            "input": None if self.input is None else [list(v) for v in self.input],
            "fields": None if self.layer is None else plain(self.layer.values()),
            "output": listed(self.output),
            **{quantity.key: quantity.of(self) for quantity in REPORTED if quantity.weighty},
            "shares": self.shares,
            **{quantity.key: quantity.of(self) for quantity in REPORTED if not quantity.weighty},
            "receptive_field": listed(self.receptive_field),
            "jump": listed(self.jump),
            "derivation": self.derivation,
        }


def listed(values: Sequence[Any] | None) -> list[Any] | None:
    """Return a tuple as JSON has it; None stays None."""
    return None if values is None else list(values)


def plain(value: Any) -> Any:
    """Return a value with tuples as lists, as JSON has it."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def told(name: str, layer: Layer, inputs: Sequence[Volume], fault: Fault) -> Fault:
    """Put the layer, its fields and the incoming volume before a fault's message."""
    fields = layer.shown_fields()
    subject = f"{name} ({fields})" if fields else name
    volumes = ", ".join(show(volume) for volume in inputs[:8]) or "an unknown volume"
    return fault._replace(message=f"{subject} on {volumes}: {fault.message}")


def totals_of(records: Sequence[LayerRecord]) -> dict[str, int | None]:
    """Sum the counts of records. Weights that another of them owns are counted with that one."""
    once = _once(records)
    return {q.key: _sum(q, once if q.weighty else records) for q in REPORTED}


def total_of(quantity: Quantity, records: Sequence[LayerRecord]) -> int | None:
    """Sum one count of records, as `totals_of` does; None where one of them is not known."""
    return _sum(quantity, _once(records) if quantity.weighty else records)


def _once(records: Sequence[LayerRecord]) -> list[LayerRecord]:
    names = {record.name for record in records}
    return [record for record in records if record.shares not in names]


def _sum(quantity: Quantity, records: Sequence[LayerRecord]) -> int | None:
    terms = [quantity.of(record) for record in records]
    known = [term for term in terms if term is not None]
    return sum(known) if len(known) == len(terms) else None


def steps_of(record: LayerRecord) -> list[Step]:
    """Return how each number follows: sizes, weights, biases, parameters, MACs, receptive field."""
    layer, inputs = record.layer, record.input
    if layer is None or inputs is None:
        return []
    steps: list[Step] = []
    try:
        if record.output is not None:
            steps += [("output", line) for line in layer.sizes_working(inputs, record.output)]
        if layer.has_weights:
            steps += layer.counts_working(inputs)
    except Refusal:  # a diagnostic says why
        return steps
    steps.append(("parameters", _parameters(record)))
    if record.macs is not None and record.output is not None:
        working = layer.macs_working(inputs, record.output)
        comes_to = f" = {record.macs:,}" if working != "0" else ""
        steps.append(("macs", f"MACs = {working}{comes_to}"))
    return steps + [("receptive_field", line) for line in _field(record)]


def _parameters(record: LayerRecord) -> str:
    if record.weights is None or record.biases is None:
        return "parameters: unknown"
    if record.layer is not None and not record.layer.has_weights:
        return "parameters = 0"
    line = f"parameters = {record.weights:,} + {record.biases:,} = {record.parameters:,}"
    return f"{line}, counted with {record.shares}" if record.shares else line


def _field(record: LayerRecord) -> list[str]:
    """Return how the receptive field follows, and the jump with it."""
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
