"""shapecalc sizes: the input sizes at which a whole network fits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from shapecalc.cli.files import (
    FAULTY,
    OK,
    UNUSABLE,
    Inputs,
    input_option,
    max_layers_option,
    trace_path,
)
from shapecalc.cli.output import refuse_overwriting, write
from shapecalc.diagnostics import quote
from shapecalc.solving.fitting import FittingSizes, fitting
from shapecalc.volumes import show

WANTED = re.compile(r"(?:(.+)=)?([1-9][0-9]{0,8}(?:[xX×][1-9][0-9]{0,8})*)")


def _wanted(
    ctx: click.Context, option: click.Parameter, value: str | None
) -> tuple[str | None, tuple[int, ...]] | None:
    """Return an output's name, None for the only one, and its sizes."""
    if value is None:
        return None
    read = WANTED.fullmatch(value.strip())
    if read is None:
        raise click.BadParameter(
            f"{quote(value)} is no height x width such as 388x388, or NAME=388x388"
        )
    return read[1], tuple(int(size) for size in re.split("[xX×]", read[2]))


@click.command("sizes")
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How to print them.",
)
@click.option(
    "--output",
    "wanted",
    callback=_wanted,
    metavar="[NAME=]SIZE",
    help="Say which input gives an output of this height x width, as 388x388.",
)
@input_option
@max_layers_option
@click.option(
    "-o",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to a file instead of standard output.",
)
@click.option("--force", is_flag=True, help="Let -o replace a file that is there.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    form: str,
    wanted: tuple[str | None, tuple[int, ...]] | None,
    inputs: Inputs,
    max_layers: int,
    file: Path | None,
    force: bool,
) -> None:
    """Say which input sizes fit a network from its first layer to its last: which layer asks for
    which factor, the nearest sizes to the present one, and what comes out, as a formula.

    Exit codes: 0 there are some, 1 no size fits, or none gives the output that is asked for.
    """
    file = None if file == Path("-") else file
    refuse_overwriting(file, force, paths)
    code, texts = OK, []
    for path in paths:
        trace = trace_path(path, max_layers, inputs)
        if trace is None:
            code = UNUSABLE
            continue
        found = fitting(trace.spec)
        code = max(code, OK if found.fits else FAULTY)
        single = len(paths) == 1
        asked = _Asked(found, wanted) if wanted and found.fits else None
        code = max(code, OK if asked is None or asked.given is not None else FAULTY)
        if form == "json":
            made = found.to_dict() | (asked.data() if asked else {})
            texts.append(json.dumps(made, indent=2 if single else None))
        else:
            texts.append("\n\n".join((str(found), *([asked.text()] if asked else []))))
    between = "\n" if form == "json" else "\n\n\n"
    if texts and not write(between.join(texts) + "\n", file):
        code = UNUSABLE
    ctx.exit(code)


class _Asked:
    """The inputs that give an output, or the outputs nearest to it that there are."""

    def __init__(self, found: FittingSizes, wanted: tuple[str | None, Sequence[int]]) -> None:
        name, self.sizes = wanted
        try:
            self.given = found.inputs_for(self.sizes, name)
        except ValueError as error:
            raise click.UsageError(f"--output: {error}") from None
        self.near = [] if self.given is not None else found.nearest_outputs(self.sizes, name)

    def text(self) -> str:
        """Return it for people."""
        if self.given is not None:
            return f"For the output {show(self.sizes)}: {_listed(self.given)}"
        near = [f"{show(output)} from {_listed(inputs)}" for output, inputs in self.near]
        offer = f" The nearest: {'; '.join(near)}." if near else ""
        return f"No input gives the output {show(self.sizes)}.{offer}"

    def data(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        near = [{"output": list(output), "inputs": _plain(inputs)} for output, inputs in self.near]
        return {"for": None if self.given is None else _plain(self.given), "nearest_outputs": near}


def _plain(inputs: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    return {name: list(volume) for name, volume in inputs.items()}


def _listed(inputs: Mapping[str, Sequence[int]]) -> str:
    return ", ".join(f"{quote(name)}: {show(volume)}" for name, volume in inputs.items())
