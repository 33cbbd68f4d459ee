"""The list that an answer ends with, behind what it is made of: `y = [0, 1], p = [0.4, 0.6], so
p - y = [0.4, -0.4]`; and the number at the end of `the sum is 1.5, half is 0.75`.

Which of several is meant, such words do not always tell. It is taken where it is the right one;
otherwise a person has to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from shapecalc.grading.answers import OR
from shapecalc.grading.bracketed_lists import CALLED, on_one_line, read_values
from shapecalc.grading.clauses import TAKEN_BACK
from shapecalc.grading.leading_values import Run, runs
from shapecalc.grading.list_in_front import in_shape
from shapecalc.grading.lists import OPENING
from shapecalc.grading.notation import UNSURE
from shapecalc.grading.other_values import other_lists
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Number, Value, flat

# With these words anywhere it may be what is not the answer.
DENIED = regex(
    r"\b(?:not|never|no|wrong|instead|however|should|would|could|mistake|incorrect|false|ignore"
    r"|either|still|missing|yet)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
# In front of it they make another list of it.
UNDONE = regex(
    r"\b(?:minus|negat\w*|opposite|half|twice|double[ds]?|halved|divid\w*|scaled?|transpos\w*"
    r"|inverse|flipped|rotated|mirrored|swapped|plus|multipl\w*|times|sqrt|ln|log|percent)\b"
    r"|\b(?:add|subtract|of|than|from|by|with|without|before|bias)\W*$"
    r"|[-+*/^·×−]\s*[\w.]*\(?\s*$|\d\s*$",
    re.IGNORECASE,
)
OF_OTHERS = regex(r"\b(?:before|without)\b", re.IGNORECASE)
# What says that it is the result, and not one more of what is worked with.
SAYS = regex(
    r"(?:=>|->|[⇒→]|\b(?:so|thus|hence|therefore|then|finally|answer|result|now|gives|becomes|new"
    r"|masked by|softmax(?:ed)?|prob(?:s|abilities)?)\b)[^\d\[\]]*[:=]?\s*$"
    r"|\bto\s*$|[\w)]\s?[-+*·×]\s?[\w(][\w ()*.·-]*\s?[:=]\s*$",
    re.IGNORECASE,
)
# Lists in front that go into it, by their names.
OPERAND = regex(
    r"(?:\bexp\(\w\) ?[:=]|e\^z ?[:=]|\b(?:z|y|t|x|target|labels?|one-?hot|logits?|scores?|exps?"
    r"|inputs?|upstream|mask|wx|w\*x|before(?: \w+){0,3})\s*[:=]?|softmax\(|[-+*/·]|->|→)\s*$",
    re.IGNORECASE,
)
WORKED = regex(r"[\])}]\s*[-+*/·×⊙]\s*[\w.()]{1,12}\s*=\s*$")  # [1, 2] / 4 =
LEADS = regex(r"(?:[:=]|->|→|=>|⇒|\b(?:is|are|so|get|got|gives|have))\s*$", re.IGNORECASE)
LETTER = regex(r"[^\W\d_]")
AT_END = regex(r"[\s.)$*_`!]*")
OPPOSITE = regex(r"(?:^|[,;:(=]\s*)[-−]\s*\(?(?!ln|log|sum)[^\W\d_]")
OF_GRADIENT = regex(r"(?:^|[,;:(=]\s*)[-−]\s*\(?(?:[d∂∇]|grad)")
GRADIENT = regex(
    r"(?<![-+*·×/] )(?<![-+*·×/\w])(?:[d∂∇](?=[A-Za-z]\w{0,3}\s*[:=]\s*$))", re.IGNORECASE
)
MOST = 12  # lists of a text
EXPONENTIAL = regex(
    r"(?<!\w)(?:e\^|exp ?)[({]?[-+−]?[\d.]{1,12}[)}]? ?[=≈] ?[\d.]{1,12}(?:[,;]|\s|$)"
)
ONE = "[0]"  # for a list in brackets that was looked at
IN_FRONT = regex(r"[A-Za-z][\w ,'()/=*·.+-]{0,120}?: (?=[-+−(\[{.\d]|e\^|exp\()")
ALONE = regex(  # of a text with no other number
    r"(?!.*\b(?:minus|negative of|opposite|top|bottom|left|right|upper|lower|without|before"
    r"|first|second|third|last)\b)"
    r"[A-Za-z][^\d=+*/]*[a-z]:? ([-+−]?(?:\d{1,9}(?:[.,]\d{1,12})?|\.\d{1,12}))",
    re.IGNORECASE,
)
LAST = regex(
    r"(?:\b(?:is|are|to|gives|makes|so|get|half|halved|squared|of it|result|answer|loss|value|new)"
    r"|[=:≈]|->|→) ?(?:about |approximately |≈ ?|~ ?)?"
    r"([-+−]?(?:\d{1,9}(?:[.,]\d{1,12})?|\.\d{1,12}))$",
    re.IGNORECASE,
)
PLACE = regex(
    r"\b(?:top|bottom|left|right|upper|lower|first|second|third|last|minus|negative|opposite)\b",
    re.IGNORECASE,
)
IsRight = Callable[[Sequence[Number]], bool]


def number_at_end(text: str) -> str:
    """Return the number that a text in words ends with; nothing where another may be stated."""
    text = on_one_line(text).rstrip(" .!)$*`")
    found = ALONE.fullmatch(text) or LAST.search(text)
    if found is None or may_be_denied(text) or OPPOSITE.search(text):
        return ""
    return "" if found.re.pattern == LAST.pattern and PLACE.search(text) else found[1]


def behind_words(text: str) -> list[str]:
    """Return what stands behind the first colon of a text that begins with words, if these do not
    make another list of it.
    """
    found = IN_FRONT.match(text)
    if found is None or may_be_denied(text) or UNDONE.search(found[0]):
        return []
    return [] if OF_OTHERS.search(found[0]) else [text[found.end() :]]


def is_stated_last(answer: str, right: Value, is_right: IsRight) -> bool:
    """Say whether an answer ends with the right list, and may mean no other."""
    count = len(flat(right))
    text = on_one_line(answer)
    if count < 2 or may_be_denied(text):
        return False
    found = [run for run in runs(text) if run.numbers > 1]
    if not found or len(found) > MOST:
        return False
    *others, last = found
    last = _bare(text, last)
    lead, written = text[: last.start], text[last.start : last.end]
    bracketed = written[0] in OPENING
    values = read_values(written, count)
    if values is None or not AT_END.fullmatch(text, last.end) or not is_right(values):
        return False
    if not in_shape(written, right) or UNDONE.search(CALLED.sub("", lead)):
        return False
    if not (LETTER.search(lead) or WORKED.search(lead)) or not (bracketed or LEADS.search(lead)):
        return False
    if OF_GRADIENT.search(lead) or OF_OTHERS.search(
        text, others[-1].end if others else 0, last.start
    ):
        return False
    if not others:
        lead = EXPONENTIAL.sub(" ", lead)  # e^2 = 7.4, e^0 = 1, so p = 0.88, 0.12
        return not any(True for _ in other_lists(lead, count, values))
    for one in reversed(others):
        if text[one.start] in OPENING:
            lead = f"{lead[: one.start]}{ONE}{lead[one.end :]}"
    bare = any(True for _ in other_lists(lead, count, values, at_end=True))
    return bracketed and not bare and _is_result(text, text[: last.start], others)


def _is_result(text: str, lead: str, others: Sequence[Run]) -> bool:
    """Say whether the words in front of a list, or in front of the others, say that it is what
    comes of these.
    """
    before = [text[: one.start] for one in others]
    if GRADIENT.search(lead) and any(map(GRADIENT.search, before)):
        return False
    if WORKED.search(lead):
        return True
    return SAYS.search(lead) is not None or all(map(OPERAND.search, before))


def may_be_denied(text: str) -> bool:
    """Say whether words of a text may deny what it states, or leave a choice."""
    left = OR.search(UNSURE.sub(" ", text)) or TAKEN_BACK.search(text)
    return bool(left or DENIED.search(text))


def _bare(text: str, run: Run) -> Run:
    """Return a run without what was taken for the name of its only part, `by 0: [[1, 2]]`."""
    bracket = next((at for at in range(run.start, run.end) if text[at] in OPENING), run.start)
    return run._replace(start=bracket) if text[run.start].isalpha() else run
