"""Elements from left to right, wrapped into rows; arcs over them, brackets under them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shapecalc.pictures.merges import RADIUS
from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.scene import Circle, Group, Line, Part, Text
from shapecalc.pictures.styles.volumes.element import Element
from shapecalc.pictures.styles.volumes.glyph import LINE_HEIGHT, Glyph
from shapecalc.pictures.styles.volumes.joint import Joint
from shapecalc.pictures.styles.volumes.references import HIGH, Reference, Rings
from shapecalc.pictures.text import fitting

GAP, TIGHT, LABELS_APART, FORK_APART = 30.0, 10.0, 12.0, 30.0
ARC = 17.0  # from an arc to what it goes over
ARC_CORNER = 9.0
FULL = 0.62  # of the room that a row takes at least


class Arc(NamedTuple):
    """A way beside the main one: from behind an element to a merge, both by their numbers.

    `last` is the number of the last layer on it, -1 of an identity; `role` how it is painted.
    """

    start: int
    end: int
    label: str
    title: str
    last: int
    role: str


class Bracket(NamedTuple):
    """Elements that come several times, by the numbers of the first and the last."""

    first: int
    last: int
    text: str
    title: str


class Stub(NamedTuple):
    """An end of an edge that is not drawn, with the numbers that stand at its other end as well."""

    x: float
    foot: float
    top: float
    middle: float  # of the rings
    rings: Rings
    arrives: bool

    def draw(self, x: float, y: float) -> Group:
        """Return it with a row's left edge and axis there."""
        at = x + self.x
        low, high = (at, y - self.foot), (at, y - self.top)
        way = (high, low) if self.arrives else (low, high)
        dot: list[Part] = [] if self.arrives else [Circle(at, y, 2.4, "flow-head")]
        rings = self.rings.draw(x + self.middle, y - self.top - HIGH / 2)
        parts = (*dot, Line(way, self.rings.role, self.arrives), *rings)
        return Group(parts, f"{'from' if self.arrives else 'to'} {self.rings.told}", "jump")


