"""Counts that are told by what one has, or by what they add up to: `26 per filter, so 208`,
`16, one per filter`, `208, 1168, 5770 -> 7146`.
"""

from __future__ import annotations

import re
from typing import Any

from shapecalc.grading.number_words import in_digits
from shapecalc.grading.regex import regex

LONGEST = 200  # characters
NUMBER = r"\d{1,3}(?:,\d{3})+|\d{1,12}"
THING = r"(?:bias(?:es)?|weights?|parameters?|params|numbers?|values?|terms?)"
WHOLE = r"(?:filter|kernel|unit|neuron|node|channel|(?:feature )?map|slice)s?"
ONE = (
    rf"(?P<one>an?|[a-z]+|{NUMBER})(?: {THING})?"
    rf" (?:(?:per|for (?:each|every|one)|in (?:each|every)|each|every) {WHOLE}|each)"
)
ALL = rf"(?P<all>{NUMBER})(?: {THING})?(?:,? (?:in total|in all|total|altogether))?"
SO = (
    r"(?>[,;:]? ?(?:=>|->|\u21d2|\u2192|=|[,;:]|\b(?:so|thus|hence|gives?|makes?|that is|in total"
    r"|total|which (?:is|gives|makes))\b:?) ?)++"
)
BEHIND_ONE = regex(rf"(?:it has |there (?:is|are) )?{ONE}{SO}{ALL}[.!]?", re.IGNORECASE)
BEFORE_ONE = regex(rf"{ALL} ?[,;:=] ?{ONE}[.!]?", re.IGNORECASE)
# 26 per filter * 8 = 208
TIMES = regex(
    rf"^({NUMBER})(?: {THING})? (?:per|for each|each|in each)(?: {WHOLE})?(?= ?[*xX×·] ?\d)",
    re.IGNORECASE,
)
LISTED = regex(
    rf"(?P<terms>(?:{NUMBER})(?:(?:, | ?; ?| and )(?:{NUMBER}))+){SO}"
    rf"(?P<all>{NUMBER})[.!]?",
    re.IGNORECASE,
)
TERM = regex(NUMBER)


def of_all(answer: Any) -> Any:
    """Return the count of all that an answer tells behind, or before, that of one, or behind the
    terms that add up to it; any other answer as it is.

    What one has must go into it, and the terms come to it: nothing else shows which is meant.
    """
    if not isinstance(answer, str) or len(answer) > LONGEST:
        return answer
    text = " ".join(answer.split())
    told = BEHIND_ONE.fullmatch(text) or BEFORE_ONE.fullmatch(text)
    if told:
        one = 1 if told["one"].lower() in ("a", "an") else _count(in_digits(told["one"]))
        whole = _count(told["all"]) or 0
        return told["all"] if one and whole % one == 0 else answer
    listed = LISTED.fullmatch(text)
    if listed:
        terms = [_count(term) or 0 for term in TERM.findall(listed["terms"])]
        return listed["all"] if sum(terms) == _count(listed["all"]) else answer
    return TIMES.sub(r"\1", text) if TIMES.match(text) else answer


def _count(text: str) -> int | None:
    digits = text.replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() else None
