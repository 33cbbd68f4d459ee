"""How an example's parameters go down the gradient: plainly, with momentum, or as Adam does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Optimizer(NamedTuple):
    """Gradient descent, whose `momentum` is 0 where it is plain; or Adam, with its three numbers.

    `corrected` is what Adam does with its means; somebody may forget it.
    """

    adam: bool = False
    momentum: float = 0.0
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    corrected: bool = True


PLAIN = Optimizer()
ADAM = ("beta1", "beta2", "epsilon")
DIVISORS = ("epsilon",)  # numbers that Adam divides by; the others may be 0, for a plain step
WANTED = "momentum or adam, with numbers from 0 to below 1, or nothing"
EXAMPLE = "for example {momentum: 0.9}, adam or {adam: {beta1: 0.9, beta2: 0.999}}"


def read_optimizer(written: Any) -> Optimizer | None:
    """Return what is written as an optimizer; None for what is none."""
    if written is None:
        return PLAIN
    if written == "adam":
        return Optimizer(adam=True)
    if not isinstance(written, Mapping) or len(written) != 1:
        return None
    ((kind, numbers),) = written.items()
    if kind == "momentum":
        return Optimizer(momentum=float(numbers)) if _is_share(kind, numbers) else None
    if kind != "adam" or not isinstance(numbers, Mapping) or not set(numbers) <= set(ADAM):
        return None
    if not all(_is_share(key, number) for key, number in numbers.items()):
        return None
    given: dict[str, Any] = {str(key): float(number) for key, number in numbers.items()}
    return Optimizer(adam=True, **given)


def _is_share(key: Any, number: Any) -> bool:
    if type(number) not in (int, float) or not 0 <= number < 1:
        return False
    return number > 0 or key not in DIVISORS
