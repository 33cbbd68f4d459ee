"""The kernels of every layer kind, in files named as those in layers/; one table of them all.

Plug-ins add those of their kinds to `kernels`.
"""

from __future__ import annotations

from shapecalc.executor.kernels import (
    activation,
    conv,
    conv_transpose,
    dense,
    merge,
    normalization,
    operation,
    pointwise,
    pool,
    rearrange,
    reshape,
    scaling,
    separable,
    unpool,
)
from shapecalc.executor.kernels.base import Context, Kernel, Parameters, Saved
from shapecalc.registry import Registry

KERNELS: dict[str, type[Kernel]] = {
    **conv.KERNELS,
    **conv_transpose.KERNELS,
    **separable.KERNELS,
    **pool.KERNELS,
    **unpool.KERNELS,
    **dense.KERNELS,
    **reshape.KERNELS,
    **rearrange.KERNELS,
    **activation.KERNELS,
    **pointwise.KERNELS,
    **normalization.KERNELS,
    **scaling.KERNELS,
    **merge.KERNELS,
    **operation.KERNELS,
}

kernels: Registry[type[Kernel]] = Registry(
    "kernel",
    KERNELS,
    fits=lambda thing: isinstance(thing, type) and issubclass(thing, Kernel),
    needs="a Kernel class",
)

__all__ = ["KERNELS", "Context", "Kernel", "Parameters", "Saved", "kernels"]
