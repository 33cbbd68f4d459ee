"""shapecalc check: what is wrong in files and folders, and nothing else."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from shapecalc.cli.files import FAULTY, OK, UNUSABLE, complain, trace_path
from shapecalc.diagnostics import Diagnostic, quote
from shapecalc.tracing import Trace

ENDINGS = (".yaml", ".yml", ".json")
MANY = 50  # files from which a progress bar is shown
COLOURS = {"error": "red", "warning": "yellow", "advice": "cyan"}


def _codes(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    from shapecalc.checks.pages import codes

    wanted = tuple(c.strip().upper() for v in values for c in v.split(",") if c.strip())
    for prefix in wanted:
        if not any(code.startswith(prefix) for code in codes()):
            raise click.BadParameter(f"{prefix!r} is no code, nor the beginning of one")
    return wanted


@click.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How to print the findings.",
)
@click.option(
    "--select",
    multiple=True,
    callback=_codes,
    metavar="CODES",
    help="Only these codes or beginnings of codes, such as SC2.",
)
@click.option(
    "--ignore",
    multiple=True,
    callback=_codes,
    metavar="CODES",
    help="All but these codes or beginnings of codes.",
)
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    form: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,
) -> None:
    """Find what is wrong in specs: files, folders (*.yaml, *.yml, *.json, nothing hidden), or -
    for standard input.
    """
    search = _Search(paths)
    results: list[tuple[str, Diagnostic]] = []
    counts: Counter[str] = Counter()
    for path in search.files():
        trace = trace_path(path)
        if trace is None:
            search.code = UNUSABLE
            continue
        if path in search.found_in_folder and not _is_spec(trace):
            search.skipped += 1
            continue
        search.checked += 1
        for found in trace.diagnostics:
            if found.code.startswith(select or ("SC",)) and not (
                ignore and found.code.startswith(ignore)
            ):
                results.append((path, found))
                counts[found.severity] += 1
                if form == "text":
                    _print(ctx, path, found)
    if form == "json":
        click.echo(json.dumps([{"file": p, **f.to_dict()} for p, f in results], indent=2))
    click.echo(_summary(search, counts), err=True)
    if not search.checked and search.code == OK:
        search.code = UNUSABLE
    failing = counts["error"] + (counts["warning"] if strict else 0)
    ctx.exit(max(search.code, FAULTY if failing else OK))


class _Search:
    """Finds the files of the paths given, and keeps count."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        self.paths = paths
        self.found_in_folder: set[str] = set()
        self.skipped = 0
        self.checked = 0
        self.code = OK

    def files(self) -> Iterator[str]:
        """Yield every file, with a progress bar if there are many and somebody looks."""
        files = list(self._walk())
        if len(files) < MANY or not sys.stderr.isatty():
            yield from files
            return
        with click.progressbar(files, label="Checking", file=sys.stderr) as bar:
            yield from bar

    def _walk(self) -> Iterator[str]:
        for path in self.paths:
            if path != "-" and os.path.isdir(path):
                yield from self._folder(Path(path))
            else:
                yield path

    def _folder(self, folder: Path) -> Iterator[str]:
        for root, folders, names in os.walk(folder, onerror=self._unreadable):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                file = str(Path(root, name))
                if name.startswith(".") or not name.lower().endswith(ENDINGS):
                    continue
                if os.path.isfile(file) or not os.path.exists(file):  # no pipes, no sockets
                    self.found_in_folder.add(file)
                    yield file

    def _unreadable(self, error: OSError) -> None:
        complain(error.filename or "", error)
        self.code = UNUSABLE


def _is_spec(trace: Trace) -> bool:
    """Say whether a file found in a folder is meant as a spec, readable or not."""
    data: Any = trace.spec.document.data
    if isinstance(data, Mapping):
        return "layers" in data or "input" in data or "inputs" in data
    return data is None and trace.spec.document.meant


def _print(ctx: click.Context, path: str, found: Diagnostic) -> None:
    code = click.style(found.code, fg=COLOURS[found.severity], bold=True)
    click.echo(f"{quote(path, 400)}:{found.line}:{found.column}: {code} {found.message}")
    if found.hint:
        click.echo(f"    {found.hint}")


def _summary(search: _Search, counts: Counter[str]) -> str:
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
    skipped = f", {search.skipped:,} without layers or input skipped" if search.skipped else ""
    return f"{files}{skipped}: {what}"
