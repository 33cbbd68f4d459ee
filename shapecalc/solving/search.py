"""All sizes of one axis at which a network fits, found layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from shapecalc.diagnostics import LayerError, UnknownVolume
from shapecalc.layers.sharing import unlike, unlike_one
from shapecalc.network import NetworkSpec, Node
from shapecalc.rules import Rule
from shapecalc.solving.classes import Class, Split, finer
from shapecalc.solving.size import Unsolvable

MOST_EVALUATED = 400_000  # layers, in all classes: some seconds
MOST_CLASSES = 20_000
MOST_NEEDED = 4_000_000  # values, in all lists of what is still read
MOST_CONFIRMED = 20_000  # layers, walked with numbers

AnyVolume = tuple[Any, ...] | None
Start = Callable[[Any], Mapping[str, AnyVolume]]  # the inputs' volumes, with one size put in


@dataclass(frozen=True)
class Refused:
    """Sizes that a layer, by its number, refuses."""

    sizes: Class
    layer: int
    rule: Rule


@dataclass
class Found:
    """The sizes that fit, and which layer refuses the others."""

    fits: list[Class] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def factors(self) -> list[tuple[int, int]]:
        """Return by how much each layer thins out the large sizes: its number and the factor."""
        thinned: dict[int, Fraction] = {}
        for one in self.refused:
            if one.sizes.high is None:
                thinned[one.layer] = thinned.get(one.layer, 0) + Fraction(1, one.sizes.step)
        left, found = Fraction(1), []
        for layer in sorted(thinned):
            before, left = left, left - thinned[layer]
            if left <= 0:
                break
            factor = before / left
            if factor.denominator == 1:
                found.append((layer, int(factor)))
        return found

    def farthest(self) -> Refused | None:
        """Return the refusal that comes last: what no size gets past."""
        return max(self.refused, key=lambda one: (one.layer, -one.sizes.first), default=None)


class Search:
    """Follows classes of sizes through a network, split where a layer tells them apart."""

    def __init__(self, spec: NetworkSpec, most: int = MOST_EVALUATED) -> None:
        self.spec = spec
        self.most = most  # layers that are evaluated, in all classes
        self.nodes = spec.nodes
        self.value = spec.values.of  # the number of a layer's volume
        self.evaluated = 0

    @cached_property
    def needed(self) -> list[frozenset[int]]:
        """For each layer the values that it, or one behind it, reads."""
        return _needed(self.spec)

    def run(self, start: Start) -> Found:
        """Return the sizes that fit, where `start` puts one into the inputs' volumes.

        Raises Unsolvable where a kind does something with sizes that cannot be followed.
        """
        found = Found()
        whole = Class(1, 0, 1, None)
        volumes = dict(enumerate(start(whole.size).values()))
        waiting: list[tuple[Class, int, dict[int, AnyVolume]]] = [(whole, 0, volumes)]
        while waiting:
            sizes, index, volumes = waiting.pop()
            try:
                while index < len(self.nodes):
                    volumes[self.value(index)] = self._output(index, volumes)
                    index += 1
                    if index < len(self.nodes):
                        volumes = self._kept(index, volumes)
            except Split as split:
                kept = {n: volumes[n] for n in self.needed[index] if n in volumes}
                parts = finer(split.parts, [v for v in kept.values() if v is not None], sizes)
                for part in parts:
                    to = sizes.part(part)
                    moved = {
                        n: None if v is None else tuple(sizes.moved(size, part, to) for size in v)
                        for n, v in kept.items()
                    }
                    waiting.append((to, index, moved))
                if len(waiting) + len(found.fits) > MOST_CLASSES:
                    raise Unsolvable("too many different cases") from None
                continue
            except LayerError as error:
                found.refused.append(Refused(sizes, index, error.rule))
                continue
            found.fits.append(sizes)
        return found

    def confirm(self, start: Start, found: Found) -> None:
        """Try the ends of what was found with numbers.

        Raises Unsolvable where that differs: a kind does something else with sizes that are no
        numbers, as one does that looks them up in a set.
        """
        said = [(sizes, "a layer", True) for sizes in found.fits]
        said += [(one.sizes, self.nodes[one.layer].name, False) for one in found.refused]
        left = MOST_CONFIRMED
        for sizes, layer, fits in sorted(said, key=lambda one: one[0].first):
            for W in {sizes.first, sizes.last or sizes.first + sizes.step}:
                left -= len(self.nodes)
                if self.takes(start(W)) != fits:
                    raise Unsolvable(f"{layer}, whose rule works with numbers alone")
            if left < 0:
                return

    def takes(self, inputs: Mapping[str, AnyVolume]) -> bool:
        """Say whether the network takes some volumes, without a word about why it does not."""
        volumes = dict(enumerate(inputs.values()))
        try:
            for index in range(len(self.nodes)):
                volumes[self.value(index)] = self._output(index, volumes)
        except LayerError:
            return False
        return True

    def _kept(self, index: int, volumes: dict[int, AnyVolume]) -> dict[int, AnyVolume]:
        """Return the volumes that are still read, once there are many more."""
        needed = self.needed[index]
        if len(volumes) < 2 * len(needed) + 16:
            return volumes
        return {n: volumes[n] for n in needed if n in volumes}

    def _output(self, index: int, volumes: Mapping[int, AnyVolume]) -> AnyVolume:
        """Return the volume of a layer; raise LayerError where it refuses its input."""
        self.evaluated += 1
        if self.evaluated > self.most:
            raise Unsolvable("too many different cases")
        node = self.nodes[index]
        layer, sources = node.layer, node.sources
        if layer is None or sources is None:
            return None
        taken = [volumes[source] for source in sources]
        inputs = [volume for volume in taken if volume is not None]
        if len(inputs) < len(taken):
            return layer.known_volume()
        try:
            output = layer.volume(inputs)
        except UnknownVolume:
            return None
        except (TypeError, AttributeError, ValueError, ZeroDivisionError) as error:
            if all(isinstance(size, int) for volume in inputs for size in volume):
                raise
            raise Unsolvable(f"{node.name}, whose rule works with numbers alone") from error
        if node.shares is not None or node.shares_one is not None:
            self._compare_shared(node, inputs, volumes)
        return output

    def _compare_shared(
        self, node: Node, inputs: Sequence[tuple[Any, ...]], volumes: Mapping[int, AnyVolume]
    ) -> None:
        """Raise LayerError where a layer cannot use the weights of another."""
        one = node.shares_one
        owner = self.nodes[node.shares if one is None else one.owner]  # type: ignore[index]
        taken = [volumes.get(source) for source in owner.sources or ()]
        theirs = [volume for volume in taken if volume is not None]
        if node.layer is None or owner.layer is None or not theirs or len(theirs) < len(taken):
            return
        if one is None:
            fault = unlike(
                *(node.name, node.kind, node.layer, inputs),
                *(owner.name, owner.kind, owner.layer, theirs),
            )
        else:
            fault = unlike_one(
                *(node.name, node.layer, inputs, one.name, one.transposed),
                *(owner.name, owner.layer, theirs),
            )
        if fault is not None:
            raise LayerError(fault)


def _needed(spec: NetworkSpec) -> list[frozenset[int]]:
    """Return for each layer the values that it, or one behind it, reads."""
    needed: list[frozenset[int]] = []
    live: set[int] = set()
    spent = 0
    kept = frozenset[int]()
    for index in range(len(spec.nodes) - 1, -1, -1):
        node = spec.nodes[index]
        read = set(node.sources or ())
        if node.shares is not None:
            read |= set(spec.nodes[node.shares].sources or ())
        if node.shares_one is not None:
            read |= set(spec.nodes[node.shares_one.owner].sources or ())
        own = spec.values.of(index)
        if own in live or not read <= live:
            live.discard(own)
            live |= read
            kept = frozenset(live)
            spent += len(kept)
            if spent > MOST_NEEDED:
                raise Unsolvable("too many layers read each other")
        needed.append(kept)
    needed.reverse()
    return needed
