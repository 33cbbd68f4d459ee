"""The fully connected layer."""

from collections.abc import Sequence
from math import prod
from typing import Annotated, ClassVar

from pydantic import AliasChoices, Field

from shapecalc.derivations import Derivation, Expression, times
from shapecalc.layers.base import Counts, Layer, Parameter, Parameters, vector
from shapecalc.layers.field_types import Positive, Truth, Volume
from shapecalc.receptive_field import Field as ReceptiveField
from shapecalc.receptive_field import everything


class Dense(Layer):
    """dense (fc, linear): every unit looks at every value of the input.

    Output: units. Weights: units times the input's values; biases: units; MACs: as many as
    weights. A volume is flattened first, in the order depth, height, width.

    Backward, with the upstream gradient dy (N x units) and y = x W^T + b: dx = dy W, dW = dy^T x,
    db = the sum of dy over the examples.

    Example: 32x32x3 with 10 units: 10*3072 = 30,720 weights + 10 biases = 30,730 parameters.

        - dense: 10

    Fields: units (main; K is read too), bias (true).

    Sources: Stanford CS231n, "Convolutional Networks" and "Derivatives, Backpropagation, and
    Vectorization"; PyTorch, torch.nn.Linear.
    """

    units: Annotated[Positive, Field(validation_alias=AliasChoices("units", "K"))]
    bias: Truth = True

    shorthand = "units"
    has_weights: ClassVar[bool] = True
    multiplies: ClassVar[bool] = True
    weight_layout = "units x inputs"

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        return (self.units,)

    def known_volume(self) -> Volume | None:
        return (self.units,)

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        weight = Parameter((self.units, prod(inputs[0])), "weight")
        if not self.bias:
            return {"weight": weight}
        return {"weight": weight, "bias": vector(self.units, "bias")}

    def known_counts(self) -> Counts:
        return Counts(None, self.units if self.bias else 0, 0)

    def macs(self, inputs: Sequence[Volume], output: Volume) -> int:
        return prod(inputs[0]) * self.units

    def macs_expression(self, inputs: Sequence[Volume], output: Volume) -> Expression:
        return times(self.units, prod(inputs[0]))

    def receptive_field(
        self,
        fields: Sequence[ReceptiveField | None],
        inputs: Sequence[Volume],
        output: Volume,
    ) -> ReceptiveField | None:
        return everything(fields[0])

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        (volume,) = inputs
        flat = [Derivation("values", prod(volume), times(*volume))] if len(volume) > 1 else []
        return [Derivation("output", self.units, reason="units", beside=flat)]

    def field_derivations(
        self, field: ReceptiveField, inputs: Sequence[Volume]
    ) -> list[Derivation]:
        return [Derivation("receptive_field", None, reason="dense")]
