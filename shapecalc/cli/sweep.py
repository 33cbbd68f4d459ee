"""shapecalc sweep: a network with several values for fields, block parameters and inputs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from shapecalc.cli.files import FAULTY, OK, UNUSABLE, complain, jobs_option, max_layers_option
from shapecalc.cli.findings import tell
from shapecalc.cli.memory_options import asked_of_memory, memory_options
from shapecalc.cli.output import output_options, refuse_overwriting, write
from shapecalc.cli.processes import in_order
from shapecalc.diagnostics import SpecError, quote
from shapecalc.readers.base import MAX_BYTES
from shapecalc.sweep.front import front_of
from shapecalc.sweep.rows import OF_MEMORY, TOTALS, Row, Source, base_of, failed, row_of
from shapecalc.sweep.settings import BadSetting, Setting, combinations, read_setting
from shapecalc.sweep.text import FORMATS, Sweep

CONNECTING = 10  # seconds that a cluster has to answer
INSTALL = "pip install 'shapecalc-nn[dask]'"


def _settings(
    ctx: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> list[Setting]:
    try:
        settings = [read_setting(text) for text in values]
        combinations(settings)
    except BadSetting as error:
        raise click.BadParameter(str(error)) from None
    return settings


def _criteria(
    ctx: click.Context, option: click.Parameter, value: str | None
) -> tuple[str, ...] | None:
    if value is None:
        return None
    keys = tuple(key.strip() for key in value.split(",") if key.strip())
    for key in keys:
        if key not in (*TOTALS, *OF_MEMORY):
            raise click.BadParameter(f"{key!r} is not one of {', '.join((*TOTALS, *OF_MEMORY))}")
    if not keys:
        raise click.BadParameter(f"name at least one of {', '.join((*TOTALS, *OF_MEMORY))}")
    return keys


@click.command("sweep")
@click.argument("path", metavar="FILE")
@click.option(
    "--set",
    "settings",
    multiple=True,
    required=True,
    callback=_settings,
    metavar="NAME=VALUES",
    help="What to try: a layer's field, conv1.K=16,32; a block's parameter, block.width=64,128, or"
    " that of one instance; or input=128x128x3,224x224x3. A value for each axis is 3x5. Repeat it:"
    " all combinations are tried. Names are set together as conv1.K,conv2.K=16,32 or"
    " conv1.K,conv2.K=16:32,32:64.",
)
@click.option(
    "--pareto",
    callback=_criteria,
    metavar="TOTALS",
    help="Mark the rows that no other one beats, smaller being better: parameters,macs,activations;"
    " with --memory peak,inference_peak,kept.",
)
@memory_options
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(FORMATS)),
    default="table",
    show_default=True,
    help="How to print it.",
)
@jobs_option("How many processes work.")
@click.option(
    "--dask",
    "address",
    metavar="ADDRESS",
    help="Work on the Dask cluster whose scheduler is there, as tcp://host:8786. The file is sent"
    f" to it. Needs {INSTALL}, here and there.",
)
@max_layers_option
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    path: str,
    settings: list[Setting],
    pareto: tuple[str, ...] | None,
    memory: bool,
    batch: int | None,
    dtype: str | None,
    optimizer: str | None,
    fit: str | None,
    form: str,
    jobs: int,
    address: str | None,
    max_layers: int,
    output: Path | None,
    force: bool,
) -> None:
    """Try every combination of some values in a network, and print a row for each: parameters,
    MACs, output, memory if asked for, or why it does not fit.

    Exit codes: 0 some combination fits, 1 none does, or an error in the file.
    """
    asked = asked_of_memory(memory, batch=batch, dtype=dtype, optimizer=optimizer, fit=fit)
    if asked is None and any(key in OF_MEMORY for key in pareto or ()):
        raise click.UsageError("--pareto: memory is known with --memory")
    if address is not None and jobs > 1:
        raise click.UsageError("--jobs is for this machine, --dask for a cluster: name one")
    refuse_overwriting(output, force, (path,))
    raw = _bytes(ctx, path)
    names = tuple(name for setting in settings for name in setting.names)
    source = Source(raw, path, names, max_layers, None if asked is None else tuple(asked.items()))
    _look(ctx, source)
    rows = list(_worked_out(ctx, source, combinations(settings), jobs, address))
    sweep = Sweep(source, settings, rows, None if pareto is None else front_of(rows, pareto))
    written = write(FORMATS[form](sweep), output)
    code = OK if any(row.fits for row in rows) else FAULTY
    ctx.exit(code if written else UNUSABLE)


def _bytes(ctx: click.Context, path: str) -> bytes:
    """Return a file's bytes; end the command, with a message, where it cannot be opened."""
    try:
        if path == "-":
            if sys.stdin is None:
                raise OSError("standard input is closed")
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        complain(path, error)
        ctx.exit(UNUSABLE)


def _look(ctx: click.Context, source: Source) -> None:
    """End the command where the file is no network, or a name means nothing in it."""
    try:
        base_of(source)
    except BadSetting as error:
        raise click.UsageError(f"--set: {error}", ctx) from None
    except SpecError as error:
        tell(source.file, error.diagnostics, err=True)
        ctx.exit(FAULTY)
    except (OSError, ValueError) as error:
        complain(source.file, error)
        ctx.exit(UNUSABLE)


def _worked_out(
    ctx: click.Context,
    source: Source,
    items: Sequence[tuple[str, ...]],
    jobs: int,
    address: str | None,
) -> Iterator[Row]:
    work = partial(row_of, source)
    if address is not None:
        return _on_cluster(ctx, address, work, items)
    if jobs > 1 and len(items) > 1:
        return in_order(work, items, jobs, lost=failed)
    return map(work, items)


def over(
    executor: Any, work: Callable[[tuple[str, ...]], Row], items: Sequence[tuple[str, ...]]
) -> Iterator[Row]:
    """Yield the rows of an executor of concurrent.futures, in order.

    An item whose worker fails has a row that says so.
    """
    futures = [executor.submit(work, item) for item in items]
    for item, future in zip(items, futures, strict=True):
        try:
            yield future.result()
        except Exception as error:  # whatever a cluster does: the others go on
            yield failed(item, f"the cluster failed ({type(error).__name__})")


def _on_cluster(
    ctx: click.Context,
    address: str,
    work: Callable[[tuple[str, ...]], Row],
    items: Sequence[tuple[str, ...]],
) -> Iterator[Row]:
    try:
        connect = import_module("distributed").Client
    except ImportError:
        raise click.UsageError(f"--dask needs Dask: {INSTALL}", ctx) from None
    try:
        client = connect(address, timeout=CONNECTING, set_as_default=False)
    except (OSError, ValueError, TypeError, ImportError) as error:
        reason = quote(str(error).splitlines()[0] if str(error) else type(error).__name__, 200)
        click.echo(f"shapecalc: no Dask cluster at {quote(address, 200)}: {reason}", err=True)
        ctx.exit(UNUSABLE)
    with client, client.get_executor() as executor:
        yield from over(executor, work, items)
