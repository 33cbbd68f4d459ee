"""A scene: what a picture is made of, with a meaning for every part, before anybody writes it.

Coordinates are px from the upper left corner. What a role looks like stands in palette.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import dist, hypot
from typing import Literal, NamedTuple

from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.text import width_of

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]
ASCENT, DESCENT = 0.73, 0.21  # of Helvetica's letters, in parts of their size
LEFT_OF: dict[Anchor, float] = {"start": 0.0, "middle": 0.5, "end": 1.0}


class Box(NamedTuple):
    """A rectangle along the axes."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, by: float = 0.0) -> bool:
        """Say whether both share more than an edge; `by` is how far they may reach inside."""
        return (
            self.left + by < other.right
            and other.left + by < self.right
            and self.top + by < other.bottom
            and other.top + by < self.bottom
        )

    def holds(self, other: Box, by: float = 0.0) -> bool:
        """Say whether the other one lies inside; it may stand out by so much."""
        return (
            self.left - by <= other.left
            and self.top - by <= other.top
            and self.right + by >= other.right
            and self.bottom + by >= other.bottom
        )


def around(points: Iterable[Point]) -> Box:
    """Return the smallest box around points."""
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


class Polygon(NamedTuple):
    """A filled outline. A `solid` one is a thing: no text may lie across its edge."""

    points: tuple[Point, ...]
    role: str
    solid: bool = False

    @property
    def box(self) -> Box:
        """What it covers."""
        return around(self.points)


class Rect(NamedTuple):
    """A rectangle, its corners rounded by `radius`."""

    x: float
    y: float
    width: float
    height: float
    role: str
    radius: float = 0.0
    solid: bool = False

    @property
    def box(self) -> Box:
        """What it covers."""
        return Box(self.x, self.y, self.x + self.width, self.y + self.height)


class Circle(NamedTuple):
    """A circle."""

    x: float
    y: float
    radius: float
    role: str
    solid: bool = False

    @property
    def box(self) -> Box:
        """What it covers."""
        r = self.radius
        return Box(self.x - r, self.y - r, self.x + r, self.y + r)


class Line(NamedTuple):
    """A line through points, its corners rounded by `radius`; an `arrow` has a head."""

    points: tuple[Point, ...]
    role: str
    arrow: bool = False
    radius: float = 0.0
    solid: bool = False

    @property
    def box(self) -> Box:
        """What it covers."""
        return around(self.points)


class Strokes(NamedTuple):
    """Straight strokes of one role, as a hatching has them."""

    strokes: tuple[tuple[Point, Point], ...]
    role: str
    solid: bool = False

    @property
    def box(self) -> Box:
        """What they cover."""
        return around(point for stroke in self.strokes for point in stroke)


class Text(NamedTuple):
    """A line of text; `y` is its baseline."""

    x: float
    y: float
    text: str
    letters: str
    anchor: Anchor = "middle"

    @property
    def box(self) -> Box:
        """What its letters cover, by Helvetica's widths."""
        letters = LETTERS[self.letters]
        width = width_of(self.text, letters.size, letters.bold)
        left = self.x - LEFT_OF[self.anchor] * width
        top, bottom = self.y - ASCENT * letters.size, self.y + DESCENT * letters.size
        return Box(left, top, left + width, bottom)


class Group(NamedTuple):
    """Parts that belong together: `title` says what they stand for, `meaning` what they are."""

    parts: tuple[Part, ...]
    title: str = ""
    meaning: str = ""


Part = Polygon | Rect | Circle | Line | Strokes | Text | Group
Leaf = Polygon | Rect | Circle | Line | Strokes | Text


class Scene(NamedTuple):
    """A whole picture: its size, what it is called, what it shows in words, and its parts.

    `zoom` is how large a px of it is shown, 1 but where it is wider than there is room.
    """

    width: float
    height: float
    title: str
    description: str
    parts: tuple[Part, ...]
    zoom: float = 1.0

    def leaves(self) -> Iterator[Leaf]:
        """Yield every part that is no group, from the back to the front."""
        yield from leaves(self.parts)


def leaves(parts: Iterable[Part]) -> Iterator[Leaf]:
    """Yield every part that is no group, from the back to the front."""
    for part in parts:
        if isinstance(part, Group):
            yield from leaves(part.parts)
        else:
            yield part


def moved(part: Part, x: float, y: float) -> Part:
    """Return a part somewhere else."""
    if isinstance(part, Group):
        return part._replace(parts=tuple(moved(inner, x, y) for inner in part.parts))
    if isinstance(part, Polygon | Line):
        return part._replace(points=tuple((a + x, b + y) for a, b in part.points))
    if isinstance(part, Strokes):
        return part._replace(
            strokes=tuple(((a + x, b + y), (c + x, d + y)) for (a, b), (c, d) in part.strokes)
        )
    return part._replace(x=part.x + x, y=part.y + y)


def extent(parts: Sequence[Part]) -> Box:
    """Return what some parts cover."""
    boxes = [leaf.box for leaf in leaves(parts)]
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def hatching(box: Box, role: str, apart: float = 6.0) -> Strokes:
    """Return strokes from the lower left to the upper right that fill a box."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    strokes = []
    along = apart / 2
    while along < width + height:
        start = (left + max(0.0, along - height), min(bottom, top + along))
        end = (min(right, left + along), top + max(0.0, along - width))
        strokes.append((start, end))
        along += apart
    return Strokes(tuple(strokes), role)


HEAD = 6.5  # px that an arrow's head is long


class Arrow(NamedTuple):
    """A line as it is drawn: where it starts, what follows, and the corners of its head, if any.

    A step is the next point, or a bend: its corner and the point behind it.
    """

    start: Point
    steps: tuple[tuple[Point, ...], ...]
    head: tuple[Point, ...]


def drawn(line: Line) -> Arrow:
    """Return a line with its corners rounded and its end shortened by the head."""
    points = [point for i, point in enumerate(line.points) if not i or point != line.points[i - 1]]
    if len(points) < 2:
        return Arrow(line.points[0], (), ())
    head: tuple[Point, ...] = ()
    if line.arrow:
        (x, y), (ax, ay) = points[-1], points[-2]
        length = hypot(x - ax, y - ay)
        ux, uy = (x - ax) / length, (y - ay) / length
        back = min(HEAD, length)
        foot = (x - ux * back, y - uy * back)
        half = back * 0.55
        head = ((x, y), (foot[0] - uy * half, foot[1] + ux * half),
                (foot[0] + uy * half, foot[1] - ux * half))  # fmt: skip
        points[-1] = foot
    steps: list[tuple[Point, ...]] = []
    for before, corner, behind in zip(points, points[1:], points[2:], strict=False):
        a, b = dist(before, corner), dist(corner, behind)
        near = min(line.radius, a / 2, b / 2)
        if near <= 0:
            steps.append((corner,))
            continue
        steps.append((_towards(corner, before, near / a),))
        steps.append((corner, _towards(corner, behind, near / b)))
    steps.append((points[-1],))
    return Arrow(points[0], tuple(steps), head)


def _towards(start: Point, end: Point, part: float) -> Point:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
