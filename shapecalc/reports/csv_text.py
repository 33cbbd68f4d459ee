"""The report as CSV: a line a layer, plain numbers, the unknown empty."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shapecalc.diagnostics import quote
from shapecalc.reports import Format, Layout
from shapecalc.reports.columns import default_columns, plain_cell, rows_of
from shapecalc.tracing import Trace

if TYPE_CHECKING:
    from shapecalc.footprint import Memory

FORMULAS = "=+-@\t\r\n"  # what a formula begins with


def render(
    trace: Trace,
    columns: Sequence[str] | None = None,
    depth: int | None = None,
    file: str | None = None,
    heading: bool = True,
    memory: Memory | None = None,
) -> str:
    """Return the lines without a last line break; `file` adds a first column with its name."""
    columns = columns or default_columns([trace], memory is not None)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    extra = [] if file is None else [harmless(quote(file, 400))]
    if heading:
        writer.writerow([*(["file"] if extra else []), *columns])
    for row in rows_of(trace, depth, memory):
        cells = (plain_cell(row, key) for key in columns)
        writer.writerow([*extra, *(c if isinstance(c, int) else harmless(c) for c in cells)])
    return text.getvalue().rstrip("\n")


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula; wide signs such as U+FF1D are signs."""
    first = text.lstrip(" \xa0\u3000")[:1]
    if first and not first.isascii():
        from unicodedata import normalize  # seldom needed

        first = normalize("NFKC", first)
    return "'" + text if first and first in FORMULAS else text


def _report(trace: Trace, layout: Layout) -> str:
    shown = (layout.columns, layout.depth, layout.file, layout.heading, layout.memory)
    return render(trace, *shown)


CSV = Format(_report, even=True)
