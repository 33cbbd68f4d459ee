"""Networks whose inputs have names for sizes, HxWx3: what holds of them at all sizes that fit.

The network is traced at numbers that fit, which is how faults are found, and once with the names
themselves, which is what volumes and counts are written in. What neither tells, receptive fields
that depend on the size and faults that only some sizes have, further sets of numbers do; they are
asked for when that is needed.

Imported only where a size has a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
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
from shapecalc.solving.named import Names, names_in, period_of
from shapecalc.solving.passing import Passed, passed
from shapecalc.solving.search import Search
from shapecalc.solving.size import Unsolvable
from shapecalc.tracing import KnownTrace, Trace
from shapecalc.volumes import PartialVolume, Volume, is_known
from shapecalc.walking import Walker, walk

FIRST = (224, 227, 256, 299, 572, 512, 32, 28, 128, 64)  # tried before sizes are worked out
FURTHER = (1, 32, 2, 64, 3, 5, 7, 16, 48, 96)  # steps off that another set of sizes is looked for
MOST_SEARCHED = 25_000  # layers, for the first numbers: half a second, and repairs ask again
MOST_WALKED = 40_000  # layers, at all sizes that receptive fields may depend on: a second
# What a kind raises that computes with numbers alone, or does not take its input.
WITH_NAMES = (TypeError, AttributeError, ValueError, LayerError, Unsolvable)


class NamedRecord(LayerRecord):
    """The record of a layer whose sizes have names."""

    trace: _Numbers
    place: int

    @property
    def at(self) -> KnownRecord:
        """The record at the first numbers."""
        return self.trace.first.layers[self.place]

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
        return agreed_volume([record.receptive_field for record in self.trace.records(self.place)])

    @property
    def jump(self) -> tuple[int | float | None, ...] | None:
        """Input pixels from one output value to the next, per spatial axis of the input."""
        return agreed_volume([record.jump for record in self.trace.records(self.place)])

    def output_of(self, layer: Layer) -> PartialVolume | None:
        """Return what another layer gives on what comes in here; None where that is not known."""
        with self.trace.passed.names.undecided():
            try:
                return None if self.input is None else layer.volume(self.input)  # type: ignore[arg-type]
            except WITH_NAMES:
                return None

    @property
    def derivations(self) -> list[Derivation]:
        """How each number follows, with the names put in."""
        with self.trace.passed.names.undecided():
            try:
                found = derivations_of(self)  # type: ignore[arg-type]  # sizes stand for numbers
            except WITH_NAMES:
                others = self.trace.other.layers[self.place]
                found = agreed_derivations([self.at.derivations, others.derivations])
        if None not in (self.receptive_field or ()):
            return found
        fields = [_of_field(record.derivations) for record in self.trace.records(self.place)]
        return [one for one in found if one not in _of_field(found)] + agreed_derivations(fields)


def _of_field(derivations: Sequence[Derivation]) -> list[Derivation]:
    return [one for one in derivations if one.quantity == "receptive_field"]


class _Refused(Exception):
    """Ends a walk where a layer refuses its input."""


class _Walk(Walker):
    """Walks a network at numbers at which it fits."""

    def __init__(self, spec: NetworkSpec, numbers: Mapping[str, int]) -> None:
        self.spec = filled(spec, numbers)
        super().__init__(self.spec, {})

    def _refuse(self, node: Node, rule: Rule, say: object) -> None:
        raise _Refused

    def to_the_end(self) -> KnownTrace:
        """Return the whole trace. Raises _Refused where one refuses its input."""
        for node in self.nodes:
            self.record(node)
        return KnownTrace(self.spec, tuple(self.records), tuple(self.spec.findings))


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
        if not self.passed.is_readable:
            raise Unsolvable("sizes that nobody can read")

    def records(self, place: int) -> Sequence[KnownRecord]:
        """Return a layer's records at numbers that tell apart all sizes that its field may depend
        on; one of an unknown field with them where that are too many.
        """
        found = [self.first.layers[place], self.other.layers[place]]
        if place < self._sized:
            return found
        if self._at_all_rests is None:
            return [*found, found[0]._replace(field=None)]
        return found + [trace.layers[place] for trace in self._at_all_rests]

    @cached_property
    def other(self) -> KnownTrace:
        """The trace at other numbers that fit; at the first ones where there are none near."""
        traces = filter(None, map(self._trace, self._others()))
        return next(traces, self.first)

    def findings(self, records: Sequence[LayerRecord]) -> list[Finding]:
        """Return what is found at all numbers: what some sizes avoid, they are to avoid."""
        own = len(self.spec.findings)
        first = self.first.findings[own:]
        if not first:
            return []
        rules, found = frozenset(one.rule for one in first), [first, first]
        if not checks.of_fields(rules) or self._sized < len(self.first.layers):
            found = [first] + [
                checks.checked(trace, partial=False, among=rules).findings[own:]
                for trace in (self.other, *(self._at_all_rests or ()))
            ]
        return agreed_findings(found, [{}] * len(found), {r.name: r for r in records})

    # -- further numbers -----------------------------------------------------------------------

    def _others(self) -> Iterator[Mapping[str, int]]:
        """Yield numbers that are likely to fit as well."""
        for n in FURTHER:
            steps = {name: n * self.passed.names.step(name) for name in self.numbers}
            if not self._related:
                steps = {name: step * place for place, (name, step) in enumerate(steps.items(), 1)}
            yield {name: number + steps[name] for name, number in self.numbers.items()}

    @cached_property
    def _related(self) -> bool:
        """Whether one name was found to depend on another."""
        return any(len(names_in(found)) > 1 for found in self.passed.names.equal.values())

    def _trace(self, numbers: Mapping[str, int]) -> KnownTrace | None:
        """Return the trace at other numbers; None where they do not fit."""
        if any(map(self.passed.names.at(numbers), self.passed.names.equal.values())):
            return None
        try:
            return _Walk(self.spec, numbers).to_the_end()
        except _Refused:
            return None

    @cached_property
    def _at_all_rests(self) -> Sequence[KnownTrace] | None:
        """The traces at which sizes leave all rests that can matter; None: too many."""
        names, period = self.passed.names, self._period
        if period * len(self.first.layers) > MOST_WALKED:
            return None
        steps = {name: names.steps(name, period) for name in self.numbers}
        if self._related:
            both = sorted(set.intersection(*map(set, steps.values())))
            steps = dict.fromkeys(steps, both)
        most = max(map(len, steps.values()))
        moved = (
            {k: n + (*steps[k], 0)[at % (len(steps[k]) + 1)] for k, n in self.numbers.items()}
            for at in range(most)
        )
        return [trace for numbers in moved if (trace := self._trace(numbers)) is not None]

    @cached_property
    def _period(self) -> int:
        """How far it is from a size to one that is rounded everywhere as that is."""
        named = (size for volume in self.passed.values for size in volume or ())
        period = period_of(size for size in named if not isinstance(size, int))
        if any(node.layer is not None and node.layer.reference for node in self.spec.nodes):
            period *= 2  # cropped to the middle, which halves what is cut off
        return period

    @cached_property
    def _sized(self) -> int:
        """The first layer whose rule for the field looks at sizes, by its number; the number of
        layers where there is none.
        """
        passed = self.passed
        with passed.names.undecided():
            for place, record in enumerate(self.first.layers):
                inputs, output = passed.inputs[place], passed.values[passed.spec.values.of(place)]
                if record.layer is None or record.field is None or not inputs or output is None:
                    continue
                try:
                    found = record.layer.receptive_field(record.source_fields, inputs, output)
                except WITH_NAMES:
                    return place
                if found != record.field:
                    return place
        return len(self.first.layers)

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
    passed = at.passed
    places = islice(passed.spec.values.of_layers(), len(at.first.layers))
    outputs = map(passed.values.__getitem__, places)
    columns = (at.first.layers, passed.inputs, outputs, passed.counts, passed.products)
    for place, (first, inputs, output, counts, macs) in enumerate(zip(*columns, strict=True)):
        one = first.shares_one
        made = NamedRecord(
            first.name, first.kind, first.sources, inputs, output, *counts, macs,
            first.shares, first.layer, first.field, first.source_fields, first.path, first.learns,
            one and _shared(one, first.layer, inputs),
        )  # fmt: skip
        made.trace, made.place = at, place
        yield made


def _shared(one: SharedPart, layer: Any, inputs: Any) -> SharedPart:
    """Return what a layer has from another, counted with the names."""
    if layer is None or inputs is None:
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
    for size in FIRST:
        numbers = dict.fromkeys(names, size)
        try:
            return numbers, _Walk(spec, numbers).to_the_end()
        except _Refused:
            pass
    found = _worked_out(spec, axes)
    return None if found is None else (found, walk(filled(spec, found)))


def _worked_out(spec: NetworkSpec, axes: Sequence[Axis]) -> Mapping[str, int] | None:
    """Return numbers that fit, if there are some."""
    try:
        good = good_sizes(spec, axes, Search(spec, MOST_SEARCHED))
    except Unsolvable:
        return None
    if good is None:
        return None
    return {axis.name: size for axis, size in good.items() if axis.name is not None}


__all__ = ["NamedRecord", "NamedTrace", "Volume", "filled", "traced"]
