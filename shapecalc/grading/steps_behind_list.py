"""What stands behind a list and only tells how it was got.

It is a working for each of its values, `[2, 12] (1*2, 3*4)`, what a ReLU does, `[1, 0]. After relu
the negative ones are 0.`, or tells of the values that it came from: `[0.3, 0.6]. Going back through
the weights I get 0.4 and 0.8.`
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

from shapecalc.grading.list_in_words import RELU
from shapecalc.grading.lists import worked_list
from shapecalc.grading.other_values import same_values
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Number
from shapecalc.grading.written import is_rounded_from, may_stand_for
from shapecalc.grading.written_numbers import Unreadable, number_of

LONGEST = 400  # characters that are looked at
WORKINGS = regex(r" ?(\((?:[^A-Za-z\[\]{}]|\b(?:and|e|exp|ln)\b)+\))[ .]*")
PARTED = regex(r"[,;]|\band\b")
WORKING = regex(r"[\d.)] ?[*/^·×] ?[-+(.\de]|[\d)] ?[-+] ?[\d.(e]")
CONCLUDES = regex(
    r"\b(?:so|thus|hence|therefore|finally|answers?|results?)\b.*\d", re.IGNORECASE | re.DOTALL
)
TOLD_RELU = regex(
    rf"(?:\bafter (?:the )?relu,? )?(?:\b(?:all|the|every|each) ){{0,2}}\b{RELU}\b"
    r"(?!(?:,| and|, and)? ?[-+.]?\d)",
    re.IGNORECASE,
)
NUMBER = r"[-+]?(?:\d{1,9}(?:\.\d{1,12})?|\.\d{1,12})"
# With these words in front of them values may be the answer.
STATES = regex(
    r"\b(?:so|thus|hence|therefore|final\w*|answers?|results?|after|afterwards|end"
    r"|last|correct\w*|right|now|check\w*|values?|numbers?|entries|outputs?|gradients?|it|they|these"
    r"|those|this|that|second|instead|really|and|better|others?)\b",
    re.IGNORECASE,
)
STEP = regex(
    rf"(?P<lead>(?<=\. )(?=[A-Z])[^\d.;:=()\[\]{{}}]{{0,80}}?"
    rf"\b(?:(?:I|we) (?:get|got|have)|are) )"
    rf"(?P<values>{NUMBER}(?:(?:,| and|, and) {NUMBER}){{1,40}})"
    r"(?P<more>(?: for the [a-z]{1,15})?,? (?:and )?then (?:I )?(?:multiply|take|apply|divide)\b)?"
    r"(?P<ends>\.?$|\. (?=[A-Z]))?"
)
BACK = regex(r"(?:(?:going|coming|propagating) back|backpropagating)\b", re.IGNORECASE)
SEPARATOR = regex(r",? and |, ")
# What one of the values is, by its place among them.
PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
ONE_OF_THEM = regex(
    rf"\b(?:(?P<place>{'|'.join(PLACES)})|other|middle)(?: (?:one|value|number|entry|cell|score))?"
    rf" (?:is|must be|equals|=) (?P<value>{NUMBER})(?=\s*(?:$|[,;)]|\.(?:\s|$)))",
    re.IGNORECASE,
)


def without_steps(behind: str, values: Sequence[Number], right: Sequence[Number]) -> str | None:
    """Return what stands behind a list of `values` without such steps; None where these come to the
    right values, and the list does not, or where one of the values is told to be another.
    """
    if len(behind) > LONGEST:
        return behind
    if any(not _is_so(one, values) for one in ONE_OF_THEM.finditer(behind)):
        return None
    behind = ONE_OF_THEM.sub("one", behind)
    found = _results(behind, values)
    if found:
        leads = is_rounded_from(values, found) or not _is_right_instead(found, values, right)
        return "" if leads else None
    if CONCLUDES.search(behind):
        return behind
    for step in [*STEP.finditer(behind)][::-1]:
        one = [float(number) for number in SEPARATOR.split(step["values"])]
        if _is_right_instead(one, values, right):
            return None
        goes_on = step["more"] or (step["ends"] is not None and _leads_back(step, one, values))
        if len(one) == len(values) and goes_on and not STATES.search(step["lead"]):
            behind = f"{behind[: step.start('values')]}them{behind[step.end('values') :]}"
    return TOLD_RELU.sub("relu", behind) if min(values) >= 0 else behind


def _is_so(told: re.Match[str], values: Sequence[Number]) -> bool:
    """Say whether one of the values is what is told of it, or one of all where it is not told
    which.
    """
    number, place = float(told["value"]), PLACES.get((told["place"] or "").lower())
    if place is None:
        return any(same_values([number], [value]) for value in values)
    return place < len(values) and same_values([number], [values[place]])


def _is_right_instead(
    found: Sequence[Number], values: Sequence[Number], right: Sequence[Number]
) -> bool:
    return same_values(found, right) and not may_stand_for(values, right)


def _results(behind: str, values: Sequence[Number]) -> list[Number]:
    """Return what workings in brackets come to, one for each of the values; nothing where anything
    else may stand there. A plain number among those that come to other values may be another one.
    """
    brackets = WORKINGS.fullmatch(behind)
    found: list[Number] = []
    with suppress(Unreadable):
        found = [number_of(one) for one in worked_list(brackets[1]) or ()] if brackets else []
    if brackets is None or len(found) != len(values):
        return []
    if same_values(found, values) or is_rounded_from(values, found):
        return found
    parts = PARTED.split(brackets[1])
    return found if len(parts) == len(values) and all(map(WORKING.search, parts)) else []


def _leads_back(step: re.Match[str], found: Sequence[Number], values: Sequence[Number]) -> bool:
    """Say whether a gradient of values was got from one that was found going back: by slopes from 0
    to 1. Otherwise it may be the one of the values that was gone back from.
    """
    if not BACK.match(step["lead"]) or len(found) != len(values):
        return False
    return all(a * b >= 0 and abs(a) <= abs(b) for a, b in zip(values, found, strict=True))
