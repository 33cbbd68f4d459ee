"""What puts values in other places, or keeps some: shuffles, pixel shuffles, slices, transposes."""

from collections.abc import Collection, Sequence
from math import prod
from typing import Annotated, ClassVar, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from shapecalc import rules
from shapecalc.derivations import Derivation, Expression, minus, over, plus, times
from shapecalc.diagnostics import Fault, LayerError, repairable
from shapecalc.edits import Change, Repair, set_field
from shapecalc.geometry import Step
from shapecalc.layers.base import (
    NOTHING,
    Layer,
    axis_number,
    by_axis,
    need_groups,
    need_positions,
    per_axis,
    show,
)
from shapecalc.layers.field_types import (
    AxisField,
    AxisOrder,
    Integer,
    Positive,
    Sizes,
    Volume,
    choice,
)
from shapecalc.layers.read_numbers import MAX_SPATIAL
from shapecalc.receptive_field import (
    Field,
    bounding,
    reordered,
    scattered,
    slid,
    spread_out,
)
from shapecalc.volumes import axes_of, sized, titles_of


class ChannelShuffle(Layer):
    """channel_shuffle: interleave the slices of several groups.

    Slice i*groups + j of the output is slice j*D/groups + i of the input. The volume is kept;
    groups must divide the depth. No parameters, no MACs.

    Backward: the upstream gradient's slices in their old order.

    Example: 28x28x116 with groups 2 stays 28x28x116; slices 0, 58, 1, 59 come first.

        - channel_shuffle: 2

    Fields: groups (main).

    Sources: Zhang et al., "ShuffleNet", 2018; PyTorch, torch.nn.ChannelShuffle.
    """

    groups: Positive

    shorthand = "groups"
    mixes_depth: ClassVar[bool] = True
    keeps = NOTHING

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        need_groups(self.groups, inputs[0][-1])
        return inputs[0]

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        return reordered(fields[0])


class Blocks(Layer):
    """What both pixel shuffles have: blocks of scale x scale positions."""

    scale: Sizes
    order: Annotated[str, choice("pytorch", "tensorflow")] = "pytorch"

    shorthand = "scale"
    mixes_depth: ClassVar[bool] = True
    keeps = NOTHING

    def scales(self, volume: Volume) -> tuple[int, ...]:
        """Return the factor of each axis."""
        need_positions(volume)
        return per_axis(self.scale, len(volume) - 1, "scale")


