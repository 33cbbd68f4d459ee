"""The style field: what one output value sees of the input, layer by layer.

Over the input lie the squares of one output's receptive fields, one in the other, in the middle and
in the first corner, where the border cuts them; ticks stand a jump apart. Beside it are the numbers
of every axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shapecalc.pictures.families import fields_of, kind_words
from shapecalc.pictures.heading import MARGIN, footing, heading, loose_faults, nothing, title_of
from shapecalc.pictures.options import Options
from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.scene import (
    Box,
    Group,
    Line,
    Part,
    Point,
    Rect,
    Scene,
    Strokes,
    Text,
    hatching,
)
from shapecalc.pictures.text import cut, volume_text, width_of
from shapecalc.receptive_field import Axis
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace
from shapecalc.volumes import plain

WIDTH = 1000.0  # where nothing else is asked for
PANEL = 380.0  # px of the longer side of what is shown
NARROWEST = 200.0
STRIP = 26.0  # px that a single axis is high
GRID_TO = 64  # pixels that are drawn one by one
OVER = 0.6  # of the input that is shown beyond its border at most
MOST_DRAWN = 6
MOST_ROWS = 40
MOST_TICKS = 40
LINE = 16.0
COLUMN_GAP = 16.0
LEADER = 26.0


class Seen(NamedTuple):
    """A layer with the fields of its outputs on the last axes of the input, at most two."""

    record: LayerRecord
    axes: tuple[Axis, ...]
    sizes: tuple[int, ...]  # of the output, on these axes

    def middle(self, at: Sequence[float]) -> tuple[tuple[float, float], ...]:
        """Return first and last pixel per axis of the output whose field lies nearest to a
        place.
        """
        found = []
        for axis, size, place in zip(self.axes, self.sizes, at, strict=True):
            half = float(axis.start(0) + axis.end(0)) / 2
            j = round((place - half) / float(axis.jump)) if axis.jump else 0
            j = min(max(0, j), size - 1)
            found.append((float(axis.start(j)), float(axis.end(j))))
        return tuple(found)

    def first(self) -> tuple[tuple[float, float], ...]:
        """Return first and last pixel per axis of the first output."""
        return tuple((float(axis.start(0)), float(axis.end(0))) for axis in self.axes)

    def reach(self) -> tuple[tuple[float, float], ...]:
        """Return first and last pixel per axis that any output sees."""
        return tuple(
            (float(axis.start(0)), float(axis.end(size - 1)))
            for axis, size in zip(self.axes, self.sizes, strict=True)
        )


def draw(trace: Trace, options: Options) -> Scene:
    """Return the scene of a network's receptive fields."""
    width = options.width or WIDTH
    spatial = _input(trace)
    seen = _seen(trace, spatial) if spatial else []
    if not seen:
        return _without(trace, width, bool(spatial))
    shown = spatial[-2:]
    drawn = _chosen(seen)
    numbered = {id(layer): number for number, layer in enumerate(drawn)}
    room = width - 2 * MARGIN
    side = max(NARROWEST, min(PANEL, room - LEADER - 20))
    panel = _Panel(shown, drawn, side)
    table = _Table(trace, spatial, seen, numbered)
    beside = panel.width + 3 * COLUMN_GAP + table.width <= room
    inner = panel.width + 3 * COLUMN_GAP + table.width if beside else max(panel.width, table.width)
    width = max(inner + 2 * MARGIN, 320.0)
    head, top = heading(trace, [], width)
    top += 16
    parts = head + panel.draw(MARGIN, top)
    bottom = top + panel.height
    if beside:
        parts += table.draw(MARGIN + panel.width + 3 * COLUMN_GAP, top)
        bottom = max(bottom, top + table.height)
    else:
        parts += table.draw(MARGIN, bottom + 20)
        bottom += 20 + table.height
    foot, end = footing(loose_faults(trace), width, bottom)
    description = "; ".join(f"{layer.record.name} {_sizes(layer.record)}" for layer in seen[:200])
    return Scene(width, end + 18, title_of(trace), description, tuple(parts + foot))


