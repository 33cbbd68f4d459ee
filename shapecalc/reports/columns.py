"""The columns of a report: what each shows of a record, as text for people or plain for CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from shapecalc.diagnostics import Path, quote, where
from shapecalc.layers.base import show
from shapecalc.quantities import REPORTED, Quantity
from shapecalc.records import LayerRecord, totals_of
from shapecalc.tracing import Trace

UNKNOWN = "?"  # never 0


class Row(NamedTuple):
    """One line of a report: a layer, or an instance of a block folded into one line."""

    name: str
    kind: str  # with its fields
    plain_kind: str
    sources: tuple[str, ...] | None
    input: tuple[tuple[int, ...], ...] | None
    output: tuple[int, ...] | None
    counts: Mapping[str, int | None]
    receptive_field: tuple[int | float, ...] | None
    jump: tuple[int | float, ...] | None
    shares: str | None
    no_field: bool  # there is no receptive field, or no jump in it
    found: tuple[str, ...] = ()  # codes of errors and warnings


class Column(NamedTuple):
    """A column: its title, whether it holds numbers, and what it shows of a row."""

    title: str
    number: bool
    value: Callable[[Row], Any]


def _count(quantity: Quantity) -> Column:
    return Column(quantity.title, True, lambda row: row.counts[quantity.key])


COLUMNS: dict[str, Column] = {
    "name": Column("layer", False, lambda row: row.name),
    "kind": Column("what it is", False, lambda row: row.kind),
    "from": Column("from", False, lambda row: row.sources),
    "input": Column("input", False, lambda row: row.input),
    "output": Column("output", False, lambda row: row.output),
    **{quantity.key: _count(quantity) for quantity in REPORTED},
    "receptive_field": Column("receptive field", False, lambda row: row.receptive_field),
    "jump": Column("jump", False, lambda row: row.jump),
    "shares": Column("shares", False, lambda row: row.shares or ""),
    "found": Column("found", False, lambda row: row.found),
}
DEFAULT = ("name", "kind", "output", *(quantity.key for quantity in REPORTED if quantity.usual))
FLAT_FIELDS = ("receptive_field", "jump")  # a flat input has none, which is not the unknown


def default_columns(traces: Iterable[Trace]) -> tuple[str, ...]:
    """Return the columns of a report of these networks.

    Whose weights are shared, and where something was found, is shown if it is so anywhere.
    """
    shared = found = False
    for trace in traces:
        shared = shared or any(record.shares is not None for record in trace.layers)
        found = found or bool(codes_by_layer(trace))
    return (*DEFAULT, *(["shares"] if shared else []), *(["found"] if found else []))


def codes_by_layer(trace: Trace) -> dict[str, tuple[str, ...]]:
    """Return the codes of the errors and warnings of every layer that has some.

    What is only the consequence of another finding marks no layer.
    """
    serious = [finding for finding in trace.findings if finding.severity != "advice"]
    if not serious:
        return {}
    behind = {(d.code, d.where) for found in trace.diagnostics for d in found.consequences}
    layers: dict[Path, list[str]] = {}
    for record in trace.layers:
        layers.setdefault(record.path, []).append(record.name)
    codes: dict[str, dict[str, None]] = {}
    for finding in serious:
        if (finding.fault.code, where(finding.path)) in behind:
            continue
        for name in [finding.layer] if finding.layer else _layers_at(finding.path, layers):
            codes.setdefault(name, {})[finding.fault.code] = None
    return {name: tuple(found) for name, found in codes.items()}


def _layers_at(path: Path, layers: Mapping[Path, list[str]]) -> list[str]:
    """Return the layers that a path leads to or into."""
    ends = (path[:length] for length in range(len(path), 0, -1))
    return next((layers[start] for start in ends if start in layers), [])


def rows_of(trace: Trace, depth: int | None = None) -> list[Row]:
    """Return a row for each layer; instances nested deeper than `depth` become one row each."""
    folds = {} if depth is None else _folds(trace, depth)
    found = codes_by_layer(trace)
    rows, index = [], 0
    while index < len(trace.layers):
        group = folds.get(index)
        end = index + 1 if group is None else group.end
        row = _row(trace.layers[index]) if group is None else _folded(trace, group)
        if found:
            inside = (found.get(record.name, ()) for record in trace.layers[index:end])
            row = row._replace(found=tuple(dict.fromkeys(chain.from_iterable(inside))))
        rows.append(row)
        index = end
    return rows


def _folds(trace: Trace, depth: int) -> dict[int, Any]:
    """Return the outermost instances deeper than `depth`, by the index of their first layer."""
    folds: dict[int, Any] = {}
    for group in trace.spec.groups:
        level = group.name.count(".") + 1
        if group.scope is not None and level > depth and group.end > group.first:
            folds.setdefault(group.first, group)  # the outer one is listed first
    return folds


def _row(record: LayerRecord) -> Row:
    return Row(
        record.name, record.described, record.kind, record.sources, record.input, record.output,
        {quantity.key: quantity.of(record) for quantity in REPORTED},
        record.receptive_field, record.jump, record.shares, _has_no_field(record),
    )  # fmt: skip


def _has_no_field(record: LayerRecord) -> bool:
    field = record.field
    return field is not None and (not field.extent or field.sizes() is not None)


def _folded(trace: Trace, group: Any) -> Row:
    records = trace.layers[group.first : group.end]
    first, last = records[0], records[-1]
    kind = f"{group.kind}, {len(records)} layers"
    return Row(
        group.name, kind, group.kind, first.sources, first.input, last.output, totals_of(records),
        last.receptive_field, last.jump, None, _has_no_field(last),
    )  # fmt: skip


def cell(row: Row, key: str) -> str:
    """Return a cell for people: thousands separated, the unknown as `?`."""
    value = COLUMNS[key].value(row)
    if value is None:
        return "-" if key in FLAT_FIELDS and row.no_field else UNKNOWN
    if isinstance(value, int):
        return f"{value:,}"
    return quote(_text(value, ", "), 400)


def plain_cell(row: Row, key: str) -> str:
    """Return a cell for programs: numbers without separators, the unknown empty."""
    value = row.plain_kind if key == "kind" else COLUMNS[key].value(row)
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else harmless(quote(_text(value, " "), 400))


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@") else text


def _text(value: Any, between: str) -> str:
    if isinstance(value, tuple):
        if all(isinstance(part, int | float) for part in value):
            return numbers(value)
        return between.join(part if isinstance(part, str) else show(part) for part in value)
    return str(value)


def numbers(values: Sequence[int | float]) -> str:
    """Return sizes as `11x11`; fractions of a jump as `0.5x0.5`."""
    return "x".join(f"{v:g}" if isinstance(v, float) else str(v) for v in values)


def total_cells(trace: Trace, keys: Sequence[str]) -> list[str]:
    """Return the last line of a report: the totals under their columns."""
    cells = []
    for key in keys:
        if key in trace.totals:
            total = trace.totals[key]
            cells.append(UNKNOWN if total is None else f"{total:,}")
        else:
            cells.append("total" if key == keys[0] else "")
    return cells
