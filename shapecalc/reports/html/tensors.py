"""The report of a weight file as a page: its tensors, and their sums by type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapecalc.pictures.text import short
from shapecalc.reports import weights as listing
from shapecalc.reports.columns import UNKNOWN
from shapecalc.reports.html.markup import Markup, element, join, told
from shapecalc.reports.html.page import Card, Table, bar, cards, table
from shapecalc.reports.numbers import of_unit

if TYPE_CHECKING:
    from shapecalc.checkpoints import Weights


def parts(weights: Weights) -> list[Markup]:
    """Return what is on the page of a weight file, below its heading."""
    rows = listing.rows_of(weights)
    sums = listing.sums_of(rows)
    within = weights.checkpoint.within
    about = f"{weights.format}, in {told(within)}" if within else weights.format
    made = [
        Card("Tensors", f"{sums.tensors:,}"),
        Card("Values", short(sums.values)),
        Card("Bytes", of_unit(sums.bytes, "B")),
    ]
    made += [
        Card(told(dtype), short(of_type.values), [f"values in {of_type.tensors:,} tensors"])
        for dtype, of_type in listing.by_dtype(rows).items()
    ]
    largest = max((row.tensor.values for row in rows), default=0)
    keys = (*listing.DEFAULT, *(["shares"] if any(row.shares for row in rows) else []))
    columns = [listing.COLUMNS[key] for key in keys]
    cells = [[_cell(key, listing.COLUMNS[key].value(row), largest) for key in keys] for row in rows]
    titles = [(column.title, column.number) for column in columns]
    return [
        element("p", about, class_="soft"),
        cards(made),
        table("Tensors", Table(titles, cells)),
    ]


def _cell(key: str, value: int | str | None, largest: int) -> str:
    if value is None:
        return UNKNOWN
    if not isinstance(value, int):
        return told(value)
    text = f"{value:,}"
    return join([text, bar(value, largest, "parameters")]) if key == "values" else text
