"""An example computed as somebody does who makes a mistake: with other given arrays, with layers
that compute otherwise, with another loss. Everything behind the mistake follows from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value
from shapecalc.network.example import Example, Numbers
from shapecalc.quantities import Role
from shapecalc.records import KnownRecord

if TYPE_CHECKING:
    from shapecalc.executor.losses import Loss

Given = Callable[[KnownRecord, Role, Numbers], Numbers | None]  # another array, None: the same
_SUBJECTS: WeakKeyDictionary[Subject, dict[str, Subject | None]] = WeakKeyDictionary()


def with_given(context: QuestionContext, name: str, change: Given) -> Value | None:
    """Return the answer where given parameters are others; None where that changes nothing."""
    return _answer(context, name, lambda subject: _regiven(subject, change))


def with_kernels(context: QuestionContext, mistake: str) -> Value | None:
    """Return the answer where layers compute otherwise, by a name of wrong_kernels.py."""

    def altered(subject: Subject) -> Subject | None:
        kernels = import_module("shapecalc.executor.wrong_kernels")  # NumPy, if asked for
        alter = kernels.MISTAKES[mistake]
        if all(alter(step.kernel) is step.kernel for step in subject.computed.session.engine.steps):
            return None
        return subject.computing(kernel=alter)

    return _answer(context, mistake, altered)


def with_example(context: QuestionContext, name: str, example: Example) -> Value | None:
    """Return the answer where the network has another example."""
    return _answer(context, name, lambda subject: subject.giving(example))


def with_losses(
    context: QuestionContext, name: str, change: Callable[[Loss], Loss | None]
) -> Value | None:
    """Return the answer where the loss, or its gradient, is another."""

    def altered(subject: Subject) -> Subject | None:
        changed = [change(part) for part in subject.computed.losses]
        if not changed or None in changed:
            return None
        return subject.computing(losses=lambda parts: [change(part) or part for part in parts])

    return _answer(context, name, altered)


def with_target(
    context: QuestionContext, name: str, change: Callable[[Numbers], Numbers]
) -> Value | None:
    """Return the answer where the loss has another target."""

    def altered(subject: Subject) -> Subject | None:
        example = subject.trace.spec.example
        if example is None or not example.loss:
            return None
        loss = {output: change(numbers) for output, numbers in example.loss.items()}
        return subject.giving(replace(example, loss=loss))

    return _answer(context, name, altered)


def scaled_loss(context: QuestionContext, factor: float, *, value: bool = True) -> Value | None:
    """Return the answer where the loss and its gradient are times a factor, or only the latter."""

    def change(part: Loss) -> Loss:
        shown = None if part.shown is None else part.shown * factor
        loss = part.value * factor if value else part.value
        return part._replace(value=loss, gradient=part.gradient * factor, shown=shown)

    return with_losses(context, f"loss * {factor!r}, {value}", change)


def _answer(
    context: QuestionContext, name: str, alter: Callable[[Subject], Subject | None]
) -> Value | None:
    if context.query.kind != "example":
        return None
    known = _SUBJECTS.setdefault(context.subject, {})
    if name not in known:
        known[name] = alter(context.subject)
    altered = known[name]
    return QuestionContext(altered, context.query, 0).of(context.query.name) if altered else None


def _regiven(subject: Subject, change: Given) -> Subject | None:
    spec = subject.trace.spec
    if spec.example is None:
        return None
    given, found = dict(spec.example.given), False
    for record in subject.trace.layers:
        if record.layer is None or record.input is None:
            continue
        for name, parameter in record.layer.parameters(record.input).items():
            key = f"{record.name}.{name}"
            numbers = change(record, parameter.role, given[key]) if key in given else None
            if numbers is not None:
                given[key], found = numbers, True
    return subject.giving(replace(spec.example, given=given)) if found else None


def reruns(context: QuestionContext) -> list[tuple[Subject, Value]]:
    """Return the examples that were computed otherwise so far, and what each of them answers."""
    found = []
    for subject in [*_SUBJECTS.get(context.subject, {}).values()]:
        value = (
            QuestionContext(subject, context.query, 0).of(context.query.name) if subject else None
        )
        if subject is not None and value is not None:
            found.append((subject, value))
    return found


def mapped(values: Any, change: Callable[[Any], Any], levels: int) -> Any:
    """Return nested lists with what stands below a number of levels changed."""
    return [mapped(part, change, levels - 1) for part in values] if levels else change(values)
