"""How much one spec may expand to: what is spent while it is built, and a look ahead.

Layers are looked at before they are built, so that `times: 1000000000` costs nothing; what that
look cannot see is stopped by the budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapecalc.diagnostics import MAX_LAYERS, MAX_NESTING
from shapecalc.network.blocks import Block
from shapecalc.network.written import INNER, inner_lists, likely_kind


class TooMuch(Exception):
    """The spec expands to more than is allowed; the text says more of what."""


_LAYERS = f"{MAX_LAYERS:,} layers"


@dataclass
class Budget:
    """What is left. Shared by a network and the layers that are expanded for their faults only."""

    layers: int = MAX_LAYERS
    sources: int = 2 * MAX_LAYERS
    characters: int = 64 * MAX_LAYERS  # of layers' names, which blocks lengthen
    values: int = 10 * MAX_LAYERS  # filled into blocks for $parameters

    def spend_layer(self, name: str) -> None:
        """Take one layer and its name; raise TooMuch where nothing is left."""
        self.layers -= 1
        self.characters -= len(name)
        if self.layers < 0 or self.characters < 0:
            layers, characters = (
                f"{MAX_LAYERS:,} layers",
                f"{Budget.characters:,} characters of names",
            )
            raise TooMuch(f"more than {layers if self.layers < 0 else characters}")

    def spend_sources(self, amount: int) -> None:
        """Take sources of a merge; raise TooMuch where less is left."""
        self.sources -= amount
        if self.sources < 0:
            raise TooMuch(f"more than {Budget.sources:,} sources")

    def spend_values(self, amount: int) -> None:
        """Take values that are filled into a block; raise TooMuch where less is left."""
        self.values -= amount
        if self.values < 0:
            raise TooMuch(f"more than {Budget.values:,} values in blocks")

    def need_layers(self, amount: int) -> None:
        """Raise TooMuch if so many layers are not left; take none."""
        if amount > self.layers:
            raise TooMuch(f"more than {_LAYERS}")


class Foresight:
    """Counts the layers that a spec expands to at least; $parameters are not looked into."""

    def __init__(self, blocks: Mapping[str, Block]) -> None:
        self.blocks = blocks
        self.known: dict[Any, int] = {}

    def item(self, item: Any, depth: int = 0) -> int:
        """Return how many layers one written layer expands to, at least."""
        if isinstance(item, str) and item not in self.blocks:
            return 1
        kind, value = item, None
        if isinstance(item, Mapping) and item:
            kind = likely_kind(item, self.blocks)
            value = item[kind]
        if not isinstance(kind, str) or depth > MAX_NESTING:
            return 1
        if kind in self.blocks:
            if kind not in self.known:
                self.known[kind] = 0  # a block that uses itself is reported elsewhere
                self.known[kind] = self._list(self.blocks[kind].layers, depth + 1)
            return self.known[kind]
        if kind not in INNER:
            return 1
        inside = sum(self._list(items, depth + 1) for items, _ in inner_lists(kind, value, ()))
        if kind != "repeat":
            return inside + 1
        times = value.get("times") if isinstance(value, Mapping) else 1
        return inside * times if type(times) is int and times >= 0 else inside

    def _list(self, items: Any, depth: int) -> int:
        if not isinstance(items, list | tuple):
            return 0
        if id(items) not in self.known:
            self.known[id(items)] = 0
            self.known[id(items)] = sum(self.item(item, depth) for item in items)
        return self.known[id(items)]
