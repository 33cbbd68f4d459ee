"""How a loss of an executed example follows: the squares, the logarithm, the margins."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING, Any

from shapecalc.derivations import Expression, Operation, minus, over, plus, times
from shapecalc.grading.values import flat
from shapecalc.network.example import OF_CLASSES

if TYPE_CHECKING:
    from shapecalc.executor.example_check import ComputedExample

HALVES = {"half_squared_error": 2}


def loss_expression(computed: ComputedExample) -> Expression | None:
    """Return the arithmetic of the loss; None for several outputs, and for positions of classes."""
    example, outputs = computed.example, computed.trace.outputs
    if len(example.loss) != 1 or len(outputs) != 1:
        return None
    (name,), (wanted,) = outputs, example.loss.values()
    output = computed.array(computed.session.names.find(name))
    count = len(output)
    if example.loss_kind in OF_CLASSES:
        if output.ndim != 2:
            return None
        classes = wanted.values if isinstance(wanted.values, list) else [wanted.values]
        hinge = example.loss_kind == "svm"
        rows = zip(
            output if hinge else _probabilities(computed, output), flat(classes), strict=True
        )
        terms = [t for s, at in rows for t in (_hinge if hinge else _logarithm)(s, int(at))]
    else:
        values = zip(output.reshape(-1), flat(wanted.values), strict=True)
        terms = [_square(float(a), float(y)) for a, y in values]
        if example.loss_kind == "mean_squared_error":
            count = len(terms)
    found: Expression = plus(*terms) if len(terms) > 1 else terms[0]
    below = count * HALVES.get(str(example.loss_kind), 1)
    found = over(found, below) if below > 1 else found
    decay = example.weight_decay
    return plus(found, _decay(computed, decay)) if decay else found


def _square(a: float, y: float) -> Expression:
    return Operation("^", plus(a, minus(y)), 2)


def _logarithm(p: Any, at: int) -> list[Expression]:
    return [minus(Operation("ln", float(p[at])))]


def _hinge(scores: Any, at: int) -> list[Expression]:
    own = float(scores[at])
    others = [float(score) for j, score in enumerate(scores) if j != at]
    return [Operation("max", 0, plus(score, minus(own), 1)) for score in others]


def _probabilities(computed: ComputedExample, output: Any) -> list[list[float]]:
    """Return the probabilities, whatever the network ends with."""
    rows: list[list[float]] = output.tolist()
    if computed.trace.layers[-1].kind == "softmax":
        return rows
    return [_softmax(row) for row in rows]


def _softmax(scores: list[float]) -> list[float]:
    powers = [exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]


def _decay(computed: ComputedExample, decay: float) -> Expression:
    squares = sum(float((weight * weight).sum()) for *_, weight in computed.session.decaying())
    return times(over(decay, 2), squares)
