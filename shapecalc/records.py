"""LayerRecord: everything that is known of one layer, how it follows, and the sums of many."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from math import prod
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from shapecalc.derivations import Derivation, plus
from shapecalc.diagnostics import Fault, LayerError, Path
from shapecalc.layers.base import Counts, Layer, show
from shapecalc.layers.field_types import Volume
from shapecalc.quantities import QUANTITIES, REPORTED, Quantity
from shapecalc.receptive_field import Field
from shapecalc.volumes import PartialVolume, values_in

PER_AXIS = ("receptive_field", "jump")
LEARNS, SHARES_ONE = attrgetter("learns"), attrgetter("shares_one")


class SharedPart(NamedTuple):
    """One parameter that a layer has from another, and what it adds to the layer's counts."""

    owner: str  # the layer whose it is
    name: str
    transposed: bool
    counts: Counts

    @property
    def of(self) -> str:
        """The parameter by its owner's name, as `enc.weight`."""
        return f"{self.owner}.{self.name}"


class LayerRecord(NamedTuple):
    """What is known of one layer. None stands for the unknown, never for zero.

    Volumes are spatial sizes first, depth last, and may be known in part; counts are for one
    example.
    """

    name: str
    kind: str
    sources: tuple[str, ...] | None
    input: tuple[PartialVolume, ...] | None
    output: PartialVolume | None
    weights: int | None
    biases: int | None
    non_trainable: int | None
    macs: int | None
    shares: str | None
    layer: Layer | None
    field: Field | None
    source_fields: tuple[Field | None, ...]
    path: Path
    learns: bool = True  # False: its parameters are frozen
    shares_one: SharedPart | None = None

    @property
    def shared(self) -> str | None:
        """What it has from another layer: that one's name, or `enc.weight` for one parameter."""
        return self.shares if self.shares_one is None else self.shares_one.of

    @property
    def parameters(self) -> int | None:
        """Weights + biases: values that can be learned, those that are frozen included."""
        if self.weights is None or self.biases is None:
            return None
        return self.weights + self.biases

    @property
    def trainable(self) -> int | None:
        """The parameters that are learned: all, or none where they are frozen."""
        count = self.parameters
        return count if self.learns or count is None else 0

    @property
    def frozen(self) -> int | None:
        """The parameters that keep their values: none, or all where they are frozen."""
        count = self.parameters
        return 0 if self.learns and count is not None else count

    @property
    def receptive_field(self) -> PartialVolume | None:
        """Input pixels that one output value depends on, per spatial axis of the input."""
        return self.field.sizes() if self.field else None

    @property
    def jump(self) -> tuple[int | float | None, ...] | None:
        """Input pixels from one output value to the next, per spatial axis of the input."""
        return self.field.jumps() if self.field else None

    @property
    def activations(self) -> int | None:
        """Values of the output for one example."""
        return None if self.output is None else values_in(self.output)

    @property
    def computed(self) -> bool:
        """Whether the output, if it is known, was computed, and not taken from the file."""
        return self.output is None or self.layer is None or not self.layer.opaque

    def number(self, key: str) -> Any:
        """Return what `key` names: a count, or the output, the receptive field or the jump."""
        return QUANTITIES[key].of(self) if key in QUANTITIES else getattr(self, key)

    @property
    def summary(self) -> str:
        """The kind with its fields, as `conv K=96 F=11 S=4 P=0`."""
        fields = self.layer.summary() if self.layer else ""
        return f"{self.kind} {fields}".rstrip()

    @property
    def title(self) -> str:
        """The name, and for an operation what it is in its file: `lstm_1 (LSTM)`."""
        what = self.layer.summary() if self.layer is not None and self.layer.opaque else ""
        return f"{self.name} ({what})" if what else self.name

    @property
    def derivations(self) -> list[Derivation]:
        """How each number follows: sizes, weights, biases, parameters, MACs, receptive field."""
        return []

    # Text is made on a floor above, and asked for by few.

    @property
    def derivation(self) -> list[str]:
        """How each number follows, in a sentence each, with the values put in."""
        lines: list[str] = import_module("shapecalc.reports.sentences").lines(self)
        return lines

    def working(self, *quantities: str) -> str:
        """Return how some of its numbers follow, in one line; empty where nothing is shown."""
        line: str = import_module("shapecalc.reports.sentences").line(self, quantities)
        return line

    def to_dict(self) -> dict[str, Any]:
        """Return the record with the keys of `--format json`."""
        made: dict[str, Any] = import_module("shapecalc.reports.json_text").of_record(self)
        return made


