"""The multiply-accumulates of a layer in the working of its FLOPs: `6*5*20 * 2*2*40` of 2x2 filters
is their product, and no filter of 2*40 values with two operations for each.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Protocol

from shapecalc.grading.regex import regex
from shapecalc.grading.summed_terms import is_same_product

if TYPE_CHECKING:
    from shapecalc.grading.cause import Cause
    from shapecalc.grading.misconceptions.question_context import QuestionContext

MACS = frozenset(("macs_for_flops",))
OPERATIONS = 2  # of each
TWICE = f"{OPERATIONS} * "  # in front of what a mistake makes of the MACs
PRODUCT = regex(r"[\d\s()*×·]+")
BRACKETS = regex(r"[()]")
NUMBER = regex(r"\d+")
IN_FRONT_OF_BRACKETS = regex(rf"{OPERATIONS}\s*[*×·]\s*\(|.*\)\s*[*×·]\s*{OPERATIONS}\s*$")


class Worked(Protocol):
    """What a working has: its formulas."""

    @property
    def formulas(self) -> tuple[str, ...]: ...


def shows_macs(working: Worked, context: QuestionContext, cause: Cause) -> bool | None:
    """Say whether what comes to the MACs is worked out as these are, of a cause that gives them for
    the FLOPs: not by one that takes something else twice, where no 2 stands by itself at an end.
    None where that is not shown, as by a 2 which is one of the layer's sizes as well.
    """
    own = context.weighted
    if context.key != "flops" or own is None:
        return None
    numbers = [*own.positions, *own.F, own.deep, own.K]
    if cause.wrong.value != prod(numbers):
        return None
    products = list(filter(PRODUCT.fullmatch, working.formulas))
    bare = (BRACKETS.sub("", product) for product in products)
    if not is_same_product(bare, "*".join(map(str, numbers))):
        return None
    open_to_both = OPERATIONS in (*own.positions, own.deep, own.K)
    doubled = any(map(_is_doubled, products))
    if cause.names == MACS:
        return open_to_both or not doubled or None
    other = cause.wrong.arithmetic.startswith(TWICE) and not open_to_both and not doubled
    return False if other else None


def _is_doubled(product: str) -> bool:
    """Say whether a 2 stands at one end of a product without another beside it, or with all
    other factors in brackets.
    """
    if IN_FRONT_OF_BRACKETS.match(product):
        return True
    factors = [int(number) for number in NUMBER.findall(product)]
    ends = factors[:2], factors[:-3:-1]
    return any(end[0] == OPERATIONS != end[-1] for end in ends if len(end) > 1)
