"""The columns of a report: what each shows of a record, as text for people or plain for CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from shapecalc.diagnostics import Path, quote
from shapecalc.layers.base import show
from shapecalc.quantities import REPORTED, Quantity
from shapecalc.records import LayerRecord, total_of
from shapecalc.tracing import Trace

if TYPE_CHECKING:
    from shapecalc.footprint import Memory

UNKNOWN = "?"  # never 0


class Row(NamedTuple):
    """One line of a report: a layer, or an instance of a block folded into one line."""

    name: str
    kind: str  # with its fields
    plain_kind: str
    records: Sequence[LayerRecord]
    found: tuple[str, ...] = ()  # codes of errors and warnings
    memory: Memory | None = None  # of the network, where it is asked for

    @property
    def no_field(self) -> bool:
        """Whether there is no receptive field, or no jump in it, which is not the unknown."""
        field = self.records[-1].field
        return field is not None and (not field.extent or field.sizes() is not None)

    def total(self, quantity: Quantity) -> int | None:
        """Return one of its counts; shared weights inside an instance count once."""
        records = self.records
        return quantity.of(records[0]) if len(records) == 1 else total_of(quantity, records)

    def bytes_of(self, key: str) -> int | None:
        """Return the bytes of its output, or those that are kept for the backward pass."""
        if self.memory is None:
            return None
        found = [getattr(self.memory.layers[record.name], key) for record in self.records]
        return None if None in found else sum(found)


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
    "output_bytes": Column("output bytes", True, lambda row: row.bytes_of("output_bytes")),
    "kept_bytes": Column("kept bytes", True, lambda row: row.bytes_of("kept_bytes")),
    "found": Column("found", False, lambda row: row.found),
}
OF_MEMORY = ("output_bytes", "kept_bytes")  # columns that there are where memory is asked for
WITH_MEMORY = ("name", "kind", "output", "parameters", *OF_MEMORY)  # shown then, unless others are
DEFAULT = ("name", "kind", "output", *(quantity.key for quantity in REPORTED if quantity.usual))
FLAT_FIELDS = ("receptive_field", "jump")  # a flat input has none, which is not the unknown


def default_columns(traces: Iterable[Trace], memory: bool = False) -> tuple[str, ...]:
    """Return the columns of a report of these networks, or of one of their memory.

    Whose weights are shared, and where something was found, is shown if it is so anywhere.
    """
    first = WITH_MEMORY if memory else DEFAULT
    shared = found = False
    for trace in traces:
        shared = shared or any(record.shared is not None for record in trace.layers)
        found = found or bool(codes_by_layer(trace))
    return (*first, *(["shares"] if shared else []), *(["found"] if found else []))


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


def rows_of(trace: Trace, depth: int | None = None, memory: Memory | None = None) -> list[Row]:
    """Return a row for each layer; instances nested deeper than `depth` become one row each."""
    folds = {} if depth is None else trace.spec.folded(depth)
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
    return rows if memory is None else [row._replace(memory=memory) for row in rows]


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


def total_cells(trace: Trace, keys: Sequence[str], memory: Memory | None = None) -> list[str]:
    """Return the last line of a report: the totals under their columns."""
    totals: dict[str, int | None] = dict(trace.totals)
    if memory is not None:
        outputs = [layer.output_bytes for layer in memory.layers.values()]
        known = [size for size in outputs if size is not None]
        totals["output_bytes"] = sum(known) if len(known) == len(outputs) else None
        totals["kept_bytes"] = memory.kept
    cells = []
    for key in keys:
        if key in totals:
            total = totals[key]
            cells.append(UNKNOWN if total is None else f"{total:,}")
        else:
            cells.append("total" if key == keys[0] else "")
    return cells
