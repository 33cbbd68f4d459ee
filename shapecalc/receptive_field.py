"""The receptive field: which input pixels one output value depends on, followed forward.

Per axis, from size 1 and jump 1: size' = size + (F - 1)*jump, jump' = jump*S, and the first
output's field starts P*jump earlier (Araujo et al., "Computing Receptive Fields of Convolutional
Neural Networks", Distill 2019). Behind an upsampling by s the fields repeat in a pattern of s
outputs, so an axis keeps the fields of one period.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, gcd, lcm
from typing import TYPE_CHECKING, Any, NamedTuple

from shapecalc.diagnostics import LIMIT
from shapecalc.geometry import Step, quotient, spread_reach
from shapecalc.resampling import Resize, bilinear_reach, bin_reach, nearest_reach

if TYPE_CHECKING:
    from fractions import Fraction

    Number = int | Fraction
# What a field leaves open: nothing; what an output sees lies inside, and may be less; where that
# lies is not known either; it may go round the border and is no single piece then.
EXACT, BOUND, UNPLACED, AROUND = range(4)
STILL = Step(1, 1, 0)  # a window of one pixel that goes from each to the next
MAX_PHASES = 64  # longer patterns are replaced by a bound that grows evenly


class Axis(NamedTuple):
    """The fields along one axis: output j of a period sees the pixels starts[j] to ends[j].

    The next period lies `shift` pixels further. Pixels in the padding have negative numbers.
    """

    starts: tuple[Number, ...] = (0,)
    ends: tuple[Number, ...] = (0,)
    shift: Number = 1

    @property
    def size(self) -> Number:
        """Pixels from the first to the last that the widest field has."""
        widest: Number = max(map(_width, self.starts, self.ends))
        return widest

    @property
    def jump(self) -> Number:
        """Pixels from one output's field to the next, on average over a period."""
        return quotient(self.shift, len(self.starts))

    @property
    def centre(self) -> Fraction:
        """The middle of the first output's field, evened out over a period."""
        from fractions import Fraction  # slow to import, and only needed at merges

        jump, period = self.jump, len(self.starts)
        middles = (Fraction(a + b) / 2 for a, b in zip(self.starts, self.ends, strict=True))
        total = sum((middle - j * jump for j, middle in enumerate(middles)), Fraction(0))
        return total / period

    def start(self, j: int) -> Number:
        """Return the first pixel of output j's field."""
        period, phase = divmod(j, len(self.starts))
        return self.starts[phase] + period * self.shift

    def end(self, j: int) -> Number:
        """Return the last pixel of output j's field."""
        period, phase = divmod(j, len(self.ends))
        return self.ends[phase] + period * self.shift

    def even(self) -> Axis:
        """Return a bound with a period of one: no field of it is smaller or begins later."""
        jump = self.jump
        start = min(_less(a, j * jump) for j, a in enumerate(self.starts))
        end = max(_less(b, j * jump) for j, b in enumerate(self.ends))
        return Axis((start,), (end,), jump)


class Field(NamedTuple):
    """The field of a layer's outputs on the network's input.

    `extent` is the input's spatial size. A `whole` field sees all of it. `axes` is None where the
    positions were lost (flatten, reshape); then the sizes in `kept` remain, or nothing is known.
    The kept sizes are those of a single value: where a reshape has `mixed` the positions, the
    values at one position look at different places. `doubt` is EXACT, BOUND, UNPLACED or AROUND.
    """

    extent: tuple[int, ...]
    axes: tuple[Axis, ...] | None
    whole: bool = False
    kept: tuple[int, ...] | None = None
    mixed: bool = False
    doubt: int = EXACT

    @property
    def exact(self) -> bool:
        """Whether an output sees all of it: the first and the last pixel, where no layer before
        left pixels out (`Layer.leaves_out`).
        """
        return self.doubt == EXACT

    @property
    def placed(self) -> bool:
        """Whether it is known where the field lies, or a bound of it."""
        return self.doubt < UNPLACED

    def sizes(self) -> tuple[int, ...] | None:
        """Return the field's size per axis, or None for a flat input and where it is unknown."""
        if not self.extent:
            return None
        if self.whole:
            return self.extent
        if self.axes is None:
            return self.kept
        return tuple(ceil(axis.size) for axis in self.axes)

    def jumps(self) -> tuple[int | float, ...] | None:
        """Return the distance between neighbouring outputs' fields, in input pixels."""
        if not self.extent or self.axes is None:
            return None
        return tuple(int(j) if j == int(j) else float(j) for j in (a.jump for a in self.axes))


