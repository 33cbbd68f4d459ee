"""Whether any volume in the place of one that is not known leads to an answer: 351,424 MACs are not
so many times the 75 of one output, however many outputs there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import product
from math import gcd

from shapecalc.grading.own_sums import is_total
from shapecalc.grading.question import Question
from shapecalc.grading.values import Value, flat
from shapecalc.layers.field_types import Volume

KINDS = ("record", "size", "flops")  # of questions whose answers are whole numbers of volumes
STEPS = [2**n for n in range(11)]  # one of them moves a size by 1 behind strides of 1,024 at most


def may_lead_to(
    question: Question, unknown: Question, value: Value, sound: Collection[Question] = ()
) -> bool:
    """Say whether an answer may be right for another one, whatever that is but for what makes right
    answers to the `sound` questions wrong: a depth of 12 in the place of 24 has other weights. Also
    where that is not found out: of a total, which may be made of some other terms and some right
    ones.

    The numbers that follow are as far apart as those that follow from some volumes: all of them
    differ from the right one by multiples of a number.
    """
    record = question.subject.records.get(unknown.query.name)
    right, numbers = _whole(question.right), _whole(value)
    if question.query.kind not in KINDS or is_total(question) or unknown.query.key != "output":
        return True
    if record is None or not record.output or not right or len(right) != len(numbers):
        return True
    differ = [a - b for a, b in zip(numbers, right, strict=True)]
    apart: list[int] = []
    for volume in _others(record.output):
        found = _following(question, unknown.query.name, volume, sound)
        if len(found) == len(right):
            steps = zip(apart or [0] * len(right), found, right, strict=True)
            apart = [gcd(by, a - b) for by, a, b in steps]
            if all(gcd(by, one) == by for by, one in zip(apart, differ, strict=True)):
                return True
    return not apart


def _others(volume: Volume) -> Iterator[Volume]:
    """Yield volumes with one or more of the sizes larger: by all of which together one finds what
    each of the numbers has for a factor that hangs on none of them.
    """
    for step in STEPS:
        for moved in product((0, step), repeat=len(volume)):
            if any(moved):
                yield tuple(size + by for size, by in zip(volume, moved, strict=True))


def _following(
    question: Question, name: str, volume: Volume, sound: Collection[Question]
) -> list[int]:
    """Return what follows from another output of a layer: what is right where that output is not
    what the right answers to `sound` ones come from, and nothing where no layer takes it.
    """
    try:
        there = question.subject.further({name: volume})
        if any(there.answer(one.query) != one.right for one in sound):
            return _whole(question.right)
        return _whole(there.answer(question.query))
    except Exception:  # other volumes may lead anywhere
        return []


def _whole(value: Value) -> list[int]:
    """Return the numbers of a value, if all are whole ones."""
    numbers = [number for number in flat(value) if type(number) is int]
    return numbers if len(numbers) == len(flat(value)) else []
