"""The circle of a merge: what it does, as a sign of strokes."""

from __future__ import annotations

from shapecalc.pictures.network import Node
from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.scene import Circle, Part, Point, Strokes, Text

# Strokes in a square from -1 to 1, by kind; a word stands for those that have no sign.
SIGNS: dict[str, tuple[tuple[Point, Point], ...]] = {
    "add": (((-1, 0), (1, 0)), ((0, -1), (0, 1))),
    "subtract": (((-1, 0), (1, 0)),),
    "multiply": (((-0.8, -0.8), (0.8, 0.8)), ((-0.8, 0.8), (0.8, -0.8))),
    "concat": (((-0.4, -1), (-0.4, 1)), ((0.4, -1), (0.4, 1))),
}
WORDS = {"maximum": "max", "average": "avg"}
RADIUS = 10.0
PART = 0.5  # of the radius that a sign takes


def merge_circle(node: Node, x: float, y: float) -> list[Part]:
    """Return the circle of a merge around a point, with its sign."""
    kind = node.records[0].kind if node.records else ""
    state = "-faulty" if node.fault else ""
    parts: list[Part] = [Circle(x, y, RADIUS, f"merge{state}", True)]
    if kind in SIGNS:
        size = PART * RADIUS
        strokes = tuple(
            ((x + a * size, y + b * size), (x + c * size, y + d * size))
            for (a, b), (c, d) in SIGNS[kind]
        )
        parts.append(Strokes(strokes, f"operator{state}"))
    elif kind in WORDS:
        letters = f"operator-word{state}"
        parts.append(Text(x, y + 0.36 * LETTERS[letters].size, WORDS[kind], letters))
    else:
        parts.append(Circle(x, y, 0.25 * RADIUS, f"on-merge{state}"))
    return parts
