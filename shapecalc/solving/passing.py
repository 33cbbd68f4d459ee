"""A network followed once with sizes that have names: volumes and counts of every layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, product
from typing import Any

from shapecalc.diagnostics import LayerError, UnknownVolume
from shapecalc.layers.base import NO_COUNTS, Counts
from shapecalc.network import NetworkSpec
from shapecalc.solving.named import Names
from shapecalc.solving.size import Monomial, terms_of

AnyVolume = tuple[Any, ...] | None
MOST_FLOORS = 6  # in a size that a person is to read
MOST_DIFFERENT = 200  # products of names and floors in all counts: in a sum there are no more
USUAL_TERMS = 20  # of a count, on average


@dataclass(frozen=True)
class Passed:
    """The volumes of all values, as `spec.values` numbers them, and what all layers come to."""

    spec: NetworkSpec
    names: Names
    values: list[AnyVolume]
    inputs: list[tuple[tuple[Any, ...], ...] | None]  # the layers', None: not known
    counts: list[Counts]
    products: list[Any]  # the layers' MACs, None: not known

    @property
    def volumes(self) -> dict[str, AnyVolume]:
        """The outputs' volumes by name."""
        return {
            name: None if value is None else self.values[value]
            for name, value in self.spec.outputs.items()
        }

    @property
    def outputs(self) -> dict[str, list[Any] | None]:
        """The outputs' sizes, as text where they depend on others; None: too long to read."""
        return {
            name: None if volume is None else [*map(self._written, volume)]
            for name, volume in self.volumes.items()
        }

    def _written(self, size: Any) -> int | str | None:
        if isinstance(size, int):
            return size
        return None if self.names.floors(size) > MOST_FLOORS else str(size)

    @property
    def macs(self) -> Any:
        """The sum of all layers' MACs; None: not known, or too long to read."""
        if None in self.products or not self.is_readable:
            return None
        return sum(self.products)

    @cached_property
    def is_readable(self) -> bool:
        """Whether sizes and counts are short enough to be written, and the sums of counts with
        them. What is rounded in hundreds of ways no person writes.
        """
        # Layers that are alike have one and the same: that is told apart faster than what is equal.
        distinct = {id(volume): volume for volume in self.values}.values()
        volumes = [volume for volume in distinct if volume is not None]
        flat = {volume for volume in volumes if len(volume) == 1}
        spatial = {volume[:-1] for volume in volumes}
        floors = self.names.floors
        if any(floors(size) > MOST_FLOORS for sizes in spatial for size in sizes):
            return False
        different: set[Monomial] = {
            tuple(chain.from_iterable(factors))
            for sizes in (*flat, *spatial)
            for factors in product(*map(terms_of, sizes))
        }
        counts = {id(count): terms_of(count) for count in self.products if count is not None}
        for terms in counts.values():
            different.update(terms)
        times = Counter(map(id, self.products))  # blocks have one layer many times
        written = sum(times[count] * len(terms) for count, terms in counts.items())
        usual = USUAL_TERMS * (len(self.products) + USUAL_TERMS)
        return len(different) <= MOST_DIFFERENT and written <= usual

    @property
    def tied(self) -> list[str]:
        """The layers whose weights depend on the sizes."""
        nodes = zip(self.spec.nodes, self.counts, strict=True)
        return [
            n.name for n, c in nodes if c.weights is not None and not isinstance(c.weights, int)
        ]


def passed(spec: NetworkSpec, names: Names, sizes: Mapping[Any, Any]) -> Passed:
    """Return what becomes of sizes, by the axes of inputs, on their way through a network.

    Where a layer refuses, what is behind it is not known.
    """
    by_key = {(axis.input, axis.number): size for axis, size in sizes.items()}
    values: list[AnyVolume] = [
        volume and (*(by_key.get((name, n), W) for n, W in enumerate(volume[:-1])), volume[-1])
        for name, volume in spec.inputs.items()
    ]
    found = Passed(spec, names, values, [], [], [])
    known: dict[Any, tuple[AnyVolume, Counts, Any]] = {}  # blocks have one layer many times
    for node in spec.nodes:
        layer = node.layer
        inputs: Any = None  # their volumes, None where one is not known
        if node.sources is not None:
            inputs = tuple(map(values.__getitem__, node.sources))
            if None in inputs:
                inputs = None
        if layer is None:
            output, counts, macs = None, Counts(None, None, None), None
        elif inputs is None:
            output, counts = layer.known_volume(), layer.known_counts()
            macs = None if layer.multiplies else 0
        else:
            key = id(layer), inputs
            made = known.get(key)
            if made is None:
                made = known[key] = _of_layer(layer, inputs)
            output, counts, macs = made
        if layer is not None and layer.opaque:
            macs = layer.known_macs()
        values.append(output)
        found.inputs.append(inputs)
        found.counts.append(counts)
        found.products.append(macs)
    return found


def _of_layer(layer: Any, inputs: tuple[tuple[Any, ...], ...]) -> tuple[AnyVolume, Counts, Any]:
    try:
        output = layer.volume(inputs)
    except UnknownVolume:
        output = None
    except LayerError as error:
        output = error.output
    counts = NO_COUNTS
    if layer.has_weights:
        try:
            counts = layer.counts(inputs)
        except LayerError:
            counts = layer.known_counts()
    if not layer.multiplies:
        return output, counts, 0
    return output, counts, None if output is None else layer.macs(inputs, output)
