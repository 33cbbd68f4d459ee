"""run: one pass of a network over given or drawn arrays, forward and, with a loss, backward."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from shapecalc import rules
from shapecalc.diagnostics import Fault, some
from shapecalc.executor.arrays import depth_first, refusal
from shapecalc.executor.buffers import Array
from shapecalc.executor.limits import need_names
from shapecalc.executor.losses import Loss
from shapecalc.executor.session import Keep, Session
from shapecalc.tracing import Trace


class Arrays(Mapping[str, Array]):
    """Arrays by name, shown in their outside layout when asked for. Views: nothing is copied."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._arrays = dict(arrays)

    def __getitem__(self, name: str) -> Array:
        if name in self._arrays:
            return self._arrays[name]
        raise KeyError(f"{name}: there is {some(list(self._arrays), 8)}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{n}: {a.shape}" for n, a in self._arrays.items()) + "}"


@dataclass(frozen=True)
class Result:
    """What a run computed. Values are N x D x spatial sizes; parameters in PyTorch's layouts.

    `gradients` holds those of the parameters and inputs, with keep="all" of every value too. Frozen
    parameters have none, as in PyTorch where requires_grad is false.
    """

    outputs: Mapping[str, Array]
    parameters: Mapping[str, Array]
    gradients: Mapping[str, Array]
    loss: float | None = None


def run_trace(
    trace: Trace,
    *,
    inputs: Any = None,
    parameters: Mapping[str, Any] | None = None,
    seed: int = 0,
    dtype: str = "float64",
    loss: Mapping[str, Any] | None = None,
    upstream: Mapping[str, Any] | None = None,
    training: bool = True,
    keep: Keep = "all",
) -> Result:
    """Run a traced network once. Raises SpecError for a faulty spec or array."""
    for name, given in (("parameters", parameters), ("loss", loss), ("upstream", upstream)):
        need_names(name, given)
    if loss is not None and upstream is not None:
        fault = Fault(
            rules.NAME_USED_TWICE, "loss and upstream are two sources of the gradient", "give one"
        )
        raise refusal(fault, "upstream")
    session = Session(
        trace, parameters, seed=seed, dtype=dtype, training=training, keep=keep,
        backward=loss is not None or upstream is not None,
    )  # fmt: skip
    session.engine.forward(session.inputs(inputs))
    losses = session.losses(loss) if loss is not None else []
    if loss is not None:
        session.backward(losses)
    elif upstream is not None:
        session.engine.backward(session.upstream(upstream))
    return result_of(session, losses)


def result_of(session: Session, losses: Sequence[Loss]) -> Result:
    """Return what the last passes computed, under the names of layers and parameters."""
    names = [*session.trace.inputs, *(record.name for record in session.trace.layers)]
    engine = session.engine
    outputs = {
        names[index]: depth_first(value)
        for index, value in enumerate(engine.values)
        if value is not None and index in session.shown
    }
    wanted = session.trace.spec.values.inputs if session.keep == "outputs" else range(len(names))
    found = {i: gradient_of(session, losses, i) for i in wanted}
    gradients = {names[i]: depth_first(g) for i, g in found.items() if g is not None}
    gradients |= _outside(session, _all_gradients(session))
    loss = session.loss_of(losses) if losses else None
    parameters = _outside(session, engine.parameters)
    return Result(Arrays(outputs), Arrays(parameters), Arrays(gradients), loss)


def _all_gradients(session: Session) -> list[dict[str, Array]]:
    """Return the gradient of every parameter that is learned and not frozen; zeros where nothing
    came back to the layer.
    """
    engine = session.engine
    complete = []
    steps = zip(
        session.trace.layers, session.owned, engine.parameters, engine.parameter_gradients,
        strict=False,
    )  # fmt: skip
    for record, owned, own, found in steps:
        learned = {
            name: array for name, array in own.items() if record.learns and owned[name].learned
        }
        complete.append(
            {n: found[n] if n in found else np.zeros_like(a) for n, a in learned.items()}
        )
    return complete


def gradient_of(session: Session, losses: Sequence[Loss], index: int) -> Array | None:
    """Return the gradient of a value: what the layers gave, and the part that a loss entered
    further back, before a softmax.
    """
    total: Array | None = session.engine.gradients.get(index)
    for part in losses:
        if part.output == index and part.shown is not None:
            total = part.shown if total is None else total + part.shown
    return total


def _outside(session: Session, by_step: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    return {
        f"{step.name}.{name}": step.kernel.from_kernel_layout(name, values)
        for step, own in zip(session.engine.steps, by_step, strict=False)
        for name, values in own.items()
    }
