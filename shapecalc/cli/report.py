"""shapecalc report: the table of a spec's volumes and counts."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

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
from shapecalc.cli.output import output_options, refuse_overwriting, write
from shapecalc.cli.search import Search
from shapecalc.diagnostics import quote
from shapecalc.reports import FORMATS, Layout, unpainted
from shapecalc.reports.columns import COLUMNS, default_columns
from shapecalc.tracing import Trace

COLOURS = {"macs": "cyan", "parameters": "yellow"}  # of bars
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
@click.option("--bars", is_flag=True, help="Draw the MACs and parameters of every layer as bars.")
@click.option("--explain", is_flag=True, help="Derive every number, with its values put in.")
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
    bars: bool,
    explain: bool,
    module: str | None,
    inputs: Inputs,
    compared: Compared,
    max_layers: int,
    quiet: bool,
    output: Path | None,
    force: bool,
) -> None:
    """Print volumes, weights, biases, parameters and MACs of every layer, the totals, and what
    was found: of files, of the specs in folders, or of - for standard input.
    """
    if bars:
        if form not in ("table", "bars"):
            raise click.UsageError(f"--bars are drawn in a terminal: not with --format {form}")
        form = "bars"
    paths = chosen_paths(ctx, paths, module)
    search = Search(paths, "Reporting", quiet, code=module is not None)
    files = search.listed()
    refuse_overwriting(output, force, files)
    several = len(files) > 1 or any(map(search.is_folder, paths))
    traces: Iterator[Trace] = (
        compared(trace) for _, trace in search.traces(max_layers, files, inputs)
    )
    written = FORMATS[form]
    even: tuple[str, ...] | None = None  # of networks
    if written.even and columns is None:  # one heading for all
        traced = list(traces)
        even, traces = default_columns(traced), iter(traced)
    asked = Asked(columns, even, depth, explain, several, output)
    given = _laid_out(search, traces, asked)
    if written.whole is not None:
        text = written.whole(given)
    else:
        text = written.between.join(_text(form, *each) for each in given)
    if search.checked and not write(f"{text}\n", output):
        search.code = UNUSABLE
    if search.skipped and not quiet:
        what = "file" if search.skipped == 1 else "files"
        click.echo(f"{search.skipped:,} {what} skipped (no layers or input)", err=True)
    if not search.checked:
        if search.code == OK:
            click.echo("nothing to report", err=True)
        search.code = UNUSABLE
    ctx.exit(search.code)


class Asked(NamedTuple):
    """What is asked of the reports of all files; `even` are the columns that networks share."""

    columns: tuple[str, ...] | None
    even: tuple[str, ...] | None
    depth: int | None
    explain: bool
    several: bool
    output: Path | None


def _laid_out(
    search: Search, traces: Iterable[Trace], asked: Asked
) -> Iterator[tuple[Trace, Layout]]:
    """Yield every network and weight file with its layout; their errors go into the exit code."""
    sort = ""  # of the file before: where another one follows, CSV has another heading
    for trace in traces:
        before, sort = sort, "network" if trace.spec.document.weights is None else "weights"
        network = sort == "network"
        _refuse_columns(asked.columns, trace)
        columns = asked.columns or (asked.even if network else None)
        file = trace.spec.file if asked.several else None
        yield (
            trace,
            Layout(
                columns, asked.depth, asked.explain, file, sort != before,
                width=room(asked.output),
                ascii=asked.output is None and not _shows_blocks(),
                paint=_painted if asked.output is None else unpainted,
            ),
        )  # fmt: skip
        if not network:
            continue
        search.code = max(search.code, exit_code(trace))
        if asked.output is not None and exit_code(trace):
            name = quote(trace.spec.file or "", 400)
            click.echo(f"shapecalc: {name} has errors: they are in {asked.output}", err=True)


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


def _refuse_columns(columns: Iterable[str] | None, trace: Trace) -> None:
    """Refuse columns that a file of this sort does not have."""
    if columns is None:
        return
    known: Iterable[str] = COLUMNS
    what = "a network"
    if trace.spec.document.weights is not None:
        from shapecalc.reports import weights

        known, what = weights.COLUMNS, "a weight file"
    for key in columns:
        if key not in known:
            raise click.UsageError(f"--columns: {what} has no column {key}")


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
