"""Diagnostics as a code quality report of GitLab: a list of objects, empty where all is well.

Source: GitLab Docs, "Code Quality", on the format of the report.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from shapecalc.reports.diagnostics import unpainted
from shapecalc.reports.places import Fingerprints, relative

if TYPE_CHECKING:
    from shapecalc.reports.diagnostics import Found, Paint

NAME = "gitlab"
FOR_PEOPLE = False

SEVERITIES = {"error": "major", "warning": "minor", "advice": "info"}


def render(found: Found, paint: Paint = unpainted) -> str:
    """Return the list. The code stands in the description: GitLab shows no check_name."""
    fingerprints = Fingerprints()
    listed = []
    for file, diagnostics in found:
        path = relative(file)
        for diagnostic in diagnostics:
            listed.append(
                {
                    "description": f"{diagnostic.code}: {diagnostic.told}",
                    "check_name": diagnostic.code,
                    "fingerprint": fingerprints.of(path, diagnostic),
                    "severity": SEVERITIES[diagnostic.severity],
                    "location": {"path": path, "lines": {"begin": diagnostic.line or 1}},
                }
            )
    return json.dumps(listed, indent=2) + "\n"
