"""Draws columns, and the ways between what stands in them."""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.pictures.merges import RADIUS, merge_circle
from shapecalc.pictures.network import Network
from shapecalc.pictures.scene import Circle, Group, Line, Part, Point, Rect, Text, extent, moved
from shapecalc.pictures.styles.graph.blocks import (
    FRAME_TOP,
    GAP,
    Block,
    Card,
    Column,
    Frame,
    Source,
)
from shapecalc.pictures.styles.graph.entry import ROW
from shapecalc.pictures.styles.graph.fork import TURN_IN, TURN_OUT, Fork
from shapecalc.pictures.text import volume_text
from shapecalc.pictures.tree import Branches, Item, Single
from shapecalc.volumes import PartialVolume

LANE, CORNER = 12.0, 9.0
INTO, LANES = 12.0, 7.0  # from the way to a thing down to it, and to the next such way


class Painter:
    """Draws columns, and notes where the way into each node begins and the way out of it ends."""

    def __init__(self, network: Network, most: int) -> None:
        self.network, self.most = network, most
        self.ways: list[Part] = []
        self.things: list[Part] = []
        self.texts: list[Part] = []
        self.roles: set[str] = set()  # of ways
        self.into: dict[int, tuple[Point, bool]] = {}  # whether that is at the side
        self.out: dict[int, Point] = {}
        self.said: PartialVolume | None = None  # the volume that was written last
        self.started = False

    def way(self, *points: Point, role: str = "flow", arrow: bool = True) -> None:
        """Draw a way."""
        self.roles.add(role)
        self.ways.append(Line(tuple(points), role, arrow, CORNER))

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
            self.texts.append(Group((text,), block.single.node.title, "layer"))
            self.said, self.started = block.volume(None), True
        elif isinstance(block, Card):
            self.card(block, x, y)
        for single in self._singles(block):
            self.into[single.number] = ((x, y), False)
            self.out[single.number] = (x, y + block.height)
        return block.volume(volume)

    @staticmethod
    def _singles(block: Block) -> list[Single]:
        if isinstance(block, Card):
            return block.singles
        return [block.single] if isinstance(block, Source) else []

    def card(self, card: Card, x: float, y: float) -> None:
        """Draw a card, its axis at x."""
        left = x - card.width / 2
        parts: list[Part] = [Rect(left, y, card.width, card.height, "card", 7, solid=True)]
        if any(row.fault for row in card.rows):
            parts.append(Rect(left, y, card.width, card.height, "faulty", 7))
        if card.caption:
            parts.append(Text(left + 7, y + 13, card.caption, "caption", "start"))
        for number, row in enumerate(card.rows):
            parts.append(row.draw(left, y + card.top + number * ROW, card.width, self.most))
        self.things.append(Group(tuple(parts), "", "card"))

    def frame(
        self, frame: Frame, x: float, y: float, volume: PartialVolume | None
    ) -> PartialVolume | None:
        """Draw what comes several times, in a frame; return the volume that leaves it."""
        left = x - frame.left
        box = Rect(left, y, frame.left + frame.right, frame.height, "frame", 9)
        text = Text(left + 8, y + 14, frame.text, "name", "start")
        self.ways.insert(0, Group((box,), frame.title, "repeated"))
        self.texts.append(text)
        top = y + FRAME_TOP
        first = frame.column.blocks[0]
        self.way((x, y), (x, top), arrow=not first.led)
        end, volume = self.column(frame.column, x, top, volume)
        self.way((x, end), (x, y + frame.height), arrow=False)
        return frame.volume(volume)

    def fork(
        self, fork: Fork, x: float, y: float, volume: PartialVolume | None
    ) -> PartialVolume | None:
        """Draw branches and what joins them; return the volume that leaves it."""
        dot = y + 8
        middle = y + fork.top + fork.body + GAP + RADIUS
        if fork.led:
            if sum(branch.led for branch in fork.branches) > 1:
                self.things.append(Circle(x, dot, 2.6, "flow-head"))
            self.way((x, y), (x, dot), arrow=False)
        draw = self._one_below_the_other if fork.stacked else self._beside_each_other
        draw(fork, (x, y + fork.top), dot, middle, volume)
        if fork.merge is None:
            return None
        merge = fork.merge
        parts = merge_circle(merge.node, x, middle)
        if fork.caption:
            parts.append(Text(x - RADIUS - 5, middle + 14, fork.caption, "caption", "end"))
        if fork.code:
            parts.append(Text(x + RADIUS + 5, middle + 14, fork.code, "badge", "start"))
        self.things.append(Group(tuple(parts), merge.node.title, "merge"))
        self.into[merge.number] = ((x, middle), True)
        self.out[merge.number] = (x, middle + RADIUS)
        self.said, self.started = fork.branches[fork.main].column.volume(volume), True
        return merge.node.volume

    def _beside_each_other(
        self, fork: Fork, at: Point, dot: float, middle: float, volume: PartialVolume | None
    ) -> None:
        x, top = at
        outs = []
        for place, branch in enumerate(fork.branches):
            column, bx, main = branch.column, x + fork.xs[place], place == fork.main
            if branch.empty:
                side = RADIUS if bx > x else -RADIUS
                self.way((x, dot), (bx, dot), (bx, middle), (x + side, middle), role=branch.role)
                text = Text(bx + 8, (top + middle) / 2, branch.note, "small", "start")
                self.texts.append(text)
                continue
            above = fork.body - column.height
            begin = top + (above if fork.laned(branch) else above / 2)
            if fork.led and column.attached:
                arrow = not column.blocks[0].led
                if main:
                    self.way((x, dot), (x, begin), arrow=arrow)
                    self.beside(volume, x, begin - 10)
                else:
                    way = ((x, dot), (bx, dot), (bx, begin))
                    self.way(*way, role=branch.role, arrow=arrow)
            before = self.said
            end, out = self.column(column, bx, begin, volume)
            if not main:
                self.said = before
            outs.append((place, (bx, end), out))
        for place, end_point, out in outs:
            self._joins(fork, place, (x, middle), end_point, out)

    def _one_below_the_other(
        self, fork: Fork, at: Point, dot: float, middle: float, volume: PartialVolume | None
    ) -> None:
        x, y = at
        left, right = x - fork.into, x + fork.out
        drawn = [branch for branch in fork.branches if not branch.empty]
        drawn.sort(key=lambda branch: not branch.column.attached)  # below what they read elsewhere
        for branch in fork.branches:
            if branch.empty:
                past = x - fork.past
                way = ((x, dot), (past, dot), (past, middle), (x - RADIUS, middle))
                self.way(*way, role=branch.role)
                place = (dot + middle) / 2
                self.texts.append(Text(past - 6, place, branch.note, "small", "end"))
        for branch in drawn:
            first, last = branch is drawn[0], branch is drawn[-1]
            if fork.led and branch.column.attached:
                bend = ((left, dot), (left, y - TURN_IN), (x, y - TURN_IN))
                way = ((x, dot), *(() if first else bend), (x, y))
                self.way(*way, role=branch.role, arrow=not branch.column.blocks[0].led)
                if first:
                    self.beside(volume, x, y - 10)
            end, out = self.column(branch.column, x, y, volume)
            if fork.merge is None:
                self.ends(branch.column, x, end)
            else:
                bend = ((x, end + TURN_OUT), (right, end + TURN_OUT), (right, middle))
                way = ((x, end), *(() if last else bend))
                stop = (x, middle - RADIUS) if last else (x + RADIUS, middle)
                self.way(*way, stop, role=branch.role)
                self.beside(out, x, end + 13, always=True)
            y = end + fork.between

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
        branch = fork.branches[place]
        if fork.merge is None:
            self.ends(branch.column, bx, y)
        elif place == fork.main:
            self.way((x, y), (x, middle - RADIUS))
            self.said = None
            self.beside(volume, x, y + 13, always=True)
        else:
            side = RADIUS if bx > x else -RADIUS
            self.way((bx, y), (bx, middle), (x + side, middle), role=branch.role)
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
        taken: list[list[tuple[float, float]]] = []
        heights: dict[Point, float] = {}  # of the ways into what stands in one line
        for _, end, side in sorted(edges, key=lambda edge: -edge[1][0]):
            if not side:
                beside = [way for (_, y), way in heights.items() if y == end[1]]
                heights.setdefault(end, max(beside, default=INTO - LANES) + LANES)
        for start, end, side in sorted(edges, key=lambda edge: abs(edge[0][1] - edge[1][1])):
            top, bottom = sorted((start[1], end[1]))
            spans = (
                (n, all(bottom < a or b < top for a, b in lane)) for n, lane in enumerate(taken)
            )
            lane = next((n for n, free in spans if free), len(taken))
            taken[lane : lane + 1] = [[*(taken[lane] if lane < len(taken) else ()), (top, bottom)]]
            x = right + 14 + LANE * lane
            begin = (start[0], start[1] + 3)
            self.things.append(Circle(*begin, 2.6, "skip-head"))
            self._clear(begin, x)
            points = [begin, (x, begin[1])]
            if side:
                points += [(x, end[1]), (end[0] + RADIUS, end[1])]
            else:
                above = end[1] - heights[end]
                points += [(x, above), (end[0], above), end]
            self.way(*points, role="skip")

    def _clear(self, start: Point, right: float) -> None:
        """Move the texts down through which a level way to the right would go."""
        left, y = start
        for place, text in enumerate(self.texts):
            box = extent([text])
            if left < box.right and box.left < right and box.top - 2 < y < box.bottom + 2:
                self.texts[place] = moved(text, 0.0, y + 4 - box.top)
