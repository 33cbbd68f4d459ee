"""A sentence that says of its only values what they are, and that is not what is asked for: `The
gradient is [1, 2]` for new weights, `The loss is [0.3]` for a gradient.
"""

from __future__ import annotations

import re

from shapecalc.grading.query import Query
from shapecalc.grading.regex import regex

LONGEST = 300  # characters
VALUES = (
    r"[-+\u2212]?(?:\d|\.\d)[\d.]*|[\[({][-+\u2212\d.,;|/()\[\]{}\s]*\d[-+\u2212\d.,;|/()\[\]{}\s]*"
)
PARTS = {"w": "weight", "b": "bias"}  # by how the names of groups begin
WEIGHT, BIAS = "weights?(?: matrix)?|filters?|kernels?", "bias(?:es)?"
PART = rf"(?P<{{}}>{WEIGHT})|(?P<{{}}>{BIAS})"
OF = r" (?:of|for|with respect to|wrt|w\.r\.t\.?) (?:the |my |its )?"
# The one thing that is said of values, from the beginning of a text on.
SAYS = regex(
    r"\W*(?:(?:so|thus|hence|then|and|i think|i get|we get),? )?(?:(?:the|my|our) )?(?:"
    rf"(?:(?:{PART.format('w1', 'b1')})[ -])?(?P<gradient>gradients?|derivatives?)"
    rf"(?:{OF}(?:loss|cost)\b)?(?:{OF}(?:{PART.format('w2', 'b2')})\b)?"
    r"|(?P<loss>(?:cross[- ]entropy )?loss)"
    rf"|(?:new|updated) (?:{PART.format('w3', 'b3')})"
    rf")(?: (?:is|are|becomes?|equals?)(?: (?:then|now|about|therefore))?:?| ?[=:]) ?"
    rf"(?:{VALUES})[ .!]*",
    re.IGNORECASE,
)


def names_another_quantity(query: Query, text: str) -> bool:
    """Say whether a text says of its values that they are what a question does not ask for."""
    if query.kind != "example" or len(text) > LONGEST:
        return False
    said = SAYS.fullmatch(" ".join(text.split()))
    if said is None:
        return False
    name, _, asked = query.key.rpartition(".")
    part = name.rpartition(".")[2]
    named = _part_of(said)
    known = part in PARTS.values() or "." not in name  # a part of another name, or the output
    of_another_part = bool(named) and known and named != part
    if said["loss"]:
        return query.key != "loss"
    return asked != ("grad" if said["gradient"] else "next") or of_another_part


def _part_of(said: re.Match[str]) -> str:
    """Return which part of a layer is named, if one is."""
    return next(
        (PARTS[name[0]] for name, text in said.groupdict().items() if text and name[0] in PARTS), ""
    )
