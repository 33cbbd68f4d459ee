"""Runs networks in NumPy, forward and backward: a second opinion on every prediction.

>>> from shapecalc.executor import run
>>> result = run("specs/networks/lenet-5.yaml", loss={"cross_entropy": 6})
>>> result.gradients["conv1.weight"].shape
(6, 1, 5, 5)
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

import shapecalc
from shapecalc.executor.results import Result, run_trace
from shapecalc.executor.session import Keep
from shapecalc.network import NetworkSpec
from shapecalc.tracing import Trace


def run(
    spec: str | PathLike[str] | Mapping[str, Any] | NetworkSpec | Trace,
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
    """Run a network forward and, with a loss or an upstream gradient, backward.

    `inputs` is one array for the only input, or a mapping by name; a value is N x D x spatial
    sizes, leading axes of 1 and the batch may be left out. `parameters` are in PyTorch's layouts,
    by name. What is missing is drawn from `seed`. `loss` is {"squared_error": y},
    {"cross_entropy": class} or another of losses.py, with "weight_decay" beside it; `upstream`
    gives gradients of layers' outputs by name. `keep` "outputs" frees what nobody needs. Raises
    shapecalc.SpecError for a faulty spec or array, OSError for a path that cannot be opened.
    """
    trace = spec if isinstance(spec, Trace) else shapecalc.trace(spec)
    return run_trace(
        trace,
        inputs=inputs,
        parameters=parameters,
        seed=seed,
        dtype=dtype,
        loss=loss,
        upstream=upstream,
        training=training,
        keep=keep,
    )


__all__ = ["Result", "run"]
