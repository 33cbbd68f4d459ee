"""shapecalc verify: run networks in NumPy, and compare every prediction with what comes out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path
from shutil import get_terminal_size
from typing import NamedTuple

import click

import shapecalc
from shapecalc.cli.files import (
    FAULTY,
    OK,
    UNUSABLE,
    Inputs,
    chosen_paths,
    input_option,
    jobs_option,
    max_layers_option,
    module_option,
    say,
    unexpected,
)
from shapecalc.cli.findings import lines_for_people, tell
from shapecalc.cli.output import output_options, refuse_overwriting, write
from shapecalc.cli.processes import ENDED, in_order, one_thread
from shapecalc.cli.search import Search
from shapecalc.diagnostics import LIMIT, nearest, quote
from shapecalc.tracing import Trace
from shapecalc.verification import Verification

LONG = 30  # layers from which a progress bar is shown
MINUTE = 60.0  # seconds

Progress = Callable[[int, int], None]


@click.command("verify")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "json", "html")),
    default="table",
    show_default=True,
    help="How to print the checks.",
)
@click.option("--batch", type=click.IntRange(1, LIMIT), help="Examples to run (the spec's batch).")
@click.option(
    "--seed",
    type=click.IntRange(0, LIMIT),
    default=0,
    show_default=True,
    help="Seed of the random inputs, weights and directions.",
)
@click.option(
    "--dtype",
    type=click.Choice(("float64", "float32")),
    default="float64",
    show_default=True,
    help="The precision to run in; differences and examples are always computed in float64.",
)
@click.option(
    "--training/--inference",
    default=True,
    show_default=True,
    help="How batch norm and dropout behave.",
)
@click.option("--only", metavar="LAYER", help="Check one layer, or one instance of a block.")
@module_option
@input_option
@max_layers_option
@jobs_option("How many processes verify files, if there are several. Each uses one thread.")
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    form: str,
    batch: int | None,
    seed: int,
    dtype: str,
    training: bool,
    only: str | None,
    module: str | None,
    inputs: Inputs,
    max_layers: int,
    jobs: int,
    output: Path | None,
    force: bool,
) -> None:
    """Run networks forward and backward in NumPy, and compare every prediction with what comes
    out: volumes, parameters, multiply-accumulates, gradients, receptive fields, and the worked
    example. PATH is a file, a folder, or - for standard input.
    """
    paths = chosen_paths(ctx, paths, module)
    refuse_overwriting(output, force, paths)
    search = Search(paths, "Verifying", quiet=True, code=module is not None)
    one = len(paths) == 1 and not search.is_folder(paths[0])
    how = How(batch, seed, dtype, training, only, max_layers, inputs)
    with nullcontext() if one else one_thread():  # before NumPy is loaded
        run = _Run(search, how, _Printer(form, one, output))
        run.several(jobs) if jobs > 1 and not one else run.one_by_one()
        run.code = max(run.code, run.printer.end())
    if not search.checked and search.code == OK:
        click.echo("nothing to verify", err=True)
        search.code = UNUSABLE
    ctx.exit(max(run.code, search.code))


class How(NamedTuple):
    """How networks are verified."""

    batch: int | None
    seed: int
    dtype: str
    training: bool
    only: str | None
    max_layers: int
    inputs: Inputs = None


class Done(NamedTuple):
    """What was found in a file, or why nothing was."""

    result: Verification | None
    complaint: str = ""


def verified(
    how: How, path: str, trace: Trace | None = None, progress: Progress | None = None
) -> Done:
    """Verify one file, in this or in another process. Whatever happens, the others go on."""
    from shapecalc.executor.verify import verify

    try:
        result = verify(
            trace or shapecalc.trace(path, inputs=how.inputs, max_layers=how.max_layers),
            batch=how.batch, seed=how.seed, dtype=how.dtype, training=how.training,
            only=how.only, progress=progress,
        )  # fmt: skip
    except OSError as error:  # it was there a moment ago
        return Done(None, error.strerror or str(error))
    except Exception as error:
        return Done(None, unexpected(error))
    return Done(result)


def _ended(path: str) -> Done:
    return Done(None, ENDED)


class _Run:
    """Verifies the files of a search, one after the other or in several processes."""

    def __init__(self, search: Search, how: How, printer: _Printer) -> None:
        self.search, self.how, self.printer = search, how, printer
        self.listed = search.listed()
        self.status = _Status(len(self.listed))
        self.code = OK
        self.done = 0  # files that processes have verified

    def one_by_one(self) -> None:
        """Verify each file, and tell of it, before the next one is opened."""
        for path, trace in self._sound():
            self.status.show(f"Verifying {self.search.checked} of {len(self.listed)}: {path}")
            with _Bar(len(trace.layers) if self.printer.shows_a_bar else 0) as bar:
                done = verified(self.how, path, trace, bar.show)
            self._tell(path, done)

    def several(self, jobs: int) -> None:
        """Verify files in several processes; they are told of in order."""
        # Only standard input can be read but once; the others read their files themselves.
        todo = [(path, trace if path == "-" else None) for path, trace in self._sound()]
        work = partial(verified, self.how)
        paths = [path for path, trace in todo if trace is None]
        results = in_order(work, paths, jobs, lost=_ended, progress=self._progress)
        with closing(results):
            self._progress(0)
            for path, trace in todo:
                done = verified(self.how, path, trace) if trace is not None else next(results)
                self._tell(path, done)
                self._progress(None)
        self.status.clear()

    def _progress(self, done: int | None) -> None:
        self.done = self.done if done is None else done
        self.status.show(f"Verifying: {self.done} of {self.search.checked} done")

    def _sound(self) -> Iterator[tuple[str, Trace]]:
        """Yield what is to be verified, with a word beforehand where that takes minutes."""
        only = self.how.only
        for path, trace in self.search.traces(self.how.max_layers, self.listed, self.how.inputs):
            self.status.clear()
            if only is not None and not _has(trace, only, path):
                self.code = UNUSABLE
                continue
            _warn_of_minutes(path, trace, self.how)
            yield path, trace

    def _tell(self, path: str, done: Done) -> None:
        self.status.clear()
        if done.result is None:
            say(path, done.complaint)
            self.code = UNUSABLE
            return
        self.code = max(self.code, OK if done.result.agrees else FAULTY)
        self.printer.add(path, done.result)


def _warn_of_minutes(path: str, trace: Trace, how: How) -> None:
    """Say on standard error how long it will take, if that is minutes."""
    from shapecalc.executor.verify import foreseen

    seconds = foreseen(trace, batch=how.batch, dtype=how.dtype, only=how.only)
    if seconds < MINUTE:
        return
    minutes = round(seconds / MINUTE)
    about = "a minute" if minutes == 1 else f"{minutes:,} minutes"
    click.echo(
        f"shapecalc: {quote(path, 400)}: verifying it takes about {about}; that is a rough estimate"
        " from its multiply-accumulates and values, and may be off by a factor of three",
        err=True,
    )


def _has(trace: Trace, only: str, path: str) -> bool:
    """Say whether a network has a layer or an instance; complain if it has not."""
    names = [record.name for record in trace.layers]
    if any(name == only or name.startswith(f"{only}.") for name in names):
        return True
    close = nearest(only, names)
    hint = f"; did you mean {quote(close)}?" if close else ""
    click.echo(f"shapecalc: {quote(path, 400)} has no layer {quote(only)}{hint}", err=True)
    return False


class _Printer:
    """Prints one verification after the other; a page, and what goes to a file, in the end."""

    def __init__(self, form: str, one: bool, output: Path | None) -> None:
        self.form, self.one, self.output = form, one, output
        self.kept: list[Verification] = []
        self.lines: list[str] = []

    @property
    def shows_a_bar(self) -> bool:
        """Whether a progress bar is shown: nothing is printed before its network is done."""
        return self.one and self.form != "json"

    def add(self, path: str, result: Verification) -> None:
        """Take the verification of a file."""
        if self.form == "html":
            self.kept.append(result)
            return
        text = self._text(path, result)
        found = result.diagnostics if self.form == "table" else ()
        if self.output is not None:
            self.lines += [text, *lines_for_people(path, found)]
            return
        click.echo(text)
        tell(path, found)

    def _text(self, path: str, result: Verification) -> str:
        if self.form == "json":
            return json.dumps(result.to_dict(), indent=2 if self.one else None, allow_nan=False)
        from shapecalc.reports import verification_table

        if self.one:
            return verification_table.render(result)
        return f"{quote(path, 400)}: {verification_table.summary(result)}"

    def end(self) -> int:
        """Write what was kept; return the exit code of that."""
        if self.kept:
            from shapecalc.reports.html import verification

            self.lines.append(verification.render(self.kept))
        text = "".join(f"{line}\n" for line in self.lines)
        return OK if not text or write(text, self.output) else UNUSABLE


def looked_at() -> bool:
    """Say whether somebody reads standard error while it is written."""
    return sys.stderr.isatty()


class _Status:
    """A line on standard error that says how far it is, while somebody looks and there are several
    files.
    """

    def __init__(self, files: int) -> None:
        self.wanted = files > 1 and looked_at()
        self.width = 0

    def show(self, text: str) -> None:
        """Put a line in the place of the last one."""
        self.clear()
        if self.wanted:
            text = quote(text, max(20, get_terminal_size().columns - 1))
            self.width = len(text)
            click.echo(f"\r{text}", nl=False, err=True)

    def clear(self) -> None:
        """Take the line away: something else is about to be printed."""
        if self.width:
            click.echo(f"\r{' ' * self.width}\r", nl=False, err=True)
            self.width = 0


class _Bar:
    """A progress bar on standard error, for long networks and if somebody looks."""

    def __init__(self, layers: int) -> None:
        self.wanted = layers >= LONG and looked_at()
        self.done = 0

    def __enter__(self) -> _Bar:
        if self.wanted:
            self.bar = click.progressbar(length=1, label="Verifying", file=sys.stderr)
            self.bar.__enter__()
        return self

    def show(self, done: int, total: int) -> None:
        """Show how many layers of how many are done."""
        if self.wanted:
            self.bar.length = max(total, 1)
            self.bar.update(done - self.done)
            self.done = done

    def __exit__(self, *error: object) -> None:
        if self.wanted:
            self.bar.render_finish()
