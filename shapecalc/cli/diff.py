"""shapecalc diff: what differs between two networks, of any formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

import shapecalc
from shapecalc.cli.files import (
    FAULTY,
    OK,
    UNUSABLE,
    Inputs,
    Unusable,
    built,
    complain,
    input_option,
    max_layers_option,
    trace_path,
)
from shapecalc.cli.findings import tell
from shapecalc.cli.output import output_options, refuse_overwriting, write
from shapecalc.cli.revisions import document_of
from shapecalc.tracing import Trace

if TYPE_CHECKING:
    from shapecalc.comparison import Difference


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "markdown", "json", "html")),
    default="text",
    show_default=True,
    help="How to print the differences.",
)
@input_option
@max_layers_option
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    old: str,
    new: str,
    form: str,
    inputs: Inputs,
    max_layers: int,
    output: Path | None,
    force: bool,
) -> None:
    """Say what differs between two networks: layers, volumes, totals. Names alone do not count,
    nor does the way or the format in which a network is written. FILE@REVISION is a file as git
    has it in a revision: net.yaml@HEAD~1.

    Exit codes: 0 the same network, 1 another one, or an error in a file.
    """
    refuse_overwriting(output, force, (old, new))
    traces = [_traced(path, max_layers, inputs) for path in (old, new)]
    if None in traces:
        ctx.exit(UNUSABLE)
    from shapecalc.comparison import compare

    one, other = (trace for trace in traces if trace is not None)
    unreadable = [trace for trace in (one, other) if not trace.spec.readable]
    if unreadable:
        for trace in unreadable:
            tell(trace.spec.file or "", trace.diagnostics, err=True)
        ctx.exit(FAULTY)
    found = compare(one, other)
    written = write(f"{_shown(found, form)}\n", output)
    ctx.exit(max(OK if found.same else FAULTY, OK if written else UNUSABLE))


def _shown(found: Difference, form: str) -> str:
    """Return the differences in a format."""
    if form == "json":
        return json.dumps(found.to_dict(), indent=2)
    if form == "html":
        from shapecalc.reports.html.difference import render  # fewer read pages than text

        return render(found)
    from shapecalc.reports import difference

    return (difference.markdown if form == "markdown" else difference.text)(found)


def _traced(path: str, max_layers: int, inputs: Inputs) -> Trace | None:
    """Return the trace of a file or of a file in a revision; None, with a message, of neither."""
    try:
        found = document_of(path)
        if found is None:
            return trace_path(path, max_layers, inputs)
        return shapecalc.trace(built(found, max_layers, inputs))
    except (OSError, ValueError, Unusable) as error:
        complain(path, error)
        return None
