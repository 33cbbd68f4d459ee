"""The style volumes: the network as boxes from left to right, their sides the sizes of volumes.

What keeps a volume is a band of the glyph before it; an identity or a single layer beside a branch
is an arc over it; other branches lie one above the other. Under it stand bars: where the
multiply-accumulates and the parameters are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import count
from typing import NamedTuple

from shapecalc.pictures.families import FUSED, kind_words
from shapecalc.pictures.glyph import LINE_HEIGHT, OPEN, Glyph, Scale, belongs, label_of, opens
from shapecalc.pictures.heading import (
    BARS,
    MARGIN,
    footing,
    heading,
    least_width,
    loose_faults,
    nothing,
    title_of,
)
from shapecalc.pictures.merges import merge_circle
from shapecalc.pictures.network import Network, Node, network_of
from shapecalc.pictures.options import Options
from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.scene import Circle, Group, Line, Part, Polygon, Rect, Scene, Text
from shapecalc.pictures.text import cut, fitting, share, short, volume_text, width_of
from shapecalc.pictures.tree import (
    Branches,
    Chain,
    Item,
    Repeated,
    Single,
    drawable,
    folded,
    tree_of,
)
from shapecalc.tracing import Trace
from shapecalc.volumes import plain

WIDTH = 1400.0  # where nothing else is asked for
WIDEST = 1600.0  # of a picture in one row
GAP, TIGHT, LABELS_APART, FORK_APART = 30.0, 10.0, 12.0, 30.0
RADIUS = 10.0  # of the circle of a merge
STEM = 22.0  # from a fork to its branches
ROWS_APART = 26.0
BRANCHES_APART = 16.0
ARC = 17.0  # from an arc to what it goes over
ARC_CORNER = 9.0
BAR, BAR_WIDTH = 44.0, 18.0
LEAST_PATCH = 5.0
MODULES_TO = 48  # layers of several branches that are one glyph
MODULES_FROM = 26  # glyphs; from here on several branches are one glyph


class Joint:
    """The circle of a merge, with what follows it and keeps its volume."""

    right: float = 2 * RADIUS
    up: float = RADIUS
    down: float = RADIUS

    def __init__(self, single: Single) -> None:
        self.single, self.node = single, single.node
        self.behind: list[Single] = []
        self.beside: list[Single] = []  # what lies on the arcs that end in it

    def measure(self) -> None:
        """Work out its sizes."""
        name = label_of(self.node, 14)
        notes = " · ".join(kind_words(band.node.records[0]) for band in self.behind)
        self.labels = [(name, "name")]
        if notes:
            self.labels.append((fitting(notes, LETTERS["note"].size, 90), "note"))
        if self.fault:
            self.labels.append((self.fault.partition(":")[0], "badge"))
        record = self.node.record  # only what joins volumes gives another one than it takes
        changes = record is None or not record.input or record.output != record.input[0]
        if changes:
            self.labels.append((fitting(self.single.volume_text, 10.5, 120), "volume"))
        self.label_width = max(
            width_of(text, LETTERS[role].size, LETTERS[role].bold) for text, role in self.labels
        )

    @property
    def fault(self) -> str:
        """What is wrong with it, if anything is."""
        return self.node.fault

    def draw(self, x: float, y: float, base: float) -> Group:
        """Return it with its left edge and axis there."""
        centre = x + RADIUS
        parts = merge_circle(self.node, centre, y, RADIUS)
        for number, (text, letters) in enumerate(self.labels):
            parts.append(Text(centre, base + number * LINE_HEIGHT, text, letters))
        title = "\n".join([self.node.title, *(band.node.name for band in self.behind)])
        return Group(tuple(parts), title, "merge")


class Stack:
    """Branches one above the other, with the circle that joins them."""

    up: float
    down: float
    right: float

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
        self.right, self.out = self.centre + half, self.centre + RADIUS
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
        centre = x + self.centre
        parts.append(Line(((x + self.end, y), (centre - RADIUS, y)), "flow", True))
        parts.append(self.merge.draw(centre - RADIUS, y, y + RADIUS + 14))
        return Group(tuple(parts), "", "branches")

    def singles(self) -> Iterator[Single]:
        """Yield every layer in it."""
        for row in self.rows:
            for element in row.elements:
                yield from singles_of(element)


Element = Glyph | Joint | Stack


def singles_of(element: Element) -> Iterator[Single]:
    """Yield every layer that an element stands for, once where several are alike."""
    if isinstance(element, Stack):
        yield from element.singles()
        yield from singles_of(element.merge)
        return
    yield element.single
    if isinstance(element, Glyph):
        yield from element.before
    yield from element.behind


def counted_in(element: Element) -> Iterator[Single]:
    """Yield every layer whose numbers an element has: those on the arcs to a merge as well."""
    yield from singles_of(element)
    if isinstance(element, Joint):
        yield from element.beside
    elif isinstance(element, Stack):
        yield from element.merge.beside
        for row in element.rows:
            for inner in row.elements:
                yield from inner.beside if isinstance(inner, Joint) else ()


class Arc(NamedTuple):
    """A way beside the main one: from behind an element to a merge, both by their numbers.

    `last` is the number of the last layer on it, -1 of an identity.
    """

    start: int
    end: int
    label: str
    title: str
    last: int


class Bracket(NamedTuple):
    """Elements that come several times, by the numbers of the first and the last."""

    first: int
    last: int
    text: str
    title: str


class Stub(NamedTuple):
    """An end of an edge that is not drawn, with the letters that stand at its other end as well."""

    x: float
    foot: float
    top: float
    middle: float  # of the text
    text: str
    arrives: bool

    def draw(self, x: float, y: float) -> Group:
        """Return it with a row's left edge and axis there."""
        at = x + self.x
        low, high = (at, y - self.foot), (at, y - self.top)
        way = (high, low) if self.arrives else (low, high)
        dot: list[Part] = [] if self.arrives else [Circle(at, y, 2.4, "flow-head")]
        text = Text(x + self.middle, y - self.top - 4, self.text, "badge-letter")
        parts = (*dot, Line(way, "skip", self.arrives), text)
        return Group(parts, f"{'from' if self.arrives else 'to'} {self.text}", "jump")


