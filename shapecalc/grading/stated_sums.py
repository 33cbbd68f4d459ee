"""A sum that is told with its terms: `conv 10, dense 15, total 25`, `2*3*3 = 18 plus 2 biases`,
`6 (4 weights + 2 biases)`, `3.5; 1 + 1 = 2, 3*0.5 = 1.5`.

An equals sign parts a step from its result there, and is none of what is meant.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from shapecalc.grading.answers import LONGEST
from shapecalc.grading.arithmetic import NUMBER as PLAIN
from shapecalc.grading.arithmetic import OVER, TIMES, worked_out
from shapecalc.grading.lists import CLOSING, OPENING
from shapecalc.grading.named_parts import sum_of_parts
from shapecalc.grading.notation import SAYS, plain
from shapecalc.grading.question import Question
from shapecalc.grading.reading import Reading
from shapecalc.grading.regex import regex
from shapecalc.grading.stated_products import stated_product
from shapecalc.grading.values import Number, shown
from shapecalc.grading.written_numbers import Unreadable, whole_if_so

MOST = 20  # terms
LARGEST = 10**40
NUMBER = rf"(?:{PLAIN.pattern})"
TOTAL = regex(
    r"(?P<word>(?:the |in )?(?:total|sum|altogether|together|overall|loss)(?: is| are)?\b:? ?=? ?)?"
    rf"(?P<number>-?{NUMBER})(?(word)(?: (?:parameters?|params))?|)[.!]?",
    re.IGNORECASE,
)
WORDS = r"(?:[A-Za-z]{2,20}\d{0,2}[ :]{0,2}){0,3}"
# Of `conv 10`, `15 weights`; with these words a number is no term of a sum.
OTHERWISE = regex(
    r"\b(?:not|no|without|per|each|every|times|of|minus|less|or|half|twice|ln|log|exp|sqrt|root)\b",
    re.IGNORECASE,
)
NAMED = regex(rf"{WORDS}(?P<number>-?{NUMBER})(?: {WORDS})?[.]?")
MORE = regex(  # = 18 plus 2 biases
    rf"(?P<first>{NUMBER})(?: weights?)? ?(?:,? ?(?:plus|\+)|,? and(?=.*bias)) ?(?P<more>{NUMBER})"
    r"(?: (?:for )?(?:the )?bias(?:es)?)?[.!]?",
    re.IGNORECASE,
)
IN_BRACKETS = regex(
    rf"(?P<sum>{NUMBER})(?: (?:parameters?|params))? ?\((?P<terms>[^()]+)\)[.!]?", re.IGNORECASE
)
AND = regex(r"\band\b", re.IGNORECASE)
ARITHMETIC = regex(rf"[\d\s().+^{TIMES}{OVER}-]+$")
NUMBERED = regex(r"\b[A-Za-z]{2,20} ?\d{1,3}\b")  # class 0
PLUS = regex(r" ?\+ ?| plus ")
BIASES = regex(r"\bbias", re.IGNORECASE)
PARTED = regex(r"[=,;(+]| plus | and ", re.IGNORECASE)  # without them it is a number alone
DIGIT = regex(r"\d")


def told_sum(question: Question, answer: Any) -> Reading | None:
    """Return the sum of parts that are named, or stand beside it, or such a product; None where it
    is none. Raises Unreadable for parts that contradict it.
    """
    if question.query.form != "number":
        return None
    try:
        parts = sum_of_parts(question, answer)
    except Unreadable:
        stated = stated_result(answer)
        if stated is None:
            raise
        return stated
    return stated_result(answer) if parts is None else parts


def stated_result(answer: Any) -> Reading | None:
    """Return the sum that an answer gives beside its terms, or the product beside its factors."""
    return stated_sum(answer) or stated_product(answer)


def stated_sum(answer: Any) -> Reading | None:
    """Return the sum that an answer gives beside its terms; None where it is no such text.

    Raises Unreadable where several steps have results, and the last number is not their sum.
    """
    if not isinstance(answer, str) or len(answer) > LONGEST or not PARTED.search(answer):
        return None
    text = plain(answer)
    return _with_more(text) or _of_brackets(text) or _in_front(text) or _at_the_end(text)


def is_in_front(answer: str) -> bool:
    """Say whether an answer begins with the sum of what is worked out behind it."""
    return len(answer) <= LONGEST and _in_front(plain(answer)) is not None


def _in_front(text: str) -> Reading | None:
    """Return a number in front of the steps whose results add up to it, `3.5; the first gives 1 + 1
    = 2, and 3*0.5 = 1.5`; None where any of these does not come to its result, or where a number
    stands beside them.
    """
    first, *pieces = _pieces(text)
    stated = TOTAL.fullmatch(first)
    steps = [step for piece in pieces for step in AND.split(piece) if DIGIT.search(step)]
    if stated is None or not 0 < len(steps) <= MOST:
        return None
    results = [_result(step) for step in steps]
    known = [result for result in results if result is not None]
    total, off = _exact(stated["number"]), _rounded([stated["number"], *steps])
    if len(known) < len(results) or abs(sum(known) - total) > off:
        return None
    return Reading(_plain(total))


def _result(step: str) -> Fraction | None:
    """Return the result of a step, `class 0: 4.2 - 2.5 + 1 = 2.7`, which it has to come to."""
    before, *_, result = step.split("=") if "=" in step else ("", "")
    named, worked = NAMED.fullmatch(result.strip()), ARITHMETIC.search(before.strip())
    if named is None or worked is None or OTHERWISE.search(result):
        return None
    words = NUMBERED.sub(lambda one: one[0] if SAYS.match(one[0]) else "", before[: worked.start()])
    value, told = worked_out(worked[0].strip()), _exact(named["number"])
    if value is None or DIGIT.search(words) or abs(value - told) > _rounded([result]):
        return None
    return told


def _with_more(text: str) -> Reading | None:
    """Return the sum of a result and what is added to it behind that, `2*3*3 = 18, + 2`."""
    working, _, result = text.rpartition("=")
    more = MORE.fullmatch(result.strip())
    if more is None or not (DIGIT.search(working) or BIASES.search(result)):
        return None
    first, second = _plain(_exact(more["first"])), _plain(_exact(more["more"]))
    total = whole_if_so(first + second)
    return Reading(total, f"read as {shown(first)} + {shown(second)} = {shown(total)}")


def _of_brackets(text: str) -> Reading | None:
    """Return a number with the terms of its sum behind it, `6 (4 weights + 2 biases)`."""
    found = IN_BRACKETS.fullmatch(text)
    terms = [_named(term) for term in PLUS.split(found["terms"])] if found else []
    known = [term for term in terms if term is not None]
    if not found or len(terms) < 2 or len(known) < len(terms) or sum(known) != _exact(found["sum"]):
        return None
    return Reading(_plain(sum(known, Fraction())))


def _at_the_end(text: str) -> Reading | None:
    """Return the sum behind its terms, each of which may be worked out, `4*3+3 = 15`."""
    *steps, last = _pieces(text)
    total = TOTAL.fullmatch(last)
    worked = ["=" in step and bool(DIGIT.search(step.partition("=")[0])) for step in steps]
    if not steps or len(steps) > MOST or total is None or not (total["word"] or any(worked)):
        return None
    terms = [_named(step.rpartition("=")[2].strip()) for step in steps]
    known = [term for term in terms if term is not None]
    if len(known) < len(terms):
        return None
    stated = _exact(total["number"])
    if abs(sum(known) - stated) <= _rounded([total["number"], *steps]):
        return Reading(_plain(stated))
    if sum(worked) > 1 and stated != known[-1]:  # 3*3 = 9, 9*2 = 18, total 18
        raise Unreadable(f"its terms are {shown(_plain(sum(known, Fraction())))} together")
    return None


def _pieces(text: str) -> list[str]:
    """Return what stands between the commas and semicolons of a text that no bracket encloses."""
    pieces, depth = [""], 0
    for at, sign in enumerate(text):
        depth += (sign in OPENING) - (sign in CLOSING)
        if sign in ",;" and depth == 0 and not text[at + 1 : at + 2].isdigit():
            pieces.append("")
        else:
            pieces[-1] += sign
    return [piece.strip() for piece in pieces if piece.strip()] or [""]


def _named(term: str) -> Fraction | None:
    """Return the number of a term, or what it comes to, whatever its name."""
    found = NAMED.fullmatch(term)
    if found is not None and not OTHERWISE.search(term):
        return _exact(found["number"])
    return worked_out(term)


def _exact(number: str) -> Fraction:
    return Fraction(re.sub(r"[,_']", "", number))


def _rounded(texts: list[str]) -> Fraction:
    """Return how far a sum may be off whose terms are rounded: half of the last digit of each."""
    decimals = [len(digits) for text in texts for digits in re.findall(r"\d\.(\d+)\D*$", text)]
    return Fraction(len(texts), 2 * 10 ** min(decimals)) if decimals else Fraction(0)


def _plain(value: Fraction) -> Number:
    if abs(value) > LARGEST:
        raise Unreadable("a number that is too large")
    return whole_if_so(float(value))
