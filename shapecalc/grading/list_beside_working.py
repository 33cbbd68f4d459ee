"""The list that an answer states beside its working: `max pool: 1, 3, 4, 6, so s = [3, 2, 0]`, and
`s = (3, 2, 0), max pool gives 1 3 4 6, 1-4+6 = 3, ...`.

It is the only one in brackets with as many values as are asked for, and stands in front of the
working or at its end. Where words take it back, or something else may be meant as well, a person
has to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import isclose as is_close
from typing import NamedTuple

from shapecalc.grading.answers import OR
from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.bracketed_lists import CALLED, Bracketed, bracketed_lists, on_one_line
from shapecalc.grading.clauses import BECAUSE
from shapecalc.grading.lists import AND, CLOSING, OPENING
from shapecalc.grading.notation import SO
from shapecalc.grading.values import Number, Value, flat, width_of
from shapecalc.grading.words_beside_list import ALONE, is_changed
from shapecalc.grading.written_numbers import Unreadable, number_of

LONGEST = 60  # characters in front of a list that begins an answer
CONCLUSION = re.compile(
    r"=>|->|[\u21d2\u2192\u2234]"
    r"|\b(?:so(?! that)|thus|hence|therefore|finally|(?:final )?(?:answer|result)s?)\b",
    re.IGNORECASE,
)
GOES_ON = re.compile(rf"[ ,;.]*(?:{SO.pattern}|=)", re.IGNORECASE)
REASON = re.compile(rf"[ (,;.:]*\b(?:{BECAUSE}|(?:where|from|using)\b)", re.IGNORECASE)
CUT = re.compile(r"[^\W\d_]{2,}|[.:!?](?=\s|$)|[()\[\]{}]|=>|->|[\u21d2\u2192]")
ASIDE = re.compile(r"\((?=[^()]*[^\W\d_]{2})[^()]*\)")  # (before relu: -3 1 3)
PART = re.compile(r"[,;|]|\s//?\s")
NAMED = re.compile(r"[^\W\d_][\w/\\^{}' ]*[=:] ?$")
WITH_NAME = re.compile(r"^ *([^\W\d_]) (?=[-+.\d])")  # s 3, 2, 0
LONE = re.compile(r"\W*\d[\d.]*\W*")  # a factor, or the number of something
LETTER = re.compile(r"[^\W\d_]")
AROUND = "()[]{} .:"


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
        return not _same(self.values, flat(value))


def list_beside_working(answer: str, right: Value, key: str) -> Stated | None:
    """Return the list with as many values as the right one that an answer states, to a question of
    a `key`; None where it has no such list in brackets.
    """
    text = on_one_line(answer)
    found = bracketed_lists(text, len(flat(right)), width_of(right))
    if not found:
        return None
    only = sum(one.alone for one in found) == 1 == len({one.values for one in found})
    stated = next((one for one in found if only and _is_plain(text, one, key)), None)
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
    others = [one for one in found if one.alone and not _same(one.values, flat(read))]
    return any(
        not GOES_ON.match(text, one.end) and not is_changed(text[: one.start], "", key)
        for one in others
    )


def has_bare_list(answer: str, count: int) -> bool:
    """Say whether so many values stand without brackets among the words of an answer."""
    text = on_one_line(answer)
    return bool(LETTER.search(text)) and any(True for _ in _others(text, count, ()))


def _is_plain(text: str, one: Bracketed, key: str) -> bool:
    """Say whether a list is what its text states: it stands in front of a working or at its end,
    and nothing else may be meant.
    """
    front, behind, count = text[: one.start], text[one.end :], len(one.values)
    if OR.search(text) or not one.alone or _is_within(front) or LONE.fullmatch(behind):
        return False
    lead = _behind_a_conclusion(front)
    lead = front if lead is None else lead
    reason = REASON.match(behind) is not None
    if LONE.fullmatch(lead) or is_changed(lead, "" if reason else behind, key):
        return False
    if _begins(lead):
        concluded = _behind_a_conclusion(behind)
        if concluded is not None and _is_another(concluded, one):
            return False
        return reason or not [*_others(ASIDE.sub(" ", behind), count, one.values)]
    others = [*_others(ASIDE.sub(" ", lead), count, one.values, at_end=True)]
    named = not others or (not NAMED.search(lead) and all(of_name for of_name in others))
    return named and not ALONE.search(behind)


def _is_within(front: str) -> bool:
    """Say whether a list stands within other brackets, as in a remark; not in `array([1])`."""
    front = CALLED.sub("", front)
    return sum((sign in OPENING) - (sign in CLOSING) for sign in front) > 0


def _begins(lead: str) -> bool:
    """Say whether only words or a name stand in front of a list."""
    return len(lead) <= LONGEST and not ALONE.search(lead)


def _behind_a_conclusion(text: str) -> str | None:
    """Return what stands behind the last `so`, `the result`; None where there is none."""
    found = [*CONCLUSION.finditer(text)]
    return text[found[-1].end() :] if found else None


def _is_another(concluded: str, one: Bracketed) -> bool:
    """Say whether a conclusion behind a list gives other values than it has."""
    working, _, result = concluded.rpartition("=")
    values = _numbers(PART.sub(" ", result).strip(AROUND))
    lone = bool(values) and not ALONE.search(working) and not _same(values, one.values)
    return lone or bool([*_others(concluded, len(one.values), one.values)])


def _others(
    text: str, count: int, stated: Sequence[Number], at_end: bool = False
) -> Iterator[bool]:
    """Yield of each list of so many other values than are stated, without brackets, whether it has
    words or a name in front; the results of as many steps, `1+2 = 3, 4-2 = 2`, are one, too, but
    not in front of what is `at_end`, if they are gone on with: `e^1 = 2.7, e^0 = 1, sum 3.7, p =`.
    """
    results: list[Number] = []
    for words, segment in enumerate(CUT.split(AND.sub(",", text))):
        run: list[Number] = []
        named = words > 0
        for part in (*PART.split(segment), ""):
            left, equals, right = WITH_NAME.sub(r"\1 =", part).rpartition("=")
            values = _numbers(right)
            if values and at_end and len(results) == count:
                results = []
            if values and not equals:
                run += values
                continue
            if len(run) == count and not _same(run, stated):
                yield named
            run = []
            if values and any(sign.isdigit() for sign in left):
                results += values
            elif values:
                run, named = values, words > 0 or bool(LETTER.search(left))
            elif not equals and (value := worked_out(right)) is not None:
                results.append(float(value))
    if len(results) == count and not _same(results, stated):
        yield True


def _numbers(text: str) -> list[Number]:
    """Return the numbers that stand between blanks; none where anything else stands there."""
    with suppress(Unreadable):
        return [number_of(part) for part in text.split()]
    return []


def _same(values: Sequence[Number], others: Sequence[Number]) -> bool:
    """Say whether values are the same, rounded or not."""
    if len(values) != len(others):
        return False
    return all(is_close(a, b, rel_tol=0.01) for a, b in zip(values, others, strict=True))
