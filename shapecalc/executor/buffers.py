"""Memory that lives on: arrays whose pages are used again once nobody holds them.

Fresh pages cost more than many a kernel: a first write to 150 MB takes ten times as long as the
next one. An array from here returns its memory to the pool when the last view of it is gone, so
kernels need not say when they are done, and what a caller keeps is never written over.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from math import inf, prod
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

SMALL = 2**15  # bytes: below this NumPy's own allocation is as fast
LOOSE = 1.25  # a block may be this much larger than what is asked for


class _Block:
    """Memory lent to the views of one array; dying, it goes back to the pool."""

    __slots__ = ("__array_interface__", "memory", "pool")

    def __init__(self, memory: Array, pool: Buffers) -> None:
        self.__array_interface__ = memory.__array_interface__
        self.memory = memory
        self.pool = pool

    def __del__(self) -> None:
        self.pool.take_back(self.memory)


class Buffers:
    """A pool of memory blocks for arrays of one floating type.

    `room` is how many bytes of free blocks it keeps; what comes back beyond that is given up.
    """

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self.room = inf
        self._free_bytes = 0
        self._sizes: list[int] = []  # of the free blocks in bytes, in order
        self._free: dict[int, list[Array]] = {}

    def empty(self, shape: Sequence[int]) -> Array:
        """Return an array with whatever values its memory holds."""
        size = prod(shape) * self.dtype.itemsize
        if size < SMALL:
            return np.empty(shape, self.dtype)
        rounded = -(-size // 4096) * 4096
        memory = self._fitting(rounded)
        if memory is None:
            memory = np.empty(rounded, np.uint8)
        lent = np.asarray(_Block(memory, self))
        return lent[:size].view(self.dtype).reshape(shape)

    def zeros(self, shape: Sequence[int]) -> Array:
        """Return an array of zeros."""
        array = self.empty(shape)
        array.fill(0)
        return array

    def copy(self, values: Array) -> Array:
        """Return a contiguous copy of an array, or of a view in any order."""
        array = self.empty(values.shape)
        np.copyto(array, values)
        return array

    def _fitting(self, size: int) -> Array | None:
        place = bisect_left(self._sizes, size)
        if place == len(self._sizes) or self._sizes[place] > LOOSE * size:
            return None
        found = self._sizes.pop(place)
        self._free_bytes -= found
        return self._free[found].pop()

    def let_go(self) -> None:
        """Give the memory back that no array holds."""
        self._sizes.clear()
        self._free.clear()
        self._free_bytes = 0

    def take_back(self, memory: Array) -> None:
        """Keep a block for the next array that fits in."""
        if self._free_bytes + memory.nbytes > self.room:
            return
        self._free_bytes += memory.nbytes
        insort(self._sizes, memory.nbytes)
        self._free.setdefault(memory.nbytes, []).append(memory)


def same_memory(one: Array, other: Array) -> bool:
    """Say whether two arrays are views of one block, or one array."""
    return _root(one) is _root(other)


def _root(array: Array) -> Any:
    return array if array.base is None else array.base
