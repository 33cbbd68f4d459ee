"""A network as sequences and branches side by side, found in one pass by dominators.

Networks are series-parallel nearly always: branches part at a layer and meet again at a merge. The
layer where the branches of a merge part is the last one that every way to it goes through, its
immediate dominator (Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm", 2001; sources
come first here, so that one pass is enough). What does not nest like that, a layer read from
outside its branch, becomes a further edge.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence, Set
from functools import cached_property

from shapecalc.pictures.families import FUSED
from shapecalc.pictures.network import FOLD, Network, Node
from shapecalc.pictures.text import volume_text
from shapecalc.volumes import PartialVolume

DEEPEST = 40  # branches within branches; what lies deeper is drawn as further edges
MOST_DRAWN = 3_000
LONGEST = 24  # items of a run that comes again
ROOT = -1  # stands before all inputs
END = -2  # the end of a network with several outputs


class Single:
    """A layer, or an instance drawn as one thing; `like` are those that it stands for."""

    def __init__(self, number: int, node: Node) -> None:
        self.number, self.node = number, node
        self.like: list[Node] = [node]
        self.linked = True  # reads what stands before it

    @property
    def last_volume(self) -> PartialVolume | None:
        """The volume of the last of those that it stands for."""
        return self.like[-1].volume

    @property
    def volume_text(self) -> str:
        """Its volume; the first and the last depth where those that it stands for differ."""
        first, last = self.node.volume, self.last_volume
        if first == last or first is None or last is None or first[:-1] != last[:-1]:
            return volume_text(first)
        return f"{volume_text(first)} … {'?' if last[-1] is None else last[-1]}"

    @cached_property
    def key(self) -> Hashable:
        """What is the same in layers that are drawn once: kind, fields and positions."""
        node = self.node
        spatial = None if node.volume is None else (len(node.volume), *node.volume[:-1])
        record = node.record
        what = node.words if record is None else record.summary
        return node.family, what, spatial, bool(node.fault)

    def nodes(self) -> Iterator[Single]:
        """Yield every layer in it."""
        yield self


class Branches:
    """Sequences beside each other, and the layer that joins them; None at the network's end."""

    def __init__(self, branches: list[Chain], merge: Single | None) -> None:
        self.branches, self.merge = branches, merge
        self.linked = True

    @cached_property
    def key(self) -> Hashable:
        """What is the same in branches that are drawn once."""
        merge = self.merge.key if self.merge is not None else None
        return tuple(branch.key for branch in self.branches), merge

    def nodes(self) -> Iterator[Single]:
        """Yield every layer in it."""
        for branch in self.branches:
            yield from branch.nodes()
        if self.merge is not None:
            yield self.merge


class Repeated:
    """A sequence that is drawn once, and how often it comes."""

    def __init__(self, body: Chain, times: int) -> None:
        self.body, self.times = body, times
        self.linked = True

    @cached_property
    def key(self) -> Hashable:
        """What is the same in repetitions that are drawn once."""
        return self.body.key, self.times

    def nodes(self) -> Iterator[Single]:
        """Yield every layer in it, once each."""
        yield from self.body.nodes()


Item = Single | Branches | Repeated