class Flow:
    """Elements from left to right, arcs over them, brackets under those that come again."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.linked: list[bool] = []  # whether each reads the one before
        self.fed = False  # whether something stands before the first one
        self.attached = True  # whether the first one reads what stands before the flow
        self.arcs: list[Arc] = []
        self.brackets: list[Bracket] = []
        self.jumps: dict[int, list[str]] = {}  # letters of edges that start behind an element
        self.lands: dict[int, list[str]] = {}  # and of those that end in one

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

    def wrap(self, room: float, most: float, letters: Iterator[str]) -> None:
        """Work out the places of all elements: in rows of about one width, no wider than the room
        there is; in one row if that is no wider than `most`. Arcs between rows take letters.
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
        self._cut_arcs(letters)
        self.rows = [Row(self, row.first, row.end) for row in self.rows]

    def _rows(self, room: float) -> list[Row]:
        rows: list[Row] = []
        while not rows or rows[-1].end < len(self.elements):
            rows.append(Row(self, rows[-1].end if rows else 0, len(self.elements), room))
        return rows

    def _cut_arcs(self, letters: Iterator[str]) -> None:
        """Give letters to the ends of arcs that go from one row to another."""
        for arc in [*self.arcs]:
            if not any(row.within(arc.end) and row.holds(arc) for row in self.rows):
                self.cut_arc(arc, next(letters))

    def cut_arc(self, arc: Arc, letter: str) -> str:
        """Draw an arc as its two ends with a letter; return what stands at the second one."""
        told = f"{letter} {arc.label}".rstrip()
        self.arcs.remove(arc)
        self.jumps.setdefault(arc.start, []).append(letter)
        self.lands.setdefault(arc.end, []).append(told)
        return told

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
        right = 0.0
        at = first
        while at < end:
            x, reach = self._place(at)
            if room is not None and at > first and reach > room:
                break
            self.xs.append(x)
            right = max(right, reach)
            at += 1
        self.end, self.width = at, right
        self.elements = flow.elements[first : self.end]
        self._measure()

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
        reach = [_above(element) for element in self.elements]
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
        self.up = max([self.up, *(stub.top + 14 for stub in self.stubs)])
        below = max(element.down for element in self.elements)
        self.base = below + 17
        lines = max(len(getattr(element, "labels", ())) for element in self.elements)
        self.down = self.base + (lines - 1) * LINE_HEIGHT + 4 if lines else below
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

    def holds(self, arc: Arc) -> bool:
        """Say whether an arc's ends both stand in this row."""
        return arc.start >= self.first or (self.first == 0 and arc.start < 0)

    def gap_behind(self, at: int) -> float:
        """Return the middle of the room behind an element, where ways part."""
        if at < self.first:
            return max(0.0, self.xs[0] - 12)
        here = self.xs[at - self.first] + _reach(self.elements[at - self.first])
        if at + 1 >= self.end:
            return here + FORK_APART / 2
        after = self.elements[at + 1 - self.first]
        left = self.xs[at + 1 - self.first] + after.right - _reach(after)
        return (here + left) / 2

    def _stubs(self, over: float) -> list[Stub]:
        """Return the lettered ends of edges that cannot be drawn through; `over` is how far the
        row reaches upwards. Where their texts would meet, one stands higher.
        """
        ends: list[tuple[float, float, list[str], bool]] = []
        for at in range(self.first, self.end):
            element, place = self.elements[at - self.first], self.xs[at - self.first]
            if at in self.flow.lands:
                joint = isinstance(element, Joint)
                x, foot = (place + RADIUS, RADIUS) if joint else (place - 8, 0.0)
                ends.append((x, foot, self.flow.lands[at], True))
            if at in self.flow.jumps:
                ends.append((self.gap_behind(at), 0.0, self.flow.jumps[at], False))
        letters = LETTERS["badge-letter"]
        taken: list[float] = []  # how far each level is filled
        found = []
        for x, foot, names, arrives in ends:
            told = names if len(names) == 1 else [name.split()[0] for name in names]
            text = fitting(", ".join(told), letters.size, 110, True)
            half = width_of(text, letters.size, True) / 2
            middle = max(x, half)
            free = (number for number, right in enumerate(taken) if right + 4 < middle - half)
            level = next(free, len(taken))
            taken[level : level + 1] = [middle + half]
            found.append(Stub(x, foot, over + 12 + 13 * level, middle, text, arrives))
        return found

    def draw(self, x: float, y: float) -> list[Part]:
        """Return the parts of the row with its left edge and axis there."""
        parts: list[Part] = []
        for place in range(len(self.elements) - 1):
            if not self.flow.linked[self.first + place + 1]:
                continue
            start = x + self.xs[place] + self.elements[place].right / 2
            after = self.elements[place + 1]
            end = x + self.xs[place + 1]
            here = self.elements[place]
            if isinstance(here, Stack):
                start = x + self.xs[place] + here.out
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
            Line(way, "skip", True, ARC_CORNER),
        ]
        if arc.label:
            label = fitting(arc.label, LETTERS["small"].size, max(30.0, end - start - 8))
            parts.append(Text((start + end) / 2, y - top - 5, label, "small"))
        return [Group(tuple(parts), arc.title, "arc")]

    def _bracket(self, bracket: Bracket, x: float, y: float) -> list[Part]:
        first = max(bracket.first, self.first) - self.first
        last = min(bracket.last, self.end - 1) - self.first
        here, there = self.elements[first], self.elements[last]
        left = x + self.xs[first] + here.right - _reach(here)
        right = x + self.xs[last] + _reach(there)
        way = ((left, y - 5), (left, y), (right, y), (right, y - 5))
        text = fitting(bracket.text, LETTERS["name"].size, max(60.0, right - left), True)
        parts: list[Part] = [Line(way, "bracket"), Text((left + right) / 2, y + 14, text, "name")]
        return [Group(tuple(parts), bracket.title, "repeated")]


