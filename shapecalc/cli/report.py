"""shapecalc report: the table of a spec's volumes and counts."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shapecalc.cli.files import (
    OK,
    UNUSABLE,
    Compared,
    Inputs,
    Named,
    chosen_paths,
    exit_code,
    input_option,
    max_layers_option,
    module_option,
    weights_option,
)
from shapecalc.cli.memory_options import asked_of_memory, memory_options
from shapecalc.cli.output import output_options, refuse_overwriting, write
from shapecalc.cli.search import Search
from shapecalc.diagnostics import quote
from shapecalc.reports import FORMATS, Layout
from shapecalc.reports.columns import COLUMNS, OF_MEMORY, default_columns
from shapecalc.tracing import Trace

if TYPE_CHECKING:
    from shapecalc.footprint import Memory
    from shapecalc.registry import Registry
    from shapecalc.reports.dialects import Asked

DIALECTS = ("torchinfo", "keras", "fvcore", "thop", "ptflops", "darknet")
OF_WEIGHTS = ("shape", "dtype", "values", "bytes")  # columns that only weight files have


def _columns(
    ctx: click.Context, option: click.Parameter, value: str | None
) -> tuple[str, ...] | None:
    if value is None:
        return None
    keys = tuple(key.strip() for key in value.split(",") if key.strip())
    for key in keys:
        if key not in COLUMNS and key not in OF_WEIGHTS:
            raise click.BadParameter(f"{key!r} is not one of {', '.join(COLUMNS)}")
    if not keys:
        raise click.BadParameter(f"name at least one of {', '.join(COLUMNS)}")
    return keys


format_option = click.option(
    "--format",
    "form",
    type=Named(lambda: FORMATS, FORMATS),
    default="table",
    show_default=True,
    help="How to print it.",
)


@click.command("report")
@click.argument("paths", nargs=-1, metavar="PATH...")
@format_option
@click.option(
    "--columns",
    callback=_columns,
    metavar="NAMES",
    help=f"Columns, separated by commas: {','.join(COLUMNS)}; of a weight file"
    f" name,{','.join(OF_WEIGHTS)},shares.",
)
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    metavar="N",
    help="Fold instances of blocks nested deeper than N into one row each.",
)
@click.option("--explain", is_flag=True, help="Derive every number, with its values put in.")
@memory_options
@click.option(
    "--dialect",
    type=Named(lambda: _dialects(), DIALECTS),
    help="Add the totals as another tool prints them, and why they are not ours, term by term.",
)
@module_option
@input_option
@weights_option
@max_layers_option
@click.option("-q", "--quiet", is_flag=True, help="Do not say which files were skipped.")
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    form: str,
    columns: tuple[str, ...] | None,
    depth: int | None,
    explain: bool,
    module: str | None,
    inputs: Inputs,
    compared: Compared,
    max_layers: int,
    quiet: bool,
    output: Path | None,
    force: bool,
    memory: bool,
    batch: int | None,
    dtype: str | None,
    optimizer: str | None,
    fit: str | None,
    dialect: str | None,
) -> None:
    """Print volumes, weights, biases, parameters and MACs of every layer, the totals, and what
    was found: of files, of the specs in folders, or of - for standard input.
    """
    asked = asked_of_memory(memory, batch=batch, dtype=dtype, optimizer=optimizer, fit=fit)
    estimate = _estimator(asked)
    if estimate is None and any(key in OF_MEMORY for key in columns or ()):
        raise click.UsageError(f"--columns: {' and '.join(OF_MEMORY)} are there with --memory")
    if dialect is not None and FORMATS[form].even:
        raise click.UsageError(f"--dialect is not for --format {form}: it has no totals")
    paths = chosen_paths(ctx, paths, module)
    search = Search(paths, "Reporting", quiet, code=module is not None)
    files = search.listed()
    refuse_overwriting(output, force, files)
    several = len(files) > 1 or any(map(search.is_folder, paths))
    traces: Iterator[Trace] = (
        compared(trace) for _, trace in search.traces(max_layers, files, inputs)
    )
    even: tuple[str, ...] | None = None  # of networks
    if FORMATS[form].even and columns is None:  # one heading for all
        traced = list(traces)
        even, traces = default_columns(traced, estimate is not None), iter(traced)
    texts: list[str] = []
    sort = ""  # of the file before: where another one follows, CSV has another heading
    for trace in traces:
        file = trace.spec.file if several else None
        before, sort = sort, "network" if trace.spec.document.weights is None else "weights"
        if sort == "weights":
            texts.append(_of_weights(trace, form, columns, file, sort != before))
            continue
        estimated = None if estimate is None else estimate(trace)
        other = None if dialect is None else _in_dialect(dialect, trace)
        shown = (columns or even, depth, explain, file, sort != before, output, estimated, other)
        texts.append(render(trace, form, *shown))
        search.code = max(search.code, exit_code(trace))
        if output is not None and exit_code(trace):
            name = quote(trace.spec.file or "", 400)
            click.echo(f"shapecalc: {name} has errors: they are in {output}", err=True)
    if texts and not write(FORMATS[form].between.join(texts) + "\n", output):
        search.code = UNUSABLE
    if search.skipped and not quiet:
        what = "file" if search.skipped == 1 else "files"
        click.echo(f"{search.skipped:,} {what} skipped (no layers or input)", err=True)
    if not texts:
        if search.code == OK:
            click.echo("nothing to report", err=True)
        search.code = UNUSABLE
    ctx.exit(search.code)


def render(
    trace: Trace,
    form: str,
    columns: tuple[str, ...] | None = None,
    depth: int | None = None,
    explain: bool = False,
    file: str | None = None,
    heading: bool = True,
    output: Path | None = None,
    memory: Memory | None = None,
    dialect: Asked | None = None,
) -> str:
    """Return one file's report; `file` names it where there are several."""
    written = FORMATS[form]
    _refuse_columns(columns, COLUMNS, "a network")
    if not written.tells:
        from shapecalc.cli.findings import tell

        tell(trace.spec.file or "", trace.diagnostics, err=True)
    layout = Layout(columns, depth, explain, file, heading, _width(output), memory, dialect)
    return written.render(trace, layout)


def _estimator(asked: dict[str, Any] | None) -> Callable[[Trace], Memory] | None:
    """Return what estimates a network's memory, if that is asked for."""
    if asked is None:
        return None
    from shapecalc.footprint import estimate  # few ask for it

    return lambda trace: estimate(trace, **asked)


def _dialects() -> Registry[Any]:
    from shapecalc.reports.dialects import DIALECTS  # few ask for one

    return DIALECTS


def _in_dialect(tool: str, trace: Trace) -> Asked:
    from shapecalc.reports.dialects import asked

    return asked(tool, trace)


def _of_weights(
    trace: Trace, form: str, columns: tuple[str, ...] | None, file: str | None, heading: bool
) -> str:
    """Return the report of a weight file."""
    from shapecalc.reports import weights  # most files are networks

    _refuse_columns(columns, weights.COLUMNS, "a weight file")
    if form not in weights.RENDERERS:
        raise click.UsageError(f"--format {form} is for networks, and this is a weight file")
    layout = Layout(columns, file=file, heading=heading)
    return weights.render(form, trace.spec.document.weights, trace.spec.file or "", layout)


def _refuse_columns(columns: Iterable[str] | None, known: Iterable[str], what: str) -> None:
    for key in columns or ():
        if key not in known:
            raise click.UsageError(f"--columns: {what} has no column {key}")


def _width(output: Path | None) -> int | None:
    """Return the terminal's width; None where the text goes to a file or pipe."""
    if output is not None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns
