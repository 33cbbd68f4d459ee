"""shapecalc check: what is wrong in files and folders, and nothing else."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from shapecalc.cli.checking import Checker, Chooser
from shapecalc.cli.files import (
    FAULTY,
    OK,
    UNUSABLE,
    Compared,
    Inputs,
    chosen_paths,
    input_option,
    jobs_option,
    max_layers_option,
    module_option,
    weights_option,
)
from shapecalc.cli.findings import Printer, format_option
from shapecalc.cli.output import output_options, refuse_overwriting, write
from shapecalc.cli.search import Search
from shapecalc.cli.settings import for_paths
from shapecalc.plugins import activate

if TYPE_CHECKING:
    from shapecalc.cli.fixes import Fixer


def _codes(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    from shapecalc.checks.pages import codes

    wanted = tuple(c.strip().upper() for v in values for c in v.split(",") if c.strip())
    for prefix in wanted:
        if not codes(prefix):
            raise click.BadParameter(f"{prefix!r} is neither a code nor the beginning of one")
    return wanted


@click.command("check")
@click.argument("paths", nargs=-1, metavar="PATH...")
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
@click.option(
    "--extend-select",
    multiple=True,
    callback=_codes,
    metavar="CODES",
    help="These codes as well, such as SC4 for files of frameworks.",
)
@module_option
@input_option
@weights_option
@max_layers_option
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.option("--fix", is_flag=True, help="Mend what leaves the network as it was meant.")
@click.option("--unsafe-fixes", "unsafe", is_flag=True, help="Mend what changes the network, too.")
@click.option("--diff", is_flag=True, help="Show what would be mended, and write nothing.")
@click.option(
    "--add-ignore", "comments", is_flag=True, help="Write comments that silence what is found."
)
@click.option("--exit-zero", is_flag=True, help="Do not fail for what is found.")
@click.option("--statistics", is_flag=True, help="Count the findings of each code instead.")
@output_options
@click.option(
    "--stdin-filename", "name", metavar="FILE", help="The name of what standard input holds."
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take the settings from this file, and no other.",
)
@click.option("--isolated", is_flag=True, help="Take no settings from files.")
@click.option("--show-settings", is_flag=True, help="Print the settings for each path, and end.")
@jobs_option("How many processes check files, if there are several. One alone mends them.")
@click.option("-q", "--quiet", is_flag=True, help="Print findings only, no summary.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    form: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    extend_select: tuple[str, ...],
    module: str | None,
    inputs: Inputs,
    compared: Compared,
    max_layers: int,
    strict: bool,
    fix: bool,
    unsafe: bool,
    diff: bool,
    comments: bool,
    exit_zero: bool,
    statistics: bool,
    output: Path | None,
    force: bool,
    name: str | None,
    config: Path | None,
    isolated: bool,
    show_settings: bool,
    jobs: int,
    quiet: bool,
) -> None:
    """Find what is wrong in specs: files, folders (*.yaml, *.yml, *.json, nothing hidden), or -
    for standard input.
    """
    paths = chosen_paths(ctx, paths, module)
    chooser = Chooser(for_paths(config, isolated), select, extend_select, ignore, name)
    if show_settings:
        click.echo("".join(chooser.settings(path).shown() for path in paths), nl=False)
        return
    here = chooser.settings(name or os.curdir + "/-")
    for plugin in here.plugins:
        activate(plugin)
    if here.format is not None and ctx.get_parameter_source("form") is ParameterSource.DEFAULT:
        form = here.format
    strict = strict or here.strict
    refuse_overwriting(output, force, paths)
    search = Search(paths, "Checking", quiet, chooser.excludes, code=module is not None)
    printer = Printer(form, full=bool(select), strict=strict, output=output, err=diff)
    counts: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    fixer = _fixer(paths, fix, unsafe, diff, comments)
    checker = Checker(search, chooser, max_layers, inputs, compared, printer.of_file)
    for path, wanted, more in checker.found(jobs, fixer):
        counts.update(found.severity for found in wanted)
        codes.update(found.code for found in wanted)
        if not statistics:
            printer.add(chooser.label(path), wanted, more)
    written = write(_statistics(codes), output) if statistics else printer.end()
    if not quiet:
        click.echo(_summary(search, counts) + _mended(fixer), err=True)
    if not search.checked and search.code == OK:
        search.code = UNUSABLE
    failing = counts["error"] + (counts["warning"] if strict else 0)
    found = FAULTY if failing and not exit_zero else OK
    if fixer is not None and fixer.changed and diff:
        found = FAULTY
    failed = not written or (fixer is not None and fixer.failed)
    ctx.exit(max(search.code, found, UNUSABLE if failed else OK))


def _fixer(
    paths: tuple[str, ...], fix: bool, unsafe: bool, diff: bool, comments: bool
) -> Fixer | None:
    """Return what mends files, or silences what is found; None where neither is asked for."""
    if not (fix or unsafe or diff or comments):
        return None
    if comments and (fix or unsafe):
        raise click.UsageError("--add-ignore silences what --fix mends: give one of the two")
    from shapecalc.cli.fixes import Fixer  # nothing else needs it

    writes = not diff
    if writes and "-" in paths:
        raise click.UsageError("standard input cannot be written to: --diff shows the fixes")
    return Fixer(writes=writes, unsafe=unsafe, comments=comments)


def _mended(fixer: Fixer | None) -> str:
    """Return what the summary says of fixes."""
    if fixer is None:
        return ""
    words, done = ("fix", "fixes"), "" if fixer.writes else " would be made"
    if fixer.comments:
        words, done = ("finding", "findings"), f" {'' if fixer.writes else 'would be '}silenced"
    fixes = f"{fixer.fixes:,} {words[fixer.fixes != 1]}"
    files = f"{fixer.changed:,} {'file' if fixer.changed == 1 else 'files'}"
    return f"; {fixes} in {files}{done}"


def _statistics(codes: Counter[str]) -> str:
    """Return how often each code was found, the commonest first."""
    from shapecalc import rules

    width = len(f"{max(codes.values(), default=0):,}")
    ordered = sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))
    return "".join(f"{n:>{width},}  {code}  {rules.of(code).title}\n" for code, n in ordered)


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
    left_out = f", {search.excluded:,} excluded" if search.excluded else ""
    skipped = f", {search.skipped:,} skipped (no layers or input)" if search.skipped else ""
    return f"{files}{skipped}{left_out}: {what}"
