"""One mistake made at every layer on the way to the one that is asked about: each goes on from the
volume that it gave before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from shapecalc.diagnostics import LayerError
from shapecalc.geometry import Fit
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.misconceptions import MISCONCEPTIONS, misconceptions_about
from shapecalc.grading.misconceptions.question_context import (
    Misconception,
    QuestionContext,
    Way,
    Wrong,
)
from shapecalc.grading.own_volumes import OF_INPUT
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value, flat, shown
from shapecalc.grading.wording import in_a_row
from shapecalc.layers.field_types import Volume
from shapecalc.layers.pool import Pool
from shapecalc.layers.window import Sliding
from shapecalc.records import KnownRecord

MOST_LAYERS = 100  # of a network
MOST_TOLD = 4  # layers whose arithmetic is written out
NOT_COMPUTED = frozenset(("depth_padded", "half_filter_padding"))  # what nobody counts with
NOT_GONE_ON_WITH = NOT_COMPUTED | {"depth_first", "neighbour", "product_for_volume", "swapped_axes"}
# Mistakes that are made in two ways, each of them at every layer: a depth is slid over, or divided.
TWOFOLD = frozenset(("depth_pooled",))

_ways: WeakKeyDictionary[QuestionContext, list[QuestionContext]] = WeakKeyDictionary()

Step = tuple[str, Wrong]  # a layer, and its wrong volume
Where = Callable[[KnownRecord, Volume, Volume], bool]  # of a layer, its input and its output


class Repeated(NamedTuple):
    """A mistake at some layers, the network that has their wrong volumes, and what is then the
    answer; `told` is the arithmetic that leads to the volumes, `follows` that from there on, and
    `explanation` what was done wrong, wherever it was. `outputs` are the volumes by their layers.
    """

    misconception: Misconception
    subject: Subject
    wrong: Wrong
    told: str
    explanation: str
    follows: str
    outputs: Mapping[str, Volume]


def _everywhere(record: KnownRecord, before: Volume, after: Volume) -> bool:
    return True


def _where_the_size_changes(record: KnownRecord, before: Volume, after: Volume) -> bool:
    """Who knows that a convolution keeps the size does not compute it."""
    return before[:-1] != after[:-1]


def _at_pools(record: KnownRecord, before: Volume, after: Volume) -> bool:
    return isinstance(record.layer, Pool)


PLACES: tuple[Where, ...] = (_where_the_size_changes, _everywhere, _at_pools)


def repeated(context: QuestionContext, names: Collection[str] | None = None) -> Iterator[Repeated]:
    """Yield the answers to a question about a layer by each mistake, or each of these `names`, that
    is made at other layers on the way there as well.
    """
    way = _layers_to(context)
    if len(way) < 2:
        return
    computed = [there for there in way if _computes(there)]
    seen: set[Any] = set()
    named = None if names is None else filter(None, map(MISCONCEPTIONS.find, sorted(names)))
    for misconception in misconceptions_about("record", "output") if named is None else named:
        name = misconception.name
        if name in NOT_GONE_ON_WITH:
            continue
        if all(_wrong_volume(misconception, there) is None for there in computed):
            continue
        for last, where in product(_ways_of(name), PLACES):
            steps, outputs = _made(context, way, misconception, where, last=last)
            elsewhere = any(at != context.query.name for at, _ in steps)
            key = (name, tuple(outputs.items()))
            if not elsewhere or key in seen:
                continue
            seen.add(key)
            found = _answered(context, way, misconception, steps, outputs)
            if found is not None:
                yield found


def made_at(
    context: QuestionContext, name: str, places: Iterable[Collection[str]]
) -> Iterator[Repeated]:
    """Yield the answers to the same question by a mistake that is made at certain layers alone, of
    which each of the `places` names some.
    """
    way, misconception = _layers_to(context), MISCONCEPTIONS[name]
    for layers, last in product(places, _ways_of(name)):
        steps, outputs = _made(context, way, misconception, _at(layers), last=last)
        if {at for at, _ in steps} == {*layers}:
            found = _answered(context, way, misconception, steps, outputs)
            if found is not None:
                yield found


def occasions(context: QuestionContext, name: str) -> list[str]:
    """Return the layers on the way at which a mistake gives another volume than the right one."""
    misconception = MISCONCEPTIONS[name]
    way = _layers_to(context)
    return [one.query.name for one in way if _wrong_volume(misconception, one) is not None]


def _ways_of(name: str) -> tuple[bool, ...]:
    """Return in which ways a mistake is made: the first that its model gives, or the last, too."""
    return (False, True) if name in TWOFOLD else (False,)


def _at(layers: Collection[str]) -> Where:
    return lambda record, before, after: record.name in layers


def _layers_to(context: QuestionContext) -> list[QuestionContext]:
    """Return the questions for the outputs of the layers that lead to the one asked about; none
    where its number does not follow from volumes. They are the same for every mistake.
    """
    if context not in _ways:
        _ways[context] = _found_to(context)
    return _ways[context]


def _found_to(context: QuestionContext) -> list[QuestionContext]:
    record, subject = context.record, context.subject
    if record is None or record.layer is None or len(subject.trace.layers) > MOST_LAYERS:
        return []
    if context.query.kind not in ("record", "size") or context.key in ("jump", "receptive_field"):
        return []
    return [_context(context, record) for record in _way_to(record, subject)]


def _way_to(asked: KnownRecord, subject: Subject) -> list[KnownRecord]:
    """Return the layers that lead to one, from the network's input or the volumes supposed."""
    wanted, found = {asked.name}, []
    for record in reversed(subject.trace.layers):
        if record.name in wanted and (record is asked or record.name not in subject.supposed):
            found.append(record)
            wanted.update(record.sources or ())
    return found[::-1]


