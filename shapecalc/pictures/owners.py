"""What drawn things are called: the instance of a block that they are the whole of, or a layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from shapecalc.pictures.families import FUSED
from shapecalc.pictures.network import Node
from shapecalc.pictures.tree import Single


class Owners:
    """How many layers of a network belong to each instance of a block: those that count, not an
    activation or a normalization, which goes with the layer before it.
    """

    def __init__(self, nodes: Iterable[Node]) -> None:
        counted = [node for node in nodes if _counts(node)]
        self.sizes = Counter(owner for node in counted for owner in _owners(node.name))

    def whole(self, nodes: Iterable[Node]) -> str:
        """Return the outermost instance that has these layers and no others; else nothing."""
        names = [node.name for node in nodes if _counts(node)]
        for owner in _owners(names[0]) if names else ():
            if self.sizes[owner] == len(names):
                inside = all(name.startswith(f"{owner}.") for name in names)
                return owner if inside else ""
        return ""

    def drawn(self, singles: Iterable[Single]) -> str:
        """Return the outermost instance that some drawn layers are; else nothing. What is drawn
        once may stand for several instances, the first of which is told, or lie within one.
        """
        listed = [*singles]
        return self.whole(single.node for single in listed) or self.whole(
            node for single in listed for node in single.like
        )

    def label(self, node: Node) -> str:
        """Return what a layer is called: its own name, or that of the block that has no other."""
        return last_part(self.whole([node]) or node.name)

    def size(self, node: Node) -> int:
        """Return how many layers the outermost instance has that a layer belongs to."""
        return self.sizes[node.name.partition(".")[0]]


def _counts(node: Node) -> bool:
    return node.family not in FUSED


def _owners(name: str) -> list[str]:
    """Return the instances that a layer belongs to, the outermost first."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def last_part(name: str) -> str:
    """Return what stands behind the last dot of a name."""
    return name.rpartition(".")[2] or name


def first_part(name: str) -> str:
    """Return the outermost instance that a layer belongs to; nothing where it stands in none."""
    owner, dot, _ = name.partition(".")
    return owner if dot else ""


def copies_text(first: str, last: str) -> str:
    """Return what copies of a layer stand in, or are, by the names of the first and the last:
    `stage1.unit2–5`; nothing where no part of them differs.
    """
    shared: list[str] = []
    for one, other in zip(first.split("."), last.split("."), strict=False):
        if one != other:
            stem = one.rstrip("0123456789")
            number = other.removeprefix(stem)
            numbered = stem != one and number.isdecimal()
            return ".".join([*shared, f"{one}–{number}" if numbered else f"{one} – {other}"])
        shared.append(one)
    return ""
