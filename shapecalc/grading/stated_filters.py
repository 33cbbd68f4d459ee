"""A working that has the size of a filter and nothing else, `the filter of conv3 is 3x3`: whose
receptive field is as large is that filter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shapecalc.grading.regex import regex

if TYPE_CHECKING:
    from shapecalc.grading.cause import Cause
    from shapecalc.grading.misconceptions.question_context import QuestionContext

FILTER_ALONE = frozenset(("field_of_filter_only",))
LONGEST = 120  # characters
SIZE = r"(\d{1,3})(?: ?[xX×] ?\d{1,3})?(?![\d.,]*\d| ?[xX×*/+-])"
WINDOW = r"(?:filter|kernel|window)(?:'?s)?"
STATED = regex(
    rf"\b{WINDOW}(?: sizes?)?(?: (?:of|in|at) (?:the )?\w+(?: layer)?)?"
    rf"(?: ?[=:] ?| (?:is|are|has|of)(?: size)?(?: just| only)? ){SIZE}"
    rf"|(?<![\w.*/+-]){SIZE} {WINDOW}\b|\bF ?= ?{SIZE}"
    rf"|\b(?:size of (?:the|its) {WINDOW}|{WINDOW} size)\b",
    re.IGNORECASE,
)
# What goes on from that, or looks at more than a filter.
MORE = regex(
    r"[+*/^]|->|→|\d ?- ?\d|\bnot\b|n't\b|\b(?:plus|times|before|previous|earlier|strides?|all|both"
    r"|each|every|jumps?|pools?|pooling)\b",
    re.IGNORECASE,
)
NAMED = regex(r"[^\W\d_]\w*")
NUMBER = regex(r"\d+")


def with_filter(text: str) -> str:
    """Return a working that has a filter's size and nothing else; empty for another one."""
    short = len(text) <= LONGEST and STATED.search(text) and not MORE.search(text)
    return text if short else ""


def shows_filter(text: str, context: QuestionContext, cause: Cause) -> bool:
    """Say whether a working with a filter has that of the layer asked about, and no other layer or
    number: who gives its size for the field looks at that layer alone.
    """
    if not text or cause.names != FILTER_ALONE or not isinstance(cause.wrong.value, tuple):
        return False
    names = {name for name in NAMED.findall(text) if name in context.subject.records}
    rest = NAMED.sub("", text.replace("x", " ").replace("X", " "))
    return names <= {context.query.name} and {*map(int, NUMBER.findall(rest))} <= {
        *cause.wrong.value
    }
