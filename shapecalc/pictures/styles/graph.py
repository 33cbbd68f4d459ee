"""The style graph: cards of consecutive layers from top to bottom, branches beside each other.

The longest branch is the main way, straight and grey; the others are coloured and at its sides. An
edge that leaves its branch runs in a lane at the right. Equal runs are drawn once, in a frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

from shapecalc.pictures.families import FUSED
from shapecalc.pictures.heading import (
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
from shapecalc.pictures.scene import (
    Circle,
    Group,
    Line,
    Part,
    Point,
    Rect,
    Scene,
    Text,
    extent,
    moved,
)
from shapecalc.pictures.text import cut, fitting, one_or_range, volume_text, width_of
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
from shapecalc.volumes import PartialVolume, plain

WIDTH = 1400.0  # where nothing else is asked for
TALLEST = 1000.0  # a longer way is cut into columns, where there is room beside it
ROW, CARD_TOP = 21.0, 5.0
INSET, AT_RIGHT = 18.0, 9.0  # of a card's text
WIDEST_ROW = 230.0
GAP, BESIDE, LANE = 30.0, 30.0, 12.0
RADIUS, CORNER = 10.0, 9.0
FRAME_TOP, FRAME = 20.0, 12.0
NARROWEST = 64.0
COLUMNS_APART = 56.0


class Entry:
    """A line of a card: one layer, or neighbours that keep the volume."""

    def __init__(self, singles: list[Single]) -> None:
        self.singles = singles
        nodes = [single.node for single in singles]
        self.light = all(node.family in FUSED for node in nodes)
        self.fault = next((node.fault for node in nodes if node.fault), "")
        told = " · ".join(_described(node) for node in nodes)
        code = self.fault.partition(":")[0]
        self.letters = "fault" if self.fault else "note" if self.light else "name"
        counts = [[node.counts[0] for node in single.like] for single in singles]
        sums = [_sum(column) for column in zip(*counts, strict=True)]
        self.count = "" if sums == [0] * len(sums) else one_or_range(sums)
        letters = LETTERS[self.letters]
        self.text = fitting(f"{code} {told}".strip(), letters.size, WIDEST_ROW, letters.bold)
        self.macs = plain(_sum([node.counts[1] for single in singles for node in single.like]))
        beside = width_of(self.count, LETTERS["small"].size) + 14 if self.count else 0
        width = width_of(self.text, letters.size, letters.bold)
        self.width = INSET + width + beside + AT_RIGHT

    def draw(self, x: float, y: float, width: float, most: int) -> Group:
        """Return it inside of a card with its upper left corner there."""
        parts: list[Part] = []
        height = (ROW - 7) / len(self.singles)
        for number, single in enumerate(self.singles):
            mark = Rect(
                x + 6, y + 3 + number * height, 5, height - 0.5, f"mark-{single.node.family}", 1
            )
            parts.append(mark)
        parts.append(Text(x + INSET, y + 14, self.text, self.letters, "start"))
        if self.count:
            parts.append(Text(x + width - AT_RIGHT, y + 14, self.count, "small", "end"))
        if self.macs:
            length = max(1.5, (width - INSET - AT_RIGHT) * self.macs / most)
            family = self.singles[0].node.family
            parts.append(Rect(x + INSET, y + 17.4, length, 1.8, f"mark-{family}", 0.9))
        title = "\n".join(single.node.title for single in self.singles)
        like = self.singles[0].like
        if len(like) > 1:
            title += f"\n{len(like)} like it: {', '.join(cut(node.name) for node in like[:12])}"
        return Group(tuple(parts), title, "layer")


def _described(node: Node) -> str:
    """Return a layer as people write it: `conv 3×3, 128, /2`."""
    kind, *fields = node.words
    if node.group:
        kind = node.name
        fields = [*node.words]
    told = f"{cut(kind)} {', '.join(fields)}".strip()
    return f"{told} · output" if node.gives else told


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


class Card:
    """Layers one after the other, a line each."""

    def __init__(self, singles: list[Single]) -> None:
        self.first, self.last = singles[0], singles[-1]
        self.singles = singles
        self.rows: list[Entry] = []
        for single in singles:
            light = single.node.family in FUSED and not single.node.fault
            if self.rows and light and self.rows[-1].light and not self.rows[-1].fault:
                self.rows[-1] = Entry([*self.rows[-1].singles, single])
            else:
                self.rows.append(Entry([single]))
        self.width = max(NARROWEST, *(row.width for row in self.rows))
        self.left = self.right = self.width / 2
        self.height = ROW * len(self.rows) + 2 * CARD_TOP - 3

    def volume(self, before: PartialVolume | None) -> PartialVolume | None:
        """Return the volume that leaves it."""
        return self.last.node.volume


class Source:
    """An input: its name and its volume, without a card."""

    def __init__(self, single: Single) -> None:
        self.first = self.last = single
        name = "" if single.node.name == "input" else f" {cut(single.node.name)}"
        self.text = f"input{name} {volume_text(single.node.volume)}"
        self.left = self.right = width_of(self.text, LETTERS["name"].size, True) / 2
        self.height = 14.0

    def volume(self, before: PartialVolume | None) -> PartialVolume | None:
        """Return the volume that leaves it."""
        return self.last.node.volume


class Frame:
    """What comes several times, drawn once."""

    first: Single | None
    last: Single | None
    left: float
    right: float
    height: float

    def __init__(self, column: Column, times: int, names: Sequence[str]) -> None:
        self.column, self.times = column, times
        self.text = f"× {times}"
        self.title = f"{times} times: {cut(names[0], 60)} to {cut(names[-1], 60)}"
        self.first, self.last = column.blocks[0].first, column.blocks[-1].last
        label = width_of(self.text, LETTERS["name"].size, True) + 16
        self.left = max(column.left + FRAME, label + 8)
        self.right = column.right + FRAME
        self.height = column.height + FRAME_TOP + FRAME

    def volume(self, before: PartialVolume | None) -> PartialVolume | None:
        """Return the volume that leaves it."""
        return self.last.last_volume if self.last is not None else None


class Fork:
    """Branches beside each other, the longest in the middle, and what joins them, if anything."""

    first: Single | None
    last: Single | None
    left: float
    right: float
    height: float

    def __init__(self, columns: list[Column], merge: Single | None, led: bool) -> None:
        self.columns, self.merge, self.led = columns, merge, led
        self.main = max(range(len(columns)), key=lambda place: columns[place].height)
        self.body = max(column.height for column in columns)
        self.first = self.last = merge
        main = columns[self.main]
        self.xs = {self.main: 0.0}
        self.left, self.right = main.left, main.right
        for place in range(self.main + 1, len(columns)):
            column = columns[place]
            self.xs[place] = self.right + BESIDE + column.left
            self.right = self.xs[place] + column.right
        for place in range(self.main - 1, -1, -1):
            column = columns[place]
            self.xs[place] = -(self.left + BESIDE + column.right)
            self.left = -self.xs[place] + column.left
        self.top = GAP if led else 0.0
        self.height = self.top + self.body + GAP
        if merge is not None:
            self.height += 2 * RADIUS

    def volume(self, before: PartialVolume | None) -> PartialVolume | None:
        """Return the volume that leaves it."""
        return self.merge.node.volume if self.merge is not None else None


Block = Card | Source | Frame | Fork


class Column:
    """Blocks one below the other on one axis. An identity has none."""

    def __init__(self, blocks: list[Block], linked: list[bool]) -> None:
        self.blocks, self.linked = blocks, linked
        self.attached = not linked or linked[0]
        self.output = ""  # what is written at its end
        self.left = max([12.0, *(block.left for block in blocks)])
        self.right = max([12.0, *(block.right for block in blocks)])
        beside = [self._beside(block) for block in blocks] or [width_of("identity", 9)]
        self.right = max(self.right, 8 + max(beside))
        gaps = sum(self.gap(place) for place in range(1, len(blocks)))
        self.height = sum(block.height for block in blocks) + gaps

    def gap(self, place: int) -> float:
        """Return the room before a block: none before a fork, which has its own."""
        block = self.blocks[place]
        return 0.0 if isinstance(block, Fork) and block.led else GAP

    def _beside(self, block: Block) -> float:
        """Return the room that the volume beside the way out of a block takes."""
        return width_of(volume_text(block.volume(None)), LETTERS["small"].size) + 2

    def volume(self, before: PartialVolume | None) -> PartialVolume | None:
        """Return the volume that leaves it."""
        return self.blocks[-1].volume(before) if self.blocks else before


class _Maker:
    def __init__(self, network: Network, cuts_before: Set[int], cuts_behind: Set[int]) -> None:
        self.outputs = network.outputs
        self.cuts_before, self.cuts_behind = cuts_before, cuts_behind

    def column(self, chain: Chain, led: bool) -> Column:
        """Return a chain as a column; `led` says that something leads to it."""
        blocks: list[Block] = []
        linked: list[bool] = []
        run: list[Single] = []

        def flush() -> None:
            if run:
                linked.append(run[0].linked)
                blocks.append(Card([*run]))
                run.clear()

        for item in chain.items:
            if isinstance(item, Single) and item.node.records:
                if not item.linked or item.number in self.cuts_before:
                    flush()
                run.append(item)
                if item.number in self.cuts_behind:
                    flush()
                continue
            flush()
            linked.append(item.linked)
            blocks.append(self._block(item, led or bool(blocks)))
        flush()
        return Column(blocks, linked)

    def _block(self, item: Item, led: bool) -> Block:
        if isinstance(item, Single):
            return Source(item)
        if isinstance(item, Repeated):
            names = [single.node.name for single in item.nodes()]
            return Frame(self.column(item.body, led), item.times, names)
        columns = [self.column(branch, led) for branch in item.branches]
        if item.merge is None:
            for column in columns:
                self.end(column)
        return Fork(columns, item.merge, led)

    def end(self, column: Column) -> None:
        """Give a column the name of the output that it ends in."""
        last = column.blocks[-1].last if column.blocks else None
        number = last.number if last is not None else -1
        names = [name for name, node in self.outputs.items() if node == number]
        if not names and self.outputs:
            return
        name = f" {cut(names[0], 18)}" if len(self.outputs) > 1 else ""
        volume = last.node.volume if last is not None else None
        letters = LETTERS["name"]
        text = f"output{name} {volume_text(volume)}"
        column.output = fitting(text, letters.size, WIDEST_ROW, letters.bold)
        half = width_of(column.output, letters.size, letters.bold) / 2 + 4
        column.left, column.right = max(column.left, half), max(column.right, half)


class _Painter:
    """Draws columns, and notes where the way into each node begins and the way out of it ends."""

    def __init__(self, network: Network, most: int) -> None:
        self.network, self.most = network, most
        self.ways: list[Part] = []
        self.things: list[Part] = []
        self.texts: list[Part] = []
        self.into: dict[int, tuple[Point, bool]] = {}  # whether that is at the side
        self.out: dict[int, Point] = {}
        self.said: PartialVolume | None = None  # the volume that was written last
        self.started = False

    def way(self, *points: Point, skip: bool = False, arrow: bool = True) -> None:
        """Draw a way."""
        self.ways.append(Line(tuple(points), "skip" if skip else "flow", arrow, CORNER))

    def beside(
        self, volume: PartialVolume | None, x: float, y: float, always: bool = False
    ) -> None:
        """Write the volume beside a way, where it has changed."""
        if always or not self.started or volume != self.said:
            if not always:
                self.said, self.started = volume, True
            self.texts.append(Text(x + 8, y, volume_text(volume), "small", "start"))

    def column(
        self, column: Column, x: float, y: float, volume: PartialVolume | None
    ) -> tuple[float, PartialVolume | None]:
        """Draw a column downwards; return where it ends and the volume that leaves it."""
        for place, block in enumerate(column.blocks):
            gap = column.gap(place) if place else 0.0
            if gap and column.linked[place]:
                self.way((x, y), (x, y + gap))
                self.beside(volume, x, y + gap / 2 + 1)
            y += gap
            volume = self.block(block, x, y, volume)
            y += block.height
        return y, volume

    def block(
        self, block: Block, x: float, y: float, volume: PartialVolume | None
    ) -> PartialVolume | None:
        """Draw a block; return the volume that leaves it."""
        if isinstance(block, Fork):
            return self.fork(block, x, y, volume)
        if isinstance(block, Frame):
            return self.frame(block, x, y, volume)
        if isinstance(block, Source):
            text = Text(x, y + 10, block.text, "name")
            self.texts.append(Group((text,), block.first.node.title, "layer"))
            self.said, self.started = block.volume(None), True
        else:
            self.card(block, x, y)
        for single in block.singles if isinstance(block, Card) else (block.first,):
            self.into[single.number] = ((x, y), False)
            self.out[single.number] = (x, y + block.height)
        return block.volume(volume)

    def card(self, card: Card, x: float, y: float) -> None:
        left = x - card.width / 2
        parts: list[Part] = [Rect(left, y, card.width, card.height, "card", 7, solid=True)]
        if any(row.fault for row in card.rows):
            parts.append(Rect(left, y, card.width, card.height, "faulty", 7))
        for number, row in enumerate(card.rows):
            parts.append(row.draw(left, y + CARD_TOP + number * ROW, card.width, self.most))
        self.things.append(Group(tuple(parts), "", "card"))

    def frame(
        self, frame: Frame, x: float, y: float, volume: PartialVolume | None
    ) -> PartialVolume | None:
        left = x - frame.left
        box = Rect(left, y, frame.left + frame.right, frame.height, "frame", 9)
        text = Text(left + 8, y + 14, frame.text, "name", "start")
        self.ways.insert(0, Group((box,), frame.title, "repeated"))
        self.texts.append(text)
        top = y + FRAME_TOP
        first = frame.column.blocks[0]
        led = not (isinstance(first, Fork) and first.led)
        self.way((x, y), (x, top), arrow=led)
        end, volume = self.column(frame.column, x, top, volume)
        self.way((x, end), (x, y + frame.height), arrow=False)
        return frame.volume(volume)

    def fork(
        self, fork: Fork, x: float, y: float, volume: PartialVolume | None
    ) -> PartialVolume | None:
        top = y + fork.top
        dot = y + 8
        middle = top + fork.body + GAP + RADIUS
        if fork.led:
            self.things.append(Circle(x, dot, 2.6, "flow-head"))
            self.way((x, y), (x, dot), arrow=False)
        outs = []
        for place, column in enumerate(fork.columns):
            bx = x + fork.xs[place]
            main = place == fork.main
            side = RADIUS if bx > x else -RADIUS
            if not column.blocks:
                self.way((x, dot), (bx, dot), (bx, middle), (x + side, middle), skip=True)
                text = Text(bx + 8, (top + middle) / 2, "identity", "small", "start")
                self.texts.append(text)
                continue
            begin = top + (fork.body - column.height) / 2
            if fork.led and column.attached:
                first = column.blocks[0]
                arrow = not (isinstance(first, Fork) and first.led)
                if main:
                    self.way((x, dot), (x, begin), arrow=arrow)
                    self.beside(volume, x, begin - 10)
                else:
                    self.way((x, dot), (bx, dot), (bx, begin), skip=True, arrow=arrow)
            before = self.said
            end, out = self.column(column, bx, begin, volume)
            if not main:
                self.said = before
            outs.append((place, bx, end, out))
        for place, bx, end, out in outs:
            self._joins(fork, place, (x, middle), (bx, end), out)
        if fork.merge is None:
            return None
        merge = fork.merge
        circle = merge_circle(merge.node, x, middle, RADIUS)
        self.things.append(Group(tuple(circle), merge.node.title, "merge"))
        self.into[merge.number] = ((x, middle), True)
        self.out[merge.number] = (x, middle + RADIUS)
        self.said, self.started = fork.columns[fork.main].volume(volume), True
        return merge.node.volume

    def _joins(
        self,
        fork: Fork,
        place: int,
        at: Point,
        end: Point,
        volume: PartialVolume | None,
    ) -> None:
        """Draw the way from a branch's end to the merge, or to the network's end."""
        (x, middle), (bx, y) = at, end
        if fork.merge is None:
            self.ends(fork.columns[place], bx, y)
        elif place == fork.main:
            self.way((x, y), (x, middle - RADIUS))
            self.said = None
            self.beside(volume, x, y + 13, always=True)
        else:
            side = RADIUS if bx > x else -RADIUS
            self.way((bx, y), (bx, middle), (x + side, middle), skip=True)
            self.beside(volume, bx, y + 13, always=True)

    def ends(self, column: Column, x: float, y: float) -> None:
        """Write that a way ends in an output, and which."""
        if column.output:
            self.way((x, y), (x, y + GAP - 8))
            self.texts.append(Text(x, y + GAP + 5, column.output, "name"))

    def lanes(self, further: Sequence[tuple[int, Item]], right: float) -> None:
        """Draw the edges that leave their branch, each in a lane of its own beside everything."""
        edges = []
        for source, target in further:
            numbers = [single.number for single in target.nodes() if single.number in self.into]
            if source in self.out and numbers:
                start = self.out[source]
                edges.append(
                    (start, *self.into[numbers[-1 if isinstance(target, Branches) else 0]])
                )
        free: list[float] = []
        for start, end, side in sorted(edges, key=lambda e: min(e[0][1], e[1][1])):
            top, bottom = sorted((start[1], end[1]))
            lane = next((n for n, until in enumerate(free) if until < top), len(free))
            free[lane : lane + 1] = [bottom]
            x = right + 14 + LANE * lane
            begin = (start[0], start[1] + 5)
            self.things.append(Circle(*begin, 2.6, "skip-head"))
            points = [begin, (x, begin[1])]
            if side:
                points += [(x, end[1]), (end[0] + RADIUS, end[1])]
            else:
                points += [(x, end[1] - 12), (end[0], end[1] - 12), end]
            self.way(*points, skip=True)


def draw(trace: Trace, options: Options) -> Scene:
    """Return the scene of a network as a graph."""
    network = network_of(trace, options.depth)
    if not network.nodes:
        return nothing(trace, options.width or 600.0)
    tree = tree_of(network)
    sources = {source for source, _ in tree.further}
    targets = {single.number for _, item in tree.further for single in item.nodes()}
    main = drawable(folded(tree.main, sources | targets))
    maker = _Maker(network, targets, sources)
    column = maker.column(main, False)
    if not isinstance(column.blocks[-1], Fork) or column.blocks[-1].merge is not None:
        maker.end(column)
    singles = [single for item in main.items for single in item.nodes()]
    most = max(1, *(plain(_sum([n.counts[1] for n in s.like])) or 0 for s in singles))
    room = (options.width or WIDTH) - 2 * MARGIN
    columns = [column] if tree.further else _cut(column, room)
    painter = _Painter(network, most)
    _paint(painter, columns)
    parts = [*painter.ways, *painter.things, *painter.texts]
    if tree.further:
        painter.lanes(tree.further, extent(parts).right)
        parts = [*painter.ways, *painter.things, *painter.texts]
    box = extent(parts)
    width = max(box.right - box.left + 2 * MARGIN, least_width(trace))
    head, top = heading(trace, [single.node.family for single in singles], width)
    shift = MARGIN - box.left + (width - 2 * MARGIN - box.right + box.left) / 2
    placed = [moved(part, shift, top + 14 - box.top) for part in parts]
    bottom = top + 14 + box.bottom - box.top
    foot, end = footing(loose_faults(trace), width, bottom)
    return Scene(width, end + 18, title_of(trace), _description(trace), tuple(head + placed + foot))


def _description(trace: Trace) -> str:
    lines = [
        f"{record.name} from {', '.join(record.sources or ('?',))}: {volume_text(record.output)}"
        for record in trace.layers[:200]
    ]
    more = len(trace.layers) - 200
    return "; ".join(lines) + (f"; and {more:,} more layers" if more > 0 else "")


def _cut(column: Column, room: float) -> list[Column]:
    """Cut a column into several that stand beside each other: as few as are short enough."""
    width = column.left + column.right
    most = max(1, int((room + COLUMNS_APART) // (width + COLUMNS_APART)))
    found = [column]
    for number in range(1, most + 1):
        found = list(_parts(column, column.height / number))
        if max(part.height for part in found) <= TALLEST:
            break
    return found


def _parts(column: Column, height: float) -> Iterator[Column]:
    """Yield columns of about one height; an unlinked block stays under the one before."""
    first, reached = 0, 0.0
    for place, block in enumerate(column.blocks):
        reached += block.height + GAP
        if reached >= height and place + 1 < len(column.blocks):
            after = column.blocks[place + 1]
            if column.linked[place + 1] and not (isinstance(after, Fork) and after.led):
                yield Column(column.blocks[first : place + 1], column.linked[first : place + 1])
                first, reached = place + 1, 0.0
    last = Column(column.blocks[first:], column.linked[first:])
    last.output = column.output
    yield last


def _paint(painter: _Painter, columns: Sequence[Column]) -> None:
    """Draw columns beside each other, and the ways from one's end to the next one's beginning."""
    x = columns[0].left
    volume: PartialVolume | None = None
    ends: list[Point] = []
    heads: list[float] = [x]
    for number, column in enumerate(columns):
        end, volume = painter.column(column, x, 0.0, volume)
        ends.append((x, end))
        if number + 1 < len(columns):
            x += column.right + COLUMNS_APART + columns[number + 1].left
            heads.append(x)
    for (_, there), (start, end), column in zip(pairwise(heads), ends, columns, strict=False):
        between = start + column.right + COLUMNS_APART / 2
        way = ((start, end), (start, end + 16), (between, end + 16), (between, -22), (there, -22))
        painter.way(*way, (there, 0.0))
    painter.ends(columns[-1], *ends[-1])
