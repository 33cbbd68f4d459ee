"""Walks a network once: volumes, counts and receptive fields of every layer, and what fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from importlib import import_module
from itertools import zip_longest
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from shapecalc import receptive_field, rules
from shapecalc.diagnostics import (
    LIMIT,
    Diagnostic,
    Fault,
    Finding,
    Findings,
    Later,
    LayerError,
    SpecError,
    UnknownVolume,
    nearest,
    quote,
)
from shapecalc.layers.base import NO_COUNTS, Counts, Layer
from shapecalc.layers.field_types import Volume
from shapecalc.layers.sharing import unlike, unlike_one
from shapecalc.network import Instance, NetworkSpec, Node
from shapecalc.network.wiring import SharedParameter
from shapecalc.quantities import REPORTED
from shapecalc.receptive_field import Field
from shapecalc.records import (
    PER_AXIS,
    KnownRecord,
    LayerRecord,
    SharedPart,
    totals_of,
    with_context,
)
from shapecalc.rules import Rule
from shapecalc.volumes import PartialVolume, is_known, show

SMALL = 2**15  # four sizes up to this one have fewer than 2^63 values


class Totals(dict[str, "int | None"]):
    """The sums of a network by their names, `totals["parameters"]` or `totals.parameters`."""

    def __getattr__(self, name: str) -> int | None:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"there is no total {name!r}") from None


@dataclass(frozen=True, repr=False)
class Trace:
    """The result of tracing a spec: its records in order, totals, and everything found."""

    spec: NetworkSpec
    layers: tuple[LayerRecord, ...]
    findings: tuple[Finding, ...] = ()
    diagnose: Callable[[Trace], tuple[Diagnostic, ...]] | None = field(
        default=None, compare=False
    )  # what finds repairs for `diagnostics`

    def __str__(self) -> str:
        """Return the table. It is drawn on a floor above, and needed by few who trace."""
        text: str = import_module("shapecalc.reports.table").render(self)
        return text

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return what a notebook shows: the table, and with it the picture."""
        bundle: dict[str, str] = import_module("shapecalc.reports.notebook").of_trace(self)
        return bundle

    def __getitem__(self, name: str) -> LayerRecord:
        """Return a layer's record by its full name; an instance's name means its last layer.

        Raises KeyError with the nearest name.
        """
        if name not in self._places:
            close = nearest(str(name), self._places)
            raise KeyError(f"no layer is called {name!r}" + (f": {close}?" if close else ""))
        return self.layers[self._places[name]]

    def __iter__(self) -> Iterator[LayerRecord]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def __contains__(self, layer: object) -> bool:
        return layer in self._places if isinstance(layer, str) else layer in self.layers

    def __bool__(self) -> bool:  # a network without layers is a network
        return True

    @cached_property
    def _places(self) -> dict[str, int]:
        """Where each name's record stands: a layer's own, an instance's last."""
        places = {}
        for instance in self.spec.instances:
            if instance.sources and len(instance.sources) == 1:
                layer = self.spec.values.producer(instance.sources[0])
                if layer is not None:
                    places[instance.name] = layer
        places.update((record.name, index) for index, record in enumerate(self.layers))
        return places

    @property
    def name(self) -> str | None:
        """The network's name."""
        return self.spec.name

    @property
    def inputs(self) -> Mapping[str, PartialVolume | None]:
        """The network's input volumes by name."""
        return self.spec.inputs

    @property
    def fitting_inputs(self) -> Mapping[str, Volume]:
        """Sizes that fit in the place of those that inputs leave open, of these inputs."""
        return {}

    @property
    def in_numbers(self) -> Trace:
        """The trace for who computes with sizes and counts: each is a number, or None where it is
        not known or a formula in sizes that have names.
        """
        return self

    @cached_property
    def outputs(self) -> dict[str, PartialVolume | None]:
        """The network's output volumes by name."""
        return {name: self.volume(index) for name, index in self.spec.outputs.items()}

    @property
    def output(self) -> PartialVolume | None:
        """The output volume, or None where there are several or it is not known."""
        return next(iter(self.outputs.values())) if len(self.outputs) == 1 else None

    @cached_property
    def totals(self) -> Totals:
        """Sums over the layers; shared weights count once. A sum with an unknown term is None."""
        if not self.spec.readable:
            return Totals(dict.fromkeys(quantity.key for quantity in REPORTED))
        return Totals(totals_of(self.layers))

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every finding with its place, in the order of the file."""
        asked = self.findings or self.spec.document.directives
        if asked and self.diagnose is not None:
            return self.diagnose(self)
        return self.spec.document.diagnostics(self.findings)

    @property
    def complete(self) -> bool:
        """Whether nothing is wrong with the spec and everything is known."""
        if any(f.rule.structural for f in self.findings):
            return False
        unknown = None in self.totals.values() or not self.outputs
        return not unknown and None not in self.outputs.values()

    def volume(self, value: int | None) -> PartialVolume | None:
        """Return the volume of a value, as `spec.values` numbers them."""
        if value is None:
            return None
        record = self.producer(value)
        return self._inputs[value] if record is None else record.output

    def producer(self, value: int) -> LayerRecord | None:
        """Return the record of the layer that gives a value; None for an input."""
        layer = self.spec.values.producer(value)
        return None if layer is None else self.layers[layer]

    def of_instance(self, instance: Instance, *, sums: bool = True) -> dict[str, Any]:
        """Return the last output of an instance, residual or parallel, and the sums inside."""
        values: dict[str, Any] = {}
        if sums:
            values.update(totals_of(self.layers[instance.first : instance.end]))
        last = instance.sources[0] if instance.sources and len(instance.sources) == 1 else None
        values["output"] = self.volume(last)
        record = None if last is None else self.producer(last)
        if record is not None:
            values |= {key: getattr(record, key) for key in PER_AXIS}
        return values

    @cached_property
    def _inputs(self) -> list[PartialVolume | None]:
        return list(self.spec.inputs.values())

    def to_dict(self) -> dict[str, Any]:
        """Return what `--format json` prints. It is made on a floor above."""
        made: dict[str, Any] = import_module("shapecalc.reports.json_text").of_trace(self)
        return made

    def to_pandas(self) -> Any:
        """Return a DataFrame of pandas: a row for each layer by its name, and `to_dict`'s keys.

        Counts are whole numbers, and missing where they are not known. Raises ImportError where
        pandas is not installed.
        """
        return import_module("shapecalc.reports.dataframe").of_trace(self)


class KnownTrace(Trace):
    """The result where every input is known whole, or not at all."""

    layers: tuple[KnownRecord, ...]

    if TYPE_CHECKING:  # the same with their volumes known

        def __getitem__(self, name: str) -> KnownRecord: ...
        def __iter__(self) -> Iterator[KnownRecord]: ...
        @property
        def inputs(self) -> Mapping[str, Volume | None]: ...
        @cached_property
        def outputs(self) -> dict[str, Volume | None]: ...  # type: ignore[override]
        @property
        def output(self) -> Volume | None: ...
        def volume(self, value: int | None) -> Volume | None: ...
        def producer(self, value: int) -> KnownRecord | None: ...


def known(trace: Trace) -> KnownTrace:
    """Return a trace for what needs every size. Raises SpecError where an input leaves some open,
    with the --input to write.
    """
    if isinstance(trace, KnownTrace):
        return trace
    wrong = [found for found in trace.diagnostics if found.rule.structural]
    if not wrong:
        document = trace.spec.document
        place = trace.spec.place_of_input(next(iter(trace.fitting_inputs), "input"))
        wrong = [document.located(Finding(sizes_needed(trace), place))]
    raise SpecError(wrong)


def sizes_needed(trace: Trace) -> Fault:
    """Return the fault of an input that leaves sizes open where all are needed."""
    left = {name: trace.inputs[name] for name in trace.fitting_inputs}
    named = " and ".join(f"{quote(name)} {show(volume or ())}" for name, volume in left.items())
    leave = "leaves" if len(left) == 1 else "leave"
    message = f"every size is needed here, and {named} {leave} some open"
    hint = f"for example {example_inputs(trace)}, or inputs= in Python"
    return Fault(rules.MISSING_FIELD, message, hint)


def example_inputs(trace: Trace) -> str:
    """Return what to write on the command line for sizes that inputs leave open; empty for none."""
    several = len(trace.inputs) > 1
    return " ".join(
        f"--input {f'{quote(name)}=' if several else ''}{show(volume)}"
        for name, volume in trace.fitting_inputs.items()
    )


def walk(
    spec: NetworkSpec,
    outputs: Mapping[str, Volume] | None = None,
    *,
    known: Sequence[KnownRecord] = (),
    to_the_end: bool = True,
) -> KnownTrace:
    """Trace a network. Never raises: a fault stops only what depends on it.

    An input that is known in part counts as unknown here; open_sizes.py says more about those.

    `outputs` puts other volumes in the place of some layers' own, for all that follows from them;
    nobody reads what is wrong with a network of such, so its findings have no texts. What is
    `known` of all layers as they were, if nothing was wrong with them, is not worked out again of
    those that take what they took.
    Who only wants to know whether there is a fault has no need to go `to_the_end`.
    """
    walker = Walker(spec, outputs or {})
    start = walker.skip(known)
    for node, before in zip_longest(spec.nodes[start:], known[start:]):
        if before is None:
            walker.record(node)
        else:
            walker.again(node, before)
        if walker.findings and not to_the_end:
            break
    if spec.example is not None:
        from shapecalc import worked_example  # few specs have one

        walker.findings += worked_example.faults(spec, walker.records)
    return KnownTrace(spec, tuple(walker.records), (*spec.findings, *walker.findings.counted()))


T = TypeVar("T", bound=Trace)


def with_findings(trace: T, findings: Sequence[Finding]) -> T:
    """Return the trace with further findings."""
    return replace(trace, findings=(*trace.findings, *findings)) if findings else trace


class Refusal(NamedTuple):
    """Why a layer does not take its inputs; `say` puts it into words for one that has a name."""

    rule: Rule
    say: Callable[[str], Fault]


class Computed(NamedTuple):
    """What follows from a layer and the volumes that come in, wherever the layer stands."""

    output: Volume | None
    counts: Counts
    macs: int | None
    refusals: tuple[Refusal, ...] = ()


def _compute(layer: Layer, inputs: tuple[Volume, ...], given: Volume | None) -> Computed:
    """Return what follows from a layer and its inputs, with the output that it is `given`."""
    output, refusals = (given, []) if given is not None else _output(layer, inputs)
    counts, macs = NO_COUNTS, None if layer.multiplies else 0
    if layer.has_weights:
        try:
            counts = layer.counts(inputs)
        except LayerError:  # its output has said why
            counts = layer.known_counts()
    if output is not None and layer.multiplies:
        macs = layer.macs(inputs, output)
    if (macs or 0) > LIMIT or (counts.weights or 0) > LIMIT:
        refusals.append(Refusal(rules.LIMIT_PASSED, _too_many))
        counts, macs = counts._replace(weights=None), None
    return Computed(output, counts, macs, tuple(refusals))


def _output(layer: Layer, inputs: tuple[Volume, ...]) -> tuple[Volume | None, list[Refusal]]:
    """Return a layer's output, None where it is not known, and why the inputs are refused."""

    def of(name: str) -> Fault:
        return with_context(name, layer, inputs, refused.fault)

    try:
        output = layer.volume(inputs)
    except UnknownVolume:
        return None, []
    except LayerError as error:
        refused = error.with_traceback(None)  # which would hold this frame in a circle
        return refused.output, [Refusal(refused.rule, of)]
    if max(output) > SMALL and prod(output) > LIMIT:
        message = "the output has more than 2^63 values"
        refused = LayerError(Fault(rules.LIMIT_PASSED, message, "make it smaller"))
        return None, [Refusal(rules.LIMIT_PASSED, of)]
    return output, []


