"""Diagnostics for people: a line each with its place, and the hint below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapecalc.diagnostics import quote
from shapecalc.reports.diagnostics import unpainted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapecalc.diagnostics import Diagnostic
    from shapecalc.reports.diagnostics import Found, Paint

NAME = "text"
FOR_PEOPLE = True


def render(found: Found, paint: Paint = unpainted) -> str:
    """Return the lines; a file without a name stands in front of none."""
    lines = [
        f"{line}\n"
        for file, diagnostics in found
        for diagnostic in diagnostics
        for line in _lines(file, diagnostic, paint)
    ]
    return "".join(lines)


def _lines(file: str, found: Diagnostic, paint: Paint) -> Iterator[str]:
    place = f":{found.line}:{found.column}" if found.line is not None else ""
    start = f"{quote(file, 400)}{place}: " if file else ""
    yield f"{start}{paint(found.code, found.severity)} {found.severity}: {found.told}"
    if found.hint:
        yield f"    {found.hint}"
