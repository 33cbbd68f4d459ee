"""Transposed convolution: the gradient of a convolution as a layer."""

from collections.abc import Mapping, Sequence
from functools import partial
from math import prod
from typing import Annotated, Any, ClassVar

from pydantic import AliasChoices, Field

from shapecalc import rules
from shapecalc.derivations import Derivation, Expression, times
from shapecalc.diagnostics import Fault, LayerError, repairable
from shapecalc.edits import Repair, set_field
from shapecalc.frameworks.synonyms import SYNONYMS
from shapecalc.geometry import (
    Step,
    TransposedFit,
    both_sides,
    fit_transposed,
)
from shapecalc.layers.base import (
    INPUT,
    Counts,
    Layer,
    Parameter,
    Parameters,
    by_axis,
    need_spatial,
    per_axis,
    show,
    vector,
)
from shapecalc.layers.conv import Filters, need_divisible
from shapecalc.layers.field_types import (
    Offsets,
    Positive,
    Sizes,
    Truth,
    Volume,
    padding,
)
from shapecalc.layers.window import Stride, Window
from shapecalc.receptive_field import Field as ReceptiveField
from shapecalc.receptive_field import across, bounding, spread_out


class ConvTranspose(Layer):
    """conv_transpose: each value adds a filter to the output, S apart; P is cut off on each side.

    Output: (W - 1)*S - 2P + F + output_padding along each axis, K deep. F is dilation*(F - 1) + 1
    here. Two words for P are Keras': `valid` gives (W - 1)*S + max(F, S), `same` W*S; with an
    output_padding that is written, even 0, `valid` gives (W - 1)*S + F + output_padding, `same`
    (W - 1)*S + F - 2*floor(F/2) + output_padding. Weights: D*K/groups*F*F; biases: K. MACs: input
    positions times D*K/groups*F*F. The receptive field is an upper bound. The layer is the backward
    pass of a convolution.

    Backward, with the upstream gradient dy: dx is the convolution of dy with the same filters,
    stride S and padding P; dW at a tap is the sum over positions of x times the dy that it was
    added to; db is the sum of dy.

    Example: 8x8x4 with K=6 F=4 S=2 P=1: (8 - 1)*2 - 2*1 + 4 = 16, so 16x16x6;
    4*6*4*4 = 384 weights + 6 biases = 390 parameters.

        - conv_transpose: {K: 6, F: 4, S: 2, P: 1}

    Fields: K (main), F, S (1), P (0), output_padding (0), dilation (1), groups (1), bias (true).

    Sources: PyTorch, torch.nn.ConvTranspose2d; Keras, Conv2DTranspose; Dumoulin and Visin, "A guide
    to convolution arithmetic for deep learning", 2016.
    """

    K: Filters
    F: Window
    S: Stride = 1
    P: Annotated[
        int | str | tuple[Any, ...],
        padding("same", "valid"),
        Field(validation_alias=AliasChoices("P", *SYNONYMS["P"])),
    ] = 0
    output_padding: Offsets | None = None  # 0; unless written, P: same and valid have their own
    dilation: Sizes = 1
    groups: Positive = 1
    bias: Truth = True

    shorthand = "K"
    weight_layout = "D x K/groups x F..."
    has_weights: ClassVar[bool] = True
    multiplies: ClassVar[bool] = True
    migration_hints: ClassVar[Mapping[str, str]] = {
        "rounding": "leave it out: nothing is divided, so nothing is rounded"
    }
    keeps = INPUT

    def transposed_fits(self, volume: Volume) -> tuple[TransposedFit, ...]:
        """Return how each axis is spread; raise LayerError for fields that do not fit the input."""
        need_spatial(volume)
        rank = len(volume) - 1
        axes = zip(
            volume[:-1],
            per_axis(self.F, rank, "F"),
            per_axis(self.S, rank, "S"),
            per_axis(self.P, rank, "P"),
            per_axis(self.dilation, rank, "dilation"),
            per_axis(self.output_padding, rank, "output_padding"),
            strict=True,
        )
        return tuple(fit_transposed(*axis) for axis in axes)

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        (volume,) = inputs
        need_divisible(self.groups, volume[-1], self.K)
        transposed_fits = self.transposed_fits(volume)
        most_extra = min(max(part.S, part.dilation) for part in transposed_fits) - 1
        for part in transposed_fits:
            extra = part.written or 0
            if extra >= max(part.S, part.dilation):
                message = f"output_padding={extra} must be smaller than S={part.S}"
                message += f" or dilation={part.dilation}"
                text = f"output_padding={most_extra} is the most that fits"
                repair = Repair(text, set_field("output_padding", most_extra))
                raise LayerError(repairable(rules.OUTPUT_PADDING, message, [repair]))
            if part.size < 1:
                raise LayerError(
                    rule=rules.TOO_LARGE, say=partial(_nothing_left, part, transposed_fits)
                )
        return (*[part.size for part in transposed_fits], self.K)

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        (volume,) = inputs
        need_spatial(volume)
        need_divisible(self.groups, volume[-1], self.K)
        F = per_axis(self.F, len(volume) - 1, "F")
        weight = Parameter((volume[-1], self.K // self.groups, *F), "weight")
        if not self.bias:
            return {"weight": weight}
        return {"weight": weight, "bias": vector(self.K, "bias")}

    def known_counts(self) -> Counts:
        return Counts(None, self.K if self.bias else 0, 0)

    def macs(self, inputs: Sequence[Volume], output: Volume) -> int:
        F: Volume = per_axis(self.F, len(output) - 1, "F")
        return prod(inputs[0]) * (self.K // self.groups) * prod(F)

    def macs_expression(self, inputs: Sequence[Volume], output: Volume) -> Expression:
        F = per_axis(self.F, len(output) - 1, "F")
        return times(times(*inputs[0]), times(self.K // self.groups, *F))

    def receptive_field(
        self,
        fields: Sequence[ReceptiveField | None],
        inputs: Sequence[Volume],
        output: Volume,
    ) -> ReceptiveField | None:
        steps = [Step(part.span, part.S, part.before) for part in self.transposed_fits(inputs[0])]
        alone = inputs[0][-1] == self.groups
        return bounding(spread_out(fields[0] if alone else across(fields[0]), steps))

    def field_derivations(
        self, field: ReceptiveField, inputs: Sequence[Volume]
    ) -> list[Derivation]:
        return [Derivation("receptive_field", None, reason="transposed")]

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        return by_axis([part.derivation() for part in self.transposed_fits(inputs[0])])

    def shown_fields(self) -> str:
        return self.summary(without=("K",))


def _nothing_left(part: TransposedFit, transposed_fits: Sequence[TransposedFit]) -> Fault:
    message = f"{part.formula()} = {part.size}"
    if part.policy:
        message += f", P = {both_sides(part.before, part.after)}"
    message += ", so nothing would be left"
    return repairable(rules.TOO_LARGE, message, [_leaving_something(transposed_fits)])


def _leaving_something(transposed_fits: Sequence[TransposedFit]) -> Repair:
    """Return the repair of a transposed convolution whose P crops everything."""
    if transposed_fits[0].policy:  # W values come to less only if the output_padding says so
        left = show(tuple(part.W * part.S for part in transposed_fits))
        text = f"leaving out output_padding gives {left}"
        return Repair(text, set_field("output_padding", None))
    # the largest P for which (W - 1)*S - 2P + F + output_padding is still positive
    most = min((p.size + p.before + p.after - 1) // 2 for p in transposed_fits)
    left = show(tuple(p.size + p.before + p.after - 2 * most for p in transposed_fits))
    return Repair(f"P={most} gives {left}", set_field("P", most))
