"""Blocks of arrays that stay in the processor's cache while several passes go over them."""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context

BLOCK = 2**19  # bytes; batch_norm was slower with 2**18 on most shapes, much the same with 2**20


def blocks(array: Array) -> Iterator[slice]:
    """Yield cuts along the first axis, each of about BLOCK bytes."""
    rows = max(1, BLOCK * len(array) // max(1, array.nbytes))
    for start in range(0, len(array), rows):
        yield slice(start, start + rows)


def whole(context: Context, array: Array) -> tuple[Array, Array]:
    """Return an array in one piece, and where a result as large as it goes, in one piece, too."""
    if array.flags.c_contiguous:
        return array, context.target(array)
    copied = context.buffers.copy(array)
    return copied, copied


def in_one_piece(context: Context, array: Array) -> Array:
    """Return an array whose reshape is a view."""
    return array if array.flags.c_contiguous else context.buffers.copy(array)