def _reach(element: Element) -> float:
    """Return how far an element and its labels reach to the right of its left edge."""
    return element.right / 2 + max(element.right, element.label_width) / 2


def _above(element: Element) -> float:
    """Return how far an element reaches above the axis, with its volume and its alarm."""
    up: float = element.up
    if isinstance(element, Stack):
        return up
    if isinstance(element, Joint):
        return up
    return up + 18 + (24 if element.fault else 0)


# -- from a tree to a flow ---------------------------------------------------------------------


class _Maker:
    """Makes flows of chains, and knows in which element each node is."""

    def __init__(self, network: Network, kept: Set[int], modules: bool) -> None:
        self.scale = Scale(network.nodes)
        self.kept, self.modules = kept, modules
        self.letters = map(_letter, count())
        self.rests: list[Flow] = []  # that begin in another one
        self.loose: dict[int, tuple[Flow, Arc]] = {}  # arcs from elsewhere, by their first item

    def flow(self, chain: Chain, fed: bool = False) -> Flow:
        """Return a chain as a flow; `fed` says that something stands before it."""
        flow = Flow()
        flow.fed = fed and bool(chain.items) and chain.items[0].linked
        self.extend(flow, chain)
        return flow

    def extend(self, flow: Flow, chain: Chain) -> None:
        """Add a chain to the end of a flow."""
        waiting: list[Single] = []
        for place, item in enumerate(chain.items):
            behind = chain.items[place + 1] if place + 1 < len(chain.items) else None
            if isinstance(item, Single):
                self._single(flow, item, behind, waiting)
                continue
            self._flush(flow, waiting)
            if isinstance(item, Branches):
                self._branches(flow, item)
            else:
                self._repeated(flow, item)
        self._flush(flow, waiting)

    def _flush(self, flow: Flow, waiting: list[Single]) -> None:
        for single in waiting:
            flow.add(Glyph(single, self.scale), single.linked)
        waiting.clear()

    def _single(
        self, flow: Flow, single: Single, behind: Item | None, waiting: list[Single]
    ) -> None:
        last = flow.elements[-1] if flow.elements and single.linked and not waiting else None
        if flattens(single) and behind is not None and last is not None and behind.linked:
            return
        home = last.merge if isinstance(last, Stack) else last
        if home is not None and belongs(single, home.node):
            home.behind.append(single)
        elif isinstance(behind, Single) and behind.linked and opens(single, behind):
            waiting.append(single)
        else:
            glyph = Glyph(single, self.scale)
            linked = waiting[0].linked if waiting else single.linked
            glyph.before = [*waiting]
            waiting.clear()
            flow.add(glyph, linked)

    def _repeated(self, flow: Flow, item: Repeated) -> None:
        first = len(flow.elements)
        self.extend(flow, item.body)
        last = len(flow.elements) - 1
        if last < first:
            return
        flow.linked[first] = item.linked and first > 0
        only = flow.elements[first]
        if last == first and isinstance(only, Glyph):
            only.copies = item.times
            return
        names = [single.node.name for single in item.nodes()]
        text = f"× {item.times} {cut(_owner(names))}".rstrip()
        told = f"{item.times} times: {cut(names[0], 60)} to {cut(names[-1], 60)}"
        flow.brackets.append(Bracket(first, last, text, told))

    def _branches(self, flow: Flow, item: Branches) -> None:
        merge = item.merge
        led = bool(flow.elements) or flow.fed
        main = _main(item, self.kept) if led else None
        if merge is not None and main is not None:
            start = len(flow.elements) - 1
            self.extend(flow, item.branches[main])
            joint = Joint(merge)
            flow.add(joint)
            end = len(flow.elements) - 1
            for place, branch in enumerate(item.branches):
                if place != main:
                    beside = [*branch.nodes()]
                    last = beside[-1].number if beside else -1
                    arc = Arc(start, end, _said(branch), _told(branch), last)
                    joint.beside += beside
                    if beside and not branch.items[0].linked:
                        self.loose[id(branch.items[0])] = flow, arc
                    else:
                        flow.arcs.append(arc)
            return
        small = sum(1 for _ in item.nodes()) <= MODULES_TO
        if self.modules and merge is not None and led and small:
            flow.add(self._module(item, merge), item.linked)
            return
        if merge is None:
            self._ends(flow, item)
            return
        rows = [self.flow(branch, led) for branch in item.branches]
        flow.add(Stack(rows, Joint(merge), led), item.linked)

    def _ends(self, flow: Flow, item: Branches) -> None:
        """Add the heaviest of the branches that a network ends in; the others are flows of their
        own, which begin with the letter of the place where they part.
        """
        weights = [_weight(branch) for branch in item.branches]
        main = max(range(len(weights)), key=weights.__getitem__)
        fork = len(flow.elements) - 1
        letter = ""
        self.extend(flow, item.branches[main])
        for place, branch in enumerate(item.branches):
            if place == main:
                continue
            rest = self.flow(branch)
            self.rests.append(rest)
            if fork >= 0 and branch.items[0].linked:
                letter = letter or next(self.letters)
                flow.jumps[fork] = [letter]
                rest.lands[0] = [letter]

    def _module(self, item: Branches, merge: Single) -> Glyph:
        """Return several branches as one glyph with their sums."""
        inside = [*item.nodes()]
        owner = _owner([single.node.name for single in inside]) or merge.node.name
        records = [r for single in inside for node in single.like for r in node.records]
        fault = next((single.node.fault for single in inside if single.node.fault), "")
        group = f"{len(item.branches)} branches"
        node = Node(owner, merge.node.volume, merge.node.sources, records, group, fault)
        return Glyph(Single(merge.number, node), self.scale)


