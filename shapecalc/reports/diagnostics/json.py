"""Diagnostics for programs: a list of objects, each with the name of its file.

All but ASCII is escaped, so that no control character of a spec reaches a terminal.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from shapecalc.reports.diagnostics import unpainted

if TYPE_CHECKING:
    from shapecalc.reports.diagnostics import Found, Paint

NAME = "json"
FOR_PEOPLE = False


def render(found: Found, paint: Paint = unpainted) -> str:
    """Return the list."""
    listed = [
        {"file": file, **diagnostic.to_dict()}
        for file, diagnostics in found
        for diagnostic in diagnostics
    ]
    return json.dumps(listed, indent=2) + "\n"
