"""The style field: what one output value sees of the input, layer by layer.

Over the input lie the squares of one output's receptive fields, one in the other, in the middle and
in the first corner, where the border cuts them; ticks stand a jump apart. Beside it are the numbers
of every layer, with its field as a bar; a single axis has these alone.
"""

from __future__ import annotations

from shapecalc.pictures.heading import MARGIN, described, finished, heading, nothing
from shapecalc.pictures.options import Options
from shapecalc.pictures.scene import Part, Scene, Text
from shapecalc.pictures.styles.field.panel import Panel
from shapecalc.pictures.styles.field.seen import seen_by, spatial_input
from shapecalc.pictures.styles.field.table import Table
from shapecalc.tracing import Trace

WIDTH = 1200.0  # where nothing else is asked for
SIDE = 380.0  # px of the longer side of the input's picture
NARROWEST = 200.0
MOST_DRAWN = 6
APART = 48.0  # the input and the numbers
FOR_LABELS = 150.0  # px beside the input


def draw(trace: Trace, options: Options) -> Scene:
    """Return the scene of a network's receptive fields."""
    width = options.width or WIDTH
    spatial = spatial_input(trace)
    seen = seen_by(trace, spatial) if spatial else []
    if not seen:
        return _without(trace, width, bool(spatial))
    room = width - 2 * MARGIN
    places = _chosen(len(seen))
    panel = None
    if len(spatial) > 1:
        side = max(NARROWEST, min(SIDE, room - FOR_LABELS))
        panel = Panel(spatial[-2:], [seen[place] for place in places], side)
    numbered = {place: number for number, place in enumerate(places)}
    taken = panel.width + APART if panel is not None else 0.0
    table = Table(trace, spatial, seen, numbered, room - taken)
    beside = taken + table.width <= room
    if not beside:
        table = Table(trace, spatial, seen, numbered, room)
    inner = taken + table.width if beside else max(taken - APART, table.width)
    width = max(inner + 2 * MARGIN, 320.0)
    head, top = heading(trace, [], width)
    parts, bottom = _placed(panel, table, beside, top + 16)
    description = described([f"{layer.record.name} {layer.words}" for layer in seen])
    return finished(trace, width, bottom, description, head + parts)


def _placed(
    panel: Panel | None, table: Table, beside: bool, top: float
) -> tuple[list[Part], float]:
    """Return the input and the numbers from a line on, beside each other or not, and their end."""
    if panel is None:
        return table.draw(MARGIN, top), top + table.height
    parts = panel.draw(MARGIN, top)
    if beside:
        parts += table.draw(MARGIN + panel.width + APART, top)
        return parts, top + max(panel.height, table.height)
    top += panel.height + 20
    return parts + table.draw(MARGIN, top), top + table.height


def _chosen(count: int) -> list[int]:
    """Return the places of the layers that are drawn: the last, and some of those before it."""
    if count <= MOST_DRAWN:
        return [*range(count)]
    step = (count - 1) / (MOST_DRAWN - 1)
    return [round(number * step) for number in range(MOST_DRAWN)]


def _without(trace: Trace, width: float, spatial: bool) -> Scene:
    scene = nothing(trace, width)
    why = (
        "no layer has a receptive field whose place is known"
        if spatial
        else "a flat input, or one that is not known, has no receptive fields"
    )
    said = scene.parts[1]
    assert isinstance(said, Text)
    parts = (scene.parts[0], said._replace(text=why), *scene.parts[2:])
    return scene._replace(description=why, parts=parts)