def flattens(single: Single) -> bool:
    """Say whether a layer only flattens: nothing of that is drawn."""
    return single.node.record is not None and single.node.record.kind == "flatten"


def _main(item: Branches, kept: Set[int]) -> int | None:
    """Return the branch that the main way takes where the others are drawn as arcs over it.

    Of those that are `kept`, an arc can only have its last layer.
    """
    weights = [_weight(branch) for branch in item.branches]
    main = max(range(len(weights)), key=weights.__getitem__)
    others = [weight for place, weight in enumerate(weights) if place != main]
    arcs = all(weight < 2 and (not weight or weights[main] > 1) for weight in others)
    plain = all(
        isinstance(inner, Single)
        and (inner.linked or inner is branch.items[0])
        and inner.node.records
        and (inner.number not in kept or inner is branch.items[-1])
        for place, branch in enumerate(item.branches)
        if place != main
        for inner in branch.items
    )
    sources = any(not single.node.records for single in item.branches[main].nodes())
    return main if arcs and plain and not sources and item.branches[main].items else None


def _weight(chain: Chain) -> int:
    """Count the layers of a chain that have a glyph of their own."""
    return sum(single.node.family not in FUSED for single in chain.nodes())


def _said(chain: Chain) -> str:
    """Return what lies on an arc, in a few words; nothing for an identity."""
    heavy = [single.node for single in chain.nodes() if single.node.family not in FUSED]
    shown = heavy or [single.node for single in chain.nodes()]
    return ", ".join(f"{node.words[0]} {', '.join(node.words[1:])}".strip() for node in shown)


