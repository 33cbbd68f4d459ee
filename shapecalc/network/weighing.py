"""How many layers a spec expands to, counted before anything is built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapecalc.diagnostics import MAX_LAYERS, MAX_NESTING
from shapecalc.network.blocks import INNER, Block, given_fields, inner_lists
from shapecalc.network.written import likely_kind


class Weigher:
    """Counts expanded layers before they are built, so that no repeat can take all memory."""

    def __init__(self, blocks: Mapping[str, Block]) -> None:
        self.blocks = blocks
        self.known: dict[Any, int] = {}

    def weigh(self, items: Any, arguments: Mapping[str, Any], depth: int = 0) -> int:
        """Return how many layers a list expands to, or any number beyond the limit."""
        items = _resolve(items, arguments)
        if not isinstance(items, list | tuple) or depth > MAX_NESTING:
            return 0
        total = 0
        for item in items:
            total += self.weigh_item(item, arguments, depth)
            if total > MAX_LAYERS:
                break
        return total

    def weigh_item(self, item: Any, arguments: Mapping[str, Any], depth: int = 0) -> int:
        """Return how many layers one written layer expands to."""
        item = _resolve(item, arguments)
        kind, value = item, None
        if isinstance(item, Mapping) and item:
            kind = likely_kind(item, self.blocks)
            value = item[kind]
        if isinstance(kind, str) and (kind in INNER or kind in self.blocks):
            return self._weigh_one(kind, value, arguments, depth)
        return 1

    def _weigh_one(self, kind: str, value: Any, arguments: Mapping[str, Any], depth: int) -> int:
        key = (kind, id(value), *((name, _identity(a)) for name, a in arguments.items()))
        if key not in self.known:
            self.known[key] = 0  # a circle counts nothing: it is reported elsewhere
            self.known[key] = self._count(kind, value, arguments, depth)
        return self.known[key]

    def _count(self, kind: str, value: Any, arguments: Mapping[str, Any], depth: int) -> int:
        if kind in self.blocks:
            block = self.blocks[kind]
            given = {k: _resolve(v, arguments) for k, v in given_fields(block, value).items()}
            return self.weigh(block.layers, {**block.parameters, **given}, depth + 1)
        lists = [inner for inner, _ in inner_lists(kind, _resolve(value, arguments), ())]
        inside = sum(self.weigh(inner, arguments, depth + 1) for inner in lists)
        if kind != "repeat":
            return inside + 1
        times = _resolve(value.get("times"), arguments) if isinstance(value, Mapping) else 1
        return inside * times if type(times) is int and times >= 0 else inside


def _identity(value: Any) -> Any:
    return (type(value), value) if isinstance(value, str | int | float) else id(value)


def _resolve(value: Any, arguments: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and value[:1] == "$":
        return arguments.get(value[1:], value)
    return value
