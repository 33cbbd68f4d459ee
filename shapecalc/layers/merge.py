"""Merges: add, subtract, multiply, maximum, average value by value; concat joins along an axis."""

from collections.abc import Sequence
from math import prod
from typing import Annotated, ClassVar

from shapecalc import rules
from shapecalc.derivations import Derivation, plus
from shapecalc.diagnostics import Fault, LayerError
from shapecalc.geometry import Step, fit_window
from shapecalc.layers.base import NOTHING, Graded, Kept, Layer, axis_number, show
from shapecalc.layers.field_types import AxisField, Volume, choice
from shapecalc.receptive_field import Field, bounding, doubt_of, everything, hull, slid
from shapecalc.volumes import sized, titles_of

RESHAPE = "flatten the larger ones, or reshape the flat ones"


class Merge(Layer):
    """What all merges share: two or more sources, the hull of their receptive fields."""

    shorthand = "from"
    merges: ClassVar[bool] = True

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        return hull(fields, output[:-1])

    def field_derivations(self, field: Field, inputs: Sequence[Volume]) -> list[Derivation]:
        return [Derivation("receptive_field", None, reason="hull")]

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        return [Derivation("output", output, reason="merged", given={"inputs": tuple(inputs)})]


class Stretching(Merge):
    """A merge value by value. Axes of size 1 are stretched, a flat D counts as 1x...x1xD."""

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        first = inputs[0]
        if inputs.count(first) == len(inputs):
            return first
        return self.unlike(inputs)

    def unlike(self, inputs: Sequence[Volume]) -> Volume:
        """Return the output volume of volumes that are not all the same; raise SC205."""
        rank = max(map(len, inputs))
        full = [(1,) * (rank - 1) + v if len(v) == 1 else v for v in inputs]
        if any(len(volume) != rank for volume in full):
            raise LayerError(disagreement(inputs, "they have different numbers of axes", RESHAPE))
        sizes = []
        for values in zip(*full, strict=True):
            large = [value for value in values if value != 1]
            if any(value != large[0] for value in large):
                raise LayerError(
                    rule=rules.DISAGREEMENT, say=lambda: difference(inputs, full, None)
                )
            sizes.append(large[0] if large else 1)
        return tuple(sizes)

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        if inputs.count(output) == len(inputs):
            return super().receptive_field(fields, inputs, output)
        kept = [f for f, v in zip(fields, inputs, strict=True) if v[:-1] == output[:-1]]
        if len(kept) == len(fields):
            return super().receptive_field(fields, inputs, output)
        return self.unlike_field(fields, kept, output)

    def unlike_field(
        self, fields: Sequence[Field | None], kept: Sequence[Field | None], output: Volume
    ) -> Field | None:
        """Return the field where only the sources of `kept` have the output's spatial sizes.

        A stretched value is seen from everywhere; what it sees itself may lie anywhere.
        """
        whole = everything(hull(kept or fields[:1], output[:-1]), jump=True)
        whole = bounding(whole, doubt_of(fields))
        return None if any(field is None for field in fields) else whole


class Pairwise(Stretching):
    """A merge that takes its sources pair by pair, and keeps what each pair consists of."""

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept:
        """Return the sides of each pair that its backward pass needs.

        The left side is what came of the sources before, and gets a gradient if one of them does.
        """
        sources, between = [False] * len(inputs), 0
        for n in range(1, len(inputs)):
            left, right = self.needs(any(graded.inputs[:n]), graded.inputs[n])
            sources[n] = right
            if n == 1:
                sources[0] = left
            elif left:
                between += prod(self.unlike(inputs[:n]))
        return Kept(inputs=tuple(sources), values=between)

    def needs(self, left: bool, right: bool) -> tuple[bool, bool]:
        """Say which sides of a pair are kept, where the left or the right one gets a gradient."""
        return left or right, left or right  # it takes both to tell which is the larger


