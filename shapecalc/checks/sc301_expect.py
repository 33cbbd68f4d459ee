"""A value under `expect` is not what is computed.

Claims stand on a layer, on a block's instance, a residual or a parallel, or at the top. They are
compared with the record; what could not be computed is not compared, nor is a size that is left
open, `?`, on either side. With another input (--input, inputs=) a claim that holds for the file's
own input is not false: it was made for that size. The message gives both numbers, the hint how the
computed one follows. in_channels, in_features and their like, which frameworks have, are claims
about what comes in. So are the shapes that a file of another format states of its own layers, and
the depth that a detector of Darknet needs: `(classes + 5)*anchors` for [yolo].

Bad, since 5*5*3*10 weights and 10 biases make 760:

    input: 32x32x3
    layers:
      - conv: {K: 10, F: 5, expect: {parameters: 750}}

Good:

    input: 32x32x3
    layers:
      - conv: {K: 10, F: 5, expect: {parameters: 760}}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from shapecalc import rules
from shapecalc.checks.rule import Check
from shapecalc.diagnostics import Fault, Finding, Later, Path, quote, repairable, some, suggestion
from shapecalc.edits import Change, Repair
from shapecalc.network import Expectations, Node
from shapecalc.network.bounds import Bounds
from shapecalc.quantities import QUANTITIES
from shapecalc.records import PER_AXIS, LayerRecord
from shapecalc.tracing import Totals, Trace
from shapecalc.volumes import PartialVolume, readings, reason, show, values_in

if TYPE_CHECKING:
    from shapecalc.network.translation import Translation


NO_SUMS = {"output", "outputs", *PER_AXIS}


class _Claimant(NamedTuple):
    """Who makes claims: a layer, an instance of a block, or the network."""

    name: str | None
    path: Path
    sources: Sequence[int] = ()
    record: LayerRecord | None = None


def find(trace: Trace) -> Iterator[Finding | Later]:
    """Yield a finding for each claim that is false."""
    origins = _Origins(trace)
    for node, record in zip(trace.spec.nodes, trace.layers, strict=True):
        if node.translation is not None:
            yield from stated(node, node.translation, record)
        if node.expectations is not None:
            layer = _Claimant(record.name, node.path, node.sources or (), record)
            yield from _compare(
                layer, node.expectations, _of_record(record, node.expectations), origins
            )
    for group in trace.spec.instances:
        if group.expectations is not None:
            instance = _Claimant(group.name, group.path, group.sources or ())
            sums = _of_sums(group.expectations)
            values = trace.of_instance(group, sums=sums)
            values = _with_derived(values) if sums else values
            yield from _compare(instance, group.expectations, values, origins)
    if trace.spec.expectations is not None:
        values = _with_derived(trace.totals) if _of_sums(trace.spec.expectations) else {}
        values["output"] = trace.output
        yield from _compare(_Claimant(None, ()), trace.spec.expectations, values, origins)
        yield from _outputs(trace, trace.spec.expectations.outputs or {})


def _of_sums(claims: Expectations) -> bool:
    """Say whether some claims are about sums of layers, which take longer than all else here."""
    return not claims.given().keys() <= NO_SUMS


def _with_derived(sums: Mapping[str, Any]) -> dict[str, Any]:
    """Return sums with those that follow from them, which no report has."""
    totals = Totals(sums)
    derived = (quantity for quantity in QUANTITIES.values() if not quantity.reported)
    return {**sums, **{quantity.key: quantity.of(totals) for quantity in derived}}


def stated(node: Node, words: Translation, record: LayerRecord) -> Iterator[Later]:
    """Yield what a framework's fields, such as in_channels, say falsely of what comes in."""
    for field, (what, said) in words.claims:
        if what == "axes" or not record.input:
            continue
        volume = record.input[0]
        computed: Any = {"depth": volume[-1], "values": values_in(volume), "volume": volume}[what]
        if computed is not None and not same_claim(what, said, computed):
            path = node.path if words.bare else (*node.path, field)
            made = partial(_misstated, node.name, field, what, said, computed, volume, path)
            yield Later(rules.FALSE_CLAIM, path, node.name, made)


def _misstated(
    name: str, field: str, what: str, stated: Any, computed: Any, volume: PartialVolume, path: Path
) -> Finding:
    title = {"depth": "the depth", "values": "the number of values"}.get(what, "the volume")
    message = f"{name}: {field} {_text(stated)} expected"
    message += f", {_text(computed)} is {title}"
    message += "" if len(volume) == 1 else f" of {show(volume)}"
    written = show(computed) if what == "volume" else computed
    repairs = [Repair(f"write {field}: {written}", Change("set", written))]
    return Finding(repairable(rules.FALSE_CLAIM, message, repairs), path, name)


def _of_record(record: LayerRecord, claims: Expectations) -> dict[str, Any]:
    return {key: record.number(key) for key in claims.given()}


