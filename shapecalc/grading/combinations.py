"""What misconceptions give beyond one layer's formula: carried into a count, made in every layer of
a total, and two of them at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations
from math import prod
from typing import Any

from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.frequency import ALONE, OF_SOMETHING_ELSE
from shapecalc.grading.in_layers import first_each, in_one_layer, mistakes_in_layers, shifted
from shapecalc.grading.misconceptions import (
    dilation_ignored,
    dilation_times_filter,
    forgot_plus_one,
    misconceptions,
    one_bias,
    slope_forgotten,
    wrong_answers,
)
from shapecalc.grading.misconceptions.fields import fields, refitted, without_one
from shapecalc.grading.misconceptions.question_context import (
    AND,
    Misconception,
    QuestionContext,
    Wrong,
)
from shapecalc.grading.misconceptions.rerun import reruns
from shapecalc.grading.misconceptions.variants import stepped
from shapecalc.grading.query import read_path
from shapecalc.grading.repeated import NOT_COMPUTED, Repeated, repeated
from shapecalc.grading.values import Value, shown
from shapecalc.quantities import OF_OUTPUT

Pair = tuple[Misconception, Wrong]
MOST_COMPUTED = 12  # layers of a network whose example is computed with two mistakes
OR = " or "  # between names of which one is meant
# Mistakes with what comes back to a layer, behind which the slope of an activation is forgotten.
ON_THE_WAY_BACK = frozenset((
    "filter_not_turned", "overlaps_not_summed", "pool_gradient_everywhere", "pool_gradient_whole",
    "whole_to_each_largest",
))  # fmt: skip
OF_FILTERS = ("forgot_depth", "forgot_depth_one_bias")  # which a dense layer need not have
NO_BIASES = ("bias_in_weights", "absent_bias_counted")  # are to be counted
OF_OTHERS = "the biases were forgotten in all other layers"


def carried(context: QuestionContext) -> Iterator[Pair]:
    """Yield one mistake's numbers where it was made before: a wrong output volume in the MACs or
    values of the layer, a wrong count of every layer in the total.
    """
    if context.total:
        yield from in_every_layer(context)
    elif context.record is not None and context.key in ("macs", "flops", *OF_OUTPUT):
        yield from _from_output(context)


def on_the_way(context: QuestionContext) -> Iterator[Pair]:
    """Yield what one mistake gives that is made at other layers on the way as well."""
    yield from ((found.misconception, found.wrong) for found in repeated(context))


def pairs(context: QuestionContext, single: Sequence[Pair]) -> Iterator[Pair]:
    """Yield the numbers of two mistakes made at once; `single` are those of one."""
    if context.key in ("output", "input"):
        yield from of_sizes(context, single)
    if context.key == "output" and context.fits:
        yield from _of_formulas(context)
    yield from _in_fields(context)
    yield from _of_fields(context)
    if context.key == "parameters" and context.record is not None:
        yield from _of_weights_and_biases(context, single)
    if context.key in ("weights", "parameters"):
        yield from _of_one_bias(context, single)
    if context.query.kind == "example":
        yield from _of_values(context, single)
        yield from _of_a_step(context, single)
    if context.total:
        yield from in_one_layer(context, mistakes_in_layers(context))
        yield from _of_total_weights(context, single)
    elif context.key in ("macs", "flops"):
        yield from _of_macs(context, single)
        yield from _with_biases(context, single)


def pairs_in_own(context: QuestionContext, single: Sequence[Pair]) -> Iterator[Pair]:
    """Yield the same for a network with a student's own numbers, where fewer are told from chance:
    of the sizes of a volume, of one bias too many, of a step, and of a gradient that comes back
    through two layers.
    """
    if context.key in ("output", "input"):
        yield from of_sizes(context, single)
    elif context.key in ("weights", "parameters"):
        yield from _of_one_bias(context, single)
    elif context.query.kind == "example":
        yield from _of_a_step(context, single)
        yield from _on_the_way_back(context, single)


def with_others(
    context: QuestionContext, again: Iterable[Repeated], others: Collection[str] = ()
) -> Iterator[Pair]:
    """Yield what mistakes give that are made at every layer on the way, alone and with one of some
    `others` in what is asked.
    """
    if others:
        yield from (pair for pair in _in_fields(context) if pair[0].name in others)
    for found in again:
        yield found.misconception, found.wrong
        if not others or context.key in ("output", "input"):
            continue
        first = found.misconception, found.wrong._replace(arithmetic=found.told)
        there = context.asking(context.query, found.wrong.value, found.subject)
        for other, wrong in wrong_answers(there, names=others):
            if other.name != found.misconception.name:
                yield _both(first, (other, wrong), wrong.value)


def joined(one: Misconception, other: Misconception) -> Misconception:
    """Return two misconceptions as one, in whatever order they were made."""
    one, other = sorted((one, other), key=lambda misconception: misconception.name)
    both = one.change.with_(other.change) if one.change and other.change else None
    return Misconception(
        f"{one.name}, {other.name}",
        f"{one.explanation}{AND}{other.explanation}",
        _nothing,
        both or one.change or other.change,
    )


def _nothing(context: QuestionContext) -> Iterable[Wrong]:
    return ()


# -- one mistake, further on -----------------------------------------------------------------------


def _from_output(context: QuestionContext) -> Iterator[Pair]:
    """Yield counts at the positions of a wrong output volume."""
    for misconception, wrong in answers_of(context, "output"):
        volume: Any = wrong.value
        if len(volume) != len(context.output):
            continue
        if misconception.name in NOT_COMPUTED:
            continue
        if context.key in OF_OUTPUT:
            each = OF_OUTPUT[context.key]
            value, things = each * prod(volume), "bytes" if each > 1 else "values"
            yield misconception, Wrong(value, f"{wrong.arithmetic}: {value:,} {things}")
        elif context.fits and volume[-1] == context.output[-1]:
            for found in context.recounted_at(volume[:-1]):
                yield misconception, found._replace(arithmetic=_after(wrong, found))


def in_every_layer(
    context: QuestionContext, names: Collection[str] | None = None
) -> Iterator[Pair]:
    """Yield totals with one mistake, or one of these `names`, in each layer that gives occasion for
    it; one of filters also without the dense layers, which have all inputs whatever is thought of
    filters.
    """
    total: Any = context.right
    sums: dict[tuple[str, bool], tuple[Misconception, int, int]] = {}
    for layer, misconception, more in mistakes_in_layers(context, names):
        name, dense = misconception.name, context.subject.records[layer].kind == "dense"
        for filters in (False, True) if name in OF_FILTERS and not dense else (False,):
            _, before, times = sums.get((name, filters), (misconception, 0, 0))
            sums[name, filters] = misconception, before + more, times + 1
    for (name, filters), (misconception, more, times) in sums.items():
        if times > 1 and not (filters and times == sums[name, False][2]):
            where = f"over {times} layers of filters" if filters else f"over {times} layers"
            yield misconception, shifted(total, more, where)


# -- two mistakes ----------------------------------------------------------------------------------


def of_sizes(context: QuestionContext, single: Sequence[Pair]) -> Iterator[Pair]:
    """Yield volumes with wrong spatial sizes and a wrong depth; and wrong ones in another order."""
    right: Any = context.right
    whole = [(m, w, v) for m, w in single if len(v := _sizes(w.value)) == len(right) > 1]
    spatial = [(m, w, v) for m, w, v in whole if v[-1] == right[-1] and v[:-1] != right[:-1]]
    deep = [(m, w, v) for m, w, v in whole if v[-1] != right[-1] and v[:-1] == right[:-1]]
    for one, a, v in spatial:
        for other, b, u in deep:
            lines = dict.fromkeys(
                line for wrong in (a, b) for line in wrong.by_size or (wrong.arithmetic,) if line
            )
            sizes = *v[:-1], u[-1]
            told = f"{'; '.join(lines)}, so {context.written(sizes)}"
            yield joined(one, other), Wrong(sizes, told)
    for last, _, _ in whole:
        for one, a, v in (*spatial, *deep):
            if last.name == "depth_first":
                yield joined(one, last), Wrong((v[-1], *v[:-1]), f"{a.arithmetic}, depth first")
            elif last.name == "swapped_axes" != one.name and len(v) == 3:
                found = (v[1], v[0], v[2])
                told = f"{a.arithmetic}; swapped {context.written(found)}"
                yield joined(one, last), Wrong(found, told)


def _sizes(value: Value) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _of_formulas(context: QuestionContext) -> Iterator[Pair]:
    """Yield the sizes with two numbers of the formula taken otherwise."""
    changing = [m for m, _ in first_each(answers_of(context, "output")) if m.change is not None]
    for one, other in combinations(changing, 2):
        assert one.change is not None
        assert other.change is not None
        both = one.change.with_(other.change)
        if both is not None:
            for wrong in context.resized(both):
                yield joined(one, other), wrong


def _in_fields(context: QuestionContext) -> Iterator[Pair]:
    """Yield receptive fields by mistakes of the formula of sizes. They are near the right one, as
    much is that chance gives, and a right field says nothing of these mistakes in sizes.
    """
    yield from ((forgot_plus_one.MISCONCEPTION, wrong) for wrong in without_one(context))
    found = fields(context, dilation_times_filter.multiplied)
    yield from ((dilation_times_filter.MISCONCEPTION, wrong) for wrong in found)


def _of_fields(context: QuestionContext) -> Iterator[Pair]:
    """Yield receptive fields without the dilation, and another mistake made in these."""
    first = dilation_ignored.MISCONCEPTION._replace(change=None)  # of no formula of sizes
    for there in refitted(context, dilation_ignored.undilated):
        for other, wrong in (*wrong_answers(there), *_in_fields(there)):
            yield _both((first, Wrong(0, "")), (other._replace(change=None), wrong), wrong.value)


def _of_weights_and_biases(context: QuestionContext, single: Sequence[Pair]) -> Iterator[Pair]:
    """Yield wrong weights plus wrong biases, or none."""
    named = {misconception.name for misconception, _ in single}
    biases = [pair for pair in answers_of(context, "biases") if pair[0].name in named]
    none = next((m for m, _ in single if m.name == "forgot_bias"), None)
    if none is not None:
        biases = [*biases, (none, Wrong(0, "0"))]
    for one, a in answers_of(context, "weights"):
        for other, b in biases if one.name in named else ():
            if one.name != other.name and isinstance(a.value, int) and isinstance(b.value, int):
                value = a.value + b.value
                called = "bias" if b.value == 1 else "biases"
                added = f"; + {b.value:,} {called} = {value:,}" if b.value else ""
                text = f"{a.arithmetic}{added}"
                yield joined(one, other), Wrong(value, text)


def _of_one_bias(context: QuestionContext, single: Sequence[Pair]) -> Iterator[Pair]:
    """Yield the weights with one bias for each layer, where they are asked for without any or the
    layer has none.
    """
    counted = next((m for m, _ in single if m.name in NO_BIASES), None)
    weights: Any = context.right
    if counted is None:
        return
    if counted.name == "bias_in_weights":
        added = [pair for pair in answers_of(context, "biases") if pair[0].name == "one_bias"]
    else:
        told = f"{one_bias.MISCONCEPTION.title}; this layer has none"
        added = [(one_bias.MISCONCEPTION, Wrong(1, "", told))] if context.record else []
    none = Wrong(0, "", counted.title)
    for one, b in added:
        if isinstance(b.value, int):
            value = weights + b.value
            called = "bias" if b.value == 1 else "biases"
            text = f"{weights:,} weights + {b.value:,} {called} = {value:,}"
            yield _both((counted, none), (one, b._replace(arithmetic=text)), value)


def _of_total_weights(context: QuestionContext, single: Sequence[Pair]) -> Iterator[Pair]:
    """Yield totals of wrong weights, in each layer that gives occasion or in one; no biases, or
    those of one layer, which are no weights that are wrong.
    """
    none = next((m for m, _ in single if m.name == "forgot_bias"), None)
    if none is None or context.key != "parameters":
        return
    query = read_path("total.weights")
    weights = QuestionContext(context.subject, query, context.subject.answer(query))
    for one, wrong in (
        *in_every_layer(weights),
        *in_one_layer(weights, mistakes_in_layers(weights)),
    ):
        if one.name == "bias_in_weights":
            yield none, wrong._replace(explanation=OF_OTHERS)
        else:
            yield joined(one, none), wrong


def _of_macs(context: QuestionContext, single: Sequence[Pair]) -> Iterator[Pair]:
    """Yield wrong MACs for FLOPs or FLOPs for MACs, and wrong weights at wrong positions."""
    swapped = {"flops": ("macs_for_flops", _half), "macs": ("flops_for_macs", _double)}
    name, change = swapped[context.key]
    own = [m for m, _ in single if m.name == name]
    for last in own[:1]:
        for one, wrong in (*single, *carried(context)):
            value = change(wrong.value) if isinstance(wrong.value, int) else None
            if value and one.name != name:
                yield joined(one, last), Wrong(value, f"{wrong.arithmetic}; so {value:,}")
    if context.record is None or not context.fits or not context.weighted:
        return
    right = context.weighted.weights
    for one, a in answers_of(context, "weights"):
        for other, b in _from_output(context):
            if isinstance(a.value, int) and isinstance(b.value, int) and b.value % right == 0:
                value = b.value // right * a.value
                yield joined(one, other), Wrong(value, f"{a.arithmetic}; in all {value:,}")


def _with_biases(context: QuestionContext, single: Sequence[Pair]) -> Iterator[Pair]:
    """Yield MACs at wrong positions, and as many biases as there are outputs at these."""
    biased = next((m for m, _ in single if m.name == "macs_with_biases"), None)
    own = context.weighted
    if biased is None or own is None:
        return
    for pair in (*single, *_from_output(context)):
        macs = pair[1].value
        if isinstance(macs, int) and macs % own.weights == 0 and pair[0].name != "flops_for_macs":
            added = macs // own.weights * own.biases
            text = f"+ {added:,} = {macs + added:,}"
            yield _both(pair, (biased, Wrong(macs + added, text)), macs + added)


def _of_values(
    context: QuestionContext, single: Sequence[Pair], others: Collection[str] | None = None
) -> Iterator[Pair]:
    """Yield the example computed with one mistake, and another one, of `others`, made in that."""
    if len(context.subject.trace.layers) > MOST_COMPUTED:
        return
    if others is None:
        others = {misconception.name for misconception in misconceptions()} - ALONE
    for subject, value in reruns(context):
        same = ((m, w) for m, w in single if w.value == value and m.name not in OF_SOMETHING_ELSE)
        first = next(same, None)
        if first is None:
            continue
        there = QuestionContext(subject, context.query, value)
        for other, wrong in wrong_answers(there, names=others):
            if other.name != first[0].name:
                yield _both(first, (other, wrong), wrong.value)


def _on_the_way_back(context: QuestionContext, single: Sequence[Pair]) -> Iterator[Pair]:
    """Yield gradients that came back wrong through a layer, and through an activation as if that
    were not there.
    """
    if context.query.key.endswith(".grad"):
        back = [pair for pair in single if pair[0].name in ON_THE_WAY_BACK]
        yield from _of_values(context, back, (slope_forgotten.MISCONCEPTION.name,))


def _both(first: Pair, then: Pair, value: Value) -> Pair:
    """Return two mistakes as one that gives a value, in the words of each that fit the question."""
    told = [
        w.explanation or m.explanation for m, w in sorted((first, then), key=lambda p: p[0].name)
    ]
    wrong = Wrong(value, _after(first[1], then[1]), AND.join(told), way=first[1].way)
    return joined(first[0], then[0]), wrong


def _of_a_step(context: QuestionContext, single: Sequence[Pair]) -> Iterator[Pair]:
    """Yield a step with the gradient added and without the rate, which is w + dw for w - dw."""
    named = {misconception.name: misconception for misconception, _ in single}
    added, bare = named.get("gradient_added"), named.get("rate_forgotten")
    if added is None or bare is None:
        return
    old = context.of(context.query.name, context.query.key.removesuffix(".next"))
    whole = next(wrong.value for misconception, wrong in single if misconception is bare)
    if old is not None:
        value = stepped(old, whole, -1.0)
        yield joined(added, bare), Wrong(value, f"weight + gradient = {shown(value)}")


def _half(value: int) -> int | None:
    return None if value % 2 else value // 2


def _double(value: int) -> int | None:
    return 2 * value


def answers_of(context: QuestionContext, key: str) -> list[Pair]:
    """Return the mistakes in another of the same layer's numbers."""
    query = read_path(f"{context.query.name}.{key}")
    try:
        right = context.subject.answer(query)
    except Unanswerable:
        return []
    return wrong_answers(context.asking(query, right))


def _after(first: Wrong, then: Wrong) -> str:
    return "; ".join(filter(None, (first.arithmetic, then.arithmetic)))
