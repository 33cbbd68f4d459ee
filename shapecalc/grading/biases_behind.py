"""Biases that an answer adds behind its weights: `It has 2592 (24*108), plus 24 biases`.

With their number the sum of both is meant. Without it, `2592, plus a bias per filter`, the answer
is no whole number, but its biases are not forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import islice

from shapecalc.grading.answers import LONGEST
from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.lone_number import OPENING
from shapecalc.grading.notation import on_one_line
from shapecalc.grading.question import Question
from shapecalc.grading.reading import Reading
from shapecalc.grading.regex import regex

WITH_BIASES = ("parameters", "trainable", "frozen", "unshared_parameters")
COUNT = r"(?:\d{1,3}(?:,\d{3})+|\d{1,15})"
WEIGHTS = (
    rf"(?<![\w.,*+/^×·-])(?<![*+/^×·-] )(?P<weights>{COUNT}(?: ?[*x×·+] ?\d{{1,9}}){{0,9}})"
    r"(?: weights?)?(?: \((?P<working>[^()]*)\))?(?: (?:weights?|parameters|params))?"
)
ADDED = regex(
    rf"{WEIGHTS}(?:,? (?:plus|\+)| and) (?P<biases>{COUNT})(?: for)?(?: the)? bias(?:es)?[ .!]*",
    re.IGNORECASE,
)
AND = r"[,;.]? ?(?:(?:\b(?:plus|and|then|add|adding|with(?= \d))\b|[+&;]) ?){1,3}"
# 2592, plus a bias per filter; 2592 (24*108). Then the biases; `2592 weights and biases` are all.
MORE = regex(
    rf"{WEIGHTS}(?!(?<=weights) and bias){AND}"
    r"(?:(?:an?|one|its|their|each|every|more|also|for|the|\d[\d,]*|[A-Z]|filters?'?) ){0,4}"
    r"bias(?:es)?\b",
    re.IGNORECASE,
)
UNNAMED = regex(
    rf"{WEIGHTS}(?:[,;.]? (?:(?:plus|and|then|add) ){{1,3}}|(?<=\)) ?\+ ?)(?P<biases>{COUNT})"
    r"(?: more)?[ .!]*$",
    re.IGNORECASE,
)
IN_FRONT = regex(r"(?<![\w.,])\d+ bias(?:es)?,? (?:plus|and|then|\+) ", re.IGNORECASE)
NAMED = regex(r"(?<![\w.,*+/^×·-])(\d[\d,]*) bias(?:es)?\b", re.IGNORECASE)
TOTAL = regex(r"\d[\d,]* ?:")  # 750: 750 weights and one bias for each filter
TIMES = regex(r" ?[x×·] ?(?=\d)")
MOST = 5  # places of an answer that are looked at


def in_parts(question: Question, answer: str) -> str:
    """Return weights and the biases that are added to these by their names, without the working of
    the weights, if that comes to them; any other text as it is.
    """
    if question.query.key != "parameters" or question.choices or len(answer) > LONGEST:
        return answer
    text = on_one_line(answer)
    opening = OPENING.match(text)
    found = ADDED.fullmatch(text, opening.end() if opening else 0)
    if found is None:
        return answer
    weights, working = _worked_out(found["weights"]), found["working"]
    if weights is None or (working is not None and _worked_out(working) != weights):
        return answer
    return f"{weights} weights + {found['biases']} biases"


def has_biases_beside(question: Question, answer: object, ways: Sequence[Reading]) -> bool:
    """Say whether an answer has biases beside what was read of it as a wrong one: they are added to
    that, or are the ones that are asked for, by their name.
    """
    key = question.query.key
    if not isinstance(answer, str) or len(answer) > LONGEST or question.choices:
        return False
    text = on_one_line(answer)
    if key == "biases":
        named = islice(NAMED.finditer(text), MOST)
        return any(_worked_out(one[1]) == question.right for one in named)
    if key not in WITH_BIASES or TOTAL.match(text):
        return False
    added = [_worked_out(one["weights"]) for one in islice(MORE.finditer(text), MOST)]
    more = UNNAMED.search(text)
    if more and _worked_out(f"{more['weights']} + {more['biases']}") == question.right:
        added.append(_worked_out(more["weights"]))
    if any(way.value in added for way in ways):
        return True
    summed = any(way.note.startswith("read as ") for way in ways)
    return not summed and IN_FRONT.search(text) is not None


def _worked_out(text: str) -> Fraction | None:
    text = TIMES.sub("*", text).replace(",", "")
    return Fraction(text) if text.isdecimal() else worked_out(text)
