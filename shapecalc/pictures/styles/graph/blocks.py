"""What a graph is made of: cards, inputs, frames, forks, and columns of them."""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.pictures.families import FUSED
from shapecalc.pictures.merges import RADIUS
from shapecalc.pictures.network import Node, summed
from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.scene import Group, Part, Rect, Text
from shapecalc.pictures.text import cut, fitting, one_or_range, volume_text, width_of
from shapecalc.pictures.tree import Single
from shapecalc.volumes import PartialVolume, plain

ROW, CARD_TOP = 21.0, 5.0
INSET, AT_RIGHT = 18.0, 9.0  # of a card's text
WIDEST_ROW = 230.0
GAP, BESIDE = 30.0, 30.0
FRAME_TOP, FRAME = 20.0, 12.0
NARROWEST = 64.0


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
        sums = [summed(column) for column in zip(*counts, strict=True)]
        self.count = "" if sums == [0] * len(sums) else one_or_range(sums)
        letters = LETTERS[self.letters]
        self.text = fitting(f"{code} {told}".strip(), letters.size, WIDEST_ROW, letters.bold)
        self.macs = plain(summed([node.counts[1] for single in singles for node in single.like]))
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
