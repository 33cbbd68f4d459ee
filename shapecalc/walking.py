"""Walks a network once: volumes, counts and receptive fields of every layer, and what fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import zip_longest
from math import prod
from typing import Any, NamedTuple, cast

from shapecalc import receptive_field, rules
from shapecalc.diagnostics import (
    LIMIT,
    Fault,
    Finding,
    Findings,
    Later,
    LayerError,
    UnknownVolume,
)
from shapecalc.layers.base import NO_COUNTS, Counts, Layer
from shapecalc.layers.field_types import Volume
from shapecalc.layers.sharing import unlike, unlike_one
from shapecalc.network import NetworkSpec, Node
from shapecalc.network.wiring import SharedParameter
from shapecalc.receptive_field import Field
from shapecalc.records import (
    KnownRecord,
    SharedPart,
    with_context,
)
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace
from shapecalc.volumes import is_known

SMALL = 2**15  # four sizes up to this one have fewer than 2^63 values


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
