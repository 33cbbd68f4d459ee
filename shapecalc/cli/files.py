"""What the commands share: reading specs from paths or standard input, and exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

import shapecalc
from shapecalc import network, readers
from shapecalc.diagnostics import MAX_LAYERS, SpecError, quote
from shapecalc.document import Document
from shapecalc.network import NetworkSpec
from shapecalc.readers.base import MAX_BYTES
from shapecalc.registry import PLUGINS, Registry, blamed
from shapecalc.tracing import Trace

OK, FAULTY, UNUSABLE = 0, 1, 2
MOST_JOBS = 61  # processes that Windows can wait for

Command = TypeVar("Command", bound=Callable[..., object])

Inputs = Mapping[str, str] | str | None  # volumes in the place of a network's own


max_layers_option = click.option(
    "--max-layers",
    type=click.IntRange(1),
    default=MAX_LAYERS,
    show_default=True,
    metavar="N",
    help="How many layers a network may have, once blocks and repeats are expanded.",
)


def _volumes(
    ctx: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> dict[str, str] | str | None:
    """Return volumes by the inputs' names, or the one of the only input."""
    if not values:
        return None
    from shapecalc.network.given_inputs import read_given  # rarely asked for

    named: dict[str, str] = {}
    alone = [text for text in values if "=" not in text]
    for text in values:
        name, _, volume = text.rpartition("=")
        if name in named or (alone and len(values) > 1):
            raise click.BadParameter("write each input once, with its name: left=32x32x3")
        try:
            read_given(volume, name or "it")
        except SpecError as error:
            (fault,) = error.diagnostics
            hint = f"; {fault.hint}" if fault.hint else ""
            raise click.BadParameter(f"{fault.message}{hint}") from None
        named[name] = volume
    return alone[0] if alone else named


input_option = click.option(
    "--input",
    "inputs",
    multiple=True,
    callback=_volumes,
    metavar="[NAME=]VOLUME",
    help="Another volume, as 224x224x3, in the place of the network's own input. Repeat it with"
    " names for several inputs.",
)


def jobs_option(help_: str) -> Callable[[Command], Command]:
    """Return the option --jobs of a command that goes through files."""
    most = click.IntRange(1, MOST_JOBS)
    return click.option("--jobs", type=most, default=1, show_default=True, help=help_)


module_option = click.option(
    "--module",
    "module",
    metavar="MODULE:NAME",
    help="A module of PyTorch, or a model of Keras, in the place of files: it is imported from the"
    " current folder first, and a class is called without arguments. This runs its code.",
)


def chosen_paths(ctx: click.Context, paths: tuple[str, ...], module: str | None) -> tuple[str, ...]:
    """Return what a command goes through: the paths, or the one module. Raises UsageError."""
    if module is None:
        if not paths:
            param = next(param for param in ctx.command.params if param.name == "paths")
            raise click.MissingParameter(ctx=ctx, param=param)
        return paths
    if paths:
        raise click.UsageError("name files or --module, not both", ctx)
    name, colon, attribute = module.partition(":")
    if not (name and colon and attribute):
        raise click.UsageError(f"--module is package.module:name, not {quote(module)}", ctx)
    return (module,)


Compared = Callable[[Trace], Trace]


def _compared(ctx: click.Context, option: click.Parameter, value: str | None) -> Compared:
    """Return what adds to a trace what is wrong between it and a weight file, if there is one.

    A file that cannot be opened is wrong usage; of one that is damaged it is said, and that is all.
    """
    if value is None:
        return _alone
    from shapecalc import checkpoints  # all this is rarely asked for
    from shapecalc.checkpoints.base import Unreadable
    from shapecalc.weights.comparison import compared

    path = Path(value)
    try:
        weights = checkpoints.read_path(path)
    except Unreadable as error:
        complain(value, error)
        ctx.exit(FAULTY)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        reason = getattr(error, "strerror", None) or str(error)
        raise click.BadParameter(f"{quote(value, 400)}: {reason}") from None
    if weights is None:
        raise click.BadParameter(f"{quote(value, 400)} is {_what(path)}, and no weight file")
    return partial(compared, weights=weights, file=path.name)


