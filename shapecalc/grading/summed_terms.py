"""The sums of products in a student's working, term by term: whether they are a mistake's own.

`9*32` comes to what `3*96` does and is another product; `(5 - 1)*2` is `4*2`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, combinations, groupby
from math import prod

from shapecalc.grading.regex import regex

MOST_FACTORS = 8  # of a term whose factors are taken together in all ways
DIFFERENCE = regex(r"[(\[]\s*(\d{1,9})\s*-\s*(\d{1,9})\s*[)\]]")
THOUSANDS = regex(r"(?<=\d),(?=\d{3}(?!\d))")
SUM = regex(r"[\d\s*×·+]+")
WHOLE = regex(r"\([^()]*\)")
LONE = regex(r"(?<!\w)\d+")
NUMBER = regex(r"\d+")
CHAIN = regex(  # 30 -> 15 -> 7; 30 -> pool 15 -> conv 14
    r"(?<![\w.])\d{1,9}(?:\s*(?:(?:->|=>|→|⇒)\s*(?:[A-Za-z]\w*\s+){0,2}|[,;]\s*)"
    r"\d{1,9}(?![\d.]*\d)){2,}"
)
DASHES = regex(r"(?<![\w.])\d{1,9}(?: [-–] \d{1,9}){2,}(?![\w.]| ?[*+/×·=–-])")

Term = tuple[int, ...]  # its factors but for ones, in order


def is_another_product(
    formulas: Iterable[str], arithmetic: str, *, all_factors: bool = False
) -> bool:
    """Say whether formulas have the terms of a mistake's arithmetic as products of other numbers:
    none of them has the same, or some of these taken together; or such as come to one of these, if
    the arithmetic has not `all_factors` that there are.
    """
    own = _terms(arithmetic)
    if not own:
        return False
    others = [other for formula in formulas if (other := _terms(formula))]
    alike = [other for other in others if _products(own) == _products(other)]
    return bool(alike) and not any(_same_factors(own, other, all_factors) for other in alike)


def is_same_product(formulas: Iterable[str], arithmetic: str) -> bool:
    """Say whether one of the formulas is the product that a mistake's arithmetic is, some of its
    factors maybe taken together: 20*192 for 4*4*12*20.
    """
    own = _terms(arithmetic)
    if own is None or len(own) != 1:
        return False
    others = filter(None, map(_terms, formulas))
    return any(len(other) == 1 and _takes_together(other[0], own[0]) for other in others)


def _takes_together(other: Term, own: Term) -> bool:
    return (
        prod(own) == prod(other)
        and 1 < len(other) <= len(own)
        and _together(other, own, all_factors=False)
    )


def is_of_field(
    formulas: Iterable[str],
    chains: Iterable[Sequence[int]],
    arithmetic: str,
    *,
    all_factors: bool = False,
) -> bool | None:
    """Say whether a receptive field is worked out as a mistake's arithmetic has it: in one sum,
    from one layer to the next, or as fields of one after the other. None where that is not shown.

    If the arithmetic has `all_factors`, it is another mistake with a product of others: 2*2 for 4.
    """
    own = _terms(arithmetic)
    if not own:
        return None
    fields = list(accumulate(map(prod, own)))
    if any(list(chain) == fields[-len(chain) :] for chain in chains):
        return True
    others = [other for formula in formulas if (other := _terms(formula))]
    shown = [_is_end_of(own, other, all_factors) for other in others]
    return next(filter(None, shown), False if False in shown else None)


def is_bare_step(formula: str) -> bool:
    """Say whether a sum is but one step that no product stands in: `13 + 4`."""
    terms = _terms(formula) or []
    return len(terms) == 2 and all(len(term) < 2 for term in terms)


def chains_in(text: str) -> list[tuple[int, ...]]:
    """Return the numbers of `3 -> 7 -> 7 -> 8`, each as often as it changes; and of
    `24 - 12 - 12 - 6`, which is no difference that somebody takes.
    """
    found = [[*map(int, LONE.findall(match[0]))] for match in CHAIN.finditer(text)]
    dashed = ([*map(int, LONE.findall(match[0]))] for match in DASHES.finditer(text))
    found += [numbers for numbers in dashed if 2 * numbers[0] < sum(numbers)]
    chains = (tuple(number for number, _ in groupby(numbers)) for numbers in found)
    return [chain for chain in chains if len(chain) > 2]


def _is_end_of(own: list[Term], other: list[Term], all_factors: bool) -> bool | None:
    """Say whether a sum is one's own, or its last terms added to what stands before them, or has
    several terms for the first one; None where its terms come to others.
    """
    last = own
    if _products(own) != _products(other):
        if len(other) > len(own):
            return _begins_finer(own, other, all_factors)
        (first, *rest), last = other, own[len(own) - len(other) + 1 :]
        before = sum(map(prod, own)) - sum(map(prod, last))
        if len(other) < 2 or prod(first) != before:
            return None
        if list(map(prod, rest)) != list(map(prod, last)):
            return None
        other = rest
    return not all_factors or Counter(term for term in other if len(term) > 1) <= Counter(last)


def _begins_finer(own: list[Term], other: list[Term], all_factors: bool) -> bool | None:
    """Say whether a longer sum has several terms for the first one, and the others, in any order;
    None where the whole comes to something else.
    """
    if sum(map(prod, own)) != sum(map(prod, other)):
        return None
    if not _products(own[1:]) <= _products(other):
        return False
    return not all_factors or Counter(term for term in other if len(term) > 1) <= Counter(own)


def addends(text: str) -> list[int]:
    """Return what the terms of a sum of products come to, in their order; none for another text."""
    return list(map(prod, _terms(text) or ()))


def _terms(text: str) -> list[Term] | None:
    """Return the terms of `5*5*3*10 + 1`, in their order; None for another text."""
    text = DIFFERENCE.sub(lambda found: str(int(found[1]) - int(found[2])), text.partition("=")[0])
    text = THOUSANDS.sub("", text).strip()
    text = text[1:-1] if WHOLE.fullmatch(text) else text
    if not SUM.fullmatch(text):
        return None
    terms = [tuple(map(int, NUMBER.findall(term))) for term in text.split("+")]
    return [tuple(sorted(n for n in term if n != 1)) for term in terms if 0 not in term and term]


def _products(terms: Iterable[Term]) -> Counter[int]:
    return Counter(map(prod, terms))


def _same_factors(own: list[Term], other: list[Term], all_factors: bool) -> bool:
    """Say whether each term has the factors of one that comes to the same, maybe some of them taken
    together.
    """
    return all(
        any(
            prod(term) == prod(mine) and _together(term, mine, all_factors=all_factors)
            for mine in own
        )
        for term in other
    )


def _together(term: Term, own: Term, *, all_factors: bool) -> bool:
    few, many = sorted((term, own), key=len)
    if all_factors and many is term:
        return term == own
    return len(many) > MOST_FACTORS or _grouped(few, many)


def _grouped(few: Term, many: Term) -> bool:
    """Say whether factors fall into groups that come to fewer ones."""
    if not few:
        return not many
    for size in range(1, len(many) + 1):
        for group in {*combinations(many, size)}:
            rest = tuple(sorted((Counter(many) - Counter(group)).elements()))
            if prod(group) == few[0] and _grouped(few[1:], rest):
                return True
    return False