def _told(chain: Chain) -> str:
    return "\n".join(single.node.title for single in chain.nodes()) or "identity"


def _owner(names: Sequence[str]) -> str:
    """Return the instance of a block that all of some layers belong to, if they belong to one."""
    paths = [name.split(".")[:-1] for name in names]
    shared = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return ".".join(shared)


# -- the picture -------------------------------------------------------------------------------


def draw(trace: Trace, options: Options) -> Scene:
    """Return the scene of a network as volumes."""
    network = network_of(trace, options.depth)
    if not network.nodes:
        return nothing(trace, options.width or 600.0)
    tree = tree_of(network)
    kept = {source for source, _ in tree.further}
    kept |= {single.number for _, item in tree.further for single in item.nodes()}
    main = drawable(folded(tree.main, kept))
    modules = sum(single.node.family not in FUSED for single in main.nodes()) >= MODULES_FROM
    maker = _Maker(network, kept, modules)
    flows = [maker.flow(main)]
    flows += maker.rests
    _add_jumps(flows, _loose_arcs(maker, flows, tree.further), maker.letters)
    room, most = (asked - 2 * MARGIN for asked in _widths(options))
    for flow in flows:
        _add_owners(flow)
        flow.wrap(room, most, maker.letters)
    rows = [row for flow in flows for row in flow.rows]
    width = max([row.width + 2 * MARGIN + 12 for row in rows] + [least_width(trace)])
    elements = [element for flow in flows for element in flow.elements]
    families = [single.node.family for element in elements for single in counted_in(element)]
    bars = _Bars(elements)
    if bars.any and not any(map(bars.titled, rows)):
        families += BARS
    parts, y = heading(trace, families, width)
    for number, row in enumerate(rows):
        axis = y + 12 + row.up
        parts += _rest(row, width, axis)
        parts += row.draw(MARGIN, axis)
        parts += _filters(row, MARGIN, axis)
        y = axis + row.down
        if bars.any:
            drawn, y = bars.draw(row, y + 10)
            parts += drawn
        y += ROWS_APART if number < len(rows) - 1 else 0
    drawn, y = footing(loose_faults(trace), width, y)
    return Scene(width, y + 16, title_of(trace), _description(trace), tuple(parts + drawn))


