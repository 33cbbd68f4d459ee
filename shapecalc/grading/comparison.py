"""Whether an answer is right: as the kind of answer asks for, within the question's tolerance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shapecalc.grading.answers import read_answer
from shapecalc.grading.multiple_choice import chosen
from shapecalc.grading.no_answer import is_blank
from shapecalc.grading.notation import printed_shape
from shapecalc.grading.plainer_answers import without_depth
from shapecalc.grading.query import ONCE_FOR_ALL, Query
from shapecalc.grading.question import EXACT, HALF, Question, Tolerance
from shapecalc.grading.question_readings import of_the_plane, readings_for
from shapecalc.grading.reading import Reading
from shapecalc.grading.tied_pools import is_subgradient, other_answers
from shapecalc.grading.values import Number, Value, flat
from shapecalc.grading.written import last_digit
from shapecalc.grading.written_numbers import Unreadable

NEAR = Tolerance()
WHOLE = {int}
FAR = 0.3  # of a number: what is further off is none of its roundings with more digits


class _AsWritten(Tolerance):
    """Two decimals; of a small number with more digits they do not leave all others open."""

    def near(self, wanted: Number, given: Number) -> bool:
        """Say whether a number is near enough: 0.01 to 0.0067, and 0.0029 is not."""
        finest = max(last_digit(given) * (1 + 1e-9), FAR * abs(wanted))
        return super().near(wanted, given) and abs(wanted - given) <= finest


TO_TWO_DECIMALS = _AsWritten(HALF)


def ways_to_read(question: Question, answer: Any) -> list[Reading]:
    """Return what an answer to a question can mean, the likeliest first. Raises Unreadable.

    A volume that is asked for depth first is turned round, and counted as it is as well, unless it
    says which size the depth is.
    """
    letter = chosen(question, answer) if question.choices else None
    if letter is not None:
        return [letter]
    found = readings_for(question, answer)
    if question.query.kind == "shape" and isinstance(answer, str):  # it has no batch in front
        shape = printed_shape(answer.strip())
        found = [Reading(read_answer(shape, "sizes"))] if shape is not None else found
    if question.depth_first and question.query.of_a_volume:
        found = _in_both_orders(question, found)
    return [without_depth(question, of_the_plane(question, reading)) for reading in found]


def _in_both_orders(question: Question, found: list[Reading]) -> list[Reading]:
    """Return readings in the order that is asked for, and as they are written: a wrong one where
    only that has the right depth.
    """
    right: Any = question.right
    turned = [r if r.named else r._replace(value=question.as_computed(r.value)) for r in found]
    deep = any(isinstance(r.value, tuple) and r.value[-1:] == right[-1:] for r in turned)
    others = (reading for reading in found if reading not in turned)
    return [*turned, *(r for r in others if not deep or is_right(question, r.value))]


def can_answer(question: Question, text: str) -> bool:
    """Say whether a text is of the kind of answer that a question asks for, with as many sizes or
    values, or is none.
    """
    if is_blank(text):
        return True
    try:
        value = ways_to_read(question, text)[0].value
    except Unreadable:
        return False
    query, right = question.query, question.right
    if not isinstance(right, tuple):
        return not isinstance(value, tuple)
    if query.form == "array":
        return len(flat(value)) == len(flat(right))
    full = in_full(query, right, value)
    sizes = len(full) if isinstance(full, tuple) else 1
    return sizes == len(right) or (query.kind == "fitting" and sizes <= len(right))


def is_right(question: Question, value: Value) -> bool:
    """Say whether an answer is right, within the question's tolerance."""
    if any(same(question, accepted, value) for accepted in (question.right, *question.accepted)):
        return True
    return question.subject.suits(question.query, value) or by_another_convention(question, value)


def by_another_convention(question: Question, value: Value) -> bool:
    """Say whether an answer is not the right one, but is right by another convention: which one of
    equal values in a max pool's window gets the gradient.
    """
    subject, query = question.subject, question.query
    if query.kind != "example" or same(question, question.right, value):
        return False
    if is_subgradient(subject, query, value, question.tolerance):
        return True
    return any(same(question, other, value) for other in other_answers(subject, query))


def is_only_accepted(question: Question, value: Value) -> bool:
    """Say whether an answer is right because its author accepts it, and for no other reason."""
    if not any(same(question, accepted, value) for accepted in question.accepted):
        return False
    return not is_right(replace(question, accepted=()), value)


def two_decimals_are_enough(question: Question) -> bool:
    """Say whether the right numbers are right with two decimals, as the question then says."""
    near = question.tolerance.near
    return question.tolerance.usual and all(near(n, round(n, 2)) for n in flat(question.right))


