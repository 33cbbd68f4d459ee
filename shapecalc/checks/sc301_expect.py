"""A value under `expect` is not what is computed.

Claims stand on a layer, on a block's instance, a residual or a parallel, or at the top. They are
compared with the record; what could not be computed is not compared. The message gives both
numbers, the hint how the computed one follows. in_channels, in_features and their like, which
frameworks have, are claims about what comes in.

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

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from shapecalc.checks.rule import Rule
from shapecalc.diagnostics import Fault, Finding, Path, quote, repairable, some, suggestion
from shapecalc.edits import Change, Repair
from shapecalc.network import Claims, Node
from shapecalc.records import PER_AXIS, LayerRecord
from shapecalc.tracing import Trace
from shapecalc.volumes import Volume, readings, reason, show

if TYPE_CHECKING:
    from shapecalc.network.translation import Translation


def find(trace: Trace) -> Sequence[Finding]:
    """Return a finding for each claim that is false."""
    findings: list[Finding] = []
    for node, record in zip(trace.spec.nodes, trace.layers, strict=True):
        if node.translation is not None:
            findings += _stated(node, node.translation, record)
        if node.claims is not None:
            values = _of_record(record, node.claims)
            found = _compare(node.claims, values, record.name, node.path, record)
            findings += _told_what_widened(trace, found, node.sources)
    for group in trace.spec.groups:
        if group.claims is not None:
            values = trace.of_group(group)
            found = _compare(group.claims, values, group.name, group.path)
            findings += _told_what_widened(trace, found, group.sources)
    if trace.spec.claims is not None:
        values = {**trace.totals, "output": trace.output}
        findings += _compare(trace.spec.claims, values, None, ())
        findings += _outputs(trace, trace.spec.claims.outputs or {})
    return findings


def _stated(node: Node, words: Translation, record: LayerRecord) -> list[Finding]:
    """Compare what a framework's fields, such as in_channels, say of the volume that comes in."""
    findings = []
    for field, (what, stated) in words.claims:
        if what == "axes" or not record.input:
            continue
        volume = record.input[0]
        computed: Any = {"depth": volume[-1], "values": prod(volume), "volume": volume}[what]
        if stated == computed:
            continue
        title = {"depth": "the depth", "values": "the number of values"}.get(what, "the volume")
        message = f"{node.name}: {field} {_text(stated)} expected"
        message += f", {_text(computed)} is {title} of {show(volume)}"
        path = node.path if words.bare else (*node.path, field)
        written = show(computed) if what == "volume" else computed
        repairs = [Repair(f"write {field}: {written}", Change("set", written))]
        findings.append(Finding(repairable("SC301", message, repairs), path, node.name))
    return findings


def _of_record(record: LayerRecord, claims: Claims) -> dict[str, Any]:
    return {key: getattr(record, key) for key in claims.given()}


def _compare(
    claims: Claims,
    values: Mapping[str, Any],
    layer: str | None,
    path: Path,
    record: LayerRecord | None = None,
) -> list[Finding]:
    findings = []
    for key, claimed in claims.given().items():
        computed = values.get(key)
        if computed is None or key == "outputs" or _same(key, claimed, computed):
            continue
        subject = f"{layer}: " if layer else ""
        title = "MACs" if key == "macs" else key.replace("_", " ")
        message = f"{subject}{title} {_text(claimed)} expected, {_text(computed)} computed"
        working = _working(key, record)
        plain = "" if working else f"{title} is {_text(computed)}"
        if key == "output":
            plain = _as_printed(claimed, computed) or plain
            working = "" if plain else working
        fault = Fault("SC301", message, working or plain, otherwise=plain)
        findings.append(Finding(fault, (*path, "expect", key), layer))
    return findings


def _told_what_widened(
    trace: Trace, found: Sequence[Finding], sources: Sequence[int] | None
) -> list[Finding]:
    """Return findings; those about a field say which earlier layer made it the whole input."""
    widened = _widened(trace, sources or ()) if found else None
    if widened is None:
        return list(found)
    hint = f"since {widened.name} ({widened.kind}) every value sees the whole input"
    return [
        one._replace(fault=one.fault._replace(hint=hint, otherwise=""))
        if one.path[-1] in PER_AXIS
        else one
        for one in found
    ]


def _widened(trace: Trace, sources: Sequence[int]) -> LayerRecord | None:
    """Return the layer from which on the first whole field among sources is whole."""
    offset = len(trace.inputs)
    widened = None
    while True:
        layers = [source - offset for source in sources if source >= offset]
        fields = [trace.layers[layer].field for layer in layers]
        whole = [i for i, f in zip(layers, fields, strict=True) if f is not None and f.whole]
        if not whole:
            return widened
        widened = trace.layers[whole[0]]
        sources = trace.spec.nodes[whole[0]].sources or ()


def _as_printed(claimed: Volume, computed: Volume) -> str:
    """Say so if a claim is the right volume with a batch, or its depth first."""
    for reading in readings(claimed):
        if reading.volume == computed:
            return f"as a volume it is {show(computed)}: {reason(reading)}"
    return ""


def _same(key: str, claimed: Any, computed: Any) -> bool:
    if key in PER_AXIS and len(claimed) == 1:
        claimed *= len(computed)
    return bool(claimed == computed)


def _text(value: Any) -> str:
    return show(value) if isinstance(value, tuple) else f"{value:,}"


def _working(key: str, record: LayerRecord | None) -> str:
    """Return the lines of the working that lead to the value."""
    if record is None or record.layer is None or record.input is None or record.output is None:
        return ""
    if key == "output":
        return "; ".join(record.layer.sizes_working(record.input, record.output))
    starts = {"macs": "MACs", "non_trainable": "running", "jump": "receptive field"}
    start = starts.get(key, key.replace("_", " "))
    return "; ".join(line for line in record.derivation if line.startswith(start))


def _outputs(trace: Trace, claimed: Mapping[str, Any]) -> list[Finding]:
    findings: list[Finding] = []
    for name, volume in claimed.items():
        path: Path = ("expect", "outputs", name)
        if name not in trace.outputs:
            there = f"there is {some(list(trace.outputs))}"
            hint = suggestion(name, lambda: trace.outputs, findings, there)
            fault = Fault("SC107", f"the network has no output {quote(name)}", hint)
            findings.append(Finding(fault, path))
            continue
        computed = trace.outputs[name]
        if computed is not None and computed != volume:
            message = f"output {name} {show(volume)} expected, {show(computed)} computed"
            hint = _as_printed(volume, computed) or f"write {show(computed)}"
            findings.append(Finding(Fault("SC301", message, hint), path))
    return findings


RULE = Rule("SC301", "false claim", "error", of_network=find)