def _too_many(name: str) -> Fault:
    message = f"{name} has more than 2^63 weights or multiplications"
    return Fault(rules.LIMIT_PASSED, message, "make it smaller")


def shares(node: Node) -> bool:
    """Say whether a layer has weights of another one."""
    return node.shares is not None or node.shares_one is not None


class Walker:
    """Keeps the names, volumes and fields of all values so far."""

    def __init__(self, spec: NetworkSpec, outputs: Mapping[str, Volume]) -> None:
        self.replaced = outputs
        self.nodes = spec.nodes
        self.names = [*spec.inputs]
        self.volumes: list[Volume | None] = [
            volume if volume is not None and is_known(volume) else None
            for volume in spec.inputs.values()
        ]
        self.fields: list[Field | None] = [
            None if volume is None else receptive_field.of_input(volume[:-1])
            for volume in self.volumes
        ]
        self.as_before = [True for _ in self.names]  # by value; of layers that were known
        self.records: list[KnownRecord] = []
        self.computed: dict[Any, Computed] = {}  # repeats and blocks have one layer many times
        self.findings = Findings()

    def skip(self, known: Sequence[KnownRecord]) -> int:
        """Add the records of the known layers in front of the first one that has another volume,
        or weights of another layer; return how many these are.
        """
        others = (
            at
            for at, node in enumerate(self.nodes[: len(known)])
            if node.name in self.replaced or node.sources is None or shares(node)
        )
        stays = known[: next(others, len(known))]
        self.names += [record.name for record in stays]
        self.volumes += [record.output for record in stays]
        self.fields += [record.field for record in stays]
        self.records += stays
        self.as_before += [True] * len(stays)
        return len(stays)

    def again(self, node: Node, before: KnownRecord) -> None:
        """Add the record of the next layer; as it was `before`, if nothing else comes in."""
        stays = node.sources is not None and all(map(self.as_before.__getitem__, node.sources))
        if stays and not shares(node) and node.name not in self.replaced:
            self.names.append(node.name)
            self.volumes.append(before.output)
            self.fields.append(before.field)
            self.records.append(before)
            self.as_before.append(True)
            return
        self.record(node)
        now = self.records[-1]
        self.as_before.append(now.output == before.output and now.field == before.field)

    def record(self, node: Node) -> None:
        """Add the record of the next layer."""
        layer, sources = node.layer, node.sources
        names: tuple[str, ...] | None = None
        inputs: tuple[Volume, ...] | None = None
        fields: tuple[Field | None, ...] = ()
        if sources is not None and len(sources) == 1:  # as most have: without three tuples of maps
            (value,) = sources
            names, fields, taken = (self.names[value],), (self.fields[value],), self.volumes[value]
            inputs = None if taken is None else (taken,)
        elif sources is not None:
            names = tuple(map(self.names.__getitem__, sources))
            fields = tuple(map(self.fields.__getitem__, sources))
            several = tuple(map(self.volumes.__getitem__, sources))
            inputs = None if None in several else cast("tuple[Volume, ...]", several)
        output = weights = biases = kept = macs = field = None
        if layer is None:
            pass
        elif inputs is None:
            output = layer.known_volume()
            weights, biases, kept = layer.known_counts()
            macs = None if layer.multiplies else 0
        else:
            output, (weights, biases, kept), macs, refusals = self._computed(node, layer, inputs)
            if output is not None:
                field = layer.receptive_field(fields, inputs, output)
            for refusal in refusals:
                self._refuse(node, refusal.rule, partial(refusal.say, node.name))
        if layer is not None and layer.opaque:
            macs = layer.known_macs()
        self.volumes.append(output)
        self.fields.append(field)
        self.names.append(node.name)
        shares, learns = None, node.learns
        if node.shares is not None:
            owner = self.records[node.shares]
            shares, learns = owner.name, owner.learns
            if inputs is not None:
                self._compare_shared(node, owner, inputs)
        one = None
        if node.shares_one is not None:
            one = self._shared_part(node, node.shares_one, inputs)
        record = KnownRecord(
            node.name, node.kind, names, inputs, output,
            weights, biases, kept, macs, shares, layer, field, fields, node.path, learns,
            one,
        )  # fmt: skip
        self.records.append(record)

    def _computed(self, node: Node, layer: Layer, inputs: tuple[Volume, ...]) -> Computed:
        given = self.replaced.get(node.name) if self.replaced else None
        key = id(layer), inputs, given
        known = self.computed.get(key)
        if known is None:
            self.computed[key] = known = _compute(layer, inputs, given)
        return known

    def _compare_shared(self, node: Node, owner: KnownRecord, inputs: Sequence[Volume]) -> None:
        """Report a layer that cannot use the weights of another."""
        if owner.layer is None or owner.input is None or node.layer is None:
            return
        fault = unlike(
            *(node.name, node.kind, node.layer, inputs),
            *(owner.name, owner.kind, owner.layer, owner.input),
        )
        if fault is not None:
            self._refuse(node, fault.rule, lambda: fault)

    def _shared_part(
        self, node: Node, one: SharedParameter, inputs: Sequence[Volume] | None
    ) -> SharedPart | None:
        """Return what a layer has from another; report it where that does not fit."""
        owner, layer = self.records[one.owner], node.layer
        counts = Counts(None, None, 0)
        if layer is not None and inputs is not None and owner.layer is not None and owner.input:
            fault = unlike_one(
                *(node.name, layer, inputs, one.name, one.transposed),
                *(owner.name, owner.layer, owner.input),
            )
            if fault is not None:
                self._refuse(node, fault.rule, lambda: fault)
                return None
            counts = layer.counts_of(inputs, one.name)
        return SharedPart(owner.name, one.name, one.transposed, counts)

    def _refuse(self, node: Node, rule: Rule, say: Callable[[], Fault]) -> None:
        path, name = node.path, node.name
        if self.replaced:
            self.findings.append(Finding(Fault(rule, ""), path, name))
            return
        self.findings.append(Later(rule, path, name, lambda: Finding(say(), path, name)))
