"""A dropout whose mask an example gives: which values stay is not drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from shapecalc.executor.arrays import channels_last, numeric, shaped
from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels import Context, Kernel, Parameters
from shapecalc.executor.kernels.activation import drop
from shapecalc.executor.kernels.base import NO_PARAMETERS, Saved
from shapecalc.executor.session import Session
from shapecalc.tracing import KnownTrace
from shapecalc.worked_example import Names, Target


class GivenMask(Kernel):
    """dropout in training: x*m/(1 - rate), where m is given. Backward: upstream*m/(1 - rate).

    `mask` is N x spatial sizes x D, as values are.
    """

    def __init__(self, layer: Any, mask: Array) -> None:
        super().__init__(layer)
        self.mask = mask

    def forward(
        self, context: Context, inputs: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Saved]:
        if not context.training:
            return inputs[0], None
        return self.masked(inputs[0]), True

    def backward(
        self,
        context: Context,
        upstream: Array,
        saved: Saved,
        parameters: Parameters,
        wanted: Sequence[bool],
    ) -> tuple[Sequence[Array | None], Parameters]:
        if not wanted[0]:
            return [None], NO_PARAMETERS
        return [self.masked(upstream) if saved else upstream], NO_PARAMETERS

    def masked(self, values: Array) -> Array:
        """Return values, or their gradients, with some dropped and the others scaled."""
        out: Array = np.empty(values.shape, values.dtype)
        mask = np.broadcast_to(self.mask != 0, values.shape).reshape(-1)
        drop(values, mask, self.layer.rate, out)
        return out


def masks_in(trace: KnownTrace, given: Mapping[str, Any]) -> dict[str, Target]:
    """Return which of the given keys are masks, and of which layers."""
    names = Names(trace.spec, trace.layers)
    return {key: target for key in given if (target := names.find(key)).role == "mask"}


def put_in(session: Session, masks: Mapping[str, Target], given: Mapping[str, Any]) -> None:
    """Give layers of a session their masks. Raises SpecError for arrays that do not fit."""
    steps = session.engine.steps
    for key, target in masks.items():
        values = numeric(given[key], key, session.buffers.dtype)
        mask = channels_last(shaped(values, target.shape or (), key, batched=True))
        step = steps[target.at]
        steps[target.at] = step._replace(kernel=GivenMask(step.kernel.layer, mask))