def _input(trace: Trace) -> tuple[int, ...]:
    """Return the spatial size of the first input that has one and is known."""
    for volume in trace.inputs.values():
        if volume is not None and len(volume) > 1:
            known = tuple(size for size in volume[:-1] if isinstance(size, int))
            if len(known) == len(volume) - 1:
                return known
    return ()


def _seen(trace: Trace, spatial: tuple[int, ...]) -> list[Seen]:
    """Return the layers that change the receptive field or the jump, and where it is known."""
    found: list[Seen] = []
    before: object = (tuple([1] * len(spatial)), tuple([1] * len(spatial)))
    for record in trace.layers:
        field = record.field
        if field is None or field.extent != spatial or not field.placed or record.output is None:
            continue
        if field.axes is None or field.whole or len(record.output) != len(spatial) + 1:
            continue
        now = (record.receptive_field, record.jump)
        if now == before or any(plain(size) is None for size in record.output):
            continue
        before = now
        sizes = tuple(size for size in record.output[:-1] if size is not None)
        found.append(Seen(record, field.axes[-2:], sizes[-2:]))
    return found


def _chosen(seen: Sequence[Seen]) -> list[Seen]:
    """Return the layers whose squares are drawn: the last, and some of those before it."""
    if len(seen) <= MOST_DRAWN:
        return [*seen]
    step = (len(seen) - 1) / (MOST_DRAWN - 1)
    return [seen[round(number * step)] for number in range(MOST_DRAWN)]


def _without(trace: Trace, width: float, spatial: bool) -> Scene:
    scene = nothing(trace, width)
    why = (
        "no layer has a receptive field whose place is known"
        if spatial
        else "a flat input, or one that is not known, has no receptive fields"
    )
    said = scene.parts[1]
    assert isinstance(said, Text)
    parts = (scene.parts[0], said._replace(text=why), *scene.parts[2:])
    return scene._replace(description=why, parts=parts)


