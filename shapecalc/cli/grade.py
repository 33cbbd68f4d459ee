"""shapecalc grade: mark answers by an assignment, for one student or a whole class."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shapecalc.cli.files import UNUSABLE, Named, complain
from shapecalc.cli.marking import code_of, marked, marking_options, tell_of_class
from shapecalc.cli.output import output_options, refuse_overwriting, replace_file, write
from shapecalc.diagnostics import quote

if TYPE_CHECKING:
    from shapecalc.grading.graded import ClassRun
    from shapecalc.registry import Registry

MOST_NAMED = 20  # skipped files
FORMATS = ("table", "json", "csv", "gradescope", "prairielearn")


def _formats() -> Registry[Any]:
    from shapecalc.grading.exports import FORMATS  # help does not need all that marks

    return FORMATS


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
@marking_options
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
    /,
    assignment: str,
    submissions: tuple[str, ...],
    form: str,
    output: Path | None,
    force: bool,
    summary: bool,
    folder: Path | None,
    **how: Any,
) -> None:
    """Mark answers by an assignment, and name the mistake behind a wrong one. SUBMISSION is a YAML
    or JSON file of question ids and answers, a text with a line for each, a CSV with a column for
    each question, or a folder.

    Exit code 0 once all are marked, even if some submissions are not gradable; 1 if none is.
    """
    from shapecalc.grading import exports
    from shapecalc.grading.exports.summary import SUMMARIES

    if summary and form not in SUMMARIES:
        raise click.UsageError(f"--summary is {' or '.join(SUMMARIES)}, not {form}")
    refuse_overwriting(output, force, (assignment, *submissions))
    run = marked(assignment, submissions, **how)
    if run is None:
        ctx.exit(UNUSABLE)
    everybody, unopened = run
    count = everybody.tally.graded
    if form in exports.OF_ONE and count != 1:
        raise click.UsageError(f"--format {form} takes one submission: here are {count:,}")
    if folder and not force:
        _refuse_letters(everybody, folder)
    text = SUMMARIES[form](everybody) if summary else exports.parts(form, everybody)
    if not write(text, output) or (folder and not _letters_written(everybody, folder)):
        ctx.exit(UNUSABLE)
    ctx.exit(UNUSABLE if _complained(everybody, form) or unopened else code_of(everybody))


def _complained(everybody: ClassRun, form: str) -> bool:
    """Tell what no table of marks has a place for; say whether something is our own fault."""
    tally = everybody.tally
    if form == "csv":
        tell_of_class(everybody)
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
