"""Repairs of a false claim: the field with which it would be true, or the computed value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from shapecalc.checks.sc301_expect import same_claim
from shapecalc.diagnostics import Finding, LayerError
from shapecalc.edits import Change, Repair
from shapecalc.layers.base import NO_COUNTS, Layer, show
from shapecalc.layers.field_types import Volume
from shapecalc.network.bounds import Bounds
from shapecalc.quantities import QUANTITIES
from shapecalc.records import PER_AXIS, KnownRecord
from shapecalc.repairs.chain import Chains, others, sensible, written
from shapecalc.tracing import KnownTrace, Trace

FIELDS = ("S", "P", "F", "output_padding", "K", "units", "scale", "dilation", "rounding")
PLACED = ("S", "P")  # where windows lie: no claim is made true by pixels that are skipped
COUNTED_BY = ("K", "units", "F", "bias", "groups", "multiplier")
FIELD_SETTERS = ("F", "S", "dilation")  # what a receptive field and a jump follow from
MOST_TRIED = 64
NEAR = 3  # layers back from the one that makes the claim


def claims(trace: KnownTrace, finding: Finding) -> Iterator[Repair]:
    """Yield what may make a claim true."""
    chains = Chains(trace)
    key = str(finding.path[-1])
    index = chains.names.get(finding.layer or "")
    if index is not None:
        record, node = trace.layers[index], trace.spec.nodes[index]
        claimed = getattr(node.expectations, key, None)
        true = list(claimed_fields(trace, finding))
        yield from true
        if key == "output" and claimed is not None:
            yield from _volumes(trace, chains, index, claimed)
        elif key in PER_AXIS and claimed is not None and node.layer is not None:
            if not true:
                yield from _fields(record, node.layer, key, claimed)
        elif isinstance(claimed, int) and node.layer is not None and record.input is not None:
            yield from _counts(record, node.layer, record.input, key, claimed)
    if trace.spec.document.is_native:  # what a file states is not ours to write
        yield from computed(trace, finding)


def claimed_fields(trace: KnownTrace, finding: Finding) -> Iterator[Repair]:
    """Yield other values of a layer's fields with which all that it claims is true.

    Many an F gives an output of 55x55; one of them gives the claimed weights as well.
    """
    chains = Chains(trace)
    index = chains.names.get(finding.layer or "")
    if index is None:
        return
    record, node = trace.layers[index], trace.spec.nodes[index]
    given = node.expectations.given() if node.expectations is not None else {}
    if not given or node.layer is None or record.input is None:
        return
    depth = given["output"][-1] if "output" in given else None
    for field in FIELDS:
        for value, layer in others(node.layer, field, depth):
            if field in PLACED and not sensible(field, node.layer, layer):
                continue
            changed = _changed(record, layer, record.input)
            if changed is not None and all(
                same_claim(key, claim, changed.number(key)) for key, claim in given.items()
            ):
                text, change = written(field, value, node.layer, layer)
                shown = show(changed.output) if changed.output else "what is claimed"
                yield Repair(f"{text} gives {shown}", change.at(node.path))
                break


def _changed(record: KnownRecord, layer: Layer, inputs: Sequence[Volume]) -> KnownRecord | None:
    """Return the record of another layer in the same place; None where it refuses its input."""
    try:
        output = layer.volume(inputs)
        counts = layer.counts(inputs) if layer.has_weights else NO_COUNTS
        macs = layer.macs(inputs, output) if layer.multiplies else 0
        field = layer.receptive_field(record.source_fields, inputs, output)
    except LayerError:
        return None
    weights, biases, kept = counts
    return record._replace(
        layer=layer, output=output, weights=weights, biases=biases, non_trainable=kept,
        macs=macs, field=field,
    )  # fmt: skip


def _volumes(trace: KnownTrace, chains: Chains, index: int, claimed: Volume) -> Iterator[Repair]:
    """Yield fields of this layer, then of those before it, that give the claimed volume."""
    chain = chains.back(chains.values.of(index))[: NEAR + 1]
    for far, changed in enumerate(chain):
        node = trace.spec.nodes[changed]
        if node.layer is None:
            continue
        for field in FIELDS:
            for value, layer in others(node.layer, field, claimed[-1]):
                if field in PLACED and not sensible(field, node.layer, layer):
                    continue
                if chains.behind(chain[: far + 1], layer) == claimed:
                    inside = f" in {node.name}" if far else ""
                    text, change = written(field, value, node.layer, layer)
                    yield Repair(f"{text}{inside} gives {show(claimed)}", change.at(node.path))
                    break


def _fields(record: KnownRecord, layer: Layer, key: str, claimed: Any) -> Iterator[Repair]:
    """Yield fields of the layer that give a claimed receptive field or jump."""
    for field in FIELD_SETTERS:
        for value, changed in others(layer, field):
            after = _changed(record, changed, record.input or ())
            computed = after.number(key) if after is not None else None
            if computed is not None and same_claim(key, claimed, computed):
                text, change = written(field, value, layer, changed)
                yield Repair(
                    f"{text} gives {key.replace('_', ' ')} {show(computed)}",
                    change.at(record.path),
                )
                break


def _counts(
    record: KnownRecord, layer: Layer, inputs: Sequence[Volume], key: str, claimed: Any
) -> Iterator[Repair]:
    """Yield fields of the layer that give a claimed count."""
    for field in COUNTED_BY:
        written = getattr(layer, field, None)
        if written is None or isinstance(written, tuple):
            continue
        values: list[Any] = [*range(1, MOST_TRIED)]
        if isinstance(written, bool):
            values = [not written]
        elif field in ("K", "units") and record.weights:
            values = _proportional(written, record, key, claimed)
        for value in sorted(values, key=lambda v: abs(v - written)):
            if value != written and _count(layer, field, value, inputs, key) == claimed:
                shown = str(value).lower() if isinstance(value, bool) else value
                said = f"{field}: {shown}" if isinstance(value, bool) else f"{field}={value}"
                yield Repair(
                    f"{said} gives {claimed:,}", Change("field", value, record.path, field)
                )
                break


def _proportional(written: int, record: KnownRecord, key: str, claimed: Any) -> list[int]:
    """Return the K with which counts that grow with K come to a claimed one."""
    computed = getattr(record, key, None)
    if not computed or not isinstance(claimed, int) or (written * claimed) % computed:
        return []
    value = written * claimed // computed
    return [value] if written <= 2 * value and value <= 2 * written else []


def _count(layer: Layer, field: str, value: Any, inputs: Sequence[Volume], key: str) -> Any:
    changed = layer.model_copy(update={field: value})
    try:
        counts = changed.counts(inputs)
        if key == "macs":
            return changed.macs(inputs, changed.volume(inputs)) if changed.multiplies else 0
    except LayerError:
        return None
    return getattr(counts, key, None)


def computed(trace: Trace, finding: Finding) -> Iterator[Repair]:
    """Yield the computed value in the place of the claimed one."""
    yield from finding.fault.repairs  # of what a framework's field says there is no other
    key = str(finding.path[-1])
    value = _value(trace, finding, key)
    if value is None:
        return
    claimed = _claimed(trace, finding, key)
    if isinstance(claimed, Bounds):
        value = claimed.rounded(value)
        if value is None:  # how far a bound is to be moved, nobody but its author knows
            return
    written = list(value) if isinstance(value, tuple) else value
    if isinstance(value, tuple) and all(isinstance(size, int) for size in value):
        written = show(value) if len(value) > 1 else value[0]
    yield Repair(f"{key}: {written} is computed", Change("set", written, finding.path))


def _claimed(trace: Trace, finding: Finding, key: str) -> Any:
    """Return what is claimed by whom the finding is about."""
    if finding.layer is None:
        return getattr(trace.spec.expectations, key, None)
    for instance in trace.spec.instances:
        if (instance.name, instance.path) == (finding.layer, finding.path[:-2]):
            return getattr(instance.expectations, key, None)
    node = next((node for node in trace.spec.nodes if node.name == finding.layer), None)
    return None if node is None else getattr(node.expectations, key, None)


def _value(trace: Trace, finding: Finding, key: str) -> Any:
    if finding.path[:2] == ("expect", "outputs"):
        return trace.outputs.get(key)
    if finding.layer is None:
        if key in trace.totals or key not in QUANTITIES:
            return trace.output if key == "output" else trace.totals.get(key)
        return QUANTITIES[key].of(trace.totals)
    for instance in trace.spec.instances:
        if (instance.name, instance.path) == (finding.layer, finding.path[:-2]):
            return trace.of_instance(instance).get(key)
    record = next((r for r in trace.layers if r.name == finding.layer), None)
    if record is not None and key in QUANTITIES:
        return QUANTITIES[key].of(record)
    return getattr(record, key, None)