def as_asked(question: Question) -> Tolerance:
    """Return how far off an answer may be that follows from another: that may be smaller than the
    right one, and its digits are those that the question asks for.
    """
    return TO_TWO_DECIMALS if two_decimals_are_enough(question) else question.tolerance


def is_rounded(question: Question, reading: Reading) -> bool:
    """Say whether an exact number is asked for and given as a rounded one: `1.2k` for 1,216.

    What was worked out cannot be told: 1,200 without the 16 biases is `1.2k`, too.
    """
    return question.tolerance == EXACT and may_be_rounded(question.right, reading)


def may_be_rounded(exact: Value, reading: Reading) -> bool:
    """Say whether a number that is written as a rounded one may be an exact one: rounded, or with
    the digits behind those left out, `921 thousand` for 921,600.
    """
    value, off = reading.value, reading.off
    if not off or not isinstance(exact, int | float) or not isinstance(value, int | float):
        return False
    return abs(value - exact) <= off or 0 <= abs(exact) - abs(value) < 2 * off


def _each(question: Question, right: Value) -> Value:
    """Return a hyperparameter with a number for each axis."""
    record = question.subject.records[question.query.name]
    axes = len(record.input[0]) - 1 if record.input else 1
    return right if isinstance(right, tuple) else (right,) * axes


def same(question: Question, right: Value, value: Value) -> bool:
    """Compare as the kind of answer asks for; trailing and leading sizes of 1 may be left out."""
    query = question.query
    if query.form == "truth":
        return value is right
    if query.form == "formula":
        return value == right
    if query.form == "ranges":
        return value in spellings(right)
    if query.form == "sizes":
        return _same_sizes(query, right, value)
    if query.form == "field":
        return value == right or (isinstance(value, tuple) and value == _each(question, right))
    wanted, given = flat(right), flat(value)
    return len(wanted) == len(given) and all(map(question.tolerance.near, wanted, given))


def each_right(question: Question, value: Value) -> list[bool]:
    """Say of each value of an array whether it is right; nothing where there are not as many."""
    if question.query.form != "array":
        return []
    wanted, given = flat(question.right), flat(value)
    return [*map(question.tolerance.near, wanted, given)] if len(wanted) == len(given) else []


def _same_sizes(query: Query, right: Value, value: Value) -> bool:
    return in_full(query, right, value) == right


def in_full(query: Query, right: Value, value: Value) -> Value:
    """Return sizes as the right ones are written: with a depth of 1, with equal ones twice."""
    if not isinstance(value, tuple) or not isinstance(right, tuple):
        return value
    if query.key in ONCE_FOR_ALL and len(value) == 1:
        return value * len(right)
    if query.key not in ("output", "input"):
        return value
    if len(right) == 1:  # a flat volume is 1x1xD, too
        return tuple(size for size in value if size != 1) or ((1,) if value else ())
    if len(value) == len(right) - 1 and right[-1] == 1:
        return (*value, 1)
    return value[1:] if len(value) == len(right) + 1 and value[0] == 1 else value


def alike(wrong: Any, given: Any, near: Tolerance = NEAR) -> bool:
    """Say whether a number is given: floats rounded, a depth of 1 or equal sizes left out.

    A cell of `given` that is None is not compared.
    """
    if wrong == given:
        return True
    if isinstance(wrong, int | str) or isinstance(given, bool | str):
        return False
    if isinstance(wrong, tuple) and isinstance(given, tuple) and whole_numbers(wrong):
        return len(given) < len(wrong) and given in spellings(wrong)
    if whole_numbers(wrong):
        return False
    ours, theirs = flat(wrong), flat(given)
    pairs = zip(ours, theirs, strict=False)
    return len(ours) == len(theirs) and all(b is None or near.near(a, b) for a, b in pairs)


def spellings(sizes: Any) -> list[Any]:
    """Return how whole sizes may be given: equal ones once, without a depth of 1. A number once."""
    found = [sizes]
    if isinstance(sizes, tuple) and len(sizes) > 1:
        found += [sizes[:1]] if len(set(sizes)) == 1 else []
        found += [sizes[:-1]] if sizes[-1] == 1 else []
    return found


def whole_numbers(value: Any) -> bool:
    """Say whether a value has no float in it: it is compared exactly."""
    if isinstance(value, int | float):  # as most are: they are asked for at every answer of a class
        return isinstance(value, int)
    if isinstance(value, tuple) and set(map(type, value)) == WHOLE:  # as a volume's are
        return True
    return all(isinstance(number, int) for number in flat(value))
