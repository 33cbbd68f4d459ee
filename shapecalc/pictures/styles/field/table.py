"""The numbers of every layer, and its field as a bar over the last axis of the input."""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.pictures.families import fields_of, kind_words
from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.scene import Group, Line, Part, Rect, Text
from shapecalc.pictures.styles.field.seen import Seen, number_text
from shapecalc.pictures.styles.field.view import View, widest
from shapecalc.pictures.text import cut, volume_text, width_of
from shapecalc.tracing import Trace

MOST_ROWS = 160
LINE = 16.0
COLUMN_GAP = 16.0
SWATCH = 13.0  # from a row's colour to its number
LEAST_BARS, MOST_BARS = 120.0, 380.0  # px of the bars
HEADS = ("", "layer", "what", "field", "jump", "from", "outside")
AT_LEFT = 3  # columns whose texts begin at their left edge
NOTES = (
    "outside: pixels of the first and of the last output's field beyond the border",
    "bars: the field in the middle; lines: the first one, red where the border cuts it",
)


class Table:
    """A line for each layer that changes the field or the jump; `numbered` are those drawn on the
    input, by their places.
    """

    def __init__(
        self,
        trace: Trace,
        spatial: tuple[int, ...],
        seen: Sequence[Seen],
        numbered: dict[int, int],
        room: float,
    ) -> None:
        self.centre = [(size - 1) / 2 for size in spatial[-2:]]
        self.rows: list[tuple[str, ...]] = [
            HEADS,
            ("", "input", "", volume_text(spatial), "", "", ""),
        ]
        self.layers: list[tuple[Seen, int | None] | None] = [None, None]
        left = len(seen) - MOST_ROWS
        for place, layer in enumerate(seen):
            if left > 0 and MOST_ROWS // 2 <= place < MOST_ROWS // 2 + left:
                if place == MOST_ROWS // 2:
                    self.rows.append(("", "…", f"{left:,} more", "", "", "", ""))
                    self.layers.append(None)
                continue
            self.rows.append(_row(layer, numbered.get(place)))
            self.layers.append((layer, numbered.get(place)))
        wholes = [r.name for r in trace.layers if r.field is not None and r.field.whole]
        notes = [f"{cut(name)} and what follows: the whole input" for name in wholes[:1]]
        self.notes = [*NOTES, *notes]
        letters = LETTERS["note"].size
        self.shown = [*range(len(HEADS))]
        if self._text_width() + LEAST_BARS + COLUMN_GAP > room:
            self.shown.remove(HEADS.index("what"))
        text = self._text_width()
        self.bars = min(MOST_BARS, max(LEAST_BARS, room - text - COLUMN_GAP))
        reach = widest([layer.reach()[-1] for layer in seen])
        self.view = View(spatial[-1], reach, self.bars)
        self.width = text + COLUMN_GAP + self.bars
        self.width = max([self.width, *(width_of(note, letters) for note in self.notes)])
        self.height = LINE * (len(self.rows) + len(self.notes)) + 10

    def _text_width(self) -> float:
        size = LETTERS["note"].size
        self.widths = [
            max(width_of(row[column], size, True) for row in self.rows) for column in self.shown
        ]
        return SWATCH + sum(self.widths) + COLUMN_GAP * (len(self.widths) - 1)

    def draw(self, x: float, y: float) -> list[Part]:
        """Return the parts of the table."""
        x += SWATCH
        parts: list[Part] = []
        for number, row in enumerate(self.rows):
            at = x
            for column, width in zip(self.shown, self.widths, strict=True):
                text = row[column]
                letters = "small-name" if not number or column == 0 else "note"
                if text and column >= AT_LEFT:
                    parts.append(Text(at + width, y + 10 + LINE * number, text, letters, "end"))
                elif text:
                    parts.append(Text(at, y + 10 + LINE * number, text, letters, "start"))
                at += width + COLUMN_GAP
        self.view.origin = at
        parts += self._ground(y)
        for number, entry in enumerate(self.layers):
            if entry is not None:
                parts += self._bar(x, y + LINE * number, *entry)
        y += LINE * len(self.rows) + 16
        for number, note in enumerate(self.notes):
            parts.append(Text(x, y + LINE * number, note, "note", "start"))
        return parts

    def _ground(self, y: float) -> list[Part]:
        """Return the input's extent behind all bars, and its border."""
        left, right = self.view.ends((0, self.view.size - 1))
        top, bottom = y + LINE, y + LINE * len(self.rows)
        return [
            Rect(left, top, right - left, bottom - top, "pixel"),
            Line(((left, top), (left, bottom)), "border"),
            Line(((right, top), (right, bottom)), "border"),
        ]

    def _bar(self, x: float, y: float, layer: Seen, number: int | None) -> list[Part]:
        """Return a layer's field in the middle as a bar, and its first one as a line under it,
        which is red where the border cuts it.
        """
        parts: list[Part] = []
        if number is not None:
            parts.append(Rect(x - SWATCH, y + 2, 8, 8, f"swatch-{number}", 1.5))
        left, right = self.view.ends(layer.middle(self.centre)[-1])
        role = "field-other" if number is None else f"field-{number}"
        bar = Rect(left, y + 2.5, max(1.0, right - left), 7, role)
        start, end = self.view.ends(layer.first()[-1])
        border = self.view.at(0)
        lines: list[Part] = []
        if start < border:
            lines.append(Line(((start, y + 12.5), (min(end, border), y + 12.5)), "beyond"))
        if end > border:
            lines.append(Line(((max(start, border), y + 12.5), (end, y + 12.5)), "first"))
        return [*parts, Group((bar, *lines), f"{layer.record.name}: {layer.words}", "field")]


def _row(layer: Seen, number: int | None) -> tuple[str, ...]:
    record = layer.record
    axes = record.field.axes if record.field is not None and record.field.axes else ()
    starts = "×".join(dict.fromkeys(number_text(axis.start(0)) for axis in axes))
    jumps = "×".join(number_text(jump or 0) for jump in record.jump or ())
    what = " ".join([kind_words(record), *fields_of(record, depth=False)])
    name = "" if number is None else str(number + 1)
    return (name, cut(record.name), cut(what, 22), layer.words, jumps, starts, _outside(layer))


def _outside(layer: Seen) -> str:
    """Return how far the first and the last field lie beyond the border: `3 + 2`, once where all
    axes have the same.
    """
    record = layer.record
    extent = record.field.extent if record.field is not None else ()
    found = []
    for (low, high), size in zip(layer.reach(), (extent or ())[-2:], strict=True):
        before, behind = max(0.0, -low), max(0.0, high - size + 1)
        beyond = f"{number_text(before)} + {number_text(behind)}"
        found.append(beyond if before or behind else "0")
    return " × ".join(dict.fromkeys(found))
