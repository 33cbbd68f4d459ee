"""The value behind the activation, in words: `0 (it was -2 but negative becomes 0)` states what the
layer gives, -2, and what was made of it for the answer, 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from shapecalc.grading.answers import LONGEST, OR
from shapecalc.grading.clauses import TAKEN_BACK
from shapecalc.grading.misconceptions import activation_applied
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.notation import AS_TYPED
from shapecalc.grading.other_values import behind_a_conclusion
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Value, flat
from shapecalc.grading.words_beside_list import DENIED

NUMBER = r"-?(?:\d+(?:\.\d+)?|\.\d+)"
ALONE = regex(rf"(?<![\w.])({NUMBER})(?![\w.]*\d)")
FRONT = regex(rf"\s*({NUMBER})(?=[\s,;:(]|$)(?! ?[-+*/^·×] ?[\d(])")
SUM = regex(rf"[-\d(][-+*/·×\d.() ]*[\d)] ?= ?(?={NUMBER}(?![\d.]))")  # 0 - 3 + 2 - 1 = -2
APPLIED = regex(
    r"relu|activation|negativ|max ?\( ?0|below (?:0|zero)|\b(?:cut|clip|zero)", re.IGNORECASE
)
# What stands in front of the layer's own value, or behind it.
MADE_OF = regex(
    r"(?:\b(?:was|were|been|is|gives|gave|got|get|of|from|because|since|as|before|without|cuts?"
    r"|turns?|sets?)\b"
    r"[^\d.;]{0,25}|\()$",
    re.IGNORECASE,
)
BEFORE = regex(r" ?(?:before|without)\b", re.IGNORECASE)
CALL = regex(
    rf"(?:{NUMBER} ?= ?)?(?:relu ?\(|max ?\( ?0 ?[,;]) ?({NUMBER}) ?\)(?: ?= ?{NUMBER})?[ .]*",
    re.IGNORECASE,
)
LAST = regex(rf"({NUMBER})(?![\d.])([^\d]*[^\d.-])(?:{NUMBER})[ .)!]*")

IsNear = Callable[[str], bool]


def is_activated(question: Question, answer: object, read: Value) -> bool:
    """Say whether a text, of which a value was read that the activation behind the layer gives,
    tells that it is this of the right value.
    """
    query = question.query
    if not isinstance(answer, str) or len(answer) > LONGEST or query.form != "number":
        return False
    if query.kind != "example" or query.key != query.name or not isinstance(read, int | float):
        return False
    text, near = " ".join(answer.translate(AS_TYPED).split()), question.tolerance.near
    if not APPLIED.search(text) or OR.search(text) or TAKEN_BACK.search(text):
        return False
    context = QuestionContext(question.subject, query, question.right)
    (own,) = flat(question.right)
    wrongs = activation_applied.MISCONCEPTION.answers(context)
    given = [number for wrong in wrongs for number in flat(wrong.value)]
    if near(own, read) or not any(near(number, read) for number in given):
        return False
    if DENIED.search(text.replace("but", "")):
        return False
    return _tells(text, lambda one: near(read, float(one)), lambda one: near(own, float(one)))


def _tells(text: str, is_read: IsNear, is_own: IsNear) -> bool:
    """Say whether a text states what was read as made of the layer's own value."""
    call = CALL.fullmatch(text)
    if call:
        return is_own(call[1])
    front = FRONT.match(text)
    at = front.end() if front else 0
    text = text[:at] + SUM.sub("", text[at:])
    numbers = list(ALONE.finditer(text))
    own = [one for one in numbers if is_own(one[1])]
    if not own or not all(is_own(one[1]) or is_read(one[1]) for one in numbers):
        return False
    concluded = behind_a_conclusion(text) or ""
    if any(is_own(one) for one in ALONE.findall(concluded)):
        return False
    if is_read(numbers[0][1]):
        return all(
            MADE_OF.search(text[: one.start()]) or BEFORE.match(text, one.end()) for one in own
        )
    ends = LAST.fullmatch(text)
    return ends is not None and APPLIED.search(ends[2]) is not None
