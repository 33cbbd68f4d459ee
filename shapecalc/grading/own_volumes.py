"""A student's own volumes: which of them a network goes on with, and which of these matter."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from typing import Any

from shapecalc.diagnostics import LayerError
from shapecalc.grading.hyperparameters import is_spatial
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.own_values import OwnNetwork
from shapecalc.grading.question import Question
from shapecalc.grading.shown_sizes import tells_the_output
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value
from shapecalc.grading.volume_order import depth_last

MOST_AXES, MOST_SIZE = 4, 2**20
MOST_CHOSEN_FROM = 3  # wrong ones that an answer hangs on, of which it may go on with some
OF_INPUT = ("input", "parameters", "weights", "biases")  # what a layer's own output says nothing of


def as_meant(question: Question, value: Value, *, turned: bool = False) -> Value:
    """Return a volume with its depth last that has it first, and the right one where only the order
    of its sizes is wrong or the depth is missing; any other answer as it is. Where its sizes differ
    it may have the depth first by chance: unless it is known to be `turned`, it stays as it is.
    """
    right = question.right
    if question.query.key != "output" or not isinstance(right, tuple):
        return value
    if not isinstance(value, tuple) or len(value) < 2 or value == right:
        return value
    if len(value) != len(right):
        return right if value == right[:-1] else value
    if set(value) == set(right) and sorted(value) == sorted(right):
        return right
    square = len(right) > 2 and len({*right[:-1]}) == len({*value[1:]}) == 1
    return depth_last(value) if (square or turned) and has_depth_first(question, value) else value


def has_depth_first(question: Question, value: Value) -> bool:
    """Say whether a volume has the right depth as its first size, and not as its last one; not if
    more of its sizes are right as they stand, 12x10x40 for 12x10x12.
    """
    right = question.right
    if question.query.key != "output" or not isinstance(right, tuple):
        return False
    if not isinstance(value, tuple) or not len(value) == len(right) > 1:
        return False
    if not value[0] == right[-1] != value[-1]:
        return False
    as_it_stands, turned = (
        sum(a == b for a, b in zip(right, sizes, strict=True))
        for sizes in (value, (*value[1:], value[0]))
    )
    return bool(turned >= as_it_stands)


def is_volume(value: Value) -> bool:
    """Say whether a value is a volume that a network can go on with."""
    if not isinstance(value, tuple) or not 0 < len(value) <= MOST_AXES:
        return False
    return all(type(size) is int and 0 < size < MOST_SIZE for size in value)


def nearest(question: Question, among: Collection[str]) -> tuple[list[str], Collection[str]]:
    """Return those layers, in the network's order, whose outputs an answer depends on directly: the
    last ones on each way there, for what lies in front of them no longer matters; and the layers
    whose own work it depends on.
    """
    subject, name = question.subject, question.query.name
    if name == "total":
        return [name for name in subject.records if name in among], subject.records
    instance = subject.layers.instance(name)
    asked = {record.name for record in subject.layers.layers_of(instance)} if instance else {name}
    of_input = instance is None and question.query.key in OF_INPUT
    wanted = set(asked)
    found, passed = [], set()
    for record in reversed(subject.trace.layers):
        if record.name not in wanted:
            continue
        if record.name in among and not (of_input and record.name in asked):
            found.append(record.name)
        if record.name in asked or record.name not in among:
            passed.add(record.name)
            wanted.update(record.sources or ())
    return found[::-1], passed


def some_of(network: OwnNetwork) -> Iterator[tuple[list[Answered], list[Answered]]]:
    """Yield some of the wrong answers that a network has, the most first, and with them all that is
    in place: the others are right there, or left out for what follows from those.
    """
    slips = network.sources if len(network.sources) <= MOST_CHOSEN_FROM else []
    for count in range(len(slips) - 1, 0, -1):
        for some in combinations(slips, count):
            others = {q.id for q, _ in slips} - {q.id for q, _ in some}
            yield [*some], [(q, q.right if q.id in others else v) for q, v in network.volumes]
            yield [*some], [(q, v) for q, v in network.volumes if q.id not in others]


def is_field_of_volumes(question: Question) -> bool:
    """Say whether a field is asked for that a layer's volumes tell."""
    record = question.subject.records.get(question.query.name)
    return (
        question.query.kind == "field" and record is not None and is_spatial(record, question.query)
    )


def for_question(question: Question, network: Subject) -> Subject | None:
    """Return a network with a student's volumes as a question about a field has it: the field is
    what makes the output of the input there, if its text or the student tells that output; None
    where no field does, for the right one makes another output there.
    """
    if not is_field_of_volumes(question):
        return network
    query = question.query
    told = question.subject.records[query.name].output if tells_the_output(question) else None
    output = told or network.supposed.get(query.name)
    if not output:
        return network
    found = network.fitting(query, output)
    return None if found is network else found


def with_answers(
    subject: Subject, answers: Sequence[Answered], turned: Collection[str] = ()
) -> Subject | None:
    """Return the network with a student's volumes and fields; None where a layer cannot even take
    what the student says it gets. Those volumes have their depth first that are `turned`, by the
    ids of their questions.
    """
    fields = [(q.query, value) for q, value in answers if q.query.kind == "field"]
    outputs: dict[str, Any] = {
        q.query.name: as_meant(q, v, turned=q.id in turned)
        for q, v in answers
        if q.query.kind != "field"
    }
    try:
        return subject.supposing(outputs, fields)
    except LayerError:
        return None


def has_answer(subject: Subject, question: Question) -> bool:
    """Say whether a student's own network comes to an answer."""
    try:
        subject.answer(question.query)
    except Exception:  # the student's own numbers may lead anywhere
        return False
    return True
