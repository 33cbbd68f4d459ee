"""Remarks beside a list that change nothing in it, though they have words or numbers that do so
elsewhere: `[0.4, 0.6], they add up to 1`, `[[1, 2]] (weights transposed)`, `[[1, 2]] (I summed over
all 16 positions but most of them are zero)`.

They are left out, or told in other words, where one whole list in brackets stands beside them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from shapecalc.grading.bracketed_lists import (
    VALUES,
    Bracketed,
    bracketed_lists,
    on_one_line,
    read_values,
)
from shapecalc.grading.leading_values import leading_run
from shapecalc.grading.list_in_words import CORRECTS
from shapecalc.grading.notation import CHANGED
from shapecalc.grading.passing_remarks import without_passing
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.turned_arrays import is_learned
from shapecalc.grading.values import Number, flat, width_of
from shapecalc.grading.written import is_rounded_from

VALUES_IN_WORDS = (
    r"(?:they|these|those|it|which|(?:(?:the|all|both|its) ){0,2}"
    r"(?:values|numbers|probabilities|entries|outputs))"
)
ADD_UP = (
    rf"(?:{VALUES_IN_WORDS} (?:all |both |together )?(?:adds?|sums?)(?: up)?|adds? up|adding up"
    r"|sums?(?: up)?|summing(?: up)?)"
)
AS_EXPECTED = (
    r"(?:,? (?:just )?(?:as|like) (?:(?:they|it|these|those|probabilities) (?:should|must|have to)"
    r"(?: be| do)?|expected|required))?"
)
# Of probabilities, or of a gradient behind a softmax.
CHECK = regex(
    rf"(?<=[\])}}\d])[,;.:]? ?\(?(?:and )?{ADD_UP} to (?:1(?:\.0)?|one|0|zero){AS_EXPECTED}\)?"
    r"[ .!]*$",
    re.IGNORECASE,
)
WEIGHTS = r"(?:weights?(?: matrix)?|W)"
TRANSPOSED = (
    rf"(?:transposed? (?:of )?(?:the )?{WEIGHTS}|{WEIGHTS},? (?:transposed|\(transposed\)))"
)
# What somebody goes back through; `transposed weights: [[1, 2]]` is another list.
THROUGH = r"(?:through|via|back with)(?: (?:the|its|my|our|these))?"
IN_FRONT = regex(rf"\b{THROUGH} {TRANSPOSED}(?= ?[:,])", re.IGNORECASE)
BEHIND = regex(
    rf"(?<=[\])}}]) ?(?:\((?:(?:the )?{TRANSPOSED}|the {WEIGHTS} are transposed"
    rf"|(?:I (?:go|went) back )?{THROUGH} {TRANSPOSED})\)|, {THROUGH} {TRANSPOSED})[ .!]*$",
    re.IGNORECASE,
)
SUMMED = r"(?:positions|windows|places|patches|products|terms)"
MOST_ARE_0 = regex(
    rf"\b({SUMMED}),? but (?=(?:most|almost all) of (?:them|these|those) (?:are|were)"
    r" (?:0|zeros?)\b)",
    re.IGNORECASE,
)
ADDED = regex(
    rf"\badd(?:ed|ing)(?: up| together)?(?: over)? (?=(?:(?:all|the|these) ){{0,2}}(?:\d{{1,3}} )?"
    rf"{SUMMED}\b)",
    re.IGNORECASE,
)

# What was done first, of two layers: `(relu first: the -1s become 0)`.
LAYER_FIRST = regex(
    r"(?<=\()((?:leaky )?relu|pool(?:ing)?|conv(?:olution)?) first(?=[:,)])", re.IGNORECASE
)
# What was done to the filter before, and not to the list in front; also with its values.
FILTER = r"(?:kernel|filter|mask|weights?|W)"
TURNED = r"(?:flip(?:s|ped)?|rotate[sd]?|turn(?:s|ed)?)"
_HALF_ROUND = r"(?:,? (?:a?round|(?:by )?180(?: ?(?:degrees|\u00b0))?|first|before(?:hand)?)(?!\w))"
FLIPPED = regex(
    r"(?<=[\s(])"
    rf"(?:(?:first,? |and )?(?:(?:I|we) )?(?:have |first )?{TURNED} (?:the |my )?{FILTER}"
    rf"|(?:with )?(?:the |my )?{FILTER} (?:(?:is|was) )?(?:first )?{TURNED}){_HALF_ROUND}{{0,2}}"
    r"(?:(?P<given> ?[:=]? ?)(?=\[)|(?=\s*(?:[),;.]|$)))",
    re.IGNORECASE,
)
_ROW = r"(?:row|column|one|value|half)"
# Of a list that has it so: the gradients of two classes.
NEGATIVE = regex(
    rf"(?:(?<=\()|, )(?:and )?(?:the )?(?:second|other|last|lower)(?: {_ROW})? (?:is|=)"
    rf" (?:just )?(?:the )?(?:negative|opposite)(?: of the (?:first|other|upper)(?: {_ROW})?)?"
    r"(?=\)[ .!]*$)",
    re.IGNORECASE,
)

# A working that comes to the list in front: `[-0.366, 0.731] (-0.731 * [0.5, -1])`.
SCALED = regex(
    r"\((?P<factor>-?\d{1,9}(?:\.\d{1,12})?) ?(?:[*·×]|times) ?(?P<list>\[[^\[\]()]{1,400}\])"
    r"(?:, (?P<more>[^()\[\]]{1,100}))?\)[ .!]*$"
)


def without_harmless(question: Question, text: str) -> str:
    """Return the text of an answer without such remarks, if one list in brackets with as many
    values as are asked for is left, or these in front, or values alone; otherwise as it is.
    """
    shorter = ADDED.sub("summed over ", MOST_ARE_0.sub(r"\1, ", CHECK.sub("", text)))
    if question.query.kind == "example" and not is_learned(question):  # whose list it would be
        shorter = BEHIND.sub("", IN_FRONT.sub("through the weights", shorter))
    shorter = _without_factor(question, shorter)
    shorter = LAYER_FIRST.sub(r"\1", shorter)
    in_front = _starts_with(shorter, len(flat(question.right)))
    if in_front and question.query.kind == "example" and not is_learned(question):
        shorter = FLIPPED.sub(_with_the_filter, shorter)
    shorter = without_passing(shorter, min(in_front)) if in_front else shorter
    if NEGATIVE.search(shorter):
        shorter = NEGATIVE.sub("", shorter).replace("()", "")
    if shorter == text:
        return text
    count = len(flat(question.right))
    found = bracketed_lists(on_one_line(shorter), count, width_of(question.right))
    whole = len(found) == 1 and found[0].alone
    if NEGATIVE.search(text) and not (whole and _has_halves_opposite(found[0])):
        return text
    alone = VALUES.fullmatch(shorter) and read_values(shorter, count) is not None
    return shorter if whole or alone or in_front else text


def _with_the_filter(found: re.Match[str]) -> str:
    """Return what says that a filter was applied, if need be this one."""
    return "with W = " if found["given"] is not None else "with the filter"


def _has_halves_opposite(found: Bracketed) -> bool:
    """Say whether the second half of a list is the first one with the other sign."""
    half = len(found.values) // 2
    first, second = found.values[:half], found.values[half : 2 * half]
    return bool(first) and all(a == -b for a, b in zip(first, second, strict=True))


def _starts_with(text: str, count: int) -> Sequence[Number]:
    """Return the `count` values that a text begins with, in brackets or not; none for others."""
    line = on_one_line(text)
    run = leading_run(line)
    if run is None or run.numbers != count:
        return ()
    return read_values(line[run.start : run.end], count) or ()


def _without_factor(question: Question, text: str) -> str:
    """Return a text without the working of the list in front of it as a number times a list, which
    comes to that and to nothing else.
    """
    found = SCALED.search(text)
    more = (found["more"] or "") if found else ""
    if found is None or CHANGED.search(more) or CORRECTS.search(more):
        return text
    count = len(flat(question.right))
    front = text[: found.start()].strip()
    given, scaled = (read_values(part, count) for part in (front, found["list"]))
    if given is None or scaled is None or VALUES.fullmatch(front[1:-1]) is None:
        return text
    factor = float(found["factor"])
    return front if is_rounded_from(given, [factor * one for one in scaled]) else text