def _alone(trace: Trace) -> Trace:
    """Return a trace that is compared with no weights."""
    return trace


def _what(path: Path) -> str:
    """Return what a file is, with what to do about it where that gives weights."""
    from shapecalc.readers import foreign

    with path.open("rb") as stream:
        kind = foreign.kind_of(stream.read(foreign.HEAD), None)
    if kind is None:
        return "a file of another kind"
    return f"{kind.name} ({kind.hint})" if kind.fetched else kind.name


weights_option = click.option(
    "--weights",
    "compared",
    callback=_compared,
    metavar="FILE",
    help="Compare the parameters with a weight file: .safetensors, .pt, .pth, .npz, .weights.h5,"
    " .weights.",
)


class Named(click.Choice):  # type: ignore[type-arg]  # click 8.1 takes none
    """A name in a registry. Help lists ours; a plug-in's, or an installed one, is taken as well."""

    def __init__(self, registry: Callable[[], Registry[Any]], ours: Iterable[str]) -> None:
        super().__init__(tuple(ours))
        self.registry = registry

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        registry = self.registry()
        if value not in registry:
            registry.find(value)
        self.choices = tuple(registry)
        return super().convert(value, param, ctx)


def read(path: str, name: str | None = None) -> Document:
    """Return the document of a file, `-` for standard input, which may have the name of a file.

    Raises OSError or ValueError.
    """
    if path != "-":
        return readers.read_path(Path(path))
    if sys.stdin is None:
        raise OSError("standard input is closed")
    return readers.read_bytes(sys.stdin.buffer.read(MAX_BYTES + 1), name or path)


class Unusable(Exception):
    """A path that cannot be opened, or has not the inputs that are given: why, in one line."""

    def __init__(self, error: Exception) -> None:
        super().__init__(getattr(error, "strerror", None) or str(error))


def opened(
    path: str, max_layers: int, inputs: Inputs = None, name: str | None = None
) -> NetworkSpec:
    """Return the network of a file, `-` for standard input, of which `name` says what it holds.

    Raises Unusable.
    """
    try:
        return built(read(path, name), max_layers, inputs)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        if PLUGINS and blamed(error):
            raise
        raise Unusable(error) from None


def built(document: Document, max_layers: int, inputs: Inputs = None) -> NetworkSpec:
    """Return the network of a document. Raises Unusable where it has not the inputs given."""
    try:
        return network.build(document, max_layers, inputs)
    except SpecError as error:
        (fault,) = error.diagnostics
        raise Unusable(ValueError(f"--input: {fault.message}; {fault.hint}")) from None


def trace_path(path: str, max_layers: int, inputs: Inputs = None) -> Trace | None:
    """Return the trace of a file, `-` for standard input; None, with a message, where it cannot be
    used.
    """
    try:
        spec = opened(path, max_layers, inputs)
    except Unusable as error:
        complain(path, error)
        return None
    return shapecalc.trace(spec)


def complain(path: str | Path, error: Exception) -> None:
    """Say on standard error that a path cannot be opened, and why."""
    say(path, getattr(error, "strerror", None) or str(error))


def say(path: str | Path, reason: str) -> None:
    """Say on standard error what is the matter with a path."""
    click.echo(f"shapecalc: {quote(str(path), 400)}: {reason}", err=True)


def unexpected(error: Exception) -> str:
    """Return what is said of an error that nobody foresaw, in one line: a plug-in may have caused
    it.
    """
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    what = quote(" ".join(f"{type(error).__name__}: {error}".split()), 200)
    if not PLUGINS:
        return f"internal error, please report it ({what})"
    names = ", ".join(sorted(PLUGINS))
    return f"error with the plug-in {names}; please report it if it happens without ({what})"


def exit_code(trace: Trace | None) -> int:
    """Return what one file contributes to the exit code; the highest wins."""
    if trace is None:
        return UNUSABLE
    return FAULTY if any(d.severity == "error" for d in trace.diagnostics) else OK
