"""How exactly a number is asked for, as it is told beside the question, and what is told of one
that is not given so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import prod

from shapecalc.grading.cause import Cause
from shapecalc.grading.comparison import whole_numbers
from shapecalc.grading.frequency import COMMON
from shapecalc.grading.question import EXACT, SMALL, Question
from shapecalc.grading.stated_logarithms import rounded_probability
from shapecalc.grading.student_working import Working
from shapecalc.grading.values import Value, flat, shown
from shapecalc.grading.wording import capital, in_a_row
from shapecalc.grading.written import is_rounded_from, last_digit

# The same for all that may be rounded: that an answer needs three digits tells that it is small.
BELOW = f"below {SMALL:g}"
USUAL_PRECISION = f"two decimals; {BELOW} three digits, leading zeros not counted: 0.0123"
MAY_BE_ROUNDED = "It may be rounded; the exact number is asked for."
DIGITS = 3
FEWEST = 4  # answers that there may be, or chance does as well
MOST_NAMED = 3
MOST_DECIMALS = 6  # that are tried
NO_WORKING = Working()


def rounded(
    question: Question, value: Value, working: Working = NO_WORKING, source: str = ""
) -> str:
    """Return how exactly a number is asked for, where a wrong answer is the right one rounded, or
    that the probability in its working is: of a question whose right answer is what follows from a
    `source`, if there is one.
    """
    probability = _rounded_probability(question, value, working)
    if probability:
        of = f", which follows from {source}," if source else ""
        it = f"the probability {probability} in it{of}"
        return f"The logarithm is right, but {it} is rounded too far."
    sure = None if working.whole else is_rounded_too_far(question, value)
    if sure is None:
        return ""
    if isinstance(question.right, int):
        return "It is rounded; the exact number is asked for."
    it = f"it follows from {source} but {_which(question, value)}" if source else "it is"
    it = f"{it} rounded too far: give {_wanted_digits(question, value)}."
    return capital(it if sure else f"perhaps {it}")


def _which(question: Question, value: Value) -> str:
    """Return which few numbers of several are not near enough: `its 0.002 is`, or `is` for all."""
    pairs = [*zip(flat(question.right), flat(value), strict=True)]
    off = [shown(b) for a, b in pairs if not question.tolerance.near(a, b)]
    if len(off) == len(pairs) or len(off) > MOST_NAMED:
        return "is"
    return f"its {in_a_row(off)} {'is' if len(off) == 1 else 'are'}"


def is_rounded_at_all(question: Question, value: Value, working: Working) -> bool:
    """Say whether an answer is, or perhaps is, the right one with fewer digits than are asked for,
    or comes from a probability that has too few.
    """
    probability = _rounded_probability(question, value, working)
    return bool(probability) or is_rounded_too_far(question, value) is not None


def follows_rounded(question: Question, value: Value, working: Working) -> bool:
    """Say the same of a question whose right answer is what follows from a student's own numbers;
    not where chance does as well: 1.9 for 1.8935, if the step from 2 has only one of its digits.
    """
    return is_rounded_at_all(question, value, working) and _answers(question, value) >= FEWEST


def _answers(question: Question, value: Value) -> float:
    """Return how many answers there may be, with as many digits, in the place of this one: of a
    step how many different changes.
    """
    query, right = question.query, flat(question.right)
    old = [0.0] * len(right)
    if query.key.endswith(".next"):
        old = flat(question.subject.answer(query._replace(key=query.key.removesuffix(".next"))))
    each = zip(right, old, flat(value), strict=True)
    return prod(max(1.0, 2 * abs(a - b) / last_digit(n)) for a, b, n in each)


def _rounded_probability(question: Question, value: Value, working: Working) -> str:
    """Return the probability of which a working takes the logarithm, if that is right but for what
    was rounded before; empty otherwise.
    """
    right = question.right
    if question.query.key != "loss" or not isinstance(right, float) or not isinstance(value, float):
        return ""
    return rounded_probability(working.logs, right, value, question.tolerance.near)


def _wanted_digits(question: Question, value: Value) -> str:
    """Return how exactly the numbers are asked for that are not near enough, as a sheet says it."""
    if not question.tolerance.usual:
        return "more digits"
    pairs = zip(flat(question.right), flat(value), strict=True)
    small = {abs(a) < SMALL for a, b in pairs if not question.tolerance.near(a, b)}
    told = {False: "two decimals", True: "three digits, such as 0.0123"}
    return told[small.pop()] if len(small) == 1 else f"{told[False]}, {BELOW} {told[True]}"


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
    if whole_numbers(right):
        return None
    ours, theirs = flat(question.right), flat(value)
    if not ours or len(ours) != len(theirs) or not all(isinstance(n, float) for n in ours):
        return None
    if not all(isinstance(n, int | float) for n in theirs):
        return None
    near = question.tolerance.near
    off = [(a, b) for a, b in zip(ours, theirs, strict=True) if not near(a, b)]
    zeros = [b == 0 for _, b in off]
    for digits in range(MOST_DECIMALS):
        if digits >= DIGITS and any(abs(b) >= 10.0 ** (DIGITS - 1 - digits) for _, b in off):
            return None  # three digits and more: 0.175, where 0.018 has two
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


def only_rounded(question: Question, value: Value, cause: Cause, working: Working) -> bool:
    """Say whether an answer with a cause that is not certain is rather a rounded one. A count that
    a common or a credited mistake gives to the last digit is none.
    """
    if cause.sure or working.whole or not is_rounded_too_far(question, value):
        return False
    usual = cause.names <= COMMON or not cause.names.isdisjoint(question.partial)
    return not (isinstance(question.right, int) and usual)


def made_whole(causes: Sequence[Cause], value: int, broken: Collection[float]) -> Cause | None:
    """Return the cause of one of these numbers, of which a whole one was made: 3 of 2.5."""
    for cause in causes:
        found = cause.wrong.value
        if not isinstance(found, float) or found not in broken or abs(found - value) >= 1:
            continue
        same = (c for c in causes if c.names == cause.names and c.wrong.value == value)
        told = f"{cause.wrong.arithmetic}, rounded {'up' if value > found else 'down'}"
        wrong = cause.wrong._replace(value=value, arithmetic=told)
        return next(same, cause._replace(wrong=wrong))
    return None
