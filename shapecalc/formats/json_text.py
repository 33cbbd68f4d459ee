"""JSON as plain data; places are found by reading the text as YAML, once one is needed."""

from __future__ import annotations

import json
from typing import Any

from shapecalc.diagnostics import Fault, Finding, quote
from shapecalc.formats.document import Document, Places
from shapecalc.formats.scalars import whole
from shapecalc.formats.yaml_text import read_yaml, unreadable


def read_json(text: str, file: str | None = None) -> Document:
    """Return the document of a JSON text. Never raises: what is wrong is among its findings."""
    twice: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in items:
            if key in found:
                twice.append(key)
            else:
                found[key] = value
        return found

    try:
        data = json.loads(text, object_pairs_hook=pairs, parse_int=whole)
    except json.JSONDecodeError as error:
        fault = Fault("SC101", f"not JSON: {quote(error.msg)}", "check quotes, commas and brackets")
        return unreadable(fault, (error.lineno, error.colno), file)
    except RecursionError:
        fault = Fault("SC108", "brackets are nested too deeply", "flatten the file")
        return unreadable(fault, (1, 1), file)
    document = Document(data, file, [], lambda: _places(text))
    if twice:
        _report_twice(document, text, twice)
    return document


def _as_yaml(text: str) -> Document:
    # Valid JSON has tabs only between values, where YAML wants blanks; columns stay the same.
    return read_yaml(text.replace("\t", " "))


def _places(text: str) -> Places:
    return _as_yaml(text).places or Places()


def _report_twice(document: Document, text: str, twice: list[str]) -> None:
    located = _as_yaml(text)
    document.findings = [f for f in located.findings if f.fault.code == "SC106"]
    document.at = located.at
    if not document.findings:  # the text is beyond what YAML reads: say at least what it is
        fault = Fault("SC106", f"the key {quote(twice[0])} stands twice in one mapping", "keep one")
        document.findings = [Finding(fault, ())]
