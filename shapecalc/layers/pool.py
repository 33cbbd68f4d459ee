"""Pooling: windows that slide (max, avg, l2), whole slices (global) and adaptive bins."""

from collections.abc import Collection, Sequence
from math import prod
from typing import Annotated, Any

from pydantic import AliasChoices, Field

from shapecalc.derivations import Derivation
from shapecalc.frameworks.synonyms import SYNONYMS
from shapecalc.geometry import Fit, Fits
from shapecalc.layers.base import INPUT, NOTHING, Graded, Kept, Layer, need_positions, per_axis
from shapecalc.layers.field_types import Sizes, Truth, Volume
from shapecalc.layers.window import Sliding, Window
from shapecalc.receptive_field import Field as ReceptiveField
from shapecalc.receptive_field import binned, everything
from shapecalc.resampling import widest_bin

PoolStride = Annotated[Sizes | None, Field(validation_alias=AliasChoices("S", *SYNONYMS["S"]))]


class Pool(Sliding):
    """What the sliding pools share: S is F unless written, the depth is kept."""

    F: Window
    S: PoolStride = None

    shorthand = "F"

    def stride(self) -> Any:
        return self.F if self.S is None else self.S

    def too_wide(self, fits: Fits) -> Fit | None:
        if self.P == 0:
            return None
        for fit in fits.axes:
            if 2 * max(fit.before, fit.after) > fit.span and not fit.follows:
                return fit
        return None

    def values(self) -> dict[str, Any]:
        return {**super().values(), "S": self.stride()}

    def summary(self, without: Collection[str] = ()) -> str:
        return super().summary(without) if self.S is not None else self._with_stride(without)

    def _with_stride(self, without: Collection[str]) -> str:
        return self.model_copy(update={"S": self.F}).summary(without)


class MaxPool(Pool):
    """max_pool: the largest value of each F x F window, slice by slice.

    Output: (W - F + 2P)/S + 1 along each axis, the depth kept. S is F unless written.
    No parameters, no MACs. Padding counts as minus infinity, and is at most half of F; `P: same`
    comes to the zeros that conv has.
    `rounding: ceil` adds a last window for what is left over, unless it would start past the
    input and its leading padding. It is the only one where F is larger than the padded input, by
    less than S.

    Backward: the upstream gradient of a window goes to its largest value, the first one of several;
    where windows overlap, gradients add up.

    Example: 32x32x16 with F=2 S=2: (32 - 2 + 2*0)/2 + 1 = 16, so 16x16x16.

        - max_pool: {F: 2, S: 2}

    Fields: F (main), S (F), P (0), dilation (1), rounding.

    Sources: Stanford CS231n, "Convolutional Networks"; PyTorch, torch.nn.MaxPool2d.
    """

    dilation: Sizes = 1

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return self.windows_of(inputs[0], indices=prod(output))

    def window_dilation(self) -> Any:
        return self.dilation


class AvgPool(Pool):
    """avg_pool: the mean of each F x F window, slice by slice.

    Output: (W - F + 2P)/S + 1 along each axis, the depth kept. S is F unless written.
    No parameters, no MACs. Padding counts as zeros and is averaged in, unless
    count_include_pad is false; under `P: same`, which comes to the zeros that conv has, it is left
    out unless count_include_pad is written.
    `rounding: ceil` is as in max_pool; what a window sees behind the padding is never counted.

    Backward: each value that was averaged gets the upstream gradient over the divisor; where
    windows overlap, gradients add up.

    Example: 28x28x6 with F=2 S=2: (28 - 2 + 2*0)/2 + 1 = 14, so 14x14x6.

        - avg_pool: 2

    Fields: F (main), S (F), P (0), rounding, count_include_pad (true).

    Sources: PyTorch, torch.nn.AvgPool2d; TensorFlow, tf.nn.avg_pool.
    """

    count_include_pad: Truth = True

    @property
    def counts_padding(self) -> bool:
        """Whether the zeros are averaged in: not under `same`, unless that is written."""
        written = "count_include_pad" in self.model_fields_set
        return self.count_include_pad and (written or self.P not in ("same", "same_lower"))

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return self.windows_of(inputs[0])


class L2Pool(Pool):
    """l2_pool: the square root of the sum of squares of each F x F window, slice by slice.

    Output: (W - F + 2P)/S + 1 along each axis, the depth kept. S is F unless written. P is as in
    avg_pool, its zeros add nothing. No parameters, no MACs.

    Backward: dx = x*dy/y, and 0 where y is 0; where windows overlap, gradients add up.

    Example: 28x28x6 with F=2 S=2: (28 - 2 + 2*0)/2 + 1 = 14, so 14x14x6.

        - l2_pool: 2

    Fields: F (main), S (F), P (0), rounding.

    Sources: Stanford CS231n, "Convolutional Networks"; PyTorch, torch.nn.LPPool2d.
    """

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        # the squares, and on the way from their means to the root four volumes like the output
        return Kept(inputs=True, values=prod(inputs[0]) + 4 * prod(output))


