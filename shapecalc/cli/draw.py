"""shapecalc draw: a picture of a network as SVG, TikZ or a page."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shapecalc.cli.files import (
    FAULTY,
    UNUSABLE,
    Inputs,
    Named,
    exit_code,
    input_option,
    max_layers_option,
    trace_path,
)
from shapecalc.cli.output import output_options, refuse_overwriting, write
from shapecalc.diagnostics import quote
from shapecalc.pictures import STYLES, WRITERS, draw

if TYPE_CHECKING:
    from shapecalc.pictures.schemes import Scheme

CONVERTED = {".png": "-o", ".pdf": "-f pdf -o", ".ps": "-f ps -o", ".eps": "-f eps -o"}


@click.command("draw")
@click.argument("path", metavar="FILE")
@click.option(
    "--style",
    type=Named(lambda: STYLES, STYLES),
    default="volumes",
    show_default=True,
    help="What is drawn: boxes of the volumes' sizes, a graph of layers, or receptive fields.",
)
@click.option(
    "--width",
    type=click.IntRange(200, 20_000),
    metavar="PX",
    help="The width there is: a picture wraps there, where it can.",
)
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    metavar="N",
    help="Draw instances of blocks nested deeper than N as one thing each.",
)
@click.option("--light", "scheme", flag_value="light", help="Light, whatever the reader prefers.")
@click.option("--dark", "scheme", flag_value="dark", help="Dark, whatever the reader prefers.")
@input_option
@max_layers_option
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    path: str,
    style: str,
    width: int | None,
    depth: int | None,
    scheme: str | None,
    inputs: Inputs,
    max_layers: int,
    output: Path | None,
    force: bool,
) -> None:
    """Draw a network of any format that can be read. The ending of -o tells what is written: .svg,
    .tex for TikZ, .html for a page with a table. FILE - is standard input.
    """
    form = _format(output, path)
    refuse_overwriting(output, force, (path,))
    trace = trace_path(path, max_layers, inputs)
    if trace is None:
        ctx.exit(UNUSABLE)
    chosen: Scheme = "light" if scheme == "light" else "dark" if scheme == "dark" else "auto"
    try:
        text = draw(trace, style, form, width, depth, chosen)
    except ValueError as error:
        click.echo(f"shapecalc: {quote(path, 400)}: {error}", err=True)
        ctx.exit(FAULTY)
    if not write(text, output):
        ctx.exit(UNUSABLE)
    code = exit_code(trace)
    if code:
        name = quote(path, 400)
        click.echo(f"shapecalc: {name} has errors, which are marked: shapecalc check", err=True)
    ctx.exit(code)


def _format(output: Path | None, path: str) -> str:
    """Return what to write by a file's ending. Raises UsageError for one that we do not write."""
    if output is None:
        return "svg"
    ending = output.suffix.lower()
    if ending[1:] in WRITERS:
        return ending[1:]
    shown = quote(str(output), 400)
    if ending in CONVERTED:
        between = output.with_suffix(".svg").name
        steps = (
            f"shapecalc draw {shlex.quote(quote(path, 400))} -o {shlex.quote(between)}",
            f"rsvg-convert {CONVERTED[ending]} {shlex.quote(shown)} {shlex.quote(between)}",
        )
        raise click.UsageError(f"{ending} is left to another program: {' && '.join(steps)}")
    endings = ", ".join(f".{name}" for name in WRITERS)
    raise click.UsageError(f"-o {shown}: the ending tells what to write: {endings}")
