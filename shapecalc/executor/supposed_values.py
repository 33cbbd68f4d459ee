"""An example computed on with other arrays in the place of some of its own: what follows from them.

They stand for what somebody got for a layer's output, for the gradient of that, or for the gradient
of a parameter. What does not follow from them is computed as ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from shapecalc.executor.altered_kernels import Altered, Gradients
from shapecalc.executor.arrays import channels_last
from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels import KERNELS, Context, Kernel, Parameters
from shapecalc.executor.kernels.activation import Softmax
from shapecalc.executor.kernels.base import Saved
from shapecalc.executor.kernels.elementwise import Elementwise
from shapecalc.executor.losses import Loss
from shapecalc.executor.session import Session
from shapecalc.records import KnownRecord


class Supposed(Altered):
    """A kernel whose output or upstream gradient is another."""

    def __init__(self, own: Kernel) -> None:
        super().__init__(own)
        self.output: Array | None = None  # channels last, as the gradient
        self.gradient: Array | None = None
        self.computed: Array | None = None  # the output that another stands for

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        output, (kept, shapes) = super().forward(context, inputs, parameters)
        self.computed = output
        if self.output is None:
            return output, (kept, shapes)
        if kept is output:  # the slope follows from the output, and from what stands for it
            kept = self.output.copy()
        return self.output.copy(), (kept, shapes)

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> Gradients:
        above = upstream if self.gradient is None else self.gradient.copy()
        return super().backward(context, above, saved, parameters, wanted)


def slope_follows_from_output(record: KnownRecord) -> bool:
    """Say whether a layer's slope is told from its output, as y(1 - y) is, and not from its input:
    it follows from an output that is supposed.
    """
    kernel = KERNELS[record.kind](record.layer)
    return kernel.keeps_output and isinstance(kernel, Elementwise | Softmax)


def own_of(kernel: Kernel) -> Kernel:
    """Return the kernel of a layer whose numbers may be others."""
    return kernel.own if isinstance(kernel, Supposed) else kernel


def suppose(session: Session, arrays: Mapping[str, Any]) -> None:
    """Put arrays, in their outside layout and by the names of an example's keys, in the place of
    those that the session's layers compute. What no layer computes, an input, stays as it is; the
    gradient of a parameter is only whole behind a backward pass (see suppose_gradients).
    """
    steps = session.engine.steps
    for key, array in arrays.items():
        target = session.names.find(key)
        at = session.trace.spec.values.producer(target.at) if target.batched else target.at
        if at is None or target.role not in ("value", "gradient"):
            continue
        known = steps[at].kernel
        kernel = known if isinstance(known, Supposed) else Supposed(known)
        steps[at] = steps[at]._replace(kernel=kernel)
        if target.role == "value":
            kernel.output = channels_last(array)
        else:
            kernel.gradient = channels_last(array)


def suppose_gradients(session: Session, arrays: Mapping[str, Any]) -> None:
    """Put those of some arrays that are gradients of parameters in the place of what a backward
    pass gave: they stand for all of it, the weight decay and what layers with the same weights add.
    """
    for key, array in arrays.items():
        target = session.names.find(key)
        if target.role == "parameter gradient":
            kernel = session.engine.steps[target.at].kernel
            learned = kernel.to_kernel_layout(target.parameter, array)
            session.engine.parameter_gradients[target.at][target.parameter] = learned.copy()


def supposed_losses(session: Session, losses: Sequence[Loss]) -> list[Loss]:
    """Return losses that follow from the probabilities of a final softmax, where those are others:
    a cross entropy is computed from what stands before it.
    """
    return [_of_probabilities(session, part) for part in losses]


def _of_probabilities(session: Session, part: Loss) -> Loss:
    at = session.trace.spec.values.producer(part.output)
    kernel = session.engine.steps[at].kernel if at is not None else None
    if part.shown is None or not isinstance(kernel, Supposed) or kernel.output is None:
        return part
    assert kernel.computed is not None
    count = len(kernel.output)
    wanted = kernel.computed / count - part.gradient  # the gradient is (p - y)/N
    wanted = np.where(np.abs(wanted) < 1e-9, 0.0, wanted)
    chosen = np.where(wanted > 0, kernel.output, 1)
    with np.errstate(divide="ignore", invalid="ignore"):  # nobody gets a probability below 0
        value = -float(np.sum(wanted * np.log(chosen)))
        shown = -wanted / chosen
    return part._replace(value=value, gradient=kernel.output / count - wanted, shown=shown)
