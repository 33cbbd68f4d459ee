"""Verifications as a page: what agrees, what does not, and by how much, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shapecalc.reports import verification_table as wording
from shapecalc.reports.html import findings
from shapecalc.reports.html.markup import Markup, element, join, told
from shapecalc.reports.html.page import Card, Table, cards, heading, page, table
from shapecalc.reports.numbers import crossed
from shapecalc.verification import Check, Verification

SIZES = ("output", "receptive_field")
INDEX = (
    ("network", False),
    ("file", False),
    ("checks", True),
    ("disagree", True),
    ("result", False),
)


def render(results: Iterable[Verification]) -> str:
    """Return the page of verifications, with an index where there are several."""
    made = [
        (_title(result), _entry(result, n), _parts(result, n))
        for n, result in enumerate(results, 1)
    ]
    if len(made) == 1:
        ((title, _, parts),) = made
        return page(f"{title}: verification", [heading(1, title), *parts])
    title = f"{len(made):,} networks verified"
    index = table("All files", Table(INDEX, [entry for _, entry, _ in made]))
    articles = [
        element("article", heading(2, name, f"n{number}"), *parts)
        for number, (name, _, parts) in enumerate(made, 1)
    ]
    return page(title, [heading(1, title), index, *articles])


def _title(result: Verification) -> str:
    return told(result.name or result.file or "network")


def _entry(result: Verification, number: int) -> list[str]:
    wrong = sum(not check.agrees for check in result.checks)
    link = element("a", _title(result), href=f"#n{number}")
    return [
        link,
        told(result.file or ""),
        f"{len(result.checks):,}",
        f"{wrong:,}",
        verdict(result),
    ]


def verdict(result: Verification) -> Markup:
    """Return the result in a line."""
    said = wording.summary(result)
    if result.agrees:
        return element("span", f"✓ {said}", class_="good")
    return element("span", f"✗ {said}", class_="wrong")


def _parts(result: Verification, number: int) -> list[Markup]:
    parts = [
        element(
            "p", " · ".join(filter(None, (result.settings, told(result.file or "")))), class_="soft"
        ),
        element("p", verdict(result)),
    ]
    if result.checks:
        parts.append(cards(_sums(result.checks)))
    if result.diagnostics:
        parts.append(findings.listed(result.diagnostics, (), f"n{number}"))
    made = checks(result)
    if made.rows:
        parts.append(table("Checks of the layers", made))
    others = [check for check in result.checks if check.layer is None or check.example]
    if others:
        items = (element("li", _marked(wording.line(check), check.agrees)) for check in others)
        parts.append(element("ul", *items, class_="checks"))
    notes = wording.notes(result)
    return [*parts, *(element("p", note, class_="soft") for note in notes)]


def checks(result: Verification) -> Table:
    """Return a row for each layer that was checked."""
    titles = [("layer", False), *((title, False) for title in wording.TITLES.values())]
    layers = wording.by_layer(result.checks)
    return Table(titles, [[told(name), *_cells(found)] for name, found in layers.items()])


def _sums(checks: Sequence[Check]) -> list[Card]:
    """Return how many checks there are, how many disagree, and the largest error of a gradient."""
    wrong = sum(not check.agrees for check in checks)
    errors = [
        check.executed
        for check in checks
        if check.quantity == "gradient" and check.executed is not None
    ]
    made = [
        Card("Checks", f"{len(checks):,}"),
        Card("Agree", f"{len(checks) - wrong:,}"),
        Card("Disagree", f"{wrong:,}"),
    ]
    if errors:
        made.append(Card("Largest error of a gradient", f"{max(errors):.1e}", ["relative"]))
    return made


def _cells(checks: Sequence[Check]) -> list[str]:
    """Return what each column says of one layer, with its sign."""
    cells: list[str] = []
    for column, text in zip(wording.TITLES, wording.cells(checks), strict=True):
        own = [check for check in checks if check.quantity == column]
        shown = crossed(text) if column in SIZES else text
        cells.append(_marked(shown, all(check.agrees for check in own)) if own else "")
    return cells


def _marked(text: str, agrees: bool) -> Markup:
    if agrees:
        return join([element("span", "✓", class_="good"), f" {told(text)}"])
    return element("span", f"✗ {told(text)}", class_="wrong")
