"""shapecalc check: what is wrong in files and folders, and nothing else."""

from __future__ import annotations

from collections import Counter

import click

from shapecalc.cli.files import (
    FAULTY,
    OK,
    UNUSABLE,
    Compared,
    Inputs,
    input_option,
    max_layers_option,
    weights_option,
)
from shapecalc.cli.findings import Printer, format_option
from shapecalc.cli.search import Search
from shapecalc.diagnostics import chosen


def _codes(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    from shapecalc.checks.pages import codes

    wanted = tuple(c.strip().upper() for v in values for c in v.split(",") if c.strip())
    for prefix in wanted:
        if not codes(prefix):
            raise click.BadParameter(f"{prefix!r} is neither a code nor the beginning of one")
    return wanted


@click.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@format_option("How to print the findings.")
@click.option(
    "--select",
    multiple=True,
    callback=_codes,
    metavar="CODES",
    help="Only these codes or beginnings of codes, such as SC2; advice in full.",
)
@click.option(
    "--ignore",
    multiple=True,
    callback=_codes,
    metavar="CODES",
    help="All but these codes or beginnings of codes.",
)
@input_option
@weights_option
@max_layers_option
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.option("-q", "--quiet", is_flag=True, help="Print findings only, no summary.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    form: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    inputs: Inputs,
    compared: Compared,
    max_layers: int,
    strict: bool,
    quiet: bool,
) -> None:
    """Find what is wrong in specs: files, folders (*.yaml, *.yml, *.json, nothing hidden), or -
    for standard input.
    """
    search = Search(paths, "Checking", quiet, select)
    printer = Printer(form, full=bool(select))
    counts: Counter[str] = Counter()
    unwanted = _unwanted(select, ignore)
    for path, trace in search.traces(max_layers, inputs=inputs):
        wanted = list(chosen(compared(trace).diagnostics, lambda d: d.code not in unwanted))
        counts.update(found.severity for found in wanted)
        printer.add(path, wanted)
    printer.end()
    if not quiet:
        click.echo(_summary(search, counts), err=True)
    if not search.checked and search.code == OK:
        search.code = UNUSABLE
    failing = counts["error"] + (counts["warning"] if strict else 0)
    ctx.exit(max(search.code, FAULTY if failing else OK))


def _unwanted(select: tuple[str, ...], ignore: tuple[str, ...]) -> set[str]:
    """Return the codes that are not asked for."""
    if not select and not ignore:
        return set()
    from shapecalc.checks.pages import codes

    return {*codes()} - {*codes(*select)} | {*(codes(*ignore) if ignore else ())}


def _summary(search: Search, counts: Counter[str]) -> str:
    if not search.checked:
        what = "nothing to check"
    elif not counts:
        what = "nothing found"
    else:
        names = {"error": "errors", "warning": "warnings", "advice": "advice"}
        what = ", ".join(
            f"{counts[s]:,} {s if counts[s] == 1 else names[s]}" for s in names if counts[s]
        )
    files = f"{search.checked:,} {'file' if search.checked == 1 else 'files'} checked"
    skipped = f", {search.skipped:,} skipped (no layers or input)" if search.skipped else ""
    return f"{files}{skipped}: {what}"
