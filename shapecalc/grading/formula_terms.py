"""The terms of a sum as it is written: `32 - 5 + 2P` adds up 32, -5 and 4."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from math import isclose as is_close

from shapecalc.grading.arithmetic import MOST_BRACKETS, worked_out
from shapecalc.grading.regex import regex

OVER_S = regex(r"(?<=[)\]])\s*(/)\s*(?:\d+|S)")
ROUND = str.maketrans("[]", "()")
PLAIN = regex(r"\d+(?:\.\d+)?")
Terms = Counter[Fraction]


def counted(*numbers: int) -> Terms:
    """Return numbers as the terms of a sum; 0 is none."""
    return Counter(Fraction(number) for number in numbers if number)


def parts(formula: str) -> tuple[str, str, str]:
    """Return what stands above a stroke, the stroke with the stride, and what stands behind it."""
    above, *rest = OVER_S.split(formula, maxsplit=1)
    return (above, rest[0], rest[1]) if rest else (formula, "", "")


def stands(formula: str, letters: Mapping[str, int], slid: Sequence[Terms], last: Terms) -> bool:
    """Say whether a formula has one of these sums above the stride and the `last` one behind it; or
    both in one sum, where it has no stride.
    """
    above, over, behind = parts(formula)
    terms = terms_of(above, letters)
    if over:
        return terms in slid and terms_of(behind, letters) == last
    return terms in [one + last for one in slid]


def stands_for_any_size(
    formula: str, letters: Mapping[str, int], known: Terms, last: Terms
) -> bool:
    """Say whether a formula with the letter P has these `known` terms and any size besides."""
    return "P" in formula and size_in(formula, letters, known, last) is not None


def size_in(formula: str, letters: Mapping[str, int], known: Terms, last: Terms) -> Fraction | None:
    """Return the size that a formula has besides these `known` terms, whatever it is: 48 in
    `(48 - 3)/2 + 1`; None of another formula.
    """
    above, over, _ = parts(formula)
    terms = terms_of(above, letters)
    left = list((terms - known - (Counter() if over else last)).elements()) if terms else []
    if len(left) != 1 or left[0] <= 0:
        return None
    return left[0] if stands(formula, letters, [known + Counter(left)], last) else None


def is_twice(number: int, formula: str) -> bool:
    """Say whether a formula has a number twice as a product, `2*3` or `3*2`."""
    both = rf"2 ?[*·×] ?{number}|{number} ?[*·×] ?2"
    return re.search(rf"(?<![\w.])(?:{both})(?![\w.])", formula) is not None


def terms_of(formula: str, letters: Mapping[str, int]) -> Terms | None:
    """Return the signed terms of `32 - 5 + 2P`: 32, -5 and 4; None where it is no sum. Those of a
    bracket that is a term are terms, and brackets that are not closed, or not opened, are none.
    """
    text = re.sub(r"(?<=[\d)\]]) ?(?=[WFSP])", "*", formula)
    text = re.sub(r"[WFSP]", lambda letter: str(letters.get(letter[0], letter[0])), text)
    text = re.sub(r"\s", "", text.translate(ROUND))
    return _signed(_in_pairs(text), 0)


def adds_up(formula: str, numbers: Sequence[float]) -> bool:
    """Say whether a formula adds up these numbers, in any order."""
    found = terms_of(formula, {})
    terms = sorted(map(float, found.elements())) if found else []
    wanted = sorted(numbers)
    return len(terms) == len(wanted) and all(map(is_close, terms, wanted))


def adds_some_of(formula: str, terms: Terms, value: object) -> bool:
    """Say whether a formula adds up some of these terms, two at least, to a value, and no other."""
    found = terms_of(formula, {}) or Terms()
    return found.total() > 1 and found <= terms and sum(found.elements()) == value


def _signed(text: str, depth: int) -> Terms | None:
    """Return the signed terms of a sum without spaces whose brackets are all closed."""
    if depth > MOST_BRACKETS:
        return None
    found: Terms = Counter()
    for part in filter(None, _parts_of_sum(text)):
        sign = -1 if part.startswith("-") else 1
        term = part.lstrip("+-")
        inside = _signed(term[1:-1], depth + 1) if _is_bracket(term) else _value(term)
        if inside is None:
            return None
        for value, times in inside.items():
            found[sign * value] += times
    return found


def _value(term: str) -> Terms | None:
    """Return a term that is no sum, as the only one; none for 0."""
    value = Fraction(term) if PLAIN.fullmatch(term) else worked_out(term)
    return None if value is None else Counter({value: 1} if value else {})


def _parts_of_sum(text: str) -> Iterator[str]:
    """Yield the terms of a sum with their signs: what no bracket holds together."""
    begin, depth = 0, 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign in "+-" and not depth:
            yield text[begin:at]
            begin = at
    yield text[begin:]


def _is_bracket(term: str) -> bool:
    """Say whether the bracket that a term begins with ends it."""
    depth = list(accumulate((sign == "(") - (sign == ")") for sign in term))
    return len(term) > 1 and depth.count(0) == 1 == depth[0] and not depth[-1]


def _in_pairs(text: str) -> str:
    """Return a text without brackets that are not closed, or not opened."""
    opened: list[int] = []
    alone: set[int] = set()
    for at, sign in enumerate(text):
        if sign == "(":
            opened.append(at)
        elif sign == ")" and opened:
            opened.pop()
        elif sign == ")":
            alone.add(at)
    alone.update(opened)
    return "".join(sign for at, sign in enumerate(text) if at not in alone)
