"""In what a wrong answer differs from the right one: rounded, too many values, some of them right.

How exactly an answer is asked for stands here as well, as it is told beside the question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shapecalc.grading.query import Query
from shapecalc.grading.question import EXACT, Question
from shapecalc.grading.values import Value, flat, shown
from shapecalc.grading.wording import capital, in_a_row, sizes_of
from shapecalc.grading.written import is_rounded_from

# The same for all that may be rounded: that an answer needs three digits tells that it is small.
USUAL_PRECISION = (
    "two decimals are enough, below 1 three digits behind the leading zeros, such as 0.0123"
)

DEPTH = "depth"


def rounded(question: Question, value: Value, source: str = "") -> str:
    """Return how exactly a number is asked for, where a wrong answer is the right one rounded: of a
    question whose right answer is what follows from a `source`, if there is one.
    """
    sure = is_rounded_too_far(question, value)
    if sure is None:
        return ""
    if isinstance(question.right, int):
        return "It is rounded; the exact number is asked for."
    it = f"it follows from {source} but " if source else "it "
    it = f"{it}is rounded too far: give {_wanted_digits(question, value)}."
    return capital(it if sure else f"perhaps {it}")


def _wanted_digits(question: Question, value: Value) -> str:
    """Return how exactly the numbers are asked for that are not near enough, as a sheet says it."""
    if not question.tolerance.usual:
        return "more digits"
    pairs = zip(flat(question.right), flat(value), strict=True)
    small = {abs(a) < 1 for a, b in pairs if not question.tolerance.near(a, b)}
    told = {False: "two decimals", True: "three digits, such as 0.0123"}
    return told[small.pop()] if len(small) == 1 else f"{told[False]}, below 1 {told[True]}"


def is_rounded_too_far(question: Question, value: Value) -> bool | None:
    """Say whether an answer is the right one with fewer digits than are asked for: True if so,
    False if perhaps, None if not.

    A whole number for a float may well have come from something else, and 0 is what a slope or a
    pool often gives: it counts only beside others that are rounded. Of numbers below 1, such as
    probabilities, nothing is left in whole ones: nobody rounds these so.
    """
    right = question.right
    if isinstance(right, int) and isinstance(value, int | float) and not isinstance(right, bool):
        exact = any(value == float(f"{right:.{digits}e}") for digits in range(4))  # 2.08 million
        return True if exact and value != right and abs(value) >= 1000 else None
    ours, theirs = flat(question.right), flat(value)
    if not ours or len(ours) != len(theirs) or not all(isinstance(n, float) for n in ours):
        return None
    if not all(isinstance(n, int | float) for n in theirs):
        return None
    near = question.tolerance.near
    off = [(a, b) for a, b in zip(ours, theirs, strict=True) if not near(a, b)]
    zeros = [b == 0 for _, b in off]
    for digits in range(3):
        if is_rounded_from([b for _, b in off], [a for a, _ in off], digits):
            if not digits and all(abs(a) < 1 for a, _ in off):
                return None
            return None if all(zeros) else bool(digits) and not any(zeros)
    return None


def precision(question: Question) -> str:
    """Return how exactly a number is to be given; empty where its author says, none is
    asked, or there is nothing to round."""
    if question.query.form not in ("number", "array"):
        return ""
    if question.query.exact:
        return "an exact whole number" if question.tolerance == EXACT else ""
    if not question.tolerance.usual or _is_whole(question.right):
        return ""
    return USUAL_PRECISION


def _is_whole(right: Value) -> bool:
    """Say whether an array has whole numbers alone, which nobody rounds. One value, or nothing but
    zeros, would be told by that.
    """
    numbers = flat(right)
    return len(numbers) > 1 and any(numbers) and all(float(n).is_integer() for n in numbers)


def matter(question: Question, value: Value) -> str:
    """Return what is wrong with an answer that has no cause, in short; empty where it is the number
    that is wrong.
    """
    said = rounded(question, value) or misfit(question.query, question.right, value, "the answer")
    return f"{said[:1].lower()}{said[1:]}".rstrip(".")


def right_part(question: Question, value: Value) -> str:
    """Return which sizes or values of a wrong answer are right, if only some are; or what it should
    have been in the first place: so many values.
    """
    query, right = question.query, question.right
    if not isinstance(right, tuple) or not isinstance(value, tuple):
        return ""
    said = misfit(query, right, value)
    if said and len(flat(right)) == 1 and _add_up(question, value):
        return f"{said[:-1]}; added up, these are right."
    if said:
        return said
    if query.form == "array":
        ours, theirs = flat(right), flat(value)
        near = question.tolerance.near
        same = sum(near(a, b) for a, b in zip(ours, theirs, strict=True))
        if not same:
            return ""
        at = first_wrong(right, value, near)
        first = f"; the first wrong one is at {index(at)}, counted from 0" if at else ""
        verb = "is" if same == 1 else "are"
        return f"{same:,} of {len(ours):,} values {verb} right{first}."
    names = sizes_of(query, len(right))
    if not len(names) == len(right) == len(value):
        return ""
    good = [name for name, a, b in zip(names, right, value, strict=True) if a == b]
    bad = [name for name, a, b in zip(names, right, value, strict=True) if a != b]
    if not good or not bad:
        return ""
    return f"{capital(are_or_is(good))} right; {are_or_is(bad)} not."


def _add_up(question: Question, value: Value) -> bool:
    """Say whether the values of an answer add up to the only one that is asked for."""
    numbers = [float(number) for number in flat(value) if isinstance(number, int | float)]
    return len(numbers) > 1 and question.tolerance.near(flat(question.right)[0], sum(numbers))


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
        axes = _count(len(right), "axis", "axes")
        return f"The right shape has {axes}, {whose} has {_number_word(len(value))}."
    names = sizes_of(query, len(right))
    if len(names) == len(right) > 1 and names[-1] == DEPTH:
        said = _without_depth(names, right, value)
        if said:
            return said
    one_for_all = query.key in ("receptive_field", "jump") and len(value) == 1  # of the axes
    if len(names) != len(right) or one_for_all:
        return ""
    return f"{capital(_count(len(right), 'size'))} are asked for: {' x '.join(names)}."


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
        verdict = f"is right for {of};" if good else f"is not right for {of}, and"
        return f"{shown(value[0])} {verdict} {missing}."
    if not good:
        return f"{capital(are_or_is(bad))} not right, and {missing}."
    told = f"{capital(are_or_is(good))} right; "
    return f"{told}{are_or_is(bad)} not, and {missing}." if bad else f"{told}{missing}."


def index(at: Sequence[int]) -> str:
    """Return an index as it is written: `[0,2]`."""
    return f"[{','.join(map(str, at))}]"


def first_wrong(right: Value, value: Value, near: Callable[[float, float], bool]) -> list[int]:
    """Return the index, for each axis, of the first value of an array that is not right."""
    pairs = zip(flat(right), flat(value), strict=True)
    at = next((n for n, pair in enumerate(pairs) if not near(*pair)), None)
    index: list[int] = []
    part: Any = right
    while at is not None and isinstance(part, tuple) and part:
        inside = len(flat(part[0]))
        index.append(at // inside)
        part, at = part[at // inside], at % inside
    return index


def are_or_is(names: list[str]) -> str:
    """Return `the height and the width are`."""
    said = in_a_row([f"the {name}" for name in names])
    return f"{said} {'are' if len(names) > 1 else 'is'}"


def _count(count: int, one: str, several: str = "") -> str:
    """Return `three sizes`, small numbers as words."""
    return f"{_number_word(count)} {one if count == 1 else several or f'{one}s'}"


def _number_word(count: int) -> str:
    words = ("no", "one", "two", "three", "four", "five")
    return words[count] if count < len(words) else str(count)
