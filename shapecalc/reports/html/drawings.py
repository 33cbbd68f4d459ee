"""The pictures of a network on a page: its volumes, wide and narrow, and its graph."""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.pictures import STYLES, svg
from shapecalc.reports.html.markup import Markup, element
from shapecalc.tracing import Trace

WIDE, NARROW = 1120, 358  # px: a page at its widest, and a telephone
MOST_DRAWN = 3_000  # layers
SHORT = 30  # layers whose graph is open from the beginning


def drawings(trace: Trace, anchor: str, depth: int | None) -> Iterator[Markup]:
    """Yield the pictures; ids in them begin with `anchor`. A page shows one of the first two."""
    if not 0 < len(trace.layers) <= MOST_DRAWN:
        return
    for name, width in (("wide", WIDE), ("narrow", NARROW)):
        prefix = f"{anchor}-{name}-"
        drawn = svg(trace, "volumes", width, depth, prefix, titles=width == WIDE)
        yield element("figure", Markup(drawn), class_=name)
    if "graph" in STYLES:
        drawn = svg(trace, "graph", WIDE, depth, f"{anchor}-graph-", titles=False)
        summary = element("summary", "The network as a graph")
        shown = True if len(trace.layers) <= SHORT else None
        figure = element("figure", Markup(drawn), class_="graph", tabindex=0)
        yield element("details", summary, figure, class_="drawing", open=shown)
