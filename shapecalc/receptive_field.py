"""The receptive field: which input pixels one output value depends on, followed forward.

Per axis, from size 1 and jump 1: size' = size + (F - 1)*jump, jump' = jump*S, and the first
output's field starts P*jump earlier (Araujo et al., "Computing Receptive Fields of Convolutional
Neural Networks", Distill 2019). Upsampling divides the jump; a merge takes the hull.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple

from shapecalc.diagnostics import LIMIT
from shapecalc.geometry import Step, quotient

Number = int | Fraction
MAX_LATTICES = 8


class Axis(NamedTuple):
    """One axis of a field.

    `size` grows linearly and bounds the field from above; after an upsampling by s the true field
    of n neighbours grows only every s-th step. Each such grid is kept as (base, pitch), the newest
    first, and `reported` rounds down to it.
    """

    size: Number = 1
    start: Number = 0  # first pixel of the first output's field; negative in the padding
    jump: Number = 1
    lattices: tuple[tuple[Number, Number], ...] = ()

    @property
    def reported(self) -> int:
        """The field's size in pixels."""
        size = self.size
        for base, pitch in self.lattices:
            size = base + (size - base) // pitch * pitch
        return ceil(size)

    @property
    def centre(self) -> Number:
        """The middle of the first output's field."""
        return self.start + Fraction(self.size - 1) / 2


class Field(NamedTuple):
    """The field of a layer's outputs on the network's input.

    `extent` is the input's spatial size. A `whole` field sees all of it. `axes` is None where the
    positions were lost (flatten, reshape), so that only the sizes in `kept` remain known.
    """

    extent: tuple[int, ...]
    axes: tuple[Axis, ...] | None
    whole: bool = False
    kept: tuple[int, ...] = ()

    def sizes(self) -> tuple[int, ...] | None:
        """Return the field's size per axis, or None for a flat input."""
        if not self.extent:
            return None
        if self.whole:
            return self.extent
        if self.axes is None:
            return self.kept
        return tuple(axis.reported for axis in self.axes)

    def jumps(self) -> tuple[int | float, ...] | None:
        """Return the distance between neighbouring outputs' fields, in input pixels."""
        if not self.extent or self.axes is None:
            return None
        return tuple(j if isinstance(j, int) else float(j) for j in (a.jump for a in self.axes))


def of_input(spatial: tuple[int, ...]) -> Field:
    """Return the field of an input: each pixel sees itself."""
    return Field(spatial, (Axis(),) * len(spatial))


def everything(field: Field | None, jump: bool = False) -> Field | None:
    """Return the field of a layer that sees the whole input; its jump is lost unless kept."""
    if field is None:
        return None
    return Field(field.extent, field.axes if jump else None, whole=True)


def scattered(field: Field | None) -> Field | None:
    """Return the field of a layer that keeps values but not their places: the jump is lost."""
    if field is None or field.axes is None or not field.extent:
        return field
    return Field(field.extent, None, field.whole, field.sizes() or ())


def slid(field: Field | None, steps: Sequence[Step]) -> Field | None:
    """Return the field behind sliding windows."""
    axes = _known_axes(field, steps)
    if axes is None or field is None:
        return _unplaced(field, steps)
    moved: list[Axis] = []
    for index, (axis, step) in enumerate(zip(axes, steps, strict=True)):
        if index and axis is axes[0] and step == steps[0]:
            moved.append(moved[0])  # square images: the axes are alike
            continue
        size, start, jump, lattices = axis
        span, S, before = step
        moved.append(Axis(size + (span - 1) * jump, start - before * jump, jump * S, lattices))
    return _bounded(field._replace(axes=tuple(moved)))


def spread_out(field: Field | None, steps: Sequence[Step]) -> Field | None:
    """Return the field behind a transposed convolution: its jump is divided by the stride.

    n neighbours see at most floor((n + F - 2)/S) + 1 inputs.
    """
    axes = _known_axes(field, steps)
    if axes is None or field is None:
        return _unplaced(field, steps)
    moved = []
    for axis, (span, S, before) in zip(axes, steps, strict=True):
        fine = quotient(axis.jump, S)
        grid = ((axis.size, axis.jump), *axis.lattices)[:MAX_LATTICES] if S > 1 else axis.lattices
        start = axis.start + (before - (span - 1)) * fine
        moved.append(Axis(axis.size + (span - 1) * fine, start, fine, grid))
    return _bounded(field._replace(axes=tuple(moved)))


