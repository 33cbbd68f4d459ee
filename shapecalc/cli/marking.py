"""What grade and regrade share: the options that say how answers are read, and the marking."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import click

from shapecalc import rules
from shapecalc.cli.files import FAULTY, OK, complain, say
from shapecalc.cli.findings import tell
from shapecalc.diagnostics import quote

if TYPE_CHECKING:
    from shapecalc.grading.graded import ClassRun
    from shapecalc.grading.presets import Preset
    from shapecalc.grading.question import Assignment

Command = TypeVar("Command", bound=Callable[..., object])
MANY = 50  # files from which a progress bar is shown


def _regex(ctx: click.Context, option: click.Parameter, value: str | None) -> Preset | None:
    from shapecalc.grading.presets import by_regex

    try:
        return by_regex(value) if value is not None else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _columns(ctx: click.Context, option: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in value:
        key, sign, column = pair.partition("=")
        if not (sign and key.strip() and column.strip()):
            raise click.BadParameter(f'{quote(pair)} is not ID=COLUMN, as in q1="Response 1"')
        found[key.strip()] = column.strip()
    return found


OPTIONS = (
    click.option(
        "--jobs",
        type=click.IntRange(1, 61),  # more than 61 are not possible on Windows
        default=1,
        show_default=True,
        help="How many processes to use.",
    ),
    click.option(
        "--preset",
        type=click.Choice(("moodle", "canvas", "gradescope", "github-classroom")),
        help="Read the student from the file name, as this platform writes it.",
    ),
    click.option(
        "--student-regex",
        "regex",
        callback=_regex,
        metavar="REGEX",
        help="Read the student from (?P<student>...) in the path below the given folder.",
    ),
    click.option(
        "--columns",
        multiple=True,
        callback=_columns,
        metavar="ID=COLUMN",
        help="Read a question's answers, or `student`, from a table's column: q1=\"Response 1\".",
    ),
)


def marking_options(command: Command) -> Command:
    """Add the options that say how answers are read to a command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def marked(
    assignment: str,
    submissions: Sequence[str],
    jobs: int,
    preset: str | None,
    regex: Preset | None,
    columns: dict[str, str],
) -> tuple[ClassRun, list[str]] | None:
    """Return a class with its marks, and the paths that could not be opened; None, with what is
    wrong told, where nothing can be marked.
    """
    from shapecalc.grading import class_run
    from shapecalc.grading.presets import PRESETS, find

    if preset and regex:
        raise click.UsageError("--preset and --student-regex cannot be used together")
    read = _assignment(assignment, columns)
    if read is None:
        return None
    unopened: list[str] = []

    def unopenable(path: str, error: Exception) -> None:
        unopened.append(path)
        complain(path, error)

    found = find(submissions, PRESETS[preset] if preset else regex, unopenable, assignment)
    if not found and not unopened:
        click.echo("shapecalc: nothing to grade: the folder is empty", err=True)
    if not found:
        return None
    with _bar(len(found)) as progress:
        now = datetime.now().astimezone()
        return class_run.grade(read, found, jobs, progress, now), unopened


def code_of(everybody: ClassRun) -> int:
    """Return 1 where nothing at all could be graded."""
    if everybody.tally.marked:
        return OK
    from shapecalc.grading.exports.feedback import reason

    first = next((item for item in everybody.everything if not item.gradable), None)
    why = f": {first.file}: {reason(first)}" if first else ""
    click.echo(f"shapecalc: nothing could be graded{why}", err=True)
    return FAULTY


def tell_of_class(everybody: ClassRun) -> None:
    """Tell which questions a table has no column for, which columns answer none, and of how many
    it is not known when they handed in.
    """
    from shapecalc.grading.exports.feedback import of_columns, of_times

    for said in (*of_columns(everybody), *of_times(everybody)):
        click.echo(f"shapecalc: {said}", err=True)


def _assignment(path: str, columns: dict[str, str]) -> Assignment | None:
    """Return the assignment; None, with its faults printed, if answers cannot be marked by it."""
    from shapecalc.grading.accepted_mistakes import accepted_mistakes
    from shapecalc.grading.assignment import read_assignment

    try:
        read = read_assignment(path)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        complain(path, error)
        return None
    tell(path, read.diagnostics)
    for said in accepted_mistakes(read):
        say(path, said)
    unknown = [key for key in columns if key not in {"student", *(q.id for q in read.questions)}]
    if unknown and read.usable:
        raise click.UsageError(f"--columns: no question is called {quote(unknown[0])}")
    if not read.usable:
        keys = all(finding.rule is rules.FALSE_KEY for finding in read.findings)
        what = "key" if keys else "assignment"
        click.echo(f"shapecalc: nothing was marked: correct the {what} first", err=True)
        return None
    policy = read.policy
    read.policy = policy._replace(columns={**policy.columns, **columns})
    return read


class _Progress:
    """Passes on how many files are done, if somebody looks."""

    def __init__(self, files: int) -> None:
        wanted = files >= MANY and sys.stderr.isatty()
        self.bar = (
            click.progressbar(length=files, label="Grading", file=sys.stderr) if wanted else None
        )

    def __call__(self, files: int) -> None:
        if self.bar is not None:
            self.bar.update(files)


@contextmanager
def _bar(files: int) -> Iterator[_Progress]:
    progress = _Progress(files)
    if progress.bar is None:
        yield progress
        return
    with progress.bar:
        yield progress
