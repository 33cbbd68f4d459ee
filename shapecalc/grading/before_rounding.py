"""A mistake in what follows from a student's own numbers before these were rounded: an answer is
written with two digits, and the calculator goes on with all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from math import floor, log10
from typing import Any

from shapecalc.grading.cause import Cause
from shapecalc.grading.comparison import NEAR, alike
from shapecalc.grading.evidence import Evidence
from shapecalc.grading.misconceptions import wrong_answers
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.own_values import OwnNetwork
from shapecalc.grading.question import Question
from shapecalc.grading.ranking import Explanations
from shapecalc.grading.values import Value, flat, nested_as
from shapecalc.grading.written import is_rounded_from, may_stand_for

WIDEST = 0.01  # between the least and the most that a mistake may give, or chance does as well


def before_rounding(
    question: Question,
    network: OwnNetwork,
    supposed: Explanations,
    value: Value,
    evidence: Evidence,
) -> Cause | None:
    """Return what explains a wrong answer in the student's own network as it was before the numbers
    were rounded; these may lead anywhere. Sizes are not rounded.
    """
    if not network.arrays:
        return None
    with suppress(Exception):
        close = _as_if_written(question, network, supposed.single, value)
        found = supposed.cause_of(close[1], evidence=evidence) if close else None
        among = {cause.names for cause in found.either or (found,)} if found else set()
        return found if close and among == close[0] else None
    return None


def _as_if_written(
    question: Question, network: OwnNetwork, causes: Sequence[Cause], value: Value
) -> tuple[set[frozenset[str]], Value] | None:
    """Return the names of the causes in a student's own network that give an answer with the
    numbers that the student's may have been rounded from; and the answer as they give it with those
    that are written, which is one: that has no more digits than are known, by which chance is
    weighed.
    """
    given, found = flat(value), dict[frozenset[str], Value]()
    close = [c for c in causes if _is_close(flat(c.wrong.value), given)]
    ways = _ways(question, network, {c.misconception.name for c in close}) if close else []
    for cause in close:
        same = [c for c in causes if c.misconception.name == cause.misconception.name]
        others = [way.get(cause.misconception.name, []) for way in ways]
        if any(len(values) != len(same) for values in others):
            continue  # it gives others in some of the networks
        ours, place = flat(cause.wrong.value), same.index(cause)
        between = [*zip(ours, *(flat(values[place]) for values in others), strict=True)]
        if all(_may_be(a, among) for a, among in zip(given, between, strict=True)):
            written = map(_written, given, ours, between)
            found.setdefault(cause.names, nested_as(cause.wrong.value, [*written]))
    first = next(iter(found.values()), None)
    one = all(alike(first, other) for other in found.values())
    return ({*found}, first) if first is not None and one else None


def _is_close(ours: Sequence[Any], given: Sequence[Any]) -> bool:
    """Say whether numbers are near enough for it to be worth asking what they were rounded from."""
    if len(ours) != len(given) or not all(isinstance(n, int | float) for n in (*ours, *given)):
        return False
    return all(abs(a - b) <= 2 * WIDEST for a, b in zip(ours, given, strict=True))


def _ways(question: Question, network: OwnNetwork, names: set[str]) -> list[dict[str, list[Value]]]:
    """Return what mistakes of these names give, with each of the numbers that the student's may
    have been rounded from.
    """
    found = []
    for subject in network.before_rounding(question):
        context = QuestionContext(subject, question.query, subject.answer(question.query))
        by_name: dict[str, list[Value]] = {}
        for misconception, wrong in wrong_answers(context, NEAR, names):
            by_name.setdefault(misconception.name, []).append(wrong.value)
        found.append(by_name)
    return found


def _may_be(number: float, among: Sequence[float]) -> bool:
    """Say whether a number lies between some that are not far apart, but for its last digit."""
    low, high = min(among), max(among)
    tight = high - low <= WIDEST * (1 + 1e-9)
    return tight and is_rounded_from([number], [min(max(number, low), high)])


def _written(number: float, ours: float, among: Sequence[float]) -> float:
    """Return a number as it follows from those that are written: itself where it does, otherwise
    that with the digits that are the same whatever they were rounded from.
    """
    if NEAR.near(ours, number) and may_stand_for([number], [ours]):
        return number
    return round(ours, floor(-log10(max(among) - min(among)) + 1e-9))
