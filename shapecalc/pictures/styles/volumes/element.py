"""What stands in a row of volumes: a glyph, the circle of a merge, a stack of branches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from shapecalc.pictures.network import Node
from shapecalc.pictures.scene import Part
from shapecalc.pictures.tree import Single


class Element(ABC):
    """A thing in a row, measured from its left edge and from the row's axis.

    `label_width` is how wide its labels are, which stand around its middle.
    """

    node: Node
    right: float
    up: float
    down: float
    label_width: float
    labels: list[tuple[str, str]] = []  # noqa: RUF012 (texts and their letters; each sets its own)

    @abstractmethod
    def measure(self) -> None:
        """Work out its sizes, once all that belongs to it is there."""

    @abstractmethod
    def draw(self, x: float, y: float, base: float) -> Part:
        """Return it with its left edge and axis there; its labels begin at the line `base`."""

    @abstractmethod
    def singles(self) -> Iterator[Single]:
        """Yield every layer that it stands for, once where several are alike."""

    @abstractmethod
    def counted(self) -> Iterator[Single]:
        """Yield every layer whose numbers it has: those on the arcs to a merge as well."""

    @property
    def above(self) -> float:
        """How far it reaches above the axis, with what is written there."""
        return self.up

    @property
    def out(self) -> float:
        """Where the way out of it begins."""
        return self.right / 2

    @property
    def reach(self) -> float:
        """How far it and its labels reach to the right of its left edge."""
        return self.right / 2 + max(self.right, self.label_width) / 2
