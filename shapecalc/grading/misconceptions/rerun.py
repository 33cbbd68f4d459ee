"""An example computed as somebody does who makes a mistake: with other given arrays, with layers
that compute otherwise, with another loss. Everything behind the mistake follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from shapecalc.grading.dependence import Way
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.misconceptions.variants import scaled, stepped
from shapecalc.grading.query import Query
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value, flat
from shapecalc.network.example import Example, Numbers
from shapecalc.quantities import Role
from shapecalc.records import KnownRecord

if TYPE_CHECKING:
    from shapecalc.executor.losses import Loss

Given = Callable[[KnownRecord, Role, Numbers], Numbers | None]  # another array, None: the same
_SUBJECTS: WeakKeyDictionary[Subject, dict[str, Subject | None]] = WeakKeyDictionary()
# For each question, the names of those that its own mistakes asked for, in their order.
_ASKED: WeakKeyDictionary[Subject, dict[Query, dict[str, None]]] = WeakKeyDictionary()


def with_given(context: QuestionContext, name: str, change: Given) -> Value | None:
    """Return the answer where given parameters are others; None where that changes nothing."""
    return _answer(
        context,
        name,
        lambda subject: _regiven(subject, change),
        lambda way: not way.layers.isdisjoint(given_otherwise(context.subject, change)[1]),
    )


def with_kernels(context: QuestionContext, mistake: str) -> Value | None:
    """Return the answer where layers compute otherwise, by a name of wrong_kernels.py."""

    def altered(subject: Subject) -> Subject | None:
        return (
            subject.computing(kernel=_mistake(mistake))
            if altered_layers(subject, mistake)
            else None
        )

    return _answer(
        context,
        mistake,
        altered,
        lambda way: not way.layers.isdisjoint(altered_layers(context.subject, mistake)),
    )


def _mistake(name: str) -> Any:
    return import_module("shapecalc.executor.wrong_kernels").MISTAKES[name]  # NumPy, if asked for


def with_outputs(
    context: QuestionContext, name: str, kind: str, change: Callable[[Any], Any | None]
) -> Value | None:
    """Return the answer where each layer of a kind makes another output of its input, an array of
    N x D x spatial sizes; None where a change of one gives none.
    """

    def altered(subject: Subject) -> Subject | None:
        computed, arrays = subject.computed, dict(subject.otherwise.get("supposed") or {})
        for record in subject.trace.layers:
            if record.kind != kind or record.name in arrays or not record.sources:
                continue
            before = computed.array(computed.session.names.find(record.sources[0]))
            arrays[record.name] = change(before)
            if arrays[record.name] is None:
                return None
        return subject.with_values(arrays) if arrays else None

    layers = {at for at, r in enumerate(context.subject.trace.layers) if r.kind == kind}
    if not layers:
        return None
    return _answer(context, name, altered, lambda way: not way.layers.isdisjoint(layers))


def with_gradients(
    context: QuestionContext, name: str, change: Callable[[Subject], Mapping[str, Any]]
) -> Value | None:
    """Return the gradient, or what a step makes of it, where those of some values are others."""
    query, example = context.query, context.subject.trace.spec.example
    step = query.key.endswith(".next") and example is not None and example.plain
    if not step and not query.key.endswith(".grad"):
        return None

    def altered(subject: Subject) -> Subject | None:
        arrays = change(subject)
        supposed = subject.otherwise.get("supposed") or {}
        return subject.with_values({**supposed, **arrays}) if arrays else None

    return _answer(context, name, altered)


def altered_layers(subject: Subject, mistake: str) -> list[int]:
    """Return the layers that compute otherwise with a mistake."""
    own_of = import_module("shapecalc.executor.supposed_values").own_of
    kernels = [own_of(step.kernel) for step in subject.computed.session.engine.steps]
    alter = _mistake(mistake)
    return [at for at, kernel in enumerate(kernels) if alter(kernel) is not kernel]


def altered_on_the_way(context: QuestionContext, mistake: str) -> list[KnownRecord]:
    """Return the layers that compute otherwise with a mistake, on the way to what is asked for."""
    query, subject = context.query, context.subject
    supposed = sorted(subject.otherwise.get("supposed") or ())
    on_the_way = subject.way_back(query.key, supposed).layers
    altered = on_the_way.intersection(altered_layers(subject, mistake))
    return [subject.trace.layers[at] for at in sorted(altered)]


def altered_on_the_way_back(context: QuestionContext, mistake: str) -> list[KnownRecord]:
    """Return the layers that compute otherwise with a mistake and that a gradient which is asked
    for comes back through; such a layer before it only changes the values that it is computed from.
    """
    query = context.query
    if not query.key.endswith((".grad", ".next")):
        return []
    subject, owner = context.subject, query.name.rpartition(".")[0]  # of conv1.weight
    up_to = subject.way_back(owner if owner in subject.records else query.name, ()).layers
    before = {subject.trace.layers[at].name for at in up_to}
    return [layer for layer in altered_on_the_way(context, mistake) if layer.name not in before]


def with_example(context: QuestionContext, name: str, example: Example) -> Value | None:
    """Return the answer where the network has another example."""
    return _answer(context, name, lambda subject: subject.giving(example))


def decayed(context: QuestionContext, factor: float) -> Value | None:
    """Return the answer where the loss has its weight decay times a factor; None without any."""
    example = context.subject.trace.spec.example
    if example is None or not example.weight_decay:
        return None
    other = replace(example, weight_decay=example.weight_decay * factor)
    return with_example(context, f"weight decay * {factor!r}", other)


def with_losses(
    context: QuestionContext, name: str, change: Callable[[Loss], Loss | None]
) -> Value | None:
    """Return the answer where the loss, or its gradient, is another."""

    def altered(subject: Subject) -> Subject | None:
        changed = [change(part) for part in subject.computed.losses]
        if not changed or None in changed:
            return None
        return subject.computing(losses=lambda parts: [change(part) or part for part in parts])

    return _answer(context, name, altered, _through_the_loss)


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

    return _answer(context, name, altered, _through_the_loss)


def without_margin(context: QuestionContext) -> Value | None:
    """Return the answer where an svm loss of one output has a margin of 0."""

    def bare(part: Loss) -> Loss:
        svm, array = import_module("shapecalc.executor.losses").svm, import_module("numpy").array
        computed = context.subject.computed
        scores = computed.session.value(part.output)
        (wanted,) = computed.example.loss.values()
        classes = array(flat(wanted.values), int).reshape(scores.shape[:-1])
        found: Loss = svm(scores, part.output, classes, margin=0)
        return found

    return with_losses(context, "svm without margin", bare)


def _through_the_loss(way: Way) -> bool:
    return way.loss


def scaled_loss(context: QuestionContext, factor: float, *, value: bool = True) -> Value | None:
    """Return the answer where the loss and its gradient are times a factor, or only the latter."""
    supposed, example = (
        context.subject.otherwise.get("supposed"),
        context.subject.trace.spec.example,
    )
    if supposed and example and example.loss and example.plain and not example.weight_decay:
        return _scaled(context, factor, supposed, value)

    def change(part: Loss) -> Loss:
        shown = None if part.shown is None else part.shown * factor
        loss = part.value * factor if value else part.value
        return part._replace(value=loss, gradient=part.gradient * factor, shown=shown)

    return with_losses(context, f"loss * {factor!r}, {value}", change)


def _scaled(
    context: QuestionContext, factor: float, supposed: Iterable[str], value: bool
) -> Value | None:
    """Return the same where a student's own arrays are in place, by which the answer need not be
    computed anew: it is times the factor as well, unless a gradient of theirs stands before it. A
    weight decay is no part of what is scaled.
    """
    key = context.query.key
    way = context.subject.way_back(key, sorted(supposed))
    if not way.loss or any(end.endswith(".grad") for end in way.keys):
        return None
    found: Value | None = None
    if key.endswith(".next"):
        old = context.of(context.query.name, key.removesuffix(".next"))
        found = None if old is None else stepped(old, context.right, factor)
    elif key != "loss" or value:
        found = scaled(context.right, factor)
    return found


def _answer(
    context: QuestionContext,
    name: str,
    alter: Callable[[Subject], Subject | None],
    concerns: Callable[[Way], bool] = lambda way: True,
) -> Value | None:
    """Return what the example gives that is altered so, by a name under which it is kept.

    With a student's own arrays in place it is only computed where the mistake `concerns` the way
    from the number back to these: what stands before them is no longer computed.
    """
    subject, query = context.subject, context.query
    if query.kind != "example":
        return None
    supposed = subject.otherwise.get("supposed")
    if supposed and not concerns(subject.way_back(query.key, sorted(supposed))):
        return None
    known = _SUBJECTS.setdefault(subject, {})
    if name not in known:
        known[name] = alter(subject)
    _ASKED.setdefault(subject, {}).setdefault(query, {})[name] = None
    altered = known[name]
    return QuestionContext(altered, query, 0).of(query.name) if altered else None


def _regiven(subject: Subject, change: Given) -> Subject | None:
    given, layers = given_otherwise(subject, change)
    example = subject.trace.spec.example
    return subject.giving(replace(example, given=given)) if example and layers else None


def given_otherwise(subject: Subject, change: Given) -> tuple[dict[str, Numbers], list[int]]:
    """Return the given arrays with those of parameters changed, and the layers of these."""
    example, layers = subject.trace.spec.example, []
    given = dict(example.given) if example else {}
    for at, record in enumerate(subject.trace.layers):
        if record.layer is None or record.input is None:
            continue
        for name, parameter in record.layer.parameters(record.input).items():
            key = f"{record.name}.{name}"
            numbers = change(record, parameter.role, given[key]) if key in given else None
            if numbers is not None:
                given[key] = numbers
                layers.append(at)
    return given, layers


def reruns(context: QuestionContext) -> list[tuple[Subject, Value]]:
    """Return the examples that were computed otherwise for the mistakes in a question, and what
    each of them answers. Those in other questions do not count: which of these were looked at
    hangs on what others answered.
    """
    found = []
    subjects = _SUBJECTS.get(context.subject, {})
    for subject in [subjects[n] for n in _ASKED.get(context.subject, {}).get(context.query, ())]:
        value = (
            QuestionContext(subject, context.query, 0).of(context.query.name) if subject else None
        )
        if subject is not None and value is not None:
            found.append((subject, value))
    return found


def mapped(values: Any, change: Callable[[Any], Any], levels: int) -> Any:
    """Return nested lists with what stands below a number of levels changed."""
    return [mapped(part, change, levels - 1) for part in values] if levels else change(values)
