"""The list that an answer states beside its working: `max pool: 1, 3, 4, 6, so s = [3, 2, 0]`, and
`s = (3, 2, 0), max pool gives 1 3 4 6, 1-4+6 = 3, ...`.

It is the only one in brackets with as many values as are asked for, and stands in front of the
working or at its end. Where words take it back, or something else may be meant as well, a person
has to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from shapecalc.grading.answers import OR
from shapecalc.grading.bracketed_lists import (
    CALLED,
    LETTER,
    Bracketed,
    bracketed_lists,
    on_one_line,
)
from shapecalc.grading.clauses import BECAUSE
from shapecalc.grading.leading_values import leading_run
from shapecalc.grading.lists import CLOSING, OPENING
from shapecalc.grading.notation import SO
from shapecalc.grading.other_values import (
    behind_a_conclusion,
    is_another,
    other_lists,
    same_values,
)
from shapecalc.grading.put_back import is_put_back
from shapecalc.grading.regex import regex
from shapecalc.grading.slices_in_words import with_slices_as_one
from shapecalc.grading.steps_behind_list import without_steps
from shapecalc.grading.values import Number, Value, flat, width_of
from shapecalc.grading.words_beside_list import ALONE, is_changed

LONGEST = 60  # characters in front of a list that begins an answer
GOES_ON = regex(rf"[ ,;.]*(?:{SO.pattern}|=)", re.IGNORECASE)
REASON = regex(rf"[ (,;.:]*\b(?:{BECAUSE}|(?:where|from|using)\b)", re.IGNORECASE)
# (before relu: -3 1 3); `(flattened: 2 0)` and `(with relu: 2 0)` are rather the answer itself.
ASIDE = regex(
    r"\((?!(?:so|flat\w*|final\w*|correct\w*|answers?|results?"
    r"|(?:with|after) (?:the )?(?:relu|softmax|sigmoid|tanh|(?:max |avg )?pool(?:ing)?|bias))\b"
    r"(?! ?=))(?=[^()]*[^\W\d_]{2})[^()]*\)",
    re.IGNORECASE,
)
AND = regex(r"\s*\band (?:the )?[^\W\d_][\w'/]{0,15} ?[=:] ?[-+.\d(\[{]")
AND_NAMED = regex(  # from p = [0.6, 0.4] and y = [1, 0]
    r"\s*\band (?:the )?(?!mine\b|it\b|answers?\b|results?\b)[^\W\d_][\w'/]{0,15} ?= ?$"
)
NAMED = regex(r"[^\W\d_][\w/\\^{}' ]*[=:] ?$")
LONE = regex(r"\W*\d[\d.]*\W*")  # a factor, or the number of something


class Stated(NamedTuple):
    """A list in brackets with as many values as are asked for, the first one of an answer, if it
    does not state another. `plain` says that it does state it, `reasoned` that it stands in front
    of all, and a reason right behind it.
    """

    text: str
    values: Sequence[Number]
    plain: bool
    reasoned: bool

    def differs(self, value: Value) -> bool:
        """Say whether it is another list than one that was read."""
        return not same_values(self.values, flat(value))


def list_beside_working(answer: str, right: Value, key: str) -> Stated | None:
    """Return the list with as many values as the right one that an answer states, to a question of
    a `key`; None where it has no such list in brackets.
    """
    text = with_slices_as_one(on_one_line(answer), right)
    found = bracketed_lists(text, len(flat(right)), width_of(right))
    if not found:
        return None
    only = sum(one.alone for one in found) == 1 == len({one.values for one in found})
    stated = next((one for one in found if only and _is_plain(text, one, key, right)), None)
    one = stated or found[0]
    begins = one.alone and _begins(text[: one.start])
    reasoned = begins and REASON.match(text, one.end) is not None
    return Stated(one.text, one.values, stated is not None, reasoned)


def has_another_list(answer: str, right: Value, key: str, read: Value) -> bool:
    """Say whether another list in brackets than was `read`, with as many values, may be the answer:
    it is no operand, and nothing is concluded from it right behind it.
    """
    text = on_one_line(answer)
    found = bracketed_lists(text, len(flat(right)), width_of(right))
    bare = leading_run(text)
    if bare and bare.numbers == len(flat(right)) and AND.match(text, bare.end):
        return True  # 1 2 and db = [3, 4]
    others = [one for one in found if one.alone and not same_values(one.values, flat(read))]
    operands = {0}  # where they end
    for one in others:
        second = AND_NAMED.search(text[: one.start])
        if is_changed(text[: one.start], "", key) or (second and second.start() in operands):
            operands.add(one.end)
    others = [one for one in others if not is_put_back(text, one.end)]
    return any(one.end not in operands and not GOES_ON.match(text, one.end) for one in others)


def has_bare_list(answer: str, count: int) -> bool:
    """Say whether so many values stand without brackets among the words of an answer."""
    text = on_one_line(answer)
    return bool(LETTER.search(text)) and any(True for _ in other_lists(text, count, ()))


def _is_plain(text: str, one: Bracketed, key: str, right: Value) -> bool:
    """Say whether a list is what its text states: it stands in front of a working or at its end,
    and nothing else may be meant.
    """
    front, count = text[: one.start], len(one.values)
    behind = without_steps(text[one.end :], one.values, flat(right))
    if OR.search(text) or not one.alone or _is_within(front):
        return False
    if behind is None or LONE.fullmatch(behind):
        return False
    lead = behind_a_conclusion(front)
    lead = front if lead is None else lead
    reason = REASON.match(behind) is not None
    if LONE.fullmatch(lead) or is_changed(lead, "" if reason else behind, key):
        return False
    if _begins(lead):
        concluded = behind_a_conclusion(behind)
        if concluded is not None and is_another(concluded, one.values):
            return False
        return reason or not [*other_lists(ASIDE.sub(" ", behind), count, one.values)]
    others = [*other_lists(ASIDE.sub(" ", lead), count, one.values, at_end=True)]
    named = not others or (not NAMED.search(lead) and all(of_name for of_name in others))
    return named and not ALONE.search(behind)


def _is_within(front: str) -> bool:
    """Say whether a list stands within other brackets, as in a remark; not in `array([1])`."""
    front = CALLED.sub("", front)
    return sum((sign in OPENING) - (sign in CLOSING) for sign in front) > 0


def _begins(lead: str) -> bool:
    """Say whether only words or a name stand in front of a list."""
    return len(lead) <= LONGEST and not ALONE.search(lead)
