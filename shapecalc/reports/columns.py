"""The columns of a report: what each shows of a record, as text for people or plain for CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from shapecalc.diagnostics import Path, quote
from shapecalc.layers.base import show
from shapecalc.quantities import REPORTED, Quantity
from shapecalc.records import LayerRecord, total_of
from shapecalc.tracing import Trace

UNKNOWN = "?"  # never 0


class Row(NamedTuple):
    """One line of a report: a layer, or an instance of a block folded into one line."""

    name: str
    kind: str  # with its fields
    plain_kind: str
    records: Sequence[LayerRecord]
    found: tuple[str, ...] = ()  # codes of errors and warnings

    @property
    def no_field(self) -> bool:
        """Whether there is no receptive field, or no jump in it, which is not the unknown."""
        field = self.records[-1].field
        return field is not None and (not field.extent or field.sizes() is not None)

    def total(self, quantity: Quantity) -> int | None:
        """Return one of its counts; shared weights inside an instance count once."""
        records = self.records
        return quantity.of(records[0]) if len(records) == 1 else total_of(quantity, records)


class Column(NamedTuple):
    """A column: its title, whether it holds numbers, and what it shows of a row."""

    title: str
    number: bool
    value: Callable[[Row], Any]


def _count(quantity: Quantity) -> Column:
    return Column(quantity.title, True, lambda row: row.total(quantity))


def _shares(row: Row) -> str:
    return row.records[0].shared or "" if len(row.records) == 1 else ""


COLUMNS: dict[str, Column] = {
    "name": Column("layer", False, lambda row: row.name),
    "kind": Column("what it is", False, lambda row: row.kind),
    "from": Column("from", False, lambda row: row.records[0].sources),
    "input": Column("input", False, lambda row: row.records[0].input),
    "output": Column("output", False, lambda row: row.records[-1].output),
    **{quantity.key: _count(quantity) for quantity in REPORTED},
    "receptive_field": Column(
        "receptive field", False, lambda row: row.records[-1].receptive_field
    ),
    "jump": Column("jump", False, lambda row: row.records[-1].jump),
    "shares": Column("shares", False, _shares),
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
        shared = shared or any(record.shared is not None for record in trace.layers)
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
    if any(finding.layer is None for finding in serious):
        for record in trace.layers:
            layers.setdefault(record.path, []).append(record.name)
    codes: dict[str, dict[str, None]] = {}
    for finding in serious:
        if (finding.fault.code, trace.spec.document.where(finding.path)) in behind:
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
        instance = folds.get(index)
        end = index + 1 if instance is None else instance.end
        records = trace.layers[index:end]
        inside = [found[record.name] for record in records if record.name in found]
        codes = tuple(dict.fromkeys(chain.from_iterable(inside)))
        rows.append(
            _row(records[0], codes) if instance is None else _folded(instance, records, codes)
        )
        index = end
    return rows


def _folds(trace: Trace, depth: int) -> dict[int, Any]:
    """Return the outermost instances deeper than `depth`, by the index of their first layer."""
    folds: dict[int, Any] = {}
    for instance in trace.spec.instances:
        level = instance.name.count(".") + 1
        if instance.scope is not None and level > depth and instance.end > instance.first:
            folds.setdefault(instance.first, instance)  # the outer one is listed first
    return folds


def _row(record: LayerRecord, found: tuple[str, ...]) -> Row:
    return Row(record.name, record.summary, record.kind, (record,), found)


def _folded(instance: Any, records: Sequence[LayerRecord], found: tuple[str, ...]) -> Row:
    kind = f"{instance.kind}, {len(records)} layers"
    return Row(instance.name, kind, instance.kind, records, found)


def cell(row: Row, key: str) -> str:
    """Return a cell for people: thousands separated, the unknown as `?`."""
    value = COLUMNS[key].value(row)
    if value is None:
        return "-" if key in FLAT_FIELDS and row.no_field else UNKNOWN
    if isinstance(value, int) or COLUMNS[key].number:
        return f"{value:,}"
    return quote(_text(value, ", "), 400)


def plain_cell(row: Row, key: str) -> int | str:
    """Return a cell for programs: numbers without separators, the unknown empty."""
    value = row.plain_kind if key == "kind" else COLUMNS[key].value(row)
    if value is None:
        return ""
    return value if isinstance(value, int) else quote(_text(value, " "), 400)


def _text(value: Any, between: str) -> str:
    if isinstance(value, tuple):
        if not any(isinstance(part, str | tuple) for part in value):
            return numbers(value)
        return between.join(part if isinstance(part, str) else show(part) for part in value)
    return str(value)


def numbers(values: Sequence[int | float | None]) -> str:
    """Return sizes as `11x11`, those not known as `?x?`; fractions of a jump as `0.5x0.5`."""
    return show(f"{v:g}" if isinstance(v, float) else v for v in values)


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