def _widths(options: Options) -> tuple[float, float]:
    """Return how wide rows may be, and a picture of a single row."""
    return (options.width or WIDTH), (options.width or WIDEST)


def _description(trace: Trace) -> str:
    volumes = [f"{name} {volume_text(volume)}" for name, volume in trace.inputs.items()]
    volumes += [f"{record.name} {volume_text(record.output)}" for record in trace.layers[:200]]
    more = len(trace.layers) - 200
    return "; ".join(volumes) + (f"; and {more:,} more layers" if more > 0 else "")


def _loose_arcs(
    maker: _Maker, flows: Sequence[Flow], further: Sequence[tuple[int, Item]]
) -> list[tuple[int, Item]]:
    """Draw the arcs that start within another branch; return the edges that are left."""
    place = {number: where for flow in flows for number, where in _places(flow)}
    left = []
    for source, target in further:
        if id(target) not in maker.loose:
            left.append((source, target))
            continue
        flow, arc = maker.loose[id(target)]
        start, at = place.get(source, (flow, arc.start))
        if start is flow and at < arc.end:
            flow.arcs.append(arc._replace(start=at))
        else:
            letter = next(maker.letters)
            start.jumps.setdefault(at, []).append(letter)
            flow.lands.setdefault(arc.end, []).append(f"{letter} {arc.label}".rstrip())
    return left


def _add_jumps(
    flows: Sequence[Flow], further: Sequence[tuple[int, Item]], letters: Iterator[str]
) -> None:
    """Mark both ends of edges that leave their branch with a letter."""
    place = {number: where for flow in flows for number, where in _places(flow)}
    arcs = {arc.last: (flow, arc) for flow in _all(flows) for arc in flow.arcs if arc.last >= 0}
    given: dict[int, str] = {}
    for source, target in further:
        heads = [place[single.number] for single in target.nodes() if single.number in place]
        if not heads or not (source in place or source in arcs):
            continue
        if source in given:
            letter = given[source]
        elif source in arcs:  # its end is elsewhere, too: it gets a letter and is not drawn
            start, arc = arcs[source]
            letter = start.cut_arc(arc, next(letters))
        else:
            letter = next(letters)
            start, at = place[source]
            start.jumps.setdefault(at, []).append(letter)
        given[source] = letter
        end, reader = heads[-1] if isinstance(target, Branches) else heads[0]
        known = end.lands.setdefault(reader, [])
        if letter not in known:
            known.append(letter)


def _all(flows: Sequence[Flow]) -> Iterator[Flow]:
    """Yield flows and those inside of them."""
    for flow in flows:
        yield flow
        for element in flow.elements:
            if isinstance(element, Stack):
                yield from _all(element.rows)


def _places(flow: Flow) -> Iterator[tuple[int, tuple[Flow, int]]]:
    """Yield each node's number with the flow that it stands in, and with its place there."""
    for number, element in enumerate(flow.elements):
        own = singles_of(element)
        if isinstance(element, Stack):
            for row in element.rows:
                yield from _places(row)
            own = singles_of(element.merge)
        yield from ((single.number, (flow, number)) for single in own)


def _add_owners(flow: Flow) -> None:
    """Put a bracket under neighbours that belong to one instance of a block."""
    first = 0
    spans = {(bracket.first, bracket.last) for bracket in flow.brackets}
    owners = [_name(element).partition(".") for element in flow.elements]
    while first < len(owners):
        end = first + 1
        while end < len(owners) and owners[end][0] == owners[first][0] and owners[first][1]:
            end += 1
        if end - first > 1 and (first, end - 1) not in spans:
            owner = owners[first][0]
            flow.brackets.append(Bracket(first, end - 1, cut(owner), owner))
        first = end


