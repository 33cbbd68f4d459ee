"""Pixels dealt out in piles: pixel p of the last spatial axis is number p // S of pile p % S.

What windows with a stride of S see of a tap lies side by side then, so that a loop goes over whole
rows and not over the channels of one pixel: starting a loop takes as long as adding 100 values.
Piles are N x other sizes x S x pixels x C.
"""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import Context
from shapecalc.executor.kernels.windows import Sides


def zeros(context: Context, shape: Sequence[int], S: int) -> Array:
    """Return piles for N x sizes x C, all of them 0."""
    *before, W, C = shape
    return context.buffers.zeros((*before, S, -(-W // S), C))


def pile(piles: Array, pixel: int, windows: int) -> Array:
    """Return every S-th pixel from one on, a view N x other sizes x windows x C."""
    S = piles.shape[-3]
    first = pixel // S
    return piles[..., pixel % S, first : first + windows, :]


def gathered(context: Context, piles: Array, sides: Sides, shape: tuple[int, ...]) -> Array:
    """Return the pixels in their order without a border, N x sizes x C."""
    out = context.buffers.empty(shape)
    border, S, W = sides[-1][0], piles.shape[-3], shape[-2]
    inside = tuple(
        slice(before, before + size)
        for (before, _), size in zip(sides[:-1], shape[1:], strict=False)
    )
    for first in range(min(S, W)):
        target = out[..., first::S, :]
        seen = pile(piles, border + first, target.shape[-2])
        target[...] = seen[(slice(None), *inside)]
    return out