def of_input(spatial: tuple[int, ...]) -> Field:
    """Return the field of an input: each pixel sees itself."""
    return Field(spatial, (Axis(),) * len(spatial))


def everything(field: Field | None, jump: bool = False) -> Field | None:
    """Return the field of a layer that sees the whole input; its jump is lost unless kept."""
    if field is None:
        return None
    return Field(field.extent, field.axes if jump else None, True, doubt=field.doubt)


def bounding(field: Field | None, doubt: int = BOUND) -> Field | None:
    """Return the field as a bound of what is seen."""
    if field is None or field.doubt >= doubt:
        return field
    return field._replace(doubt=doubt)


def folded(field: Field | None, mode: str) -> Field | None:
    """Return the field where padding is filled with real values (reflect, replicate, circular).

    Outputs at the border look back into the input, further in or at its other end. What is
    reflected or replicated is no wider than what it stands for.
    """
    return bounding(field, AROUND if mode == "circular" else UNPLACED)


def doubt_of(fields: Sequence[Field | None]) -> int:
    """Return what is left open where fields meet. Those of different jumps lie apart, each
    output's in another way (SC407).
    """
    doubt, first = EXACT, None
    for field in fields:
        if field is None:
            continue
        first = first or field
        if field.doubt > doubt:
            doubt = field.doubt
        if field is not first and doubt < UNPLACED and not _one_jump(first, field):
            doubt = UNPLACED
    return doubt


def _one_jump(a: Field, b: Field) -> bool:
    if not a.axes or not b.axes or len(a.axes) != len(b.axes):
        return a.jumps() == b.jumps()
    return all(
        x is y or (x.shift == y.shift and len(x.starts) == len(y.starts)) or x.jump == y.jump
        for x, y in zip(a.axes, b.axes, strict=True)
    )


def scattered(field: Field | None, together: bool = False) -> Field | None:
    """Return the field of a layer that keeps values but not their places: the jump is lost.

    `together` says that the values of one position go to one position.
    """
    if field is None or not field.extent:
        return field
    if field.whole or field.sizes() is None:
        return _lost(field)
    mixed = field.mixed or not together
    return Field(field.extent, None, False, field.sizes(), mixed, max(field.doubt, BOUND))


def reordered(field: Field | None) -> Field | None:
    """Return the field of a layer that keeps each value's position and puts it in another slice.

    Where positions were lost, values are told apart by their slices: the field is another one then,
    for a merge behind it.
    """
    if field is None or not field.extent or field.axes is not None:
        return field
    return Field(*field)


def _lost(field: Field) -> Field:
    """Return the field without places; unless it is the whole input, nothing is known then."""
    doubt = field.doubt if field.whole else max(field.doubt, BOUND)
    return Field(field.extent, None, field.whole, doubt=doubt)


def across(field: Field | None) -> Field | None:
    """Return the field of a layer that looks at all the values of a position."""
    return _lost(field) if field is not None and field.mixed else field


def slid(field: Field | None, steps: Sequence[Step]) -> Field | None:
    """Return the field behind sliding windows."""
    if all(map(STILL.__eq__, steps)):
        return field
    return _moved(field, steps, _slid_axis, lambda step: step.span == 1, STILL.__eq__)


def spread_out(field: Field | None, steps: Sequence[Step]) -> Field | None:
    """Return the field behind a transposed convolution or a nearest upsampling: its jump is
    divided by the stride.
    """
    moved = _moved(field, steps, _spread_axis, lambda step: step.span == 1, STILL.__eq__)
    return bounding(moved) if _evened(field, [step.S for step in steps]) else moved


def interpolated(field: Field | None, axes: Sequence[Resize]) -> Field | None:
    """Return an upper bound behind bilinear resampling with half-pixel centres."""
    moved = _moved(field, axes, _interpolated_axis, _keeps_size, _keeps_size)
    return bounding(moved)


def resampled(field: Field | None, axes: Sequence[Resize]) -> Field | None:
    """Return the field behind resampling to the nearest pixel; of a long pattern a bound."""
    moved = _moved(field, axes, _resampled_axis, lambda axis: True, _keeps_size)
    long = any(axis.new > MAX_PHASES for axis in axes)
    return bounding(moved) if long or _evened(field, [axis.new for axis in axes]) else moved


