"""The report of a weight file: its tensors, and their sums by type. Tied ones count once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from shapecalc.diagnostics import quote
from shapecalc.reports import Layout
from shapecalc.reports.csv_text import harmless
from shapecalc.reports.table import as_written, drawn

if TYPE_CHECKING:
    from shapecalc.checkpoints import Weights
    from shapecalc.checkpoints.base import Tensor

SCHEMA = "shapecalc.weights/1"
MOST_NAME = 400


class Row(NamedTuple):
    """A tensor, and the name of the one whose values it has, if it is not the first."""

    tensor: Tensor
    shares: str | None


class Column(NamedTuple):
    """A column: its title, whether it holds numbers, and what it shows of a tensor."""

    title: str
    number: bool
    value: Callable[[Row], Any]


COLUMNS = {
    "name": Column("tensor", False, lambda row: row.tensor.name),
    "shape": Column("shape", False, lambda row: shape_text(row.tensor.shape)),
    "dtype": Column("type", False, lambda row: row.tensor.dtype),
    "values": Column("values", True, lambda row: row.tensor.values),
    "bytes": Column("bytes", True, lambda row: row.tensor.bytes),
    "shares": Column("shares", False, lambda row: row.shares or ""),
}
DEFAULT = ("name", "shape", "dtype", "values", "bytes")


class Sums(NamedTuple):
    """How many tensors there are, and how many values and bytes they have together."""

    tensors: int
    values: int
    bytes: int | None


def rows_of(weights: Weights) -> list[Row]:
    """Return all tensors in the order of the file, each with what it shares."""
    first: dict[Hashable, str] = {}
    rows = []
    for tensor in weights.checkpoint.tensors:
        owner = None
        if tensor.identity is not None:
            owner = first.setdefault(tensor.identity, tensor.name)
        rows.append(Row(tensor, None if owner == tensor.name else owner))
    return rows


def sums_of(rows: Sequence[Row]) -> Sums:
    """Return the sums of tensors; values that several share count once."""
    own = [row.tensor for row in rows if row.shares is None]
    sizes = [tensor.bytes for tensor in own]
    known = [size for size in sizes if size is not None]
    values = sum(tensor.values for tensor in own)
    return Sums(len(rows), values, sum(known) if len(known) == len(sizes) else None)


def by_dtype(rows: Sequence[Row]) -> dict[str, Sums]:
    """Return the sums of each type, the largest first."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.tensor.dtype, []).append(row)
    sums = {dtype: sums_of(group) for dtype, group in groups.items()}
    return dict(sorted(sums.items(), key=lambda item: -item[1].values))


def shape_text(shape: Sequence[int]) -> str:
    """Return a shape as frameworks print it, `[64, 3, 7, 7]`: its axes are no volume's."""
    return f"[{', '.join(map(str, shape))}]"


# -- for people ------------------------------------------------------------------------------------


def _table(style: str, weights: Weights, name: str, layout: Layout) -> str:
    rows = rows_of(weights)
    keys = layout.columns or (*DEFAULT, *(["shares"] if any(r.shares for r in rows) else []))
    columns = [COLUMNS[key] for key in keys]
    cells = [[_cell(column.value(row)) for column in columns] for row in rows]
    totals = sums_of(rows)._asdict()
    last = ["total" if key == keys[0] else "" for key in keys]
    last = [_cell(totals[k]) if k in totals else text for k, text in zip(keys, last, strict=True)]
    titles = [(column.title, column.number) for column in columns]
    parts = [_heading(style, weights, name), drawn(style, titles, cells, last), _notes(rows)]
    if style == "latex":
        parts[2] = "\n".join(f"% {line}" for line in parts[2].splitlines())
    return "\n\n".join(parts)


def _cell(value: int | str | None) -> str:
    if value is None:
        return "?"
    return f"{value:,}" if isinstance(value, int) else quote(value, MOST_NAME)


def _heading(style: str, weights: Weights, name: str) -> str:
    within = weights.checkpoint.within
    where = f", in {within}" if within else ""
    title = as_written(f"{quote(name, MOST_NAME)} ({weights.format}{where})", style)
    return {"markdown": "## ", "latex": "% "}.get(style, "") + title


def _notes(rows: Sequence[Row]) -> str:
    groups = by_dtype(rows)
    lines = [_sentence("all" if len(groups) != 1 else next(iter(groups)), sums_of(rows))]
    if len(groups) > 1:
        lines += [_sentence(dtype, sums) for dtype, sums in groups.items()]
    if any(row.shares for row in rows):
        lines.append("Tensors that share their values are listed; the sums count them once.")
    return "\n".join(lines)


def _sentence(what: str, sums: Sums) -> str:
    tensors = f"{sums.tensors:,} {'tensor' if sums.tensors == 1 else 'tensors'}"
    values = f"{sums.values:,} {'value' if sums.values == 1 else 'values'}"
    return f"{what}: {tensors}, {values}, {_cell(sums.bytes)} bytes"


# -- for programs ----------------------------------------------------------------------------------


def _csv(weights: Weights, name: str, layout: Layout) -> str:
    keys = layout.columns or DEFAULT
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    extra = [] if layout.file is None else [harmless(quote(layout.file, MOST_NAME))]
    if layout.heading:
        writer.writerow([*(["file"] if extra else []), *keys])
    for row in rows_of(weights):
        cells = (_plain(COLUMNS[key].value(row)) for key in keys)
        writer.writerow([*extra, *cells])
    return text.getvalue().rstrip("\n")


def _plain(value: int | str | None) -> int | str:
    if value is None or isinstance(value, int):
        return "" if value is None else value
    return harmless(quote(value, MOST_NAME))


def _json(weights: Weights, name: str, layout: Layout) -> str:
    rows = rows_of(weights)
    found = {
        "schema": SCHEMA,
        "file": name,
        "format": weights.format,
        "within": weights.checkpoint.within,
        "tensors": [
            {
                "name": tensor.name,
                "shape": list(tensor.shape),
                "dtype": tensor.dtype,
                "values": tensor.values,
                "bytes": tensor.bytes,
                "shares": shares,
            }
            for tensor, shares in rows
        ],
        "totals": sums_of(rows)._asdict(),
        "dtypes": {dtype: sums._asdict() for dtype, sums in by_dtype(rows).items()},
    }
    return json.dumps(found, indent=2 if layout.file is None else None)


def render(form: str, weights: Weights, name: str, layout: Layout) -> str:
    """Return the report in a format, without a last line break. Raises KeyError for another."""
    made = RENDERERS[form](weights, name, layout)
    if form in TABLES and layout.file:
        return f"{'% ' if form == 'latex' else ''}{layout.file}\n{made}"
    return made


Renderer = Callable[["Weights", str, Layout], str]
TABLES = ("table", "markdown", "latex")
RENDERERS: dict[str, Renderer] = {
    "table": lambda *arguments: _table("table", *arguments),
    "markdown": lambda *arguments: _table("markdown", *arguments),
    "latex": lambda *arguments: _table("latex", *arguments),
    "csv": _csv,
    "json": _json,
}
