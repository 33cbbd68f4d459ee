"""Derivations: how a number follows, as data. Their sentences are made in reports/sentences.py.

An expression is a number, or an operation on expressions, a tuple of an operator and its operands:
`("+", ("/", ("+", 227, ("-", 11), ("*", 2, 0)), 4), 1)` for (227 - 11 + 2*0)/4 + 1. The operators
are + and * of two or more (a lone one stands for itself), / of two, - of one (a term that is
subtracted), floor, ceil, exp, tanh and ln of one, ^ of two, and max of two or more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from fractions import Fraction

Expression: TypeAlias = "int | float | Fraction | Operation"


# Plain classes: a NamedTuple costs every command half a millisecond, and few show a derivation.
class Operation(tuple[Any, ...]):
    """An operator with its operands. Its text is arithmetic, `(227 - 11 + 2*0)/4 + 1`."""

    __slots__ = ()

    def __new__(cls, operator: str, *operands: Expression) -> Operation:
        return tuple.__new__(cls, (operator, *operands))

    @property
    def operator(self) -> str:
        """Which operation it is."""
        return str(self[0])

    @property
    def operands(self) -> tuple[Expression, ...]:
        """What it is done with, in order."""
        return self[1:]

    def __str__(self) -> str:
        return text(self)


def plus(*terms: Expression) -> Operation:
    """Return the sum of terms; one in `minus` is subtracted."""
    return Operation("+", *terms)


def minus(term: Expression) -> Operation:
    """Return a term as a sum subtracts it."""
    return Operation("-", term)


def times(*factors: Expression) -> Operation:
    """Return the product of factors."""
    return Operation("*", *factors)


def over(above: Expression, below: Expression) -> Operation:
    """Return a quotient."""
    return Operation("/", above, below)


def rounded(how: str, expression: Expression) -> Operation:
    """Return an expression rounded, with `floor` or `ceil`."""
    return Operation(how, expression)


class Derivation:
    """How one number, or one volume, follows.

    `value` is what `expression` comes to; None is unknown. `part` is the axis (height, depth) or
    the parameter (running_mean) that it is about, None where that is all of it. Where words say
    more than arithmetic, `reason` names them, and `given` has the values that they speak of.
    `beside` are further derivations that are told in the same breath.
    """

    __slots__ = ("beside", "expression", "given", "part", "quantity", "reason", "value")

    def __init__(
        self,
        quantity: str,
        value: Any,
        expression: Expression | None = None,
        *,
        part: str | None = None,
        reason: str = "",
        given: Mapping[str, Any] | None = None,
        beside: Sequence[Derivation] = (),
    ) -> None:
        self.quantity = quantity
        self.value = value
        self.expression = expression
        self.part = part
        self.reason = reason
        self.given = given or {}
        self.beside = tuple(beside)

    def of_part(self, part: str) -> Derivation:
        """Return the same derivation, said to be about one part."""
        return Derivation(
            self.quantity, self.value, self.expression,
            part=part, reason=self.reason, given=self.given, beside=self.beside,
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Derivation):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    __hash__ = None  # type: ignore[assignment]  # `given` is a mapping

    def __repr__(self) -> str:
        return f"Derivation({', '.join(f'{n}={getattr(self, n)!r}' for n in self.__slots__)})"


def text(expression: Expression, number: Callable[[Any], str] = str) -> str:
    """Return an expression as arithmetic, its numbers written by `number`.

    A sum inside of another expression stands in brackets, a product of products has wide signs.
    """
    if not isinstance(expression, Operation):
        return number(expression)
    operator = expression[0]
    if operator == "+":
        return "".join(_terms(expression[1:], number))
    if operator == "*":
        factors = [_operand(factor, number) for factor in expression[1:]]
        if len(factors) == 1:
            return factors[0]
        wide = [f for f in expression[1:] if isinstance(f, Operation) and f[0] == "*"]
        return (" * " if wide else "*").join(factors)
    if operator == "/":
        above, below = _operand(expression[1], number), _operand(expression[2], number)
        compound = isinstance(expression[2], Operation) and expression[2][0] in ("*", "/")
        return f"{above}/({below})" if compound else f"{above}/{below}"
    if operator == "^":
        return f"{_operand(expression[1], number)}^{_operand(expression[2], number)}"
    if operator == "-":
        return f"-{_operand(expression[1], number)}"
    inside = [
        text(operand, number) if isinstance(operand, Operation) else number(operand)
        for operand in expression[1:]
    ]
    return f"{operator}({', '.join(inside)})"


def _terms(terms: Sequence[Expression], number: Callable[[Any], str]) -> list[str]:
    parts: list[str] = []
    for term in terms:
        if not isinstance(term, Operation | int | float):  # a size that has a name: a sum, maybe
            shown = number(term)
            parts += (" + ", shown) if parts else (shown,)
        elif not parts:
            parts.append(_operand(term, number))
        elif isinstance(term, Operation) and term[0] == "-":
            parts += (" - ", _operand(term[1], number))
        else:
            parts += (" + ", _operand(term, number))
    return parts


def _operand(expression: Expression, number: Callable[[Any], str]) -> str:
    """Return a part of an expression, a sum and a negative number in brackets."""
    if isinstance(expression, Operation):
        shown = text(expression, number)
        return f"({shown})" if expression[0] == "+" else shown
    shown = number(expression)
    return f"({shown})" if shown[0] == "-" or _is_sum(shown) else shown


def _is_sum(shown: str) -> bool:
    """Say whether a number is written as a sum: one that depends on a size with a name."""
    if " " not in shown:
        return False
    depth = 0
    for sign in shown:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == " " and not depth:
            return True
    return False
