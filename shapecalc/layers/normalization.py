"""Normalizations: the volume passes unchanged; gamma counts as weights, beta as biases."""

from collections.abc import Sequence
from math import prod
from typing import Annotated, ClassVar

from shapecalc.derivations import Derivation
from shapecalc.layers.base import (
    NO_PARAMETERS,
    AlongDepth,
    Counts,
    Graded,
    Kept,
    Layer,
    Parameter,
    Parameters,
    need_groups,
    need_positions,
    vector,
)
from shapecalc.layers.field_types import (
    Positive,
    PositiveReal,
    Real,
    Truth,
    Volume,
    choice,
)
from shapecalc.receptive_field import Field as ReceptiveField
from shapecalc.receptive_field import across, everything


class Normalization(Layer):
    """What batch, instance, layer and group norm share: a gamma and a beta for each channel."""

    affine: Truth = True
    scale: Truth = True
    center: Truth = True
    eps: PositiveReal = 1e-5

    has_weights: ClassVar[bool] = True

    @property
    def gamma(self) -> bool:
        """Whether there is a gamma to multiply by."""
        return self.affine and self.scale

    @property
    def beta(self) -> bool:
        """Whether there is a beta to add."""
        return self.affine and self.center

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        D = inputs[0][-1]
        gamma = {"weight": vector(D, "weight", 1.0)} if self.gamma else NO_PARAMETERS
        return {**gamma, "bias": vector(D, "bias")} if self.beta else gamma

    def known_counts(self) -> Counts:
        return Counts(None if self.gamma else 0, None if self.beta else 0, 0)


class BatchNorm(Normalization):
    """batch_norm: subtract the batch's mean, divide by its deviation, per channel.

    The volume is kept. D weights (gamma), D biases (beta); the running mean and variance are 2D
    non-trainable values. No MACs.

    Backward in training, with xhat = (x - mean)/sqrt(var + eps) and means over the batch and all
    positions: dx = gamma/sqrt(var + eps)*(dy - mean(dy) - xhat*mean(dy*xhat)), dgamma = the sum of
    dy*xhat, dbeta = the sum of dy. In inference dx = gamma/sqrt(running_var + eps)*dy.

    Without scale there is no gamma, without center no beta, without affine neither.

    Example: 56x56x64: 64 weights + 64 biases = 128 parameters, 128 non-trainable.

        - batch_norm

    Fields: affine (true), scale (true), center (true), eps (1e-5).

    Sources: Ioffe and Szegedy, "Batch Normalization", 2015; PyTorch, torch.nn.BatchNorm2d; Keras,
    BatchNormalization.
    """

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return Kept(inputs=True, once=2 * output[-1])  # means and deviations

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        D = inputs[0][-1]
        return {
            **super().parameters(inputs),
            "running_mean": vector(D, "statistic"),
            "running_var": vector(D, "statistic", 1.0, False),
        }

    def known_counts(self) -> Counts:
        return super().known_counts()._replace(non_trainable=None)


class WholeNormalization(Normalization):
    """A normalization over the positions: every output sees the whole input."""

    def receptive_field(
        self,
        fields: Sequence[ReceptiveField | None],
        inputs: Sequence[Volume],
        output: Volume,
    ) -> ReceptiveField | None:
        return everything(fields[0], jump=True)

    def field_derivations(
        self, field: ReceptiveField, inputs: Sequence[Volume]
    ) -> list[Derivation]:
        return [Derivation("receptive_field", None, reason="whole_statistics")]


class InstanceNorm(WholeNormalization):
    """instance_norm: normalize each slice of each example over its positions.

    The volume is kept. D weights and D biases, without scale no weights, without center no biases,
    without affine neither. No MACs. Every output depends on the whole input.

    Backward: as batch_norm in training, with means over the positions of one slice.

    Example: 64x64x128: 128 weights + 128 biases = 256 parameters.

        - instance_norm

    Fields: affine (true), scale (true), center (true), eps (1e-5).

    Source: Ulyanov et al., "Instance Normalization", 2016.
    """

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        gammas = output[-1] if self.gamma else 0  # repeated for every example
        return Kept(inputs=True, values=gammas, singles=2 * output[-1])

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        need_positions(inputs[0])
        return inputs[0]


