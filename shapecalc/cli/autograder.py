"""shapecalc autograder: an archive with which Gradescope marks an assignment."""

from __future__ import annotations

from pathlib import Path

import click

from shapecalc.cli.files import UNUSABLE, complain, say
from shapecalc.cli.findings import tell
from shapecalc.cli.output import output_options, refuse_overwriting, write


@click.command("autograder")
@click.argument("assignment", metavar="ASSIGNMENT")
@output_options
@click.pass_context
def command(ctx: click.Context, assignment: str, output: Path | None, force: bool) -> None:
    """Write a zip archive with which Gradescope marks an assignment. It holds the assignment, the
    networks that it names, and shapecalc itself.

    Upload it under "Configure Autograder", with Ubuntu 22.04 or later as the base image. Students
    hand in one file, as for `shapecalc grade`; each question becomes a test.
    """
    from shapecalc.grading.assignment import read_assignment
    from shapecalc.grading.autograder import NotPacked, archive
    from shapecalc.grading.autograder.wheel import NotInstalled

    if output is None:
        raise click.UsageError("write -o autograder.zip: an archive is nothing to look at")
    refuse_overwriting(output, force, (assignment,))
    try:
        read = read_assignment(assignment)
        tell(assignment, read.diagnostics)
        if not read.usable:
            ctx.exit(UNUSABLE)
        packed = archive(read)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        complain(assignment, error)
        ctx.exit(UNUSABLE)
    except (NotPacked, NotInstalled) as error:
        say(assignment, str(error))
        ctx.exit(UNUSABLE)
    if not write(packed, output):
        ctx.exit(UNUSABLE)
