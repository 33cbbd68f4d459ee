"""How a list was got, in names: `dscores times pool output`, `W minus 0.1 times dW`.

Beside a list it leaves that as it is. `times 2` and `times lr`, without a name in front, may still
be to be done to it: they are none.
"""

from __future__ import annotations

import re

from shapecalc.grading.notation import CHANGED
from shapecalc.grading.regex import regex

# What begins with these is told of the list, or is still to be done.
NO_NAME = (
    r"(?!(?:then|now|and|but|so|all|it|its|them|this|that|these|those|each|every|take|do|minus|plus"
    r"|times|still|also|only|just|yet|later|half|twice|is|are|be|was|were|has|have|had|must|can|may"
    r"|will|needs?|missing|goes|comes|which|what|by|of|or|to|with|in|on|at|for|from|if|as|results?"
    r"|answers?|should|would|could|might|does|did|done|apply|multipl\w*|add\w*|subtract\w*|more|less"
    r"|square[ds]?|cubed?|scal\w*|reduc\w*|increas\w*|doubl\w*|tripl\w*|divi\w*|mistake|however"
    r"|bigger|smaller|larger|than|where|because|since|using|when|like)\b)"
)
WORD = rf"{NO_NAME}[^\W\d_][\w']{{0,15}}(?:\^T)?"
NAME = rf"(?:the )?{WORD}(?: {WORD}){{0,2}}"
SAID = r" (?:minus|plus|times) "
BETWEEN = rf"(?:{SAID}| ?[-+*\u00b7] ?)"
FACTOR = r"\d*\.?\d+(?: times | ?[*\u00b7] ?| )"
FORMULA = rf"(?P<made>{NAME}(?:{BETWEEN}(?:{FACTOR})?{NAME}){{1,4}})"
BESIDE = regex(
    rf"(?:^|(?<=[,;.:(]))\s*{FORMULA}(?=\s*(?:$|[,;.)]|(?:with|where|for|since)\b))", re.IGNORECASE
)
IN_FRONT = regex(rf"\s*(?:{WORD} ?= ?)?{FORMULA} ?[:=]\s*(?=[-+]?[\d.]|[(\[{{])", re.IGNORECASE)
IN_WORDS = regex(r"\b(?:minus|plus|times)\b", re.IGNORECASE)
RATE = regex(r"\brate\b", re.IGNORECASE)  # by which a gradient is multiplied


def without_formulas(text: str) -> str:
    """Return what stands behind a list without the formulas in words that tell how it was got."""
    return BESIDE.sub(lambda found: " " if _is_formula(found["made"]) else found[0], text)


def behind_a_formula(text: str) -> str:
    """Return what stands behind a formula in words and its colon or sign of equality; a text that
    does not begin with one as it is.
    """
    found = IN_FRONT.match(text)
    return text[found.end() :] if found and _is_formula(found["made"]) else text


def formulas(text: str) -> list[str]:
    """Return the formulas in words that stand behind a list."""
    found = (match["made"] for match in BESIDE.finditer(text))
    return [made for made in found if _is_formula(made)]


def _is_formula(made: str) -> bool:
    """Say whether names have a word for an operation between, and none of them says that something
    is to be done to a list, or that it is no answer.
    """
    names = RATE.sub(" ", IN_WORDS.sub(" ", made))
    return IN_WORDS.search(made) is not None and not CHANGED.search(names)
