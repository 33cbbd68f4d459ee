"""The network that the page shows as text in other formats."""

from __future__ import annotations

from shapecalc.playground.bridge.last import last
from shapecalc.reports import FORMATS, Layout


def export(form: str) -> str:
    """Return the last network's report, as `shapecalc report --format` prints it."""
    return FORMATS[form].render(last(), Layout(explain=form == "table"))
