"""How a parameter follows from several steps, or one of Adam's: gradient, velocity, new value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from shapecalc.derivations import Derivation, Expression, Operation, minus, over, plus, times
from shapecalc.grading.worked_out import shows, worked_out
from shapecalc.network.example import Example

if TYPE_CHECKING:
    from shapecalc.executor.example_check import ComputedExample

MOST = 4  # steps that are told


def descent_derivations(
    computed: ComputedExample, key: str, place: Sequence[int]
) -> list[Derivation]:
    """Return how one number of a parameter follows, step by step; nothing for many steps."""
    example = computed.example
    if example.steps > MOST or len(computed.descent) < example.steps:
        return []
    target = computed.session.names.find(key)
    kernel, what = computed.session.engine.steps[target.at].kernel, target.parameter
    numbers: list[list[float]] = []
    for step in computed.descent:
        laid_out = (kernel.from_kernel_layout(what, part) for part in step[target.at, what])
        numbers.append([float(a[(*(0,) * (a.ndim - len(place)), *place)]) for a in laid_out])
    found = [d for n, _ in enumerate(numbers, 1) for d in _step(example, what, n, numbers)]
    right = (d.expression is not None and shows(d.expression, d.value) for d in found)
    return found if all(right) else []


def _step(
    example: Example, what: str, number: int, numbers: Sequence[Sequence[float]]
) -> Iterator[Derivation]:
    """Yield what a step of a number does; each has gradient, mean, square, before and after."""
    gradient, mean, square, before, after = numbers[number - 1]
    last_mean, last_square = numbers[number - 2][1:3] if number > 1 else (0.0, 0.0)
    optimizer, down = example.optimizer, gradient
    yield _told(f"gradient in step {number}", gradient, gradient)
    if optimizer.momentum:
        velocity = plus(times(optimizer.momentum, last_mean), gradient)
        yield _told("velocity", mean, velocity)
        down = mean
    step: Expression = times(example.rate or 0.0, down)
    if optimizer.adam:
        first, second = optimizer.beta1, optimizer.beta2
        square_now = Operation("^", gradient, 2)
        yield _told("mean", mean, _averaged(first, last_mean, gradient))
        yield _told("mean square", square, _averaged(second, last_square, square_now))
        corrected = over(mean, plus(1, minus(Operation("^", first, number))))
        corrected_square = over(square, plus(1, minus(Operation("^", second, number))))
        m, v = worked_out(corrected), worked_out(corrected_square)
        yield _told("mean, corrected", m, corrected)
        yield _told("mean square, corrected", v, corrected_square)
        root = plus(Operation("^", v, 0.5), optimizer.epsilon)
        step = over(times(example.rate or 0.0, m), root)
    yield _told(f"{what} after step {number}", after, plus(before, minus(step)))


def _averaged(beta: float, last: float, now: Expression) -> Expression:
    """Return a mean that follows the numbers as they come."""
    return plus(times(beta, last), times(plus(1, minus(beta)), now))


def _told(of: str, value: float, expression: Expression) -> Derivation:
    return Derivation("value", value, expression, reason="beside_its_answer", given={"of": of})
