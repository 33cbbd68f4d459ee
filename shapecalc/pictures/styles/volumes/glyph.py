"""The glyph of a volume: a box whose sides are the sizes, with what keeps the volume as bands.

Sizes by their square roots, so that 227 and 6 both can be read; a receding axis for the width.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod, sqrt

from shapecalc.pictures.families import FUSED, fields_of, kind_words
from shapecalc.pictures.network import Node
from shapecalc.pictures.owners import last_part
from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.scene import Box, Group, Line, Part, Point, Polygon, Text, hatching
from shapecalc.pictures.styles.volumes.element import Element
from shapecalc.pictures.text import cut, fitting, width_of
from shapecalc.pictures.tree import Single
from shapecalc.volumes import plain

SPATIAL, DEPTH, FLAT = 12.2, 2.05, 2.3  # px for the root of a pixel, a slice, a unit
LEAST_SPATIAL, LEAST_DEPTH, LEAST_FLAT = 9.0, 3.0, 16.0
MOST_SPATIAL, MOST_DEPTH, MOST_FLAT = 184.0, 92.0, 164.0
OPEN = 32  # what a size that is not known is drawn as
SLANT = (0.42, 0.30)  # the receding axis: px to the right and upwards for a px of width
BAND = 3.2
COPY = 6.0  # from one of several equal glyphs to the next
MOST_COPIES = 4
MOST_SLABS = 4  # frames that a film shows
LINE_HEIGHT = 13.0
WIDEST_NOTE, WIDEST_VOLUME = 118.0, 200.0


class Scale:
    """px for sizes, such that the largest of a network still fits on a page."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        known = [node.volume for node in nodes if node.volume]
        spatial = [size for volume in known for size in volume[:-1][-2:]]
        depths = [volume[-1] for volume in known if len(volume) > 1]
        units = [volume[0] for volume in known if len(volume) == 1]
        self.spatial = _scaled(SPATIAL, MOST_SPATIAL, spatial)
        self.depth = _scaled(DEPTH, MOST_DEPTH, depths)
        self.flat = _scaled(FLAT, MOST_FLAT, units)


def _scaled(unit: float, most: float, sizes: Sequence[int | None]) -> float:
    largest = max((plain(size) or 0 for size in sizes), default=0)
    return min(unit, most / sqrt(largest)) if largest else unit


