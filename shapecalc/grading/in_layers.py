"""Mistakes in single layers of a total: `62,348 - 64 in fc1`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.misconceptions import wrong_answers
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.query import read_path
from shapecalc.grading.repeated import MOST_TOLD
from shapecalc.grading.values import Value
from shapecalc.records import own_counts

Pair = tuple[Misconception, Wrong]
InLayer = tuple[str, Misconception, int]  # a layer, a mistake, and how much more it counts there
MOST_LAYERS = 60  # of a network whose totals are summed with mistakes in


def in_one_layer(
    context: QuestionContext, in_layers: Iterable[InLayer], counted: Collection[str] = ()
) -> Iterator[Pair]:
    """Yield totals with one of the mistakes `in_layers` made in one layer, and all layers that it
    may be, or two of them that come to the same; none of those that are rightly `counted`.
    """
    total: Any = context.right
    found: dict[str, tuple[Misconception, dict[str, int]]] = {}
    for name, misconception, more in in_layers:
        if name not in counted:
            found.setdefault(misconception.name, (misconception, {}))[1][name] = more
    for misconception, by_layer in found.values():
        for more in dict.fromkeys(by_layer.values()):
            where = _where(by_layer, more)
            yield misconception, shifted(total, more, f"in {where}")


def _where(by_layer: Mapping[str, int], more: int) -> str:
    """Return the layers of which one counts so much more, or two do: `conv3, or in conv1 and conv2`
    for biases of 32, 32 and 64.
    """
    one = [name for name, own in by_layer.items() if own == more]
    two = [
        f"{a} and {b}" for a, b in combinations(by_layer, 2) if by_layer[a] + by_layer[b] == more
    ]
    if len(one) + len(two) > MOST_TOLD:
        return f"one of {len(one)} layers" if not two else "one layer or two"
    return ", or in ".join([" or ".join(one), *two])


def shifted(total: int, more: int, where: str) -> Wrong:
    """Return a total that counts so much more in some layers."""
    text = f"{total:,} {'-' if more < 0 else '+'} {abs(more):,} {where} = {total + more:,}"
    return Wrong(total + more, text)


def mistakes_in_layers(
    context: QuestionContext, names: Collection[str] | None = None
) -> Iterator[InLayer]:
    """Yield the mistakes in the layers of a total, or those of these `names`, and how much more
    each of them counts.
    """
    layers = list(filter(None, map(own_counts, context.counted_layers)))
    if not isinstance(context.right, int) or len(layers) > MOST_LAYERS:
        return
    for record in layers:
        right, wrong = _of_layer(context, record.name, names)
        for misconception, found in first_each(wrong):
            if isinstance(found.value, int) and isinstance(right, int):
                yield record.name, misconception, found.value - right


def _of_layer(
    context: QuestionContext, name: str, names: Collection[str] | None
) -> tuple[Value, list[Pair]]:
    """Return a layer's own count, of what a total is asked for, and the mistakes in it."""
    try:
        query = read_path(f"{name}.{context.key}")
        right = context.subject.answer(query)
    except Unanswerable:
        return 0, []
    there = QuestionContext(context.subject, query, right)
    return right, wrong_answers(there, names=names) if right else []


def first_each(found: Iterable[Pair]) -> list[Pair]:
    """Return what each misconception gives first."""
    first: dict[str, Pair] = {}
    for pair in found:
        first.setdefault(pair[0].name, pair)
    return list(first.values())
