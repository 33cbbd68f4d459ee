"""How much one spec may expand to: what is spent while it is built, and a look ahead.

Layers are looked at before they are built, so that `times: 1000000000` costs nothing; what that
look cannot see is stopped by the limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapecalc.diagnostics import MAX_NESTING
from shapecalc.network.blocks import Block
from shapecalc.network.layer_item import INNER, inner_lists, likely_kind

ALLOWANCE = "report, check, verify and calc allow more with --max-layers"
SOURCES = 2  # a layer, on an average
CHARACTERS = 64  # of a layer's name, which blocks lengthen
VALUES = 10  # filled into blocks for $parameters, a layer
FEWEST = 1000  # layers for which there are sources, characters and values in any case


class TooMuch(Exception):
    """The spec expands to more than is allowed; the text says more of what."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"more than {what}")
        self.hint = f"use fewer layers, repeats or blocks; {hint}".removesuffix("; ")


class ExpansionLimits:
    """What is left. Shared by a network and the layers that are expanded for their faults only."""

    def __init__(self, layers: int) -> None:
        self.most = self.layers = layers
        self.rest = max(layers, FEWEST)
        self.sources = SOURCES * self.rest
        self.characters = CHARACTERS * self.rest
        self.values = VALUES * self.rest

    def spend_layer(self, name: str) -> None:
        """Take one layer and its name; raise TooMuch where nothing is left."""
        self.layers -= 1
        self.characters -= len(name)
        if self.layers < 0:
            raise _passed(self.most, "layers")
        if self.characters < 0:
            raise _passed(CHARACTERS * self.rest, "characters of names")

    def spend_sources(self, amount: int) -> None:
        """Take sources of a merge; raise TooMuch where less is left."""
        self.sources -= amount
        if self.sources < 0:
            raise _passed(SOURCES * self.rest, "sources")

    def spend_values(self, amount: int) -> None:
        """Take values that are filled into a block; raise TooMuch where less is left."""
        self.values -= amount
        if self.values < 0:
            raise _passed(VALUES * self.rest, "values in blocks")

    def need_layers(self, amount: int) -> None:
        """Raise TooMuch if so many layers are not left; take none."""
        if amount > self.layers:
            raise _passed(self.most, "layers")


def _passed(most: int, what: str) -> TooMuch:
    return TooMuch(f"{most:,} {what}", ALLOWANCE)


class SizeEstimate:
    """Counts the layers that a spec expands to at least; $parameters are not looked into."""

    def __init__(self, blocks: Mapping[str, Block]) -> None:
        self.blocks = blocks
        self.known: dict[Any, int] = {}

    def item(self, item: Any, depth: int = 0) -> int:
        """Return how many layers one written layer expands to, at least."""
        if isinstance(item, str) and item not in self.blocks:
            return 1
        kind, value = item, None
        if isinstance(item, (dict, Mapping)) and item:
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