class Chain:
    """Items one after the other."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items

    @cached_property
    def key(self) -> Hashable:
        """What is the same in sequences that are drawn once."""
        return tuple(item.key for item in self.items)

    def nodes(self) -> Iterator[Single]:
        """Yield every layer in it."""
        for item in self.items:
            yield from item.nodes()


class Tree:
    """A network as a chain, and the edges that it has besides: from a node to what reads it."""

    def __init__(self, main: Chain, further: list[tuple[int, Item]]) -> None:
        self.main, self.further = main, further
        self.sources = {source for source, _ in further}
        self.targets = {single.number for _, item in further for single in item.nodes()}

    def folded(self) -> Chain:
        """Return the chain with equal runs drawn once, but for those with ends of other edges.

        Raises ValueError where it has too many layers to be drawn.
        """
        return drawable(folded(self.main, self.sources | self.targets))


class _TooDeep(Exception):
    """Branches within branches within branches."""


def tree_of(network: Network) -> Tree:
    """Return a network as chains and branches; one chain where they nest too deep."""
    try:
        return _Builder(network).tree()
    except _TooDeep:
        return _in_order(network)


def _in_order(network: Network) -> Tree:
    """Return the layers as they are listed; what does not read the one before has an edge."""
    singles = [Single(number, node) for number, node in enumerate(network.nodes)]
    further: list[tuple[int, Item]] = []
    for single in singles:
        others = [source for source in single.node.sources if source != single.number - 1]
        single.linked = len(others) < len(single.node.sources)
        further += [(source, single) for source in others]
    return Tree(Chain([*singles]), further)


class _Builder:
    def __init__(self, network: Network) -> None:
        self.nodes = network.nodes
        self.further: list[tuple[int, Item]] = []
        self.placed: set[int] = set()
        self.above: dict[int, int] = {ROOT: ROOT}  # each node's immediate dominator
        self.depth = {ROOT: 0}  # in the tree of dominators
        self.length = {ROOT: 0}  # layers on the longest way to it
        for number, node in enumerate(self.nodes):
            self._enter(number, node.sources or (ROOT,))
        read = {source for node in self.nodes for source in node.sources}
        self.ends = [number for number in range(len(self.nodes)) if number not in read]
        self._enter(END, self.ends)

    def _enter(self, number: int, sources: Sequence[int]) -> None:
        above = sources[0]
        for other in sources[1:]:
            while above != other:
                if self.depth[above] > self.depth[other]:
                    above = self.above[above]
                else:
                    other = self.above[other]
        self.above[number], self.depth[number] = above, self.depth[above] + 1
        self.length[number] = 1 + max(self.length[source] for source in sources)

    def tree(self) -> Tree:
        if len(self.ends) == 1:
            main = self.way(self.ends[0], ROOT, 0) or Chain([])
        else:
            stop = self.above[END]
            last = self.joined(None, self.ends, stop, 1)
            main = self.way(stop, ROOT, 0) or Chain([])
            main.items.append(last)
        return Tree(main, self.further)

    def way(self, end: int, start: int, nested: int, reader: Item | None = None) -> Chain | None:
        """Return what lies on the way from a node, left out, to another one, which `reader` reads.

        Where the way comes to what lies on another one, an edge leads here from there; None if
        nothing is left.
        """
        if nested > DEEPEST:
            raise _TooDeep
        items: list[Item] = []
        while end != start:
            if end in self.placed:
                target = items[-1] if items else reader
                if target is None:
                    break
                self.further.append((end, target))
                target.linked = not items and target.linked
                if not items:
                    return None
                break
            self.placed.add(end)
            node = self.nodes[end]
            single = Single(end, node)
            sources = node.sources or (ROOT,)
            if len(sources) > 1:
                fork = self.above[end]
                joined = self.joined(single, sources, fork, nested + 1)
                if not joined.branches:  # all that it reads lies on other ways
                    single.linked = False
                    items.append(single)
                    break
                items.append(joined)
                end = fork
            else:
                items.append(single)
                end = sources[0]
        items.reverse()
        return Chain(items)

    def joined(
        self, merge: Single | None, sources: Sequence[int], fork: int, nested: int
    ) -> Branches:
        """Return the branches between a fork and the layer that joins them."""
        found: dict[int, Chain] = {}
        for place in sorted(range(len(sources)), key=lambda p: -self.length[sources[p]]):
            way = self.way(sources[place], fork, nested, merge)
            if way is not None:
                found[place] = way
        return Branches([found[place] for place in sorted(found)], merge)


def drawable(chain: Chain) -> Chain:
    """Return a chain as it is. Raises ValueError where it has too many layers to be drawn."""
    count = sum(1 for _ in chain.nodes())
    if count > MOST_DRAWN:
        raise ValueError(
            f"{count:,} layers are too many to be drawn (at most {MOST_DRAWN:,}): {FOLD}"
        )
    return chain


# -- runs that are drawn once ------------------------------------------------------------------


def folded(chain: Chain, kept: Set[int]) -> Chain:
    """Return a chain whose equal runs are there once, but for those with nodes that are `kept`."""
    items = [_inside(item, kept) for item in chain.items]
    names: dict[Hashable, int] = {}
    keys = [names.setdefault(item.key, len(names)) for item in items]
    for place, item in enumerate(items):
        if not item.linked or any(single.number in kept for single in item.nodes()):
            keys[place] = -1 - place  # like no other one
    found: list[Item] = []
    place = 0
    while place < len(items):
        period, times = _run(keys, place)
        if times == 2 and not _equal(items[place : place + period], items[place + period :]):
            times = 1
        later = _run(keys, place + 1) if _light(items[place]) else (1, 1)
        if times < 2 or later[0] * (later[1] - 1) >= period * (times - 1):
            found.append(items[place])
            place += 1
            continue
        end = place + period * times
        body = Chain(items[place : place + period])
        for start in range(place + period, end, period):
            _joins(body.items, items[start : start + period])
        found.append(Repeated(body, times))
        place = end
    return Chain(found)


def _equal(items: Sequence[Item], others: Sequence[Item]) -> bool:
    """Say whether the layers of two pieces have the same counts: two that have not stay apart."""
    return all(
        a.node.counts == b.node.counts
        for item, other in zip(items, others, strict=False)
        for a, b in zip(item.nodes(), other.nodes(), strict=True)
    )


def _light(item: Item) -> bool:
    """Say whether an item belongs behind another one: a run does not begin with an activation."""
    return isinstance(item, Single) and item.node.family in FUSED


def _inside(item: Item, kept: Set[int]) -> Item:
    if isinstance(item, Branches):
        item.branches = [folded(branch, kept) for branch in item.branches]
    return item


def _joins(items: Sequence[Item], others: Sequence[Item]) -> None:
    """Note which layers those of a run stand for."""
    for item, other in zip(items, others, strict=True):
        for single, like in zip(item.nodes(), other.nodes(), strict=True):
            single.like += like.like


def _run(keys: Sequence[int], start: int) -> tuple[int, int]:
    """Return the period of the run that begins here, and how often it comes: the one that leaves
    most items out.
    """
    best, saved = (1, 1), 0
    for period in range(1, min(LONGEST, (len(keys) - start) // 2) + 1):
        times, end = 1, start + period
        while keys[end : end + period] == keys[start : start + period]:
            times, end = times + 1, end + period
        if period * (times - 1) > saved:
            best, saved = (period, times), period * (times - 1)
    return best
