"""The arrays of an example that a student's answers are about, with the values that these give.

Of an array of which only some values were given the others are not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from shapecalc.grading.dependence import leads_on
from shapecalc.grading.question import Question
from shapecalc.grading.subject import Subject
from shapecalc.grading.turned_arrays import in_order
from shapecalc.grading.values import Value
from shapecalc.grading.written import last_digit

LARGEST = 1e6  # of a value that is gone on with
MOST_ROUNDED = 0.005  # off a number with two decimals
Answered = tuple[Question, Value]


class OwnArray(NamedTuple):
    """An array of an example with some values of a student's: which of its values these are, and
    how much they may have been rounded by. As `written` a right one is rounded, too: `inexact`.
    """

    values: Any
    given: Any
    usable: bool
    half: Any
    written: Any
    inexact: bool

    @classmethod
    def of(
        cls, subject: Subject, key: str, wrong: Sequence[Answered], right: Sequence[Answered]
    ) -> OwnArray:
        computed = subject.computed
        exact = computed.array(computed.session.names.find(key))
        written, given, usable = exact.copy(), exact != exact, True
        half = 0 * written  # in the order of a copy: a gradient may lie in another, by its strides
        for question, value in (*right, *wrong):
            numbers, place = in_order(question, value), question.query.place
            usable &= all(isinstance(n, int | float) and abs(n) <= LARGEST for n in numbers)
            usable &= len(numbers) == (1 if place else exact.size)
            if not usable:
                break
            halves = [*map(_half_of_the_last_digit, numbers)]
            if place:
                at = (*(0 for _ in range(exact.ndim - len(place))), *place)
                written[at], half[at], given[at] = numbers[0], halves[0], True
            else:
                written.reshape(-1)[:], half.reshape(-1)[:] = numbers, halves
                given[...] = True
        off = abs(written - exact)
        rounded = not wrong and bool((off <= half * (1 + 1e-9)).all())
        values = (exact if rounded else written).copy()
        return cls(values, given, usable, half, written, bool(off.any()))

    @property
    def whole(self) -> bool:
        """Whether all of it was given."""
        return self.usable and bool(self.given.all())

    def moved(self, by: float) -> Any:
        """Return it with the values that were not given moved, in proportion to their size."""
        return self.values + by * (1 + abs(self.values)) * ~self.given

    def shifted(self, turns: Sequence[int]) -> Any:
        """Return it with its values moved by half of their last digits, up or down in turns."""
        found = self.values.copy()
        for start, turn in enumerate(turns):
            found.reshape(-1)[start :: len(turns)] += (
                turn * self.half.reshape(-1)[start :: len(turns)]
            )
        return found


def by_array(
    question: Question, wrong: Iterable[Answered], right: Iterable[Answered]
) -> list[dict[str, list[Answered]]]:
    """Return wrong and right answers about a question's network by the arrays that they are of,
    other than the one that is asked for, and which lead on.

    Those to the gradient of biases are of that of the layer's output as well, where this has the
    same values and no answers of its own.
    """
    both = [[(q, v) for q, v in answers if q.query.kind == "example"] for answers in (wrong, right)]
    answered = {question.query.key, *(q.query.key for answers in both for q, _ in answers)}
    found: list[dict[str, list[Answered]]] = []
    for answers in both:
        of_one: dict[str, list[Answered]] = {}
        for other, value in answers:
            key = other.query.key
            if key == question.query.key or not leads_on(key):
                continue
            of_one.setdefault(key, []).append((other, value))
            equal = question.subject.equal_gradient(key)
            if equal is not None and equal not in answered:
                of_one.setdefault(equal, []).append((_about(other, equal), value))
        found.append(of_one)
    return found


def _about(question: Question, key: str) -> Question:
    """Return a question for the gradient of biases as one for an equal one of an output."""
    axes = question.subject.computed.session.names.find(key).shape or ()
    place = question.query.place and (*question.query.place, *(0,) * (len(axes) - 1))
    return replace(question, query=question.query._replace(key=key, place=place))


def _half_of_the_last_digit(number: float) -> float:
    """Return by how much a number may have been rounded: one with few digits is taken for exact to
    two decimals, since zeros at its end are not kept.
    """
    return 0.0 if float(number).is_integer() else min(last_digit(number) / 2, MOST_ROUNDED)
