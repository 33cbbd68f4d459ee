"""Findings on a page: each with its place, the line of the file that it is about, and its hint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from shapecalc.diagnostics import Diagnostic
from shapecalc.document import Document
from shapecalc.reports.html.markup import NOTHING, Markup, element, join, told
from shapecalc.reports.numbers import count
from shapecalc.reports.places import printable

MOST_OF_A_LINE = 200  # characters that are shown
LINES_AROUND = 1  # in front of the one at fault
SIGNS = {"error": "✗", "warning": "!", "advice": "i"}  # nothing is told by colour alone
COUNTED = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "advice": ("advice", "advice"),
}

Lines = Sequence[str]  # of the file


def lines_of(document: Document) -> Lines:
    """Return the lines of a document that was written as text; none of another."""
    source = document.source
    return [] if source is None else source.text.splitlines()


def listed(
    found: Sequence[Diagnostic], lines: Lines, anchor: str, layers: Mapping[str, str] | None = None
) -> Markup:
    """Return findings as a list. `layers` has the anchors of layers by their names.

    The first finding of a code at a layer has the anchor that `anchor_of` gives.
    """
    met: set[str] = set()
    items = []
    for diagnostic in found:
        name = anchor_of(diagnostic, anchor, layers or {})
        items.append(_item(diagnostic, lines, None if name in met else name, layers or {}))
        met.add(name)
    return element("ul", *items, class_="findings")


def anchor_of(found: Diagnostic, anchor: str, layers: Mapping[str, str]) -> str:
    """Return the name of the place on the page at which a finding is told of."""
    at = layers.get(found.layer) if found.layer is not None else None
    return f"{at or anchor}-{found.code}"


def anchors(found: Sequence[Diagnostic], anchor: str, layers: Mapping[str, str]) -> set[str]:
    """Return the places on the page at which findings are told of."""
    return {anchor_of(diagnostic, anchor, layers) for diagnostic in found}


def _item(found: Diagnostic, lines: Lines, anchor: str | None, layers: Mapping[str, str]) -> Markup:
    place = f"line {found.line}, column {found.column}" if found.line else told(found.where)
    at = layers.get(found.layer) if found.layer is not None else None
    where = [badge(found.code, found.severity), Markup(" ")]
    where.append(element("span", place, class_="soft"))
    if at is not None:
        where += [
            Markup(" "),
            element("a", f"{told(found.layer or '')} in the table", href=f"#{at}"),
        ]
    hints = [element("p", printable(found.hint), class_="hint")] if found.hint else []
    parts = [
        element("p", *where),
        element("p", printable(found.told)),
        *hints,
        *_excerpt(found, lines),
    ]
    return element("li", *parts, _behind(found), class_=found.severity, id=anchor)


def badge(code: str, severity: str) -> Markup:
    """Return a code with its severity: sign, word and colour."""
    return element("span", f"{SIGNS[severity]} {code} {severity}", class_=f"badge {severity}")


def _behind(found: Diagnostic) -> Markup:
    """Return what is gone once this is mended."""
    if not found.consequences:
        return NOTHING
    items = (
        element("li", f"{d.code} {d.severity}: {printable(d.message)}") for d in found.consequences
    )
    further = count(len(found.consequences), "more finding")
    summary = element("summary", f"{further}, gone once this one is mended")
    return element("details", summary, element("ul", *items), class_="more")


def _excerpt(found: Diagnostic, lines: Lines) -> Iterator[Markup]:
    """Yield the line that a finding is about, marked, with the one in front of it."""
    if not found.line or found.line > len(lines):
        return
    first = max(1, found.line - LINES_AROUND)
    width = len(str(found.line))
    shown = []
    for number in range(first, found.line + 1):
        text = printable(lines[number - 1].replace("\t", " "))
        whole = (
            _marked(text, found)
            if number == found.line
            else Markup(element("span", text[:MOST_OF_A_LINE]))
        )
        shown.append(join([element("b", f"{number:>{width}}  "), whole]))
    yield element("pre", join(shown, "\n"), class_="excerpt", tabindex=0)


def _marked(text: str, found: Diagnostic) -> Markup:
    """Return a line with the stretch that a finding is about marked."""
    start = max(0, (found.column or 1) - 1)
    end = len(text)
    if found.end_line == found.line and found.end_column is not None:
        end = max(start + 1, found.end_column - 1)
    skipped = max(0, start - MOST_OF_A_LINE // 2)
    end = min(end, skipped + MOST_OF_A_LINE)
    before, marked, after = (
        text[skipped:start],
        text[start:end],
        text[end : skipped + MOST_OF_A_LINE],
    )
    more = "..." if skipped + MOST_OF_A_LINE < len(text) else ""
    mark = element("mark", marked) if marked else NOTHING
    return join(["..." if skipped else "", before, mark, after, more])


def tally(found: Iterable[Diagnostic]) -> str:
    """Return how many errors, warnings and advice there are; empty for none."""
    counts = Counter[str](diagnostic.severity for diagnostic in found)
    words = (count(counts[s], *COUNTED[s]) for s in COUNTED if counts[s])
    return ", ".join(words)


def worst(found: Iterable[Diagnostic]) -> str | None:
    """Return the worst severity among findings."""
    severities = {diagnostic.severity for diagnostic in found}
    return next((severity for severity in COUNTED if severity in severities), None)


def verdict(found: Sequence[Diagnostic], href: str | None = None) -> Markup:
    """Return how many findings there are, in the colour of the worst and with its sign."""
    severity = worst(found)
    if severity is None:
        return element("span", "✓ nothing found", class_="good")
    text = f"{SIGNS[severity]} {tally(found)}"
    said = text if href is None else element("a", text, href=href)
    return element("span", said, class_=f"badge {severity}")
