"""The page around a result: its head, its styles, and the pieces that all pages are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from shapecalc.pictures.palette import FAMILIES
from shapecalc.pictures.text import cut
from shapecalc.reports.html.markup import NOTHING, Markup, ascii_only, element, join

HERE = Path(__file__).parent
MOST_OF_A_TITLE = 56  # letters: a tab and a search engine show 70 with the program's name
UNBROKEN = "\u00a0"  # a blank at which no line ends


class Card(NamedTuple):
    """A number that a reader wants first: what it is of, itself, and what else is to be said."""

    title: str
    figure: str
    notes: Sequence[str] = ()


class Table(NamedTuple):
    """A table: the titles of its columns, whether they hold numbers, and its rows.

    The first cell of a row is its heading. `last` are totals.
    """

    titles: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[str]]
    last: Sequence[str] = ()


def page(title: str, parts: Iterable[str], notes: Iterable[str] = ()) -> str:
    """Return the whole page, without a last line break; `notes` stand at its foot."""
    head = join(
        [
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("title", f"{cut(title, MOST_OF_A_TITLE)} - shapecalc"),
            Markup(f"<style>{_file('page.css')}\n{_made()}</style>"),
        ]
    )
    version = import_module("shapecalc").__version__  # on a floor above
    foot = element("footer", *(element("p", note) for note in (*notes, f"shapecalc {version}")))
    body = element(
        "body", element("main", *parts), foot, Markup(f"<script>{_file('page.js')}</script>")
    )
    whole = element("html", element("head", head), body, lang="en")
    return ascii_only(f"<!DOCTYPE html>\n{whole}")


@cache
def _file(name: str) -> str:
    """Return a style sheet or script of ours without the blanks that a browser needs none of."""
    text = (HERE / name).read_text(encoding="utf-8")
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _made() -> str:
    """Return the styles that are made: colours of the pictures, lengths of bars in per cent."""
    colours = (f".swatch.{name}{{background:{c}}}" for name, (_, c) in FAMILIES.items())
    return "".join([*colours, *(f".w{n}{{width:{n}%}}" for n in range(1, 101))])


def heading(level: int, text: str, anchor: str | None = None) -> Markup:
    """Return a heading of a level, from 1."""
    return element(f"h{level}", text, id=anchor)


def cards(listed: Iterable[Card]) -> Markup:
    """Return numbers that a reader wants first."""
    return element("dl", *map(_card, listed), class_="cards")


def _card(card: Card) -> Markup:
    figure = element("dd", _unbroken(card.figure), class_="figure")
    return element(
        "div", element("dt", card.title), figure, *(element("dd", note) for note in card.notes)
    )


def _unbroken(figure: str) -> str:
    """Return a number that stays with its unit; two of them may stand in two lines."""
    return re.sub(r"(?<=\d) (?=[kMGTPB])", UNBROKEN, figure)


def table(label: str, made: Table) -> Markup:
    """Return a table whose cells are text or Markup; it is scrolled where it is too wide."""
    titles = (_heading_cell(text, number) for text, number in made.titles)
    parts = [
        element("thead", element("tr", *titles)),
        element("tbody", *(_row(cells, made.titles) for cells in made.rows)),
    ]
    if made.last:
        parts.append(element("tfoot", _row(made.last, made.titles)))
    drawn = element("table", *parts, class_="sortable")
    return element("div", drawn, class_="table", tabindex=0, role="group", aria_label=label)


def _heading_cell(text: str, number: bool) -> Markup:
    return element("th", text, scope="col", class_="n" if number else None)


def _row(cells: Sequence[str], titles: Sequence[tuple[str, bool]]) -> Markup:
    """Return a row; in a narrow window its cells stand below each other with their titles."""
    first, *others = cells
    made = [
        element("td", text, class_="n" if number else None, data_title=title)
        for text, (title, number) in zip(others, titles[1:], strict=True)
    ]
    return element("tr", element("th", first, scope="row"), *made)


def bar(part: int, largest: int, what: str) -> Markup:
    """Return a bar for a part of the largest one; nothing for 0."""
    if not part or not largest:
        return NOTHING
    return element("i", class_=f"{what} w{max(1, round(100 * part / largest))}")