def _letter(number: int) -> str:
    """Return a, b, ..., z, a1, b1, ..."""
    more = number // 26
    return chr(ord("a") + number % 26) + (str(more) if more else "")


def _rest(row: Row, width: float, y: float) -> list[Part]:
    """Return the line that leads into a row, and the arrow that leads out of it."""
    start = MARGIN + row.xs[-1] + row.elements[-1].right
    parts: list[Part] = [Line(((start, y), (min(start + 18, width - 6), y)), "flow", True)]
    if row.first and row.flow.linked[row.first]:
        parts.append(Line(((4, y), (MARGIN + row.xs[0], y)), "flow"))
    return parts


def _filters(row: Row, x: float, y: float) -> list[Part]:
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


class _Bars:
    """Where the multiply-accumulates and the parameters are: a bar of each under an element."""

    def __init__(self, elements: Sequence[Element]) -> None:
        counts = [_summed(element) for element in elements]
        formula = any(n is not None and plain(n) is None for pair in counts for n in pair)
        counts = [] if formula else counts  # bars are of numbers
        self.known = all(None not in pair for pair in counts)
        self.whole = [sum(pair[side] or 0 for pair in counts) for side in (0, 1)]
        self.most = [max([1, *(pair[side] or 0 for pair in counts)]) for side in (0, 1)]
        self.any = any(self.whole)

    def draw(self, row: Row, top: float) -> tuple[list[Part], float]:
        """Return the bars under a row, and where they end."""
        shown = [_summed(element) for element in row.elements]
        up = max(BAR * (pair[1] or 0) / self.most[1] for pair in shown)
        down = max(BAR * (pair[0] or 0) / self.most[0] for pair in shown)
        middle = top + max(up, 8) + 14
        right = MARGIN + row.width
        parts: list[Part] = [Line(((MARGIN, middle), (right, middle)), "axis")]
        centres = [MARGIN + x + e.right / 2 for x, e in zip(row.xs, row.elements, strict=True)]
        if self.titled(row):
            parts.append(Text(MARGIN, middle - 6, "MACs", "small", "start"))
            parts.append(Text(MARGIN, middle + 13, "parameters", "small", "start"))
        for centre, pair, element in zip(centres, shown, row.elements, strict=True):
            if pair[0] != 0 or pair[1] != 0:
                parts.append(self._pair(centre, middle, pair, _name(element)))
        return parts, middle + max(down, 8) + 14

    def titled(self, row: Row) -> bool:
        """Say whether there is room for the words beside the first bar of a row."""
        for x, element in zip(row.xs, row.elements, strict=True):
            if _summed(element) != (0, 0):
                return x + element.right / 2 - BAR_WIDTH > 52
        return False

    def _pair(self, x: float, y: float, pair: tuple[int | None, int | None], name: str) -> Group:
        parameters, macs = pair
        up = BAR * (macs or 0) / self.most[1]
        down = BAR * (parameters or 0) / self.most[0]
        parts: list[Part] = []
        if macs:
            parts.append(Rect(x - BAR_WIDTH / 2, y - max(up, 0.8), BAR_WIDTH, max(up, 0.8), "macs"))
        if parameters:
            parts.append(Rect(x - BAR_WIDTH / 2, y, BAR_WIDTH, max(down, 0.8), "parameters"))
        parts.append(Text(x, y - up - 4, self._told(macs, 1), "small"))
        parts.append(Text(x, y + down + 10, self._told(parameters, 0), "small"))
        counts = (f"{'?' if n is None else f'{n:,}'}" for n in (macs, parameters))
        told = "{}: {} MACs, {} parameters".format(name, *counts)
        return Group(tuple(parts), told, "bars")

    def _told(self, count: int | None, side: int) -> str:
        if count is None or not self.known:
            return short(count)
        return share(count, self.whole[side])


def _name(element: Element) -> str:
    return element.node.name


def _summed(element: Element) -> tuple[int | None, int | None]:
    """Return the parameters and the multiply-accumulates of all that an element stands for."""
    counts = [node.counts for single in counted_in(element) for node in single.like]
    parameters, macs = zip(*counts, strict=True)
    return _total(parameters), _total(macs)


def _total(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
