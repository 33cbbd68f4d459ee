"""What stands around a picture in every style: its title, a line of totals, the legend, faults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shapecalc.diagnostics import quote
from shapecalc.pictures.palette import FAMILIES, LETTERS
from shapecalc.pictures.scene import Box, Line, Part, Rect, Scene, Text, hatching
from shapecalc.pictures.text import fitting, short, volume_text, width_of, wrapped
from shapecalc.tracing import Trace

MARGIN = 24.0
SWATCH, BESIDE, APART = 10.0, 5.0, 14.0  # of the legend
LINE = 15.0
MOST_FAULTS = 6
MOST_DESCRIBED = 200
BARS = ("macs", "parameters")
WORDS = {family: word for family, (word, _) in FAMILIES.items()} | {
    "macs": "MACs (up)",
    "parameters": "parameters (down)",
    "skip": "shortcut",
}


def title_of(trace: Trace) -> str:
    """Return what a picture is called."""
    file = (trace.spec.file or "").replace("\\", "/").rpartition("/")[2]
    return quote(trace.name or file or "network", 120)


def least_width(trace: Trace) -> float:
    """Return the least width of a picture: most of its title and its totals should be there."""
    title = width_of(title_of(trace), LETTERS["title"].size, True)
    return min(360.0, max(title, width_of(facts_of(trace), LETTERS["note"].size)) + 2 * MARGIN + 1)


def facts_of(trace: Trace) -> str:
    """Return a line about the whole network."""
    totals = trace.totals
    facts = [f"{short(totals['parameters'])} parameters", f"{short(totals['macs'])} MACs"]
    seen = [
        r.receptive_field for r in trace.layers if r.receptive_field and len(r.output or ()) > 1
    ]
    if seen:
        facts.append(f"receptive field {volume_text(seen[-1])}")
    return " · ".join(facts)


def heading(trace: Trace, families: Iterable[str], width: float) -> tuple[list[Part], float]:
    """Return title, totals and legend for so much width, and where they end."""
    room = width - 2 * MARGIN
    letters = LETTERS["title"]
    title = fitting(title_of(trace), letters.size, room, bold=True)
    facts = fitting(facts_of(trace), LETTERS["note"].size, room)
    parts: list[Part] = [
        Text(MARGIN, 32, title, "title", "start"),
        Text(MARGIN, 50, facts, "note", "start"),
    ]
    used = [family for family in WORDS if family in set(families)]
    widths = [SWATCH + BESIDE + width_of(WORDS[f], LETTERS["note"].size) for f in used]
    taken = max(width_of(title, letters.size, True), width_of(facts, LETTERS["note"].size))
    whole = sum(widths) + APART * (len(widths) - 1)
    if taken + 2 * APART + whole <= room:
        return parts + _legend(used, widths, width - MARGIN - whole, 32, whole + 1)[0], 58
    legend, end = _legend(used, widths, MARGIN, 70, room)
    return parts + legend, end + 8


def _legend(
    families: Sequence[str], widths: Sequence[float], left: float, top: float, room: float
) -> tuple[list[Part], float]:
    """Return the swatches with their words, in lines of so much room, and the last baseline."""
    parts: list[Part] = []
    x, y = left, top
    for family, width in zip(families, widths, strict=True):
        if x > left and x + width > left + room:
            x, y = left, y + LINE
        if family == "skip":
            parts.append(Line(((x, y - 3.5), (x + SWATCH, y - 3.5)), "skip"))
        else:
            parts.append(Rect(x, y - 8.5, SWATCH, SWATCH, family, 2))
        if family == "drop":
            parts.append(hatching(Box(x, y - 8.5, x + SWATCH, y + 1.5), "stripe"))
        parts.append(Text(x + SWATCH + BESIDE, y, WORDS[family], "note", "start"))
        x += width + APART
    return parts, y


def footing(faults: Sequence[str], width: float, top: float) -> tuple[list[Part], float]:
    """Return what is wrong, in words, and where that ends."""
    if not faults:
        return [], top
    parts: list[Part] = []
    y = top + LINE + 8
    shown = list(dict.fromkeys(faults))
    for fault in shown[:MOST_FAULTS]:
        for line in wrapped(quote(fault, 400), LETTERS["fault"].size, width - 2 * MARGIN):
            parts.append(Text(MARGIN, y, line, "fault", "start"))
            y += LINE
    if len(shown) > MOST_FAULTS:
        more = f"and {len(shown) - MOST_FAULTS:,} more"
        parts.append(Text(MARGIN, y, more, "fault", "start"))
        y += LINE
    return parts, y


def loose_faults(trace: Trace) -> list[str]:
    """Return the errors of a network, each with its code; those of layers name them."""
    return [
        f"{finding.code}: {finding.fault.message}"
        for finding in trace.findings
        if finding.severity == "error"
    ]


def finished(
    trace: Trace, width: float, bottom: float, description: str, parts: Sequence[Part]
) -> Scene:
    """Return the scene of what is drawn down to a line: with what is wrong below it."""
    further, end = footing(loose_faults(trace), width, bottom)
    return Scene(width, end + 18, title_of(trace), description, (*parts, *further))


def described(layers: Sequence[str]) -> str:
    """Return what is said of each layer as one description; of many, how many there are besides."""
    more = len(layers) - MOST_DESCRIBED
    told = "; ".join(layers[:MOST_DESCRIBED])
    return f"{told}; and {more:,} more layers" if more > 0 else told


def nothing(trace: Trace, width: float) -> Scene:
    """Return the picture of a file in which no network was found: what is wrong with it."""
    parts: list[Part] = [
        Text(MARGIN, 32, fitting(title_of(trace), 15, width - 2 * MARGIN, True), "title", "start"),
        Text(MARGIN, 50, "no layers", "note", "start"),
    ]
    further, y = footing(loose_faults(trace), width, 58)
    return Scene(width, y + 16, title_of(trace), "no layers", tuple(parts + further))
