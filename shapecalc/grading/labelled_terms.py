"""A total told with its terms, each by its layer: `conv1 760 + dense1 17283 = 18043`.

Without the names it is a sum as others write it, and is read as these are.
"""

from __future__ import annotations

import re
from typing import Any

from shapecalc.grading.answers import LONGEST
from shapecalc.grading.arithmetic import OVER, TIMES
from shapecalc.grading.named_parts import DENSE
from shapecalc.grading.notation import plain
from shapecalc.grading.own_sums import is_total
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex

MOST = 100  # terms
PLUS = regex(r" ?\+ ?| plus ")
TOTAL = r"(?P<total>\d(?:[\d,.' ]*\d)?)(?: (?:parameters?|params|weights|biases|macs|flops))?"
TITLE = r"(?:(?:the )?(?:total|sum)(?: is)? ?[:=]? ?)"
IN_FRONT = regex(  # 18043: conv1 760 + ...; 18043 (conv1 760 + ...)
    rf"(?:{TITLE}?{TOTAL} ?(?:[:=]|->|→|(?P<opening>\() ?)|{TITLE}) ?(?=[A-Za-z][^ )]* )",
    re.IGNORECASE,
)
LINK = r"(?:=>|=|->|⇒|→|[,:;](?= )|\b(?:is|so|gives|makes|in total|total|sum|altogether)\b)"
BEHIND = regex(  # dense1 17283 = 18043; 17283, so in total 18043 parameters
    rf"(?P<term>.*?\S)(?: ?{LINK})+ ?{TOTAL}[.!]?", re.IGNORECASE
)
NAME = r"(?P<{}>[A-Za-z][\w./]*)"
NUMBER = rf"(?P<number>[\d(\[](?:[\d()\[\].,_'^{re.escape(TIMES + OVER)} -]*[\d)\]])?)"
TERM = regex(  # conv1 760; conv1: 760; 760 (conv1); 760 for conv1; 760
    rf"(?:{NAME.format('before')}(?: ?[:=]| is| has)? )?{NUMBER}"
    rf"(?: ?\(?(?:for |in )?{NAME.format('behind')}\)?)?"
)
SHORT = regex(r"[A-Za-z]\d+")  # c1, d2
OTHER_NAMES = (*DENSE, "layer")


def without_names(question: Question, answer: Any) -> Any:
    """Return a sum of a total's terms and what it comes to without the names of the layers; any
    other answer as it is.
    """
    if not is_total(question) or not isinstance(answer, str) or len(answer) > LONGEST:
        return answer
    if "+" not in answer and " plus " not in answer:
        return answer
    text = plain(answer)
    in_front = IN_FRONT.match(text)
    total = in_front["total"] if in_front else None
    if in_front:
        text = text[in_front.end() :]
        text = text.rstrip(".").removesuffix(")") if in_front["opening"] else text
    *terms, last = PLUS.split(text)
    behind = BEHIND.fullmatch(last)
    if behind and TERM.fullmatch(behind["term"]):
        if total and total != behind["total"]:
            return answer
        last, total = behind["term"], behind["total"]
    found = [TERM.fullmatch(term) for term in (*terms, last)]
    known = [term for term in found if term is not None]
    if total is None or not 1 < len(found) <= MOST or len(known) < len(found):
        return answer
    names = [name for term in known for name in (term["before"], term["behind"]) if name]
    if len(names) < 2 or not _are_layers(question, names):
        return answer
    return f"{' + '.join(term['number'].strip() for term in known)} = {total}"


def _are_layers(question: Question, names: list[str]) -> bool:
    """Say whether names are of layers, of their kinds, or what others call these."""
    layers = question.subject.layers
    called = {name.lower() for name in (*layers.records, *layers.instances)} | {*OTHER_NAMES}
    called |= {record.kind for record in layers.records.values()}
    return all(
        SHORT.fullmatch(name) or {name.lower(), name.lower().rstrip("0123456789")} & called
        for name in names
    )
