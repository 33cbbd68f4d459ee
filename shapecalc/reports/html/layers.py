"""The table of layers on a page: a row each, with bars, the working and what was found there."""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.diagnostics import briefly
from shapecalc.pictures.families import family_of
from shapecalc.pictures.text import volume_text
from shapecalc.quantities import QUANTITIES
from shapecalc.reports import Layout
from shapecalc.reports.bars import comparable
from shapecalc.reports.columns import (
    COLUMNS,
    OF_MEMORY,
    Row,
    cell,
    default_columns,
    numbers,
    rows_of,
    total_cells,
)
from shapecalc.reports.html import findings
from shapecalc.reports.html.markup import Markup, element, join
from shapecalc.reports.html.page import bar
from shapecalc.reports.numbers import crossed, volumes
from shapecalc.tracing import Trace
from shapecalc.volumes import plain

DEFAULT = ("name", "kind", "output", "parameters", "macs", "activations", "receptive_field")
SIZES = ("input", "output", "receptive_field", "jump")
MOST_WORKED = 3_000  # layers whose working is on the page
MANY = 8  # columns; of more, numbers have no more room than they need
ONE_LINE = 16  # letters that a cell has in one line; beside others the working has no room
COLOURED = ("macs", "parameters", "activations")


class LayerTable:
    """The table of a network's layers. `anchors` are the places of the rows by layers' names."""

    def __init__(self, trace: Trace, layout: Layout, anchor: str) -> None:
        self.trace, self.anchor = trace, anchor
        self.rows = rows_of(trace, layout.depth, layout.memory)
        self.memory = layout.memory
        self.anchors: dict[str, str] = {}  # where a name is used twice, the first one's
        for number, row in enumerate(self.rows, 1):
            for record in row.records:
                self.anchors.setdefault(record.name, f"{anchor}-l{number}")
        more = [key for key in default_columns([trace]) if key in ("shares", "found")]
        memory = () if layout.memory is None else OF_MEMORY
        self.keys = list(layout.columns or (*DEFAULT, *memory, *more))
        self.worked = "kind" in self.keys and len(self.rows) <= MOST_WORKED
        self.largest = {
            key: max((plain(row.total(QUANTITIES[key])) or 0 for row in self.rows), default=0)
            for key in self.keys
            if comparable(key, self.rows)
        }
        self.told = findings.anchors(briefly(trace.diagnostics), anchor, self.anchors)

    def drawn(self) -> Iterator[Markup]:
        """Yield what is to be said of the table, and the table."""
        if self.worked:
            yield element("p", "The + behind a layer opens its working.", class_="soft")
        if any(record.shared for record in self.trace.layers):
            said = "Layers that share weights are listed with them; the totals count them once."
            yield element("p", said, class_="soft")
        last = [
            _cell(key, text)
            for key, text in zip(
                self.keys, total_cells(self.trace, self.keys, self.memory), strict=True
            )
        ]
        yield element(
            "table",
            element("thead", element("tr", *map(_title, self.keys))),
            element("tbody", *map(self._row, self.rows, range(1, len(self.rows) + 1))),
            element("tfoot", element("tr", element("th", "total", scope="row"), *last[1:])),
            class_="layers sortable many" if len(self.keys) > MANY else "layers sortable",
        )

    def _row(self, row: Row, number: int) -> Markup:
        first, *others = self.keys
        heading = element("th", self._text(row, first), scope="row")
        texts = {key: self._text(row, key) for key in others}
        tall = any(len(cell(row, key)) > ONE_LINE for key in others if key != "kind")
        cells = (_cell(key, text) for key, text in texts.items())
        place = f"{self.anchor}-l{number}"
        return element("tr", heading, *cells, id=place, class_="tall" if tall else None)

    def _text(self, row: Row, key: str) -> str:
        """Return what a cell has: a count has a bar, a code leads to its finding."""
        if key == "found":
            return join((self._link(row, code) for code in row.found), ", ")
        text = cell(row, key)
        if key == "name":
            return join([_swatch(row), *_nested(text)])
        if key == "kind":
            return self._worked(row, text)
        if key in self.largest:
            part = plain(row.total(QUANTITIES[key])) or 0
            kind = key if key in COLOURED else "parameters"
            return join([text, bar(part, self.largest[key], kind)])
        return _sizes(row, key) or text

    def _worked(self, row: Row, text: str) -> str:
        """Return what a layer is, behind which its working is."""
        if len(row.records) != 1 or not self.worked:
            return text
        working = element("pre", "\n".join(row.records[0].derivation or ["unknown"]))
        return element("details", element("summary", text), working)

    def _link(self, row: Row, code: str) -> Markup:
        """Return a code with a link to where it is told of, if it is."""
        places = (f"{self.anchors[row.records[0].name]}-{code}", f"{self.anchor}-{code}")
        place = next((place for place in places if place in self.told), None)
        return join([code]) if place is None else element("a", code, href=f"#{place}")


def _sizes(row: Row, key: str) -> str:
    """Return known sizes with crosses, of a column that has some."""
    value = COLUMNS[key].value(row)
    if value is None or key not in SIZES:
        return ""
    if key == "jump":
        return crossed(numbers(value))
    return volumes(value) if key == "input" else volume_text(value)


def _swatch(row: Row) -> Markup:
    """Return the colour that the layer has in the pictures."""
    family = "block" if len(row.records) > 1 else family_of(row.plain_kind)
    return element("span", class_=f"swatch {family}")


def _nested(name: str) -> Iterator[str]:
    """Yield the instances in which a layer is, and its own name, which may break behind a word."""
    outer, dot, inner = name.rpartition(".")
    if outer:
        yield element("span", _breaking(outer + dot, "."), class_="soft")
    yield _breaking(inner, "_")


def _breaking(text: str, mark: str) -> Markup:
    """Return a text that may break behind every one of a mark."""
    first, *others = text.split(mark)
    return join([first, *(join([mark, element("wbr"), other]) for other in others)])


def _title(key: str) -> Markup:
    column = COLUMNS[key]
    return element("th", column.title, scope="col", class_="n" if column.number else None)


def _cell(key: str, text: str) -> Markup:
    """Return a cell; in a narrow window the title of its column stands above a number."""
    if not COLUMNS[key].number:
        return element("td", text, class_=key)
    title = COLUMNS[key].title if text else None
    return element("td", text, class_="n zero" if text == "0" else "n", data_title=title)