class GlobalPool(Layer):
    """What the global pools share: every slice becomes one number."""

    keep: Truth = True

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        (volume,) = inputs
        need_positions(volume)
        return (*(1,) * (len(volume) - 1), volume[-1]) if self.keep else volume[-1:]

    def receptive_field(
        self,
        fields: Sequence[ReceptiveField | None],
        inputs: Sequence[Volume],
        output: Volume,
    ) -> ReceptiveField | None:
        return everything(fields[0])

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        given = {"slice": inputs[0][:-1]}
        return [Derivation("output", output, reason="one_value_a_slice", given=given)]

    def field_derivations(
        self, field: ReceptiveField, inputs: Sequence[Volume]
    ) -> list[Derivation]:
        return [Derivation("receptive_field", None, reason="global_pool")]


class GlobalMaxPool(GlobalPool):
    """global_max_pool: the largest value of each slice.

    Output: 1x1xD (1xD in one dimension), or a flat D where keep is false. No parameters, no MACs.
    It sees the whole input.

    Backward: a slice's upstream gradient goes to its largest value, the first one of several.

    Example: 7x7x512 becomes 1x1x512.

        - global_max_pool

    Fields: keep (true): the spatial axes.

    Sources: PyTorch, torch.nn.AdaptiveMaxPool2d(1); Keras, GlobalMaxPooling2D.
    """

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return Kept(inputs=True, indices=prod(output))


class GlobalAvgPool(GlobalPool):
    """global_avg_pool: the mean of each slice.

    Output: 1x1xD (1xD in one dimension), or a flat D where keep is false. No parameters, no MACs.
    It sees the whole input.

    Backward: every value of a slice gets its upstream gradient over the slice's size.

    Example: 7x7x2048 becomes 1x1x2048.

        - global_avg_pool

    Fields: keep (true): the spatial axes.

    Sources: Lin et al., "Network In Network", 2013; PyTorch, torch.nn.AdaptiveAvgPool2d(1).
    """

    keeps = NOTHING


class AdaptivePool(Layer):
    """What the adaptive pools share: the output's size is given, the bins follow."""

    output: Sizes

    shorthand = "output"

    def bins(self, volume: Volume) -> list[tuple[int, int, int]]:
        """Return (input size, bins, pixels in the widest bin) for each axis."""
        need_positions(volume)
        counts = per_axis(self.output, len(volume) - 1, "output")
        return [(W, bins, widest_bin(W, bins)) for W, bins in zip(volume, counts, strict=False)]

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        (volume,) = inputs
        need_positions(volume)
        return (*per_axis(self.output, len(volume) - 1, "output"), volume[-1])

    def receptive_field(
        self,
        fields: Sequence[ReceptiveField | None],
        inputs: Sequence[Volume],
        output: Volume,
    ) -> ReceptiveField | None:
        return binned(fields[0], self.bins(inputs[0]))

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        return [Derivation("output", output, reason="sizes_given")]

    def field_derivations(
        self, field: ReceptiveField, inputs: Sequence[Volume]
    ) -> list[Derivation]:
        widest = tuple(width for _, _, width in self.bins(inputs[0]))
        return [Derivation("receptive_field", None, reason="widest_bin", given={"bin": widest})]


class AdaptiveMaxPool(AdaptivePool):
    """adaptive_max_pool: the largest value of each of the given number of bins.

    Output: as given, the depth kept. Bin j of o covers floor(j*W/o) up to ceil((j + 1)*W/o).
    No parameters, no MACs.

    Backward: a bin's upstream gradient goes to its largest value, the first one of several; bins
    may overlap, and gradients add up.

    Example: 13x13x256 with output 6x6: 6x6x256, the widest bin covers 3.

        - adaptive_max_pool: 6x6

    Fields: output (main): spatial sizes, one number for every axis.

    Source: PyTorch, torch.nn.AdaptiveMaxPool2d.
    """

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return Kept(inputs=True, indices=prod(output))


class AdaptiveAvgPool(AdaptivePool):
    """adaptive_avg_pool: the mean of each of the given number of bins.

    Output: as given, the depth kept. Bin j of o covers floor(j*W/o) up to ceil((j + 1)*W/o).
    No parameters, no MACs.

    Backward: every value of a bin gets its upstream gradient over the bin's size; bins may overlap,
    and gradients add up.

    Example: 13x13x256 with output 6x6: 6x6x256, the widest bin covers 3.

        - adaptive_avg_pool: 6x6

    Fields: output (main): spatial sizes, one number for every axis.

    Source: PyTorch, torch.nn.AdaptiveAvgPool2d.
    """

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        return NOTHING if set(output[:-1]) == {1} else INPUT  # of one bin it is a mean
