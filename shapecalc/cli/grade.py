"""shapecalc grade: mark answers by an assignment, for one student or a whole class."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shapecalc.cli.files import OK, UNUSABLE, Named, complain
from shapecalc.cli.findings import tell
from shapecalc.cli.output import output_options, refuse_overwriting, write

if TYPE_CHECKING:
    from shapecalc.grading.presets import Preset
    from shapecalc.grading.question import Assignment
    from shapecalc.registry import Registry

MANY = 50  # files from which a progress bar is shown
FORMATS = ("table", "json", "csv", "gradescope", "prairielearn")


def _formats() -> Registry[Any]:
    from shapecalc.grading.exports import FORMATS  # help does not need all that marks

    return FORMATS


def _regex(ctx: click.Context, option: click.Parameter, value: str | None) -> Preset | None:
    from shapecalc.grading.presets import by_regex

    try:
        return by_regex(value) if value is not None else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command("grade")
@click.argument("assignment", metavar="ASSIGNMENT")
@click.argument("submissions", nargs=-1, required=True, metavar="SUBMISSION...")
@click.option(
    "--format",
    "form",
    type=Named(_formats, FORMATS),
    default="table",
    show_default=True,
    help="How to write the marks; gradescope and prairielearn take one submission.",
)
@output_options
@click.option(
    "--jobs",
    type=click.IntRange(1, 61),  # more than 61 are not possible on Windows
    default=1,
    show_default=True,
    help="How many processes to use.",
)
@click.option(
    "--preset",
    type=click.Choice(("moodle", "canvas", "gradescope")),
    help="Read the student from the file name, as this platform writes it.",
)
@click.option(
    "--student-regex",
    "regex",
    callback=_regex,
    metavar="REGEX",
    help="Read the student from (?P<student>...) in the path below the given folder.",
)
@click.pass_context
def command(
    ctx: click.Context,
    assignment: str,
    submissions: tuple[str, ...],
    form: str,
    output: Path | None,
    force: bool,
    jobs: int,
    preset: str | None,
    regex: Preset | None,
) -> None:
    """Mark answers by an assignment, and name the mistake behind a wrong one. SUBMISSION is a YAML
    or JSON file of question ids and answers, a CSV with a column for each question, or a folder.

    Exit code 0 once all are marked, even if some submissions are not gradable.
    """
    from shapecalc.grading import class_run, exports
    from shapecalc.grading.presets import PRESETS, find

    if preset and regex:
        raise click.UsageError("--preset and --student-regex cannot be used together")
    refuse_overwriting(output, force, (assignment, *submissions))
    read = _assignment(assignment)
    if read is None:
        ctx.exit(UNUSABLE)
    unopened: list[str] = []

    def unopenable(path: str, error: Exception) -> None:
        unopened.append(path)
        complain(path, error)

    found = find(submissions, PRESETS[preset] if preset else regex, unopenable)
    if not found and not unopened:
        click.echo("shapecalc: nothing to grade: no *.yaml, *.yml, *.json, *.csv", err=True)
    if not found:
        ctx.exit(UNUSABLE)
    with _bar(len(found)) as progress:
        everybody = class_run.grade(read, found, jobs, progress)
    if form in exports.OF_ONE and len(everybody.graded) != 1:
        count = len(everybody.graded)
        raise click.UsageError(f"--format {form} takes one submission: here are {count:,}")
    text = exports.render(form, everybody)
    if not write(text, output):
        ctx.exit(UNUSABLE)
    failed = [item for item in everybody.graded if item.failed]
    for item in failed[:1]:
        told = f"{item.marked.reason}, please report it (met {len(failed):,} times)"
        click.echo(f"shapecalc: {item.file}: {told}", err=True)
    ctx.exit(UNUSABLE if unopened or failed else OK)


def _assignment(path: str) -> Assignment | None:
    """Return the assignment; None, with its faults printed, if answers cannot be marked by it."""
    from shapecalc.grading.assignment import read_assignment

    try:
        read = read_assignment(path)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        complain(path, error)
        return None
    tell(path, read.diagnostics)
    return read if read.usable else None


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
