"""Branches of a graph: beside each other, or one below the other where there is less room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shapecalc.pictures.merges import RADIUS
from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.styles.graph.blocks import GAP, Block, Column
from shapecalc.pictures.text import cut, width_of
from shapecalc.pictures.tree import Single
from shapecalc.volumes import PartialVolume

BESIDE = 24.0
RAIL = 16.0  # from branches that lie one below the other to the ways along them
TURN_OUT, TURN_IN = 20.0, 14.0  # from a branch to the bend behind it, and before the next one
ENDING = 26.0  # px that the name of an output takes


@dataclass
class Branch:
    """A column of a fork; `role` is how the ways to and from it are painted.

    `note` is what is written beside an identity.
    """

    column: Column
    role: str
    note: str = "identity"
    source: int = -1  # the number of the node that it reads

    @property
    def empty(self) -> bool:
        """Whether it is an identity."""
        return not self.column.blocks

    @property
    def led(self) -> bool:
        """Whether a way leads to it from where the branches part."""
        return self.empty or self.column.attached


class Fork(Block):
    """Branches, the highest on the axis, and what joins them, if anything.

    `caption` is the name of the block that it is, or of the merge.
    """

    def __init__(
        self, branches: Sequence[Branch], merge: Single | None, led: bool, caption: str
    ) -> None:
        self.branches, self.merge, self.led = branches, merge, led
        self.main = max(range(len(branches)), key=lambda place: branches[place].column.height)
        self.first = self.last = merge
        self.caption = cut(caption)
        self.code = merge.node.fault.partition(":")[0] if merge is not None else ""
        self.stacked = False
        self._measure()

    def _measure(self) -> None:
        self.top = GAP if self.led else 0.0
        if self.stacked:
            self._one_below_the_other()
        else:
            self._beside_each_other()
        caption, code = LETTERS["caption"], LETTERS["badge"]
        beside = RADIUS + 6
        if self.caption:
            self.left = max(self.left, beside + width_of(self.caption, caption.size, caption.bold))
        if self.code:
            self.right = max(self.right, beside + width_of(self.code, code.size, code.bold))
        self.height = self.top + self.body + GAP + (2 * RADIUS if self.merge is not None else 0)

    def _beside_each_other(self) -> None:
        columns = [branch.column for branch in self.branches]
        self.body = max(column.height for column in columns)
        main = columns[self.main]
        self.xs = {self.main: 0.0}
        self.left, self.right = main.left, main.right
        lanes = {place for place, branch in enumerate(self.branches) if self.laned(branch)}
        after = [place for place in range(self.main + 1, len(columns)) if place not in lanes]
        # The first of these reads what lies lowest: the lanes to them do not cross.
        after += sorted(lanes - {self.main}, key=lambda place: -self.branches[place].source)
        for place in after:
            column = columns[place]
            self.xs[place] = self.right + BESIDE + column.left
            self.right = self.xs[place] + column.right
        for place in range(self.main - 1, -1, -1):
            if place not in lanes:
                column = columns[place]
                self.xs[place] = -(self.left + BESIDE + column.right)
                self.left = -self.xs[place] + column.left

    def laned(self, branch: Branch) -> bool:
        """Say whether a branch ends the network and has its way from elsewhere, in a lane at the
        right: it stands there, and as low as can be, below what it reads.
        """
        return self.merge is None and not branch.led

    def _one_below_the_other(self) -> None:
        columns = [branch.column for branch in self.branches if not branch.empty]
        between = TURN_OUT + 2 * TURN_IN + (0 if self.merge is not None else ENDING)
        self.body = sum(column.height for column in columns) + between * (len(columns) - 1)
        self.between = between
        self.into = max(column.left for column in columns) + RAIL  # how far out the ways are
        self.out = max(column.right for column in columns) + RAIL
        self.past = self.into + RAIL  # of an identity, which goes past all of them
        self.left, self.right = self.into + 4, self.out + 4
        for branch in self.branches:
            if branch.empty:
                note = width_of(branch.note, LETTERS["small"].size)
                self.left = max(self.left, self.past + 8 + note)

    def narrow(self) -> bool:
        """Make the widest branch narrower, or put the branches one below the other."""
        columns = [branch.column for branch in self.branches]
        if not self.stacked and sum(not branch.empty for branch in self.branches) > 1:
            before = self.left + self.right
            self.stacked = True
            self._measure()
            if self.left + self.right < before:
                return True
            self.stacked = False
            self._measure()
        for column in sorted(columns, key=lambda column: -column.width):
            if column.narrow():
                self._measure()
                return True
        return False

    def volume(self, before: PartialVolume | None) -> PartialVolume | None:
        """Return the volume that leaves it."""
        return self.merge.node.volume if self.merge is not None else None
