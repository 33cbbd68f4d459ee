"""The report of what is in the editor: totals, rows, findings, and where each of them stands."""

from __future__ import annotations

import time
from typing import Any

import shapecalc
from shapecalc import network, readers
from shapecalc.playground.bridge.last import keep
from shapecalc.playground.bridge.layer_view import has_window
from shapecalc.reports import json_text
from shapecalc.tracing import Trace

MOST_ROWS = 1500  # that a browser shows at once
MOST_FINDINGS = 200
FILE = "network.shape.yaml"


def trace(raw: bytes) -> dict[str, Any]:
    """Return what the page shows of a spec."""
    start = time.perf_counter()
    found = shapecalc.trace(network.build(readers.read_bytes(raw, FILE)))
    keep(found)
    return of_trace(found) | {"milliseconds": round((time.perf_counter() - start) * 1000, 1)}


def of_trace(found: Trace) -> dict[str, Any]:
    """Return what the page shows of a network: the report's keys, and what else it needs."""
    locate = found.spec.document.locate
    rows = found.layers[:MOST_ROWS]
    return json_text.of_totals(found) | {
        "source": found.spec.source,
        "description": found.spec.description,
        "readable": found.spec.readable,
        "count": len(found.layers),
        "layers": [
            json_text.of_record(record)
            | {
                "summary": record.summary,
                "place": locate(record.path)[:2],
                "window": has_window(record),
            }
            for record in rows
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
