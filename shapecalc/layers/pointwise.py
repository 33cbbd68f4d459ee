"""Functions of single values that few convolutional networks have, and gated units."""

from collections.abc import Sequence
from math import prod

from shapecalc import rules
from shapecalc.derivations import Derivation, over
from shapecalc.diagnostics import Fault, LayerError
from shapecalc.layers.activation import Elementwise
from shapecalc.layers.base import INPUT, NOTHING, OUTPUT, Graded, Kept, Layer
from shapecalc.layers.field_types import Volume
from shapecalc.receptive_field import Field, across


class HardTanh(Elementwise):
    """hard_tanh: min(max(x, -1), 1).

    Backward: dx = dy where -1 < x < 1, otherwise 0.

    Example: 28x28x6 stays 28x28x6, and 2 becomes 1. No parameters, no MACs.

        - hard_tanh

    Sources: Collobert, "Large Scale Machine Learning", 2004; PyTorch, torch.nn.Hardtanh.
    """

    keeps = INPUT


class Softsign(Elementwise):
    """softsign: x/(1 + |x|).

    Backward: dx = dy/(1 + |x|)^2.

    Example: 100 stays 100, and 1 becomes 0.5. No parameters, no MACs.

        - softsign

    Sources: Bergstra et al., "Quadratic Polynomials Learn Better Image Features", 2009; PyTorch,
    torch.nn.Softsign.
    """

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return Kept(inputs=True, values=prod(output))  # 1 + |x|


class Exp(Elementwise):
    """exp: e^x.

    Backward: dx = dy*y.

    Example: 10x10x3 stays 10x10x3, and 1 becomes 2.7183. No parameters, no MACs.

        - exp

    Source: PyTorch, torch.exp.
    """

    keeps = OUTPUT


class Abs(Elementwise):
    """abs: |x|.

    Backward: dx = dy where x > 0, -dy where x < 0, 0 where x is 0.

    Example: 10x10x3 stays 10x10x3, and -2 becomes 2. No parameters, no MACs.

        - abs

    Source: PyTorch, torch.abs.
    """

    keeps = INPUT


class Sqrt(Elementwise):
    """sqrt: the square root of x; not a number where x is negative.

    Backward: dx = dy/(2y), infinite where x is 0.

    Example: 10x10x3 stays 10x10x3, and 9 becomes 3. No parameters, no MACs.

        - sqrt

    Source: PyTorch, torch.sqrt.
    """

    keeps = OUTPUT


class Identity(Elementwise):
    """identity: x. It changes nothing, and gives a place a name.

    Backward: dx = dy.

    Example: 7x7x512 stays 7x7x512. No parameters, no MACs.

        - identity: {name: features}

    Source: PyTorch, torch.nn.Identity.
    """

    keeps = NOTHING
    is_view = passes_gradient = True


class Glu(Layer):
    """glu: a*sigmoid(b), a the first half of the depth and b the second.

    Output: D/2 along the depth, the positions kept; D must be even. No parameters, no MACs.

    Backward, with s = sigmoid(b): da = dy*s, db = dy*a*s*(1 - s).

    Example: 100x64 becomes 100x32, since 64/2 = 32.

        - glu

    Source: Dauphin et al., "Language Modeling with Gated Convolutional Networks", 2017.
    """

    keeps = INPUT

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        (volume,) = inputs
        if volume[-1] % 2:
            message = f"depth {volume[-1]} has no two halves"
            hint = "the layer before it needs an even depth"
            raise LayerError(Fault(rules.GROUPS, message, hint))
        return (*volume[:-1], volume[-1] // 2)

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        return across(fields[0])

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        D = inputs[0][-1]
        return [Derivation("output", output[-1], over(D, 2), part="depth" if output[1:] else None)]
