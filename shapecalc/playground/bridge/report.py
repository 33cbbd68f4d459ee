"""The report of what is in the editor: totals, rows, findings, and where each of them stands.

It is made at every key, so that it has no more than what the page shows at once; the working of a
layer is asked for when its row is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import shapecalc
from shapecalc import network, readers
from shapecalc.playground.bridge.last import keep, layer_of_last
from shapecalc.playground.bridge.layer_view import has_window
from shapecalc.records import LayerRecord
from shapecalc.reports import json_text, sentences
from shapecalc.tracing import Trace
from shapecalc.volumes import as_data

MOST_ROWS = 1500  # that a browser shows at once
MOST_FINDINGS = 200
FILE = "network.shape.yaml"


def trace(raw: bytes, name: str | None = None) -> dict[str, Any]:
    """Return what the page shows of a spec, which came from a file of that name, or from none."""
    document = readers.read_bytes(raw, FILE)  # what is in the editor need not be what was opened
    document.file = name or FILE
    found = shapecalc.trace(network.build(document))
    if found.spec.readable:  # of a half-typed text the page shows the last table, and asks of that
        keep(found)
    return of_trace(found)


def of_trace(found: Trace) -> dict[str, Any]:
    """Return what the page shows of a network: the report's keys, and what else it needs."""
    locate = found.spec.document.locate
    return json_text.of_totals(found) | {
        "source": found.spec.source,
        "description": found.spec.description,
        "readable": found.spec.readable,
        "count": len(found.layers),
        "layers": [
            _row(record) | {"place": locate(record.path)[:2]} for record in found.layers[:MOST_ROWS]
        ],
        "groups": [
            {
                "name": instance.name,
                "kind": instance.kind,
                "first": instance.first,
                "end": instance.end,
                "place": locate(instance.path)[:2],
            }
            for instance in found.spec.instances
            if instance.first < MOST_ROWS
        ],
        "findings": [found.to_dict() for found in found.diagnostics[:MOST_FINDINGS]],
        "more_findings": max(0, len(found.diagnostics) - MOST_FINDINGS),
    }


def working(index: int) -> list[str]:
    """Return how each number of a layer follows. Raises Refused where there is no such layer."""
    return sentences.lines(layer_of_last(index))


def _row(record: LayerRecord) -> dict[str, Any]:
    """Return what the table has of a layer, under the keys of the report."""
    return {
        "name": record.name,
        "kind": record.kind,
        "summary": record.summary,
        "output": _listed(record.output),
        "parameters": as_data(record.parameters, ","),
        "macs": as_data(record.macs, ","),
        "receptive_field": _listed(record.receptive_field),
        "shares": record.shared,
        "window": has_window(record),
    }


def _listed(sizes: Sequence[Any] | None) -> list[Any] | None:
    return None if sizes is None else [as_data(size) for size in sizes]
