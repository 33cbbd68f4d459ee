"""The option --weights: a network's parameters are compared with a weight file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from shapecalc.cli.files import FAULTY, complain
from shapecalc.tracing import Trace

Compared = Callable[[Trace], Trace]


def _as_it_is(trace: Trace) -> Trace:
    return trace


def _read(ctx: click.Context, option: click.Parameter, value: str | None) -> Compared:
    """Return what adds to a trace what is wrong between it and the file."""
    if value is None:
        return _as_it_is
    from shapecalc import checkpoints  # rarely asked for
    from shapecalc.checkpoints.base import Unreadable
    from shapecalc.weights.comparison import compared

    try:
        weights = checkpoints.read_path(Path(value))
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        if not isinstance(error, Unreadable):
            raise click.BadParameter(f"{value}: {getattr(error, 'strerror', error)}") from None
        complain(value, error)
        ctx.exit(FAULTY)
    if weights is None:
        raise click.BadParameter(f"{value} is {_what(Path(value))}, and no weight file")
    return lambda trace: compared(trace, weights, Path(value).name)


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
    callback=_read,
    metavar="FILE",
    help="Compare the parameters with a weight file: .safetensors, .pt, .pth, .npz, .weights.h5,"
    " .weights.",
)
