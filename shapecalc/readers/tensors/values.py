"""A file's tensors, and the arrays that it keeps."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from shapecalc.quantities import Role

Shape = tuple[int | None, ...]  # in the file's order of axes, with the batch; None is any size


class Tensor(NamedTuple):
    """A tensor that is computed: the item of the spec that gives it, and how its axes lie.

    `axes` holds the numbers of the file's axes in the order of the volume, without the batch:
    (2, 3, 1) for N x C x H x W, (1, 2, 3) for N x H x W x C. A tensor that has none but the batch
    is a volume of one value. `rank` counts all axes; None where nothing is known of them.
    """

    source: str
    rank: int | None
    axes: tuple[int, ...] = ()

    @property
    def batch(self) -> int | None:
        """The number of the axis that is the batch; None where there is none."""
        if self.rank is None or self.rank == len(self.axes):
            return None
        return next(axis for axis in range(self.rank) if axis not in self.axes)

    @property
    def depth(self) -> int | None:
        """The number of the axis that is the depth."""
        return self.axes[-1] if self.axes else None

    def counted(self, axis: int) -> int | None:
        """Return an axis counted from the front; None for one that the tensor has not."""
        if self.rank is None or not -self.rank <= axis < self.rank:
            return None
        return axis % self.rank


@dataclass(slots=True, eq=False)
class Constant:
    """An array that is kept in the file, or made of those that are.

    `key` is what it is counted by, once. The role number is for what belongs to the arithmetic of
    a graph and is no parameter. `values` are the numbers in row-major order where they are few.
    """

    name: str
    shape: tuple[int, ...]
    key: Hashable
    role: Role | None = "weight"  # None: a number of the graph's arithmetic
    values: Sequence[float] | None = None
    trainable: bool = True

    @property
    def size(self) -> int:
        """How many values it has."""
        return prod(self.shape)

    def number(self) -> float | None:
        """Return the number that a constant of one value is, unless it is learned."""
        if self.role is None and self.size == 1 and self.values is not None and self.values:
            return float(self.values[0])
        return None

    def of_role(self, role: Role) -> Constant:
        """Return the same array where it is another kind of parameter."""
        return Constant(self.name, self.shape, self.key, role, self.values, self.trainable)

    def transposed(self, order: Sequence[int]) -> Constant:
        """Return the same array with its axes in another order."""
        shape = tuple(self.shape[axis] for axis in order)
        return Constant(self.name, shape, self.key, self.role, None, self.trainable)

    def reshaped(self, shape: Sequence[int]) -> Constant:
        """Return the same values in another shape."""
        return Constant(self.name, tuple(shape), self.key, self.role, self.values, self.trainable)


def broadcast(*shapes: Shape | None) -> Shape | None:
    """Return the shape of arrays whose axes of size 1 are stretched, aligned at the end.

    None where they do not fit, or one is not known.
    """
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes) or not known:
        return None
    rank = max(map(len, known))
    full = [(1,) * (rank - len(shape)) + tuple(shape) for shape in known]
    sizes: list[int | None] = []
    for axis in zip(*full, strict=True):
        large = {size for size in axis if size != 1}
        if len(large - {None}) > 1:
            return None
        # An unknown size beside a known one above 1 is that one, or the file does not run.
        sizes.append(max(large - {None}, default=None) if large else 1)
    return tuple(sizes)


def product(*sizes: int | None) -> int | None:
    """Return a product; None where a factor is not known."""
    known = [size for size in sizes if size is not None]
    return prod(known) if len(known) == len(sizes) else None


def values_of(shape: Shape | None) -> int | None:
    """Return how many values a tensor of a shape has; None where that is not known."""
    return None if shape is None else product(*shape)
