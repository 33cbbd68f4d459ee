"""The report as CSV: a line a layer, plain numbers, the unknown empty."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from shapecalc.diagnostics import quote
from shapecalc.reports.columns import default_columns, harmless, plain_cell, rows_of
from shapecalc.tracing import Trace


def render(
    trace: Trace,
    columns: Sequence[str] | None = None,
    depth: int | None = None,
    file: str | None = None,
    heading: bool = True,
) -> str:
    """Return the lines without a last line break; `file` adds a first column with its name."""
    columns = columns or default_columns([trace])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    extra = [] if file is None else [harmless(quote(file, 400))]
    if heading:
        writer.writerow([*(["file"] if extra else []), *columns])
    for row in rows_of(trace, depth):
        writer.writerow([*extra, *(plain_cell(row, key) for key in columns)])
    return text.getvalue().rstrip("\n")
