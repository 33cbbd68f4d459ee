"""Numbers in rings: both ends of an edge that is not drawn through have the same one.

Rings, so that nobody takes them for a layer's name; drawn, so that no font has to have them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.scene import Part, Rect, Text
from shapecalc.pictures.text import fitting, width_of

HIGH = 13.0  # of a ring, and its least width
APART = 4.0
WIDEST_LABEL = 110.0


class Reference(NamedTuple):
    """A number, and what lies on the way, told at its end; `role` is that of the way."""

    number: int
    label: str = ""
    role: str = "skip"


class Rings:
    """Some references in a line. What lies on a way is told where there is only one."""

    def __init__(self, references: Sequence[Reference]) -> None:
        self.references = references
        self.role = references[0].role
        letters = LETTERS["ring"]
        self.widths = [
            max(HIGH, width_of(str(reference.number), letters.size, letters.bold) + 6)
            for reference in references
        ]
        self.width = sum(self.widths) + APART * (len(self.widths) - 1)
        self.label = ""
        if len(references) == 1 and references[0].label:
            size = LETTERS["small"].size
            self.label = fitting(references[0].label, size, WIDEST_LABEL)
            self.width += APART + width_of(self.label, size)

    @property
    def told(self) -> str:
        """The same in words."""
        numbers = ", ".join(str(reference.number) for reference in self.references)
        return f"{numbers} {self.references[0].label if len(self.references) == 1 else ''}".rstrip()

    def draw(self, x: float, y: float) -> list[Part]:
        """Return them around a point."""
        parts: list[Part] = []
        at = x - self.width / 2
        for reference, width in zip(self.references, self.widths, strict=True):
            ring = Rect(at, y - HIGH / 2, width, HIGH, f"ring-{reference.role}", HIGH / 2)
            parts += [ring, Text(at + width / 2, y + 3.1, str(reference.number), "ring")]
            at += width + APART
        if self.label:
            parts.append(Text(at, y + 3.1, self.label, "small", "start"))
        return parts
