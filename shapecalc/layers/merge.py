"""Merges: add, subtract, multiply, maximum, average value by value; concat joins the depth."""

from collections.abc import Sequence
from typing import ClassVar

from shapecalc.diagnostics import Fault, Refusal
from shapecalc.layers.base import Layer, axis_titles, show
from shapecalc.layers.fields import Volume
from shapecalc.receptive_field import Field, hull


class Merge(Layer):
    """What all merges share: two or more sources, the hull of their receptive fields."""

    main = "from"
    merges: ClassVar[bool] = True

    def field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        return hull(fields, output[:-1])

    def field_working(self, field: Field, inputs: Sequence[Volume]) -> list[str]:
        return ["receptive field: from the first to the last pixel that any branch sees"]

    def sizes_working(self, inputs: Sequence[Volume], output: Volume) -> list[str]:
        return [f"{', '.join(map(show, inputs))}: {show(output)}"]


class Stretching(Merge):
    """A merge value by value. Axes of size 1 are stretched, a flat D counts as 1x...x1xD."""

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        first = inputs[0]
        if inputs[1:] == [first] * (len(inputs) - 1):
            return first
        rank = max(map(len, inputs))
        full = [(1,) * (rank - 1) + v if len(v) == 1 else v for v in inputs]
        if any(len(volume) != rank for volume in full):
            raise Refusal(disagreement(inputs, "they have different numbers of axes", ""))
        sizes = []
        for axis, values in enumerate(zip(*full, strict=True)):
            large = {value for value in values if value != 1}
            if len(large) > 1:
                raise Refusal(disagreement(inputs, *self._differ(axis, rank, values)))
            sizes.append(large.pop() if large else 1)
        return tuple(sizes)

    def _differ(self, axis: int, rank: int, values: Sequence[int]) -> tuple[str, str]:
        listed = " and ".join(dict.fromkeys(map(str, values)))
        if axis == rank - 1:
            return (
                f"depth {listed} differ",
                f"a conv with K={values[0]} F=1 gives the last one depth {values[0]}",
            )
        return _spatial_difference(axis, rank, values, True)


class Add(Stretching):
    """add: the sum of two or more volumes, value by value.

    The volumes must agree; axes of size 1 are stretched. No parameters, no MACs.

    Example: 56x56x256 + 56x56x256 = 56x56x256.

        - add: [conv3, conv1]

    Fields: from (main), two or more names.

    Source: He et al., "Deep Residual Learning for Image Recognition", 2015.
    """


class Subtract(Stretching):
    """subtract: the first volume less the others, value by value.

    The volumes must agree; axes of size 1 are stretched. No parameters, no MACs.

    Example: 32x32x3 - 32x32x3 = 32x32x3.

        - subtract: [input, conv1]

    Fields: from (main), two or more names.

    Source: Keras, Subtract.
    """


class Multiply(Stretching):
    """multiply: the product of two or more volumes, value by value.

    The volumes must agree; axes of size 1 are stretched, so a gate of 1x1xD scales every slice.
    No parameters, no MACs.

    Example: 56x56x64 * 1x1x64 = 56x56x64.

        - multiply: [conv1, sigmoid1]

    Fields: from (main), two or more names.

    Source: Hu et al., "Squeeze-and-Excitation Networks", 2018.
    """


class Maximum(Stretching):
    """maximum: the largest of two or more volumes, value by value.

    The volumes must agree; axes of size 1 are stretched. No parameters, no MACs.

    Example: maximum of 32x32x16 and 32x32x16 is 32x32x16.

        - maximum: [conv1, conv2]

    Fields: from (main), two or more names.

    Source: Goodfellow et al., "Maxout Networks", 2013.
    """


class Average(Stretching):
    """average: the mean of two or more volumes, value by value.

    The volumes must agree; axes of size 1 are stretched. No parameters, no MACs.

    Example: average of 10 and 10 is 10.

        - average: [dense1, dense2]

    Fields: from (main), two or more names.

    Source: Keras, Average.
    """


class Concat(Merge):
    """concat: two or more volumes joined along the depth.

    The spatial sizes must be equal; the depths add up. No parameters, no MACs.

    Example: 28x28x64 with 28x28x128: 64 + 128 = 192, so 28x28x192.

        - concat: [conv1, conv2]

    Fields: from (main), two or more names.

    Source: Szegedy et al., "Going Deeper with Convolutions", 2014.
    """

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        rank = len(inputs[0])
        if any(len(volume) != rank for volume in inputs):
            hint = "flatten the larger ones, or reshape the flat ones"
            raise Refusal(disagreement(inputs, "they have different numbers of axes", hint))
        for axis, values in enumerate(zip(*(v[:-1] for v in inputs), strict=True)):
            if len(set(values)) > 1:
                raise Refusal(disagreement(inputs, *_spatial_difference(axis, rank, values, False)))
        return (*inputs[0][:-1], sum(volume[-1] for volume in inputs))

    def sizes_working(self, inputs: Sequence[Volume], output: Volume) -> list[str]:
        return [f"depth {' + '.join(str(v[-1]) for v in inputs)} = {output[-1]}"]


def disagreement(inputs: Sequence[Volume], why: str, hint: str) -> Fault:
    """Return the fault of volumes that cannot be merged."""
    listed = ", ".join(map(show, inputs[:8])) + (", ..." if len(inputs) > 8 else "")
    if not hint:
        hint = "reshape them to the same number of axes"
    return Fault("SC205", f"{listed} do not agree: {why}", hint)


def _spatial_difference(
    axis: int, rank: int, values: Sequence[int], stretches: bool
) -> tuple[str, str]:
    """Say which spatial axis differs, and how cropping or padding mends it."""
    title = axis_titles(rank - 1)[axis]
    listed = " and ".join(dict.fromkeys(map(str, values)))
    large = max(values)
    small = min(v for v in values if v != 1 or not stretches)
    more = large - small
    border = str(more // 2) if more % 2 == 0 else f"[{more // 2},{more - more // 2}]"
    hint = f"crop {border} off the {title} of {large}, or pad {small} by {border}"
    return f"{title} {listed} differ", hint