def interpolated(field: Field | None, scales: Sequence[int]) -> Field | None:
    """Return an upper bound behind bilinear upsampling with half-pixel centres.

    It reaches as far as a transposed convolution with F = 2*scale, and keeps the centres.
    """
    moved = spread_out(field, [Step(2 * s if s > 1 else 1, s, 0) for s in scales])
    if moved is None or moved.axes is None:
        return moved
    shifted = tuple(
        axis._replace(start=axis.start + Fraction(s, 2) * axis.jump) if s > 1 else axis
        for axis, s in zip(moved.axes, scales, strict=True)
    )
    return moved._replace(axes=shifted)


def binned(field: Field | None, bins: Sequence[tuple[int, int, int]]) -> Field | None:
    """Return the field behind an adaptive pool; `bins` is (input size, bins, widest bin)."""
    if field is None or field.axes is None or len(field.axes) != len(bins):
        return _unplaced(field, [Step(widest, 1, 0) for _, _, widest in bins])
    moved = []
    for axis, (W, count, widest) in zip(field.axes, bins, strict=True):
        jump = quotient(axis.jump * W, count)
        size = axis.size + (widest - 1) * axis.jump
        start = axis.start + (jump - widest * axis.jump) / Fraction(2)
        grid = axis.lattices
        if W % count:  # bins of unequal width: n of them reach up to a pixel further
            size += axis.jump - Fraction(axis.jump) / count
            grid = ((axis.size, axis.jump), *axis.lattices)[:MAX_LATTICES]
        moved.append(Axis(size, start, jump, grid))
    return _bounded(field._replace(axes=tuple(moved)))


def hull(fields: Sequence[Field | None]) -> Field | None:
    """Return the field of a merge: from the first to the last pixel that any branch sees."""
    first = fields[0]
    if all(field is first for field in fields):
        return first
    if any(field is None for field in fields):
        return None
    known = [field for field in fields if field is not None and field.extent]
    if not known:
        return first
    extents = {len(field.extent) for field in known}
    if len(extents) > 1:
        return None
    extent = tuple(map(max, *(f.extent for f in known))) if len(known) > 1 else known[0].extent
    placed = [field.axes for field in known if field.axes is not None]
    whole = any(field.whole for field in known)
    if not placed:
        kept = tuple(map(max, *(f.sizes() or () for f in known))) if len(known) > 1 else ()
        return Field(extent, None, whole, kept or known[0].kept)
    if any(field.axes is None and not field.whole for field in known):
        return None
    return Field(extent, tuple(_hull_axis(axes) for axes in zip(*placed, strict=True)), whole)


def aligned(fields: Sequence[Field]) -> bool:
    """Say whether the branches' fields have one jump and one centre, where they have any."""
    placed = [f.axes for f in fields if f.axes is not None and f.extent]
    return all(
        a.jump == b.jump and a.centre == b.centre
        for axes in placed[1:]
        if len(axes) == len(placed[0])
        for a, b in zip(placed[0], axes, strict=True)
    )


def _hull_axis(axes: tuple[Axis, ...]) -> Axis:
    start = min(axis.start for axis in axes)
    end = max(axis.start + axis.size for axis in axes)
    jumps: list[Any] = [axis.jump for axis in axes]  # mypy cannot order int | Fraction
    widest = max(axes, key=_size)
    size = end - start
    if size == widest.size and widest.lattices:
        base, pitch = widest.lattices[-1]
        if all(axis is widest or axis.size + pitch <= base for axis in axes):
            return Axis(size, start, max(jumps), widest.lattices)
    return Axis(size, start, max(jumps))


def _size(axis: Axis) -> Any:
    return axis.size


def _known_axes(field: Field | None, steps: Sequence[Step]) -> tuple[Axis, ...] | None:
    if field is None or field.axes is None or len(field.axes) != len(steps):
        return None
    return field.axes


def _unplaced(field: Field | None, steps: Sequence[Step]) -> Field | None:
    """Go on without places: a window of 1 keeps what is known, a larger one loses it."""
    if field is None or not field.extent or field.whole:
        return field
    return field if all(step.span == 1 for step in steps) else None


def _bounded(field: Field) -> Field | None:
    """Give up a field whose numbers pass every limit; nothing may grow without end."""
    for axis in field.axes or ():
        if axis.size > LIMIT or axis.jump > LIMIT or abs(axis.start) > LIMIT:
            return None
        if isinstance(axis.jump, Fraction) and axis.jump.denominator > LIMIT:
            return None
    return field
