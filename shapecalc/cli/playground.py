"""shapecalc playground: a page that runs shapecalc in the browser."""

from __future__ import annotations

from pathlib import Path

import click

from shapecalc.cli.files import UNUSABLE, complain
from shapecalc.diagnostics import quote


@click.command("playground")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    required=True,
    help="The folder to write it to, which is made for it.",
)
@click.option("--one-file", is_flag=True, help="Write one file, which opens without a server.")
@click.option("--force", is_flag=True, help="Write into a folder that has files already.")
@click.pass_context
def command(ctx: click.Context, output: Path, one_file: bool, force: bool) -> None:
    """Build the playground: a static page with an editor and a live report, for any host. It is
    built with Node, npm and pip, which fetch its packages, and shapecalc runs in the browser.
    """
    from shapecalc.playground.build import build
    from shapecalc.playground.packages import BuildError

    shown = quote(str(output), 400)
    try:
        if not force and output.is_dir() and any(output.iterdir()):
            raise click.UsageError(f"{shown} has files already; --force writes into it")
        files = build(output, one_file)
    except BuildError as error:
        click.echo(f"shapecalc: {error}", err=True)
        ctx.exit(UNUSABLE)
    except OSError as error:
        complain(output, error)
        ctx.exit(UNUSABLE)
    size = sum(path.stat().st_size for path in files) / 1e6
    for path in files:
        click.echo(f"{path.stat().st_size:>11,}  {path.relative_to(output).as_posix()}")
    click.echo(f"{len(files)} files, {size:.1f} MB in {shown}")
