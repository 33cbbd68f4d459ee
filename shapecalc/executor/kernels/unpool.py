"""The kernel of unpooling."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import (
    NO_PARAMETERS,
    Context,
    Kernel,
    Parameters,
    Saved,
    zeros_for,
)
from shapecalc.executor.kernels.pool import ROUNDING, MaxPool
from shapecalc.executor.kernels.pool_axis import (
    largest_at,
)


class MaxUnpool(Kernel):
    """max_unpool: y is 0, but x_w at the position p(w) of its window's largest value.

    dx_w = dy_p(w). The second input is the pool's, and says where these are; its gradient is 0. Of
    windows with one position the last one counts, the others' gradients are 0.
    """

    def is_unsettled(self, context: Context, inputs: Sequence[Array]) -> bool:
        before = inputs[1]
        noise = ROUNDING * context.random().uniform(-1, 1, before.shape)
        moved = (before * (1 + noise)).astype(before.dtype)
        return not np.array_equal(self._places(context, before), self._places(context, moved))

    def _places(self, context: Context, before: Array) -> Array:
        return largest_at(context, before, MaxPool(self.layer.pool).axes(before.shape[1:-1]))

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        x, before = inputs
        examples, *spatial, depth = before.shape
        places = self._places(context, before).reshape(examples, -1, depth)
        values = x.reshape(examples, -1, depth)
        y = context.buffers.zeros((examples, prod(spatial) + 1, depth))  # one more for no place
        np.put_along_axis(y, places, values, axis=1)
        y = y[:, :-1].reshape(before.shape)
        return y, (places, self._owned(places, prod(spatial)), x.shape, before.shape)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        places, owned, shape, before = saved
        below = zeros_for(context, [before], wanted[1:])
        if not wanted[0]:
            return [None, *below], NO_PARAMETERS
        above = upstream.reshape(len(upstream), -1, upstream.shape[-1])
        taken = np.take_along_axis(above, np.minimum(places, above.shape[1] - 1), axis=1)
        taken *= owned
        return [taken.reshape(shape), *below], NO_PARAMETERS

    def _owned(self, places: Array, none: int) -> Array:
        """Say of each window whether its value is the one at its position."""
        windows = np.arange(places.shape[1])[:, None]
        last = np.empty((len(places), none + 1, places.shape[2]), np.intp)
        np.put_along_axis(last, places, np.broadcast_to(windows, places.shape), axis=1)
        owned: Array = np.take_along_axis(last, places, axis=1) == windows
        owned &= places < none
        return owned


KERNELS: dict[str, type[Kernel]] = {
    "max_unpool": MaxUnpool,
}
