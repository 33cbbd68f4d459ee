"""The input with the fields of some layers on it, and what is cut at its border."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.scene import Box, Group, Line, Part, Point, Rect, Strokes, Text, hatching
from shapecalc.pictures.styles.field.seen import Seen, Span, number_text
from shapecalc.pictures.styles.field.view import View
from shapecalc.pictures.text import cut, fitting, width_of

GRID_TO = 64  # pixels that are drawn one by one
LEADER, LEADERS_APART = 26.0, 5.0
LABEL, WIDEST_LABEL = 13.0, 120.0
TICKS_APART = 5.0  # px at least
LINE = 14.0


class Panel:
    """A plane with the squares of the middle output's fields, one in the other, and the first
    output's field, which the border may cut.
    """

    def __init__(self, spatial: tuple[int, ...], drawn: list[Seen], side: float) -> None:
        self.spatial, self.drawn = spatial, drawn
        self.last = drawn[-1]
        self.reach = self.last.reach()
        self.views = [
            View(size, reach, side) for size, reach in zip(spatial, self.reach, strict=True)
        ]
        scale = min(view.scale for view in self.views)
        for view in self.views:
            view.scale = scale
        self.down, self.across = (view.span * scale for view in self.views)
        letters = LETTERS["number"]
        names = [cut(layer.record.name, 20) for layer in drawn]
        self.labels = [
            fitting(f"{number} {name}", letters.size, WIDEST_LABEL, letters.bold)
            for number, name in enumerate(names, start=1)
        ]
        self.labels.append("input")
        labels = max(width_of(label, letters.size, letters.bold) for label in self.labels)
        self.notes = [line for line in self._notes() if line]
        notes = max(width_of(line, LETTERS["note"].size) for line in self.notes)
        self.width = max(self.across + LEADER + labels, notes)
        self.height = max(self.down, LABEL * len(self.labels)) + 12 + LINE * len(self.notes)

    def draw(self, x: float, y: float) -> list[Part]:
        """Return the parts of the panel."""
        self.x, self.y = x, y
        self.views[0].origin, self.views[1].origin = y, x
        parts = self._ground()
        squares, labels = self._squares()
        parts += [*squares, *self._border(), *self._ticks(), *labels]
        foot = y + self.height - LINE * len(self.notes) + 9
        for number, line in enumerate(self.notes):
            parts.append(Text(x, foot + LINE * number, line, "note", "start"))
        return parts

    def box(self, spans: Sequence[Span]) -> Box:
        """Return the box of pixels, the last of each span included."""
        top, bottom = self.views[0].ends(spans[0])
        left, right = self.views[1].ends(spans[1])
        return Box(left, top, right, bottom)

    @property
    def inside(self) -> Box:
        """The box of the input."""
        return self.box([(0, size - 1) for size in self.spatial])

    def _ground(self) -> list[Part]:
        """Return the padding that fields reach into, the input and its pixels."""
        parts: list[Part] = []
        inside, around = self.inside, self.box(self.reach)
        outer = Box(
            min(around.left, inside.left),
            min(around.top, inside.top),
            max(around.right, inside.right),
            max(around.bottom, inside.bottom),
        )
        if outer != inside:
            strokes = [
                stroke
                for box in _ring(outer, inside)
                for stroke in hatching(box, "padding", 7.0).strokes
            ]
            parts.append(Group((Strokes(tuple(strokes), "padding"),), "padding", "padding"))
        parts.append(_rect(inside, "pixel"))
        if max(self.spatial) <= GRID_TO:
            lines: list[tuple[Point, Point]] = []
            for pixel in range(1, self.spatial[-1]):
                across = self.views[1].at(pixel)
                lines.append(((across, inside.top), (across, inside.bottom)))
            for pixel in range(1, self.spatial[0]):
                down = self.views[0].at(pixel)
                lines.append(((inside.left, down), (inside.right, down)))
            if lines:
                parts.append(Strokes(tuple(lines), "grid"))
        parts.append(_rect(inside, "border"))
        return parts

    def _squares(self) -> tuple[list[Part], list[Part]]:
        """Return the fields in the middle, the largest first, and at the right their names and the
        input's: in the order of the places that they are led from, so that no two leaders cross.
        """
        centre = [(size - 1) / 2 for size in self.spatial]
        boxes = [self.box(layer.middle(centre)) for layer in self.drawn]
        squares: list[Part] = []
        for number in range(len(boxes) - 1, -1, -1):
            layer = self.drawn[number]
            title = f"{layer.record.name}: {layer.words}"
            squares.append(Group((_rect(boxes[number], f"field-{number}"),), title, "field"))
        labels: list[Part] = []
        right = self.x + self.across + LEADER
        bend = self.x + self.across + 6
        at, led = self.y - LABEL, self.y - LEADERS_APART
        led_to = [*((box, str(number)) for number, box in enumerate(boxes)), (self.inside, "input")]
        for number in sorted(range(len(led_to)), key=lambda n: (led_to[n][0].top, -n)):
            box, role = led_to[number]
            led = max(box.top, led + LEADERS_APART)
            at = max(at + LABEL, led + 4)
            way = ((box.right, led), (bend, led), (right - 4, at - 3.5))
            labels.append(Line(way, f"leader-{role}"))
            labels.append(Text(right, at, self.labels[number], "number", "start"))
        return squares, labels

    def _border(self) -> list[Part]:
        """Return the field of the last layer's first output, and what the border cuts of it."""
        first = self.box(self.last.first())
        inside = self.inside
        kept = Box(
            max(first.left, inside.left),
            max(first.top, inside.top),
            min(first.right, inside.right),
            min(first.bottom, inside.bottom),
        )
        title = f"{self.last.record.name}: the field of its first output"
        cut = [_rect(box, "cut") for box in _ring(first, kept)]
        return [Group((*cut, _rect(first, "outside")), title, "border")]

    def _ticks(self) -> list[Part]:
        """Return a tick for every output on the last axis, or as many as can be told apart."""
        axis, size, view = self.last.axes[-1], self.last.sizes[-1], self.views[1]
        ticks: list[tuple[Point, Point]] = []
        bottom = self.y + self.down
        for j in range(0, size, self._every()):
            pixel = float(axis.start(j) + axis.end(j)) / 2 + 0.5
            if view.low <= pixel <= view.high:
                across = view.at(pixel)
                ticks.append(((across, bottom + 4), (across, bottom + 10)))
        return [Strokes(tuple(ticks), "tick")] if ticks else []

    def _every(self) -> int:
        """Return how many outputs a tick stands for: 1, 2, 5, 10, ..."""
        return every(float(self.last.axes[-1].jump or 0) * self.views[1].scale)

    def _notes(self) -> list[str]:
        """Return in words what is shown."""
        jump = number_text(self.last.axes[-1].jump or 0)
        apart = f"{jump} pixel{'' if jump == '1' else 's'} apart"
        each = self._every()
        outputs = "outputs of the last layer,"
        if each > 1:
            outputs = f"every {each}{'nd' if each == 2 else 'th'} output of the last layer, all"
        beyond = [number_text(max(0.0, -low)) for low, _ in self.last.first()]
        over = ""
        if beyond[0] == beyond[1] != "0":
            over = f", cut at the border: {beyond[0]} outside"
        elif beyond[0] != beyond[1]:
            over = f", cut at the border: {beyond[0]} outside at the top, {beyond[1]} at the left"
        padded = any(
            low < 0 or high >= size
            for (low, high), size in zip(self.reach, self.spatial, strict=True)
        )
        more = any(view.cut for view in self.views)
        return [
            f"ticks: {outputs} {apart}",
            f"dashed: field of the first output{over}",
            "hatched: padding" if padded else "",
            "fields reach farther than is shown: see the numbers" if more else "",
        ]


def every(px: float) -> int:
    """Return how many outputs a tick stands for where outputs are so many px apart: 1, 2, 5, 10,
    20, ...
    """
    if px <= 0:
        return 1
    numbers: Iterator[int] = (digit * 10**power for power in count() for digit in (1, 2, 5))
    return next(number for number in numbers if number * px >= TICKS_APART)


def _ring(outer: Box, inner: Box) -> list[Box]:
    """Return the four boxes between two boxes, those that have an area; all of the outer one where
    the inner one has none.
    """
    if inner.left >= inner.right or inner.top >= inner.bottom:
        return [outer]
    found = [
        Box(outer.left, outer.top, outer.right, inner.top),
        Box(outer.left, inner.bottom, outer.right, outer.bottom),
        Box(outer.left, inner.top, inner.left, inner.bottom),
        Box(inner.right, inner.top, outer.right, inner.bottom),
    ]
    return [box for box in found if box.right > box.left and box.bottom > box.top]


def _rect(box: Box, role: str) -> Rect:
    return Rect(box.left, box.top, box.right - box.left, box.bottom - box.top, role)
