"""shapecalc assignment: a teacher's assignment as a handout, for a platform, or to be filled in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shapecalc.cli.files import UNUSABLE, Named, complain, say
from shapecalc.cli.findings import tell
from shapecalc.cli.output import output_options, refuse_overwriting, write
from shapecalc.diagnostics import quote

if TYPE_CHECKING:
    from shapecalc.registry import Registry

COMPARED = "the platform compares a {} letter by letter: only a few ways to write it are right"
COMPARED_BY_LETTER = {"array": "list", "formula": "formula"}
FORMATS = ("markdown", "latex", "blank", "gift", "moodle-xml", "text2qti")


def _formats() -> Registry[Any]:
    from shapecalc.grading.handout import FORMATS  # help does not need all that reads assignments

    return FORMATS


@click.command("assignment")
@click.argument("file", metavar="FILE")
@click.option(
    "--format",
    "form",
    type=Named(_formats, FORMATS),
    default="markdown",
    show_default=True,
    help="How to write it; blank is an empty answer file, gift and moodle-xml are for Moodle.",
)
@output_options
@click.pass_context
def command(ctx: click.Context, file: str, form: str, output: Path | None, force: bool) -> None:
    """Write an assignment for those who answer it: a sheet with the networks and the questions, a
    quiz for a platform, or a file of answers to be filled in.
    """
    from shapecalc.grading.accepted_mistakes import accepted_mistakes
    from shapecalc.grading.assignment import read_assignment
    from shapecalc.grading.handout.conflicts import conflicts

    refuse_overwriting(output, force, (file,))
    try:
        read = read_assignment(file)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        complain(file, error)
        ctx.exit(UNUSABLE)
    tell(file, read.diagnostics)
    if form in ("gift", "moodle-xml", "text2qti"):
        for question in read.questions:
            typed = COMPARED_BY_LETTER.get(question.query.form)
            if typed and not question.choices and not isinstance(question.right, int | float):
                say(file, f"{quote(question.id)}: {COMPARED.format(typed)}")
    for told in (*conflicts(read), *accepted_mistakes(read)):
        say(file, told)
    if not read.usable or not write(_formats()[form](read), output):
        ctx.exit(UNUSABLE)
