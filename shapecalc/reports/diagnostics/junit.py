"""Diagnostics as tests in JUnit's XML, as Jenkins, GitLab and others show them.

A file is a suite and a finding a case: one that fails, or one that passes and has a text. A file
without findings has one case that passes. Names are unique, or GitLab drops the second of two.
A case has no attributes but its names: the schema of Jenkins' xUnit plug-in, which refuses a
document as a whole, knows neither `file` nor `line` there.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from shapecalc.reports.diagnostics import unpainted
from shapecalc.reports.places import relative, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapecalc.diagnostics import Diagnostic
    from shapecalc.reports.diagnostics import Found, Paint

NAME = "junit"
FOR_PEOPLE = False

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0
FAILING = {False: ("error",), True: ("error", "warning")}  # by `strict`


def render(found: Found, paint: Paint = unpainted) -> str:
    """Return the document. Errors fail, the rest passes."""
    return _document(found, False)


def render_strictly(found: Found, paint: Paint = unpainted) -> str:
    """Return the document in which warnings fail, too."""
    return _document(found, True)


def _document(found: Found, strict: bool) -> str:
    suites = [line for file, diagnostics in found for line in _suite(file, diagnostics, strict)]
    cases = sum(max(1, len(diagnostics)) for _, diagnostics in found)
    failures = sum(_failures(diagnostics, strict) for _, diagnostics in found)
    head = f'<testsuites name="shapecalc" tests="{cases}" failures="{failures}" errors="0">'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>"]
    return "".join(f"{line}\n" for line in lines)


def _failures(diagnostics: Sequence[Diagnostic], strict: bool) -> int:
    return sum(found.severity in FAILING[strict] for found in diagnostics)


def _suite(file: str, diagnostics: Sequence[Diagnostic], strict: bool) -> Iterator[str]:
    path = _attribute(relative(file))
    tests, failures = max(1, len(diagnostics)), _failures(diagnostics, strict)
    counts = f'tests="{tests}" failures="{failures}" errors="0" skipped="0"'
    yield f"  <testsuite name={path} file={path} {counts}>"
    if not diagnostics:
        yield f'    <testcase classname={path} name="check"/>'
    names: Counter[str] = Counter()
    for found in diagnostics:
        name = _name(found)
        names[name] += 1
        if names[name] > 1:
            name += f" ({names[name]})"
        yield f"    <testcase classname={path} name={_attribute(name)}>"
        text = escape(_clean(f"{_place(relative(file), found)}: {said(found)}"))
        if found.severity in FAILING[strict]:
            kind, message = _attribute(found.code), _attribute(found.told)
            yield f"      <failure type={kind} message={message}>{text}</failure>"
        else:
            yield f"      <system-out>{text}</system-out>"
        yield "    </testcase>"
    yield "  </testsuite>"


def _name(found: Diagnostic) -> str:
    subject = found.layer or found.where
    place = "" if found.line is None else f"line {found.line}:{found.column}"
    return " ".join(filter(None, (found.code, subject, place)))


def _place(path: str, found: Diagnostic) -> str:
    return path if found.line is None else f"{path}:{found.line}:{found.column}"


def _attribute(value: str) -> str:
    return quoteattr(_clean(value))


def _clean(value: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return NOT_IN_XML.sub("?", value)
