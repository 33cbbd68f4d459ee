"""Convolutions in one, two or three dimensions: plain, depthwise, separable, local, transposed."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from math import gcd, prod
from typing import Annotated, Any, ClassVar, Self

from pydantic import AliasChoices, Field

from shapecalc import rules
from shapecalc.derivations import Derivation, Expression, plus, times
from shapecalc.diagnostics import Fault, LayerError, repairable
from shapecalc.edits import Repair, set_field
from shapecalc.frameworks.synonyms import SYNONYMS
from shapecalc.geometry import (
    CAUSAL,
    PADDING_POLICIES,
    Fit,
    Fits,
    Rounding,
    Step,
    TransposedFit,
    both_sides,
    fit_transposed,
    widest_border,
)
from shapecalc.layers.base import (
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
from shapecalc.layers.field_types import (
    ROUNDING_WORDS,
    BorderMode,
    Offsets,
    Positive,
    Sizes,
    Truth,
    Volume,
    choice,
    padding,
)
from shapecalc.layers.window import Sliding, Stride, Window
from shapecalc.receptive_field import Field as ReceptiveField
from shapecalc.receptive_field import across, bounding, folded, slid, spread_out

Filters = Annotated[Positive, Field(validation_alias=AliasChoices("K", *SYNONYMS["K"]))]
ConvZeros = Annotated[
    int | str | tuple[Any, ...],
    padding(*PADDING_POLICIES, CAUSAL),
    Field(validation_alias=AliasChoices("P", *SYNONYMS["P"])),
]


class Convolution(Sliding):
    """What slides with weights. Its rounding cannot be ceil: no framework adds a window."""

    F: Window
    S: Stride = 1
    P: ConvZeros = 0
    bias: Truth = True
    rounding: Annotated[
        Rounding | None,
        choice("exact", "floor", meant=dict.fromkeys((*ROUNDING_WORDS, "ceil"), "floor")),
    ] = None

    has_weights: ClassVar[bool] = True
    multiplies: ClassVar[bool] = True

    def with_rounding(self, rounding: Rounding) -> Self:
        return super().with_rounding("floor" if rounding == "ceil" else rounding)

    @abstractmethod
    def filters(self, D: int) -> tuple[int, int]:
        """Return how many filters there are and how deep each one is."""

    def known_counts(self) -> Counts:
        return Counts(None, None if self.bias else 0, 0)

    def depth(self, D: int) -> int:
        return self.filters(D)[0]

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        (volume,) = inputs
        need_spatial(volume)
        F = per_axis(self.F, len(volume) - 1, "F")
        K, deep = self.filters(volume[-1])
        weight = Parameter((K, deep, *F), "weight")
        return {"weight": weight, "bias": vector(K, "bias")} if self.bias else {"weight": weight}

    def macs(self, inputs: Sequence[Volume], output: Volume) -> int:
        F: Volume = per_axis(self.F, len(output) - 1, "F")
        return prod(output) * prod(F) * self.filters(inputs[0][-1])[1]

    def macs_expression(self, inputs: Sequence[Volume], output: Volume) -> Expression:
        F = per_axis(self.F, len(output) - 1, "F")
        return times(times(*output), times(*F, self.filters(inputs[0][-1])[1]))

    def receptive_field(
        self,
        fields: Sequence[ReceptiveField | None],
        inputs: Sequence[Volume],
        output: Volume,
    ) -> ReceptiveField | None:
        alone = self.filters(inputs[0][-1])[1] == 1
        fits, mode = self.fits(inputs[0]), self.border()
        field = slid(fields[0] if alone else across(fields[0]), fits.steps)
        if mode == "zeros" or not any(fit.before or fit.after for fit in fits.axes):
            return field
        return folded(field, mode)


class Dilated(Convolution):
    """A convolution whose taps may lie apart."""

    dilation: Sizes = 1

    def window_dilation(self) -> Any:
        return self.dilation


class Conv(Dilated):
    """conv: K filters of F x F slide over the whole depth of the input.

    Output: (W - F + 2P)/S + 1 along each axis, K deep. Weights: K*D/groups*F*F; biases: K.
    MACs: output values times D/groups*F*F. With dilation a filter spans dilation*(F - 1) + 1.
    `P: same` gives ceil(W/S) and comes to max((ceil(W/S) - 1)*S + F - W, 0) zeros, an odd one at
    the end: F=3 S=2 on 224 has P = 0 before and 1 after. `P: causal`, along a single axis, gives as
    many, with dilation*(F - 1) zeros in front and none behind. `mode` says what the padding is
    filled with: zeros, the values mirrored at the border (reflect, P < W), the value at the border
    (replicate), or those of the other end (circular, P <= W).

    Backward, with the upstream gradient dy: dW at a tap is the sum over positions of the input
    there times dy; dx is dy convolved with the filters turned round (at S > 1 with S - 1 zeros
    between its values); db is the sum of dy.

    Example: 32x32x3 with K=10 F=5 S=1 P=2: (32 - 5 + 2*2)/1 + 1 = 32, so 32x32x10;
    10*3*5*5 = 750 weights + 10 biases = 760 parameters.

        - conv: {K: 10, F: 5, S: 1, P: 2}

    Fields: K (main), F, S (1), P (0), dilation (1), groups (1), bias (true), rounding,
    mode (zeros; reflect, replicate, circular).
    PyTorch's and Keras' words are read too: filters, out_channels, kernel_size, stride, padding.

    Sources: Stanford CS231n, "Convolutional Networks"; Dumoulin and Visin, "A guide to convolution
    arithmetic for deep learning", 2016; PyTorch, torch.nn.Conv2d.
    """

    K: Filters
    F: Window
    S: Stride = 1
    P: ConvZeros = 0
    dilation: Sizes = 1
    groups: Positive = 1
    mode: BorderMode = "zeros"

    shorthand = "K"
    weight_layout = "K x D/groups x F..."

    def border(self) -> str:
        return self.mode

    def too_wide(self, fits: Fits) -> Fit | None:
        if self.mode == "zeros":
            return None
        return next((fit for fit in fits.axes if _past_the_input(self.mode, fit)), None)

    def padded_too_much(self, volume: Volume, fits: Sequence[Fit], wide: Fit) -> Fault:
        limit = widest_border(self.mode, wide.W)
        message = f"the padding {max(wide.before, wide.after)} is more than mode {self.mode} fills"
        message += f" of {wide.W} values: at most {limit}"
        offers = [("P", widest_border(self.mode, min(volume[:-1]))), ("mode", "zeros")]
        repairs = [
            Repair(f"{field}{'=' if field == 'P' else ': '}{value} fits", set_field(field, value))
            for field, value in offers
            if self._takes(volume, **{field: value})
        ]
        return repairable(rules.POOL_PADDING, message, repairs)

    def filters(self, D: int) -> tuple[int, int]:
        if self.groups != 1:
            need_divisible(self.groups, D, self.K)
        return self.K, D // self.groups

    def known_counts(self) -> Counts:
        return Counts(None, self.K if self.bias else 0, 0)


def _past_the_input(mode: str, fit: Fit) -> bool:
    limit = widest_border(mode, fit.W)
    return limit is not None and max(fit.before, fit.after) > limit


class DepthwiseConv(Dilated):
    """depthwise_conv: every slice of the input gets its own `multiplier` filters of F x F x 1.

    Output: (W - F + 2P)/S + 1 along each axis, D*multiplier deep. Weights: D*multiplier*F*F;
    biases: D*multiplier. It is a conv with groups = D, and P means the same.

    Backward, with the upstream gradient dy: as conv, within each slice: dW at a tap is the sum over
    positions of x times dy, dx is dy convolved with the filter turned round, db is the sum of dy.

    Example: 112x112x32 with F=3 P=1: 112x112x32; 32*1*3*3 = 288 weights + 32 biases = 320.

        - depthwise_conv: {F: 3, P: 1}

    Fields: F (main), S (1), P (0), dilation (1), multiplier (1), bias (true), rounding.

    Sources: Howard et al., "MobileNets", 2017; Keras, DepthwiseConv2D.
    """

    multiplier: Positive = 1

    shorthand = "F"
    weight_layout = "D*multiplier x 1 x F..."

    def filters(self, D: int) -> tuple[int, int]:
        return D * self.multiplier, 1


class SeparableConv(Dilated):
    """separable_conv: a depthwise convolution, and K filters of 1x1 over what it gives.

    Output: (W - F + 2P)/S + 1 along each axis, K deep. Weights: D*multiplier*F*F (depthwise) and
    K*D*multiplier (pointwise); biases: K, one for each filter at the end. MACs: output positions
    times (F*F*D*multiplier + D*multiplier*K). F, S, P and dilation are those of the depthwise part.

    Backward, with the upstream gradient dy and z = the depthwise part's output: dW of the pointwise
    part is dy^T z, dz = dy W, db is the sum of dy; dz goes back as in depthwise_conv.

    Example: 416x416x10 with K=100 F=5: (416 - 5 + 2*0)/1 + 1 = 412, so 412x412x100;
    10*1*5*5 + 100*10 = 1,250 weights + 100 biases = 1,350 parameters.

        - separable_conv: {K: 100, F: 5}

    Fields: K (main), F, S (1), P (0), dilation (1), multiplier (1), bias (true), rounding.

    Sources: Chollet, "Xception", 2017; Keras, SeparableConv2D.
    """

    K: Filters
    F: Window
    S: Stride = 1
    P: ConvZeros = 0
    dilation: Sizes = 1
    multiplier: Positive = 1

    shorthand = "K"
    weight_layout = "D*multiplier x 1 x F... and K x D*multiplier x 1..."

    def filters(self, D: int) -> tuple[int, int]:
        return self.K, D * self.multiplier

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        (volume,) = inputs
        need_spatial(volume)
        rank, slices = len(volume) - 1, volume[-1] * self.multiplier
        found = {
            "depthwise": Parameter((slices, 1, *per_axis(self.F, rank, "F")), "weight"),
            "pointwise": Parameter((self.K, slices, *(1,) * rank), "weight"),
        }
        return {**found, "bias": vector(self.K, "bias")} if self.bias else found

    def known_counts(self) -> Counts:
        return Counts(None, self.K if self.bias else 0, 0)

    def macs(self, inputs: Sequence[Volume], output: Volume) -> int:
        F: Volume = per_axis(self.F, len(output) - 1, "F")
        return prod(output[:-1]) * inputs[0][-1] * self.multiplier * (prod(F) + self.K)

    def count_derivations(self, inputs: Sequence[Volume]) -> list[Derivation]:
        depthwise, pointwise, *bias = self.parameters(inputs).values()
        weights = prod(depthwise.shape) + prod(pointwise.shape)
        added = plus(times(*depthwise.shape), times(*pointwise.shape[:2]))
        found = [Derivation("weights", weights, added, part="weight")]
        return found + [Derivation("biases", self.K, part="bias") for _ in bias]

    def macs_expression(self, inputs: Sequence[Volume], output: Volume) -> Expression:
        F, slices = per_axis(self.F, len(output) - 1, "F"), inputs[0][-1] * self.multiplier
        return times(times(*output[:-1]), plus(times(*F, slices), times(slices, self.K)))


class LocalConv(Convolution):
    """local_conv: a convolution that shares nothing: K filters of their own at every position.

    Output: (W - F + 2P)/S + 1 along each axis, K deep. Weights: output values times D*F*F; biases:
    output values. MACs: as many as weights. The weight has a row for every output value, in the
    order depth, height, width, and so has the bias.

    Backward, with the upstream gradient dy: as conv, at every position for itself: dW of an output
    value's filter is the input under it times dy, dx the filter times dy; db is dy.

    Example: 6x6x4 with K=4 F=3: (6 - 3 + 2*0)/1 + 1 = 4, so 4x4x4; 64*4*3*3 = 2,304 weights + 64
    biases = 2,368 parameters.

        - local_conv: {K: 4, F: 3}

    Fields: K (main), F, S (1), P (0), bias (true), rounding.

    Sources: Keras 2, LocallyConnected2D; Taigman et al., "DeepFace", 2014; Darknet, local.
    """

    K: Filters
    F: Window
    S: Stride = 1
    P: ConvZeros = 0

    shorthand = "K"
    weight_layout = "outputs x D x F..."

    def filters(self, D: int) -> tuple[int, int]:
        return self.K, D

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        (volume,) = inputs
        sizes = self.fits(volume).sizes
        if not all(sizes):
            self.volume(inputs)  # says why there are no positions
        outputs = self.K * prod(sizes)
        F = per_axis(self.F, len(sizes), "F")
        weight = Parameter((outputs, volume[-1], *F), "weight")
        if not self.bias:
            return {"weight": weight}
        return {"weight": weight, "bias": vector(outputs, "bias")}


class ConvTranspose(Layer):
    """conv_transpose: the backward pass of a convolution as a layer; it enlarges the input.

    Output: (W - 1)*S - 2P + F + output_padding along each axis, K deep. P crops the output. F is
    dilation*(F - 1) + 1 here. Two words for P are Keras': `valid` gives (W - 1)*S + max(F, S),
    `same` W*S; with an output_padding that is written, even 0, `valid` gives
    (W - 1)*S + F + output_padding, `same` (W - 1)*S + F - 2*floor(F/2) + output_padding.
    Weights: D*K/groups*F*F; biases: K. MACs: input positions times D*K/groups*F*F. The receptive
    field is an upper bound.

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
                message = f"{part.formula()} = {part.size}"
                if part.policy:
                    message += f", P = {both_sides(part.before, part.after)}"
                message += ", so nothing would be left"
                raise LayerError(
                    repairable(rules.TOO_LARGE, message, [_leaving_something(transposed_fits)])
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
        return self.summary(without="K")


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


def need_divisible(groups: int, D: int, K: int) -> None:
    """Raise SC204 unless groups divide the input's depth and the number of filters."""
    if D % groups == 0 and K % groups == 0:
        return
    which = f"the input's depth {D}" if D % groups else f"K={K}"
    common = gcd(D, K)
    best = next(g for g in range(min(groups, common, 4096), 0, -1) if common % g == 0)
    text = f"groups={best} divides both the depth {D} and K={K}"
    repairs = [Repair(text, set_field("groups", best))]
    if D % groups == 0:
        below = K - K % groups
        near = [k for k in (below, below + groups) if k > 0]
        repairs += [Repair(f"K={k} keeps groups={groups}", set_field("K", k)) for k in near]
    raise LayerError(repairable(rules.GROUPS, f"groups={groups} does not divide {which}", repairs))
