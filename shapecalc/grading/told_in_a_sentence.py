"""An answer that a sentence tells: `The last pool leaves 64 maps of 5 by 5.`, `Adding everything up
I get 252050.`, `The field grows to 19 pixels in each direction (7, then 11, then 19).`

What stands in front of the volume or the number has none of its own, but in the names of layers,
and no word with which it may be another one than the answer.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from shapecalc.grading.answers import LONGEST, OR
from shapecalc.grading.clauses import TAKEN_BACK
from shapecalc.grading.lone_number import UNITS, without_opening
from shapecalc.grading.number_units import ABOUT, SCALE
from shapecalc.grading.query import Query
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.volumes_in_words import volumes_in_words
from shapecalc.grading.written_sizes import DENIED

LONGEST_FRONT = 150  # characters
MOST_VERBS = 5  # of a sentence
SAYS = regex(
    r"\b(?:gives?(?: (?:us|me))?|leaves?|outputs|produces?|yields?|returns|makes?|creates?|has|have"
    r"|results in|leads to|(?:i|we) (?:get|got|have|find|found|obtain)|there (?:are|is)|is|are"
    r"|becomes)\b:? ",
    re.IGNORECASE,
)
NAMES = regex(
    r"\b(?:conv|pool|max_?pool|avg_?pool|layer|block|fc|dense)[a-z]{0,9}[ _]?\d{1,2}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
# With these words in front a volume or a number is that of something else, or has a condition.
OTHERWISE = regex(
    rf"{DENIED.pattern}|\b(?:with|without|if|when|unless|before|input|image|picture|filters?"
    r"|kernels?|windows?|each|every|one|would|should|could|might|may|only|half|twice|except|but"
    r"|however|though|although|per|weights?|bias(?:es)?|said|wanted|expected)\b|\?",
    re.IGNORECASE,
)
_NUMBER = r"\d[\d,.]*(?: (?:parameters?|params|MACs|FLOPs))?(?: (?:in total|altogether))?[.!]?\s*$"
_ALL = (
    r"(?: (?:up|together|over|all|every|of|the|these|those|this|that|them|it|everything|layers?"
    r"|parameters?|params|net(?:work)?|model|whole|numbers?|values?|terms?|counts?)){1,8}"
)
SUMMED = regex(
    r"\s*(?:so,? )?(?:(?:by |after |when )?(?:adding|summing|counting|totall?ing)"
    rf"{_ALL},? (?:(?:i|we) (?:get|got|have|find|found|obtain)"
    r"|(?:gives?|makes|yields)(?: (?:us|me))?)"
    r"|(?:all )?(?:of )?(?:the )?layers (?:together|combined|in total) (?:have|give|make|come to)"
    r"|(?:together|altogether|in total|overall),? (?:the (?:whole )?(?:net(?:work)?|model)|they"
    r"|it|(?:all )?(?:the )?layers) (?:has|have|gives?|makes?))"
    rf" (?:a total of )?(?={_NUMBER})",
    re.IGNORECASE,
)
GROWS = regex(
    r"\s*(?:(?:so|thus|hence),? )?(?:(?:(?:the|its|my) )?(?:receptive )?field(?: of view)?|it)?"
    r" ?(?:(?:grows|increases|expands|widens|goes)(?: up)? to|reaches|covers|spans) (?=\d)",
    re.IGNORECASE,
)
# 67 pixels in each direction (7, then 11, 19, 35, 67)
WITH_STEPS = regex(
    r"(?P<field>\d{1,6})(?: (?:pixels|px))?(?: (?:in|along|for) (?:each|every|both) (?:directions?"
    r"|axis|axes|dimensions?))? \((?P<steps>\d{1,6}(?:(?:,|->|→|\band\b|\bthen\b| )+\d{1,6})+) ?\)"
    r"[\s.!]*",
    re.IGNORECASE,
)
STEP = regex(r"\d+")
ROUNDED = regex(
    rf"(?:[,;:=]|\b(?:so|or|is|are|makes|gives|get|takes?|needs?|has|have|requires?|costs?)\b)\s*"
    rf"(?P<number>(?:(?:{ABOUT}|\bsome\b)\s*)?\d[\d,.]*{SCALE}?){UNITS}[\s.!]*$",
    re.IGNORECASE,
)
# conv1 has 12 filters of 5x5x3, so 900 weights.
VERB = regex(
    r"\b(?:has|have|is|are|takes?|needs?|sees?|gives?|uses?|makes?|leaves?)\b", re.IGNORECASE
)
CONCLUDED = regex(
    r"\b(?:so|thus|hence|therefore|(?:which|that) (?:makes|gives|is)):? "
    rf"(?:(?:there are|(?:it|that) (?:has|is|makes)|(?:i|we) (?:get|have)) )?"
    rf"\d[\d,]*(?: ?[x\u00d7] ?\d{{1,6}}){{0,4}}{UNITS}[ .!]*$",
    re.IGNORECASE,
)
FORMS = ("number", "sizes", "field")


def without_sentence(query: Query, text: str) -> str:
    """Return the volume, the field or the number that a sentence tells; any other text as it is."""
    if len(text) > LONGEST or OR.search(text) or TAKEN_BACK.search(text):
        return text
    shorter = without_opening(query, text) if query.form in FORMS else text
    if shorter != text:
        return shorter
    if query.form == "sizes" and query.key == "receptive_field":
        return _field(text)
    if query.form == "sizes" and query.key == "output":
        return _volume(text)
    summed = SUMMED.match(text) if query.form == "number" else None
    return text[summed.end() :] if summed else text


def is_sentence(question: Question, answer: Any) -> bool:
    """Say whether an answer tells in words what is read in it."""
    query = question.query
    if not isinstance(answer, str) or query.executed or question.choices:
        return False
    if query.form not in FORMS or len(answer) > LONGEST or not answer.lstrip()[:1].isalpha():
        return False
    end = CONCLUDED.search(answer)
    concluded = end is not None and VERB.search(answer, 0, end.start()) is not None
    return concluded or without_sentence(query, answer) != answer


def rounded_at_end(text: str) -> str:
    """Return the number that a text ends with, if it is written as a rounded one."""
    found = ROUNDED.search(text) if len(text) <= LONGEST else None
    return found["number"] if found else ""


def _volume(text: str) -> str:
    """Return a volume in words behind the verb of a sentence."""
    for verb in islice(SAYS.finditer(text), MOST_VERBS):
        front, rest = NAMES.sub("", text[: verb.start()]), text[verb.end() :]
        if any(map(str.isdigit, front)) or len(front) > LONGEST_FRONT or OTHERWISE.search(front):
            return text
        if volumes_in_words(rest.strip(" .!")):
            return rest
    return text


def _field(text: str) -> str:
    """Return what a field grows to, with the smaller ones on the way there in brackets."""
    grows = GROWS.match(text)
    rest = text[grows.end() :] if grows else text
    told = WITH_STEPS.fullmatch(rest)
    if told is None:
        return rest
    steps = [int(step) for step in STEP.findall(told["steps"])]
    rises = steps == sorted(steps) and steps[-1] <= int(told["field"])
    return f"{told['field']} ({', '.join(map(str, steps))})" if rises else text
