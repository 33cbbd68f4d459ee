"""From a tree to columns of blocks."""

from __future__ import annotations

from collections.abc import Set

from shapecalc.pictures.families import FUSED
from shapecalc.pictures.network import Network
from shapecalc.pictures.owners import Owners, copies_text, first_part
from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.shortcuts import faulty_volume, is_shortcut
from shapecalc.pictures.styles.graph.blocks import Block, Card, Column, Frame, Source
from shapecalc.pictures.styles.graph.entry import WIDEST_ROW
from shapecalc.pictures.styles.graph.fork import Branch, Fork
from shapecalc.pictures.text import cut, fitting, volume_text
from shapecalc.pictures.tree import Branches, Chain, Item, Repeated, Single

LONGEST = 20  # layers of a card that count: longer ones could not be cut into columns


class Maker:
    """Makes columns of chains. Cards end before and behind the nodes that edges need."""

    def __init__(self, network: Network, cuts_before: Set[int], cuts_behind: Set[int]) -> None:
        self.outputs = {name: network.nodes[at] for name, at in network.outputs.items()}
        self.owners = Owners(network.nodes)
        self.cuts_before, self.cuts_behind = cuts_before, cuts_behind

    def column(self, chain: Chain, led: bool, inside: str = "") -> Column:
        """Return a chain as a column; `led` says that something leads to it, `inside` what is
        written around it already.
        """
        blocks: list[Block] = []
        linked: list[bool] = []
        run: list[Single] = []

        def flush() -> None:
            if run:
                linked.append(run[0].linked)
                blocks.append(Card([*run], self.owners, self._caption([*run], inside)))
                run.clear()

        for item in chain.items:
            if isinstance(item, Single) and item.node.records:
                apart = not item.linked or item.number in self.cuts_before
                if apart or (run and (self._parts(run[-1], item) or _full(run, item))):
                    flush()
                run.append(item)
                if item.number in self.cuts_behind:
                    flush()
                continue
            flush()
            linked.append(item.linked)
            blocks.append(self._block(item, led or bool(blocks), inside))
        flush()
        return Column(blocks, linked)

    def _parts(self, before: Single, single: Single) -> bool:
        """Say whether an instance of a block begins or ends between two layers; one of a single
        layer stays with the others.
        """
        nodes = before.node, single.node
        if first_part(nodes[0].name) == first_part(nodes[1].name):
            return False
        return any(self.owners.size(node) > 1 and first_part(node.name) for node in nodes)

    def _caption(self, singles: list[Single], inside: str) -> str:
        """Return the name of the block that some layers are; nothing where it is written around
        them, or beside the only one that counts.
        """
        name = self.owners.drawn(singles)
        single = sum(single.node.family not in FUSED for single in singles) == 1
        return "" if single or name == inside else name

    def _block(self, item: Item, led: bool, inside: str) -> Block:
        if isinstance(item, Single):
            return Source(item)
        if isinstance(item, Repeated):
            return self._frame(item, led)
        return self._fork(item, led, inside)

    def _frame(self, item: Repeated, led: bool) -> Frame:
        singles = [*item.nodes()]
        copies = singles[0].like
        text = copies_text(copies[0].name, copies[-1].name)
        inside = ".".join(copies[0].name.split(".")[: text.count(".") + 1])
        names = [single.node.name for single in singles]
        return Frame(self.column(item.body, led, inside), item.times, names, text)

    def _fork(self, item: Branches, led: bool, inside: str) -> Fork:
        branches = []
        for place, chain in enumerate(item.branches):
            column = self.column(chain, led, inside)
            if item.merge is None:
                self.end(column)
            role = "skip" if is_shortcut(item, chain) else "flow"
            brought = faulty_volume(item, place)
            source = max((*next(chain.nodes()).node.sources, -1)) if chain.items else -1
            branches.append(Branch(column, role, f"identity {brought}".rstrip(), source))
        caption = ""
        if item.merge is not None:
            caption = self._caption([*item.nodes()], inside)
            if item.merge.node.family != "merge":  # its circle does not say what it is
                caption = caption or self.owners.label(item.merge.node)
        return Fork(branches, item.merge, led, caption)

    def end(self, column: Column) -> None:
        """Give a column the name of the output that it ends in."""
        last = column.blocks[-1].last if column.blocks else None
        end = last.like[-1] if last is not None else None  # of a run, the one that comes last
        names = [name for name, node in self.outputs.items() if node is end]
        if not names and self.outputs:
            return
        name = f" {cut(names[0], 18)}" if len(self.outputs) > 1 else ""
        volume = end.volume if end is not None else None
        letters = LETTERS["name"]
        text = f"output{name} {volume_text(volume)}"
        column.output = fitting(text, letters.size, WIDEST_ROW, letters.bold)
        column.measure()


def _full(run: list[Single], single: Single) -> bool:
    """Say whether a card has as many layers as it may, and another one comes that counts."""
    counted = sum(each.node.family not in FUSED for each in run)
    return counted >= LONGEST and single.node.family not in FUSED
