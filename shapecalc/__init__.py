"""shapecalc: what shape is everything in a neural network, how big is it, and is it right?

>>> import shapecalc
>>> print(shapecalc.trace("specs/networks/alexnet.yaml"))

What the names need is imported when they are first used: the command line sets the collector's
pace before that.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shapecalc.diagnostics import Diagnostic, Finding, SpecError
    from shapecalc.network import NetworkSpec
    from shapecalc.records import LayerRecord
    from shapecalc.tracing import Trace

__version__ = "0.1.0"

_HOMES = {
    "Diagnostic": "shapecalc.diagnostics",
    "LayerRecord": "shapecalc.records",
    "NetworkSpec": "shapecalc.network",
    "SpecError": "shapecalc.diagnostics",
    "Trace": "shapecalc.tracing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'shapecalc' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def read(
    source: str | PathLike[str] | Mapping[str, Any], *, max_layers: int | None = None
) -> NetworkSpec:
    """Return the network of a path or mapping. Raises OSError for a path that cannot be opened.

    It may have 100,000 layers, or `max_layers`, once blocks and repeats are expanded.
    """
    from operator import index

    from shapecalc import network
    from shapecalc.diagnostics import MAX_LAYERS
    from shapecalc.formats import native

    most = MAX_LAYERS if max_layers is None else index(max_layers)
    if most < 1:
        raise ValueError(f"max_layers is 1 or more, not {most}")
    if isinstance(source, Mapping):
        return network.build(native.read_mapping(source), most)
    return network.build(native.read_path(Path(source)), most)


def trace(
    source: str | PathLike[str] | Mapping[str, Any] | NetworkSpec,
    *,
    max_layers: int | None = None,
) -> Trace:
    """Trace a path, a mapping or a NetworkSpec. Never raises for a fault of the spec.

    What is wrong is in the result's `diagnostics`; a path that cannot be opened raises OSError.
    A path or mapping may have 100,000 layers, or `max_layers`.
    """
    from shapecalc import checks, tracing
    from shapecalc.network import NetworkSpec

    tracing.Trace.to_text = _table
    with _collector_paused():
        spec = source if isinstance(source, NetworkSpec) else read(source, max_layers=max_layers)
        return replace(checks.checked(tracing.walk(spec)), diagnose=_diagnose)


def _diagnose(trace: Trace) -> tuple[Diagnostic, ...]:
    diagnose = import_module("shapecalc.repairs").diagnose  # nothing is wrong with most specs
    found: tuple[Diagnostic, ...] = diagnose(trace, _cause)
    return found


def _cause(trace: Trace, finding: Finding) -> str:
    cause: str = import_module("shapecalc.grading.audit").cause(trace, finding)
    return cause


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep Python's cycle collector from walking the growing result again and again.

    A trace makes no cycles; with the collector on, 100,000 layers cost a third more a layer.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _table(trace: Trace) -> str:
    from shapecalc.reports import table  # not needed by those who want numbers only

    return table.render(trace)


__all__ = [
    "Diagnostic",
    "LayerRecord",
    "NetworkSpec",
    "SpecError",
    "Trace",
    "__version__",
    "read",
    "trace",
]
