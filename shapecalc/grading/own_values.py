"""What follows from a student's own values of an example: of layers, and of gradients.

Of an array of which only some values were given the others are not known. What hangs on them is not
determined: it comes out otherwise with others in their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from shapecalc.grading.comparison import alike
from shapecalc.grading.query import Query
from shapecalc.grading.question import Question
from shapecalc.grading.soundness import unsound
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value, flat

LARGEST = 1e6  # of a value that is gone on with
OTHERS = (0.0, 3.0, -3.0)  # what values that were not given are moved by, in turns
Answered = tuple[Question, Value]


class OwnNetwork(NamedTuple):
    """A network with a student's own numbers in place, and the answers that these were.

    `others` are the same with other numbers where the student gave none; `volumes` are the outputs
    that it has, right ones as well.
    """

    subject: Subject
    sources: list[Answered]
    others: tuple[Subject, ...] = ()
    volumes: Sequence[Answered] = ()

    def rounded(self, query: Query) -> bool:
        """Say whether a number only follows with a size rounded down: a stride does not fit."""
        found = unsound(self.subject.trace)
        if query.name == "total":
            return bool(found.outputs)
        return query.kind != "example" and found.behind(query.name, query.key) is not None

    def determines(self, query: Query, value: Value) -> bool:
        """Say whether the value that follows for a question follows whatever was not given."""
        return all(alike(value, other.answer(query)) for other in self.others)


def with_values(
    question: Question, wrong: Iterable[Answered], right: Iterable[Answered]
) -> Iterator[OwnNetwork]:
    """Yield a question's network with each array in place that a student has wrong, the last one
    first, then with the last two and more. Right arrays are in place as well: nothing comes through
    them.
    """
    slips, sound = _by_array(question, wrong), _by_array(question, right)
    known = {
        key: array
        for key, answers in sound.items()
        if key not in slips and (array := _Array.of(question.subject, key, answers)).whole
    }
    found = {
        key: array
        for key, answers in slips.items()
        if (array := _Array.of(question.subject, key, [*sound.get(key, ()), *answers])).usable
    }
    for key in reversed(found):
        yield _network(question.subject, {**known, key: found[key]}, slips[key])
    for count in range(2, len(found) + 1):
        last = list(found)[-count:]
        sources = [answered for key in last for answered in slips[key]]
        yield _network(question.subject, {**known, **{key: found[key] for key in last}}, sources)


def _by_array(question: Question, answers: Iterable[Answered]) -> dict[str, list[Answered]]:
    """Return the answers about a question's network by the arrays that they are of, other than the
    one that is asked for. From a loss, or from a parameter after a step, nothing follows.
    """
    found: dict[str, list[Answered]] = {}
    for other, value in answers:
        query = other.query
        if other.subject is not question.subject or query.kind != "example":
            continue
        if query.key not in ("loss", question.query.key) and not query.key.endswith(".next"):
            found.setdefault(query.key, []).append((other, value))
    return found


class _Array(NamedTuple):
    """An array of an example with some values of a student's, and which of its values these are."""

    values: Any
    given: Any
    usable: bool

    @classmethod
    def of(cls, subject: Subject, key: str, answers: Sequence[Answered]) -> _Array:
        computed = subject.computed
        values = computed.array(computed.session.names.find(key)).copy()
        given, usable = values != values, True
        for question, value in answers:
            numbers, place = flat(value), question.query.place
            usable &= all(isinstance(n, int | float) and abs(n) <= LARGEST for n in numbers)
            usable &= len(numbers) == (1 if place else values.size)
            if not usable:
                break
            if place:
                at = (*(0 for _ in range(values.ndim - len(place))), *place)
                values[at], given[at] = numbers[0], True
            else:
                values.reshape(-1)[:] = numbers
                given[...] = True
        return cls(values, given, usable)

    @property
    def whole(self) -> bool:
        """Whether all of it was given."""
        return self.usable and bool(self.given.all())

    def moved(self, by: float) -> Any:
        """Return it with the values that were not given moved, in proportion to their size."""
        return self.values + by * (1 + abs(self.values)) * ~self.given


def _network(subject: Subject, arrays: Mapping[str, _Array], sources: list[Answered]) -> OwnNetwork:
    moves = OTHERS[:1] if all(array.whole for array in arrays.values()) else OTHERS
    first, *others = (
        subject.with_values({key: array.moved(by) for key, array in arrays.items()}) for by in moves
    )
    return OwnNetwork(first, sources, tuple(others))
