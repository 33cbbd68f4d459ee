"""Convolutions that share less: over each slice alone and then across, or at every position."""

from collections.abc import Sequence
from math import prod

from shapecalc.derivations import Derivation, Expression, plus, times
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
from shapecalc.layers.conv import Convolution, ConvZeros, Dilated, Filters
from shapecalc.layers.field_types import (
    Positive,
    Sizes,
    Volume,
)
from shapecalc.layers.window import Stride, Window


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

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        between = prod(output[:-1]) * inputs[0][-1] * self.multiplier  # the depthwise part's output
        return self.windows_of(inputs[0], values=between)

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

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        # PyTorch has no such layer: the windows as columns, which are multiplied
        F: Volume = per_axis(self.F, len(output) - 1, "F")
        return Kept(values=prod(output[:-1]) * prod(F) * inputs[0][-1] if graded.own else 0)

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

    def count_derivations(self, inputs: Sequence[Volume]) -> list[Derivation]:
        (volume,) = inputs
        outputs = times(*self.fits(volume).sizes, self.K)
        weight, *bias = self.parameters(inputs).values()
        each = times(outputs, times(*weight.shape[1:]))
        found = [Derivation("weights", prod(weight.shape), each, part="weight")]
        return found + [Derivation("biases", p.shape[0], outputs, part="bias") for p in bias]
