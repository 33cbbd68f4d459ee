"""Layers that move values about, from flatten and pad to shuffles, slice and transpose."""

from collections.abc import Sequence
from math import prod
from typing import Annotated, ClassVar, Self

from pydantic import AliasChoices, model_validator
from pydantic import Field as Declared
from pydantic_core import PydanticCustomError

from shapecalc import rules
from shapecalc.derivations import Derivation, Expression, minus, over, plus, rounded, times
from shapecalc.diagnostics import Fault, LayerError, repairable
from shapecalc.edits import Change, Repair, set_field
from shapecalc.frameworks.synonyms import SYNONYMS
from shapecalc.geometry import Resize, Step, resized, scaled, widest_border
from shapecalc.layers.base import (
    Layer,
    OneWay,
    axis_number,
    by_axis,
    need_positions,
    per_axis,
    show,
    show_value,
)
from shapecalc.layers.field_types import (
    MAX_SPATIAL,
    AxisField,
    AxisOrder,
    Border,
    BorderMode,
    Factors,
    Integer,
    LayerName,
    Positive,
    Sizes,
    Volume,
    VolumeField,
    choice,
)
from shapecalc.receptive_field import (
    Field,
    bounding,
    folded,
    interpolated,
    reordered,
    resampled,
    scattered,
    slid,
    spread_out,
)
from shapecalc.volumes import axes_of, sized, titles_of

Sides = list[tuple[int, int]]


def sizes_like(name: str, volume: Volume, other: Volume) -> Volume:
    """Return the spatial sizes of another layer's volume; raise SC206 unless both have as many."""
    need_positions(volume)
    if len(other) != len(volume):
        message = f"{show(volume)} and {name}, {show(other)}, have different numbers of axes"
        hint = "like names a layer with as many"
        raise LayerError(Fault(rules.RANK, message, hint, otherwise=hint))
    return other[:-1]


class Flatten(Layer):
    """flatten: all values in one vector, in the order depth, height, width (as PyTorch).

    Output: the product of the sizes. No parameters, no MACs. The receptive field is kept.

    Backward: the upstream gradient in the input's shape.

    Example: 7x7x64 becomes 7*7*64 = 3,136.

        - flatten

    Source: PyTorch, torch.nn.Flatten.
    """

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        return (prod(inputs[0]),)

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        return scattered(fields[0], together=prod(output[:-1]) == prod(inputs[0][:-1]))

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        return [Derivation("output", output[0], times(*inputs[0]))]

    def field_derivations(self, field: Field, inputs: Sequence[Volume]) -> list[Derivation]:
        return [Derivation("receptive_field", None, reason="scattered")]


