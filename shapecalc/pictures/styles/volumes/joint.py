"""The circle of a merge in a row of volumes."""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.pictures.families import kind_words
from shapecalc.pictures.merges import RADIUS, merge_circle
from shapecalc.pictures.owners import last_part
from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.scene import Group, Text
from shapecalc.pictures.styles.volumes.element import Element
from shapecalc.pictures.styles.volumes.glyph import LINE_HEIGHT
from shapecalc.pictures.text import cut, fitting, width_of
from shapecalc.pictures.tree import Single


class Joint(Element):
    """The circle of a merge, with what follows it and keeps its volume."""

    right = 2 * RADIUS
    up = down = RADIUS

    def __init__(self, single: Single) -> None:
        self.single, self.node = single, single.node
        self.behind: list[Single] = []
        self.beside: list[Single] = []  # what lies on the arcs that end in it

    def measure(self) -> None:
        """Work out its sizes."""
        name = cut(last_part(self.node.name), 14)
        notes = " · ".join(kind_words(band.node.records[0]) for band in self.behind)
        self.labels = [(name, "name")]
        if notes:
            self.labels.append((fitting(notes, LETTERS["note"].size, 90), "note"))
        if self.fault:
            self.labels.append((self.fault.partition(":")[0], "badge"))
        record = self.node.record  # only what joins volumes gives another one than it takes
        changes = record is None or not record.input or record.output != record.input[0]
        if changes:
            self.labels.append((fitting(self.single.volume_text, 10.5, 120), "volume"))
        self.label_width = max(
            width_of(text, LETTERS[role].size, LETTERS[role].bold) for text, role in self.labels
        )

    @property
    def fault(self) -> str:
        """What is wrong with it, if anything is."""
        return self.node.fault

    def singles(self) -> Iterator[Single]:
        """Yield the merge and its bands."""
        yield self.single
        yield from self.behind

    def counted(self) -> Iterator[Single]:
        """Yield the merge, its bands and what lies on the arcs that end in it."""
        yield from self.singles()
        yield from self.beside

    def draw(self, x: float, y: float, base: float) -> Group:
        """Return it with its left edge and axis there."""
        centre = x + RADIUS
        parts = merge_circle(self.node, centre, y)
        for number, (text, letters) in enumerate(self.labels):
            parts.append(Text(centre, base + number * LINE_HEIGHT, text, letters))
        title = "\n".join([self.node.title, *(band.node.name for band in self.behind)])
        return Group(tuple(parts), title, "merge")
