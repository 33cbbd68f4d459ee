"""Layers that move values about: flatten, reshape, pad, crop, upsample."""

from collections.abc import Sequence
from math import prod
from typing import Annotated, ClassVar

from pydantic import AliasChoices
from pydantic import Field as Declared

from shapecalc import rules
from shapecalc.derivations import Derivation, minus, plus, times
from shapecalc.diagnostics import LayerError, repairable
from shapecalc.edits import Change, Repair, set_field
from shapecalc.frameworks.synonyms import SYNONYMS
from shapecalc.geometry import Step
from shapecalc.layers.base import Layer, by_axis, need_spatial, per_axis, show
from shapecalc.layers.field_types import Border, Sizes, Volume, VolumeField, choice
from shapecalc.receptive_field import Field, bounding, interpolated, scattered, slid, spread_out

Sides = list[tuple[int, int]]


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


class Pad(Layer):
    """pad: a border of zeros.

    Output: W + P before + P after along each axis, the depth kept. No parameters, no MACs.

    Backward: the upstream gradient without the border.

    Example: 15x15x8 with P=2: 15 + 2*2 = 19, so 19x19x8.

        - pad: 2

    Fields: P (main): one number, one per axis, or [[top, bottom], [left, right]].

    Source: PyTorch, torch.nn.ZeroPad2d.
    """

    P: Annotated[Border, Declared(validation_alias=AliasChoices("P", *SYNONYMS["P"]))]

    shorthand = "P"
    sign: ClassVar[int] = 1

    def sides(self, volume: Volume) -> Sides:
        """Return (before, after) for each axis, negative where something is cut off."""
        need_spatial(volume)
        pads = per_axis(self.P, len(volume) - 1, "P")
        pairs = [pad if isinstance(pad, tuple) else (pad, pad) for pad in pads]
        return [(self.sign * before, self.sign * after) for before, after in pairs]

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        (volume,) = inputs
        sides = self.sides(volume)
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
        return slid(fields[0], [Step(1, 1, before) for before, _ in self.sides(inputs[0])])

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        found = []
        for W, (before, after) in zip(inputs[0], self.sides(inputs[0]), strict=False):
            a, b = abs(before), abs(after)
            sides = [times(2, a)] if a == b else [a, b]
            terms = sides if self.sign > 0 else map(minus, sides)
            found.append(Derivation("output", W + before + after, plus(W, *terms)))
        return by_axis(found)


class Crop(Pad):
    """crop: cut rows and columns off the border.

    Output: W - P before - P after along each axis, the depth kept. No parameters, no MACs.

    Backward: the upstream gradient with zeros where something was cut off.

    Example: 64x64x512 with P=4: 64 - 2*4 = 56, so 56x56x512.

        - crop: 4

    Fields: P (main): one number, one per axis, or [[top, bottom], [left, right]].

    Sources: Ronneberger et al., "U-Net", 2015; Keras, Cropping2D.
    """

    sign: ClassVar[int] = -1

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        # What is cut off, no padding behind it can see.
        return bounding(super().receptive_field(fields, inputs, output))

    def leaves_out(self, inputs: Sequence[Volume]) -> bool:
        return True


class Upsample(Layer):
    """upsample: enlarge each slice by a whole factor.

    Output: W*scale along each axis, the depth kept. No parameters, no MACs. nearest repeats
    values; bilinear interpolates on every spatial axis with half-pixel centres, its receptive
    field is an upper bound. The jump is divided by the scale.

    Backward: an input gets the sum of its copies' upstream gradients (nearest), or of all outputs'
    with the weights it had in them (bilinear).

    Example: 13x13x256 with scale 2: 13*2 = 26, so 26x26x256.

        - upsample: {scale: 2, mode: nearest}

    Fields: scale (main), mode (nearest; bilinear).

    Source: PyTorch, torch.nn.Upsample.
    """

    scale: Sizes
    mode: Annotated[str, choice("nearest", "bilinear")] = "nearest"

    shorthand = "scale"

    def scales(self, volume: Volume) -> tuple[int, ...]:
        """Return the factor of each axis."""
        need_spatial(volume)
        return per_axis(self.scale, len(volume) - 1, "scale")

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        (volume,) = inputs
        scales = self.scales(volume)
        return (*[W * scale for W, scale in zip(volume, scales, strict=False)], volume[-1])

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        scales = self.scales(inputs[0])
        if self.mode == "bilinear":
            return interpolated(fields[0], scales)
        return spread_out(fields[0], [Step(scale, scale, 0) for scale in scales])

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        pairs = zip(inputs[0], self.scales(inputs[0]), strict=False)
        return by_axis([Derivation("output", W * s, times(W, s)) for W, s in pairs])

    def field_derivations(self, field: Field, inputs: Sequence[Volume]) -> list[Derivation]:
        given = {"scale": self.scale, "bound": self.mode == "bilinear"}
        return [Derivation("receptive_field", None, reason="enlarged", given=given)]