def _context(context: QuestionContext, record: KnownRecord) -> QuestionContext:
    """Return the question for a layer's output."""
    query = context.query._replace(kind="record", form="sizes", name=record.name, key="output")
    there = context.asking(query, record.output or ())
    there.record = record
    return there


def _made(
    context: QuestionContext,
    way: list[QuestionContext],
    misconception: Misconception,
    where: Where,
    *,
    last: bool,
) -> tuple[list[Step], dict[str, Volume]]:
    """Return the layers at which a mistake is made, in the first way or the `last`, and the volumes
    on the way that are others; nothing where a layer does not take what it gets.
    """
    steps: list[Step] = []
    outputs: dict[str, Volume] = {}
    for there in way:
        record = there.record
        if record is None or record.input is None or record.output is None:
            return [], {}
        pairs = zip(record.sources or (), record.input, strict=True)
        inputs = tuple(outputs.get(source, volume) for source, volume in pairs)
        here, found = there, record.output
        if inputs != record.input:
            output = _volume_of(record, inputs)
            if output is None:
                return [], {}
            here, found = _context(context, record._replace(input=inputs, output=output)), output
        own = record.name != context.query.name or context.key not in OF_INPUT
        wrong = None
        if own and inputs and where(record, inputs[0], found):
            wrong = _wrong_volume(misconception, here, last=last)
        if wrong is not None:
            steps.append((record.name, wrong))
            found = tuple(map(int, flat(wrong.value)))
        if found != record.output:
            outputs[record.name] = found
    return steps, outputs


def _volume_of(record: KnownRecord, inputs: tuple[Volume, ...]) -> Volume | None:
    """Return what a layer makes of other volumes, rounded down where its stride does not fit."""
    if record.layer is None:
        return None
    try:
        return record.layer.volume(inputs)
    except LayerError as error:
        return error.output


def _computes(context: QuestionContext) -> bool:
    """Say whether there is a size to compute: not of an activation."""
    layer = context.layer
    if layer is None or context.volume != context.output:
        return layer is not None
    return isinstance(layer, Sliding) or bool(layer.has_weights)


