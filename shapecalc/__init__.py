"""shapecalc: what shape is everything in a neural network, how big is it, and is it right?

>>> import shapecalc
>>> print(shapecalc.trace("specs/networks/alexnet.yaml"))

What the names need is imported when they are first used: the command line sets the collector's
pace before that.
"""

from __future__ import annotations

from importlib import import_module as _import
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike
    from typing import Any, Literal, Protocol

    from shapecalc.comparison import Difference
    from shapecalc.diagnostics import Diagnostic, Finding, SpecError
    from shapecalc.footprint import Memory
    from shapecalc.network import NetworkSpec
    from shapecalc.records import LayerRecord
    from shapecalc.solving.fitting import FittingSizes
    from shapecalc.tracing import KnownTrace, Trace
    from shapecalc.verification import Verification

    class KerasModel(Protocol):
        """What is asked of a live model of Keras."""

        def get_config(self) -> Any:
            """Return its configuration."""

        def to_json(self) -> str:
            """Return its architecture."""

    class TorchModule(Protocol):
        """What is asked of a live module of PyTorch."""

        def named_modules(self) -> Any:
            """Return its parts by name."""

        def state_dict(self) -> Any:
            """Return its parameters and buffers by name."""

    Source = str | PathLike[str] | Mapping[str, Any] | KerasModel | TorchModule
    Sizes = str | int | Sequence[int | None]
    Inputs = Sizes | Mapping[str, Sizes | None] | None

__version__ = "0.1.0"

