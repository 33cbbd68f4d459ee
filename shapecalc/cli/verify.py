"""shapecalc verify: run networks in NumPy, and compare every prediction with what comes out."""

from __future__ import annotations

import json
import sys

import click

from shapecalc.cli.check import print_finding
from shapecalc.cli.files import FAULTY, OK, UNUSABLE, max_layers_option
from shapecalc.cli.search import Search
from shapecalc.diagnostics import LIMIT, nearest, quote
from shapecalc.tracing import Trace
from shapecalc.verification import Verification

LONG = 30  # layers from which a progress bar is shown


@click.command("verify")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "json")),
    default="table",
    show_default=True,
    help="How to print the checks.",
)
@click.option("--batch", type=click.IntRange(1, LIMIT), help="Examples to run (the spec's batch).")
@click.option(
    "--seed",
    type=click.IntRange(0, LIMIT),
    default=0,
    show_default=True,
    help="Seed of the random inputs, weights and directions.",
)
@click.option(
    "--dtype",
    type=click.Choice(("float64", "float32")),
    default="float64",
    show_default=True,
    help="The precision to run in; differences and examples are always computed in float64.",
)
@click.option(
    "--training/--inference",
    default=True,
    show_default=True,
    help="How batch norm and dropout behave.",
)
@click.option("--only", metavar="LAYER", help="Check one layer, or one instance of a block.")
@max_layers_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    form: str,
    batch: int | None,
    seed: int,
    dtype: str,
    training: bool,
    only: str | None,
    max_layers: int,
) -> None:
    """Run networks forward and backward in NumPy, and compare every prediction with what comes
    out: volumes, parameters, multiply-accumulates, gradients, receptive fields, and the worked
    example. PATH is a file, a folder, or - for standard input.
    """
    from shapecalc.executor.confirm import confirm

    search = Search(paths, "Verifying")
    one = len(paths) == 1 and not search.is_folder(paths[0])
    code = OK
    for path, trace in search.traces(max_layers):
        if only is not None and not _has(trace, only, path):
            code = UNUSABLE
            continue
        with _Bar(len(trace.layers) if one and form == "table" else 0) as bar:
            result = confirm(
                trace, batch=batch, seed=seed, dtype=dtype, training=training, only=only,
                progress=bar.show,
            )  # fmt: skip
        code = max(code, OK if result.agrees else FAULTY)
        _print(path, result, form, one)
    if not search.checked and search.code == OK:
        click.echo("nothing to verify", err=True)
        search.code = UNUSABLE
    ctx.exit(max(code, search.code))


def _has(trace: Trace, only: str, path: str) -> bool:
    """Say whether a network has a layer or an instance; complain if it has not."""
    names = [record.name for record in trace.layers]
    if any(name == only or name.startswith(f"{only}.") for name in names):
        return True
    close = nearest(only, names)
    hint = f"; did you mean {quote(close)}?" if close else ""
    click.echo(f"shapecalc: {quote(path, 400)} has no layer {quote(only)}{hint}", err=True)
    return False


def _print(path: str, result: Verification, form: str, one: bool) -> None:
    if form == "json":
        indent = 2 if one else None
        click.echo(json.dumps(result.to_dict(), indent=indent, allow_nan=False))
        return
    from shapecalc.reports import verification_table

    if one:
        click.echo(verification_table.render(result))
    else:
        click.echo(f"{quote(path, 400)}: {verification_table.summary(result)}")
    for found in result.diagnostics:
        print_finding(path, found)


class _Bar:
    """A progress bar on standard error, for long networks and if somebody looks."""

    def __init__(self, layers: int) -> None:
        self.wanted = layers >= LONG and sys.stderr.isatty()
        self.done = 0

    def __enter__(self) -> _Bar:
        if self.wanted:
            self.bar = click.progressbar(length=1, label="Verifying", file=sys.stderr)
            self.bar.__enter__()
        return self

    def show(self, done: int, total: int) -> None:
        """Show how many layers of how many are done."""
        if self.wanted:
            self.bar.length = max(total, 1)
            self.bar.update(done - self.done)
            self.done = done

    def __exit__(self, *error: object) -> None:
        if self.wanted:
            self.bar.render_finish()
