"""shapecalc explain: a guide, a topic, a rule or a layer kind; without one, the list of them."""

from __future__ import annotations

import shutil
import sys

import click

from shapecalc import pages


@click.command("explain")
@click.argument("topic", required=False, metavar="[WORD]")
def command(topic: str | None) -> None:
    """Explain a word: a guide such as language, a topic such as padding, a layer kind such as
    conv, or a rule such as SC201. Without a word, list everything that has a page.
    """
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    if topic is None:
        click.echo(pages.contents(width))
        return
    try:
        text = pages.page(topic, width)
    except LookupError as error:
        raise click.UsageError(str(error)) from None
    click.echo(text)
