"""Findings as a page: the files with their sums, then what was found in each, at its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from shapecalc.reports.diagnostics import unpainted
from shapecalc.reports.html import findings
from shapecalc.reports.html.markup import Markup, element, told
from shapecalc.reports.html.page import Card, Table, cards, heading, page, table
from shapecalc.reports.numbers import count, exact, volumes

if TYPE_CHECKING:
    from shapecalc.diagnostics import Diagnostic
    from shapecalc.reports.diagnostics import Found, Paint
    from shapecalc.tracing import Trace

NAME = "html"
FOR_PEOPLE = False

INDEX = (
    ("file", False),
    ("network", False),
    ("input", False),
    ("layers", True),
    ("parameters", True),
    ("MACs", True),
    ("found", False),
)


class Checked(NamedTuple):
    """A file that was checked: what was found, what is known of its network, and its lines."""

    file: str
    found: Sequence[Diagnostic]
    facts: Sequence[str] = ("", "", "", "", "")
    lines: findings.Lines = ()


def render(found: Found, paint: Paint = unpainted) -> str:
    """Return the page for what was found in some files, of which nothing else is known."""
    return render_files([Checked(file, diagnostics) for file, diagnostics in found])


def of_file(file: str, found: Sequence[Diagnostic], trace: Trace | None) -> Checked:
    """Return what the page needs of a file: the lines only where something was found."""
    if trace is None:
        return Checked(file, found)
    totals = trace.totals
    facts = [
        told(trace.name or ""),
        volumes(trace.inputs.values()),
        f"{len(trace.layers):,}",
        exact(totals.parameters),
        exact(totals.macs),
    ]
    lines = findings.lines_of(trace.spec.document) if found else ()
    return Checked(file, found, facts, lines)


def render_files(files: Sequence[Checked]) -> str:
    """Return the page, and a line break."""
    everything = [diagnostic for checked in files for diagnostic in checked.found]
    title = f"{count(len(files), 'file')} checked"
    sums = cards(
        [
            Card(
                "Files",
                f"{len(files):,}",
                [f"{sum(not c.found for c in files):,} without findings"],
            ),
            *(_sum(severity, everything) for severity in findings.COUNTED),
        ]
    )
    parts = [heading(1, title), element("p", findings.verdict(everything)), sums]
    if files:
        rows = [_entry(checked, number) for number, checked in enumerate(files, 1)]
        parts.append(table("All files", Table(INDEX, rows)))
    parts += [
        _section(checked, f"n{number}") for number, checked in enumerate(files, 1) if checked.found
    ]
    return page(title, parts) + "\n"


def _sum(severity: str, found: Sequence[Diagnostic]) -> Card:
    many = sum(diagnostic.severity == severity for diagnostic in found)
    return Card(findings.COUNTED[severity][1].capitalize(), f"{many:,}")


def _entry(checked: Checked, number: int) -> list[str]:
    name = told(checked.file)
    first = element("a", name, href=f"#n{number}") if checked.found else name
    return [first, *checked.facts, findings.verdict(checked.found)]


def _section(checked: Checked, anchor: str) -> Markup:
    listed = findings.listed(checked.found, checked.lines, anchor)
    return element("article", heading(2, told(checked.file), anchor), listed)
