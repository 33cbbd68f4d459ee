"""The kernels of every layer kind, in files named as those in layers/; one table of them all."""

from __future__ import annotations

from shapecalc.executor.kernels import (
    activation,
    conv,
    dense,
    merge,
    normalization,
    pool,
    reshape,
)
from shapecalc.executor.kernels.base import Context, Kernel, Parameters

KERNELS: dict[str, type[Kernel]] = {
    **conv.KERNELS,
    **pool.KERNELS,
    **dense.KERNELS,
    **reshape.KERNELS,
    **activation.KERNELS,
    **normalization.KERNELS,
    **merge.KERNELS,
}

__all__ = ["KERNELS", "Context", "Kernel", "Parameters"]
