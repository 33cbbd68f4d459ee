"""Branches one above the other, each a row of its own, and the circle that joins them."""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.pictures.merges import RADIUS
from shapecalc.pictures.scene import Group, Line, Part
from shapecalc.pictures.styles.volumes.element import Element
from shapecalc.pictures.styles.volumes.flow import ARC_CORNER, Flow
from shapecalc.pictures.styles.volumes.glyph import LINE_HEIGHT
from shapecalc.pictures.styles.volumes.joint import Joint
from shapecalc.pictures.styles.volumes.windows import windows
from shapecalc.pictures.tree import Single

STEM = 22.0  # from a fork to its branches
BRANCHES_APART = 16.0


class Stack(Element):
    """Branches one above the other, with the circle that joins them."""

    def __init__(self, rows: list[Flow], merge: Joint, forked: bool) -> None:
        self.rows, self.merge, self.forked = rows, merge, forked
        self.node = merge.node

    def measure(self) -> None:
        """Work out its sizes from those of its rows, which lie around the axis."""
        for row in self.rows:
            row.measure()
        heights = [row.up + row.down for row in self.rows]
        total = sum(heights) + BRANCHES_APART * (len(heights) - 1)
        self.axes: list[float] = []
        top = -total / 2
        for row, height in zip(self.rows, heights, strict=True):
            self.axes.append(top + row.up)
            top += height + BRANCHES_APART
        self.up = self.down = total / 2
        self.start = STEM if self.forked else 0.0
        self.inner = max(row.width for row in self.rows)
        self.end = self.start + self.inner + STEM
        self.merge.measure()
        labels = LINE_HEIGHT * (len(self.merge.labels) - 1)
        self.down = max(self.down, RADIUS + 14 + labels + 4)
        half = max(2 * RADIUS, self.merge.label_width) / 2
        self.centre = self.end + 10 + half
        self.right, self._out = self.centre + half, self.centre + RADIUS
        self.label_width = self.right

    def draw(self, x: float, y: float, base: float) -> Group:
        """Return it with its left edge and axis there."""
        parts: list[Part] = []
        for row, axis in zip(self.rows, self.axes, strict=True):
            level = y + axis
            left = x + self.start + (self.inner - row.width) / 2
            first, last = row.ends()
            if self.forked and row.attached:
                into = ((x, y), (x, level), (left + first, level))
                parts.append(Line(into, "flow", row.elements != [], ARC_CORNER))
            out = ((left + last, level), (x + self.end, level), (x + self.end, y))
            parts.append(Line(out, "flow", False, ARC_CORNER))
            parts += row.draw(left, level)
            for elements in row.rows:
                parts += windows(elements, left, level)
        centre = x + self.centre
        parts.append(Line(((x + self.end, y), (centre - RADIUS, y)), "flow", True))
        parts.append(self.merge.draw(centre - RADIUS, y, y + RADIUS + 14))
        return Group(tuple(parts), "", "branches")

    @property
    def out(self) -> float:
        """Where the way out of its circle begins."""
        return self._out

    def singles(self) -> Iterator[Single]:
        """Yield every layer in it."""
        for row in self.rows:
            for element in row.elements:
                yield from element.singles()
        yield from self.merge.singles()

    def counted(self) -> Iterator[Single]:
        """Yield every layer in it, those on arcs as well."""
        for row in self.rows:
            for element in row.elements:
                yield from element.counted()
        yield from self.merge.counted()
