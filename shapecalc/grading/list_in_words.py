"""Lists with words around them: `dL/dW: [[6, 4], [0, 14]]`, `6 5 7 7 (2x2)`, `I think [1, 2]`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shapecalc.grading.lists import CLOSING, OPENING
from shapecalc.grading.notation import CHANGED, TITLE
from shapecalc.grading.regex import regex

LABEL = regex(  # also its shape, `2x2: [[...]]`
    r"(?:\.{2,} ?|p ?- ?[yt] ?[:=] ?|[A-Za-z][A-Za-z_/' ]{0,60}[:=] ?)(?=[-+\[({.\d])"
    r"|\(?\d+ ?[x×] ?\d+\)?(?:: ?| (?=\[)|(?=\[))"
)
RELU = (
    r"negatives?(?: (?:ones?|values?|numbers?|entr(?:y|ies)))?"
    r" (?:(?:are|is|becomes?|turns? into|(?:are |is )?set to|(?:are |is )?replaced by) (?:0|zeros?)"
    r"|(?:are|is|gets?) (?:cut(?: off| away)?|zeroed(?: out)?|removed|killed))"
)
# What a ReLU does, in front of what comes of it: `The negative ones become 0: 2 0 0 0`.
OF_RELU = regex(rf"^(?:(?:so|the|all|every|each) ){{0,2}}{RELU}: ?(?=[-+\[({{.\d])", re.IGNORECASE)
# What begins so behind a list is done to it, whatever parts it from the list: `[1, 2], times 3`.
DOES = regex(
    r"(?:(?:and|then|now|but|all|each|every|everything|of|this|that|it|them|these|those|to)\s+)*"
    r"(?:[xX×] ?(?:\d|\w\b)|(?:minus|plus|times|half|twice|over|by|mod|modulo|per|squared|cubed"
    r"|doubled|tripled|multipl\w*|divid\w*|add\w*|subtract\w*|less|more|negat\w*|scal\w*|take"
    r"|remove|deduct|reduc\w*|increas\w*|apply|clip\w*|rounded (?:up|down)|percent"
    r"|hundreds?|thousands?|millions?|tenths?|hundredths?|thousandths?|etc)\b)",
    re.IGNORECASE,
)
# Behind a list: its shape, `(2x2)`, and a remark without numbers.
REMARK = regex(
    r" ?(?:\((?:\d+ ?[x×*] ?\d+|[^()\d]*)\)|[,;.]? ?\b(?:because|since|where|row by row)\b\D*)$"
)
# What is told behind a list of its values that are not as they stand there.
CORRECTS = regex(
    r"\bbut\b[^,;]*\b(?:should|must|ought)\b|\bbut the (?:rest|others?)\b"
    r"|(?<!\bnothing is )\bmissing\b|\brevers\w*+(?! (?:the )?(?:weights?|filters?|kernels?))"
    r"|\b(?:other|wrong|opposite|different) (?:order\b|way a?round\b)"
    r"|\bonly (?:one|two|some|half)(?: of (?:them|these))? (?:is|are) (?:right|correct|sure)\b",
    re.IGNORECASE,
)
# A sign of a sum or another number, or a percentage; no hyphen, as in `zero-based`.
SIGNS = regex(r"[\d*+=^%]|\bper ?cent\b|(?<![A-Za-z])[-/]|[-/](?![A-Za-z])")


def lists_in(text: str) -> Iterator[str]:
    """Yield a text, and then what is left of it without the words around its list."""
    yield text
    untitled = TITLE.sub("", OF_RELU.sub("", text, count=1))
    label = LABEL.match(untitled)
    bare = untitled[label.end() :] if label and not CHANGED.search(label[0]) else untitled
    yield bare
    remark = REMARK.search(bare)
    if remark and not _changes(re.sub(r"\d|\bnot(?: \w+)?\b", "", remark[0])):
        yield bare[: remark.start()]
    only = _only_list(text)
    if only:
        yield only


def _only_list(text: str) -> str:
    """Return the only list in brackets of a sentence, which says nothing else of its numbers."""
    start = text.find("[")
    if start < 0:
        return ""
    depth = 0
    for end, sign in enumerate(text[start:], start + 1):
        depth += (sign in OPENING) - (sign in CLOSING)
        if depth == 0:
            before, behind = text[:start].rstrip("` "), text[end:].lstrip("` ")
            told = not _changes(before) and not _changes(behind)
            told = told and not DOES.match(behind.lstrip(" ,;.("))
            told = told and not CORRECTS.search(behind)
            apart = before[-1:] not in ("-", "/") and behind[:1] not in ("-", "/", "[", "(")
            return text[start:end] if told and apart else ""
    return ""


def _changes(words: str) -> bool:
    """Say whether words or signs beside a list make another one of it, or none."""
    return bool(CHANGED.search(words) or SIGNS.search(words))
