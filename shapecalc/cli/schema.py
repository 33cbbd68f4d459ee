"""shapecalc schema: the spec language as a JSON Schema, for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from shapecalc.cli.files import UNUSABLE
from shapecalc.cli.output import output_options, refuse_overwriting, write


@click.command("schema")
@output_options
@click.pass_context
def command(ctx: click.Context, output: Path | None, force: bool) -> None:
    """Print a JSON Schema (draft-07) of the spec language.

    An editor that knows it completes kinds and fields, shows their pages and marks what is
    misspelt. In the first line of a spec, `# yaml-language-server: $schema=FILE` names it. Whether
    names exist and sizes fit is for check to say.
    """
    refuse_overwriting(output, force)
    from shapecalc.language_schema import language_schema

    text = json.dumps(language_schema(), indent=1)
    if not write(f"{text}\n", output):
        ctx.exit(UNUSABLE)