class KnownRecord(LayerRecord):
    """The record of a layer whose volumes are known whole, or not at all."""

    __slots__ = ()
    input: tuple[Volume, ...] | None
    output: Volume | None

    if TYPE_CHECKING:  # the same with its sizes known

        @property
        def receptive_field(self) -> Volume | None: ...
        @property
        def jump(self) -> tuple[int | float, ...] | None: ...

    @property
    def activations(self) -> int | None:
        """Values of the output for one example."""
        return None if self.output is None else prod(self.output)

    @property
    def derivations(self) -> list[Derivation]:
        """How each number follows: sizes, weights, biases, parameters, MACs, receptive field."""
        return derivations_of(self)


def with_context(name: str, layer: Layer, inputs: Sequence[PartialVolume], fault: Fault) -> Fault:
    """Put the layer, its fields and the incoming volume before a fault's message."""
    fields = layer.shown_fields()
    subject = f"{name} ({fields})" if fields else name
    volumes = ", ".join(show(volume) for volume in inputs[:8]) or "an unknown volume"
    return fault._replace(message=f"{subject} on {volumes}: {fault.message}")


def totals_of(records: Sequence[LayerRecord]) -> dict[str, int | None]:
    """Sum the counts of records. Weights that another of them owns are counted with that one."""
    once = _once(records)
    unfrozen = all(map(LEARNS, once))
    totals: dict[str, int | None] = {}
    for quantity in REPORTED:
        if unfrozen and quantity.unfrozen is not None:
            totals[quantity.key] = quantity.unfrozen(totals)
        else:
            totals[quantity.key] = _sum(quantity, once if quantity.weighty else records)
    return totals


def total_of(quantity: Quantity, records: Sequence[LayerRecord]) -> int | None:
    """Sum one count of records, as `totals_of` does; None where one of them is not known."""
    return _sum(quantity, _once(records) if quantity.weighty else records)


def _once(records: Sequence[LayerRecord]) -> list[LayerRecord]:
    names = {record.name for record in records}
    owners = [record for record in records if record.shares not in names]
    if not any(map(SHARES_ONE, owners)):
        return owners
    return [
        record if one is None or one.owner not in names else _without(record, one.counts)
        for record in owners
        for one in (record.shares_one,)
    ]


def own_counts(record: LayerRecord) -> LayerRecord | None:
    """Return a record that counts what no other layer has; None where all is another's."""
    if record.shares:
        return None
    one = record.shares_one
    return record if one is None else _without(record, one.counts)


def _without(record: LayerRecord, counts: Counts) -> LayerRecord:
    """Return a record that counts so much less."""
    kept = (record.weights, record.biases, record.non_trainable)
    left = (None if a is None or b is None else a - b for a, b in zip(kept, counts, strict=True))
    weights, biases, statistics = left
    return record._replace(weights=weights, biases=biases, non_trainable=statistics)


def _sum(quantity: Quantity, records: Sequence[LayerRecord]) -> int | None:
    terms = [quantity.of(record) for record in records]
    known = [term for term in terms if term is not None]
    return sum(known) if len(known) == len(terms) else None


def derivations_of(record: KnownRecord) -> list[Derivation]:
    """Return how each number of a record follows; nothing where its input is not known."""
    layer, inputs = record.layer, record.input
    if layer is None or inputs is None:
        return []
    found: list[Derivation] = []
    try:
        if record.output is not None:
            found += layer.size_derivations(inputs, record.output)
        if layer.has_weights:
            found += layer.count_derivations(inputs)
    except LayerError:  # a diagnostic says why
        return found
    found.append(_parameters(record))
    if record.macs is not None and record.output is not None:
        follow = layer.multiplies and not layer.opaque
        expression = layer.macs_expression(inputs, record.output) if follow else None
        found.append(Derivation("macs", record.macs, expression))
    return found + _field(record, layer, inputs)


def _parameters(record: KnownRecord) -> Derivation:
    if record.weights is None or record.biases is None:
        return Derivation("parameters", None, reason="unknown")
    if record.layer is not None and not record.layer.has_weights:
        return Derivation("parameters", 0)
    shares = {"owner": record.shares} if record.shares else None
    if record.shares_one is not None:
        shares = {"part": record.shares_one.name, "owner": record.shares_one.owner}
    counts = [count for count in (record.weights, record.biases) if count != 0]
    terms = plus(*counts) if len(counts) > 1 else None  # nothing is added to weights alone
    return Derivation("parameters", record.parameters, terms, given=shares)


def _field(record: KnownRecord, layer: Layer, inputs: Sequence[Volume]) -> list[Derivation]:
    """Return how the receptive field follows, and the jump with it."""
    size, jump = record.receptive_field, record.jump
    if record.output is None or size is None:
        return []
    before = record.source_fields[0]
    found = layer.field_derivations(before, inputs) if before else []
    if all(derivation.value is None for derivation in found):
        beside = [Derivation("jump", jump)] if jump else []
        found = [*found, Derivation("receptive_field", size, beside=beside)]
    return found
