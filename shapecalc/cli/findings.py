"""How the commands print what they find: in one of the formats of reports/diagnostics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path as FilePath
from typing import TypeVar

import click

from shapecalc.cli.files import Named
from shapecalc.cli.output import write
from shapecalc.diagnostics import Diagnostic, briefly
from shapecalc.reports import diagnostics
from shapecalc.rules import Severity

Command = TypeVar("Command", bound=Callable[..., object])

COLOURS = {"error": "red", "warning": "yellow", "advice": "cyan"}


def format_option(help_: str) -> Callable[[Command], Command]:
    """Return the option --format of a command that finds things in files."""
    choice = Named(lambda: diagnostics.FORMATS, diagnostics.FORMATS)
    return click.option(
        "--format",
        "form",
        type=choice,
        default="text",
        show_default=True,
        envvar="SHAPECALC_FORMAT",
        show_envvar=True,
        help=help_,
    )


class Printer:
    """Prints what is found in one file after the other: at once for people, in the end otherwise.

    With `full`, all advice is shown; with `strict`, warnings fail. What goes to a file is written
    in the end. With `err`, what is for people goes to standard error.
    """

    def __init__(
        self,
        form: str,
        *,
        full: bool = False,
        strict: bool = False,
        output: FilePath | None = None,
        err: bool = False,
    ) -> None:
        self.form, self.full, self.strict = diagnostics.named(form), full, strict
        self.output, self.err = output, err
        self.at_once = self.form.FOR_PEOPLE and output is None
        self.kept: list[tuple[str, Sequence[Diagnostic]]] = []
        self.files: list[object] = []  # what a format takes of each file that shows more of it
        self.of_file = getattr(self.form, "of_file", None)

    def add(self, path: str, found: Sequence[Diagnostic], more: object = None) -> None:
        """Take what was found in a file, and what `of_file` returned of it."""
        if self.of_file is not None:
            self.files.append(self.of_file(path, found, None) if more is None else more)
            return
        shown = briefly(found) if self.form.FOR_PEOPLE and not self.full else found
        if not self.at_once:
            self.kept.append((path, shown))
        elif shown:
            click.echo(self.form.render([(path, shown)], _paint), nl=False, err=self.err)

    def end(self) -> bool:
        """Write what was kept; say whether that went well."""
        if self.at_once:
            return True
        if self.of_file is not None:
            return write(self.form.render_files(self.files), self.output)  # type: ignore[attr-defined]
        render = self.form.render
        if self.strict:
            render = getattr(self.form, "render_strictly", render)
        return write(render(self.kept), self.output)


def tell(path: str, found: Sequence[Diagnostic], err: bool = False) -> None:
    """Print for people what was found in a file; to standard error if it is a message."""
    if found:
        text = diagnostics.named("text").render([(path, briefly(found))], _paint)
        click.echo(text, nl=False, err=err)


def lines_for_people(path: str, found: Sequence[Diagnostic]) -> list[str]:
    """Return what `tell` prints, for a file."""
    return diagnostics.named("text").render([(path, briefly(found))]).splitlines()


def _paint(text: str, severity: Severity) -> str:
    return click.style(text, fg=COLOURS[severity], bold=True)