_HOMES = {
    "Diagnostic": "shapecalc.diagnostics",
    "FittingSizes": "shapecalc.solving.fitting",
    "LayerRecord": "shapecalc.records",
    "Memory": "shapecalc.footprint",
    "NetworkSpec": "shapecalc.network",
    "SpecError": "shapecalc.diagnostics",
    "Trace": "shapecalc.tracing",
    "Verification": "shapecalc.verification",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'shapecalc' has no attribute {name!r}")
    return getattr(_import(_HOMES[name]), name)


def __dir__() -> list[str]:
    return list(__all__)


def read(source: Source, *, inputs: Inputs = None, max_layers: int | None = None) -> NetworkSpec:
    """Return the network of a path, a mapping, a live Keras model or a live PyTorch module.

    Raises OSError for a path that cannot be opened. A module is put through torch.export on zeros
    of the volumes in `inputs`, which it needs, in evaluation mode.

    `inputs` puts other volumes in the place of its own inputs: one for the only input, as
    "224x224x3" or (224, 224, 3), or a mapping of names to volumes. Raises SpecError for what is no
    volume, or for a name that is no input's. The network may have 100,000 layers, or `max_layers`,
    once blocks and repeats are expanded.
    """
    from collections.abc import Mapping
    from operator import index
    from os import PathLike
    from pathlib import Path

    from shapecalc import network, readers
    from shapecalc.diagnostics import MAX_LAYERS

    most = MAX_LAYERS if max_layers is None else index(max_layers)
    if most < 1:
        raise ValueError(f"max_layers is 1 or more, not {most}")
    if isinstance(source, Mapping):
        return network.build(readers.read_mapping(source), most, inputs)
    if isinstance(source, str | PathLike):
        return network.build(readers.read_path(Path(source)), most, inputs)
    document = readers.read_live(source)
    if document is None:
        document, inputs = readers.read_module(source, inputs), None
    if document is None:
        expected = "a path, a mapping, a Keras model or a PyTorch module"
        raise TypeError(f"{expected}, not a {type(source).__name__}")
    return network.build(document, most, inputs)


def trace(
    source: Source | NetworkSpec,
    *,
    inputs: Inputs = None,
    max_layers: int | None = None,
    select: Sequence[str] = (),
    weights: str | PathLike[str] | None = None,
) -> Trace:
    """Trace a path, a mapping, a live model of Keras or PyTorch, or a NetworkSpec.

    Never raises for a fault of it.

    What is wrong is in the result's `diagnostics`; a path that cannot be opened raises OSError.
    `inputs` are other volumes in the place of the network's own, as `read` takes them; a claim
    under `expect` that holds for its own is not held against them. A path or mapping may have
    100,000 layers, or `max_layers`. `select` names advice on specs (SC4, SC401) that is wanted for
    files of frameworks, too. `weights` is a weight file with which the parameters are compared;
    one that cannot be opened raises OSError, one that cannot be read ValueError.
    """
    from dataclasses import replace

    from shapecalc import checks, network, rules
    from shapecalc.collector import paused
    from shapecalc.network import NetworkSpec

    with paused():
        if not isinstance(source, NetworkSpec):
            spec = read(source, inputs=inputs, max_layers=max_layers)
        elif inputs is None:
            spec = source
        else:
            spec = network.build(source.document, source.max_layers, inputs)
        if select:
            spec = replace(spec, selected=frozenset(rules.beginning(*select)))
        found = replace(checks.traced(spec), diagnose=_diagnose)
        return found if weights is None else _compared(found, weights)


def check(
    source: Source | NetworkSpec,
    *,
    inputs: Inputs = None,
    max_layers: int | None = None,
    select: Sequence[str] = (),
    weights: str | PathLike[str] | None = None,
) -> list[Diagnostic]:
    """Return what is wrong with a network, in the order of the file; nothing if all is well.

    Arguments are those of `trace`.
    """
    found = trace(source, inputs=inputs, max_layers=max_layers, select=select, weights=weights)
    return list(found.diagnostics)


def verify(
    source: Source | NetworkSpec,
    *,
    inputs: Inputs = None,
    batch: int | None = None,
    seed: int = 0,
    dtype: str = "float64",
    training: bool = True,
    only: str | None = None,
    max_layers: int | None = None,
) -> Verification:
    """Run a network forward and backward in NumPy, and compare every prediction.

    `inputs` are as in `trace`; all sizes have to be known. `only` names the one layer, or the one
    instance of a block, to check. Never raises for a fault
    of the spec: it is among the result's `diagnostics`.
    """
    from shapecalc.executor.verify import verify

    traced = trace(source, inputs=inputs, max_layers=max_layers)
    return verify(traced, batch=batch, seed=seed, dtype=dtype, training=training, only=only)


def convert(
    source: Source | NetworkSpec,
    *,
    to: str = "json",
    inputs: Inputs = None,
    max_layers: int | None = None,
) -> str | bytes:
    """Return a network in another format: json is the spec language, as data.

    `inputs` are as in `trace`; claims of the network are left out then. Raises LookupError for a
    format that is not known, SpecError where no network can be read.
    """
    from shapecalc.exporters import EXPORTERS

    export = EXPORTERS.find(to)
    if export is None:
        raise LookupError(f"there is no format {to!r}, but {', '.join(EXPORTERS)}")
    return export(trace(source, inputs=inputs, max_layers=max_layers))


def diff(
    old: Source | NetworkSpec,
    new: Source | NetworkSpec,
    *,
    inputs: Inputs = None,
    max_layers: int | None = None,
) -> Difference:
    """Return what differs between two networks; their layers' names, and how they are written, do
    not. Arguments are those of `trace`.
    """
    from shapecalc.comparison import compare

    traces = [trace(source, inputs=inputs, max_layers=max_layers) for source in (old, new)]
    return compare(*traces)


def draw(
    source: Source | NetworkSpec,
    *,
    style: str = "volumes",
    to: str = "svg",
    width: float | None = None,
    depth: int | None = None,
    scheme: Literal["auto", "light", "dark"] = "auto",
    inputs: Inputs = None,
    max_layers: int | None = None,
) -> str:
    """Return a picture of a network as the text of a file: svg, tex (TikZ) or html (a page).

    `style` is volumes, graph or field (receptive fields). `width` is the space there is, in px: the
    picture wraps there where it can. Instances of blocks nested deeper than `depth` are drawn as
    one thing each. The scheme `auto` follows the reader's system. `inputs` are as in `trace`. What
    is wrong with the network is marked in its picture. Raises LookupError for a style or a format
    that is not known, ValueError for a network with too many layers to be drawn.
    """
    from shapecalc import pictures

    found = trace(source, inputs=inputs, max_layers=max_layers)
    return pictures.draw(found, style, to, width, depth, scheme)


def memory(
    source: Source | NetworkSpec,
    *,
    inputs: Inputs = None,
    batch: int | None = None,
    dtype: str = "float32",
    optimizer: str = "sgd",
    fit: str | int | None = None,
    max_layers: int | None = None,
) -> Memory:
    """Return what a network takes in memory, in inference and in training; all in bytes.

    `inputs` are as in `trace`; `batch` is the network's own unless it is given. `dtype` is float32,
    float16, bfloat16 or mixed, `optimizer` sgd, momentum or adam. `fit`, as "8GiB" or a number of
    bytes, asks for the largest batch whose training fits. The numbers are lower bounds; what is not
    known is None. Raises ValueError for what is none of these, and what `trace` raises.
    """
    from shapecalc.footprint import estimate, read_bytes

    traced = trace(source, inputs=inputs, max_layers=max_layers)
    limit = None if fit is None else read_bytes(fit)
    return estimate(traced, batch=batch, dtype=dtype, optimizer=optimizer, limit=limit)


def sizes(
    source: Source | NetworkSpec, *, inputs: Inputs = None, max_layers: int | None = None
) -> FittingSizes:
    """Return the input sizes at which a whole network fits, axis by axis, with the layers that ask
    for it, and what comes out at them. Arguments are those of `trace`.

    Never raises for a fault of the network: then nothing fits, and `reason` says why.
    """
    from shapecalc import network
    from shapecalc.network import NetworkSpec
    from shapecalc.solving.fitting import fitting

    if not isinstance(source, NetworkSpec):
        spec = read(source, inputs=inputs, max_layers=max_layers)
    elif inputs is None:
        spec = source
    else:
        spec = network.build(source.document, source.max_layers, inputs)
    return fitting(spec)


def explain(topic: str) -> str:
    """Return a page: of a rule (SC201), a layer kind (conv), a guide or a topic (padding).

    Raises LookupError, with the nearest topic, where there is no such page.
    """
    from shapecalc.pages import page

    return page(topic)


def _compared(trace: Trace, weights: str | PathLike[str]) -> Trace:
    from pathlib import Path

    path = Path(weights)
    read = _import("shapecalc.checkpoints").read_path(path)
    if read is None:
        raise ValueError(f"{path.name} is no weight file that shapecalc reads")
    found: Trace = _import("shapecalc.weights.comparison").compared(trace, read, path.name)
    return found


def _diagnose(trace: Trace) -> tuple[Diagnostic, ...]:
    document = trace.spec.document
    found: tuple[Diagnostic, ...] = ()
    if trace.findings:
        diagnose = _import("shapecalc.repairs").diagnose  # nothing is wrong with most specs
        # What a file of another format states is no student's mistake.
        found = diagnose(trace, _cause if document.is_native else None)
    if document.directives is not None:
        found = _import("shapecalc.ignoring").left_out(found, document)
    return found


def _cause(trace: KnownTrace, finding: Finding) -> str:
    cause: str = _import("shapecalc.grading.audit").cause(trace, finding)  # on a floor above
    return cause


__all__ = [
    "Diagnostic",
    "FittingSizes",
    "LayerRecord",
    "Memory",
    "NetworkSpec",
    "SpecError",
    "Trace",
    "Verification",
    "__version__",
    "check",
    "convert",
    "diff",
    "draw",
    "explain",
    "memory",
    "read",
    "sizes",
    "trace",
    "verify",
]
