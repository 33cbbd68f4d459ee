"""From a flat list of layers to chains: layers one after the other, with composites where branches
part and meet again.

A branch is closed where nothing outside takes what is inside it, so it can stand in a residual or
parallel. What is not closed stays a layer that names what it takes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from shapecalc.exporters.yaml_spec.elements import Element, Group, Leaf, Named, Pairs, leaves

MERGES = ("add", "concat", "multiply")  # what residual and parallel can end with
LARGER = ("conv_transpose", "upsample", "pixel_shuffle", "max_unpool")
MOST_INSIDE = 200  # layers in a composite
DEEPEST = 4  # composites in each other


@dataclass(eq=False, slots=True)
class Chain:
    """Layers one after the other; the first takes `origin`: several values, or none at all."""

    origin: tuple[int, ...]
    elements: list[Element] = field(default_factory=list)
    depth: int = 0  # of composites in it
    size: int = 0  # layers in it
    enlarges: bool = False

    @property
    def first(self) -> Leaf | Group:
        """Its first element."""
        element = self.elements[0]
        assert isinstance(element, Leaf | Group)
        return element

    @property
    def last(self) -> Leaf | Group:
        """Its last element, whose layer gives the value of the chain."""
        element = self.elements[-1]
        assert isinstance(element, Leaf | Group)
        return element


@dataclass(frozen=True, slots=True)
class Flat:
    """A network without structure: for each layer what it is and which values it takes.

    Inputs are the first values, the layers' outputs follow. `outside` are values that the network
    gives, or that another layer names in a field of its own.
    """

    inputs: int
    leaves: Sequence[Leaf]
    sources: Sequence[tuple[int, ...]]
    outside: Counter[int]

    def copied(self) -> Flat:
        """Return a network of its own, whose layers may be changed."""
        leaves = [replace(leaf) for leaf in self.leaves]
        return Flat(self.inputs, leaves, self.sources, self.outside)


class Chains:
    """Joins the layers of a flat network, in their order, to chains."""

    def __init__(self, flat: Flat, structured: bool = True) -> None:
        self.flat, self.structured = flat, structured
        self.uses = Counter(flat.outside)
        for sources in flat.sources:
            self.uses.update(sources)
        self.ends: dict[int, Chain] = {}  # by the value that a chain gives
        for index, leaf in enumerate(flat.leaves):
            self._add(leaf, flat.sources[index], flat.inputs + index)

    def listed(self) -> list[Chain]:
        """Return all chains, each behind those whose values it takes, or whose layers it names."""
        chains = sorted(self.ends.values(), key=lambda chain: next(leaves([chain.first])))
        if not any(leaf.alone for leaf in self.flat.leaves):
            return chains  # what is taken comes first in any file
        homes = {index: chain for chain in chains for index in leaves(chain.elements)}
        found: dict[int, Chain] = {}
        met: set[int] = set()
        for start in chains:
            waiting = [start]
            while waiting:
                chain = waiting[-1]
                if id(chain) not in met:
                    met.add(id(chain))
                    before = (homes[index] for index in self._needed(chain))
                    waiting += [other for other in before if id(other) not in met]
                else:
                    found.setdefault(id(waiting.pop()), chain)
        return list(found.values())

    def _needed(self, chain: Chain) -> Iterator[int]:
        """Yield the layers whose values a chain takes, and those that its layers name."""
        values = [*chain.origin]
        for index in leaves(chain.elements):
            for value in self.flat.leaves[index].fields.values():
                named = value if isinstance(value, Pairs) else (("", value),)
                values += [one.value for _, one in named if isinstance(one, Named)]
        return (value - self.flat.inputs for value in values if value >= self.flat.inputs)

    def _add(self, leaf: Leaf, sources: tuple[int, ...], value: int) -> None:
        if len(sources) == 1:
            self._append(sources[0], leaf, value, 1, 0, leaf.kind in LARGER)
            return
        merges = leaf.kind in MERGES and len(sources) > 1 and not leaf.fields
        if self.structured and merges and not leaf.alone:
            branches = self._branches(sources)
            if branches is not None:
                self._close(leaf, branches, value)
                return
        self.ends[value] = Chain(sources, [leaf], size=1)

    def _append(
        self, source: int, element: Element, value: int, size: int, depth: int, enlarges: bool
    ) -> None:
        chain = self.ends.get(source)
        stays = isinstance(element, Leaf) and element.alone
        if chain is None or self.uses[source] != 1 or stays:
            chain = Chain((source,))
        else:
            del self.ends[source]
        chain.elements.append(element)
        chain.size += size
        chain.depth = max(chain.depth, depth)
        chain.enlarges |= enlarges
        self.ends[value] = chain

    def _branches(self, sources: tuple[int, ...]) -> list[Chain] | None:
        """Return the branches that meet, all from one value; None where they are not closed."""
        if len(set(sources)) < len(sources):
            return None
        chains = [self._branch(source) for source in sources]
        origin = chains[0].origin
        if len(origin) != 1 or any(chain.origin != origin for chain in chains):
            return None
        if sum(not chain.elements for chain in chains) > 1:
            return None
        skips = any(not chain.elements for chain in chains)
        if skips and any(chain.enlarges for chain in chains):
            return None  # down and up again: what is skipped is known by its name
        if sum(chain.size for chain in chains) > MOST_INSIDE:
            return None
        return None if max(chain.depth for chain in chains) >= DEEPEST else chains

    def _branch(self, source: int) -> Chain:
        """Return the chain that gives a value for one other alone; an empty one for all others."""
        chain = self.ends.get(source)
        if chain is None or self.uses[source] != 1:
            return Chain((source,))
        while len(chain.origin) == 1 and self.uses[chain.origin[0]] == 1:
            before = self.ends.get(chain.origin[0])
            if before is None:
                break
            del self.ends[chain.origin[0]]
            before.elements += chain.elements
            before.size += chain.size
            before.depth = max(before.depth, chain.depth)
            before.enlarges |= chain.enlarges
            self.ends[source] = chain = before
        return chain

    def _close(self, leaf: Leaf, chains: list[Chain], value: int) -> None:
        (origin,) = chains[0].origin
        for source in self.flat.sources[leaf.index]:
            if source != origin:
                del self.ends[source]
        self.uses[origin] -= len(chains) - 1
        kind = "residual" if leaf.kind == "add" and len(chains) == 2 else "parallel"
        branches = [chain.elements for chain in chains]
        if kind == "residual" and len(branches[0]) < len(branches[1]):
            branches.reverse()  # the body is the longer one
        group = Group(kind, leaf.kind, branches, leaf.index, named=leaf.named)
        group.alone = any(map(_is_fixed, (element for branch in branches for element in branch)))
        size = sum(chain.size for chain in chains) + 1
        enlarges = any(chain.enlarges for chain in chains)
        self._append(origin, group, value, size, max(c.depth for c in chains) + 1, enlarges)


def _is_fixed(element: Element) -> bool:
    """Say whether an element cannot be inside a block: others name it, or it names others."""
    return isinstance(element, Leaf | Group) and (element.named or element.alone)