class Add(Stretching):
    """add: the sum of two or more volumes, value by value.

    The volumes must agree; axes of size 1 are stretched, and a flat D counts as 1x1xD, which goes
    to every position. No parameters, no MACs. With unequal first the output has the first source's
    volume, and of the others is added what the two have in common, from the first row, column and
    slice on; nothing is stretched then.

    Backward: every source gets dy (summed over stretched axes, as in all merges); with unequal
    first its part of dy, and 0 elsewhere.

    Example: 56x56x256 + 56x56x256 = 56x56x256. With unequal first 8x8x64 + 8x8x32 is 8x8x64.

        - add: [conv3, conv1]

    Fields: from (main), two or more names; unequal (refuse; first).

    Sources: He et al., "Deep Residual Learning for Image Recognition", 2015; Darknet, shortcut.
    """

    unequal: Annotated[str, choice("refuse", "first")] = "refuse"
    keeps = NOTHING
    passes_gradient = True

    def unlike(self, inputs: Sequence[Volume]) -> Volume:
        first = inputs[0]
        if self.unequal == "refuse":
            return super().unlike(inputs)
        if any(len(volume) != len(first) for volume in inputs):
            raise LayerError(disagreement(inputs, "they have different numbers of axes", RESHAPE))
        return first

    def unlike_field(
        self, fields: Sequence[Field | None], kept: Sequence[Field | None], output: Volume
    ) -> Field | None:
        if self.unequal == "refuse":
            return super().unlike_field(fields, kept, output)
        return bounding(hull(fields, output[:-1]))  # what is not in common sees the first alone


class Subtract(Stretching):
    """subtract: the first volume less the others, value by value.

    The volumes must agree; axes of size 1 are stretched, and a flat D counts as 1x1xD. No
    parameters, no MACs.

    Backward: the first source gets dy, the others -dy.

    Example: 32x32x3 - 32x32x3 = 32x32x3.

        - subtract: [input, conv1]

    Fields: from (main), two or more names.

    Source: Keras, Subtract.
    """

    keeps = NOTHING


class Multiply(Pairwise):
    """multiply: the product of two or more volumes, value by value.

    The volumes must agree; axes of size 1 are stretched, so a gate of 1x1xD, or a flat one of D,
    scales every slice.
    No parameters, no MACs.

    Backward: every source gets dy times the product of the others.

    Example: 56x56x64 * 1x1x64 = 56x56x64.

        - multiply: [conv1, sigmoid1]

    Fields: from (main), two or more names.

    Source: Hu et al., "Squeeze-and-Excitation Networks", 2018.
    """

    def needs(self, left: bool, right: bool) -> tuple[bool, bool]:
        return right, left  # each for the gradient of the other


class Maximum(Pairwise):
    """maximum: the largest of two or more volumes, value by value.

    The volumes must agree; axes of size 1 are stretched. No parameters, no MACs.

    Backward: the larger of two sources gets dy; a tie is split evenly. Several sources are taken
    pair by pair.

    Example: maximum of 32x32x16 and 32x32x16 is 32x32x16.

        - maximum: [conv1, conv2]

    Fields: from (main), two or more names.

    Source: Goodfellow et al., "Maxout Networks", 2013.
    """


class Average(Stretching):
    """average: the mean of two or more volumes, value by value.

    The volumes must agree; axes of size 1 are stretched. No parameters, no MACs.

    Backward: every one of n sources gets dy/n.

    Example: average of 10 and 10 is 10.

        - average: [dense1, dense2]

    Fields: from (main), two or more names.

    Source: Keras, Average.
    """

    keeps = NOTHING


