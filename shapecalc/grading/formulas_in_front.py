"""A formula in letters in front of the workings or values that it leads to: `y - p: 0 - 0.2 = -0.2,
1 - 0.8 = 0.2`, `dW = x*d: 2*3 = 6, 2*4 = 8`, `z1 = w1*x1 + b = 2*3 + 1 = 7`.

It says what is worked out; the numbers behind it are that.
"""

from __future__ import annotations

import re

from shapecalc.grading.notation import CHANGED
from shapecalc.grading.regex import regex

LETTERS = (
    r"(?:lr|eta|alpha|rate|learning[_ ]rate|prob(?:s|abilities)?|softmax|onehot|one-hot|target"
    r"|labels?|input|output|grad(?:ient)?|old|sum|mean|max|window|upstream"
    r"|[dδ∂]?[^\W\d_][\w'^]{0,4}|[d∂][^\W\d_]\w{0,2}/[d∂][^\W\d_]\w{0,3})"
)
NUMBER = r"\d{1,6}(?:\.\d{1,6})?"
INDEX = r"(?:\[[\w, :]{1,9}\]|_\{[\w, ]{1,9}\}|\.T|ᵀ|\^\{?T\}?)?"
FACTOR = rf"(?:\(?{LETTERS}{INDEX}\)?|{NUMBER}|\([-−]{NUMBER}\))"
SIGN = r" ?[-+*/·⋅×∗@−] ?"
FORMULA = rf"\(?{FACTOR}(?:{SIGN}\(?{FACTOR}\)?){{1,7}}"
NAME = r"(?:[^\W\d][\w/'^∂{}]{0,12}(?:\[[\w, ]{1,9}\]|\([\w ]{1,9}\))?)"
# `y - p:`, `dW = x*d =`; `W1 = W1 - dW1 =` is the name of a part.
IN_FRONT = regex(
    rf"\s*(?:(?!\w*\d){NAME} ?:?= ?)?(?P<formula>{FORMULA}) ?[:=] ?"
    r"(?=[-+−(\[{]*\.?\d|[a-z]{2,9} ?\d ?[:=(\[])"
)
AMID = regex(rf"(?P<name>{NAME}) ?= ?(?P<formula>{FORMULA}) ?= ?(?=[-+−(\[{{]*\.?\d)")
# One factor of a list: 0.5*(1, 2) = (0.5, 1).
SCALED = regex(
    r"(?<![-+−*/·×\w.)\]] )(?<![\w.)*/])[-+−]?(?:\d{1,9}(?:\.\d{1,12})?|\.\d{1,12}) ?[*·⋅×x]? ?"
    r"[\[(][-+−\d., ]{3,200}[\])] ?= ?(?=[\[(][-+−\d., ]{3,200}[\])])"
)
PLACES = regex(r"\b(?:top|bottom|upper|lower)\b", re.IGNORECASE)  # top-left
LETTER = regex(r"[^\W\d_]")
WORDS = regex(r"\b(?:rate|ln|log|sqrt|exp|first|then)\b", re.IGNORECASE)


def behind_its_formula(text: str) -> str:
    """Return the values or workings of a text that has a formula in letters in front, and those of
    its parts without theirs; any other text as it is.
    """
    found = None if "\n" in text.strip() else IN_FRONT.match(text)
    if found and _is_formula(found["formula"]):
        text = text[found.end() :]
    text = SCALED.sub("", text)
    return AMID.sub(
        lambda one: f"{one['name']} = " if _is_formula(one["formula"]) else one[0], text
    )


def _is_formula(formula: str) -> bool:
    named = LETTER.search(formula) is not None and not PLACES.search(formula)
    return named and not CHANGED.search(WORDS.sub(" ", formula).replace("rate", " "))
