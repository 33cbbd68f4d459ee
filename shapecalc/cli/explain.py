"""shapecalc explain: a rule or a layer kind, with its formula, an example and the sources."""

from __future__ import annotations

import click

from shapecalc.checks.pages import codes, page
from shapecalc.diagnostics import nearest
from shapecalc.layers import KINDS, kind_of


@click.command("explain")
@click.argument("topic", required=False, metavar="[CODE|KIND]")
def command(topic: str | None) -> None:
    """Explain a rule such as SC201 or a layer kind such as conv; without either, list them."""
    if topic is None:
        click.echo(_contents())
        return
    kind = kind_of(topic.lower().replace("-", "_"))
    if kind is not None:
        click.echo(_kind_page(kind))
        return
    listed = {code: title for code, title in codes().items() if code.startswith(topic.upper())}
    text = page(topic.upper())
    if text is None and topic.upper().startswith("SC") and listed:
        text = "\n".join(f"{code}  {title}" for code, title in listed.items())
    if text is None:
        close = nearest(topic, [*codes(), *KINDS])
        hint = f" Did you mean {close}?" if close else ""
        raise click.UsageError(f"{topic!r} is neither a code nor a layer kind.{hint}")
    click.echo(text)


def _kind_page(kind: str) -> str:
    from inspect import cleandoc

    return cleandoc(KINDS[kind].__doc__ or kind)


def _contents() -> str:
    rules = "\n".join(f"  {code}  {title}" for code, title in codes().items())
    return f"Rules\n{rules}\n\nLayer kinds\n" + "\n".join(f"  {kind}" for kind in KINDS)
