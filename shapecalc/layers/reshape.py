"""Layers that move values about, from flatten and pad to shuffles, slice and transpose."""

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Annotated, ClassVar

from pydantic import AliasChoices
from pydantic import Field as Declared

from shapecalc import rules
from shapecalc.derivations import Derivation, minus, plus, rounded, times
from shapecalc.diagnostics import Fault, LayerError, repairable
from shapecalc.edits import Change, Repair, set_field
from shapecalc.frameworks.synonyms import SYNONYMS
from shapecalc.geometry import Step, widest_border
from shapecalc.layers.base import (
    INPUT,
    NOTHING,
    Graded,
    Kept,
    Layer,
    OneWay,
    by_axis,
    need_positions,
    per_axis,
    show,
    show_value,
)
from shapecalc.layers.field_types import (
    Border,
    BorderMode,
    Factors,
    LayerName,
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
    resampled,
    scattered,
    slid,
    spread_out,
)
from shapecalc.resampling import Resize, resized, scaled

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

    keeps = NOTHING
    is_view = passes_gradient = True

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
            raise LayerError(rule=rules.RESHAPE, say=lambda: self._other_count(volume, have, want))
        return self.output

    def _other_count(self, volume: Volume, have: int, want: int) -> Fault:
        message = f"{show(volume)} has {have:,} values, {show(self.output)} has {want:,}"
        fitting = self._nearest(have)
        text = f"output: {show(fitting)} has {have:,} values"
        return repairable(rules.RESHAPE, message, [Repair(text, _output(fitting))])

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
        if any(size < 1 for size in output):
            raise LayerError(rule=rules.TOO_LARGE, say=lambda: _nothing_left(volume))
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


def _nothing_left(volume: Volume) -> Fault:
    most = (min(volume[:-1]) - 1) // 2
    left = show(tuple(W - 2 * most for W in volume[:-1]))
    message = f"nothing of {show(volume[:-1])} would be left"
    repair = Repair(f"P={most} leaves {left}", set_field("P", most))
    return repairable(rules.TOO_LARGE, message, [repair])


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

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return INPUT if self.mode in ("reflect", "replicate") else NOTHING

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        output = super().volume(inputs)
        sizes = inputs[0][:-1]
        for W, (before, after) in zip(sizes, self.sides(inputs[0]), strict=True):
            limit = widest_border(self.mode, W)
            if limit is not None and max(before, after) > limit:
                wide = max(before, after)
                raise LayerError(
                    rule=rules.POOL_PADDING, say=partial(self._too_wide, sizes, W, wide)
                )
        return output

    def _too_wide(self, sizes: Volume, W: int, wide: int) -> Fault:
        message = f"P={wide} is more than mode {self.mode} fills where W={W}"
        most = widest_border(self.mode, min(sizes))
        repairs = [
            Repair(f"P={most} is the most that fits", set_field("P", most)),
            Repair("mode: zeros has no limit", set_field("mode", "zeros")),
        ]
        return repairable(rules.POOL_PADDING, message, repairs)

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
    keeps = NOTHING
    is_view = True

    def sides(self, volume: Volume, *others: Volume) -> Sides:
        if self.like is None or not others:
            return super().sides(volume)
        sizes = sizes_like(self.like, volume, others[0])
        more = [W - size for W, size in zip(volume, sizes, strict=False)]
        if any(extra < 0 for extra in more):
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
    keeps = NOTHING

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
        if any(size < 1 for size in sizes):
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
