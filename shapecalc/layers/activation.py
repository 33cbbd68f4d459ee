"""Activations, dropout and softmax: the volume passes unchanged, but for glu."""

from collections.abc import Sequence
from math import prod
from typing import Annotated, ClassVar

from pydantic import AliasChoices
from pydantic import Field as Declared

from shapecalc.layers.base import (
    INPUT,
    OUTPUT,
    AlongDepth,
    Counts,
    Graded,
    Kept,
    Layer,
    Parameter,
    Parameters,
    vector,
)
from shapecalc.layers.field_types import Rate, Real, RealFromZero, Slopes, Volume


class Elementwise(Layer):
    """A function of each value. The output is as large as the input; nothing is learned."""


class Relu(Elementwise):
    """relu: max(x, 0).

    With fields, as Keras' ReLU: x above the threshold, but at most max; slope*(x - threshold) from
    the threshold down.

    Backward: dx = dy where x > 0, otherwise 0. With fields: dy above the threshold and below max,
    slope*dy from the threshold down, 0 from max up.

    Example: 55x55x96 stays 55x55x96, and -2 becomes 0. No parameters, no MACs.

        - relu

    Fields: max (none), slope (0), threshold (0).

    Sources: Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", 2010;
    Keras, ReLU.
    """

    max: RealFromZero | None = None
    slope: Real = 0.0
    threshold: RealFromZero = 0.0

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        plain = self.max is None and self.slope == 0 and self.threshold == 0
        return OUTPUT if plain else INPUT


class Gelu(Elementwise):
    """gelu: x*Phi(x), the exact form with the error function.

    Backward: dx = dy*(Phi(x) + x*phi(x)), phi the normal density.

    Example: 197x768 stays 197x768, and 1 becomes 0.8413. No parameters, no MACs.

        - gelu

    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
    """

    keeps = INPUT


class Silu(Elementwise):
    """silu: x*sigmoid(x), also called swish.

    Backward: dx = dy*s*(1 + x*(1 - s)) with s = sigmoid(x).

    Example: 112x112x32 stays 112x112x32, and 1 becomes 0.7311. No parameters, no MACs.

        - silu

    Source: Elfwing et al., "Sigmoid-Weighted Linear Units", 2017.
    """

    keeps = INPUT


class Mish(Elementwise):
    """mish: x*tanh(softplus(x)).

    Backward: dx = dy*(t + x*(1 - t^2)*sigmoid(x)) with t = tanh(softplus(x)).

    Example: 76x76x64 stays 76x76x64, and 1 becomes 0.8651. No parameters, no MACs.

        - mish

    Source: Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2019.
    """

    keeps = INPUT


class Relu6(Elementwise):
    """relu6: min(max(x, 0), 6).

    Backward: dx = dy where 0 < x < 6, otherwise 0.

    Example: 112x112x32 stays 112x112x32, and 8 becomes 6. No parameters, no MACs.

        - relu6

    Source: Sandler et al., "MobileNetV2", 2018.
    """

    keeps = INPUT


class HardSigmoid(Elementwise):
    """hard_sigmoid: relu6(x + 3)/6.

    Backward: dx = dy/6 where -3 < x < 3, otherwise 0.

    Example: 1x1x64 stays 1x1x64, and 0 becomes 0.5. No parameters, no MACs.

        - hard_sigmoid

    Source: Howard et al., "Searching for MobileNetV3", 2019; PyTorch, torch.nn.Hardsigmoid.
    """

    keeps = INPUT


class HardSwish(Elementwise):
    """hard_swish: x*relu6(x + 3)/6.

    Backward: dx = dy*(2x + 3)/6 where -3 < x < 3, dy above, 0 below.

    Example: 112x112x16 stays 112x112x16, and 1 becomes 0.6667. No parameters, no MACs.

        - hard_swish

    Source: Howard et al., "Searching for MobileNetV3", 2019.
    """

    keeps = INPUT


class Sigmoid(Elementwise):
    """sigmoid: 1/(1 + exp(-x)).

    Backward: dx = dy*y*(1 - y).

    Example: 100 stays 100, and 1 becomes 0.7311. No parameters, no MACs.

        - sigmoid

    Source: Stanford CS231n, "Neural Networks Part 1".
    """

    keeps = OUTPUT


class Tanh(Elementwise):
    """tanh: (exp(x) - exp(-x))/(exp(x) + exp(-x)).

    Backward: dx = dy*(1 - y^2).

    Example: 28x28x6 stays 28x28x6, and 1 becomes 0.7616. No parameters, no MACs.

        - tanh

    Source: Stanford CS231n, "Neural Networks Part 1".
    """

    keeps = OUTPUT