def _compare(
    claimant: _Claimant, claims: Expectations, values: Mapping[str, Any], origins: _Origins
) -> Iterator[Later]:
    for key, claimed in claims.given().items():
        computed = values.get(key)
        if computed is None or key == "outputs" or same_claim(key, claimed, computed):
            continue
        made = partial(_false, claimant, key, claimed, computed, origins)
        yield Later(rules.FALSE_CLAIM, (*claimant.path, "expect", key), claimant.name, made)


def _false(
    claimant: _Claimant, key: str, claimed: Any, computed: Any, origins: _Origins
) -> Finding:
    subject = f"{claimant.name}: " if claimant.name else ""
    title = "MACs" if key == "macs" else key.replace("_", " ")
    message = f"{subject}{title} {_text(claimed)} {origins.claimed}, {_text(computed)} computed"
    working = _working(key, claimant.record)
    plain = "" if working else f"{title} is {_text(computed)}"
    if key == "output":
        plain = _as_printed(claimed, computed) or plain
        working = "" if plain else working
    widened = origins.of(claimant.sources) if key in PER_AXIS else None
    if widened is not None:
        working = f"since {widened.name} ({widened.kind}) every value sees the whole input"
        plain = ""
    fault = Fault(rules.FALSE_CLAIM, message, working or plain, otherwise=plain)
    return Finding(fault, (*claimant.path, "expect", key), claimant.name)


class _Origins:
    """Where claims come from, and the layers that made fields the whole input, all found in one
    pass once one is asked for.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.claimed = "expected" if trace.spec.document.is_native else "stated in the file"
        self.first: list[LayerRecord | None] = []

    def of(self, sources: Sequence[int]) -> LayerRecord | None:
        """Return the layer from which on the first whole field among sources is whole."""
        if not self.first:
            for node, record in zip(self.trace.spec.nodes, self.trace.layers, strict=True):
                whole = record.field is not None and record.field.whole
                self.first.append(self._among(node.sources or ()) or record if whole else None)
        return self._among(sources)

    def _among(self, sources: Sequence[int]) -> LayerRecord | None:
        producers = map(self.trace.spec.values.producer, sources)
        layers = (self.first[producer] for producer in producers if producer is not None)
        return next((layer for layer in layers if layer is not None), None)


def _as_printed(claimed: PartialVolume, computed: PartialVolume) -> str:
    """Say so if a claim is the right volume with a batch, or its depth first."""
    for reading in readings(claimed):
        if reading.volume == computed:
            return f"as a volume it is {show(computed)}: {reason(reading)}"
    return ""


def same_claim(key: str, claimed: Any, computed: Any) -> bool:
    """Say whether a claim is true as far as is known; one number of a receptive field or jump is
    for every axis. What depends on a size with a name can be whatever is claimed.
    """
    if _depends(computed):
        return True
    if isinstance(claimed, Bounds):
        return claimed.hold(computed)
    if key in PER_AXIS and len(claimed) == 1:
        claimed *= len(computed)
    if claimed == computed or not isinstance(computed, tuple):
        return bool(claimed == computed)
    return len(claimed) == len(computed) and all(
        one is None or other is None or one == other or _may_be(one, other)
        for one, other in zip(claimed, computed, strict=True)
    )


def _depends(value: object) -> bool:
    """Say whether a number depends on a size that has a name."""
    return not isinstance(value, int | float | tuple)


def _may_be(claimed: object, computed: object) -> bool:
    """Say whether a size that has a name, or depends on one, may be the one that is claimed."""
    if isinstance(claimed, str):
        return isinstance(computed, int) or str(computed) == claimed
    return not isinstance(computed, int | float)


def _text(value: Any) -> str:
    if isinstance(value, Bounds):
        return value.written
    return show(value) if isinstance(value, tuple) else f"{value:,}"


def _working(key: str, record: LayerRecord | None) -> str:
    """Return the lines of the working that lead to the value."""
    if record is None or record.layer is None or record.input is None or record.output is None:
        return ""
    return record.working(key)


def _outputs(trace: Trace, claimed: Mapping[str, Any]) -> list[Finding]:
    findings: list[Finding] = []
    for name, volume in claimed.items():
        path: Path = ("expect", "outputs", name)
        if name not in trace.outputs:
            there = f"there is {some(list(trace.outputs))}"
            hint = suggestion(name, lambda: trace.outputs, findings, there)
            fault = Fault(rules.NO_SUCH_NAME, f"the network has no output {quote(name)}", hint)
            findings.append(Finding(fault, path))
            continue
        computed = trace.outputs[name]
        if computed is not None and not same_claim("output", volume, computed):
            message = f"output {name} {show(volume)} expected, {show(computed)} computed"
            hint = _as_printed(volume, computed) or f"write {show(computed)}"
            findings.append(Finding(Fault(rules.FALSE_CLAIM, message, hint), path))
    return findings


CHECK = Check(rules.FALSE_CLAIM, of_network=find, partial=True)
