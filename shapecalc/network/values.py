"""Values: what flows through a network, numbered. Nobody else knows how the numbers are given."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Sources = tuple[int, ...]  # the values that a layer reads


class Values:
    """The numbers of a network's values: its inputs in written order, then each layer's output.

    Whoever keeps something for every value has a list in this order.
    """

    __slots__ = ("inputs",)

    def __init__(self, inputs: int) -> None:
        self.inputs = range(inputs)  # the values that are the network's inputs

    def of(self, layer: int) -> int:
        """Return the value that a layer gives, by the layer's index."""
        return len(self.inputs) + layer

    def of_layers(self) -> Iterator[int]:
        """Yield the values that one layer after the other gives, without end."""
        return count(len(self.inputs))

    def producer(self, value: int) -> int | None:
        """Return the index of the layer that gives a value; None for an input of the network."""
        return value - len(self.inputs) if value >= len(self.inputs) else None


def last_uses(read: Sequence[Sources | None]) -> list[frozenset[int]]:
    """Return for each layer which of the values that it reads no later one reads."""
    last = {value: layer for layer, sources in enumerate(read) for value in sources or ()}
    return [
        frozenset(value for value in sources or () if last[value] == layer)
        for layer, sources in enumerate(read)
    ]