class Glyph(Element):
    """A layer as a box, with bands for what follows it, or comes before it, and keeps the volume.

    Everything is measured from its left edge and from the axis through its middle.
    """

    def __init__(self, single: Single, scale: Scale) -> None:
        self.single, self.node, self.scale = single, single.node, scale
        self.before: list[Single] = []
        self.behind: list[Single] = []
        self.copies = 1  # how many equal ones it stands for
        self.called = ""  # the instance of a block that it is the whole of

    def measure(self) -> None:
        """Work out its sizes, once all of its bands are there."""
        volume = self.node.volume
        scale = self.scale
        self.slabs = 1
        self.unknown = volume is None or None in volume
        sizes = [plain(size) or OPEN for size in volume or (OPEN, OPEN, OPEN)]
        *spatial, depth = sizes
        self.depth = max(LEAST_DEPTH, scale.depth * sqrt(depth))
        if not spatial:
            self.height = max(LEAST_FLAT, scale.flat * sqrt(depth))
            self.width, self.depth = 0.0, 11.0
        elif len(spatial) == 1:
            self.height = max(LEAST_SPATIAL, scale.spatial * sqrt(spatial[0]))
            self.width = LEAST_SPATIAL
        else:
            self.height = max(LEAST_SPATIAL, scale.spatial * sqrt(spatial[-2]))
            self.width = max(LEAST_SPATIAL, scale.spatial * sqrt(spatial[-1]))
            self.slabs = min(MOST_SLABS, prod(spatial[:-2]))
        self.dx, self.dy = self.width * SLANT[0], self.width * SLANT[1]
        self.slab = self.depth * self.slabs
        bands = sum(band.node.family != "drop" for band in (*self.before, *self.behind))
        self.shown = min(self.copies, MOST_COPIES)
        self.body = self.slab + BAND * bands
        self.right = self.body + self.dx + COPY * (self.shown - 1)
        self.up = self.down = (self.height + self.dy) / 2
        self.labels = self._labels()
        self.label_width = max(
            width_of(text, LETTERS[role].size, LETTERS[role].bold)
            for text, role in (*self.labels, (self.volume, "volume"))
        )

    @property
    def volume(self) -> str:
        """Its volume as text."""
        return fitting(self.single.volume_text, LETTERS["volume"].size, WIDEST_VOLUME)

    @property
    def fault(self) -> str:
        """What is wrong with it, if anything is."""
        singles = (self.single, *self.before, *self.behind)
        return next((single.node.fault for single in singles if single.node.fault), "")

    @property
    def above(self) -> float:
        """How far it reaches above the axis, with its volume and its alarm."""
        return self.up + 18 + (24 if self.fault else 0)

    def singles(self) -> Iterator[Single]:
        """Yield the layer and its bands."""
        yield self.single
        yield from self.before
        yield from self.behind

    def counted(self) -> Iterator[Single]:
        """Yield the same: no arc ends in it."""
        return self.singles()

    def _labels(self) -> list[tuple[str, str]]:
        name = cut(last_part(self.called or self.node.name))
        if self.copies > 1:
            name = f"{name} × {self.copies}"
        labels = [(name, "name")]
        record = self.node.record
        notes = [", ".join(fields_of(record, depth=False))] if record is not None else []
        if self.node.group:
            notes = [f"{cut(self.node.words[0], 14)}, {self.node.words[1]}"]
        extra = [
            "drop" if band.node.family == "drop" else kind_words(band.node.records[0])
            for band in (*self.before, *self.behind)
        ]
        notes.append(" · ".join(extra))
        size = LETTERS["note"].size
        labels += [(fitting(note, size, WIDEST_NOTE), "note") for note in notes if note]
        if any(single.node.gives for single in (self.single, *self.behind)):
            labels.append(("output", "note"))
        if self.fault:
            labels.append((self.fault.partition(":")[0], "badge"))
        return labels

    def side(self, along: float, down: float) -> Point:
        """Return a point of the right face, both from 0 to 1, at an origin of 0."""
        x = self.body + COPY * (self.shown - 1)
        top = self.dy - (self.height + self.dy) / 2
        return x + along * self.dx, top - along * self.dy + down * self.height

    def draw(self, x: float, y: float, base: float) -> Group:
        """Return it with its left edge and axis there; its labels begin at the line `base`."""
        parts: list[Part] = []
        for copy in range(self.shown):
            parts += self._box(x + COPY * copy, y, copy == self.shown - 1)
        centre = x + self.right / 2
        if self.fault:
            parts.append(_alarm(centre, y - self.up - 26))
        parts.append(Text(centre, y - self.up - 7, self.volume, "volume"))
        for number, (text, role) in enumerate(self.labels):
            parts.append(Text(centre, base + number * LINE_HEIGHT, text, role))
        title = self.node.title
        if self.copies > 1:
            names = ", ".join(cut(node.name) for node in self.single.like[:12])
            title += f"\n{self.copies} like it: {names}"
        for band in (*self.before, *self.behind):
            title += f"\n{band.node.name}: {band.node.record.summary if band.node.record else ''}"
        return Group(tuple(parts), title, "layer")

    def _box(self, x: float, y: float, last: bool) -> list[Part]:
        top = y + self.dy - (self.height + self.dy) / 2
        bottom = top + self.height
        parts: list[Part] = []
        at = x
        for band in self.before:
            at = self._slab(parts, at, top, bottom, BAND, band.node.family)
        start = at
        for _ in range(self.slabs):
            at = self._slab(parts, at, top, bottom, self.depth, self.node.family)
        dropped = False
        for band in self.behind:
            if band.node.family == "drop":
                dropped = True
                continue
            at = self._slab(parts, at, top, bottom, BAND, band.node.family)
        if self.dx:
            face = (
                (at, top),
                (at + self.dx, top - self.dy),
                (at + self.dx, bottom - self.dy),
                (at, bottom),
            )
            parts += [Polygon(face, self.node.family), Polygon(face, "dim")]
        if dropped:
            inside = Box(start + 0.8, top + 0.8, at - 0.8, bottom - 0.8)
            parts.append(hatching(inside, "stripe"))
        outline = (
            (x, top), (x + self.dx, top - self.dy), (at + self.dx, top - self.dy),
            (at + self.dx, bottom - self.dy), (at, bottom), (x, bottom),
        )  # fmt: skip
        if self.fault and last:
            parts.append(Polygon(outline, "faulty", solid=True))
        elif self.unknown:
            parts.append(Polygon(outline, "unknown", solid=True))
        return parts

    def _slab(
        self, parts: list[Part], x: float, top: float, bottom: float, depth: float, family: str
    ) -> float:
        """Add the front and the top of a slab; return where the next one begins."""
        end = x + depth
        parts.append(Polygon(((x, top), (end, top), (end, bottom), (x, bottom)), family, True))
        if self.dx:
            over = (
                (x, top),
                (x + self.dx, top - self.dy),
                (end + self.dx, top - self.dy),
                (end, top),
            )
            parts += [Polygon(over, family), Polygon(over, "lit")]
        return end


def _alarm(x: float, y: float) -> Part:
    """Return the sign that something is wrong here: a triangle with an exclamation mark."""
    triangle = Polygon(((x, y - 9), (x + 8, y + 5), (x - 8, y + 5)), "sign", solid=True)
    return Group(
        (
            triangle,
            Line(((x, y - 4), (x, y + 0.5)), "bang"),
            Line(((x, y + 2), (x, y + 3.5)), "bang"),
        ),
        meaning="fault",
    )


def belongs(single: Single, before: Node) -> bool:
    """Say whether a layer is drawn with what stands before it: it keeps the volume."""
    if single.node.family not in FUSED or before.family == "input":
        return False
    return single.node.volume == before.volume


def opens(single: Single, behind: Single | None) -> bool:
    """Say whether a layer is a band in front of the next glyph, as an activation before it is."""
    if single.node.family not in FUSED or behind is None or bool(single.node.group):
        return False
    return behind.node.record is not None and single.node.record is not None
