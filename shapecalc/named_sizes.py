"""Networks whose inputs have names for sizes, HxWx3: what holds of them at all sizes that fit.

The network is traced at numbers that fit, which is how faults are found, and once with the names
themselves, which is what volumes and counts are written in. What neither tells, receptive fields
that depend on the size and faults that only some sizes have, a second set of numbers does; it is
asked for when that is needed.

Imported only where a size has a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from shapecalc import checks, open_sizes, worked_example
from shapecalc.agreement import agreed_derivations, agreed_findings, agreed_volume
from shapecalc.derivations import Derivation
from shapecalc.diagnostics import Finding, LayerError
from shapecalc.layers.base import Counts, Layer
from shapecalc.network import NetworkSpec, Node
from shapecalc.records import KnownRecord, LayerRecord, SharedPart, derivations_of
from shapecalc.rules import Rule
from shapecalc.solving.axes import Axis, axes_of
from shapecalc.solving.fitting import good_sizes
from shapecalc.solving.named import Names
from shapecalc.solving.passing import Passed, passed
from shapecalc.solving.search import Search
from shapecalc.solving.size import Unsolvable
from shapecalc.tracing import KnownTrace, Trace, Walker, walk
from shapecalc.volumes import PartialVolume, Volume, is_known

FIRST = (224, 227, 256, 299, 572, 512, 32, 28, 128, 64)  # tried before sizes are worked out
FURTHER = (1, 32, 2, 64, 3, 5, 7, 16, 48, 96)  # steps off that another set of sizes is looked for


class NamedRecord(LayerRecord):
    """The record of a layer whose sizes have names. `at` is the one at the first numbers."""

    at: KnownRecord
    trace: _Numbers
    place: int

    @property
    def activations(self) -> int | None:
        """Values of the output for one example."""
        if self.output is None or None in self.output:
            return None
        values: Any = 1
        for size in self.output:
            values = size * values
        return values  # type: ignore[no-any-return]

    @property
    def receptive_field(self) -> PartialVolume | None:
        """Input pixels that one output value depends on, per spatial axis of the input."""
        if self.field is not None and self.field.whole:
            return self.trace.extent(self.field.extent)
        return agreed_volume([self.at.receptive_field, self._other.receptive_field])

    @property
    def jump(self) -> tuple[int | float | None, ...] | None:
        """Input pixels from one output value to the next, per spatial axis of the input."""
        return agreed_volume([self.at.jump, self._other.jump])

    def output_of(self, layer: Layer) -> PartialVolume | None:
        """Return what another layer gives on what comes in here; None where that is not known."""
        names = self.trace.passed.names
        names.deciding = False
        try:
            return None if self.input is None else layer.volume(self.input)  # type: ignore[arg-type]
        except (TypeError, AttributeError, ValueError, LayerError, Unsolvable):
            return None
        finally:
            names.deciding = True

    @property
    def _other(self) -> KnownRecord:
        return self.trace.other.layers[self.place]

    @property
    def derivations(self) -> list[Derivation]:
        """How each number follows, with the names put in."""
        names = self.trace.passed.names
        names.deciding = False
        try:
            return derivations_of(self)  # type: ignore[arg-type]  # sizes stand for numbers
        except (TypeError, AttributeError, ValueError, LayerError, Unsolvable):
            return agreed_derivations([self.at.derivations, self._other.derivations])
        finally:
            names.deciding = True


class _Refused(Exception):
    """Ends a walk where a layer refuses its input."""


class _Walk(Walker):
    """Walks a network at numbers at which it fits, as far as is asked for."""

    def __init__(self, spec: NetworkSpec, numbers: Mapping[str, int]) -> None:
        self.spec = filled(spec, numbers)
        super().__init__(self.spec, {})

    def _refuse(self, node: Node, rule: Rule, say: object) -> None:
        raise _Refused

    def until(self, end: int) -> KnownTrace:
        """Return the trace of so many layers. Raises _Refused where one refuses its input."""
        for node in self.nodes[len(self.records) : end]:
            self.record(node)
        return KnownTrace(self.spec, tuple(self.records), tuple(self.spec.findings))

    def to_the_end(self) -> KnownTrace:
        """Return the whole trace. Raises _Refused where a layer refuses its input."""
        return self.until(len(self.nodes))


class _Numbers:
    """The traces of a network at numbers in the place of its names."""

    def __init__(self, spec: NetworkSpec, numbers: Mapping[str, int], first: KnownTrace) -> None:
        self.spec, self.numbers = spec, dict(numbers)
        self.first = checks.checked(first, partial=False)
        names = Names(self.numbers)
        sizes: dict[Axis, Any] = {
            axis: axis.present if axis.name is None else names.size(axis.name)
            for axis in axes_of(spec)
        }
        self.passed: Passed = passed(spec, names, sizes)

    @cached_property
    def _further(self) -> _Walk:
        """The walk at other numbers that fit; at the first ones where there are none near."""
        search = Search(self.spec)
        for numbers in self._others():
            agree = not any(map(self.passed.names.at(numbers), self.passed.names.equal.values()))
            if agree and search.takes(filled(self.spec, numbers).inputs):
                return _Walk(self.spec, numbers)
        return _Walk(self.spec, self.numbers)

    @cached_property
    def other(self) -> KnownTrace:
        """The trace at other numbers that fit."""
        return self._further.to_the_end()

    def findings(self, records: Sequence[LayerRecord]) -> list[Finding]:
        """Return what is found at all numbers."""
        own = len(self.spec.findings)
        first = self.first.findings[own:]
        if not first:
            return []
        rules = frozenset(found.rule for found in first)
        end = len(records)
        if checks.of_layers(rules):  # what comes behind the last of them says nothing
            places = {record.name: place for place, record in enumerate(records, 1)}
            end = max(places.get(found.layer or "", end) for found in first)
        other = self._further.until(end)
        found = checks.checked(other, partial=False, among=rules).findings[own:]
        return agreed_findings([first, found], [{}, {}], {r.name: r for r in records})

    def _others(self) -> Iterator[Mapping[str, int]]:
        known, together = self.passed.names.known, bool(self.passed.names.equal)
        for n in FURTHER:
            moved = {
                name: number + known.get(name, (1, 0))[0] * (n if together else n + place)
                for place, (name, number) in enumerate(self.numbers.items())
            }
            yield moved

    def extent(self, numbers: tuple[int, ...]) -> PartialVolume | None:
        """Return the spatial sizes of the input that has these at the first numbers."""
        found = {
            volume[:-1]
            for volume, sized in zip(
                self.passed.values, self.first.spec.inputs.values(), strict=False
            )
            if volume and sized and sized[:-1] == numbers
        }
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, repr=False)
class NamedTrace(open_sizes.OpenTrace):
    """The result where inputs have names for sizes: volumes and counts are written in them."""


def traced(spec: NetworkSpec) -> Trace:
    """Return the checked trace of a spec whose inputs have names for sizes. Never raises."""
    found = _numbers(spec)
    if found is None:
        return _unnamed(spec)
    try:
        return _traced(spec, _Numbers(spec, *found))
    except (Unsolvable, TypeError, AttributeError):  # a kind that computes with numbers alone
        return _unnamed(spec)


def _unnamed(spec: NetworkSpec) -> Trace:
    return replace(open_sizes.traced(open_sizes.without_names(spec)), spec=spec)


def _traced(spec: NetworkSpec, at: _Numbers) -> NamedTrace:
    records = tuple(_records(at))
    findings = at.findings(records)
    if spec.example is not None:
        findings += worked_example.faults(spec, records)
    sized = at.first.spec.inputs
    trace = NamedTrace(
        spec,
        records,
        (*spec.findings, *findings),
        fitting={
            name: volume
            for name, volume in sized.items()
            if volume is not None and is_known(volume) and volume != spec.inputs[name]
        },
        whole=at.first.complete,
    )
    return checks.checked_in_part(trace)


def _records(at: _Numbers) -> Iterator[NamedRecord]:
    passed, spec = at.passed, at.spec
    outputs = [passed.values[spec.values.of(place)] for place in range(len(spec.nodes))]
    columns = (at.first.layers, passed.inputs, outputs, passed.counts, passed.products)
    for place, (first, inputs, output, counts, macs) in enumerate(zip(*columns, strict=True)):
        layer = at.spec.nodes[place].layer
        made = NamedRecord(
            first.name, first.kind, first.sources, inputs, output, *counts, macs,
            first.shares, layer, first.field, first.source_fields, first.path, first.learns,
            _shared(first.shares_one, layer, inputs),
        )  # fmt: skip
        made.at, made.trace, made.place = first, at, place
        yield made


def _shared(one: SharedPart | None, layer: Any, inputs: Any) -> SharedPart | None:
    """Return what a layer has from another, counted with the names."""
    if one is None or layer is None or inputs is None:
        return one
    counts: Counts = layer.counts_of(inputs, one.name)
    return one._replace(counts=counts)


# -- numbers ---------------------------------------------------------------------------------------


def filled(spec: NetworkSpec, numbers: Mapping[str, int]) -> NetworkSpec:
    """Return the spec with numbers for the names, without its example."""
    inputs = {
        name: volume and tuple(numbers[size] if isinstance(size, str) else size for size in volume)
        for name, volume in spec.inputs.items()
    }
    return replace(spec, inputs=inputs, example=None)


def _numbers(spec: NetworkSpec) -> tuple[Mapping[str, int], KnownTrace] | None:
    """Return numbers for the names at which the network fits, and the trace with them; None where
    there are none, or other sizes are open.
    """
    if any(volume is None or None in volume for volume in spec.inputs.values()):
        return None
    axes = [axis for axis in axes_of(spec) if axis.name is not None]
    names = list(dict.fromkeys(axis.name for axis in axes if axis.name is not None))
    likely, *others = (dict.fromkeys(names, size) for size in FIRST)
    try:
        return likely, _Walk(spec, likely).to_the_end()
    except _Refused:
        numbers = _found(spec, axes, others)
    return None if numbers is None else (numbers, walk(filled(spec, numbers)))


def _found(
    spec: NetworkSpec, axes: Sequence[Axis], tried: Iterable[Mapping[str, int]]
) -> Mapping[str, int] | None:
    """Return the first numbers that fit, or others that are worked out."""
    search = Search(spec)
    for numbers in tried:
        if search.takes(filled(spec, numbers).inputs):
            return numbers
    try:
        good = good_sizes(spec, axes)
    except Unsolvable:
        return None
    if good is None:
        return None
    return {axis.name: size for axis, size in good.items() if axis.name is not None}


__all__ = ["NamedRecord", "NamedTrace", "Volume", "filled", "traced"]