class LayerNorm(AlongDepth, Normalization):
    """layer_norm: normalize over the depth at each position, or over all values of an example.

    The volume is kept. D weights and D biases; over all one of each for every value. Without scale
    no weights, without center no biases, without affine neither. No MACs. Over all, every output
    depends on the whole input.

    Backward: with g = gamma*dy and means over the depth at a position, or over all: dx = (g -
    mean(g) - xhat*mean(g*xhat))/sqrt(var + eps); dgamma = the sum of dy*xhat, dbeta = the sum of
    dy.

    Example: 197x768: 768 weights + 768 biases = 1,536 parameters; over all 4*4*8 = 128 of each on
    4x4x8.

        - layer_norm

    Fields: over (depth; all), affine (true), scale (true), center (true), eps (1e-5).

    Sources: Ba et al., "Layer Normalization", 2016; as in ConvNeXt and vision transformers;
    PyTorch, torch.nn.LayerNorm.
    """

    over: Annotated[str, choice("depth", "all")] = "depth"

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return Kept(inputs=True, singles=2 * (prod(output[:-1]) if self.over == "depth" else 1))

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        if self.over == "depth":
            return super().parameters(inputs)
        *spatial, D = inputs[0]
        gamma = Parameter((D, *spatial), "weight", 1.0)
        beta = Parameter((D, *spatial), "bias", 0.0)
        return ({"weight": gamma} if self.gamma else {}) | ({"bias": beta} if self.beta else {})

    def receptive_field(
        self,
        fields: Sequence[ReceptiveField | None],
        inputs: Sequence[Volume],
        output: Volume,
    ) -> ReceptiveField | None:
        if self.over == "depth":
            return super().receptive_field(fields, inputs, output)
        return everything(fields[0], jump=True)

    def field_derivations(
        self, field: ReceptiveField, inputs: Sequence[Volume]
    ) -> list[Derivation]:
        whole = [Derivation("receptive_field", None, reason="whole_statistics")]
        return whole if self.over == "all" else []


class GroupNorm(WholeNormalization):
    """group_norm: normalize groups of channels over their positions.

    The volume is kept; groups must divide the depth. D weights and D biases, without scale no
    weights, without center no biases, without affine neither. No MACs. Every output depends on the
    whole input.

    Backward: as layer_norm, with means over the positions and channels of a group.

    Example: 56x56x64 with groups 32: 64 weights + 64 biases = 128 parameters.

        - group_norm: 32

    Fields: groups (main), affine (true), scale (true), center (true), eps (1e-5).

    Source: Wu and He, "Group Normalization", 2018.
    """

    groups: Positive

    shorthand = "groups"

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return Kept(inputs=True, singles=2 * self.groups)

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        need_groups(self.groups, inputs[0][-1])
        return inputs[0]


class Lrn(Layer):
    """lrn: divide by (k + alpha/size * sum of squares)^beta over `size` neighbouring channels.

    The volume is kept. No parameters, no MACs counted.

    Backward, with s = k + alpha/size*sum of squares: dx = dy*s^-beta - 2*alpha*beta/size*x*(the sum
    of dy*x*s^(-beta - 1) over the channels whose window holds it). Where x and s are 0, which
    takes k=0, y and dx are 0.

    Example: 55x55x96 stays 55x55x96.

        - lrn: 5

    Fields: size (main, 5), alpha (1e-4), beta (0.75), k (1).

    Sources: Krizhevsky et al., "ImageNet Classification with Deep CNNs", 2012; PyTorch,
    torch.nn.LocalResponseNorm.
    """

    size: Positive = 5
    alpha: Real = 1e-4
    beta: Real = 0.75
    k: Real = 1.0

    shorthand = "size"

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        # the squares with zeros around their depth, the divisor's base, and the divisor
        padded = prod(output[:-1]) * (output[-1] + self.size - 1)
        return Kept(inputs=True, values=padded + 2 * prod(output))

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        need_positions(inputs[0])
        return inputs[0]

    def receptive_field(
        self,
        fields: Sequence[ReceptiveField | None],
        inputs: Sequence[Volume],
        output: Volume,
    ) -> ReceptiveField | None:
        return across(fields[0])
