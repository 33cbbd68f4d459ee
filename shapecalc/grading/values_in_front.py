"""The values that an answer begins with, where more stands behind them: `0.5 because S = 1`, `[0.5]
with W = 4`, `17 5.25 2*1 + 0.5 = 2.5`.
"""

from __future__ import annotations

import re

from shapecalc.grading.answers import OR
from shapecalc.grading.clauses import BECAUSE, TAKEN_BACK, statement
from shapecalc.grading.notation import on_one_line
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Number

NUMBER = r"[-+]?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})(?:e[-+]?\d{1,3})?"
ONE = regex(rf"\s*(?:\[\s*){{1,4}}({NUMBER})(?:\s*\]){{1,4}}(?=$|[\s,;:(])", re.IGNORECASE)
EACH = regex(rf"[\s,;|/(\[]*({NUMBER})(?=$|[\s,;:|/()\[\]])[)\]]*", re.IGNORECASE)
# What no list goes on with: words, a working, brackets.
MORE = regex(r"[\s)\]]*[,;:-]?\s*(?:\(|[^\W\d_]|.*[\d)] ?[*/^·×=+] ?[\d(]|-?\d[\d.]* - \d)")
DONE = regex(r"\s*(?:[*/^·×+=]|[-\u2013\u2014](?= ?\d)|times|plus|minus|or\b)")


# 0.468 with lr = 0.1, W = 4
NAME = r"(?:the )?[^\W\d_][\w']{0,15}(?: rate)?"
GIVEN = regex(
    rf"(?P<value>\s*{NUMBER})[,;:(\s-]*(?:with|where|using|for|given|when|at)"
    rf" {NAME} ?(?:=|is) ?{NUMBER}(?:(?:,| and|, and)? {NAME} ?(?:=|is) ?{NUMBER}){{0,6}}[).]*",
    re.IGNORECASE,
)
DASH = regex(rf"\s[-\u2013\u2014]\s+(?={BECAUSE})", re.IGNORECASE)


def without_brackets(text: str) -> str:
    """Return a text whose first value stands in brackets alone, without these."""
    return ONE.sub(r"\1", text, count=1) if "[" in text else text


def without_reason(text: str) -> str:
    """Return the only value of an array without the reason behind it, or what was given for it; any
    other text as it is.
    """
    bare = without_brackets(text)
    given = GIVEN.fullmatch(bare)
    stated = given["value"] if given else statement(bare)
    return text if stated is None else stated


def without_dash(text: str) -> str:
    """Return a list and the reason behind it without a dash between, which is no minus."""
    return DASH.sub(", ", text)


def leading_values(text: str, count: int) -> list[Number]:
    """Return so many values that a text begins with, where something else stands behind them that
    does nothing to them; nothing where there are fewer, or nothing stands behind.
    """
    text = on_one_line(text)
    found: list[Number] = []
    at = 0
    while len(found) < count and (value := EACH.match(text, at)):
        found.append(float(value[1]))
        at = value.end()
    rest = text[at:]
    if len(found) < count or not MORE.match(rest) or DONE.match(rest):
        return []
    return [] if OR.search(text) or TAKEN_BACK.search(text) else found
