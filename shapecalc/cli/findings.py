"""How the commands print what they find: in one of the formats of reports/diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import click

from shapecalc.cli.files import Named
from shapecalc.diagnostics import Diagnostic, briefly
from shapecalc.reports import diagnostics
from shapecalc.rules import Severity

Command = TypeVar("Command", bound=Callable[..., object])

COLOURS = {"error": "red", "warning": "yellow", "advice": "cyan"}


def format_option(help_: str) -> Callable[[Command], Command]:
    """Return the option --format of a command that finds things in files."""
    choice = Named(lambda: diagnostics.FORMATS, diagnostics.FORMATS)
    return click.option(
        "--format", "form", type=choice, default="text", show_default=True, help=help_
    )


class Printer:
    """Prints what is found in one file after the other: at once for people, in the end otherwise.

    With `full`, all advice is shown.
    """

    def __init__(self, form: str, full: bool = False) -> None:
        self.form, self.full = diagnostics.named(form), full
        self.kept: list[tuple[str, Sequence[Diagnostic]]] = []

    def add(self, path: str, found: Sequence[Diagnostic]) -> None:
        """Take what was found in a file."""
        if not self.form.FOR_PEOPLE:
            self.kept.append((path, found))
        elif found:
            shown = found if self.full else briefly(found)
            click.echo(self.form.render([(path, shown)], _paint), nl=False)

    def end(self) -> None:
        """Print what was kept."""
        if not self.form.FOR_PEOPLE:
            click.echo(self.form.render(self.kept), nl=False)


def tell(path: str, found: Sequence[Diagnostic], err: bool = False) -> None:
    """Print for people what was found in a file; to standard error if it is a message."""
    if found:
        text = diagnostics.named("text").render([(path, briefly(found))], _paint)
        click.echo(text, nl=False, err=err)


def _paint(text: str, severity: Severity) -> str:
    return click.style(text, fg=COLOURS[severity], bold=True)
