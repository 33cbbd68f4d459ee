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
from shapecalc.pictures.styles.volumes.stubs import Stub, one_over_the_other
from shapecalc.pictures.text import fitting

STANDS_OUT = 18.0  # px of a text beyond its row's edge, in the margin
GAP, TIGHT, LABELS_APART, FORK_APART = 30.0, 10.0, 12.0, 30.0
ARC = 17.0  # from an arc to what it goes over
ARC_CORNER = 9.0
BEFORE = 14.0  # from where an edge comes down to the glyph that it leads to
LEAD, LEAD_FORK = 18.0, 4.0  # before a row that begins with a fork, and where that is
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
        self.endless: set[Arc] = set()  # the arcs that no row has the room for

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
        whole = Row(self, 0, len(self.elements))
        self.endless = {arc for arc in self.arcs if whole.length(arc) > room}
        self.rows = self._rows(room)
        low, high = room / 2, room
        for _ in range(6):
            middle = (low + high) / 2
            rows = self._rows(middle)
            if len(rows) == len(self.rows) and self._cost(rows) <= self._cost(self.rows):
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
        arcs = sum(
            arc.start + 1 < at <= arc.end for arc in self.arcs if arc not in self.endless
        )  # behind its fork an arc is not cut: the next row begins with that
        return 2 * arcs + sum(bracket.first < at <= bracket.last for bracket in self.brackets)

    def _cost(self, rows: list[Row]) -> int:
        return sum(self.cost_of_break(row.first) for row in rows[1:])

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
        begins = first > 0 and any(arc.start == first - 1 for arc in flow.arcs)
        self.lead = LEAD if begins else 0.0
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
            x = self.lead + half - element.right / 2
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

    def length(self, arc: Arc) -> float:
        """Return how much of a row an arc needs that begins at its left edge."""
        joint = self.elements[arc.end]
        return LEAD + self.xs[arc.end] + joint.right - self.xs[max(0, arc.start + 1)]

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
        """Say whether an arc starts in this row: behind one of its elements, or before them."""
        return arc.start >= self.first - 1

    def gap_behind(self, at: int) -> float:
        """Return the middle of the room behind an element, where ways part."""
        if at < self.first:
            return LEAD_FORK if self.lead else max(0.0, self.xs[0] - 12)
        here = self.xs[at - self.first] + self.elements[at - self.first].reach
        if at + 1 >= self.end:
            return here + FORK_APART / 2
        after = self.elements[at + 1 - self.first]
        left = self.xs[at + 1 - self.first] + after.right - after.reach
        return (here + left) / 2

    def _stubs(self, over: float) -> list[Stub]:
        """Return the numbered ends of edges that cannot be drawn through; `over` is how far the
        row reaches upwards. Where rings would meet, or would stand in another one's way, they
        stand higher.
        """
        ends: list[tuple[float, float, list[Reference], bool]] = []
        for at in range(self.first, self.end):
            element, place = self.elements[at - self.first], self.xs[at - self.first]
            if at in self.flow.lands:
                joint = isinstance(element, Joint)
                x, foot = (place + RADIUS, RADIUS) if joint else (place - BEFORE, 0.0)
                ends.append((x, foot, self.flow.lands[at], True))
            if at in self.flow.jumps:
                ends.append((self.gap_behind(at), 0.0, self.flow.jumps[at], False))
        found: list[Stub] = []
        for x, foot, references, arrives in ends:
            into = BEFORE if arrives and not foot else 0.0
            rings = Rings(references)
            half = rings.width / 2
            middle = max(
                half - STANDS_OUT, min(x + half - rings.widths[0] / 2, self.width + 12 - half)
            )
            found.append(Stub(x, foot, over + 12, middle, rings, arrives, into))
        return one_over_the_other(found)

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

    def _room(self, bracket: Bracket, x: float, left: float, right: float) -> float:
        """Return how wide the text in the middle of a bracket may be: it may stand out where no
        other bracket is beside.
        """
        level = self.levels[bracket]
        beside = [other for other, height in self.levels.items() if height == level]
        low, high = x - STANDS_OUT, x + self.width + STANDS_OUT
        for other in beside:
            if self.first <= other.last < bracket.first:
                low = max(low, self._ends(other, x)[1] + LABELS_APART)
            elif bracket.last < other.first < self.end:
                high = min(high, self._ends(other, x)[0] - LABELS_APART)
        middle = (left + right) / 2
        return max(right - left, 2 * min(middle - low, high - middle))

    def _ends(self, bracket: Bracket, x: float) -> tuple[float, float]:
        """Return where the part of a bracket that is in this row begins and ends."""
        first = max(bracket.first, self.first) - self.first
        last = min(bracket.last, self.end - 1) - self.first
        here, there = self.elements[first], self.elements[last]
        return x + self.xs[first] + here.right - here.reach, x + self.xs[last] + there.reach

    def _bracket(self, bracket: Bracket, x: float, y: float) -> list[Part]:
        left, right = self._ends(bracket, x)
        way = ((left, y - 5), (left, y), (right, y), (right, y - 5))
        text = fitting(
            bracket.text, LETTERS["name"].size, self._room(bracket, x, left, right), True
        )
        parts: list[Part] = [Line(way, "bracket"), Text((left + right) / 2, y + 14, text, "name")]
        return [Group(tuple(parts), bracket.title, "repeated")]