class Softplus(Elementwise):
    """softplus: ln(1 + exp(x)).

    Backward: dx = dy*sigmoid(x).

    Example: 64 stays 64, and 0 becomes 0.6931. No parameters, no MACs.

        - softplus

    Source: Dugas et al., "Incorporating Second-Order Functional Knowledge", 2000.
    """

    keeps = INPUT


class Elu(Elementwise):
    """elu: x above 0, exp(x) - 1 below (alpha is 1).

    Backward: dx = dy where x > 0, otherwise dy*(y + 1).

    Example: 32x32x64 stays 32x32x64, and -1 becomes -0.6321. No parameters, no MACs.

        - elu

    Source: Clevert et al., "Fast and Accurate Deep Network Learning by ELUs", 2015.
    """

    keeps = INPUT


class Selu(Elementwise):
    """selu: 1.0507*x above 0, 1.0507*1.6733*(exp(x) - 1) below.

    Backward: dx = 1.0507*dy where x > 0, otherwise dy*(y + 1.0507*1.6733).

    Example: 100 stays 100, and 1 becomes 1.0507. No parameters, no MACs.

        - selu

    Source: Klambauer et al., "Self-Normalizing Neural Networks", 2017.
    """

    keeps = INPUT


class Softmax(AlongDepth, Elementwise):
    """softmax: exp(x) over the sum of exp(x), over the depth at each position.

    Backward: dx = y*(dy - the sum over the depth of dy*y). With cross entropy behind it: y - 1 at
    the right class, y elsewhere.

    Example: 1000 stays 1000 and sums to 1. No parameters, no MACs.

        - softmax

    Source: Stanford CS231n, "Linear Classification".
    """

    keeps = OUTPUT


class LogSoftmax(AlongDepth, Elementwise):
    """log_softmax: the logarithm of softmax, over the depth at each position.

    Backward: dx = dy - exp(y)*(the sum over the depth of dy).

    Example: 10 stays 10. No parameters, no MACs.

        - log_softmax

    Source: PyTorch, torch.nn.LogSoftmax.
    """

    keeps = OUTPUT


class LeakyRelu(Elementwise):
    """leaky_relu: x above 0, `slope` times x below.

    Backward: dx = dy where x > 0, otherwise slope*dy.

    Example: 208x208x64 stays 208x208x64, and -1 becomes -0.01. No parameters, no MACs.

        - leaky_relu: 0.01

    Fields: slope (main, 0.01).

    Source: Maas et al., "Rectifier Nonlinearities Improve Neural Network Acoustic Models", 2013.
    """

    slope: Real = 0.01

    shorthand = "slope"
    keeps = INPUT


class PRelu(Layer):
    """prelu: x above 0, a learned slope times x below.

    The slopes count as weights: one in all, D per_slice, or as many as there are values per_value.
    No biases, no MACs.

    Backward: dx = dy where x > 0, otherwise slope*dy; a slope gets the sum of x*dy where x <= 0.

    Example: 56x56x64 with one per slice: 64 weights; with one per value 56*56*64 = 200,704.

        - prelu: per_slice

    Fields: slopes (main, one; per_slice, per_value). per_channel true is read as per_slice.

    Sources: He et al., "Delving Deep into Rectifiers", 2015; PyTorch, torch.nn.PReLU; Keras, PReLU.
    """

    slopes: Annotated[Slopes, Declared(validation_alias=AliasChoices("slopes", "per_channel"))] = (
        "one"
    )

    shorthand = "slopes"
    has_weights: ClassVar[bool] = True
    keeps = INPUT

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        *spatial, D = inputs[0]
        if self.slopes == "per_value":
            return {"weight": Parameter((D, *spatial), "weight", 0.25)}
        return {"weight": vector(D if self.slopes == "per_slice" else 1, "weight", 0.25)}

    def known_counts(self) -> Counts:
        return Counts(1 if self.slopes == "one" else None, 0, 0)


class Dropout(Elementwise):
    """dropout: in training, zero each value with probability `rate` and scale by 1/(1 - rate).

    Backward: the same mask and scale on dy.

    Example: 4096 stays 4096. No parameters, no MACs.

        - dropout: 0.5

    Fields: rate (main, 0.5), from 0 up to, not including, 1.

    Source: Srivastava et al., "Dropout", 2014.
    """

    rate: Rate = 0.5

    shorthand = "rate"

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return Kept(flags=prod(output) if self.rate else 0)  # on the CPU a value for each flag