def _wrong_volume(
    misconception: Misconception, context: QuestionContext, *, last: bool = False
) -> Wrong | None:
    """Return the first volume that a mistake gives, or the last, of as many whole sizes as the
    right one; None where there is none, and where the layer does not take such a volume as it gets.
    """
    found = None
    try:
        for wrong in misconception.answers(context) if _computes(context) else ():
            sizes = flat(wrong.value)
            if len(sizes) == len(context.output) and wrong.value != context.right:
                found = wrong if all(type(size) is int for size in sizes) else None
                if not last:
                    break
    except LayerError:
        return None
    return found


def _answered(
    context: QuestionContext,
    layers: Sequence[QuestionContext],
    misconception: Misconception,
    steps: list[Step],
    outputs: dict[str, Volume],
) -> Repeated | None:
    """Return what is the answer with these volumes; None where it is none, or right."""
    query, subject = context.query, context.subject
    try:
        if context.key == "output":
            value: Value = outputs.get(query.name, context.output)
        else:
            subject = subject.further(outputs)
            value = subject.answer(query)
    except (LayerError, Unanswerable):  # no layer takes such a volume
        return None
    if value == context.right:
        return None
    many = len(steps) > MOST_TOLD
    told = "" if many else "; ".join(wrong.arithmetic for _, wrong in steps)
    there, follows = context.asking(query, value, subject), ""
    if context.key != "output" or steps[-1][0] != query.name or many:
        follows = _followed(there, value)
    at = tuple(name for name, _ in steps)
    own = steps[-1][1].explanation or misconception.explanation
    where = f"at {f'{len(steps)} layers' if many else in_a_row(at)}"
    way = _way(there, context, outputs)._replace(at=at, sizes=frozenset(_sizes(layers, outputs)))
    arithmetic = "; ".join(filter(None, (told, follows)))
    wrong = Wrong(value, arithmetic, told_at(own, where), way=way)
    return Repeated(misconception, subject, wrong, told, own, follows, outputs)


def windows(context: QuestionContext, one: Repeated) -> Iterator[tuple[str, Fit]]:
    """Yield how the windows on the way fit the volumes that a mistake gives, with their layers."""
    for there in _layers_to(context):
        record = there.record
        if record is None or not there.slides:
            continue
        pairs = zip(record.sources or (), record.input or (), strict=True)
        inputs = tuple(one.outputs.get(source, volume) for source, volume in pairs)
        with suppress(LayerError):  # where the layer does not take them
            yield from (
                (record.name, fit) for fit in _context(context, record._replace(input=inputs)).fits
            )


def told_at(explanation: str, where: str) -> str:
    """Return what was done wrong with where it was, `at conv1 and conv2`, in front of what is right
    instead.
    """
    title, *rest = explanation.split(";", 1)
    joint = ", " if "," in title else " "
    return ";".join([f"{title}{joint}{where}", *rest])


def _way(there: QuestionContext, context: QuestionContext, outputs: Mapping[str, Volume]) -> Way:
    """Return the volumes by which the answer goes: a layer's output, or its input for its weights
    and where that output is as it should be; what was flattened as it was before.
    """
    right, wrong = context.output, outputs.get(context.query.name, context.output)
    if context.key in OF_INPUT or right == wrong:
        right, wrong = context.unflattened, there.unflattened
    between = tuple(v for v in outputs.values() if v[:-1] != wrong[:-1])
    return Way(right, wrong, between, frozenset(outputs))


def _sizes(layers: Iterable[QuestionContext], outputs: Mapping[str, Volume]) -> Iterator[int]:
    """Yield the first size of each volume that the layers take or give."""
    for one in layers:
        record = one.record
        if record is not None:
            volumes = zip(record.sources or (), record.input or (), strict=False)
            taken = (outputs.get(source, volume) for source, volume in volumes)
            given = outputs.get(record.name, record.output or ())
            yield from (volume[0] for volume in (*taken, given) if volume)


def _followed(context: QuestionContext, value: Value) -> str:
    """Return how the answer follows from the volumes."""
    counted = [wrong.arithmetic for wrong in context.recounted()]
    if counted:
        return counted[0]
    return f"so {context.written(value) if context.query.of_a_volume else shown(value)}"
