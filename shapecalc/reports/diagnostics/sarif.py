"""Diagnostics as SARIF 2.1.0, with the rules' pages: GitHub code scanning, Azure, editors.

GitHub refuses more than 25,000 results of a run: errors come first, and a notification tells of
those that are left out. Sources: OASIS, "Static Analysis Results Interchange Format (SARIF) Version
2.1.0"; GitHub Docs, "SARIF support for code scanning".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as in_url

from shapecalc.reports.diagnostics import unpainted
from shapecalc.reports.places import STANDARD_INPUT, Fingerprints, relative, said

if TYPE_CHECKING:
    from shapecalc.diagnostics import Diagnostic
    from shapecalc.reports.diagnostics import Found, Paint

NAME = "sarif"
FOR_PEOPLE = False

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"  # the name under which GitHub knows the repository's folder
LEVELS = {"error": "error", "warning": "warning", "advice": "note"}  # in the order of weight
PROBLEMS = {"error": "error", "warning": "warning", "advice": "recommendation"}
MOST_RESULTS = 25_000
LONGEST = 1_000  # characters of a rule's description


def render(found: Found, paint: Paint = unpainted) -> str:
    """Return the log of one run."""
    from importlib import import_module

    weight = list(LEVELS)
    pairs = [(file, diagnostic) for file, diagnostics in found for diagnostic in diagnostics]
    kept = pairs
    if len(pairs) > MOST_RESULTS:
        kept = sorted(pairs, key=lambda pair: weight.index(pair[1].severity))[:MOST_RESULTS]
    codes = sorted({diagnostic.code for _, diagnostic in kept})
    fingerprints = Fingerprints()
    driver = {
        "name": "shapecalc",
        "semanticVersion": import_module("shapecalc").__version__,  # on a floor above
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "shapecalc/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "the folder of the command"}}},
        "invocations": [_invocation(len(pairs) - len(kept))],
        "results": [_result(file, d, codes.index(d.code), fingerprints) for file, d in kept],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _invocation(left_out: int) -> dict[str, Any]:
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if left_out:
        message = f"{left_out:,} findings are left out: a run has at most {MOST_RESULTS:,}"
        notification = {"level": "warning", "message": {"text": message}}
        invocation["toolExecutionNotifications"] = [notification]
    return invocation


def _rule(code: str) -> dict[str, Any]:
    from shapecalc import rules
    from shapecalc.checks.pages import page

    rule = rules.of(code)
    _, _, body = (page(code) or "").partition("\n\n")
    first = " ".join(body.partition("\n\n")[0].split())
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": first[:LONGEST] or rule.title},
        "fullDescription": {"text": " ".join(body.split())[:LONGEST] or rule.title},
        "help": {"text": body or rule.title},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"precision": "very-high", "problem.severity": PROBLEMS[rule.severity]},
    }


def _result(file: str, found: Diagnostic, index: int, fingerprints: Fingerprints) -> dict[str, Any]:
    path = relative(file)
    place: dict[str, Any] = {"artifactLocation": _artifact(file, path)}
    place["region"] = {"startLine": found.line or 1, "startColumn": found.column or 1}
    if found.end_line is not None and found.end_line == found.line and found.end_column:
        # An alert is shown on a pull request only where all of its lines are in the difference.
        place["region"]["endColumn"] = found.end_column
    location: dict[str, Any] = {"physicalLocation": place}
    if found.layer:
        location["logicalLocations"] = [{"fullyQualifiedName": found.layer, "kind": "element"}]
    return {
        "ruleId": found.code,
        "ruleIndex": index,
        "level": LEVELS[found.severity],
        "message": {"text": said(found)},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": fingerprints.of(path, found)},
    }


def _artifact(file: str, path: str) -> dict[str, str]:
    uri = in_url(path, errors="replace")
    if file == STANDARD_INPUT or path.startswith(("/", "../")):
        return {"uri": uri}
    return {"uri": uri, "uriBaseId": ROOT}