def _evened(field: Field | None, periods: Sequence[int]) -> bool:
    """Say whether a pattern that gets so many times as long is replaced by an even bound."""
    if field is None or field.axes is None or len(field.axes) != len(periods):
        return False
    both = zip(field.axes, periods, strict=True)
    return any(len(axis.starts) > 1 and len(axis.starts) * n > MAX_PHASES for axis, n in both)


def _keeps_size(axis: Resize) -> bool:
    return axis.old == axis.new


def binned(field: Field | None, bins: Sequence[tuple[int, int, int]]) -> Field | None:
    """Return a bound behind an adaptive pool; `bins` is (input size, bins, widest bin)."""
    moved = _moved(field, bins, _binned_axis, lambda axis: axis[2] == 1, lambda a: a[0] == a[1])
    return bounding(moved)


def _moved(
    field: Field | None,
    steps: Sequence[Any],
    move: Callable[[Axis, Any], Axis],
    keeps: Callable[[Any], bool],
    still: Callable[[Any], bool],
) -> Field | None:
    """Move each axis by its step. Without places, sizes are kept if every output sees one place
    (`keeps`), and the field is the same, for a merge behind it, if no value moves (`still`).
    """
    if field is None or not field.extent:
        return field
    if field.axes is None or len(field.axes) != len(steps):
        if field.whole or all(map(still, steps)):
            return field
        return Field(*field) if all(map(keeps, steps)) else _lost(field)
    axes: list[Axis] = []
    for axis, step in zip(field.axes, steps, strict=True):
        same = axes and axis is field.axes[0] and step == steps[0]  # square images
        axes.append(axes[0] if same else move(axis, step))
        if not same and not _in_bounds(axes[-1]):
            return _lost(field)
    return Field(field.extent, tuple(axes), field.whole, None, False, field.doubt)


def _slid_axis(axis: Axis, step: Step) -> Axis:
    span, S, before = step
    starts, ends, shift = axis
    if len(starts) == 1:
        start, end = starts[0] - before * shift, ends[0] + (span - 1 - before) * shift
        return Axis((start,), (end,), shift * S)
    period = len(starts) // gcd(len(starts), S)
    first = [j * S - before for j in range(period)]
    return Axis(
        tuple(axis.start(j) for j in first),
        tuple(axis.end(j + span - 1) for j in first),
        quotient(shift * period * S, len(starts)),
    )


def _spread_axis(axis: Axis, step: Step) -> Axis:
    return _enlarged(axis, step.S, lambda j: spread_reach(j, step))