class Flow:
    """Elements from left to right, arcs over them, brackets under those that come again."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.linked: list[bool] = []  # whether each reads the one before
        self.fed = False  # whether something stands before the first one
        self.attached = True  # whether the first one reads what stands before the flow
        self.arcs: list[Arc] = []
        self.brackets: list[Bracket] = []
        self.jumps: dict[int, list[Reference]] = {}  # of edges that start behind an element
        self.lands: dict[int, list[Reference]] = {}  # and of those that end in one

    def add(self, element: Element, linked: bool = True) -> None:
        """Put an element at the end."""
        self.elements.append(element)
        if len(self.elements) == 1:
            self.attached = linked
        self.linked.append(linked and len(self.elements) > 1)

    def measure(self) -> None:
        """Work out the places of all elements in one row, and what it covers."""
        for element in self.elements:
            element.measure()
        self.rows = [Row(self, 0, len(self.elements))] if self.elements else []
        self.width = max((row.width for row in self.rows), default=40.0)
        self.up = max((row.up for row in self.rows), default=12.0)
        self.down = max((row.down for row in self.rows), default=12.0)

    def wrap(self, room: float, most: float, numbers: Iterator[int]) -> None:
        """Work out the places of all elements: in rows of about one width, no wider than the room
        there is; in one row if that is no wider than `most`. Arcs between rows take numbers.
        """
        for element in self.elements:
            element.measure()
        self.rows = self._rows(most)
        if len(self.rows) == 1:
            return
        self.rows = self._rows(room)
        low, high = room / 2, room
        for _ in range(6):
            middle = (low + high) / 2
            rows = self._rows(middle)
            if len(rows) == len(self.rows):
                self.rows, high = rows, middle
            else:
                low = middle
        self._cut_arcs(numbers)
        self.rows = [Row(self, row.first, row.end) for row in self.rows]

    def _rows(self, room: float) -> list[Row]:
        rows: list[Row] = []
        while not rows or rows[-1].end < len(self.elements):
            rows.append(Row(self, rows[-1].end if rows else 0, len(self.elements), room))
        return rows

    def cost_of_break(self, at: int) -> int:
        """Return how much is cut where a row ends before an element."""
        arcs = sum(arc.start < at <= arc.end for arc in self.arcs)
        return 2 * arcs + sum(bracket.first < at <= bracket.last for bracket in self.brackets)

    def _cut_arcs(self, numbers: Iterator[int]) -> None:
        """Give numbers to the ends of arcs that go from one row to another."""
        for arc in sorted(self.arcs, key=lambda arc: arc.start):
            if not any(row.within(arc.end) and row.holds(arc) for row in self.rows):
                self.cut_arc(arc, next(numbers))

    def cut_arc(self, arc: Arc, number: int) -> Reference:
        """Draw an arc as its two ends with a number; return what stands at the second one."""
        there = Reference(number, arc.label, arc.role)
        self.arcs.remove(arc)
        self.jumps.setdefault(arc.start, []).append(Reference(number, role=arc.role))
        self.lands.setdefault(arc.end, []).append(there)
        return there

    def ends(self) -> tuple[float, float]:
        """Return where the first element begins and where the last one ends, of a single row."""
        if not self.rows:
            return 0.0, 40.0
        row = self.rows[0]
        return row.xs[0], row.xs[-1] + row.elements[-1].right

    def draw(self, x: float, y: float) -> list[Part]:
        """Return the parts of a single row."""
        return [part for row in self.rows for part in row.draw(x, y)]


class Row:
    """Elements of a flow on one axis: their places, and what is above and below them."""

    def __init__(self, flow: Flow, first: int, end: int, room: float | None = None) -> None:
        self.flow, self.first = flow, first
        self.forks = {arc.start for arc in flow.arcs} | set(flow.jumps)
        self.xs: list[float] = []
        self.tops: dict[Arc, float] = {}
        reaches: list[float] = []
        at = first
        while at < end:
            x, reach = self._place(at)
            if room is not None and at > first and reach > room:
                at = self._break(at, [right >= FULL * room for right in reaches])
                break
            self.xs.append(x)
            reaches.append(max(reach, reaches[-1] if reaches else 0.0))
            at += 1
        self.xs, self.width = self.xs[: at - first], reaches[at - first - 1]
        self.end = at
        self.elements = flow.elements[first : self.end]
        self._measure()

    def _break(self, at: int, full: list[bool]) -> int:
        """Return where the row ends: not later than that, where it is full enough, and under as
        few arcs and brackets as can be.
        """
        places = [place for place in range(at, self.first, -1) if full[place - self.first - 1]]
        return min(places, key=self.flow.cost_of_break, default=at)

    def _place(self, at: int) -> tuple[float, float]:
        """Return where an element begins, and how far it and its labels reach."""
        element = self.flow.elements[at]
        half = max(element.right, element.label_width) / 2
        if at == self.first:
            x = half - element.right / 2
        else:
            before, place = self.flow.elements[at - 1], self.xs[-1]
            tight = isinstance(element, Glyph) and element.node.family == "pool"
            gap = TIGHT if tight and at - 1 not in self.forks else GAP
            apart = FORK_APART if at - 1 in self.forks else LABELS_APART
            x = place + before.right + gap
            centre = place + before.right / 2 + before.label_width / 2 + apart
            x = max(x, centre + element.label_width / 2 - element.right / 2)
            mine = centre - apart - before.label_width / 2  # the middle of the one before
            x = max(x, mine + max(before.right, before.label_width) / 2 + apart + half
                    - element.right / 2)  # fmt: skip
        return x, x + element.right / 2 + half

    def within(self, at: int) -> bool:
        """Say whether an element stands in this row."""
        return self.first <= at < self.end

    def _measure(self) -> None:
        reach = [element.above for element in self.elements]
        arcs = [arc for arc in self.flow.arcs if self.within(arc.end) and self.holds(arc)]
        for arc in sorted(arcs, key=lambda arc: arc.end - arc.start):
            inside = reach[max(arc.start + 1, self.first) - self.first : arc.end - self.first + 1]
            under: list[float] = [
                top + (13 if other.label else 0)
                for other, top in self.tops.items()
                if other.start < arc.end and arc.start < other.end
            ]
            self.tops[arc] = max([*inside, *under]) + ARC
        self.up = max([*reach, *(top + (14 if arc.label else 2) for arc, top in self.tops.items())])
        self.stubs = self._stubs(self.up)
        self.up = max([self.up, *(stub.top + HIGH + 3 for stub in self.stubs)])
        below = max(element.down for element in self.elements)
        labelled = [element for element in self.elements if element.labels]
        self.base = max((element.down for element in labelled), default=below) + 17
        lines = max(len(element.labels) for element in self.elements)
        self.down = max(below, self.base + (lines - 1) * LINE_HEIGHT + 4 if lines else below)
        self.levels: dict[Bracket, float] = {}
        for bracket in self.flow.brackets:
            if bracket.first < self.end and bracket.last >= self.first:
                overlapping = [
                    level
                    for other, level in self.levels.items()
                    if other.first <= bracket.last and bracket.first <= other.last
                ]
                self.levels[bracket] = max([*overlapping, self.down - 14]) + 20
        if self.levels:
            self.down = max(self.levels.values()) + 20

    @property
    def roles(self) -> set[str]:
        """How the ways beside the main one are painted."""
        return {arc.role for arc in self.tops} | {stub.rings.role for stub in self.stubs}

    def holds(self, arc: Arc) -> bool:
        """Say whether an arc's ends both stand in this row."""
        return arc.start >= self.first or (self.first == 0 and arc.start < 0)

    def gap_behind(self, at: int) -> float:
        """Return the middle of the room behind an element, where ways part."""
        if at < self.first:
            return max(0.0, self.xs[0] - 12)
        here = self.xs[at - self.first] + self.elements[at - self.first].reach
        if at + 1 >= self.end:
            return here + FORK_APART / 2
        after = self.elements[at + 1 - self.first]
        left = self.xs[at + 1 - self.first] + after.right - after.reach
        return (here + left) / 2

    def _stubs(self, over: float) -> list[Stub]:
        """Return the numbered ends of edges that cannot be drawn through; `over` is how far the
        row reaches upwards. Where their rings would meet, one stands higher.
        """
        ends: list[tuple[float, float, list[Reference], bool]] = []
        for at in range(self.first, self.end):
            element, place = self.elements[at - self.first], self.xs[at - self.first]
            if at in self.flow.lands:
                joint = isinstance(element, Joint)
                x, foot = (place + RADIUS, RADIUS) if joint else (place - 8, 0.0)
                ends.append((x, foot, self.flow.lands[at], True))
            if at in self.flow.jumps:
                ends.append((self.gap_behind(at), 0.0, self.flow.jumps[at], False))
        taken: list[float] = []  # how far each level is filled
        found = []
        for x, foot, references, arrives in ends:
            rings = Rings(references)
            half = rings.width / 2
            middle = max(x, half)
            free = (number for number, right in enumerate(taken) if right + 4 < middle - half)
            level = next(free, len(taken))
            taken[level : level + 1] = [middle + half]
            found.append(Stub(x, foot, over + 12 + 15 * level, middle, rings, arrives))
        return found

    def draw(self, x: float, y: float) -> list[Part]:
        """Return the parts of the row with its left edge and axis there."""
        parts: list[Part] = []
        for place in range(len(self.elements) - 1):
            if not self.flow.linked[self.first + place + 1]:
                continue
            start = x + self.xs[place] + self.elements[place].out
            after = self.elements[place + 1]
            end = x + self.xs[place + 1]
            arrow = isinstance(after, Joint)
            parts.append(Line(((start, y), (end, y)), "flow", arrow))
        for bracket, level in self.levels.items():
            parts += self._bracket(bracket, x, y + level)
        for element, left in zip(self.elements, self.xs, strict=True):
            parts.append(element.draw(x + left, y, y + self.base))
        for arc, top in self.tops.items():
            parts += self._arc(arc, x, y, top)
        for stub in self.stubs:
            parts.append(stub.draw(x, y))
        return parts

    def _arc(self, arc: Arc, x: float, y: float, top: float) -> list[Part]:
        start = x + self.gap_behind(arc.start)
        joint = self.elements[arc.end - self.first]
        end = x + self.xs[arc.end - self.first] + joint.right / 2
        way = ((start, y), (start, y - top), (end, y - top), (end, y - RADIUS))
        parts: list[Part] = [
            Circle(start, y, 2.4, "flow-head"),
            Line(way, arc.role, True, ARC_CORNER),
        ]
        if arc.label:
            label = fitting(arc.label, LETTERS["small"].size, max(30.0, end - start - 8))
            parts.append(Text((start + end) / 2, y - top - 5, label, "small"))
        return [Group(tuple(parts), arc.title, "arc")]

    def _bracket(self, bracket: Bracket, x: float, y: float) -> list[Part]:
        first = max(bracket.first, self.first) - self.first
        last = min(bracket.last, self.end - 1) - self.first
        here, there = self.elements[first], self.elements[last]
        left = x + self.xs[first] + here.right - here.reach
        right = x + self.xs[last] + there.reach
        way = ((left, y - 5), (left, y), (right, y), (right, y - 5))
        text = fitting(bracket.text, LETTERS["name"].size, max(60.0, right - left), True)
        parts: list[Part] = [Line(way, "bracket"), Text((left + right) / 2, y + 14, text, "name")]
        return [Group(tuple(parts), bracket.title, "repeated")]
