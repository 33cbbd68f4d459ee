"""A layer left out on the way: a dense layer behind a 2x2 pool counted on what the pool gets.

A convolution behind a bottleneck, 24 -> 8 channels by 1x1, counted with filters 24 deep.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from math import prod

from shapecalc.grading.misconceptions.question_context import (
    RECOUNTED,
    Misconception,
    QuestionContext,
    Weighted,
    Wrong,
)
from shapecalc.grading.misconceptions.variants import equal, times
from shapecalc.layers.conv import Convolution
from shapecalc.layers.pool import Pool
from shapecalc.records import KnownRecord

TAKEN = "the volume of one layer too early was taken"
DEPTH_TAKEN = "the depth of one layer too early was taken"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the count on the volume in front of the layer before, where that makes it smaller; the
    values of the volume in front of the layer that is flattened; filters as deep as the volume in
    front of the layer before, where that gives another depth.
    """
    yield from _flattened(context)
    yield from as_deep(context)
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


def as_deep(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the count, or the shape, of filters as deep as what the layer gets from which theirs
    comes. The positions are those of the layer's own output.
    """
    own = context.weighted
    if own is None or own.dense or own.deep != own.D:
        return
    found = _since_depth(context)
    if not found or not found[-1].input or _is_met(context, own, found):
        return
    source, (early,) = found[-1], found[-1].input
    whole = early[:-1] == context.volume[:-1]
    taken = f"{TAKEN}, {context.written(early)}" if whole else f"{DEPTH_TAKEN}, {early[-1]}"
    told = f"{taken} in front of {source.name}; {context.query.name} comes behind it"
    of_source = context.of(source.name)  # as many filters of that size: it may be its answer
    for wrong in context.recounted(deep=early[-1]):
        if wrong.value != of_source:
            yield wrong._replace(explanation=told)
    if isinstance(context.layer, Convolution):
        yield from context.reshaped((own.K, early[-1], *own.F), told)


def _is_met(context: QuestionContext, own: Weighted, way: Sequence[KnownRecord]) -> bool:
    """Say whether filters so deep are those of another mistake as well, such as of a depth that was
    pooled; or come to as much as others: 64 of depth 16 to as much as 32 of 32, behind 32 filters.
    """
    depth = (way[-1].input or ((),))[0][-1]
    volumes = context.subject.trace.inputs.values()
    if depth in {1, own.K, *(volume[-1] for volume in volumes if volume)}:
        return True
    summed = context.key in RECOUNTED and context.key != "parameters"
    if summed and depth * own.K == own.deep**2:
        return True
    strides = [layer.stride() for layer in (r.layer for r in way) if isinstance(layer, Pool)]
    sizes = chain(*(S if isinstance(S, tuple | list) else (S,) for S in strides))
    return any(depth * size == own.deep for size in sizes)


def _since_depth(context: QuestionContext) -> list[KnownRecord]:
    """Return the layers on the way back from here to that from which the depth comes, which is the
    last one; none where the way branches.
    """
    record, records, found = context.record, context.subject.records, list[KnownRecord]()
    for _ in context.subject.trace.layers:
        sources = record.sources if record is not None else None
        record = records.get(sources[0]) if sources and len(sources) == 1 else None
        if record is None or record.output is None or len(record.input or ()) != 1:
            return []
        (before,) = record.input or ()
        if len(record.output) != len(before):
            return []
        found.append(record)
        if record.output[-1] != before[-1]:
            return found
    return []


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


MISCONCEPTION = Misconception(
    "volume_too_early", TAKEN, model, keys=("output", *RECOUNTED), kinds=("shape",)
)
