"""In what a wrong answer differs from the right one: rounded, too many values, some of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapecalc.grading.query import Query
from shapecalc.grading.question import Question
from shapecalc.grading.rounding import NO_WORKING, rounded
from shapecalc.grading.student_working import Working
from shapecalc.grading.turned_arrays import axes_of, is_turned
from shapecalc.grading.values import Value, flat, index, shown
from shapecalc.grading.wording import capital, in_a_row, sizes_of

DEPTH = "depth"


def matter(
    question: Question, value: Value, working: Working = NO_WORKING, source: str = ""
) -> str:
    """Return what is wrong with an answer that has no cause, in short; empty where it is the number
    that is wrong. It may be rounded from what follows from a `source`.
    """
    if isinstance(value, bool):
        return f"{question.shown(value)} was answered; the answer is {question.right_shown}"
    far = rounded(question, value, working, source)
    said = far or turned_sizes(question, value, "the answer")
    said = said or misfit(question.query, question.right, value, "the answer")
    said = said or wrong_signs(question, value)
    return f"{said[:1].lower()}{said[1:]}".rstrip(".")


def right_part(
    question: Question, value: Value, good: Sequence[bool], followed: Sequence[bool] = ()
) -> str:
    """Return which sizes or values of a wrong answer are right, if only some are; or what it should
    have been in the first place: so many values. Of each value of an array it is told whether it is
    `good`, or has `followed` from other answers, at which no mistake shows.
    """
    query, right = question.query, question.right
    if not isinstance(right, tuple) or not isinstance(value, tuple):
        return ""
    said = turned_sizes(question, value) or misfit(query, right, value)
    if said and len(flat(right)) == 1 and _add_up(question, value):
        return f"{said[:-1]}; added up, these are right."
    if said:
        return said
    if query.form == "array":
        same = sum(good)
        if not same:
            return ""
        at = wrong_one(right, followed or good)
        which = "the first wrong one" if at == first_wrong(right, good) else "one that is not"
        which = "the wrong one" if same == len(good) - 1 else which
        first = f"; {which} is at {index(at)}, counted from 0" if at else ""
        signs = wrong_signs(question, value)
        first += f": {signs}" if first and signs else ""
        verb = "is" if same == 1 else "are"
        return f"{same:,} of {len(good):,} values {verb} right{first}."
    names = sizes_of(query, len(right))
    if not len(names) == len(right) == len(value):
        return ""
    sizes = [name for name, a, b in zip(names, right, value, strict=True) if a == b]
    bad = [name for name, a, b in zip(names, right, value, strict=True) if a != b]
    if not sizes or not bad:
        return ""
    return f"{capital(are_or_is(sizes))} right; {are_or_is(bad)} not."


def wrong_signs(question: Question, value: Value) -> str:
    """Return that only signs are wrong in an array some of which is right; empty for others."""
    if question.query.form != "array":
        return ""
    near, ours, theirs = question.tolerance.near, flat(question.right), flat(value)
    if len(ours) != len(theirs):
        return ""
    off = [(a, b) for a, b in zip(ours, theirs, strict=True) if not near(a, b)]
    if not off or len(off) == len(ours) or not all(near(-a, b) for a, b in off):
        return ""
    return "only its sign is wrong" if len(off) == 1 else "only signs are wrong"


def followed_part(question: Question, good: Sequence[bool], source: str, working: str) -> str:
    """Return how many values of a wrong array are `good`, since they follow from a `source`, and
    the one that does not, or the first one, with what comes to it from the student's own numbers.
    """
    same, at = sum(good), first_wrong(question.right, good)
    begin = f"{same:,} of {len(good):,} values follow from {source}"
    because = f": from your numbers, {working}" if working else ""
    which = "the one" if same == len(good) - 1 else "the first one"
    return f"{begin}; {which} that does not is at {index(at)}, counted from 0{because}."


def _add_up(question: Question, value: Value) -> bool:
    """Say whether the values of an answer add up to the only one that is asked for."""
    numbers = [float(number) for number in flat(value) if isinstance(number, int | float)]
    return len(numbers) > 1 and question.tolerance.near(flat(question.right)[0], sum(numbers))


def turned_sizes(question: Question, value: Value, whose: str = "your answer") -> str:
    """Return that an array has its axes in another order than is asked for; empty for others."""
    if not is_turned(question, value):
        return ""
    wanted, has = ("x".join(map(str, axes_of(one))) for one in (question.right, value))
    return f"It takes {wanted} values, and {whose} has {has}."


def misfit(query: Query, right: Value, value: Value, whose: str = "your answer") -> str:
    """Return that an answer has not as many values, sizes or axes as are asked for, or has them in
    another order; empty for others.
    """
    if not isinstance(right, tuple) or not isinstance(value, tuple):
        return ""
    if query.form == "array":
        wanted, has = len(flat(right)), len(flat(value))
        values = "value" if wanted == 1 else "values"
        return f"It takes {wanted:,} {values}, and {whose} has {has:,}." if wanted != has else ""
    if sorted(value) == sorted(right) and len(right) > 1:
        what = "ranges" if query.form == "ranges" else "sizes"
        return f"The {what} are right; their order is not."
    if len(value) == len(right):
        return ""
    if query.kind == "shape":
        axes = count_in_words(len(right), "axis", "axes")
        return f"The right shape has {axes}, {whose} has {_number_word(len(value))}."
    names = sizes_of(query, len(right))
    if len(names) == len(right) > 1 and names[-1] == DEPTH:
        said = _without_depth(names, right, value)
        if said:
            return said
    one_for_all = query.key in ("receptive_field", "jump") and len(value) == 1  # of the axes
    if len(names) != len(right) or one_for_all:
        return ""
    return f"{capital(count_in_words(len(right), 'size'))} are asked for: {' x '.join(names)}."


def _without_depth(names: Sequence[str], right: Any, value: Any) -> str:
    """Return which sizes of a volume are right in an answer that lacks its depth, or has the depth
    alone; one size is that of all axes, where these are equal. Empty for another answer.
    """
    *axes, depth = names
    missing = f"the {depth} is missing"
    plane = value * len(axes) if len(value) == 1 and len({*right[:-1]}) == 1 else value
    if value == right[-1:] and plane != right[:-1]:
        return f"{capital(are_or_is([depth]))} right; {are_or_is(axes)} missing."
    if len(plane) != len(axes) or (len(value) > 1 and value[-1] == right[-1] != right[-2]):
        return ""  # 14x4 for 14x14x4 may have its depth
    good = [name for name, a, b in zip(axes, right, plane, strict=False) if a == b]
    bad = [name for name, a, b in zip(axes, right, plane, strict=False) if a != b]
    if len(value) < len(axes):
        of = in_a_row([f"the {name}" for name in axes])
        verdict = "is right;" if good else "is not right, and"
        return f"For {of} {shown(value[0])} {verdict} {missing}."
    if not good:
        return f"{capital(are_or_is(bad))} not right, and {missing}."
    told = f"{capital(are_or_is(good))} right; "
    return f"{told}{are_or_is(bad)} not, and {missing}." if bad else f"{told}{missing}."


def first_wrong(right: Value, good: Sequence[bool]) -> list[int]:
    """Return the index, for each axis, of the first value of an array that is not right, if any."""
    at = next((n for n, same in enumerate(good) if not same), None)
    index: list[int] = []
    part: Any = right
    while at is not None and isinstance(part, tuple) and part:
        inside = len(flat(part[0]))
        index.append(at // inside)
        part, at = part[at // inside], at % inside
    return index


def wrong_one(right: Value, good: Sequence[bool]) -> list[int]:
    """Return the index of the first value of an array that is not right and not to be 0, of which
    more is to be learned; otherwise of the first one that is not right, if any.
    """
    pairs = zip(flat(right), good, strict=False)
    return first_wrong(right, [not a or same for a, same in pairs]) or first_wrong(right, good)


def are_or_is(names: list[str]) -> str:
    """Return `the height and the width are`."""
    said = in_a_row([f"the {name}" for name in names])
    return f"{said} {'are' if len(names) > 1 else 'is'}"


def count_in_words(count: int, one: str, several: str = "") -> str:
    """Return `three sizes`, small numbers as words."""
    return f"{_number_word(count)} {one if count == 1 else several or f'{one}s'}"


def _number_word(count: int) -> str:
    words = ("no", "one", "two", "three", "four", "five")
    return words[count] if count < len(words) else str(count)
