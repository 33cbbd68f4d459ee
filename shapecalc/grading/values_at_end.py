"""Values without brackets that a sentence ends with: `The tanh of these is 0.6 and 0.3.`, `the
logits are 0.1 and 1.7, so the probabilities are 0.2 and 0.8`.

They are read as in brackets, whether they are right or not.
"""

from __future__ import annotations

import re

from shapecalc.grading.regex import regex
from shapecalc.grading.stated_last import OF_OTHERS, OPPOSITE, PLACE, UNDONE, may_be_denied
from shapecalc.grading.words_beside_list import is_changed

LONGEST = 300  # characters
VALUE = r"[-+−]?(?:\d{1,9}(?:\.\d{1,12})?|\.\d{1,12})"
SEPARATOR = regex(r",? and |, ")
AFTER_IS = regex(  # behind at least one word
    rf"[A-Za-z]\w* (?:is|are) (?P<values>{VALUE}(?:(?:,? and |, ){VALUE}){{1,40}})[ .!]*$"
)
OTHERS = regex(r"[\d:=()\[\]{}]")
NOUNS = {  # what the values of a layer are called
    "softmax": r"probabilities|probs|softmax(?: values| outputs)?",
    "sigmoid": r"probabilities|probs|sigmoids?(?: values| outputs)?",
    "tanh": r"tanhs?(?: values| outputs)?",
    "relu": r"relus?(?: values| outputs)?",
}


def last_bracketed(text: str, count: int, path: str) -> str:
    """Return a text that ends with so many values behind `is` with these in brackets, which part
    them from its words: `The tanh of these is 0.6 and 0.3`. Other values may stand in front where
    it concludes what is asked for by a question's `path`: `..., so the probabilities are`.
    """
    found = AFTER_IS.search(text) if len(text) <= LONGEST else None
    if found is None or len(values := SEPARATOR.split(found["values"])) != count:
        return text
    lead = text[: found.start("values")]
    layer, _, key = path.partition(".")
    asked = NOUNS.get(layer.rstrip("0123456789"), "") if key == "value" else ""
    concludes = asked and re.search(
        rf"\bso (?:the|my) (?:{asked}) (?:is|are) $", lead, re.IGNORECASE
    )
    if OTHERS.search(lead) and not concludes:
        return text
    changed = UNDONE.search(lead) or PLACE.search(lead) or OPPOSITE.search(lead)
    if changed or may_be_denied(text) or OF_OTHERS.search(lead) or is_changed(lead, "", path):
        return text
    return f"{lead}[{', '.join(values)}]"
