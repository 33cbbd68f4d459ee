"""shapecalc check: what is wrong in files and folders, and nothing else."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from shapecalc.cli.files import (
    FAULTY,
    OK,
    UNUSABLE,
    Compared,
    Inputs,
    chosen_paths,
    input_option,
    max_layers_option,
    module_option,
    weights_option,
)
from shapecalc.cli.findings import Printer, format_option
from shapecalc.cli.output import output_options, refuse_overwriting, write
from shapecalc.cli.search import Search
from shapecalc.cli.settings import Settings, for_paths
from shapecalc.diagnostics import chosen
from shapecalc.plugins import activate

if TYPE_CHECKING:
    from shapecalc.cli.fixes import Fixer
    from shapecalc.fixing import Wanted


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
    search = Search(
        paths, "Checking", quiet, chooser.asked, name, chooser.excludes, code=module is not None
    )
    printer = Printer(form, full=bool(select), strict=strict, output=output, err=diff)
    counts: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    fixer = _fixer(paths, fix, unsafe, diff, comments)
    for path, trace in search.traces(max_layers, inputs=inputs):
        is_wanted = chooser.wanted(path)
        if fixer is not None:
            trace = fixer.fix(path, trace, is_wanted)
        wanted = list(chosen(compared(trace).diagnostics, is_wanted))
        counts.update(found.severity for found in wanted)
        codes.update(found.code for found in wanted)
        if not statistics:
            printer.add(name if path == "-" and name else path, wanted, trace)
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
    words = ("finding silenced", "findings silenced") if fixer.comments else ("fix", "fixes")
    fixes = f"{fixer.fixes:,} {words[fixer.fixes != 1]}"
    files = f"{fixer.changed:,} {'file' if fixer.changed == 1 else 'files'}"
    return f"; {fixes} in {files}{'' if fixer.writes else ' would be made'}"


def _statistics(codes: Counter[str]) -> str:
    """Return how often each code was found, the commonest first."""
    from shapecalc import rules

    width = len(f"{max(codes.values(), default=0):,}")
    ordered = sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))
    return "".join(f"{n:>{width},}  {code}  {rules.of(code).title}\n" for code, n in ordered)


class Chooser:
    """Says which findings of a file are wanted: by the command line, else by its settings."""

    def __init__(
        self,
        settings: Callable[[str], Settings],
        select: tuple[str, ...],
        extend_select: tuple[str, ...],
        ignore: tuple[str, ...],
        name: str | None,
    ) -> None:
        self._settings, self.name = settings, name
        self.select, self.extend_select, self.ignore = select, extend_select, ignore

    def settings(self, path: str) -> Settings:
        """Return the settings for a path; standard input has those of its name."""
        return self._settings((self.name or os.curdir + "/-") if path == "-" else path)

    def excludes(self, path: str) -> bool:
        """Say whether a file found in a folder is left out."""
        return self.settings(path).excludes(path)

    def asked(self, path: str) -> tuple[str, ...]:
        """Return the codes that are asked for by name in a file."""
        select, more = self._chosen(path)
        return (*select, *more)

    def wanted(self, path: str) -> Wanted:
        """Return what says whether a finding in a file is wanted."""
        select, more = self._chosen(path)
        unwanted = _unwanted(
            (*select, *more) if select else (), self.ignore or self.settings(path).ignored(path)
        )
        return lambda found: found.code not in unwanted

    def _chosen(self, path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the codes selected in a file, and those as well; --select is for both settings."""
        if self.select:
            return self.select, self.extend_select
        settings = self.settings(path)
        return settings.select, (*self.extend_select, *settings.extend_select)


@cache
def _unwanted(select: tuple[str, ...], ignore: tuple[str, ...]) -> frozenset[str]:
    """Return the codes that are not asked for."""
    if not select and not ignore:
        return frozenset()
    from shapecalc.checks.pages import codes

    return frozenset(codes()) - {*codes(*select)} | {*(codes(*ignore) if ignore else ())}


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
