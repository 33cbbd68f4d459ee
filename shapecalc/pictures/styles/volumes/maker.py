"""From a tree to flows: what is a glyph, an arc, a stack, a module."""

from __future__ import annotations

from collections.abc import Set
from itertools import count

from shapecalc.pictures.families import FUSED
from shapecalc.pictures.network import Network, Node
from shapecalc.pictures.owners import Owners, copies_text, last_part
from shapecalc.pictures.shortcuts import faulty_volume, is_shortcut
from shapecalc.pictures.styles.volumes.flow import Arc, Bracket, Flow
from shapecalc.pictures.styles.volumes.glyph import Glyph, Scale, belongs, opens
from shapecalc.pictures.styles.volumes.joint import Joint
from shapecalc.pictures.styles.volumes.references import Reference
from shapecalc.pictures.styles.volumes.stack import Stack
from shapecalc.pictures.text import cut
from shapecalc.pictures.tree import Branches, Chain, Item, Repeated, Single

MODULES_TO = 48  # layers of several branches that are one glyph
MODULES_FROM = 26  # glyphs; from here on several branches are one glyph


class Maker:
    """Makes flows of chains, and knows in which element each node is."""

    def __init__(self, network: Network, kept: Set[int], modules: bool) -> None:
        self.scale = Scale(network.nodes)
        self.kept, self.modules = kept, modules
        self.owners = Owners(network.nodes)
        self.numbers = count(1)  # of ends of edges that are not drawn through
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
        if isinstance(home, Glyph | Joint) and belongs(single, home.node):
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
        copies = next(item.nodes()).like
        inside = last_part(copies_text(copies[0].name, copies[-1].name))
        text = f"× {item.times}  {cut(inside, 30)}".rstrip()
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
                    role = "skip" if is_shortcut(item, branch) else "flow"
                    arc = Arc(start, end, _said(item, place), _told(branch), last, role)
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
        own, which begin with the number of the place where they part.
        """
        weights = [_weight(branch) for branch in item.branches]
        main = max(range(len(weights)), key=weights.__getitem__)
        fork = len(flow.elements) - 1
        there: Reference | None = None
        self.extend(flow, item.branches[main])
        for place, branch in enumerate(item.branches):
            if place == main:
                continue
            rest = self.flow(branch)
            self.rests.append(rest)
            if fork >= 0 and branch.items[0].linked:
                there = there or Reference(next(self.numbers), role="flow")
                flow.jumps[fork] = [there]
                rest.lands[0] = [there]

    def _module(self, item: Branches, merge: Single) -> Glyph:
        """Return several branches as one glyph with their sums."""
        inside = [*item.nodes()]
        owner = self.owners.drawn(inside) or merge.node.name
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


def _said(item: Branches, place: int) -> str:
    """Return what lies on an arc, in a few words; nothing for an identity.

    Where the volumes do not fit each other, the one that comes this way is told as well.
    """
    nodes = [single.node for single in item.branches[place].nodes()]
    shown = [node for node in nodes if node.family not in FUSED] or nodes
    said = [f"{node.words[0]} {', '.join(node.words[1:])}".strip() for node in shown]
    brought = faulty_volume(item, place)
    return ", ".join([*said, brought] if brought else said)


def _told(chain: Chain) -> str:
    return "\n".join(single.node.title for single in chain.nodes()) or "identity"
