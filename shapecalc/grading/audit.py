"""Checks what an author printed against what is computed: an answer key, or the `expect` and
`example` of a spec. A misprint is told with the mistake behind it, where one explains it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from shapecalc import network, rules, trace
from shapecalc.diagnostics import Diagnostic, Finding, Path, SpecError, in_order, unfolded
from shapecalc.document import Document
from shapecalc.grading import misprints
from shapecalc.grading.answers import Unreadable, read_answer
from shapecalc.grading.assignment import assignment_of
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.query import read_path
from shapecalc.grading.subject import Subject
from shapecalc.network.bounds import Bounds
from shapecalc.readers import native
from shapecalc.tracing import KnownTrace, Trace

MISPRINTED = (rules.FALSE_CLAIM, rules.FALSE_EXAMPLE, rules.FALSE_KEY)


class Audit(NamedTuple):
    """What an audit found: how many numbers are printed, and each that is wrong."""

    file: str
    printed: int
    diagnostics: tuple[Diagnostic, ...]
    foreign: bool = False  # neither an assignment nor a network: answers, or another tool's file

    @property
    def misprints(self) -> int:
        """How many printed numbers are not the computed ones."""
        return sum(d.rule in MISPRINTED for d in self.diagnostics)


def audit(path: FilePath) -> Audit:
    """Audit an assignment or a spec. Raises OSError for a path that cannot be opened."""
    return audit_document(native.read_path(path), path.parent)


def audit_document(document: Document, folder: FilePath) -> Audit:
    """Audit what was read already; `folder` is where an assignment's networks are looked for."""
    file = document.file or ""
    if isinstance(document.data, Mapping) and "questions" in document.data:
        assignment = assignment_of(document, folder)
        keys = sum(question.key is not None for question in assignment.questions)
        return Audit(file, keys, assignment.diagnostics)
    return _audit_spec(document, file)._replace(foreign=not document.is_spec)


def _audit_spec(document: Document, file: str) -> Audit:
    traced = trace(network.build(document))
    findings = [f for f in traced.findings if f.severity == "error"]
    found = [d for d in unfolded(traced.diagnostics) if d.severity == "error"]
    printed = sum(1 for _ in _printed(traced))
    if not isinstance(traced, KnownTrace):  # no example runs, and mistakes are made with numbers
        return Audit(file, printed, in_order(found))
    subject = Subject(traced, lenient=True)
    by_place = {(f.rule, f.fault.message): f for f in findings}
    explained = []
    for diagnostic in found:
        finding = by_place.get((diagnostic.rule, diagnostic.message))
        if finding is not None and diagnostic.rule is rules.FALSE_CLAIM:
            diagnostic = _with(diagnostic, _claim(subject, finding), finding.fault.hint)
        explained.append(diagnostic)
    explained += _example(subject)
    return Audit(file, printed, in_order(explained))


def _with(diagnostic: Diagnostic, why: str, hint: str | None = None) -> Diagnostic:
    """Put the mistake behind a misprint into its message, in the place of what would mend it."""
    if not why:
        return diagnostic
    hint = diagnostic.hint if hint is None else hint
    return diagnostic._replace(message=f"{diagnostic.message}; {why}", hint=hint)


def _claim(subject: Subject, finding: Finding) -> str:
    """Return the mistake behind a claim under `expect`; none is behind what a file states."""
    if not subject.trace.spec.document.is_native:
        return ""
    key = str(finding.path[-1])
    printed = _written(subject.trace.spec.document.data, finding.path)
    return _why(subject, f"{finding.layer or 'total'}.{key}", printed)


def cause(traced: KnownTrace, finding: Finding) -> str:
    """Return the mistake behind a false claim, where one and no other gives its number."""
    subject, key = Subject(replace(traced, diagnose=None), lenient=True), str(finding.path[-1])
    printed = _written(traced.spec.document.data, finding.path)
    context, given = _context(subject, f"{finding.layer or 'total'}.{key}", printed)
    return "" if context is None else misprints.cause(context, given)


def _example(subject: Subject) -> Iterator[Diagnostic]:
    """Yield what is wrong with the example's expected arrays."""
    traced = subject.trace
    if traced.spec.example is None or not traced.spec.example.expect:
        return
    if any(d.rule.structural for d in traced.diagnostics):
        return
    try:
        _, findings = subject.computed.compare()
    except (Unanswerable, SpecError):
        return
    for finding in findings:
        why = _value(subject, str(finding.path[-1]), finding.path)
        yield _with(traced.spec.document.located(finding), why)


def _value(subject: Subject, key: str, path: Path) -> str:
    """Return the mistake behind the first value of an array that differs."""
    printed = _written(subject.trace.spec.document.data, path)
    query = key if key == "loss" or key.endswith((".grad", ".next")) else f"{key}.value"
    if isinstance(printed, list):
        for place, value in _places(printed):
            why = _why(subject, f"{query}[{','.join(map(str, place))}]", value)
            if why:
                return why
        return ""
    return _why(subject, query, printed)


def _why(subject: Subject, path: str, printed: Any) -> str:
    """Return the mistake that gives a printed number in the place of the computed one."""
    context, given = _context(subject, path, printed)
    return "" if context is None else misprints.explanation(context, given)


def _context(subject: Subject, path: str, printed: Any) -> tuple[QuestionContext | None, Any]:
    """Return what is asked with what is printed; nothing where that is right, or no answer."""
    try:
        query = read_path(path)
        context = QuestionContext(subject, query, subject.answer(query))
        given = read_answer(printed, query.form)
    except (Unanswerable, Unreadable):
        return None, None
    return (None, None) if given == context.right else (context, given)


def _written(data: Any, path: Path) -> Any:
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _places(values: Any, place: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    if isinstance(values, list):
        for index, value in enumerate(values):
            yield from _places(value, (*place, index))
    elif values is not None:
        yield place, values


def _printed(traced: Trace) -> Iterator[Any]:
    """Yield every number or array that a spec claims."""
    spec = traced.spec
    layers = [node.expectations for node in spec.nodes]
    for claims in (*layers, *(group.expectations for group in spec.instances), spec.expectations):
        if claims is not None:
            yield from (v for v in claims.given().values() if not isinstance(v, Bounds))
    if spec.example is not None:
        yield from spec.example.expect.values()