class _Panel:
    """The input with the fields on it: two axes as a plane, one as a strip."""

    def __init__(self, spatial: tuple[int, ...], drawn: list[Seen], side: float) -> None:
        self.spatial, self.drawn = spatial, drawn
        last = drawn[-1]
        self.centre = [(size - 1) / 2 for size in spatial]
        self.reach = last.reach()
        self.view: list[tuple[float, float]] = []
        for size, (low, high) in zip(spatial, self.reach, strict=True):
            over = max(1.0, OVER * size)
            self.view.append(
                (max(min(low, 0), -over) - 0.5, min(max(high + 1, size), size + over) + 0.5)
            )
        spans = [high - low for low, high in self.view]
        self.scale = side / max(spans)
        self.flat = len(spatial) == 1
        self.across = spans[-1] * self.scale
        self.down = STRIP * (len(drawn) + 1) if self.flat else spans[0] * self.scale
        self.width = max(self.across + LEADER + 12, 300.0)
        self.height = self.down + 62

    def draw(self, x: float, y: float) -> list[Part]:
        """Return the parts of the panel."""
        self.x, self.y = x, y
        parts = self._ground()
        if self.flat:
            return parts + self._strips() + self._ticks()
        squares, labels = self._squares()
        return parts + squares + self._border() + self._ticks() + labels

    def at(self, axis: int, pixel: float) -> float:
        """Return where a pixel begins, on the last axis (-1) across, else downwards."""
        low, high = self.view[axis]
        origin = self.x if axis == -1 else self.y
        return origin + (min(max(pixel, low), high) - low) * self.scale

    def box(self, spans: Sequence[tuple[float, float]]) -> Box:
        """Return the box of pixels, the last of each span included."""
        left, right = self.at(-1, spans[-1][0]), self.at(-1, spans[-1][1] + 1)
        if self.flat:
            return Box(left, self.y, right, self.y + STRIP - 8)
        return Box(left, self.at(0, spans[0][0]), right, self.at(0, spans[0][1] + 1))

    def _ground(self) -> list[Part]:
        """Return the padding that fields reach into, the input and its pixels."""
        parts: list[Part] = []
        inside = self.box([(0, size - 1) for size in self.spatial])
        around = self.box(self.reach)
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
                across = self.at(-1, pixel)
                lines.append(((across, inside.top), (across, inside.bottom)))
            for pixel in range(1, 0 if self.flat else self.spatial[0]):
                down = self.at(0, pixel)
                lines.append(((inside.left, down), (inside.right, down)))
            if lines:
                parts.append(Strokes(tuple(lines), "grid"))
        parts.append(_rect(inside, "border"))
        return parts

    def _squares(self) -> tuple[list[Part], list[Part]]:
        """Return the fields in the middle, the largest first, and their numbers at the right."""
        squares: list[Part] = []
        labels: list[Part] = []
        at = self.y - 8
        for number in range(len(self.drawn) - 1, -1, -1):
            layer = self.drawn[number]
            box = self.box(layer.middle(self.centre))
            title = f"{layer.record.name}: {_sizes(layer.record)}"
            squares.append(Group((_rect(box, f"field-{number}"),), title, "field"))
            at = max(at + 13, min(box.top + 4, self.y + self.down))
            right = self.x + self.across + LEADER
            bend = self.x + self.across + 6
            way = ((box.right, box.top), (bend, box.top), (right - 6, at - 3))
            labels.append(Line(way, f"leader-{number}"))
            labels.append(Text(right, at, str(number + 1), "number"))
        return squares, labels

    def _strips(self) -> list[Part]:
        """Return the fields of a single axis, each on a line of its own."""
        parts: list[Part] = []
        for number, layer in enumerate(self.drawn):
            top = self.y + STRIP * (number + 1)
            whole = self.box(layer.middle(self.centre))
            cut_off = self.box(layer.first())
            title = f"{layer.record.name}: {_sizes(layer.record)}"
            first = Rect(cut_off.left, top, cut_off.right - cut_off.left, STRIP - 14, "outside")
            middle = Rect(whole.left, top, whole.right - whole.left, STRIP - 14, f"field-{number}")
            parts.append(Group((first, middle), title, "field"))
            right = self.x + self.across + LEADER
            parts.append(Text(right, top + 9, str(number + 1), "number"))
        return parts

    def _border(self) -> list[Part]:
        """Return the field of the last layer's first output, which the border may cut."""
        first = self.drawn[-1].first()
        title = f"{self.drawn[-1].record.name}: the field of its first output"
        parts: list[Part] = [_rect(self.box(first), "outside")]
        return [Group(tuple(parts), title, "border")]

    def _ticks(self) -> list[Part]:
        """Return ticks a jump apart, and what is shown in words."""
        axis, size = self.drawn[-1].axes[-1], self.drawn[-1].sizes[-1]
        bottom = self.y + self.down
        ticks: list[tuple[Point, Point]] = []
        for j in range(min(size, MOST_TICKS)):
            pixel = float(axis.start(j) + axis.end(j)) / 2 + 0.5
            low, high = self.view[-1]
            if low <= pixel <= high:
                across = self.at(-1, pixel)
                ticks.append(((across, bottom + 4), (across, bottom + 10)))
        parts: list[Part] = [Strokes(tuple(ticks), "tick")] if ticks else []
        apart = _number(axis.jump)
        lines = [
            f"ticks: outputs of the last layer, {apart} pixel{'' if apart == '1' else 's'} apart"
        ]
        low = self.drawn[-1].first()[-1][0]
        over = f", cut at the border: {_number(-low)} outside" if low < 0 else ""
        lines.append(f"dashed: field of the first output{over}")
        if any(
            low < 0 or high >= size
            for (low, high), size in zip(self.reach, self.spatial, strict=True)
        ):
            lines.append("hatched: padding")
        for number, line in enumerate(lines):
            parts.append(Text(self.x, bottom + 24 + 14 * number, line, "note", "start"))
        return parts


