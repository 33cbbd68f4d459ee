"""Which layers have fields to be drawn, and where the fields of their outputs lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shapecalc.pictures.text import volume_text
from shapecalc.receptive_field import Axis
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace
from shapecalc.volumes import plain

Span = tuple[float, float]  # the first and the last pixel of a field, on one axis


class Seen(NamedTuple):
    """A layer with the fields of its outputs on the last axes of the input, at most two."""

    record: LayerRecord
    axes: tuple[Axis, ...]
    sizes: tuple[int, ...]  # of the output, on these axes

    @property
    def words(self) -> str:
        """The size of a field on every axis."""
        return volume_text(self.record.receptive_field)

    def middle(self, at: Sequence[float]) -> tuple[Span, ...]:
        """Return the field that lies nearest to a place: its span on every axis."""
        found = []
        for axis, size, place in zip(self.axes, self.sizes, at, strict=True):
            half = float(axis.start(0) + axis.end(0)) / 2
            j = round((place - half) / float(axis.jump)) if axis.jump else 0
            j = min(max(0, j), size - 1)
            found.append((float(axis.start(j)), float(axis.end(j))))
        return tuple(found)

    def first(self) -> tuple[Span, ...]:
        """Return the field of the first output: its span on every axis."""
        return tuple((float(axis.start(0)), float(axis.end(0))) for axis in self.axes)

    def reach(self) -> tuple[Span, ...]:
        """Return what all outputs together see: a span on every axis."""
        return tuple(
            (float(axis.start(0)), float(axis.end(size - 1)))
            for axis, size in zip(self.axes, self.sizes, strict=True)
        )


def spatial_input(trace: Trace) -> tuple[int, ...]:
    """Return the spatial size of the first input that has one and is known."""
    for volume in trace.inputs.values():
        if volume is not None and len(volume) > 1:
            known = tuple(size for size in volume[:-1] if isinstance(size, int))
            if len(known) == len(volume) - 1:
                return known
    return ()


def seen_by(trace: Trace, spatial: tuple[int, ...]) -> list[Seen]:
    """Return the layers whose receptive field or jump is no source's, and where it is known."""
    found: list[Seen] = []
    one = tuple([1] * len(spatial))
    known: dict[str, object] = dict.fromkeys(trace.inputs, (one, one))
    for record in trace.layers:
        known[record.name] = now = (record.receptive_field, record.jump)
        field = record.field
        if field is None or field.extent != spatial or not field.placed or record.output is None:
            continue
        if field.axes is None or field.whole or len(record.output) != len(spatial) + 1:
            continue
        same = now in [known.get(source) for source in record.sources or ()]
        if same or any(plain(size) is None for size in record.output):
            continue
        sizes = tuple(size for size in record.output[:-1] if size is not None)
        found.append(Seen(record, field.axes[-2:], sizes[-2:]))
    return found


def number_text(value: object) -> str:
    """Return a number of pixels: whole, or with the digits it needs; a real minus sign."""
    number = float(value)  # type: ignore[arg-type]
    text = str(int(number)) if number == int(number) else f"{number:.3g}"
    return text.replace("-", "−")
