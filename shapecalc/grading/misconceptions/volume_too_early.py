"""A layer left out on the way: a dense layer behind a 2x2 pool counted on what the pool gets."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import (
    RECOUNTED,
    Misconception,
    QuestionContext,
    Wrong,
)
from shapecalc.grading.misconceptions.variants import equal, times
from shapecalc.records import KnownRecord

TAKEN = "the volume of one layer too early was taken"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the count on the volume in front of the layer before, where that makes it smaller; the
    values of the volume in front of the layer that is flattened.
    """
    yield from _flattened(context)
    own = context.weighted
    if context.key not in RECOUNTED or own is None or not (own.F if own.dense else own.positions):
        return
    left_out = _smaller_before(context)
    if left_out is None or not left_out.input:
        return
    (early,) = left_out.input
    subject = context.subject.supposing({left_out.name: early})
    count = QuestionContext(subject, context.query, 0)
    if count.of(context.query.name) == context.right:
        return
    told = f"{TAKEN}, in front of {left_out.name}; {context.query.name} comes behind it"
    for wrong in count.recounted():
        arithmetic = f"on {context.written(early)}, {wrong.arithmetic}"
        yield wrong._replace(arithmetic=arithmetic, explanation=told)


def _flattened(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the length of what the nearest layer gets that changes how many values there are."""
    record, records = context.record, context.subject.records
    if context.key != "output" or record is None or record.kind != "flatten":
        return
    for _ in context.subject.trace.layers:
        sources = record.sources if record is not None else None
        record = records.get(sources[0]) if sources and len(sources) == 1 else None
        if record is None or record.output is None or len(record.input or ()) != 1:
            return
        (before,) = record.input or ()
        if prod(before) != prod(record.output):
            told = f"{TAKEN}, in front of {record.name}; {context.query.name} comes behind it"
            yield Wrong((prod(before),), equal(times(before), prod(before)), told)
            return


def _smaller_before(context: QuestionContext) -> KnownRecord | None:
    """Return the nearest layer on the way here that gives smaller maps, of layers that keep them
    or flatten them; None where there is none, or it gives another depth.
    """
    record, records = context.record, context.subject.records
    for _ in context.subject.trace.layers:
        sources = record.sources if record is not None else None
        record = records.get(sources[0]) if sources and len(sources) == 1 else None
        if record is None or record.output is None or not record.input or len(record.input) > 1:
            return None
        (before,) = record.input
        if len(record.output) == len(before) > 1 and record.output != before:
            smaller = record.output[-1] == before[-1] and record.output[:-1] < before[:-1]
            return record if smaller else None
    return None


MISCONCEPTION = Misconception("volume_too_early", TAKEN, model, keys=("output", *RECOUNTED))
