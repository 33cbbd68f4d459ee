"""shapecalc grade: mark answers by an assignment, for one student or a whole class."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shapecalc import rules
from shapecalc.cli.files import FAULTY, OK, UNUSABLE, Named, complain
from shapecalc.cli.findings import tell
from shapecalc.cli.output import output_options, refuse_overwriting, replace_file, write
from shapecalc.diagnostics import quote

if TYPE_CHECKING:
    from shapecalc.grading.graded import ClassRun
    from shapecalc.grading.presets import Preset
    from shapecalc.grading.question import Assignment
    from shapecalc.registry import Registry

MOST_NAMED = 20  # skipped files
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


def _columns(ctx: click.Context, option: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in value:
        key, sign, column = pair.partition("=")
        if not (sign and key.strip() and column.strip()):
            raise click.BadParameter(f'{quote(pair)} is not ID=COLUMN, as in q1="Response 1"')
        found[key.strip()] = column.strip()
    return found


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
    type=click.Choice(("moodle", "canvas", "gradescope", "github-classroom")),
    help="Read the student from the file name, as this platform writes it.",
)
@click.option(
    "--student-regex",
    "regex",
    callback=_regex,
    metavar="REGEX",
    help="Read the student from (?P<student>...) in the path below the given folder.",
)
@click.option(
    "--columns",
    multiple=True,
    callback=_columns,
    metavar="ID=COLUMN",
    help="Read a question's answers, or `student`, from a table's column: q1=\"Response 1\".",
)
@click.option(
    "--summary",
    is_flag=True,
    help="Show how each question went, and the scores, in the place of every student's marks.",
)
@click.option(
    "--feedback",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write a file for each student into a folder, too.",
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
    columns: dict[str, str],
    summary: bool,
    folder: Path | None,
) -> None:
    """Mark answers by an assignment, and name the mistake behind a wrong one. SUBMISSION is a YAML
    or JSON file of question ids and answers, a text with a line for each, a CSV with a column for
    each question, or a folder.

    Exit code 0 once all are marked, even if some submissions are not gradable; 1 if none is.
    """
    from shapecalc.grading import class_run, exports
    from shapecalc.grading.exports.summary import SUMMARIES
    from shapecalc.grading.presets import PRESETS, find

    if preset and regex:
        raise click.UsageError("--preset and --student-regex cannot be used together")
    if summary and form not in SUMMARIES:
        raise click.UsageError(f"--summary is {' or '.join(SUMMARIES)}, not {form}")
    refuse_overwriting(output, force, (assignment, *submissions))
    read = _assignment(assignment, columns)
    if read is None:
        ctx.exit(UNUSABLE)
    unopened: list[str] = []

    def unopenable(path: str, error: Exception) -> None:
        unopened.append(path)
        complain(path, error)

    found = find(submissions, PRESETS[preset] if preset else regex, unopenable, assignment)
    if not found and not unopened:
        click.echo("shapecalc: nothing to grade: the folder is empty", err=True)
    if not found:
        ctx.exit(UNUSABLE)
    with _bar(len(found)) as progress:
        everybody = class_run.grade(read, found, jobs, progress, datetime.now().astimezone())
    count = everybody.tally.graded
    if form in exports.OF_ONE and count != 1:
        raise click.UsageError(f"--format {form} takes one submission: here are {count:,}")
    if folder and not force:
        _refuse_letters(everybody, folder)
    text = SUMMARIES[form](everybody) if summary else exports.parts(form, everybody)
    if not write(text, output) or (folder and not _letters_written(everybody, folder)):
        ctx.exit(UNUSABLE)
    ctx.exit(UNUSABLE if _complained(everybody, form) or unopened else _code(everybody))


def _code(everybody: ClassRun) -> int:
    """Return 1 where nothing at all could be graded."""
    if everybody.tally.marked:
        return OK
    from shapecalc.grading.exports.feedback import reason

    first = next((item for item in everybody.everything if not item.gradable), None)
    why = f": {first.file}: {reason(first)}" if first else ""
    click.echo(f"shapecalc: nothing could be graded{why}", err=True)
    return FAULTY


def _complained(everybody: ClassRun, form: str) -> bool:
    """Tell what no table of marks has a place for; say whether something is our own fault."""
    tally = everybody.tally
    if tally.skipped and form == "csv":
        first = islice(everybody.skipped, MOST_NAMED)
        named = "; ".join(f"{item.file} ({item.marked.reason})" for item in first)
        more = ", ..." if tally.skipped > MOST_NAMED else ""
        click.echo(f"shapecalc: skipped {tally.skipped:,}: {named}{more}", err=True)
    if tally.failed:
        first_failed = next(item for item in everybody.everything if item.failed)
        told = f"{first_failed.marked.reason}, please report it (met {tally.failed:,} times)"
        click.echo(f"shapecalc: {first_failed.file}: {told}", err=True)
    return bool(tally.failed)


def _refuse_letters(everybody: ClassRun, folder: Path) -> None:
    """Refuse to write over files of feedback that are there."""
    from shapecalc.grading.exports.letters import letters

    paths = (folder / name for name, _ in letters(everybody))
    taken = [path for path in paths if os.path.lexists(path)]
    if taken:
        more = f" (and {len(taken) - 1:,} more)" if len(taken) > 1 else ""
        shown = quote(str(taken[0]), 400)
        raise click.UsageError(f"{shown} is there already{more}; --force replaces it")


def _letters_written(everybody: ClassRun, folder: Path) -> bool:
    """Write a file of feedback for everybody; say whether that went well."""
    from shapecalc.grading.exports.letters import letters

    for name, text in letters(everybody):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            replace_file(text, folder / name)
        except (OSError, ValueError) as error:
            complain(folder / name, error)
            return False
    return True


def _assignment(path: str, columns: dict[str, str]) -> Assignment | None:
    """Return the assignment; None, with its faults printed, if answers cannot be marked by it."""
    from shapecalc.grading.assignment import read_assignment

    try:
        read = read_assignment(path)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        complain(path, error)
        return None
    tell(path, read.diagnostics)
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
