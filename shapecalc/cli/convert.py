"""shapecalc convert: a network, read from any format, written in another one."""

from __future__ import annotations

from pathlib import Path

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
from shapecalc.cli.findings import tell
from shapecalc.cli.output import output_options, refuse_overwriting, write
from shapecalc.diagnostics import SpecError
from shapecalc.exporters import EXPORTERS


@click.command("convert")
@click.argument("path", metavar="FILE")
@click.option(
    "--to",
    "form",
    type=Named(lambda: EXPORTERS, EXPORTERS),
    default="json",
    show_default=True,
    help="What to write it as.",
)
@input_option
@max_layers_option
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    path: str,
    form: str,
    inputs: Inputs,
    max_layers: int,
    output: Path | None,
    force: bool,
) -> None:
    """Write a network in another format: json is the spec language as data, yaml a spec as a person
    writes it. FILE is of any format that can be read, - is standard input.
    """
    refuse_overwriting(output, force, (path,))
    trace = trace_path(path, max_layers, inputs)
    if trace is None:
        ctx.exit(UNUSABLE)
    try:
        written = EXPORTERS[form](trace)
    except SpecError as error:
        tell(path, error.diagnostics, err=True)
        ctx.exit(FAULTY)
    told = [d for d in trace.diagnostics if d.severity == "error" or d.rule.stage == "files"]
    tell(path, told, err=True)
    code = exit_code(trace)
    ctx.exit(code if write(written, output) else UNUSABLE)
