"""The kernels of every layer kind, in files named as those in layers/; one table of them all.

Plug-ins add those of their kinds to `kernels`.
"""

from __future__ import annotations

from shapecalc.executor.kernels import (
    activation,
    conv,
    dense,
    merge,
    normalization,
    operation,
    pool,
    reshape,
)
from shapecalc.executor.kernels.base import Context, Kernel, Parameters
from shapecalc.registry import Registry

KERNELS: dict[str, type[Kernel]] = {
    **conv.KERNELS,
    **pool.KERNELS,
    **dense.KERNELS,
    **reshape.KERNELS,
    **activation.KERNELS,
    **normalization.KERNELS,
    **merge.KERNELS,
    **operation.KERNELS,
}

kernels: Registry[type[Kernel]] = Registry(
    "kernel",
    KERNELS,
    fits=lambda thing: isinstance(thing, type) and issubclass(thing, Kernel),
    needs="a Kernel class",
)

__all__ = ["KERNELS", "Context", "Kernel", "Parameters", "kernels"]
