"""The windows of convolutions and pools on the face that they slide over."""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.pictures.network import Node
from shapecalc.pictures.scene import Line, Part, Polygon
from shapecalc.pictures.styles.volumes.flow import Row
from shapecalc.pictures.styles.volumes.glyph import OPEN, Glyph
from shapecalc.volumes import plain

LEAST_PATCH = 5.0


def windows(row: Row, x: float, y: float) -> list[Part]:
    """Return the windows of convolutions and pools on the face that they slide over."""
    parts: list[Part] = []
    for place in range(len(row.elements) - 1):
        over, by = row.elements[place], row.elements[place + 1]
        if not (isinstance(over, Glyph) and isinstance(by, Glyph)):
            continue
        if not row.flow.linked[row.first + place + 1] or over.width <= 9.0:
            continue
        window = _window(by.node)
        volume = over.node.volume
        if window is None or volume is None or len(volume) < 3:
            continue
        parts += _patch(over, by, window, volume, (x + row.xs[place], y), x + row.xs[place + 1])
    return parts


def _window(node: Node) -> tuple[int, int] | None:
    """Return the height and width of a layer's window; None where it has none."""
    record = node.record
    values = record.layer.values() if record is not None and record.layer is not None else {}
    size = values.get("F")
    if isinstance(size, int):
        return size, size
    if isinstance(size, tuple) and len(size) > 1 and all(isinstance(n, int) for n in size):
        return size[-2], size[-1]
    return None


def _patch(
    over: Glyph,
    by: Glyph,
    window: tuple[int, int],
    volume: Sequence[int | None],
    origin: tuple[float, float],
    target: float,
) -> list[Part]:
    down = min(0.9, max(window[0] / (plain(volume[-3]) or OPEN), LEAST_PATCH / over.height))
    along = min(0.9, max(window[1] / (plain(volume[-2]) or OPEN), LEAST_PATCH / over.width))
    a, b = 0.5 - along / 2, 0.5 - down / 2
    corners = ((a, b), (a + along, b), (a + along, b + down), (a, b + down))
    points = tuple(
        (origin[0] + px, origin[1] + py) for px, py in (over.side(*corner) for corner in corners)
    )
    tip = (target, origin[1])
    return [
        Polygon(points, "patch"),
        Line((points[1], tip), "ray"),
        Line((points[2], tip), "ray"),
    ]
