"""A value under `expect` is not what is computed.

Claims stand on a layer, on a block's instance, a residual or a parallel, or at the top. They are
compared with the record; what could not be computed is not compared. The message gives both
numbers, the hint how the computed one follows.

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

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from shapecalc.checks.rule import Rule
from shapecalc.diagnostics import Fault, Finding, Later, Path, quote, some, suggestion
from shapecalc.layers.base import show
from shapecalc.network import Claims
from shapecalc.records import PER_AXIS, LayerRecord
from shapecalc.tracing import Trace


def find(trace: Trace) -> Iterator[Finding | Later]:
    """Yield a finding for each claim that is false."""
    for node, record in zip(trace.spec.nodes, trace.layers, strict=True):
        if node.claims is not None:
            values = _of_record(record, node.claims)
            yield from _compare(node.claims, values, record.name, node.path, record)
    for group in trace.spec.groups:
        if group.claims is not None:
            yield from _compare(group.claims, trace.of_group(group), group.name, group.path)
    if trace.spec.claims is not None:
        values = {**trace.totals, "output": trace.output}
        yield from _compare(trace.spec.claims, values, None, ())
        yield from _outputs(trace, trace.spec.claims.outputs or {})


def _of_record(record: LayerRecord, claims: Claims) -> dict[str, Any]:
    return {key: getattr(record, key) for key in claims.given()}


def _compare(
    claims: Claims,
    values: Mapping[str, Any],
    layer: str | None,
    path: Path,
    record: LayerRecord | None = None,
) -> Iterator[Later]:
    for key, claimed in claims.given().items():
        computed = values.get(key)
        if computed is None or key == "outputs" or _same(key, claimed, computed):
            continue
        place = (*path, "expect", key)
        made = partial(_false, key, claimed, computed, layer, place, record)
        yield Later("SC301", place, layer, made)


def _false(
    key: str,
    claimed: Any,
    computed: Any,
    layer: str | None,
    place: Path,
    record: LayerRecord | None,
) -> Finding:
    subject = f"{layer}: " if layer else ""
    title = "MACs" if key == "macs" else key.replace("_", " ")
    message = f"{subject}{title} {_text(claimed)} expected, {_text(computed)} computed"
    working = _working(key, record)
    plain = "" if working else f"{title} is {_text(computed)}"
    fault = Fault("SC301", message, working or plain, otherwise=plain)
    return Finding(fault, place, layer)


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
            findings.append(Finding(Fault("SC301", message, f"write {show(computed)}"), path))
    return findings


RULE = Rule("SC301", "false claim", "error", of_network=find)
