"""The report of several networks by their totals: a row each, without a sum over networks."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from shapecalc.diagnostics import quote
from shapecalc.layers.base import show
from shapecalc.quantities import REPORTED
from shapecalc.reports.columns import UNKNOWN
from shapecalc.reports.csv_text import harmless
from shapecalc.reports.json_text import of_totals
from shapecalc.reports.table import drawn, fitted
from shapecalc.tracing import Trace

SCHEMA = "shapecalc.totals/1"
MOST_NAME = 400
Volumes = Mapping[str, Sequence[int | None] | None]


class Row(NamedTuple):
    """What is shown of a network, so that nothing else of it has to be kept."""

    shown: Mapping[str, int | str | None]  # by column
    data: Mapping[str, Any]  # as JSON has it
    found: tuple[str, ...]  # codes of errors and warnings


COLUMNS: dict[str, tuple[str, bool]] = {  # title, and whether it holds numbers
    "file": ("file", False),
    "name": ("network", False),
    "layers": ("layers", True),
    "input": ("input", False),
    "output": ("output", False),
    **{quantity.key: (quantity.title, True) for quantity in REPORTED},
    "found": ("found", False),
}
DEFAULT = ("file", "layers", "input", "output", "parameters", "macs")


def row_of(trace: Trace) -> Row:
    """Return the row of a network."""
    serious = [found for found in trace.diagnostics if found.severity != "advice"]
    found = tuple(dict.fromkeys(one.code for one in serious))
    data = of_totals(trace)
    layers = len(trace.layers) if trace.spec.readable else None
    shown = {
        "file": trace.spec.file or "",
        "name": trace.name or "",
        "layers": layers,
        "input": _volumes(trace.inputs),
        "output": _volumes(trace.outputs),
        **trace.totals,
        "found": ", ".join(found),
    }
    return Row(shown, {"schema": SCHEMA, **data, "layers": layers, "found": found}, found)


def _volumes(volumes: Volumes) -> str | None:
    """Return volumes as text, with their names if there are several; None where none is known."""
    if not any(volumes.values()):
        return None
    texts = {name: show(volume) if volume else UNKNOWN for name, volume in volumes.items()}
    if len(texts) == 1:
        return next(iter(texts.values()))
    return ", ".join(f"{name} {text}" for name, text in texts.items())


def render(
    form: str, rows: Sequence[Row], columns: Sequence[str] | None, width: int | None = None
) -> str:
    """Return the rows in a format of RENDERERS, without a last line break."""
    keys = columns or (*DEFAULT, *(["found"] if any(row.found for row in rows) else []))
    return RENDERERS[form](rows, keys, width if columns is None else None)


def _table(style: str, rows: Sequence[Row], keys: Sequence[str], width: int | None) -> str:
    cells = [[_cell(row.shown[key]) for key in keys] for row in rows]
    note = ""
    if style == "table" and width is not None:
        titles = {key: title for key, (title, _) in COLUMNS.items()}
        keys, cells, _, left_out = fitted([*keys], titles, cells, None, width, True)
        if left_out:
            names = ", ".join(titles[key] for key in left_out)
            note = f"\n\nNot shown for lack of width: {names}. --columns chooses."
    return drawn(style, [COLUMNS[key] for key in keys], cells) + note


def _cell(value: int | str | None) -> str:
    if value is None:
        return UNKNOWN
    return quote(value, MOST_NAME) if isinstance(value, str) else f"{value:,}"


def _csv(rows: Sequence[Row], keys: Sequence[str], width: int | None) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(keys)
    for row in rows:
        writer.writerow([_plain(row.shown[key]) for key in keys])
    return text.getvalue().rstrip("\n")


def _plain(value: int | str | None) -> int | str:
    if isinstance(value, int):
        return value
    return "" if value is None else harmless(quote(str(value), MOST_NAME))


def _json(rows: Sequence[Row], keys: Sequence[str], width: int | None) -> str:
    return "\n".join(json.dumps(row.data) for row in rows)


Renderer = Callable[[Sequence[Row], Sequence[str], "int | None"], str]
RENDERERS: dict[str, Renderer] = {
    "table": lambda *arguments: _table("table", *arguments),
    "markdown": lambda *arguments: _table("markdown", *arguments),
    "latex": lambda *arguments: _table("latex", *arguments),
    "csv": _csv,
    "json": _json,
}
