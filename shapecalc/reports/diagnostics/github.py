"""Diagnostics as annotations of GitHub Actions: a workflow command each, and the text behind them.

GitHub shows ten errors and ten warnings of a step, so errors come first. No name or message can
start a command of its own. Source: GitHub Docs, "Workflow commands for GitHub Actions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapecalc.reports.diagnostics import text, unpainted
from shapecalc.reports.places import STANDARD_INPUT, printable, relative, said

if TYPE_CHECKING:
    from shapecalc.diagnostics import Diagnostic
    from shapecalc.reports.diagnostics import Found, Paint

NAME = "github"
FOR_PEOPLE = False

COMMANDS = {"error": "error", "warning": "warning", "advice": "notice"}  # in the order of weight


def render(found: Found, paint: Paint = unpainted) -> str:
    """Return the commands, errors first, and what people read in the log."""
    weight = list(COMMANDS)
    pairs = [(file, diagnostic) for file, diagnostics in found for diagnostic in diagnostics]
    pairs.sort(key=lambda pair: weight.index(pair[1].severity))
    commands = [_command(file, diagnostic) for file, diagnostic in pairs]
    lines = [_harmless(line) for line in text.render(found).splitlines()]
    return "".join(f"{line}\n" for line in (*commands, *lines))


def _command(file: str, found: Diagnostic) -> str:
    properties = {"title": f"shapecalc {found.code}"}
    if file != STANDARD_INPUT:
        properties = {
            "file": relative(file),
            "line": str(found.line or 1),
            "col": str(found.column or 1),
            **properties,
        }
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{COMMANDS[found.severity]} {listed}::{_data(said(found))}"


def _data(value: str) -> str:
    """Return a message as a command has it: one line, in which no older command stands."""
    escaped = printable(value).replace("%", "%25").replace("\n", "%0A")
    return escaped.replace("##[", "## [")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def _harmless(line: str) -> str:
    """Return a line of the log that the runner does not take for a command."""
    line = printable(line).replace("##[", "## [")
    return line.replace("::", ": :", 1) if line.lstrip().startswith("::") else line
