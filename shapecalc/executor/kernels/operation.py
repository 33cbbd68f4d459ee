"""Operations are not executed: random values stand for what one gives, so that the rest can run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.base import NO_PARAMETERS, Context, Kernel, Parameters, Saved


class StandIn(Kernel):
    """operation: random values that depend on nothing; no gradient passes."""

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        output = context.buffers.empty((context.examples, *self.layer.output))
        output[...] = context.random().standard_normal(output.shape, np.float32)
        return output, None

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        return [None] * len(wanted), NO_PARAMETERS


KERNELS: dict[str, type[Kernel]] = {"operation": StandIn}
