"""shapecalc quiz: problems with drawn numbers, other ones for every student, and their key."""

from __future__ import annotations

from pathlib import Path

import click

from shapecalc.cli.files import UNUSABLE, Named
from shapecalc.cli.output import output_options, refuse_overwriting, write
from shapecalc.diagnostics import LIMIT, nearest, quote
from shapecalc.frameworks.lookups import kinds_meant, spelled
from shapecalc.grading.quiz import KINDS, MOST, make_quiz
from shapecalc.grading.quiz.formats import FORMATS
from shapecalc.grading.quiz.markdown import render as on_paper
from shapecalc.layers import kind_of

MOST_STUDENT = 200  # characters


def _kinds(ctx: click.Context, option: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Read names of layer kinds; aliases such as fc are read, too."""
    if value is None:
        return ()
    found = []
    for word in filter(None, map(str.strip, value.split(","))):
        kind = kind_of(word) or word
        if kind not in KINDS:
            close = kinds_meant().get(spelled(word)) or nearest(word, KINDS)
            hint = f"did you mean {close}?" if close in KINDS else f"there is {', '.join(KINDS)}"
            raise click.BadParameter(f"no quiz asks about {quote(word)!r}; {hint}")
        found.append(kind)
    if not found:
        raise click.BadParameter(f"name at least one of {', '.join(KINDS)}")
    return tuple(found)


def _student(ctx: click.Context, option: click.Parameter, value: str) -> str:
    if len(value) > MOST_STUDENT:
        raise click.BadParameter(f"longer than {MOST_STUDENT} characters")
    return value.strip()


@click.command("quiz")
@click.option(
    "--seed",
    type=click.IntRange(0, LIMIT),
    default=0,
    show_default=True,
    help="Seed of the random numbers; the same seed gives the same quiz everywhere.",
)
@click.option(
    "--student",
    metavar="ID",
    default="",
    callback=_student,
    help="Give this student the same kinds of problems with other numbers.",
)
@click.option(
    "--level",
    type=click.IntRange(1, 4),
    default=1,
    show_default=True,
    help="1: one layer; 2: padding, strides, groups, two layers; 3: fields, MACs, values by hand;"
    " 4: sizes that fit, what a unit sees, FLOPs by conventions, steps and dropout by hand.",
)
@click.option(
    "--kinds",
    callback=_kinds,
    metavar="NAMES",
    help=f"Layer kinds to ask about, separated by commas: {','.join(KINDS)}.",
)
@click.option(
    "-n",
    "count",
    type=click.IntRange(1, MOST),
    default=5,
    show_default=True,
    help="How many problems; one may have several questions.",
)
@click.option(
    "--format",
    "form",
    type=Named(lambda: FORMATS, FORMATS),
    default="markdown",
    show_default=True,
    help="How to write it; yaml is an assignment for grade, gift and moodle-xml are for Moodle.",
)
@click.option("--key", is_flag=True, help="Print the key with its working (markdown only).")
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    seed: int,
    student: str,
    level: int,
    kinds: tuple[str, ...],
    count: int,
    form: str,
    key: bool,
    output: Path | None,
    force: bool,
) -> None:
    """Draw a problem set about volumes, parameters and receptive fields, with its key.

    \b
    shapecalc quiz --student s123 --level 2 -n 8 > sheet.md
    shapecalc quiz --student s123 --level 2 -n 8 --key > key.md
    """
    if key and form != "markdown":
        raise click.UsageError(f"--key is for markdown; {form} holds the key already")
    refuse_overwriting(output, force)
    quiz = make_quiz(seed=seed, student=student, level=level, kinds=kinds, count=count)
    text = on_paper(quiz, key=True) if key else FORMATS[form](quiz)
    if not write(text, output):
        ctx.exit(UNUSABLE)
