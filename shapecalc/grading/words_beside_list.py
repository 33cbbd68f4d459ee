"""What the words beside a list say of it: that it is denied, or an operand, or that more is done to
it. A list is then not what its answer states.
"""

from __future__ import annotations

import re

from shapecalc.grading.answers import OPPOSITE
from shapecalc.grading.clauses import BECAUSE
from shapecalc.grading.list_in_words import CORRECTS, DOES
from shapecalc.grading.notation import CHANGED, TITLE
from shapecalc.grading.regex import regex

# With these words in its clause a list is not what is stated, but what something is made of.
MADE_OF = regex(
    rf"\b(?:{BECAUSE}|(?:with|where|from|for|if|when|using|like|such as|e\.g|compared|vs|than"
    r"|would|could|might|had|was|were|thought|add|adding|plus|sorted)\b)"
    r"|\b(?:in|at|of|by|on|to|between|and)\W*$",
    re.IGNORECASE,
)
# Behind it they tell what it is, or what comes then; `[1, 2] and db = [3]` are two answers.
TOLD = regex(
    r"\b(?:had|was|were|plus|add|added|adding)\b"
    r"|^ ?(?:and\b|&)"
    r"|^ ?(?:is|are)\b(?! (?:my|the|our) (?:final )?(?:answer|result|output|scores?|values?)\b)",
    re.IGNORECASE,
)
# Further off it is denied with these words, and more is done to it with those behind it.
DENIED = regex(
    r"\b(?:not|never|wrong|instead|but|however|should|would|mistake)\b|n['\u2019]t\b", re.IGNORECASE
)
DONE = regex(
    r"\b(?:minus|negat\w*|opposite|divid\w*|halved|doubled|scaled|transpos\w*|inverse|flipped"
    r"|rotated|mirrored|swapped)\b|[,;.] ?(?:(?:then|and) )?[+*] ?[a-z]"
    r"|^ ?\([^()]*\)[ ,;.]*(?:[+*×·]|-(?!>)|/(?!/))",  # [1, 2] (softmax) - y
    re.IGNORECASE,
)
NEXT = regex(r"\b(?:then|now)\b", re.IGNORECASE)
OF_OTHERS = regex(  # before relu: -3 1 3
    r"\b(?:before|after|without|then|now|first)\b[\w ]{0,30}[:=] ?(?=[-+\d(\[{])", re.IGNORECASE
)
# What goes into a layer, by what its name has in the key of a question for it: `bias [0, 1]`.
OPERANDS = {
    name: regex(
        rf"(?:^\s*|[,;.:(]\s*|\b[a-z]{{2,}}\s+)(?:{words})(?: is| are| vector)? ?[=:]? ?$",
        re.IGNORECASE,
    )
    for name, words in {
        "bias": r"bias(?:es)?|b\d?",
        "weight": r"weights?|w\d?",
        "input": r"inputs?|x\d?",
    }.items()
}
# Where a gradient goes is no reason, and no other list: `goes to where the max was: [0, 2]`.
PLACE = regex(
    r"\b(?:goes|sent|routed|passed) (?:back )?(?:only )?to where the (?:max|maximum|largest)"
    r"(?: one| value| pixel)? (?:is|was|were|came from)\b(?= ?[:=])",
    re.IGNORECASE,
)
NAME = regex(r"(?<![\w*+/.^-])([^\W\d_]\w{0,9}) ?[=:] ?$")
ALONE = regex(r"(?<![\w^])\.?\d")  # a number that is none of a name
CLAUSE = regex(rf"[,;.!?](?=\s|$)|{ALONE.pattern}")


def is_changed(lead: str, behind: str, key: str) -> bool:
    """Say whether words in front of a list or behind it make another one of it, or none, or say
    that it is an operand, other than the one that is asked for by a question's `key`.
    """
    lead = TITLE.sub("", f"{lead}[")[:-1]
    near = PLACE.sub(" ", CLAUSE.split(lead)[-1])
    next_to = CLAUSE.split(OF_OTHERS.sub("0", behind))[0]
    if CHANGED.search(NEXT.sub("", near)) or CHANGED.search(next_to):
        return True
    if DOES.match(behind.lstrip(" ,;.(")):
        return True
    if MADE_OF.search(near) or TOLD.search(next_to) or _is_operand(near, key):
        return True
    if any(OPPOSITE.fullmatch(part.strip()) for part in near.split("=")):
        return True
    if DENIED.search(f"{lead} {behind}") or DONE.search(behind) or CORRECTS.search(behind):
        return True
    name = NAME.search(near)  # z = [1, 2], s = z + b
    return bool(name and re.search(rf"(?<!\w){re.escape(name[1])}(?!\w| ?[=:])", behind))


def _is_operand(near: str, key: str) -> bool:
    names = (operand for name, operand in OPERANDS.items() if name not in key)
    return any(operand.search(near) for operand in names)
