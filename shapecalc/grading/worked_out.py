"""What arithmetic comes to: it is shown only where that is the number that it explains."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf, log, prod, tanh

from shapecalc.derivations import Expression, Operation, plus

MOST = 30  # terms that are written out
MOST_PRODUCTS = 6  # of a sum that are written out whatever they are
OTHERS_ARE_0 = "(the other products are 0)"
MOST_EXPONENT = 700  # beyond it a power of e has no float


def shows(expression: Expression, value: float) -> bool:
    """Say whether an expression is short enough to be read, and comes to a value."""
    if _terms(expression) > MOST:
        return False
    return abs(worked_out(expression) - value) <= 1e-9 * max(1.0, abs(value))


def worked_out(expression: Expression) -> float:
    """Return what an expression comes to."""
    if not isinstance(expression, Operation):
        return float(expression)
    values = [worked_out(operand) for operand in expression.operands]
    return float(OPERATORS[expression.operator](values))


def without_zeros(expression: Expression) -> Expression:
    """Return a sum of many products without those that are 0, if most are but not all: a gradient
    that a max pool or a ReLU lets through at a few places has few others.
    """
    if not isinstance(expression, Operation) or expression.operator != "+":
        return expression
    terms = expression.operands
    products = [t for t in terms if isinstance(t, Operation) and t.operator == "*"]
    zeros = [product for product in products if worked_out(product) == 0]
    if len(products) <= MOST_PRODUCTS or not len(products) <= 2 * len(zeros) < 2 * len(products):
        return expression
    return plus(*(t for t in terms if not any(t is zero for zero in zeros)))


OPERATORS: dict[str, Callable[[list[float]], float]] = {
    "+": sum,
    "*": prod,
    "/": lambda values: values[0] / values[1],
    "-": lambda values: -values[0],
    "^": lambda values: values[0] ** values[1],
    "max": max,
    "min": min,
    "exp": lambda values: exp(values[0]) if values[0] < MOST_EXPONENT else inf,
    "tanh": lambda values: tanh(values[0]),
    "ln": lambda values: log(values[0]) if values[0] > 0 else -inf,
}


def _terms(expression: Expression) -> int:
    """Return how many numbers an expression has, of two in a product one."""
    if not isinstance(expression, Operation):
        return 1
    inside = sum(map(_terms, expression.operands))
    return (inside + 1) // 2 if expression.operator == "*" else inside
