"""The fully connected layer, of a whole volume or of the depth at each position."""

from collections.abc import Sequence
from math import prod
from typing import Annotated, ClassVar

from pydantic import AliasChoices, Field

from shapecalc.derivations import Derivation, Expression, times
from shapecalc.layers.base import Counts, Graded, Kept, Layer, Parameter, Parameters, vector
from shapecalc.layers.field_types import Positive, Truth, Volume
from shapecalc.receptive_field import Field as ReceptiveField
from shapecalc.receptive_field import across, everything


class Dense(Layer):
    """dense (fc, linear): every unit looks at every value of the input.

    Output: units. Weights: units times the input's values; biases: units; MACs: as many as
    weights. A volume is flattened first, in the order depth, height, width.

    With flatten false every unit looks at the depth at each position, as PyTorch's Linear and
    Keras' Dense do: the spatial sizes are kept, the depth becomes units. Weights: units*D; MACs:
    positions*units*D. The receptive field is kept.

    Backward, with the upstream gradient dy (N x units) and y = x W^T + b: dx = dy W, dW = dy^T x,
    db = the sum of dy over the examples; with flatten false over the positions as well.

    Example: 32x32x3 with 10 units: 10*3072 = 30,720 weights + 10 biases = 30,730 parameters. With
    flatten false 100x512 and 20 units: 100x20, 20*512 = 10,240 weights + 20 biases.

        - dense: 10

    Fields: units (main, K is read too), bias (true), flatten (true).

    Sources: Stanford CS231n, "Convolutional Networks" and "Derivatives, Backpropagation, and
    Vectorization"; PyTorch, torch.nn.Linear; Keras, Dense.
    """

    units: Annotated[Positive, Field(validation_alias=AliasChoices("units", "K"))]
    bias: Truth = True
    flatten: Truth = True

    shorthand = "units"
    has_weights: ClassVar[bool] = True
    multiplies: ClassVar[bool] = True
    weight_layout = "units x inputs"

    def whole(self, volume: Volume) -> bool:
        """Return whether a unit sees all values of the volume."""
        return self.flatten or len(volume) == 1

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        return (self.units,) if self.flatten else (*inputs[0][:-1], self.units)

    def known_volume(self) -> Volume | None:
        return (self.units,) if self.flatten else None

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        (volume,) = inputs
        seen = prod(volume) if self.flatten else volume[-1]
        weight = Parameter((self.units, seen), "weight")
        if not self.bias:
            return {"weight": weight}
        return {"weight": weight, "bias": vector(self.units, "bias")}

    def known_counts(self) -> Counts:
        return Counts(None, self.units if self.bias else 0, 0)

    def macs(self, inputs: Sequence[Volume], output: Volume) -> int:
        return prod(inputs[0]) * self.units

    def macs_expression(self, inputs: Sequence[Volume], output: Volume) -> Expression:
        (volume,) = inputs
        if self.whole(volume):
            return times(self.units, prod(volume))
        return times(times(*output), volume[-1])

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return Kept(inputs=graded.own)

    def receptive_field(
        self,
        fields: Sequence[ReceptiveField | None],
        inputs: Sequence[Volume],
        output: Volume,
    ) -> ReceptiveField | None:
        return everything(fields[0]) if self.whole(inputs[0]) else across(fields[0])

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        (volume,) = inputs
        if not self.whole(volume):
            return [Derivation("output", output, reason="units_at_each_position")]
        flat = [Derivation("values", prod(volume), times(*volume))] if len(volume) > 1 else []
        return [Derivation("output", self.units, reason="units", beside=flat)]

    def field_derivations(
        self, field: ReceptiveField, inputs: Sequence[Volume]
    ) -> list[Derivation]:
        if not self.whole(inputs[0]):
            return []
        return [Derivation("receptive_field", None, reason="dense")]