def _ring(outer: Box, inner: Box) -> list[Box]:
    """Return the four boxes between two boxes, those that have an area."""
    found = [
        Box(outer.left, outer.top, outer.right, inner.top),
        Box(outer.left, inner.bottom, outer.right, outer.bottom),
        Box(outer.left, inner.top, inner.left, inner.bottom),
        Box(inner.right, inner.top, outer.right, inner.bottom),
    ]
    return [box for box in found if box.right > box.left and box.bottom > box.top]


def _rect(box: Box, role: str) -> Rect:
    return Rect(box.left, box.top, box.right - box.left, box.bottom - box.top, role)


class _Table:
    """The numbers: a line for each layer that changes the field or the jump."""

    def __init__(
        self,
        trace: Trace,
        spatial: tuple[int, ...],
        seen: Sequence[Seen],
        numbered: dict[int, int],
    ) -> None:
        self.colours = [numbered.get(id(layer)) for layer in seen]
        self.rows: list[tuple[str, ...]] = [("", "layer", "what", "field", "jump", "from")]
        self.rows.append(("", "input", "", volume_text(spatial), "", ""))
        for layer, number in zip(seen, self.colours, strict=True):
            record = layer.record
            axes = record.field.axes if record.field is not None and record.field.axes else ()
            starts = "×".join(dict.fromkeys(_number(axis.start(0)) for axis in axes))
            jumps = "×".join(_number(jump or 0) for jump in record.jump or ())
            what = " ".join([kind_words(record), *fields_of(record, depth=False)])
            name = "" if number is None else str(number + 1)
            self.rows.append((name, cut(record.name), cut(what, 22), _sizes(record), jumps, starts))
        if len(self.rows) > MOST_ROWS:
            left = len(self.rows) - MOST_ROWS
            half = MOST_ROWS // 2
            between = ("", "…", f"{left:,} more", "", "", "")
            self.rows = [*self.rows[:half], between, *self.rows[-half:]]
            self.colours = []
        wholes = [r.name for r in trace.layers if r.field is not None and r.field.whole]
        self.notes = [f"{cut(name)} and what follows: the whole input" for name in wholes[:1]]
        letters = LETTERS["note"].size
        columns = zip(*self.rows, strict=True)
        self.widths = [max(width_of(text, letters, True) for text in column) for column in columns]
        self.width = sum(self.widths) + COLUMN_GAP * (len(self.widths) - 1)
        self.width = max([self.width, *(width_of(note, letters) for note in self.notes)])
        self.height = LINE * (len(self.rows) + len(self.notes)) + 4

    def draw(self, x: float, y: float) -> list[Part]:
        """Return the parts of the table."""
        parts: list[Part] = []
        for number, row in enumerate(self.rows):
            at = x
            for column, (text, width) in enumerate(zip(row, self.widths, strict=True)):
                letters = "small-name" if not number or column == 0 else "note"
                if text and column > 2:
                    parts.append(Text(at + width, y + 10 + LINE * number, text, letters, "end"))
                elif text:
                    parts.append(Text(at, y + 10 + LINE * number, text, letters, "start"))
                at += width + COLUMN_GAP
            colour = next((c for c in [self._colour(row)] if c is not None), None)
            if colour is not None and number > 1:
                swatch = Rect(x - 13, y + 2 + LINE * number, 8, 8, f"swatch-{colour}", 1.5)
                parts.append(swatch)
        y += LINE * len(self.rows) + 10
        for number, note in enumerate(self.notes):
            parts.append(Text(x, y + LINE * number, note, "note", "start"))
        return parts

    def _colour(self, row: tuple[str, ...]) -> int | None:
        return int(row[0]) - 1 if row[0] else None


def _sizes(record: LayerRecord) -> str:
    return volume_text(record.receptive_field)


def _number(value: object) -> str:
    """Return a number of pixels: whole, or with the digits it needs; a real minus sign."""
    number = float(value)  # type: ignore[arg-type]
    text = str(int(number)) if number == int(number) else f"{number:.3g}"
    return text.replace("-", "−")