class Concat(Merge):
    """concat: two or more volumes joined along the depth, unless `axis` names another one.

    The sizes along the axis add up, all others must be equal. No parameters, no MACs.

    Backward: every source gets its own part of dy.

    Example: 28x28x64 with 28x28x128: 64 + 128 = 192, so 28x28x192. Along the height 14x28x64 with
    14x28x64 gives 28x28x64.

        - concat: [conv1, conv2]

    Fields: from (main), two or more names; axis (depth; length, height, width, frames, or a number
    from 0 in written order).

    Sources: Szegedy et al., "Going Deeper with Convolutions", 2014; PyTorch, torch.cat.
    """

    axis: AxisField = "depth"
    keeps = NOTHING
    passes_gradient = True

    def joined(self, volume: Volume) -> int:
        return len(volume) - 1 if self.axis == "depth" else axis_number(self.axis, volume)

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        first = inputs[0]
        if any(len(volume) != len(first) for volume in inputs):
            raise LayerError(disagreement(inputs, "they have different numbers of axes", RESHAPE))
        at = self.joined(first)
        if any(v[:at] != first[:at] or v[at + 1 :] != first[at + 1 :] for v in inputs):
            raise LayerError(rule=rules.DISAGREEMENT, say=lambda: difference(inputs, inputs, at))
        return (*first[:at], sum(volume[at] for volume in inputs), *first[at + 1 :])

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        at = self.joined(output)
        if at == len(output) - 1:
            return hull(fields, output[:-1])
        moved, before = [], 0
        for field, volume in zip(fields, inputs, strict=True):
            steps = [Step(1, 1, before if n == at else 0) for n in range(len(output) - 1)]
            moved.append(slid(field, steps))
            before += volume[at]
        return bounding(hull(moved, output[:-1]))  # a value comes from one of them

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        at = self.joined(output)
        sizes = plus(*(volume[at] for volume in inputs))
        return [Derivation("output", output[at], sizes, part=titles_of(output)[at])]


def disagreement(inputs: Sequence[Volume], why: str, hint: str) -> Fault:
    """Return the fault of volumes that cannot be merged."""
    listed = ", ".join(map(show, inputs[:8])) + (", ..." if len(inputs) > 8 else "")
    return Fault(rules.DISAGREEMENT, f"{listed} do not agree: {why}", hint, otherwise=hint)


def difference(inputs: Sequence[Volume], full: Sequence[Volume], joined: int | None) -> Fault:
    """Return the fault of volumes of one rank, with every axis that differs and a way out.

    `joined` is the number of the axis whose sizes add up, None where all have to agree.
    """
    rank = len(full[0])
    titles = titles_of(full[0]) if rank > 1 else ("units",)
    differing = [
        sized(title, " and ".join(dict.fromkeys(map(str, values))))
        for at, (title, values) in enumerate(zip(titles, zip(*full, strict=True), strict=True))
        if at != joined and len(set(values) - ({1} if joined is None else set())) > 1
    ]
    why = f"{', '.join(differing)} differ"
    one = full[0]
    if joined is None or joined == rank - 1:
        other = next(v for v in full if v[:-1] != one[:-1] or v[-1] != one[-1])
        return disagreement(inputs, why, _way_out(one, other, joined is not None))
    deep = next((v for v in full if v[-1] != one[-1]), None)
    hint = "give the branches the same strides and the same padding"
    if deep is not None:
        made = show((*deep[:-1], one[-1]))
        hint = f"conv: {{K: {one[-1]}, F: 1}} makes {show(deep)} {made}"
    return disagreement(inputs, why, hint)


def _way_out(one: Volume, other: Volume, joins: bool) -> str:
    """Say what makes the larger of two volumes as large as the smaller, tried out by the formula.

    A residual whose body has a stride needs a shortcut with the same stride: He et al.'s
    projection, a filter of 1x1, rounded down where the stride leaves a rest.
    """
    small, large = sorted((one, other), key=lambda volume: volume[:-1])
    if len(one) == 1:
        return f"dense: {small[-1]} on the larger"
    if any(w > W for w, W in zip(small[:-1], large[:-1], strict=True)):
        return "give the branches the same strides and the same padding"
    K = large[-1] if joins else small[-1]
    if small[:-1] == large[:-1]:
        return f"conv: {{K: {one[-1]}, F: 1}} makes {show(other)} {show(one)}"
    S = -(-large[0] // small[0])
    fits = [fit_window(W, 1, S, 0, 1, "floor") for W in large[:-1]]
    if all(fit.size == w for fit, w in zip(fits, small, strict=False)):
        floor = ", rounding: floor" if any(fit.remainder for fit in fits) else ""
        made = show((*small[:-1], K))
        return f"conv: {{K: {K}, F: 1, S: {S}{floor}}} makes {show(large)} {made}"
    more = [W - w for w, W in zip(small[:-1], large[:-1], strict=True)]
    sides = ",".join(f"[{n // 2},{n - n // 2}]" for n in more)
    hint = f"crop: [{sides}] makes {show(large)} {show((*small[:-1], large[-1]))}"
    if large[-1] != K:
        hint += f", and conv: {{K: {K}, F: 1}} its depth {K}"
    return hint
