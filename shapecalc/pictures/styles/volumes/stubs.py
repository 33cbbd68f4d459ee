"""The ends of edges that are not drawn through: a short line up to numbers in rings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from shapecalc.pictures.scene import Circle, Group, Line, Part, Point
from shapecalc.pictures.styles.volumes.references import HIGH, Rings

CORNER = 7.0
LEVEL = 15.0  # px from rings to those above them


class Stub(NamedTuple):
    """An end of an edge that is not drawn, with the numbers that stand at its other end as well."""

    x: float
    foot: float
    top: float
    middle: float  # of the rings
    rings: Rings
    arrives: bool
    into: float = 0.0  # how far it goes on to the right, to the edge of a glyph

    @property
    def span(self) -> tuple[float, float]:
        """From where to where its rings reach, and a little further."""
        half = self.rings.width / 2 + 2
        return self.middle - half, self.middle + half

    def meets(self, other: Stub) -> bool:
        """Say whether its rings would meet another one's at the same level."""
        return self.span[0] < other.span[1] and other.span[0] < self.span[1]

    def draw(self, x: float, y: float) -> Group:
        """Return it with a row's left edge and axis there."""
        at = x + self.x
        low, high = (at, y - self.foot), (at, y - self.top)
        way: tuple[Point, ...] = (high, low) if self.arrives else (low, high)
        if self.into:
            way = (high, low, (at + self.into, y))
        dot: list[Part] = [] if self.arrives else [Circle(at, y, 2.4, "flow-head")]
        rings = self.rings.draw(x + self.middle, y - self.top - HIGH / 2)
        parts = (*dot, Line(way, self.rings.role, self.arrives, CORNER), *rings)
        return Group(parts, f"{'from' if self.arrives else 'to'} {self.rings.told}", "jump")


def one_over_the_other(stubs: Sequence[Stub]) -> list[Stub]:
    """Return stubs with rings that do not meet, and lines that go through no others' rings.

    All are given at the lowest level. One is placed when those are whose lines go up through its
    rings: it stands above them. Where two are in each other's way the first one goes first.
    """
    places = sorted(range(len(stubs)), key=lambda place: stubs[place].x)
    xs = [stubs[place].x for place in places]
    under: list[set[int]] = []  # those whose lines would go through each one's rings
    for number, stub in enumerate(stubs):
        left, right = stub.span
        under.append({*places[bisect_right(xs, left) : bisect_left(xs, right)]} - {number})
    levels: dict[int, int] = {}
    filled: list[list[Stub]] = []
    waiting = [*range(len(stubs))]
    while waiting:
        free = (number for number in waiting if under[number] <= levels.keys())
        number = next(free, waiting[0])
        waiting.remove(number)
        stub = stubs[number]
        least = max((levels[other] + 1 for other in under[number] if other in levels), default=0)
        rooms = (n for n in range(least, len(filled)) if not any(stub.meets(o) for o in filled[n]))
        level = levels[number] = next(rooms, max(least, len(filled)))
        filled[level:level] = [[] for _ in range(level + 1 - len(filled))]
        filled[level].append(stub)
    return [stub._replace(top=stub.top + LEVEL * levels[n]) for n, stub in enumerate(stubs)]