def _interpolated_axis(axis: Axis, resize: Resize) -> Axis:
    old, new = resize.old, resize.new
    if old == 1:
        return _enlarged(axis, new, lambda j: bilinear_reach(j, resize))
    margins = 2, -(-(old + new) // (2 * new))
    return _repeated(axis, old, new, lambda j: bilinear_reach(j, resize), margins)


def _resampled_axis(axis: Axis, resize: Resize) -> Axis:
    return _repeated(axis, resize.old, resize.new, lambda j: nearest_reach(j, resize), (1, 0))


def _enlarged(axis: Axis, S: int, reach: Callable[[int], tuple[int, int]]) -> Axis:
    """Return the axis behind an upsampling by S; output j reaches the inputs `reach(j)`."""
    if len(axis.starts) * S > MAX_PHASES:
        axis = axis.even()
    if S > MAX_PHASES:  # from the ends of one period: what lies between is no wider
        jump = quotient(axis.shift, S)
        (first, _), (_, last) = reach(0), reach(S - 1)
        return Axis((axis.start(first) - axis.shift,), (axis.end(last),), jump)
    reached = [reach(j) for j in range(len(axis.starts) * S)]
    starts = tuple(axis.start(first) for first, _ in reached)
    return Axis(starts, tuple(axis.end(last) for _, last in reached), axis.shift)


def _binned_axis(axis: Axis, sizes: tuple[int, int, int]) -> Axis:
    W, bins, widest = sizes
    common = gcd(W, bins)
    margins = 0, widest - 1
    return _repeated(axis, W // common, bins // common, lambda j: bin_reach(j, W, bins), margins)


def _repeated(
    axis: Axis,
    old: int,
    new: int,
    reach: Callable[[int], tuple[int, int]],
    margins: tuple[int, int],
) -> Axis:
    """Return the axis where so many old outputs give so many new ones, over and over.

    Output j reaches the inputs `reach(j)`: at most `margins` before and after j*old/new.
    """
    if new > MAX_PHASES or new * len(axis.starts) > MAX_PHASES:
        axis = axis.even()
    if new > MAX_PHASES:
        jump = quotient(axis.shift * old, new)
        start = axis.starts[0] - margins[0] * axis.shift
        end = axis.ends[0] + margins[1] * axis.shift
        return Axis((start,), (end,), jump)
    rounds = len(axis.starts) // gcd(len(axis.starts), old)
    reached = [reach(j) for j in range(new * rounds)]
    return Axis(
        tuple(axis.start(first) for first, _ in reached),
        tuple(axis.end(last) for _, last in reached),
        quotient(axis.shift * old * rounds, len(axis.starts)),
    )


def hull(fields: Sequence[Field | None], spatial: tuple[int, ...]) -> Field | None:
    """Return the field of a merge: from the first to the last pixel that any branch sees.

    `spatial` is the output's size: branches of different jumps lie furthest apart at its ends.
    """
    first = fields[0]
    if all(field is first for field in fields):
        return first
    if None in fields:
        return None
    known = [field for field in fields if field is not None and field.extent]
    if not known:
        return first
    extent, doubt = known[0].extent, doubt_of(fields)
    placed: list[tuple[Axis, ...]] = []
    whole = lost = False
    for field in known:
        if field.extent != extent:
            return None  # inputs of different sizes have no pixels in common
        whole = whole or field.whole
        if field.axes is not None:
            placed.append(field.axes)
            lost = lost or len(field.axes) != len(spatial)
        elif not field.whole:
            lost = True
    if not placed or lost:
        if not whole and all(field is known[0] for field in known):
            return Field(extent, None, False, known[0].kept, known[0].mixed, max(doubt, BOUND))
        return _lost(Field(extent, None, whole, doubt=doubt))
    square = len(set(spatial)) == 1 and all(axis is own[0] for own in placed for axis in own)
    if square:  # as images mostly are
        axes = (_hull_axis([own[0] for own in placed], spatial[0]),) * len(spatial)
    else:
        axes = tuple(_hull_axis(a, n) for *a, n in zip(*placed, spatial, strict=True))
    found = Field(extent, axes, whole, doubt=doubt)
    return found if all(map(_in_bounds, axes)) else _lost(found)


def _hull_axis(axes: Sequence[Axis], n: int) -> Axis:
    first = axes[0]
    if all(axis is first for axis in axes):
        return first
    if all(len(axis.starts) == 1 and axis.shift == first.shift for axis in axes):
        start = min(axis.starts[0] for axis in axes)  # without upsampling: one period, one jump
        return Axis((start,), (max(axis.ends[0] for axis in axes),), first.shift)
    jumps: list[Any] = [axis.jump for axis in axes]
    period = lcm(*(len(axis.starts) for axis in axes))
    if any(jump != jumps[0] for jump in jumps) or period > MAX_PHASES:
        even = [axis.even() for axis in axes]
        ends: list[Any] = [
            (max(a.end(j) for a in even), min(a.start(j) for a in even)) for j in (0, n - 1)
        ]
        width = max(last - start for last, start in ends)
        start = ends[0][1]
        return Axis((start,), (start + width,), max(jumps))
    phases = range(period)
    return Axis(
        tuple(min(axis.start(j) for axis in axes) for j in phases),
        tuple(max(axis.end(j) for axis in axes) for j in phases),
        jumps[0] * period,
    )


def aligned(fields: Sequence[Field]) -> bool:
    """Say whether the branches' fields have one jump and one centre, where they have any."""
    placed = [f.axes for f in fields if f.axes is not None and f.extent == fields[0].extent]
    return all(
        a is b or _alike(a, b)
        for axes in placed[1:]
        if len(axes) == len(placed[0])
        for a, b in zip(placed[0], axes, strict=True)
    )


def _alike(a: Axis, b: Axis) -> bool:
    if len(a.starts) == len(b.starts) == 1:  # without upsampling: no fractions are needed
        same_middle = a.starts[0] + a.ends[0] == b.starts[0] + b.ends[0]
        return a.shift == b.shift and same_middle
    return a.jump == b.jump and a.centre == b.centre


def _in_bounds(axis: Axis) -> bool:
    """Say whether the numbers stay within every limit; nothing may grow without end."""
    start, end, shift = axis.starts[0], axis.ends[-1], axis.shift
    return start > -LIMIT and end < LIMIT and shift < LIMIT and shift.denominator < LIMIT


def _width(start: Any, end: Any) -> Any:
    return end - start + 1


def _less(a: Any, b: Any) -> Any:
    return a - b
