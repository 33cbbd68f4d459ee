"""What every way to convolve is told: how the filter slides, and how many windows there are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.windows import Sides, Sizes, window_counts, windows


class Slide(NamedTuple):
    """How a filter of F taps slides over x (N x spatial x C), with one entry an axis."""

    F: Sizes
    S: Sizes
    dilation: Sizes
    sides: Sides  # zeros before and after
    groups: int
    sizes: Sizes  # windows on each axis, as counted over the padded array


def slide_over(
    x: Array, F: Sizes, S: Sizes, dilation: Sizes, sides: Sides, groups: int = 1
) -> Slide:
    """Return how a filter slides over x. The padded array is only imagined here: a broadcast 0."""
    spatial = [W + before + after for W, (before, after) in zip(x.shape[1:-1], sides, strict=True)]
    imagined = np.broadcast_to(np.zeros((), x.dtype), (1, *spatial, 1))
    return Slide(F, S, dilation, sides, groups, window_counts(windows(imagined, F, S, dilation)))
