"""Diagnostics for reviewdog: its own JSON format, with suggestions where an edit mends a finding.

Columns count bytes of UTF-8 there. Source: reviewdog, "Reviewdog Diagnostic Format".
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shapecalc.reports.diagnostics import unpainted
from shapecalc.reports.places import STANDARD_INPUT, relative, said

if TYPE_CHECKING:
    from shapecalc.diagnostics import Diagnostic
    from shapecalc.reports.diagnostics import Found, Paint

NAME = "rdjson"
FOR_PEOPLE = False

SEVERITIES = {"error": "ERROR", "warning": "WARNING", "advice": "INFO"}
MOST_BYTES = 32 * 2**20  # of a file whose lines are looked at


def render(found: Found, paint: Paint = unpainted) -> str:
    """Return the result of one tool."""
    listed = [
        _diagnostic(file, diagnostic) for file, diagnostics in found for diagnostic in diagnostics
    ]
    result = {"source": {"name": "shapecalc"}, "diagnostics": listed}
    return json.dumps(result, indent=2) + "\n"


def _diagnostic(file: str, found: Diagnostic) -> dict[str, Any]:
    start = (found.line or 1, found.column or 1)
    end = (found.end_line, found.end_column)
    shown: dict[str, Any] = {
        "message": said(found),
        "severity": SEVERITIES[found.severity],
        "location": {"path": relative(file), "range": _range(file, start, end)},
        "code": {"value": found.code},
    }
    suggestions = [
        {
            "range": _range(file, (edit.line, edit.column), (edit.end_line, edit.end_column)),
            "text": edit.text,
        }
        for edit in found.edits
    ]
    return shown | ({"suggestions": suggestions} if suggestions else {})


def _range(
    file: str, start: tuple[int, int], end: tuple[int | None, int | None]
) -> dict[str, dict[str, int]]:
    """Return a range whose columns are bytes, the end exclusive."""
    found = {"start": {"line": start[0], "column": _in_bytes(file, *start)}}
    line, column = end
    if line is not None and column is not None:
        found["end"] = {"line": line, "column": _in_bytes(file, line, column)}
    return found


def _in_bytes(file: str, line: int, column: int) -> int:
    """Return a column in bytes of UTF-8, both from 1."""
    lines = _lines(file)
    if not 1 <= line <= len(lines):
        return column
    front = lines[line - 1][: column - 1]
    return column - len(front) + len(front.encode("utf-8", "surrogatepass"))


@lru_cache(1)  # findings come file by file
def _lines(file: str) -> list[str]:
    """Return the lines of a text; none where it cannot be read again, or is no text."""
    if file == STANDARD_INPUT:
        return []
    try:
        path = Path(file)
        if path.stat().st_size > MOST_BYTES:
            return []
        return path.read_bytes().decode("utf-8-sig").split("\n")
    except (OSError, ValueError):
        return []
