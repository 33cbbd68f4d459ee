"""shapecalc report: the table of a spec's volumes and counts."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import click

from shapecalc.cli.estimates import Estimate, dialect_option, estimator, in_dialect
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
    say,
    weights_option,
)
from shapecalc.cli.memory_options import memory_options
from shapecalc.cli.output import output_options, refuse_overwriting, write
from shapecalc.cli.search import Search
from shapecalc.diagnostics import quote
from shapecalc.reports import FORMATS, Layout, unpainted
from shapecalc.reports.columns import COLUMNS, OF_MEMORY, default_columns
from shapecalc.tracing import Trace

COLOURS = {"macs": "cyan", "parameters": "yellow"}  # of bars
OF_WEIGHTS = ("shape", "dtype", "values", "bytes")  # columns that only weight files have
OF_TOTALS = ("file", "layers")  # columns that only --totals has


def _columns(
    ctx: click.Context, option: click.Parameter, value: str | None
) -> tuple[str, ...] | None:
    if value is None:
        return None
    keys = tuple(key.strip() for key in value.split(",") if key.strip())
    for key in keys:
        if key not in COLUMNS and key not in OF_WEIGHTS + OF_TOTALS:
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
    f" name,{','.join(OF_WEIGHTS)},shares; of --totals {','.join(OF_TOTALS)}, too.",
)
@click.option("--totals", is_flag=True, help="Print one row a network, with its totals.")
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    metavar="N",
    help="Fold instances of blocks nested deeper than N into one row each.",
)
@click.option("--bars", is_flag=True, help="Draw the MACs and parameters of every layer as bars.")
@click.option("--explain", is_flag=True, help="Derive every number, with its values put in.")
@memory_options
@dialect_option
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
    totals: bool,
    depth: int | None,
    bars: bool,
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
    if bars:
        if form not in ("table", "bars"):
            raise click.UsageError(f"--bars are drawn in a terminal: not with --format {form}")
        form = "bars"
    estimate = estimator(memory, batch=batch, dtype=dtype, optimizer=optimizer, fit=fit)
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
    if totals:
        if depth is not None or explain or bars or estimate or dialect:
            raise click.UsageError("--totals has a row a network: of layers it tells nothing more")
        text = _of_totals(search, traces, form, columns, room(output))
        ctx.exit(_written(text, search, quiet, output))
    written = FORMATS[form]
    even: tuple[str, ...] | None = None  # of networks
    if written.even and columns is None:  # one heading for all
        traced = list(traces)
        even, traces = default_columns(traced, estimate is not None), iter(traced)
    asked = Asked(columns, even, depth, explain, several, output, estimate, dialect, [])
    given = _laid_out(search, traces, asked)
    if written.whole is not None:
        text = written.whole(given)
    else:
        text = written.between.join(_text(form, *each) for each in given)
    code = _written(f"{text}\n" if search.checked else "", search, quiet, output)
    for file in asked.faulty if code != UNUSABLE else ():
        click.echo(f"shapecalc: {quote(file, 400)} has errors: they are in {output}", err=True)
    ctx.exit(code)


def _of_totals(
    search: Search,
    traces: Iterable[Trace],
    form: str,
    columns: tuple[str, ...] | None,
    width: int | None,
) -> str:
    """Return one row a network; empty where there is none."""
    from shapecalc.reports import totals  # most reports are of layers

    if form not in totals.RENDERERS:
        raise click.UsageError(f"--totals is printed as {', '.join(totals.RENDERERS)}")
    _refuse_columns(columns, totals.COLUMNS, "--totals")
    rows = []
    for trace in traces:
        if trace.spec.document.weights is not None:
            say(trace.spec.file or "", "a weight file, which is no network, has no row here")
            search.code = UNUSABLE
            continue
        rows.append(totals.row_of(trace))
        search.code = max(search.code, exit_code(trace))
    return totals.render(form, rows, columns, width) + "\n" if rows else ""


def _written(text: str, search: Search, quiet: bool, output: Path | None) -> int:
    """Write what there is to report, and say what was skipped; return the exit code."""
    if text and not write(text, output):
        search.code = UNUSABLE
    if search.skipped and not quiet:
        what = "file" if search.skipped == 1 else "files"
        click.echo(f"{search.skipped:,} {what} skipped (no layers or input)", err=True)
    if not text:
        if search.code == OK:
            click.echo("nothing to report", err=True)
        search.code = UNUSABLE
    return search.code


class Asked(NamedTuple):
    """What is asked of the reports of all files; `even` are the columns that networks share."""

    columns: tuple[str, ...] | None
    even: tuple[str, ...] | None
    depth: int | None
    explain: bool
    several: bool
    output: Path | None
    estimate: Estimate | None
    dialect: str | None
    faulty: list[str]  # files whose errors stand in the output alone


def _laid_out(
    search: Search, traces: Iterable[Trace], asked: Asked
) -> Iterator[tuple[Trace, Layout]]:
    """Yield every network and weight file with its layout; their errors go into the exit code."""
    sort = ""  # of the file before: where another one follows, CSV has another heading
    for trace in traces:
        before, sort = sort, "network" if trace.spec.document.weights is None else "weights"
        network = sort == "network"
        _refuse_columns_of(asked.columns, trace)
        columns = asked.columns or (asked.even if network else None)
        file = trace.spec.file if asked.several else None
        yield (
            trace,
            Layout(
                columns, asked.depth, asked.explain, file, sort != before,
                width=room(asked.output),
                ascii=asked.output is None and not _shows_blocks(),
                paint=_painted if asked.output is None else unpainted,
                memory=asked.estimate(trace) if asked.estimate and network else None,
                dialect=in_dialect(asked.dialect, trace) if asked.dialect and network else None,
            ),
        )  # fmt: skip
        if not network:
            continue
        search.code = max(search.code, exit_code(trace))
        if asked.output is not None and exit_code(trace):
            asked.faulty.append(trace.spec.file or "")


def _text(form: str, trace: Trace, layout: Layout) -> str:
    """Return the report of one network or weight file."""
    if trace.spec.document.weights is None:
        return render(trace, form, layout)
    from shapecalc.reports import weights  # most files are networks

    if form not in weights.RENDERERS:
        raise click.UsageError(f"--format {form} is for networks, and this is a weight file")
    return weights.render(form, trace.spec.document.weights, trace.spec.file or "", layout)


def render(trace: Trace, form: str, layout: Layout) -> str:
    """Return one network's report."""
    written = FORMATS[form]
    if not written.tells:
        from shapecalc.cli.findings import tell

        tell(trace.spec.file or "", trace.diagnostics, err=True)
    return written.render(trace, layout)


def _refuse_columns(columns: Iterable[str] | None, known: Iterable[str], what: str) -> None:
    """Refuse columns that something does not have."""
    for key in columns or ():
        if key not in known:
            raise click.UsageError(f"--columns: {what} has no column {key}")


def _refuse_columns_of(columns: Iterable[str] | None, trace: Trace) -> None:
    """Refuse columns that a file of this sort does not have."""
    if trace.spec.document.weights is None:
        _refuse_columns(columns, COLUMNS, "a network")
    else:
        from shapecalc.reports import weights

        _refuse_columns(columns, weights.COLUMNS, "a weight file")


def room(output: Path | None) -> int | None:
    """Return the terminal's width; None where the text goes to a file or pipe."""
    if output is not None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def _shows_blocks() -> bool:
    """Say whether standard output can show bars of eighths."""
    try:
        "▏█".encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _painted(text: str, count: str) -> str:
    return click.style(text, fg=COLOURS.get(count, "green"))
