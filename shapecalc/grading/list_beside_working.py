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

from shapecalc.grading.answers import OPPOSITE, OR
from shapecalc.grading.bracketed_lists import Bracketed, bracketed_lists, on_one_line
from shapecalc.grading.clauses import BECAUSE
from shapecalc.grading.notation import CHANGED, SO, TITLE
from shapecalc.grading.values import Number, Value, flat
from shapecalc.grading.written_numbers import Unreadable, number_of

LONGEST = 60  # characters in front of a list that begins an answer
CONCLUSION = re.compile(
    r"=>|->|[\u21d2\u2192\u2234]"
    r"|\b(?:so(?! that)|thus|hence|therefore|finally|(?:final )?(?:answer|result)s?)\b",
    re.IGNORECASE,
)
GOES_ON = re.compile(rf"[ ,;.]*(?:{SO.pattern}|=)", re.IGNORECASE)
REASON = re.compile(rf"[ (,;.:]*\b(?:{BECAUSE}|(?:where|from|using)\b)", re.IGNORECASE)
# With these words in its clause a list is not what is stated, but what something is made of.
MADE_OF = re.compile(
    rf"\b(?:{BECAUSE}|(?:with|where|from|for|if|when|using|like|such as|e\.g|compared|vs|than"
    r"|would|could|might)\b)|\b(?:in|at|of|by|on|to|between|and)\W*$",
    re.IGNORECASE,
)
WAS = re.compile(r"\b(?:had|was|were|thought)\b", re.IGNORECASE)
# Further off it is denied with these words, and more is done to it with those behind it.
DENIED = re.compile(
    r"\b(?:not|never|wrong|instead|but|however|should|would|mistake)\b|n['\u2019]t\b", re.IGNORECASE
)
DONE = re.compile(
    r"\b(?:minus|negat\w*|opposite|divid\w*|halved|doubled|scaled|transpos\w*|inverse|flipped"
    r"|rotated|mirrored|swapped)\b",
    re.IGNORECASE,
)
NEXT = re.compile(r"\b(?:then|now)\b", re.IGNORECASE)
OF_OTHERS = re.compile(  # before relu: -3 1 3
    r"\b(?:before|after|without|then|now|first)\b[\w ]{0,30}[:=] ?(?=[-+\d(\[{])", re.IGNORECASE
)
ALONE = re.compile(r"(?<![\w^])\.?\d")  # a number that is none of a name
CLAUSE = re.compile(rf"[,;.!?](?=\s|$)|{ALONE.pattern}")
CUT = re.compile(r"[^\W\d_]{2,}|[.:!?](?=\s|$)|[()\[\]{}]|=>|->|[\u21d2\u2192]")
ASIDE = re.compile(r"\((?=[^()]*[^\W\d_]{2})[^()]*\)")  # (before relu: -3 1 3)
PART = re.compile(r"[,;|]|\s//?\s")
NAMED = re.compile(r"[^\W\d_][\w/\\^{}' ]*[=:] ?$")
NAME = re.compile(r"^ *([^\W\d_]) (?=[-+.\d])")  # s 3, 2, 0
LETTER = re.compile(r"[^\W\d_]")
AROUND = "()[]{} .:"


class Stated(NamedTuple):
    """A list in brackets with as many values as are asked for, the first one of an answer, if it
    does not state another. `plain` says that it does state it, `begins` that it stands in front
    of all and nothing is concluded from it, `reasoned` that a reason stands right behind it there.
    """

    text: str
    values: Sequence[Number]
    plain: bool
    begins: bool
    reasoned: bool

    def differs(self, value: Value) -> bool:
        """Say whether it is another list than one that was read."""
        return not _same(self.values, flat(value))


def list_beside_working(answer: str, count: int, width: int) -> Stated | None:
    """Return the list of `count` values, in rows of `width`, that an answer states; None where it
    has no such list in brackets.
    """
    text = on_one_line(answer)
    found = bracketed_lists(text, count, width)
    if not found:
        return None
    only = sum(one.alone for one in found) == 1 == len({one.values for one in found})
    stated = next((one for one in found if only and _is_plain(text, one)), None)
    one = stated or found[0]
    begins = one.alone and _begins(text[: one.start]) and not GOES_ON.match(text, one.end)
    reasoned = begins and REASON.match(text, one.end) is not None
    return Stated(one.text, one.values, stated is not None, begins, reasoned)


def _is_plain(text: str, one: Bracketed) -> bool:
    """Say whether a list is what its text states: it stands in front of a working or at its end,
    and nothing else may be meant.
    """
    if OR.search(text):
        return False
    front, behind = text[: one.start], text[one.end :]
    lead = _behind_a_conclusion(front)
    lead = front if lead is None else lead
    reason = REASON.match(behind) is not None
    if not one.alone or _is_changed(lead, "" if reason else behind):
        return False
    if _begins(lead):
        concluded = _behind_a_conclusion(behind)
        if concluded is not None and _is_another(concluded, one):
            return False
        return reason or not [*_others(ASIDE.sub(" ", behind), one)]
    others = [*_others(ASIDE.sub(" ", lead), one)]
    named = not others or (not NAMED.search(lead) and all(of_name for of_name in others))
    return named and not ALONE.search(behind)


def _begins(lead: str) -> bool:
    """Say whether only words or a name stand in front of a list."""
    return len(lead) <= LONGEST and not ALONE.search(lead)


def _behind_a_conclusion(text: str) -> str | None:
    """Return what stands behind the last `so`, `the result`; None where there is none."""
    found = [*CONCLUSION.finditer(text)]
    return text[found[-1].end() :] if found else None


def _is_changed(lead: str, behind: str) -> bool:
    """Say whether words in front of a list or behind it make another one of it, or none."""
    lead = TITLE.sub("", f"{lead}[")[:-1]
    near = CLAUSE.split(lead)[-1]
    next_to = CLAUSE.split(OF_OTHERS.sub("0", behind))[0]
    if CHANGED.search(NEXT.sub("", near)) or MADE_OF.search(near) or CHANGED.search(next_to):
        return True
    if any(OPPOSITE.fullmatch(part.strip()) for part in near.split("=")):
        return True
    beside = f"{near} {next_to}"
    return bool(WAS.search(beside) or DENIED.search(f"{lead} {behind}") or DONE.search(behind))


def _is_another(concluded: str, one: Bracketed) -> bool:
    """Say whether a conclusion behind a list gives other values than it has."""
    working, _, result = concluded.rpartition("=")
    values = _numbers(PART.sub(" ", result).strip(AROUND))
    lone = bool(values) and not ALONE.search(working) and not _same(values, one.values)
    return lone or bool([*_others(concluded, one)])


def _others(text: str, one: Bracketed) -> Iterator[bool]:
    """Yield of each list of as many other values, without brackets, whether it has words or a name
    in front; the results of as many steps, `1+2 = 3, 4-2 = 2`, are one, too.
    """
    count = len(one.values)
    results: list[Number] = []
    for words, segment in enumerate(CUT.split(text)):
        run: list[Number] = []
        named = words > 0
        for part in (*PART.split(segment), ""):
            left, equals, right = NAME.sub(r"\1 =", part).rpartition("=")
            values = _numbers(right)
            if values and not equals:
                run += values
                continue
            if len(run) == count and not _same(run, one.values):
                yield named
            run = []
            if values and any(sign.isdigit() for sign in left):
                results += values
            elif values:
                run, named = values, words > 0 or bool(LETTER.search(left))
    if len(results) == count and not _same(results, one.values):
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
