"""Convolutions in one, two or three dimensions: plain, depthwise, separable, local, transposed."""

from abc import abstractmethod
from collections.abc import Sequence
from math import gcd, prod
from typing import Annotated, Any, ClassVar, Self

from pydantic import AliasChoices, Field

from shapecalc import rules
from shapecalc.derivations import Expression, times
from shapecalc.diagnostics import Fault, LayerError, repairable
from shapecalc.edits import Repair, set_field
from shapecalc.frameworks.synonyms import SYNONYMS
from shapecalc.geometry import (
    CAUSAL,
    PADDING_POLICIES,
    Fit,
    Fits,
    Rounding,
    widest_border,
)
from shapecalc.layers.base import (
    Counts,
    Graded,
    Kept,
    Parameter,
    Parameters,
    need_spatial,
    per_axis,
    vector,
)
from shapecalc.layers.field_types import (
    ROUNDING_WORDS,
    BorderMode,
    Positive,
    Sizes,
    Truth,
    Volume,
    choice,
    padding,
)
from shapecalc.layers.window import Sliding, Stride, Window
from shapecalc.receptive_field import Field as ReceptiveField
from shapecalc.receptive_field import across, folded, slid

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

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return self.windows_of(inputs[0], graded=graded.inputs[0])

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
        return prod(F) * self.filters(inputs[0][-1])[1] * prod(output)

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
        message += f" where W={wide.W}: at most {limit}"
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
    """depthwise_conv: every slice of the input has `multiplier` filters of its own, F x F x 1.

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
