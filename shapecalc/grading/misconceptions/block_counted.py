"""A separable block for one of its layers: 3*3*96 = 864 and a 1x1 with 96*128: 13,152 for 864."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod

from shapecalc.grading.misconceptions.question_context import (
    RECOUNTED,
    Misconception,
    QuestionContext,
    Weighted,
    Wrong,
)
from shapecalc.layers.activation import Elementwise, PRelu
from shapecalc.layers.conv import Conv, DepthwiseConv
from shapecalc.layers.normalization import Normalization
from shapecalc.records import KnownRecord


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the count of a depthwise convolution together with that of the 1x1 one behind it."""
    if context.record is None:
        return
    for depthwise, pointwise in _blocks(context, context.record):
        names = [depthwise.name, pointwise.name]
        counts = [count for name in names if isinstance(count := context.of(name), int)]
        if len(counts) == len(names):
            both = " and ".join(names)
            told = f"two layers were counted together, {both}; {context.query.name} is asked for"
            text = " + ".join(f"{count:,}" for count in counts)
            yield Wrong(sum(counts), f"{text} = {sum(counts):,}", told)


def _blocks(
    context: QuestionContext, own: KnownRecord
) -> Iterator[tuple[KnownRecord, KnownRecord]]:
    """Yield the depthwise and the 1x1 convolution of blocks that a layer is one of the two of."""
    numbers = context.weighted if isinstance(own.layer, Conv | DepthwiseConv) else None
    if _is_depthwise(numbers):
        for record in context.subject.trace.layers:
            if _is_pointwise(_weighted(context, record)) and _before(context, record) is own:
                yield own, record
    elif _is_pointwise(numbers):
        before = _before(context, own)
        if before is not None and _is_depthwise(_weighted(context, before)):
            yield before, own


def _weighted(context: QuestionContext, record: KnownRecord) -> Weighted | None:
    """Return the numbers behind the weights of a convolution."""
    if not isinstance(record.layer, Conv | DepthwiseConv):
        return None
    return QuestionContext(context.subject, context.query._replace(name=record.name), 0).weighted


def _is_depthwise(own: Weighted | None) -> bool:
    return own is not None and own.deep == 1 < min(own.D, prod(own.F))


def _is_pointwise(own: Weighted | None) -> bool:
    return own is not None and own.deep == own.D and prod(own.F) == 1


def _before(context: QuestionContext, record: KnownRecord) -> KnownRecord | None:
    """Return the layer whose output a layer takes, maybe normalized and through an activation."""
    found: KnownRecord | None = record
    for _ in context.subject.trace.layers:
        sources = found.sources if found is not None else ()
        if not sources or len(sources) > 1:
            return None
        found = context.subject.records.get(sources[0])
        if found is None or not isinstance(found.layer, Elementwise | PRelu | Normalization):
            return found
    return None


MISCONCEPTION = Misconception(
    "block_counted",
    "the depthwise and the 1x1 convolution were counted together; one of them is asked for",
    model,
    keys=RECOUNTED,
)
