"""Slips of arithmetic in the workings of a list's values: `[2, 1.5] (0.5*1 - 1*0.5 + 1 = 2, ...)`,
`[[3, 5], [1, 4]] (the first in the first row: 2 - 1 + 2*3 - 1 = 3)`.

A sum or product is one that comes to another number than is written behind it, where this is a
value of the list, and what it comes to is what that should be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from math import exp, tanh
from math import isclose as is_close
from typing import NamedTuple

from shapecalc.grading.answers import LONGEST, OR
from shapecalc.grading.clauses import TAKEN_BACK
from shapecalc.grading.comes_to import result_of
from shapecalc.grading.comparison import each_right
from shapecalc.grading.lists import CLOSING, OPENING
from shapecalc.grading.notation import with_aside
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.slipped_steps import LONGEST_STEP, SlippedStep
from shapecalc.grading.values import Number, Value, flat, nested_as
from shapecalc.grading.written import CARRIED, is_rounded_from, last_digit

MOST = 40  # steps that are looked at
MOST_SLIPS = 4  # of one list
MOST_EXPONENT = 700.0  # beyond it a power of e has no float
NEXT = regex(r"\s*\n\s*(?![\s=])|(?<=\S)(?:[ \t]{2,}|\t)(?=[^\s=])")
# An arrow may lead on to what a ReLU makes of a sum.
PARTED = regex(
    r"[,;]\s|[;:\u2192\u21d2]|->|=>|(?<!\d)\.\s"
    r"|\b(?:and|then|but|while|because|since|where|with|from|by|so|thus|hence|therefore)\b"
)
EQUALS = regex(r"[=\u2248\u2245]|\b(?:gives|makes)\b")
TERM = regex(r"[\d)\]]\s*[-+]")
SAYS = r"(?:is|are|be|gets?|got)"
PLACE = (
    r"(?:rows?|columns?|entry|cell|value|number|one|window|score|unit|neuron|first|second|third"
    r"|fourth|last|left|right|top|bottom|middle)"
)
LABEL = regex(rf"(?:.*\b(?:{SAYS} (?=[-\d(.])|{PLACE} (?=[\d(.])))?")
BULLET = regex(r"\s*[-+*]\s")
LETTER = regex(r"(?!ln\b)(?<!l)(?![xX](?![^\W\d_]))[^\W\d_]")
NUMBER = regex(r"[-+]?(?:\d{1,9}\.\d{1,12}|\.\d{1,12}|\d{1,9}\.?(?!,\d))")
CARRIED_ON = 0.01  # of a number: how far off a step may be that goes on with rounded ones
RESULT = regex(
    rf"\s*(?P<opened>[(\[])?(?P<number>{NUMBER.pattern})(?![\w.])(?(opened) ?[)\]])"
    r"(?![\s)\]}]*(?:[-+*/^\u00b7\u00d7%\d]|\((?![^\W\d_])|x ?\d))"
)

LIST = regex(r"\[[-+\d.,;\s\[\]]*\]")
SIGNS = regex(r"[\[\],;]")


class Slip(NamedTuple):
    """A sum or product, what it comes to, and the number that is written behind it."""

    step: str
    right: float
    written: float


def slips_in_list(question: Question, answer: object, value: Value) -> SlippedStep | None:
    """Return the slips in the workings of an answer that was read as a `value`, and what this is
    without them: they are behind all that is wrong in it, or it may follow from other answers then.
    None where there are none, or something else may be meant.
    """
    if not isinstance(answer, str) or len(answer) > LONGEST or not EQUALS.search(answer):
        return None
    good = each_right(question, value)
    if not good or OR.search(answer) or TAKEN_BACK.search(answer):
        return None
    text = with_aside(NEXT.sub("; ", answer.strip()))
    slips = [*_slips(text), *_side_by_side(text, len(good))]
    slips = [slip for slip in slips if _is_plain(question, slip)]
    if not 0 < len(slips) <= MOST_SLIPS:
        return None
    found = _behind_wrong_ones(question, value, good, slips) or _of_one_value(value, slips)
    if not found:
        return None
    without = [found[at].right if at in found else n for at, n in enumerate(flat(value))]
    first, *others = (
        SlippedStep(slip.step, slip.right, slip.written, nested_as(value, [*without]), value)
        for slip in found.values()
    )
    return first._replace(others=tuple(others))


def _behind_wrong_ones(
    question: Question, value: Value, good: Sequence[bool], slips: Sequence[Slip]
) -> dict[int, Slip]:
    """Return the slips by the places of the wrong values, if there is one behind each of these."""
    near, left = question.tolerance.near, [*slips]
    found: dict[int, Slip] = {}
    for at, (right, one) in enumerate(zip(flat(question.right), flat(value), strict=True)):
        if good[at]:
            continue
        slip = next((s for s in left if near(right, s.right) and _is_result(s, one)), None)
        if slip is None:
            return {}
        left.remove(slip)
        found[at] = slip
    return found


def _of_one_value(value: Value, slips: Sequence[Slip]) -> dict[int, Slip]:
    """Return the slips by the places of the values that are their results, if each is of just one
    of them.
    """
    found: dict[int, Slip] = {}
    for slip in slips:
        places = [at for at, one in enumerate(flat(value)) if _is_result(slip, one)]
        if len(places) != 1 or places[0] in found:
            return {}
        found[places[0]] = slip
    return found


def _is_result(slip: Slip, value: Number) -> bool:
    return value == slip.written or is_rounded_from([value], [slip.written])


def _is_plain(question: Question, slip: Slip) -> bool:
    """Say whether a step is short, and its result not what it comes to, rounded or cut off."""
    off = abs(slip.right - slip.written)
    digits = max(last_digit(slip.written) * (1 - 1e-9), CARRIED * abs(slip.right))
    near = off < digits or question.tolerance.near(slip.right, slip.written)
    done = any(is_rounded_from([slip.written], [one]) for one in _done_to(slip))
    return not near and not done and len(slip.step) <= LONGEST_STEP


def _done_to(slip: Slip) -> Iterator[float]:
    """Yield what else somebody may have made of a step, and not have written: what an activation
    gives, its power of e or its mean.
    """
    value = max(-MOST_EXPONENT, min(MOST_EXPONENT, slip.right))
    yield from (max(value, 0.0), tanh(value), 1 / (1 + exp(-value)), exp(value))
    yield slip.right / (len(TERM.findall(slip.step)) + 1)


def _slips(text: str) -> Iterator[Slip]:
    """Yield the steps of a text with a number behind them that they may not come to."""
    for piece in islice(PARTED.split(text), MOST):
        parts = EQUALS.split(piece)
        before: float | None = None
        for step, behind in pairwise(parts):
            formula = _formula(step)
            worked = result_of(formula)
            comes = None if worked is None else float(worked)
            result = RESULT.match(behind)
            goes_on = before is None or comes is None or _goes_on(before, formula, comes)
            if comes is not None and result and goes_on:
                yield Slip(formula, comes, float(result["number"]))
            before = comes


def _side_by_side(text: str, count: int) -> Iterator[Slip]:
    """Yield the steps of a list of `count` with a list of their results behind or in front."""
    sides = [side.strip(" .") for side in EQUALS.split(text)[: MOST + 1]]
    for steps, results in (way for pair in pairwise(sides) for way in (pair, pair[::-1])):
        listed = steps.startswith("[") and steps.endswith("]") and LIST.fullmatch(results)
        formulas = [f.strip() for f in SIGNS.split(steps) if f.strip()] if listed else []
        numbers = NUMBER.findall(results) if listed else []
        if len(formulas) == len(numbers) == count:
            for formula, number in zip(formulas, numbers, strict=True):
                worked = result_of(formula)
                if worked is not None:
                    yield Slip(formula, float(worked), float(number))


def _goes_on(before: float, formula: str, comes: float) -> bool:
    """Say whether a step is what stands in front of it, or begins with what that comes to."""
    begins = NUMBER.match(formula)
    return is_close(comes, before, rel_tol=CARRIED_ON) or bool(
        begins and is_close(float(begins[0]), before, rel_tol=CARRIED_ON)
    )


def _formula(text: str) -> str:
    """Return the sum or product that a text ends with, without what says which it is and brackets
    that are not closed in it; nothing where anything else stands in front.
    """
    begin = 0
    opened: list[int] = []
    for at, sign in enumerate(text):
        if sign in OPENING:
            opened.append(at)
        elif sign in CLOSING and opened:
            opened.pop()
        elif sign in CLOSING:
            begin = at + 1
    text = text[max([begin, *(at + 1 for at in opened)]) :]
    label = LABEL.match(text)
    formula = text[label.end() if label else 0 :]
    return "" if BULLET.match(formula) or LETTER.search(formula) else formula.strip()
