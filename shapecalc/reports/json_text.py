"""The report as JSON, one object a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shapecalc.network import Instance
from shapecalc.quantities import REPORTED
from shapecalc.records import LayerRecord
from shapecalc.reports import Format, Layout, sentences
from shapecalc.tracing import Trace
from shapecalc.volumes import as_data

if TYPE_CHECKING:
    from shapecalc.footprint import Memory
    from shapecalc.reports.dialects import Asked

SCHEMA = "shapecalc.report/1"


def render(
    trace: Trace,
    single: bool = True,
    memory: Memory | None = None,
    dialect: Asked | None = None,
) -> str:
    """Return the object, on one line if it is one of several (JSON Lines).

    All but ASCII is escaped, so that no control character of a spec reaches a terminal.
    """
    made = of_trace(trace)
    if memory is not None:
        made["memory"] = memory.summary()
        for layer in made["layers"]:
            layer |= memory.layers[layer["name"]]._asdict()
    if dialect is not None:
        made["dialect"] = dialect.to_dict()
    return json.dumps(made, indent=2 if single else None)


def of_trace(trace: Trace) -> dict[str, Any]:
    """Return a trace as JSON has it."""
    whole = of_totals(trace)
    totals = whole.pop("totals")
    return {
        "schema": SCHEMA,
        **whole,
        "layers": [of_record(record) for record in trace.layers],
        "groups": [_of_instance(trace, instance) for instance in trace.spec.instances],
        "totals": totals,
        "diagnostics": [diagnostic.to_dict() for diagnostic in trace.diagnostics],
    }


def of_totals(trace: Trace) -> dict[str, Any]:
    """Return what JSON has of a network as a whole: its volumes and totals."""
    document = trace.spec.document
    return {
        "file": trace.spec.file,
        **({} if document.is_native else {"format": document.format}),
        "name": trace.name,
        "complete": trace.complete,
        "inputs": {name: _listed(volume) for name, volume in trace.inputs.items()},
        "outputs": {name: _listed(volume) for name, volume in trace.outputs.items()},
        "output": _listed(trace.output),
        "totals": {key: as_data(total, ",") for key, total in trace.totals.items()}
        | _own_totals(trace),
    }


def _own_totals(trace: Trace) -> dict[str, float | None]:
    """Return the totals that only a network's own program has."""
    if trace.spec.document.format != "darknet" or not trace.spec.readable:
        return {}
    from shapecalc.reports.dialects.darknet import bflops  # few networks are Darknet's

    return {"bflops": bflops(trace)}


def of_record(record: LayerRecord) -> dict[str, Any]:
    """Return a layer's record as JSON has it."""
    return {
        "name": record.name,
        "kind": record.kind,
        "from": _listed(record.sources),
        "input": None if record.input is None else [_listed(v) for v in record.input],
        "fields": None if record.layer is None else _plain(record.layer.values()),
        "output": _listed(record.output),
        **({} if record.computed else {"computed": False}),
        **_counts(record, weighty=True),
        "shares": record.shared,
        **_counts(record, weighty=False),
        "receptive_field": _listed(record.receptive_field),
        "jump": _listed(record.jump),
        "derivation": sentences.lines(record),
    }


def _of_instance(trace: Trace, instance: Instance) -> dict[str, Any]:
    names = [record.name for record in trace.layers[instance.first : instance.end]]
    return {"name": instance.name, "kind": instance.kind, "layers": names}


def _listed(values: Sequence[Any] | None) -> list[Any] | None:
    """Return a tuple as JSON has it; None stays None."""
    return None if values is None else [as_data(value) for value in values]


def _counts(record: LayerRecord, *, weighty: bool) -> dict[str, Any]:
    quantities = [quantity for quantity in REPORTED if quantity.weighty == weighty]
    return {quantity.key: as_data(quantity.of(record), ",") for quantity in quantities}


def _plain(value: Any) -> Any:
    """Return a value with tuples as lists, as JSON has it."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _report(trace: Trace, layout: Layout) -> str:
    return render(trace, layout.file is None, layout.memory, layout.dialect)


JSON = Format(_report, tells=True)
