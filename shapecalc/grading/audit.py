"""Checks what an author printed against what is computed: an answer key, or the `expect` and
`example` of a spec. A misprint is told with the mistake behind it, where one explains it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from shapecalc import network, rules, trace
from shapecalc.diagnostics import Diagnostic, Finding, Path, SpecError, chosen, in_order
from shapecalc.document import Document
from shapecalc.grading import misprints
from shapecalc.grading.accepted_mistakes import accepted_mistakes
from shapecalc.grading.answers import read_answer
from shapecalc.grading.assignment import assignment_of
from shapecalc.grading.cause import Cause
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.query import read_path
from shapecalc.grading.question import Tolerance
from shapecalc.grading.ranking import Explanations
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import nested
from shapecalc.grading.written_numbers import Unreadable
from shapecalc.network.bounds import Bounds
from shapecalc.readers import native
from shapecalc.tracing import KnownTrace, Trace

MISPRINTED = (rules.FALSE_CLAIM, rules.FALSE_EXAMPLE, rules.FALSE_KEY)


class Audit(NamedTuple):
    """What an audit found: how many numbers are printed, and each that is wrong."""

    file: str
    printed: int
    diagnostics: tuple[Diagnostic, ...]
    doubts: tuple[str, ...] = ()  # about answers that an assignment accepts
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
        return Audit(file, keys, assignment.diagnostics, tuple(accepted_mistakes(assignment)))
    return _audit_spec(document, file)._replace(foreign=not document.is_spec)


def _audit_spec(document: Document, file: str) -> Audit:
    traced = trace(network.build(document))
    findings = [f for f in traced.findings if f.severity == "error"]
    found = list(chosen(traced.diagnostics, lambda d: d.severity == "error"))
    printed = sum(1 for _ in _printed(traced))
    if not isinstance(traced, KnownTrace):  # no example runs, and mistakes are made with numbers
        return Audit(file, printed, in_order(found))
    subject = Subject(traced, lenient=True)
    by_place = {(f.rule, f.fault.message): f for f in findings}
    explained = []
    for diagnostic in _claims_apart(found):
        finding = by_place.get((diagnostic.rule, diagnostic.message))
        if finding is not None and diagnostic.rule is rules.FALSE_CLAIM:
            diagnostic = _with(diagnostic, _claim(subject, finding), finding.fault.hint)
        explained.append(diagnostic)
    return Audit(file, printed, in_order(_example(subject, explained)))


def _claims_apart(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield what is found, and the first claim behind another fault on its own with the rest: a
    printed number says what was meant.
    """
    for diagnostic in found:
        behind = diagnostic.consequences
        claims = [other for other in behind if other.rule is rules.FALSE_CLAIM]
        if diagnostic.rule is rules.FALSE_CLAIM or not claims:
            yield diagnostic
            continue
        yield diagnostic._replace(consequences=())
        yield claims[0]._replace(consequences=tuple(d for d in behind if d is not claims[0]))


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
    context, given = _context(subject, f"{finding.layer or 'total'}.{key}", printed)
    if context is None:
        return ""
    # A map of the size that is claimed is printed too, and the size alone does not explain it.
    example = subject.trace.spec.example
    mapped = key == "output" and example is not None and (finding.layer or "") in example.expect
    return misprints.explanation(context, given, sure=not mapped)


def cause(traced: KnownTrace, finding: Finding) -> str:
    """Return the mistake behind a false claim, where one and no other gives its number."""
    subject, key = Subject(replace(traced, diagnose=None), lenient=True), str(finding.path[-1])
    printed = _written(traced.spec.document.data, finding.path)
    context, given = _context(subject, f"{finding.layer or 'total'}.{key}", printed)
    return "" if context is None else misprints.cause(context, given)


def _example(subject: Subject, claims: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return the claims, and what is wrong with the example's expected arrays: behind the claim of
    the volume that they have, or the first with the same mistake, where there is one.
    """
    found, behind = list(claims), [list(claim.consequences) for claim in claims]
    first: dict[str, int] = {}
    for finding in _misprinted(subject):
        key = str(finding.path[-1])
        cause = _of_array(subject, key)
        why = cause.told if cause else ""
        diagnostic = _with(subject.trace.spec.document.located(finding), why)
        place = first.get(cause.misconception.name) if cause else None
        if place is None and not cause:
            place = _claim_of_shape(subject, key, finding, claims)
        if place is not None:
            behind[place].append(diagnostic)
            continue
        if cause:
            first[cause.misconception.name] = len(found)
        found.append(diagnostic)
        behind.append([])
    return [
        diagnostic._replace(consequences=tuple(more))
        for diagnostic, more in zip(found, behind, strict=True)
    ]


def _misprinted(subject: Subject) -> Sequence[Finding]:
    """Return a finding for each expected array that is not computed."""
    traced = subject.trace
    if traced.spec.example is None or not traced.spec.example.expect:
        return ()
    if any(d.rule.structural for d in traced.diagnostics):
        return ()
    try:
        return subject.computed.compare()[1]
    except (Unanswerable, SpecError):
        return ()


def _claim_of_shape(
    subject: Subject, key: str, finding: Finding, claims: Sequence[Diagnostic]
) -> int | None:
    """Return which claim is of the volume that an expected array has: both are one misprint."""
    example = subject.trace.spec.example
    shape = example.expect[key].shape if example else ()
    for place, claim in enumerate(claims):
        path = f"{claim.layer}.output"
        if claim.rule is not rules.FALSE_CLAIM or claim.layer != key or finding.layer != key:
            continue
        volume = _output_claimed(subject, path)
        if volume and _without_ones((volume[-1], *volume[:-1])) == _without_ones(shape):
            return place
    return None


def _output_claimed(subject: Subject, path: str) -> tuple[Any, ...]:
    """Return the volume that is claimed for a layer's output; nothing where none is."""
    name = path.removesuffix(".output")
    nodes = (node for node in subject.trace.spec.nodes if node.name == name)
    claims = next((node.expectations for node in nodes), None)
    volume = claims.given().get("output") if claims is not None else None
    return tuple(volume) if isinstance(volume, tuple | list) else ()


def _without_ones(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def _of_array(subject: Subject, key: str) -> Cause | None:
    """Return the mistake behind an expected array or number: one that gives all of it."""
    example = subject.trace.spec.example
    assert example is not None
    path = key if key == "loss" or key.endswith((".grad", ".next")) else f"{key}.value"
    try:
        query = read_path(path)
        context = QuestionContext(subject, query, subject.answer(query))
    except Unanswerable:
        return None
    near = Tolerance(example.tolerance)
    return Explanations(context, near).cause_of(_printed_array(example.expect[key].values))


def _printed_array(values: Any) -> Any:
    """Return an expected array as an answer: without leading axes of 1, null where that stands."""
    if not isinstance(values, list):
        return values
    while len(values) == 1 and isinstance(values[0], list):
        (values,) = values
    return tuple(map(nested, values))


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


def _printed(traced: Trace) -> Iterator[Any]:
    """Yield every number or array that a spec claims."""
    spec = traced.spec
    layers = [node.expectations for node in spec.nodes]
    for claims in (*layers, *(group.expectations for group in spec.instances), spec.expectations):
        if claims is not None:
            yield from (v for v in claims.given().values() if not isinstance(v, Bounds))
    if spec.example is not None:
        yield from spec.example.expect.values()
