"""Remarks beside a list that change nothing in it, though they have words or numbers that do so
elsewhere: `[0.4, 0.6], they add up to 1`, `[[1, 2]] (weights transposed)`, `[[1, 2]] (I summed over
all 16 positions but most of them are zero)`.

They are left out, or told in other words, where one whole list in brackets stands beside them.
"""

from __future__ import annotations

import re

from shapecalc.grading.bracketed_lists import (
    VALUES,
    bracketed_lists,
    on_one_line,
    read_values,
)
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.turned_arrays import is_learned
from shapecalc.grading.values import flat, width_of

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


def without_harmless(question: Question, text: str) -> str:
    """Return the text of an answer without such remarks, if one list in brackets with as many
    values as are asked for is left, or values alone; otherwise as it is.
    """
    shorter = ADDED.sub("summed over ", MOST_ARE_0.sub(r"\1, ", CHECK.sub("", text)))
    if question.query.kind == "example" and not is_learned(question):  # whose list it would be
        shorter = BEHIND.sub("", IN_FRONT.sub("through the weights", shorter))
    if shorter == text:
        return text
    count = len(flat(question.right))
    found = bracketed_lists(on_one_line(shorter), count, width_of(question.right))
    whole = len(found) == 1 and found[0].alone
    alone = VALUES.fullmatch(shorter) and read_values(shorter, count) is not None
    return shorter if whole or alone else text