class Reshape(Flatten):
    """reshape: the same values as another volume, in the order depth, height, width.

    The number of values must stay the same. No parameters, no MACs. The receptive field is kept,
    that of a single value: once values of several positions have come to one, what looks at all
    values of a position has no known field.

    Backward: the upstream gradient in the input's shape.

    Example: 3136 becomes 7x7x64, since 7*7*64 = 3,136.

        - reshape: 7x7x64

    Fields: output (main), a volume.

    Source: PyTorch, torch.reshape.
    """

    output: VolumeField

    shorthand = "output"

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        (volume,) = inputs
        have, want = prod(volume), prod(self.output)
        if have != want:
            message = f"{show(volume)} has {have:,} values, {show(self.output)} has {want:,}"
            fitting = self._nearest(have)
            text = f"output: {show(fitting)} has {have:,} values"
            raise LayerError(repairable(rules.RESHAPE, message, [Repair(text, _output(fitting))]))
        return self.output

    def known_volume(self) -> Volume | None:
        return self.output

    def _nearest(self, have: int) -> Volume:
        """Return a volume of so many values: all sizes but one are kept, where that is possible."""
        for axis in reversed(range(len(self.output))):
            others = prod(self.output[:axis] + self.output[axis + 1 :])
            if have % others == 0:
                return (*self.output[:axis], have // others, *self.output[axis + 1 :])
        most = min(self.output[-1], have, 4096)
        last = next(size for size in range(most, 0, -1) if have % size == 0)
        return have // last, last

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        before = Derivation("values", prod(inputs[0]), times(*inputs[0]))
        after = times(*output)
        return [Derivation("output", prod(output), after, reason="as_many_values", beside=[before])]


def _output(volume: Volume) -> Change:
    return set_field("output", show(volume) if len(volume) > 1 else volume[0])


class Bordered(Layer):
    """What pad and crop share: P values more, or fewer, on each side."""

    P: Annotated[Border, Declared(validation_alias=AliasChoices("P", *SYNONYMS["P"]))]

    shorthand = "P"
    sign: ClassVar[int] = 1

    def sides(self, volume: Volume, *others: Volume) -> Sides:
        """Return (before, after) for each axis, negative where something is cut off.

        `others` are the volumes that the kind reads beside its input.
        """
        need_positions(volume)
        pads = per_axis(self.P, len(volume) - 1, "P")
        pairs = [pad if isinstance(pad, tuple) else (pad, pad) for pad in pads]
        return [(self.sign * before, self.sign * after) for before, after in pairs]

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        volume = inputs[0]
        sides = self.sides(*inputs)
        output = [W + before + after for W, (before, after) in zip(volume, sides, strict=False)]
        if min(output) < 1:
            most = (min(volume[:-1]) - 1) // 2
            left = show(tuple(W - 2 * most for W in volume[:-1]))
            message = f"nothing of {show(volume[:-1])} would be left"
            repair = Repair(f"P={most} leaves {left}", set_field("P", most))
            raise LayerError(repairable(rules.TOO_LARGE, message, [repair]))
        return (*output, volume[-1])

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        return slid(fields[0], [Step(1, 1, before) for before, _ in self.sides(*inputs)])

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        found = []
        for W, (before, after) in zip(inputs[0], self.sides(*inputs), strict=False):
            a, b = abs(before), abs(after)
            sides = [times(2, a)] if a == b else [a, b]
            terms = sides if self.sign > 0 else map(minus, sides)
            found.append(Derivation("output", W + before + after, plus(W, *terms)))
        return by_axis(found)


class Pad(Bordered):
    """pad: a border of zeros, or of the input's own values.

    Output: W + P before + P after along each axis, the depth kept. No parameters, no MACs. `mode`
    says what the border is filled with: zeros, the values mirrored at the edge, which itself is not
    repeated (reflect, P < W), the value at the edge (replicate), or those of the other end
    (circular, P <= W).

    Backward: the upstream gradient without the border; what stands in it as a copy of a value is
    added to that value's.

    Example: 15x15x8 with P=2: 15 + 2*2 = 19, so 19x19x8.

        - pad: 2

    Fields: P (main): one number, one per axis, or [[top, bottom], [left, right]]; mode (zeros;
    reflect, replicate, circular).

    Sources: PyTorch, torch.nn.ZeroPad2d, ReflectionPad2d, ReplicationPad2d and CircularPad2d.
    """

    mode: BorderMode = "zeros"

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        output = super().volume(inputs)
        sizes = inputs[0][:-1]
        for W, (before, after) in zip(sizes, self.sides(inputs[0]), strict=True):
            limit = widest_border(self.mode, W)
            if limit is not None and max(before, after) > limit:
                message = f"P={max(before, after)} is more than mode {self.mode} fills of {W}"
                most = widest_border(self.mode, min(sizes))
                repairs = [
                    Repair(f"P={most} is the most that fits", set_field("P", most)),
                    Repair("mode: zeros has no limit", set_field("mode", "zeros")),
                ]
                raise LayerError(repairable(rules.POOL_PADDING, f"{message} values", repairs))
        return output

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        field = super().receptive_field(fields, inputs, output)
        filled = self.mode != "zeros" and any(map(any, self.sides(inputs[0])))
        return folded(field, self.mode) if filled else field


class Crop(OneWay, Bordered):
    """crop: cut rows and columns off the border.

    Output: W - P before - P after along each axis, the depth kept. No parameters, no MACs.
    With `like`, the name of an earlier layer, the centre is kept, as large as that layer's output;
    of an odd number the larger half is cut off at the end: 64 like 57 loses 3 before and 4 after.

    Backward: the upstream gradient with zeros where something was cut off; none goes to the layer
    that `like` names.

    Example: 64x64x512 with P=4: 64 - 2*4 = 56, so 56x56x512.

        - crop: 4

    Fields: P (main): one number, one per axis, or [[top, bottom], [left, right]]; or like.

    Sources: Ronneberger et al., "U-Net", 2015; Keras, Cropping2D and CenterCrop; Caffe, Crop.
    """

    P: Annotated[Border | None, Declared(validation_alias=AliasChoices("P", *SYNONYMS["P"]))] = None  # type: ignore[assignment]
    like: LayerName | None = None

    sign: ClassVar[int] = -1
    one_of: ClassVar[tuple[str, ...]] = ("P", "like")
    reference: ClassVar[str | None] = "like"

    def sides(self, volume: Volume, *others: Volume) -> Sides:
        if self.like is None or not others:
            return super().sides(volume)
        sizes = sizes_like(self.like, volume, others[0])
        more = [W - size for W, size in zip(volume, sizes, strict=False)]
        if min(more) < 0:
            message = f"{show(volume)} is smaller than {self.like}, {show(others[0])}"
            hint = f"the one that is cut is the larger one: pad, or crop {self.like}"
            raise LayerError(Fault(rules.DISAGREEMENT, message, hint, otherwise=hint))
        return [(-(extra // 2), -(extra - extra // 2)) for extra in more]

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        # What is cut off, no padding behind it can see.
        return bounding(super().receptive_field(fields, inputs, output))

    def leaves_out(self, inputs: Sequence[Volume]) -> bool:
        return True


class Upsample(OneWay):
    """upsample: enlarge each slice by a factor, or to a size.

    Output: W*scale along each axis, the depth kept; a scale may be a fraction, and the product is
    floored. Or the spatial sizes of `output`, or those of an earlier layer, named by `like`. No
    parameters, no MACs. With r = 1/scale, or W over the size: nearest takes pixel floor(j*r) for
    output j; bilinear interpolates on every spatial axis around (j + 1/2)*r - 1/2, half-pixel
    centres, with the border repeated, and leaves an axis as it is whose size stays; its receptive
    field is an upper bound. The jump is divided by the scale.

    Backward: an input gets the sum of its copies' upstream gradients (nearest), or of all outputs'
    with the weights it had in them (bilinear); none goes to the layer that `like` names.

    Example: 13x13x256 with scale 2: 13*2 = 26, so 26x26x256.

        - upsample: {scale: 2, mode: nearest}

    Fields: scale (main); or output: spatial sizes, one number for every axis; or like; mode
    (nearest; bilinear).

    Source: PyTorch, torch.nn.Upsample. It rounds j*r to single precision, and may take the pixel
    before where that is a whole number.
    """

    scale: Factors | None = None
    output: Sizes | None = None
    like: LayerName | None = None
    mode: Annotated[str, choice("nearest", "bilinear")] = "nearest"

    shorthand = "scale"
    one_of: ClassVar[tuple[str, ...]] = ("scale", "output", "like")
    reference: ClassVar[str | None] = "like"

    def axes(self, inputs: Sequence[Volume]) -> list[Resize]:
        """Return how each axis is resampled; raise LayerError where the sizes do not fit."""
        volume, *others = inputs
        need_positions(volume)
        rank = len(volume) - 1
        if self.scale is not None:
            factors = per_axis(self.scale, rank, "scale")
            nearest = self.mode == "nearest"
            return [scaled(W, scale, nearest) for W, scale in zip(volume, factors, strict=False)]
        if self.like is None:
            sizes: Volume = per_axis(self.output, rank, "output")
        else:
            sizes = sizes_like(self.like, volume, others[0])
        return [resized(W, size) for W, size in zip(volume, sizes, strict=False)]

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        sizes = [axis.size for axis in self.axes(inputs)]
        if min(sizes) < 1:
            message = f"nothing of {show(inputs[0][:-1])} would be left"
            repair = Repair("scale=1 keeps its size", set_field("scale", 1))
            raise LayerError(repairable(rules.TOO_LARGE, message, [repair]))
        return (*sizes, inputs[0][-1])

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        axes = self.axes(inputs)
        if self.mode == "bilinear":
            return interpolated(fields[0], axes)
        if all(axis.old == 1 for axis in axes):
            return spread_out(fields[0], [Step(axis.new, axis.new, 0) for axis in axes])
        return resampled(fields[0], axes)

    def leaves_out(self, inputs: Sequence[Volume]) -> bool:
        return any(axis.size < axis.W for axis in self.axes(inputs))

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        axes = self.axes(inputs)
        if self.scale is None:
            given = {"layer": self.like}
            return by_axis(
                [Derivation("output", r.size, reason="size_given", given=given) for r in axes]
            )
        factors = per_axis(self.scale, len(axes), "scale")
        found = []
        for axis, scale in zip(axes, factors, strict=True):
            product = times(axis.W, scale)
            whole = isinstance(scale, int)
            found.append(
                Derivation("output", axis.size, product if whole else rounded("floor", product))
            )
        return by_axis(found)

    def field_derivations(self, field: Field, inputs: Sequence[Volume]) -> list[Derivation]:
        axes = self.axes(inputs)
        scale = show_value(self.scale) if self.scale is not None else ""
        if not scale:
            scale = " and ".join(dict.fromkeys(f"{axis.size}/{axis.W}" for axis in axes))
        given = {"scale": scale, "bound": self.mode == "bilinear"}
        return [Derivation("receptive_field", None, reason="enlarged", given=given)]


class ChannelShuffle(Layer):
    """channel_shuffle: interleave the slices of `groups` groups.

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

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        D = inputs[0][-1]
        if D % self.groups:
            best = next(g for g in range(min(self.groups, D, 4096), 0, -1) if D % g == 0)
            message = f"groups={self.groups} does not divide the depth {D}"
            repair = Repair(f"groups={best} does", set_field("groups", best))
            raise LayerError(repairable(rules.GROUPS, message, [repair]))
        return inputs[0]

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        return reordered(fields[0])


class PixelShuffle(Layer):
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

    scale: Sizes
    order: Annotated[str, choice("pytorch", "tensorflow")] = "pytorch"

    shorthand = "scale"
    mixes_depth: ClassVar[bool] = True

    def scales(self, volume: Volume) -> tuple[int, ...]:
        """Return the factor of each axis."""
        need_positions(volume)
        return per_axis(self.scale, len(volume) - 1, "scale")

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


class PixelUnshuffle(Layer):
    """pixel_unshuffle: gather each block of scale x scale positions in one, the reverse of
    pixel_shuffle.

    Output: W/scale along each axis, which scale must divide; the depth times scale*scale (the
    product of all axes' scales). The orders are those of pixel_shuffle. No parameters, no MACs.

    Backward: each input value gets its one output's upstream gradient.

    Example: 64x64x3 with scale 2: 64/2 = 32, 3*2*2 = 12, so 32x32x12.

        - pixel_unshuffle: 2

    Fields: scale (main), order (pytorch; tensorflow).

    Sources: PyTorch, torch.nn.PixelUnshuffle; TensorFlow, tf.nn.space_to_depth.
    """

    scale: Sizes
    order: Annotated[str, choice("pytorch", "tensorflow")] = "pytorch"

    shorthand = "scale"
    mixes_depth: ClassVar[bool] = True

    def scales(self, volume: Volume) -> tuple[int, ...]:
        """Return the factor of each axis."""
        need_positions(volume)
        return per_axis(self.scale, len(volume) - 1, "scale")

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        (volume,) = inputs
        scales = self.scales(volume)
        missing = [-W % s for W, s in zip(volume, scales, strict=False)]
        if any(missing):
            message = f"scale={show(scales)} does not divide {show(volume[:-1])}"
            border = [[m // 2, m - m // 2] for m in missing]
            padded = show(tuple(W + m for W, m in zip(volume, missing, strict=False)))
            sides = str(border).replace(" ", "")  # as one word of a command line, too
            repair = Repair(f"pad: {sides} before it gives {padded}", _padding(border))
            raise LayerError(repairable(rules.STRIDE_FIT, message, [repair]))
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
                best = next(n for n in range(min(self.of, size, 4096), 0, -1) if size % n == 0)
                repairs = [Repair(f"of={best} does", set_field("of", best))]
                message = f"of={self.of} does not divide the {sized(title, size)}"
                raise LayerError(
                    repairable(rules.GROUPS, message, repairs if self.part <= best else [])
                )
            each = size // self.of
            return (self.part - 1) * each, self.part * each
        start, stop = self.start or 0, size if self.stop is None else self.stop
        start, stop = (n + size if n < 0 else n for n in (start, stop))
        if not 0 <= start < stop <= size:
            message = f"from {self.start or 0} to {stop} is no part of the {sized(title, size)}"
            repairs = [Repair(f"stop={size}", set_field("stop", size))] if 0 <= start < size else []
            raise LayerError(repairable(rules.TOO_LARGE, message, repairs, f"it has 0 to {size}"))
        return start, stop

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

    def summary(self, without: str = "") -> str:
        return "" if without == "axes" else f"axes={_listed(self.axes)}"


def _listed(axes: Sequence[int | str]) -> str:
    return f"[{', '.join(map(str, axes))}]"
