"""Which numbers of an answer add up to what is known: the outputs of a softmax to 1, and what comes
back through it to 0. The last of these follows from the others.
"""

from __future__ import annotations

from math import prod

from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import flat
from shapecalc.layers.activation import LogSoftmax, Softmax
from shapecalc.layers.conv import Conv
from shapecalc.layers.dense import Dense
from shapecalc.records import KnownRecord


def adding_up(context: QuestionContext) -> list[list[int]]:
    """Return the places, counted one after the other, of the numbers of an array that add up so:
    those of a position over the depth, those of a weight or a bias over the units.
    """
    query, subject = context.query, context.subject
    if query.kind != "example" or query.form != "array":
        return []
    record, count = subject.records.get(query.name), len(flat(context.right))
    if record is not None and record.output:
        known = _of_softmax(subject, record, query.key)
        return _places(count, record.output[-1], prod(record.output[:-1])) if known else []
    record = subject.records.get(query.name.rpartition(".")[0])
    if record is None or not record.output or not _sums_over_units(record):
        return []
    units = record.output[-1]
    known = query.key.endswith(".grad") and _comes_through_softmax(subject, record)
    return _places(count, units, count // units) if known else []


def _of_softmax(subject: Subject, record: KnownRecord, key: str) -> bool:
    """Say whether the outputs of a softmax are asked for, or what comes back to its input."""
    if key == record.name:
        return isinstance(record.layer, Softmax)
    return _comes_through_softmax(subject, record)


def _comes_through_softmax(subject: Subject, record: KnownRecord) -> bool:
    """Say whether what comes back to a layer's output comes through a softmax, or a cross entropy
    which has one in it, and from nowhere else.
    """
    example = subject.trace.spec.example
    readers = [r for r in subject.trace.layers if record.name in (r.sources or ())]
    if example is None or record.name in example.upstream or len(readers) > 1:
        return False
    if readers:
        return isinstance(readers[0].layer, Softmax | LogSoftmax)
    scores = not isinstance(record.layer, Softmax | LogSoftmax)
    return scores and example.loss_kind == "cross_entropy"


def _sums_over_units(record: KnownRecord) -> bool:
    """Say whether all units take the same input, so that each weight's gradient is what comes back
    times the same number.
    """
    layer = record.layer
    return isinstance(layer, Dense) or (isinstance(layer, Conv) and layer.groups == 1)


def _places(count: int, units: int, apart: int) -> list[list[int]]:
    """Return the places of as many numbers as there are units, which lie so far apart."""
    starts = [first + at for first in range(0, count, units * apart) for at in range(apart)]
    return [[start + unit * apart for unit in range(units)] for start in starts]
