"""What scales without a mean: by a root mean square, by a length, by learned or fixed numbers."""

from collections.abc import Sequence
from math import prod
from typing import ClassVar

from shapecalc import rules
from shapecalc.diagnostics import Fault, LayerError
from shapecalc.layers.base import (
    INPUT,
    NOTHING,
    AlongDepth,
    Counts,
    Graded,
    Kept,
    Layer,
    Parameters,
    vector,
)
from shapecalc.layers.field_types import (
    FactorOfSlices,
    PositiveReal,
    Truth,
    Volume,
)


class RmsNorm(AlongDepth):
    """rms_norm: divide by the root of the mean square over the depth at each position.

    The volume is kept. D weights unless weight is false, no biases. No MACs.

    Backward: with g = weight*dy and xhat = x/sqrt(mean(x^2) + eps), means over the depth at a
    position: dx = (g - xhat*mean(g*xhat))/sqrt(mean(x^2) + eps); dweight = the sum of dy*xhat.

    Example: 197x768: 768 weights = 768 parameters.

        - rms_norm

    Fields: eps (1e-6), weight (true).

    Sources: Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019; Keras,
    RMSNormalization.
    """

    eps: PositiveReal = 1e-6
    weight: Truth = True

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        normalized = prod(output) if graded.own else 0  # what the weights are multiplied with
        if not graded.inputs[0]:
            return Kept(values=normalized)
        return Kept(inputs=True, values=normalized, singles=prod(output[:-1]))

    has_weights: ClassVar[bool] = True

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        return {"weight": vector(inputs[0][-1], "weight", 1.0)} if self.weight else {}

    def known_counts(self) -> Counts:
        return Counts(None if self.weight else 0, 0, 0)


class L2Normalize(AlongDepth):
    """l2_normalize: divide by the length of the vector along the depth at each position.

    The length is the root of the sum of squares, at least eps. The volume is kept. No parameters,
    no MACs.

    Backward: dx = (dy - y*the sum over the depth of dy*y)/length; dy/eps where the length is below.

    Example: 128 stays 128, and (3, 4) becomes (0.6, 0.8).

        - l2_normalize

    Fields: eps (1e-12).

    Sources: Schroff et al., "FaceNet", 2015; PyTorch, torch.nn.functional.normalize.
    """

    eps: PositiveReal = 1e-12

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return Kept(inputs=True, values=2 * prod(output[:-1]))  # lengths, and what is divided by


class Scale(Layer):
    """scale: times a weight, plus a bias, for each slice.

    weight and bias are learned (true: D values each), fixed (a number, or a list with one for each
    slice) or left out (false). The volume is kept. No MACs.

    Backward: dx = dy*weight; dweight = the sum of dy*x over the positions of a slice, dbias = the
    sum of dy.

    Example: 56x56x96: 96 weights = 96 parameters.

        - scale

    Fixed, for an image whose colours are brought to mean 0 and variance 1: no parameters.

        - scale: {weight: [4.37, 4.46, 4.44], bias: [-2.12, -2.04, -1.8]}

    Fields: weight (true), bias (false).

    Sources: Touvron et al., "Going Deeper with Image Transformers", 2021 (LayerScale); Caffe, Scale
    and Bias; Keras, Rescaling and Normalization.
    """

    weight: FactorOfSlices = True
    bias: FactorOfSlices = False

    has_weights: ClassVar[bool] = True

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return INPUT if self.weight is True and graded.own else NOTHING

    def only_depth(self) -> int | None:
        listed = (own for own in (self.weight, self.bias) if isinstance(own, tuple))
        return next(map(len, listed), None)

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        (volume,) = inputs
        D = volume[-1]
        for name, own in (("weight", self.weight), ("bias", self.bias)):
            if isinstance(own, tuple) and len(own) != D:
                values = "1 value" if len(own) == 1 else f"{len(own):,} values"
                message = f"{name} has {values}, and the input has {D:,} slices"
                hint = "list one value for each slice, or write one number for all"
                raise LayerError(Fault(rules.WRONG_VALUE, message, hint))
        return volume

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        D = inputs[0][-1]
        weight = {"weight": vector(D, "weight", 1.0)} if self.weight is True else {}
        return weight | ({"bias": vector(D, "bias")} if self.bias is True else {})

    def known_counts(self) -> Counts:
        weights, biases = (None if own is True else 0 for own in (self.weight, self.bias))
        return Counts(weights, biases, 0)
