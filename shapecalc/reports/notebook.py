"""Results as a notebook shows them: the text, and HTML that keeps to itself.

Nothing but elements and attributes: a style sheet or a script would reach into the whole notebook,
or be dropped. The picture is an image: of an svg element, a notebook that comes from somebody else,
and is not trusted, leaves nothing but the texts.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from shapecalc.diagnostics import Diagnostic, briefly
from shapecalc.pictures import svg
from shapecalc.reports.columns import COLUMNS, cell, default_columns, rows_of, total_cells
from shapecalc.reports.html import difference as difference_page
from shapecalc.reports.html import verification as verification_page
from shapecalc.reports.html.findings import SIGNS
from shapecalc.reports.html.markup import Markup, element, join, told
from shapecalc.reports.html.page import Table
from shapecalc.reports.numbers import count
from shapecalc.reports.places import printable
from shapecalc.reports.table import heading, summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapecalc.comparison import Difference
    from shapecalc.tracing import Trace
    from shapecalc.verification import Verification

MOST_ROWS = 40  # of a table that is open from the beginning
MOST_DRAWN = 1_000  # layers
WIDTH = 900  # px of the picture

Bundle = dict[str, str]  # by media type


def of_trace(trace: Trace) -> Bundle:
    """Return the table of a network, its picture and what was found."""
    keys = default_columns([trace])
    rows = [[cell(row, key) for key in keys] for row in rows_of(trace)]
    titles = [(COLUMNS[key].title, COLUMNS[key].number) for key in keys]
    parts = [element("p", element("strong", heading(trace)))]
    if trace.layers:
        table = Table(titles, rows, total_cells(trace, keys))
        parts += [*_picture(trace), _folded(table, "layer"), element("p", *_lines(summary(trace)))]
    parts += _findings(trace.diagnostics)
    return _bundle(trace, parts)


def _picture(trace: Trace) -> Iterator[Markup]:
    """Yield the picture on white: a notebook's dark theme is not the system's."""
    if len(trace.layers) <= MOST_DRAWN:
        drawn = svg(trace, width=WIDTH, scheme="light")
        data = b64encode(drawn.encode()).decode("ascii")
        source = f"data:image/svg+xml;base64,{data}"
        alt = f"{told(trace.name or 'the network')}: the volumes, which are in the table, too"
        yield element("p", element("img", src=source, alt=alt), style="overflow-x:auto")


def of_difference(found: Difference) -> Bundle:
    """Return what differs between two networks."""
    parts = [element("p", element("strong", difference_page.verdict(found)))]
    parts += [element("p", line) for line in difference_page.beside(found)]
    if found.layers:
        parts.append(_folded(difference_page.changes(found), "layer"))
    if found.totals:
        parts.append(_table(difference_page.totals(found)))
    return _bundle(found, parts)


def of_verification(result: Verification) -> Bundle:
    """Return the checks of a network, and what disagrees."""
    title = f"{told(result.name or result.file or 'network')}: {result.settings}"
    parts = [element("p", element("strong", title))]
    parts.append(element("p", verification_page.verdict(result)))
    table = verification_page.checks(result)
    if table.rows:
        parts.append(_folded(table, "layer"))
    parts += _findings(result.diagnostics)
    return _bundle(result, parts)


def _bundle(result: object, parts: Iterable[str]) -> Bundle:
    return {"text/plain": str(result), "text/html": element("div", *parts)}


def _folded(made: Table, what: str) -> Markup:
    """Return a table that can be closed; a long one is."""
    shown = True if len(made.rows) <= MOST_ROWS else None
    title = element("summary", count(len(made.rows), what))
    return element("details", title, _table(made), open=shown)


def _table(made: Table) -> Markup:
    numbers = [number for _, number in made.titles]
    titles = (_cell("th", text, number) for text, number in made.titles)
    rows = [_row(cells, numbers) for cells in made.rows]
    foot = [element("tfoot", _row(made.last, numbers, "th"))] if made.last else []
    return element(
        "table", element("thead", element("tr", *titles)), element("tbody", *rows), *foot
    )


def _row(cells: Sequence[str], numbers: Sequence[bool], tag: str = "td") -> Markup:
    made = (_cell(tag, text, number) for text, number in zip(cells, numbers, strict=True))
    return element("tr", *made)


def _cell(tag: str, text: str, number: bool) -> Markup:
    """Return a cell. Some notebooks drop its style, and others have one for all cells."""
    side = "right" if number else "left"
    return element(tag, text, align=side, style=f"text-align:{side}")


def _lines(text: str) -> list[str]:
    """Return lines with breaks between them."""
    first, *others = text.splitlines()
    return [first, *(join([element("br"), line]) for line in others)]


def _findings(found: Sequence[Diagnostic]) -> list[Markup]:
    items = [
        element("li", f"{SIGNS[d.severity]} {d.code} {d.severity}: {printable(d.told)}", *_hint(d))
        for d in briefly(found)
    ]
    return [element("ul", *items)] if items else []


def _hint(found: Diagnostic) -> list[str]:
    return [element("br"), printable(found.hint)] if found.hint else []
