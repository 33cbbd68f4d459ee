"""What drawn things are called: the instance of a block that they are the whole of, or a layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from shapecalc.pictures.network import Node


class Owners:
    """How many nodes of a network belong to each instance of a block."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.sizes = Counter(owner for node in nodes for owner in _owners(node.name))

    def whole(self, names: Sequence[str]) -> str:
        """Return the outermost instance that has these layers and no others; else nothing."""
        for owner in _owners(names[0]):
            if self.sizes[owner] == len(names):
                inside = all(name.startswith(f"{owner}.") for name in names)
                return owner if inside else ""
        return ""


def _owners(name: str) -> list[str]:
    """Return the instances that a layer belongs to, the outermost first."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def last_part(name: str) -> str:
    """Return what stands behind the last dot of a name."""
    return name.rpartition(".")[2] or name


def copies_text(first: str, last: str) -> str:
    """Return which instances copies of a layer stand in, by the names of the first and the last:
    `unit2 … unit5`; nothing where they stand in one.
    """
    for one, other in zip(first.split(".")[:-1], last.split(".")[:-1], strict=False):
        if one != other:
            return f"{one} … {other}"
    return ""
