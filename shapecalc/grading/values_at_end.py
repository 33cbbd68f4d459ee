"""Values without brackets that a sentence ends with: `The tanh of these is 0.6 and 0.3.`, `the
logits are 0.1 and 1.7, so the probabilities are 0.2 and 0.8`.

They are read as in brackets, whether they are right or not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from shapecalc.grading.other_values import same_values
from shapecalc.grading.regex import regex
from shapecalc.grading.stated_last import OF_OTHERS, OPPOSITE, PLACE, UNDONE, may_be_denied
from shapecalc.grading.values import Number, Value, flat
from shapecalc.grading.words_beside_list import is_changed

LONGEST = 300  # characters
VALUE = r"[-+−]?(?:\d{1,9}(?:\.\d{1,12})?|\.\d{1,12})"
NUMBER = regex(VALUE)
SEPARATOR = regex(r",? and |, ")
AFTER_IS = regex(  # behind at least one word
    rf"[A-Za-z]\w* (?:is|are) (?P<values>{VALUE}(?:(?:,? and |, ){VALUE}){{1,40}})[ .!]*$"
)
OTHERS = regex(r"[\d:=()\[\]{}]")
NOUNS = {  # what the values of a layer are called
    "softmax": r"prob\w*|softmax",
    "sigmoid": r"prob\w*|sigmoids?",
    "tanh": "tanhs?",
    "relu": "relus?",
    "dense": "logits?|scores?",
}
# Of these words each must be what is asked for; a name, `of Ben`, is somebody else's.
QUANTITY = regex(
    r"\b(?:tanhs?|softmax|sigmoids?|relus?|prob\w*|gradients?|logits?|scores?|slopes?"
    r"|derivatives?|sums?|totals?|others?|rest|targets?|class\w*)\b",
    re.IGNORECASE,
)
PERSON = regex(r"(?<=\s)[A-Z][a-z]{2,}\b")
SO = regex(r",? so (?:the|my) (?P<noun>[a-z]+)(?: values| outputs)? (?:is|are) $", re.IGNORECASE)
NONE = r"(?!)"


def last_bracketed(text: str, right: Value, path: str) -> str:
    """Return a text that ends with as many values as the right one behind `is` with these in
    brackets, which part them from its words: `The tanh of these is 0.6 and 0.3`. Other values may
    stand in front where what is asked for by a question's `path` is concluded from them.
    """
    found = AFTER_IS.search(text) if len(text) <= LONGEST else None
    wanted = flat(right)
    if found is None or len(values := SEPARATOR.split(found["values"])) != len(wanted):
        return text
    lead = text[: found.start("values")]
    layer, _, key = path.partition(".")
    own = NOUNS.get(layer.rstrip("0123456789"), NONE) if key == "value" else NONE
    own = "gradients?" if key.endswith("grad") else own
    said, concluded = lead, SO.search(lead)
    if concluded and key == "value" and _is(own, concluded["noun"]):
        front = lead[: concluded.start()]
        if _has(front, wanted) or any(_is(own, word) for word in QUANTITY.findall(front)):
            return text
        said = concluded[0]
    if OTHERS.search(said) or any(not _is(own, word) for word in QUANTITY.findall(said)):
        return text
    changed = UNDONE.search(lead) or PLACE.search(lead) or OPPOSITE.search(lead)
    changed = changed or PERSON.search(lead) or OF_OTHERS.search(lead)
    if changed or may_be_denied(text) or is_changed(lead, "", path):
        return text
    return f"{lead}[{', '.join(values)}]"


def _is(own: str, word: str) -> bool:
    return re.fullmatch(own, word, re.IGNORECASE) is not None


def _has(front: str, wanted: Sequence[Number]) -> bool:
    """Say whether the right values stand one behind the other among those in front."""
    found = [float(number) for number in NUMBER.findall(front.replace("−", "-"))]
    starts = range(len(found) - len(wanted) + 1)
    return any(same_values(found[at : at + len(wanted)], wanted) for at in starts)
