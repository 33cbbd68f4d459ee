"""What a graph is made of: cards, inputs, frames, and columns of them; forks have a file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from shapecalc.pictures.families import FUSED
from shapecalc.pictures.owners import Owners
from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.styles.graph.entry import NARROWEST, ROW, Entry
from shapecalc.pictures.text import cut, fitting, volume_text, width_of
from shapecalc.pictures.tree import Single
from shapecalc.volumes import PartialVolume

CARD_TOP, CAPTION = 5.0, 15.0
GAP = 30.0
WIDEST_CAPTION = 150.0
FRAME_TOP, FRAME = 20.0, 12.0
IDENTITY = 12.0  # px at both sides of a way without layers


class Block(ABC):
    """A thing in a column, measured from the column's axis. `first` and `last` are its layers."""

    first: Single | None
    last: Single | None
    left: float
    right: float
    height: float
    led = False  # whether it draws the way into it

    @abstractmethod
    def volume(self, before: PartialVolume | None) -> PartialVolume | None:
        """Return the volume that leaves it."""

    def narrow(self) -> bool:
        """Make it narrower and higher, where it can be; say whether it was."""
        return False

    @property
    def light(self) -> bool:
        """Whether it belongs to what stands above it: no column begins with it."""
        return False


class Card(Block):
    """Layers one after the other, a line each, under the name of the block that they are."""

    def __init__(self, singles: list[Single], owners: Owners, caption: str = "") -> None:
        self.first, self.last = singles[0], singles[-1]
        self.singles = singles
        self.rows: list[Entry] = []
        for single in singles:
            light = single.node.family in FUSED and not single.node.fault
            if self.rows and light and self.rows[-1].light and not self.rows[-1].fault:
                self.rows[-1] = Entry([*self.rows[-1].singles, single], owners)
            else:
                self.rows.append(Entry([single], owners))
        letters = LETTERS["caption"]
        self.width = max(NARROWEST, *(row.width for row in self.rows))
        self.caption = fitting(caption, letters.size, WIDEST_CAPTION, letters.bold)
        self.width = max(self.width, width_of(self.caption, letters.size, letters.bold) + 14)
        self.left = self.right = self.width / 2
        self.top = CARD_TOP + (CAPTION if caption else 0)
        self.height = ROW * len(self.rows) + self.top + CARD_TOP - 3

    def volume(self, before: PartialVolume | None) -> PartialVolume | None:
        """Return the volume that leaves it."""
        return self.singles[-1].node.volume

    @property
    def light(self) -> bool:
        """Whether it has only what keeps the volume."""
        return all(row.light for row in self.rows)


class Source(Block):
    """An input: its name and its volume, without a card."""

    def __init__(self, single: Single) -> None:
        self.single = self.first = self.last = single
        name = "" if single.node.name == "input" else f" {cut(single.node.name)}"
        self.text = f"input{name} {volume_text(single.node.volume)}"
        self.left = self.right = width_of(self.text, LETTERS["name"].size, True) / 2
        self.height = 14.0

    def volume(self, before: PartialVolume | None) -> PartialVolume | None:
        """Return the volume that leaves it."""
        return self.single.node.volume


class Frame(Block):
    """What comes several times, drawn once; `inside` says in which instances of blocks."""

    def __init__(self, column: Column, times: int, names: Sequence[str], inside: str) -> None:
        self.column, self.times = column, times
        self.title = f"{times} times: {cut(names[0], 60)} to {cut(names[-1], 60)}"
        self.first, self.last = column.blocks[0].first, column.blocks[-1].last
        letters = LETTERS["name"]
        self.text = f"× {times}  {cut(inside, 26)}".rstrip()
        self.label = width_of(self.text, letters.size, letters.bold) + 16
        self._measure()

    def _measure(self) -> None:
        self.left = max(self.column.left + FRAME, self.label + 8)  # beside the way into it
        self.right = self.column.right + FRAME
        self.height = self.column.height + FRAME_TOP + FRAME

    def volume(self, before: PartialVolume | None) -> PartialVolume | None:
        """Return the volume that leaves it."""
        return self.last.last_volume if self.last is not None else None

    def narrow(self) -> bool:
        """Make what is in it narrower."""
        done = self.column.narrow()
        self._measure()
        return done


class Column:
    """Blocks one below the other on one axis. An identity has none."""

    def __init__(self, blocks: list[Block], linked: list[bool]) -> None:
        self.blocks, self.linked = blocks, linked
        self.attached = not linked or linked[0]
        self.output = ""  # what is written at its end
        self.measure()

    def measure(self) -> None:
        """Work out its sizes from those of its blocks."""
        blocks = self.blocks
        self.left = max([IDENTITY, *(block.left for block in blocks)])
        self.right = max([IDENTITY, *(block.right for block in blocks)])
        beside = [self._beside(block) for block in blocks] or [width_of("identity", 9)]
        self.right = max(self.right, 8 + max(beside))
        gaps = sum(self.gap(place) for place in range(1, len(blocks)))
        self.height = sum(block.height for block in blocks) + gaps
        if self.output:
            letters = LETTERS["name"]
            half = width_of(self.output, letters.size, letters.bold) / 2 + 4
            self.left, self.right = max(self.left, half), max(self.right, half)

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.left + self.right

    def gap(self, place: int) -> float:
        """Return the room before a block: none before a fork, which has its own."""
        return 0.0 if self.blocks[place].led else GAP

    def _beside(self, block: Block) -> float:
        """Return the room that the volume beside the way out of a block takes."""
        return width_of(volume_text(block.volume(None)), LETTERS["small"].size) + 2

    def volume(self, before: PartialVolume | None) -> PartialVolume | None:
        """Return the volume that leaves it."""
        return self.blocks[-1].volume(before) if self.blocks else before

    def narrow(self) -> bool:
        """Make the widest of its blocks that can be narrower so; say whether there is one."""
        for block in sorted(self.blocks, key=lambda block: -block.left - block.right):
            if block.narrow():
                self.measure()
                return True
        return False

    def fit(self, room: float) -> None:
        """Make it narrower until it has the room, as far as it can be."""
        while self.width > room and self.narrow():
            pass
