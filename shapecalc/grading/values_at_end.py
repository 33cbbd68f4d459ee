"""Values that a sentence states: without brackets at its end, `The tanh of these is 0.6 and 0.3.`,
`the logits are 0.1 and 1.7, so the probabilities are 0.2 and 0.8`, `They are 0.6 for the first unit
and 0.3 for the second one`, or its only list in brackets, `So the new filter becomes [[1, 2]].`

They are read as such, whether they are right or not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from shapecalc.grading.bracketed_lists import bracketed_lists, read_values
from shapecalc.grading.list_in_front import in_shape
from shapecalc.grading.named_values import named_values
from shapecalc.grading.other_values import same_values
from shapecalc.grading.passing_remarks import NOTHING_NEGATIVE
from shapecalc.grading.regex import regex
from shapecalc.grading.stated_last import OF_OTHERS, OPPOSITE, PLACE, UNDONE, may_be_denied
from shapecalc.grading.values import Number, Value, flat, width_of
from shapecalc.grading.words_beside_list import is_changed

LONGEST = 300  # characters
VALUE = r"[-+−]?(?:\d{1,9}(?:\.\d{1,12})?|\.\d{1,12})"
NUMBER = regex(VALUE)
SEPARATOR = regex(r",? and |, ")
# What says that values are those of what is named in front of it, also that these come about so.
BECOMES = r"(?:becomes?|gives?|makes? (?:them|these|those|it|this))"
GET = r"(?:(?<=\b[Ww]e )|(?<=\bI ))(?:get|got|have)"
IS = rf"(?:is|are|{BECOMES}|{GET})"
AT_END = regex(  # behind at least one word
    rf"[A-Za-z]\w* {IS} (?P<values>{VALUE}(?:(?:,? and |, ){VALUE}){{1,40}})"
    r"(?: left| for (?:the two|both) (?:units|neurons|outputs|classes))?[ .!]*$"
)
BEGIN = regex(rf"[A-Za-z]\w* {IS} (?={VALUE})")
COMES_ABOUT = regex(rf"\b{BECOMES} ?$")
STEP = regex(rf"\b(?:{BECOMES}|{GET}) ?$")
# `After relu and pooling we have`: what is behind the last of the layers is what comes out of it.
LAYERS = {
    "conv": r"conv\w*",
    "max_pool": r"(?:max(?:imum)?[- ]?)?pool(?:ing)?",
    "avg_pool": r"(?:(?:avg|average)[- ]?)?pool(?:ing)?",
    "softmax": "softmax",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "flatten": r"flatten(?:ing)?",
    "dense": "dense|linear",
}
LAYER = rf"(?:{'|'.join(LAYERS.values())})(?: layer)?"
AFTER = regex(
    rf"(?:so,? )?after (?:the )?(?:{LAYER}(?:,? and |, )(?:the )?){{0,4}}(?P<last>{LAYER})\b"
    rf"(?:,? (?:(?:we|I) (?:have|get|got|find)|(?:there|it|this|that|they|these) {IS}"
    r"|(?:the )?(?:results?|outputs?|values?) (?:is|are)))?[ ,:]*$",
    re.IGNORECASE,
)
BEHIND = regex(
    r"(?: ?(?:(?:is|are) )?(?:left(?: over)?|remaining)|,? I (?:hope|think)|,? row by row"
    r"| for (?:the two|both) (?:units|neurons|outputs|classes))?[ .!]*",
    re.IGNORECASE,
)
# With these in it a sentence may not mean what it says, or another time or order.
OPEN = regex(
    r"[?%]|\b(?:may|maybe|might|perhaps|possibly|unsure|old|previous|former|earlier|unchanged"
    r"|columns?|backwards?|revers\w*|order)\b",
    re.IGNORECASE,
)
# What is said of all values, which denies none of them: a ReLU changes nothing then.
LACKED = regex(rf",? ?\b(?:{NOTHING_NEGATIVE}|nothing changes|no changes?)\b ?:?", re.IGNORECASE)
OTHERS = regex(r"[\d:=()\[\]{}]")
NOUNS = {  # what the values of a layer are called
    "softmax": r"prob\w*|softmax",
    "sigmoid": r"prob\w*|sigmoids?",
    "tanh": "tanhs?",
    "relu": "relus?",
    "dense": "logits?|scores?|sums",
    "conv": "sums",
}
# Of these words each must be what is asked for; a name, `of Ben`, is somebody else's.
QUANTITY = regex(
    r"\b(?:tanhs?|softmax|sigmoids?|relus?|prob\w*|gradients?|logits?|scores?|slopes?"
    r"|derivatives?|sums?(?: of)?|totals?|others?|rest|targets?|class\w*)\b",
    re.IGNORECASE,
)
# What values are called right in front of them, `logits 1.4 and 0.14`, and nothing else is said.
CALLED = regex(
    rf"(?:(?:so|the|my|its) ){{0,2}}(?:{QUANTITY.pattern}|outputs|activations)"
    rf" (?P<values>{VALUE}(?:(?:,? and |, ){VALUE}){{1,40}})[ .!]*",
    re.IGNORECASE,
)
# What a layer works with; an answer is one of them only where its next values are asked for.
PARTS = {"weight": "filters?|kernels?|weights?", "bias": "bias(?:es)?"}
PART = regex(rf"\b(?:{'|'.join(PARTS.values())}|inputs?)\b", re.IGNORECASE)
GRADIENT_OF = r"\b(gradients?) (?:of|for) (?:the |its |my )?"
BACK = regex(
    r"\b(?:going|coming|propagating) back through the (?:weights|filters?|kernels?|layers?)\b",
    re.IGNORECASE,
)
UPDATED = regex(
    r"\bafter (?:the|this|one|a) (?:(?:gradient|update|descent) )*(?:step|update)\b,? ?",
    re.IGNORECASE,
)
PERSON = regex(r"(?<=\s)[A-Z][a-z]{2,}\b")
SO = regex(r",? so (?:the|my) (?P<noun>[a-z]+)(?: values| outputs)? (?:is|are) $", re.IGNORECASE)
NONE = r"(?!)"


class Stated(NamedTuple):
    """What stands in front of the values of a sentence, and these as a list in brackets."""

    lead: str
    values: str


def only_list(text: str, right: Value, path: str) -> str:
    """Return the list of a sentence that has one in brackets, of the shape of the right value, and
    no other numbers, if its words can say it of what is asked for by a question's `path`.
    """
    if len(text) > LONGEST or "[" not in text:
        return ""
    whole, text = text, LACKED.sub("", text)
    if may_be_denied(text) or OPEN.search(text):
        return ""
    found = bracketed_lists(text, len(flat(right)), width_of(right))
    if len(found) != 1 or not found[0].alone or not in_shape(found[0].text, right):
        return ""
    (one,) = found
    if text != whole and "-" in one.text:
        return ""  # which has a negative value
    lead = _behind_steps(text[: one.start], path)
    if OTHERS.search(lead) or not BEHIND.fullmatch(text, one.end) or _names_a_part(lead, path):
        return ""
    return one.text if _can_be_said(lead, lead, path) else ""


def last_bracketed(text: str, right: Value, path: str) -> str:
    """Return a text that ends with as many values as the right one behind `is`, or beside names
    that tell their order, with these in brackets, which part them from its words. Other values may
    stand in front where what is asked for by a question's `path` is concluded from them.
    """
    stated = _at_end(text, right, path) if len(text) <= LONGEST else None
    said = stated and _said(stated.lead, flat(right), path)
    if not stated or said is None or OTHERS.search(said):
        return text
    if PLACE.search(stated.lead) or may_be_denied(text):
        return text
    if STEP.search(said) and _names_a_part(said, path):
        return text
    if not _can_be_said(said, stated.lead, path):
        return text
    return f"{COMES_ABOUT.sub('is ', stated.lead)}{stated.values}"


def _at_end(text: str, right: Value, path: str) -> Stated | None:
    """Return the values at the end of a text, or those beside names that tell their order and are
    no names of other quantities.
    """
    found, count = AT_END.search(text) or CALLED.fullmatch(text), len(flat(right))
    if found:
        values = SEPARATOR.split(found["values"])
        listed = f"[{', '.join(values)}]"
        return Stated(text[: found.start("values")], listed) if len(values) == count else None
    begin = BEGIN.search(text)
    rest = text[begin.end() :] if begin else ""
    named = named_values(rest)
    if begin is None or named is None or not named.ordered:
        return None
    if QUANTITY.search(rest) or OF_OTHERS.search(rest) or _names_a_part(rest, path):
        return None
    listed = f"[{named.text}]"
    fits = read_values(listed, count) is not None and in_shape(listed, right)
    return Stated(text[: begin.end()], listed) if fits else None


def _said(lead: str, wanted: Sequence[Number], path: str) -> str | None:
    """Return what words in front of values say of them: what is concluded, or all; None where what
    they are concluded from may be meant.
    """
    own, concluded = _own(path), SO.search(lead)
    if concluded is None or not path.endswith(".value") or not _is(own, concluded["noun"]):
        return lead
    front = lead[: concluded.start()]
    if _has(front, wanted) or any(_is(own, word) for word in QUANTITY.findall(front)):
        return None
    return concluded[0]


def _can_be_said(said: str, lead: str, path: str) -> bool:
    """Say whether what is `said` of values in a sentence can be said of what is asked for by a
    question's `path`, and its words make no others of them.
    """
    if any(not _is(_own(path), word) for word in QUANTITY.findall(said)):
        return False
    lead = COMES_ABOUT.sub("is ", lead)
    changed = UNDONE.search(lead) or OPPOSITE.search(lead) or PERSON.search(lead)
    return not (changed or OF_OTHERS.search(lead) or is_changed(lead, "", path))


def _names_a_part(said: str, path: str) -> bool:
    """Say whether what is said names another part of a layer than is asked for."""
    part, _, key = path.partition(".")[2].partition(".")
    own = PARTS.get(part, NONE)
    if key == "grad":
        said = re.sub(rf"{GRADIENT_OF}(?:{own})\b", r"\1", said, flags=re.IGNORECASE)
    said = BACK.sub("", said) if path.endswith(".grad") else said
    return any(key != "next" or not _is(own, word) for word in PART.findall(said))


def _own(path: str) -> str:
    """Return what that is called which is asked for by a question's `path`."""
    layer, _, key = path.partition(".")
    if key.endswith("grad"):
        return "gradients?"
    return NOUNS.get(layer.rstrip("0123456789"), NONE) if key == "value" else NONE


def _behind_steps(lead: str, path: str) -> str:
    """Return what stands in front of a list, without the layers that it comes out of or the step
    that it comes of, if that is asked for.
    """
    layer, _, key = path.partition(".")
    if key.endswith(".next"):
        return UPDATED.sub("", lead)
    own = LAYERS.get(layer.rstrip("0123456789"), NONE)
    after = AFTER.fullmatch(lead) if key == "value" else None
    return "" if after and _is(rf"(?:{own})(?: layer)?", after["last"]) else lead


def _is(own: str, word: str) -> bool:
    return re.fullmatch(own, word, re.IGNORECASE) is not None


def _has(front: str, wanted: Sequence[Number]) -> bool:
    """Say whether the right values stand one behind the other among those in front."""
    found = [float(number) for number in NUMBER.findall(front.replace("−", "-"))]
    starts = range(len(found) - len(wanted) + 1)
    return any(same_values(found[at : at + len(wanted)], wanted) for at in starts)
