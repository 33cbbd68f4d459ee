"""What wrong models share: windows with other numbers, and arithmetic as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from shapecalc.derivations import Expression, Operation
from shapecalc.geometry import Fit, Padding, Rounding, TransposedFit, fit_transposed, fit_window

Sides = Callable[[int, int], tuple[int, int]]


class Change(NamedTuple):
    """What somebody takes otherwise in the formula of a window's sizes; None: as it is."""

    S: int | None = None
    sides: Sides | None = None  # the zeros before and after, from the right ones
    dilation: int | None = None
    rounding: Rounding | None = None
    less: int = 0  # windows that are missing at the end

    def with_(self, other: Change) -> Change | None:
        """Return both changes at once; None where they are of the same number."""
        if any(a and b for a, b in zip(self, other, strict=True)):
            return None
        return Change(
            self.S or other.S,
            self.sides or other.sides,
            self.dilation or other.dilation,
            self.rounding or other.rounding,
            self.less or other.less,
        )


AS_IS = Change()
MOST_TERMS = 12  # that arithmetic writes out


def refit(fit: Fit, change: Change) -> Fit:
    """Return how a window fits with some of its numbers changed; what is left over is dropped."""
    S, sides, dilation, rounding, _ = change
    policy: Any = "floor" if fit.follows or fit.policy == "exact" else fit.policy
    P: Padding = (fit.before, fit.after)
    if sides is not None:
        P = sides(fit.before, fit.after)
    elif fit.follows:
        P = fit.policy
    S = fit.S if S is None else S
    return fit_window(
        fit.W, fit.F, S, P, fit.dilation if dilation is None else dilation, rounding or policy
    )


def respread(part: TransposedFit, change: Change) -> TransposedFit:
    """Return how a transposed convolution spreads an axis with some of its numbers changed."""
    S, sides, dilation, *_ = change
    P: Padding = (part.before, part.after)
    extra: int | None = part.output_padding
    if sides is not None:
        P = sides(part.before, part.after)
    elif part.policy:
        P, extra = part.policy, part.written
    return fit_transposed(
        part.W,
        part.F,
        part.S if S is None else S,
        P,
        part.dilation if dilation is None else dilation,
        extra,
    )


def as_written(expression: Expression, change: Change) -> Expression:
    """Return a formula as who makes a change writes it, without the zeros that are left out: of
    one side 32 - 5 + 2, and not 32 - 5 + 2 + 0; of both 32 - 5, and not 32 - 5 + 2*0.
    """
    return _without_zeros(expression) if change.sides is not None else expression


def _without_zeros(expression: Expression) -> Expression:
    if not isinstance(expression, Operation):
        return expression
    operands = list(map(_without_zeros, expression.operands))
    if expression.operator == "+":
        operands = [term for term in operands if term != 0] or [0]
        return Operation("+", *operands) if len(operands) > 1 else operands[0]
    nothing = 0 in operands and expression.operator in ("*", "-")
    return 0 if nothing else Operation(expression.operator, *operands)


def times(factors: Iterable[int]) -> str:
    """Return `5*5*3*10`, without factors of 1."""
    return "*".join(str(factor) for factor in factors if factor != 1) or "1"


def applied(positions: str, text: str) -> str:
    """Return `32*32*10 * 5*5*3`, a count at each position; without a count of 1."""
    return " * ".join(filter(None, (positions, text if text != "1" else ""))) or text


def equal(text: str, value: float) -> str:
    """Return `5*5 = 25`; a lone number is not said to be itself. Sizes that were not rounded may
    give a count with decimals, of which two are shown.
    """
    number = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")
    return number if text in (str(value), number) else f"{text} = {number}"


def scaled(value: Any, factor: float) -> Any:
    """Return a number, or every number of nested tuples, times a factor."""
    if isinstance(value, tuple):
        return tuple(scaled(part, factor) for part in value)
    return value * factor


def added(value: Any, other: Any) -> Any:
    """Return the sum of two numbers, or of nested tuples of one shape."""
    if isinstance(value, tuple):
        return tuple(added(a, b) for a, b in zip(value, other, strict=True))
    return value + other


def stepped(old: Any, new: Any, factor: float) -> Any:
    """Return old + factor*(new - old), of numbers or nested tuples."""
    if isinstance(old, tuple):
        return tuple(stepped(a, b, factor) for a, b in zip(old, new, strict=True))
    return old + factor * (new - old)


def terms(numbers: Sequence[int | str]) -> str:
    """Return `3 + 5 + 3`, or how many terms there are."""
    if len(numbers) > MOST_TERMS:
        return f"the sum of {len(numbers)} terms"
    return " + ".join(map(str, numbers))
