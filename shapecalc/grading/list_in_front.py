"""The list that an answer begins with, in front of a remark or its working: `0 1; 2 1 (relu: the
negative ones are 0)`, `[[1, 2]], [[3, 4]] (w - dw)`, `0.6, -0.6, p - y with p = (0.6, 0.4)`.

It has as many values as are asked for, in one list, in several ones or without brackets. Where more
is done to it, words take it back, or other values may be meant as well, a person has to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, islice
from operator import mul
from typing import NamedTuple

from shapecalc.grading.answers import DECIMALS, OR, readings
from shapecalc.grading.bracketed_lists import BEHIND, on_one_line, read_values, row_widths
from shapecalc.grading.clauses import TAKEN_BACK
from shapecalc.grading.leading_values import MOST, leading_run, runs
from shapecalc.grading.list_beside_working import AND_NAMED
from shapecalc.grading.list_in_words import DOES, RELU
from shapecalc.grading.lists import AND, CLOSING, OPENING, ROW, plain_list
from shapecalc.grading.named_formulas import formulas, without_formulas
from shapecalc.grading.notation import CHANGED, GAP
from shapecalc.grading.number_words import in_digits
from shapecalc.grading.other_values import (
    behind_a_conclusion,
    is_another,
    other_lists,
    same_values,
)
from shapecalc.grading.reading import Reading
from shapecalc.grading.regex import regex
from shapecalc.grading.steps_behind_list import without_steps
from shapecalc.grading.values import NESTED, Number, Value, flat
from shapecalc.grading.words_beside_list import CLAUSE, NAME, is_changed

# What parts a remark from values, and what it begins with: a word, or a step with its result.
REMARK = regex(
    r"\s*(?P<sign>[,;.:] |(?<=[\s,;.:])\(|(?<=\s)(?://|#)|(?<=\s))\s*\(?\s?"
    r"(?P<said>(?=[^\W\d_])|(?=[-+(]*[\d.]+\s?[-+*/^·×][^,;=]*=))"
)
FIRST_WORD = regex(r"[^\W\d_]+")
# [1, 2] W + b; but p minus y is how a list was got
OF_LIST = regex(r"\w+ ?[-+*/^·×]|[^\W\d_]\b(?! ?=| is\b| has\b| minus\b)")
# With these anywhere in a remark its list is to be scaled, or goes on, or has another order.
OTHERWISE = regex(
    r"%|\bper ?cent\b|\b10 ?\^|\bin (?:units?|hundred\w*|thousand\w*|million\w*|tenths)\b"
    r"|[,;.] ?(?:\*|/(?!/)|[-+](?= ?[a-z(]| \d))"
    r"|\b(?:revers\w*|backwards?|sorted|column[- ](?:by|major|wise)|by columns?|right to left"
    r"|bottom|upside|squared|cubed|tripled|multipl\w*|times|subtract\w*|then|now)\b",
    re.IGNORECASE,
)
# What stands in front of values that are given for the working. `with` and `before` may be said of
# the list in front of them, too: they need a name, and a sign behind it.
WORD = r"(?!(?:and|or|but|then|so|mine|it|answers?|results?)\b)[^\W\d_][\w'/]{0,15}"
GIVEN = regex(
    rf"\b(?:(?:where|from|using|since|because|for|of)(?: (?:the|all|its|my|our))?(?: {WORD}){{0,3}}"
    rf"(?: ?[=:]| (?:is|are|was|were))?|with (?:the )?(?!bias){WORD} ?(?:=|is\b|being\b)"
    rf"|before(?: the)?(?: {WORD}){{0,3}} ?[=:]) ?$",
    re.IGNORECASE,
)
LONGEST_GIVEN = 90  # characters in front of given values
# `sent to 6 (0.731), 3 and 4` tells of values with others in brackets; that is no list.
TOLD_OF = regex(r"\b(?:at|by|for|from|in|into|of|on|onto|to)\s*$", re.IGNORECASE)
BESIDE_ONE = regex(r"(?<=\d)\s\([-+]?[\d.]+\)")
ENDS = regex(
    r"\s*(?:$|[,;)]|\.(?:\s|$))|\s(?:sent|routed|passed|put|through|via)\b"
    r"|\sand (?:the )?[^\W\d_]\w{0,15} ?= ?[\[({]"
)
# `before relu: -1 2`, `after the relu [[0, 2], [1, 3]]`; `after relu` says it of the list in front.
OF_OTHERS = regex(
    r"\b(?:after|before)\b(?=[\w ]{0,30}(?:[:=] ?[-+.\d(\[{]| [(\[{]+ ?[-+.\d]))", re.IGNORECASE
)
BEHIND_A_LAYER = regex(r"\bafter(?: the)? [a-z]{2,}(?=[ ,;.)]*$)", re.IGNORECASE)
OF_RELU = regex(RELU, re.IGNORECASE)
# By which steps a list came about, and nothing else: `(after the relu, max of every 2x2)`.
LAYER = (
    r"(?:the )?(?:relu|conv(?:olution)?|(?:max |avg |average )?pool(?:ing)?|softmax|sigmoid|tanh"
    r"|dense|activation)(?: ?\d)?(?: layer)?"
)
SIZE, PLACE = r"\d ?[x×] ?\d", r"(?:window|block|square|region|patch)(?:e?s)?"
STEP = (
    rf"(?:after {LAYER}(?: and {LAYER})?"
    r"|(?:the )?(?:max(?:imum)?|largest(?: value| one)?|mean|average) (?:of|over|in|from)"
    rf" (?:every|each|all|the) (?:{SIZE}(?: {PLACE})?|{PLACE})"
    rf"|{SIZE} (?:max|avg|average|pool(?:ing)?|(?:max|avg|average) pool(?:ing)?)"
    r"|(?:(?:max|avg|average) )?pool(?:ing)?|(?:a )?stride (?:of )?\d)"
)
STEPS = rf"{STEP}(?:(?:[,;]|,? and|,? with) {STEP})*+"
OF_STEPS = regex(rf"\s*(?:\({STEPS}\)|,? (?=after){STEPS})", re.IGNORECASE)
TWO_SIGNS = regex(r"\d *,[^;|/()\[\]{}]*\d +[-+.\d]|\d +[-+.\d][^;|/()\[\]{}]*\d *,")
ONE = "[0]"  # for given values
AROUND = " ,;.:("


class Front(NamedTuple):
    """A list, and what stands in front of it and behind it."""

    lead: str
    written: str
    behind: str


class InFront(NamedTuple):
    """What a list in front can mean; `alone` says that nothing stands behind it."""

    ways: list[Reading]
    alone: bool


def list_in_front(answer: str, right: Value, key: str) -> InFront | None:
    """Return the list that an answer to a question of a `key` begins with, if it has as many values
    as the right one, and only a remark or a working behind it; otherwise None.
    """
    text = on_one_line(_with_working_in_brackets(answer, len(flat(right))))
    run = leading_run(text)
    if run is None or OR.search(text) or TAKEN_BACK.search(text):
        return None
    written, behind = _in_slices(text[run.start : run.end]), text[run.end :].rstrip(" .")
    values = read_values(written, len(flat(right)))
    if values is None or not in_shape(written, right):
        return None
    told = without_steps(behind, values, flat(right))
    if told is None or not _is_remark(Front(text[: run.start], written, told), values, key):
        return None
    ways = [way for way in readings(written, "array") if len(flat(way.value)) == len(values)]
    return InFront(ways, not behind)


def _with_working_in_brackets(answer: str, count: int) -> str:
    """Return a text in which brackets hold what stands behind its list and a gap: `1 2   after the
    relu`, so that no word or sign there is said of the list.
    """
    for gap in islice(GAP.finditer(answer), MOST):
        first, rest = answer[: gap.start()], answer[gap.end() :]
        line = on_one_line(first)
        run = leading_run(line)
        if run and run.numbers == count and run.end == len(line.rstrip()):
            return answer if rest[:1] in "([{" else f"{first} ({rest})"
    return answer


def in_shape(written: str, right: Value) -> bool:
    """Say whether the rows of a list are those of the right one, or each of them is a slice of it,
    or all of it; a vector may stand in a column.
    """
    axes: list[int] = []
    while isinstance(right, NESTED):
        axes.insert(0, len(right))
        right = right[0]
    allowed = [*accumulate(axes, mul), *([1] if len(axes) == 1 else [])]
    inside = plain_list(written)
    shapes = [row_widths(inside), row_widths(DECIMALS.sub(r"\1.\2", inside))]
    return any({width} in shapes for width in allowed)


def _is_remark(front: Front, values: Sequence[Number], key: str) -> bool:
    """Say whether what stands behind a list leaves it as it is, and states no other."""
    if OF_STEPS.fullmatch(front.behind):
        return not is_changed(front.lead, "", key)
    lead, behind = front.lead, OF_RELU.sub("relu", front.behind)
    front = front._replace(behind=behind)
    if not _is_apart(behind) or OTHERWISE.search(without_formulas(behind)):
        return False
    own = NAME.search(lead)  # z = [1, 2] (z times x) may go on from z; a step goes back to its W
    if own and not key.endswith(".next") and any(_has(own[1], one) for one in formulas(behind)):
        return False
    left = _without_given(front, values)
    if left is None or any(True for _ in other_lists(left, len(values), values)):
        return False
    concluded = behind_a_conclusion(left)
    if concluded is not None and _is_of_others(concluded.lstrip(AROUND), values):
        return False
    told = BEHIND_A_LAYER.sub(" ", OF_OTHERS.sub(" ", without_formulas(left)))
    near = CLAUSE.split(told.lstrip(AROUND))[0]
    return not is_changed(lead, told, key) and not CHANGED.search(near)


def _is_apart(behind: str) -> bool:
    """Say whether what is said behind a list does nothing to it, in brackets and behind these."""
    while behind:
        begins = REMARK.match(behind)
        if begins is None or BEHIND.match(behind):
            return False
        said = behind[begins.end() :]
        word = FIRST_WORD.match(said)
        if word and (word[0].lower() == "and" or in_digits(word[0]) != word[0]):  # 2, 3, four
            return False
        if DOES.match(said) or (not begins["sign"] and OF_LIST.match(said)):
            return False
        behind = _behind_brackets(behind.lstrip(" ,;.:"))
    return True


def _behind_brackets(text: str) -> str:
    """Return what stands behind the brackets that a text begins with; nothing where it does not."""
    depth = 0
    for at, sign in enumerate(text, 1):
        depth += (sign in OPENING) - (sign in CLOSING)
        if depth == 0:
            return text[at:] if at > 1 else ""
    return ""


def _without_given(front: Front, values: Sequence[Number]) -> str | None:
    """Return what stands behind a list without values that are given for its working; None where
    there are others, as many as it has.
    """
    lead, _, behind = front
    own = NAME.search(lead)
    left, at = "", 0
    for number, run in enumerate(runs(behind)):
        if number == MOST:
            return None
        written = _in_slices(behind[run.start : run.end])
        if run.numbers < len(values):
            continue
        others = read_values(written, len(values))
        if others is None and _is_of_another_shape(written, run.numbers, front, len(values)):
            continue
        if others is not None and same_values(others, values):
            continue
        if BESIDE_ONE.search(written) and TOLD_OF.search(behind[: run.start]):
            continue
        given = GIVEN.search(behind[max(0, run.start - LONGEST_GIVEN) : run.start])
        if given is None and at:
            given = AND_NAMED.match(behind[at : run.start])
        is_one = others is not None or (written[0] in OPENING and not _behind_brackets(written))
        if given is None or not is_one or not ENDS.match(behind, run.end):
            return None
        if own and _has(own[1], given[0]):
            return None
        left, at = f"{left}{behind[at : run.start]}{ONE}", run.end
    return left + behind[at:]


def _has(name: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _is_of_others(concluded: str, values: Sequence[Number]) -> bool:
    """Say whether a conclusion begins with more or fewer values than a list has, or gives another;
    as many are no others, which were looked for before.
    """
    run = leading_run(concluded)
    if run is None:
        return is_another(concluded, values)
    return read_values(_in_slices(concluded[run.start : run.end]), len(values)) is None


def _is_of_another_shape(written: str, numbers: int, front: Front, count: int) -> bool:
    """Say whether so many numbers are one list of another shape than one in front of `count`, in
    rows that are alike. What is not, `1, 7 1 9`, may have another answer in it, as several lists of
    the shape of that in front.
    """
    rows = _widths(written)
    if len(rows) != 1 or count in rows or TWO_SIGNS.search(written):
        return False
    return numbers % count > 0 or rows != _widths(front.written)


def _widths(written: str) -> set[int]:
    return row_widths(ROW.sub(";", AND.sub(";", plain_list(written))))


def _in_slices(written: str) -> str:
    """Return rows with a slash, `1 2 / 3 4 and 5 6 / 7 8`, with `;` between their slices."""
    return AND.sub(";", written) if ROW.search(written) else written
