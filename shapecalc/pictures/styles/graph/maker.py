"""From a tree to columns of blocks."""

from __future__ import annotations

from collections.abc import Set

from shapecalc.pictures.network import Network
from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.styles.graph.blocks import (
    WIDEST_ROW,
    Block,
    Card,
    Column,
    Fork,
    Frame,
    Source,
)
from shapecalc.pictures.text import cut, fitting, volume_text, width_of
from shapecalc.pictures.tree import Chain, Item, Repeated, Single


class Maker:
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