class PixelShuffle(Blocks):
    """pixel_shuffle: spread each position's values over a block of scale x scale positions.

    Output: W*scale along each axis, the depth divided by scale*scale (by the product of all axes'
    scales). In the order pytorch slice c*scale*scale + i*scale + j becomes place (i, j) of slice
    c's blocks; in the order tensorflow it is slice (i*scale + j)*C + c of C slices in the end. No
    parameters, no MACs. The jump is divided by the scale.

    Backward: each input value gets its one output's upstream gradient.

    Example: 32x32x12 with scale 2: 32*2 = 64, 12/(2*2) = 3, so 64x64x3.

        - pixel_shuffle: 2

    Fields: scale (main), order (pytorch; tensorflow).

    Sources: Shi et al., "Real-Time Single Image and Video Super-Resolution", 2016; PyTorch,
    torch.nn.PixelShuffle; TensorFlow, tf.nn.depth_to_space.
    """

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        (volume,) = inputs
        scales = self.scales(volume)
        block, D = prod(scales), volume[-1]
        if D % block:
            message = f"{_product(scales)} does not divide the depth {D}"
            raise LayerError(repairable(rules.GROUPS, message, self._dividing(volume)))
        return (*[W * s for W, s in zip(volume, scales, strict=False)], D // block)

    def _dividing(self, volume: Volume) -> list[Repair]:
        axes = len(volume) - 1
        most = min(max(self.scales(volume)), 4096)
        best = next(s for s in range(most, 0, -1) if volume[-1] % s**axes == 0)
        return [Repair(f"scale={best} does", set_field("scale", best))] if best > 1 else []

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        return spread_out(fields[0], [Step(s, s, 0) for s in self.scales(inputs[0])])

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        scales = self.scales(inputs[0])
        pairs = zip(inputs[0], scales, strict=False)
        spatial = by_axis([Derivation("output", W * s, times(W, s)) for W, s in pairs])
        depth = over(inputs[0][-1], _block(scales))
        return [*spatial, Derivation("output", output[-1], depth, part="depth")]

    def field_derivations(self, field: Field, inputs: Sequence[Volume]) -> list[Derivation]:
        given = {"scale": self.scale, "bound": False}
        return [Derivation("receptive_field", None, reason="enlarged", given=given)]


def _block(scales: Sequence[int]) -> Expression:
    return times(*scales) if len(scales) > 1 else scales[0]


def _product(scales: Sequence[int]) -> str:
    return f"{'*'.join(map(str, scales))}{f' = {prod(scales)}' if len(scales) > 1 else ''}"


class PixelUnshuffle(Blocks):
    """pixel_unshuffle: gather each block of scale x scale positions in one.

    It is the reverse of pixel_shuffle.

    Output: W/scale along each axis, which scale must divide; the depth times scale*scale (the
    product of all axes' scales). The orders are those of pixel_shuffle. No parameters, no MACs.

    Backward: each input value gets its one output's upstream gradient.

    Example: 64x64x3 with scale 2: 64/2 = 32, 3*2*2 = 12, so 32x32x12.

        - pixel_unshuffle: 2

    Fields: scale (main), order (pytorch; tensorflow).

    Sources: PyTorch, torch.nn.PixelUnshuffle; TensorFlow, tf.nn.space_to_depth.
    """

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        (volume,) = inputs
        scales = self.scales(volume)
        missing = [-W % s for W, s in zip(volume, scales, strict=False)]
        if any(missing):
            raise LayerError(rule=rules.STRIDE_FIT, say=lambda: _undivided(volume, scales, missing))
        return (*[W // s for W, s in zip(volume, scales, strict=False)], volume[-1] * prod(scales))

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        return slid(fields[0], [Step(s, s, 0) for s in self.scales(inputs[0])])

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        scales = self.scales(inputs[0])
        pairs = zip(inputs[0], scales, strict=False)
        spatial = by_axis([Derivation("output", W // s, over(W, s)) for W, s in pairs])
        depth = times(inputs[0][-1], *scales)
        return [*spatial, Derivation("output", output[-1], depth, part="depth")]


def _undivided(volume: Volume, scales: Volume, missing: Sequence[int]) -> Fault:
    message = f"scale={show(scales)} does not divide {show(volume[:-1])}"
    border = [[m // 2, m - m // 2] for m in missing]
    padded = show(tuple(W + m for W, m in zip(volume, missing, strict=False)))
    sides = str(border).replace(" ", "")  # as one word of a command line, too
    repair = Repair(f"pad: {sides} before it gives {padded}", _padding(border))
    return repairable(rules.STRIDE_FIT, message, [repair])


def _padding(border: list[list[int]]) -> Change:
    return Change("before", {"pad": border})


class Slice(Layer):
    """slice: a part of one axis, from start up to, not including, stop.

    Output: stop - start along the axis, everything else kept. Negative numbers count from the end.
    Or part and of, from 1: the second of two halves is {part: 2, of: 2}. No parameters, no MACs.

    Backward: the upstream gradient with zeros around it.

    Example: 28x28x116 with part 2 of 2: 116/2 = 58, so 28x28x58.

        - slice: {part: 2, of: 2}

    Fields: axis (depth; length, height, width, frames, or a number from 0 in written order), start
    (0), stop (the end), part, of.

    Sources: PyTorch, torch.chunk and torch.narrow; Ma et al., "ShuffleNet V2", 2018.
    """

    axis: AxisField = "depth"
    start: Integer | None = None
    stop: Integer | None = None
    part: Positive | None = None
    of: Positive | None = None

    mixes_depth: ClassVar[bool] = True
    keeps = NOTHING
    is_view = True

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        """Raise SC104 unless it is start and stop, or part and of."""
        message = ""
        if (self.part is None) != (self.of is None):
            message = "part and of are written together: the second of two halves is part 2 of 2"
        elif self.part is not None and self.of is not None:
            if self.start is not None or self.stop is not None:
                message = "it takes start and stop, or part and of, and not both"
            elif self.part > self.of:
                message = f"there is no part {self.part} of {self.of}"
        if message:
            raise PydanticCustomError(rules.WRONG_VALUE.code, "{message}", {"message": message})
        return self

    def bounds(self, volume: Volume) -> tuple[int, int]:
        """Return start and stop, both counted from the beginning.

        Raises SC204 where the axis has no such parts, SC202 where nothing is left.
        """
        at = axis_number(self.axis, volume)
        size, title = volume[at], titles_of(volume)[at]
        if self.part is not None and self.of is not None:
            if size % self.of:
                raise LayerError(rule=rules.GROUPS, say=lambda: self._uneven(size, title))
            each = size // self.of
            return (self.part - 1) * each, self.part * each
        start, stop = self.start or 0, size if self.stop is None else self.stop
        start, stop = (n + size if n < 0 else n for n in (start, stop))
        if not 0 <= start < stop <= size:
            raise LayerError(
                rule=rules.TOO_LARGE, say=lambda: self._no_part(start, stop, size, title)
            )
        return start, stop

    def _uneven(self, size: int, title: str) -> Fault:
        of = self.of or 1
        best = next(n for n in range(min(of, size, 4096), 0, -1) if size % n == 0)
        repairs = [Repair(f"of={best} does", set_field("of", best))]
        message = f"of={of} does not divide the {sized(title, size)}"
        return repairable(rules.GROUPS, message, repairs if (self.part or 1) <= best else [])

    def _no_part(self, start: int, stop: int, size: int, title: str) -> Fault:
        message = f"from {self.start or 0} to {stop} is no part of the {sized(title, size)}"
        repairs = [Repair(f"stop={size}", set_field("stop", size))] if 0 <= start < size else []
        return repairable(rules.TOO_LARGE, message, repairs, f"it has 0 to {size}")

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        (volume,) = inputs
        at, (start, stop) = axis_number(self.axis, volume), self.bounds(volume)
        return (*volume[:at], stop - start, *volume[at + 1 :])

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        volume, field = inputs[0], fields[0]
        if output == volume:
            return field
        at, (start, _) = axis_number(self.axis, volume), self.bounds(volume)
        if at == len(volume) - 1:  # the slices that are left may be those that see less
            return bounding(reordered(field))
        befores = [-start if axis == at else 0 for axis in range(len(volume) - 1)]
        return bounding(slid(field, [Step(1, 1, before) for before in befores]))

    def leaves_out(self, inputs: Sequence[Volume]) -> bool:
        return self.volume(inputs) != inputs[0]

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        (volume,) = inputs
        at, (start, stop) = axis_number(self.axis, volume), self.bounds(volume)
        expression = plus(stop, minus(start)) if self.of is None else over(volume[at], self.of)
        return [Derivation("output", stop - start, expression, part=titles_of(volume)[at])]


class Transpose(Layer):
    """transpose: the axes in another order.

    `axes` names every axis once, or numbers them from 0 in written order (height, width, depth):
    the output's first axis is the first one named. No parameters, no MACs. The receptive field is
    kept, that of a single value, and the jump is lost.

    Backward: the upstream gradient with its axes in the old order.

    Example: 20x30x4 with axes [width, height, depth] becomes 30x20x4.

        - transpose: [width, height, depth]

    Fields: axes (main).

    Sources: PyTorch, torch.permute; Keras, Permute.
    """

    axes: AxisOrder

    shorthand = "axes"
    mixes_depth: ClassVar[bool] = True
    keeps = NOTHING
    is_view = passes_gradient = True

    def order(self, volume: Volume) -> tuple[int, ...]:
        """Return the axes' numbers in their new order; raise SC206 for those of another rank."""
        titles = titles_of(volume)
        known = {title: number for number, title in enumerate(titles)}
        if len(volume) == 1:
            known["units"] = 0
        order = [known.get(axis, -1) if isinstance(axis, str) else axis for axis in self.axes]
        if sorted(order) != list(range(len(volume))):
            message = f"axes={_listed(self.axes)} are not those of {show(volume)}"
            first = [axis for axis in order if 0 <= axis < len(titles)]
            every = first + [axis for axis in range(len(titles)) if axis not in first]
            named = isinstance(self.axes[0], str) and len(titles) <= MAX_SPATIAL + 1
            axes = [titles[axis] for axis in every] if named else every
            repair = Repair(f"axes={_listed(axes)} are", set_field("axes", axes))
            raise LayerError(repairable(rules.RANK, message, [repair]))
        return tuple(order)

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        (volume,) = inputs
        return tuple(volume[axis] for axis in self.order(volume))

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        order = self.order(inputs[0])
        if list(order) == sorted(order):
            return fields[0]
        return scattered(fields[0], together=order[-1] == len(order) - 1)

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        axes = axes_of(inputs[0])
        order = [str(axes[axis]) for axis in self.order(inputs[0])]
        return [Derivation("output", output, reason="axes", given={"order": order})]

    def field_derivations(self, field: Field, inputs: Sequence[Volume]) -> list[Derivation]:
        return [Derivation("receptive_field", None, reason="scattered")]

    def summary(self, without: Collection[str] = ()) -> str:
        return "" if "axes" in without else f"axes={_listed(self.axes)}"


def _listed(axes: Sequence[int | str]) -> str:
    return f"[{', '.join(map(str, axes))}]"
