"""How a loss of an executed example follows: the squares, the logarithm, the margins."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING, Any

from shapecalc.derivations import Derivation, Expression, Operation, minus, over, plus, times
from shapecalc.grading.values import flat
from shapecalc.grading.wording import in_a_row
from shapecalc.grading.worked_out import shows, worked_out
from shapecalc.network.example import OF_CLASSES

if TYPE_CHECKING:
    from shapecalc.executor.example_check import ComputedExample

MOST_NAMED = 6  # layers of which the squared weights are told one by one
HALVES = {"half_squared_error": 2}
SQUARE = "(output - target)^2"


def loss_derivations(computed: ComputedExample, value: float) -> list[Derivation]:
    """Return how the loss follows, behind the probability that its logarithm is taken of; nothing
    where that is not written out.
    """
    expression = loss_expression(computed)
    if expression is None or not shows(expression, value):
        return []
    given = {"formula": _formula(computed)}
    loss = Derivation("value", value, expression, reason="beside_its_answer", given=given)
    return [*_probability(computed), loss]


def _formula(computed: ComputedExample) -> str:
    """Return what the numbers of a loss are, in words."""
    example, count = computed.example, computed.session.count
    ((name, wanted),) = example.loss.items()
    classes = [int(at) for at in flat(wanted.values)] if example.loss_kind in OF_CLASSES else []
    own = f"class {classes[0]}" if count == 1 and classes else "the class"
    outputs = computed.array(
        computed.session.names.find(name or next(iter(computed.trace.outputs)))
    )
    many = outputs[0].size > (2 if example.loss_kind == "svm" else 1)  # terms of one example
    said = {
        "cross_entropy": f"-ln(probability of {own})",
        "svm": f"{'sum of ' if many else ''}max(0, score - score of {own} + 1)",
        "mean_squared_error": f"{'mean of ' if many else ''}{SQUARE}",
    }.get(str(example.loss_kind), f"{'sum of ' if many else ''}{SQUARE}")
    if example.loss_kind in HALVES:
        said = f"({said})/2" if many else f"{said}/2"
    if count > 1:
        said = f"mean over the examples of {said}"
    layers = [*squared_weights(computed)]
    if not layers:
        return said
    whose = f" of {in_a_row(layers)}" if 1 < len(layers) <= MOST_NAMED else ""
    return f"{said} + weight_decay/2 * sum of the squared weights{whose}"


def _probability(computed: ComputedExample) -> list[Derivation]:
    """Return how the probability of the one class follows from scores that no softmax takes."""
    example = computed.example
    if example.loss_kind != "cross_entropy" or computed.session.count > 1:
        return []
    if computed.trace.layers[-1].kind in ("softmax", "log_softmax"):
        return []
    ((_, wanted),) = example.loss.items()
    (name,) = computed.trace.outputs
    scores = computed.array(computed.session.names.find(name))[0].tolist()
    at = int(flat(wanted.values)[0])
    powers = [Operation("exp", score) for score in scores]
    expression = over(powers[at], plus(*powers))
    value = worked_out(expression)
    if not shows(expression, value):
        return []
    given = {"of": f"probability of class {at}"}
    return [Derivation("value", value, expression, reason="beside_its_answer", given=given)]


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
    squares = squared_weights(computed).values()
    if not squares:
        return found
    few = 1 < len(squares) <= MOST_NAMED
    return plus(
        found, times(over(example.weight_decay, 2), plus(*squares) if few else sum(squares))
    )


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


def squared_weights(computed: ComputedExample) -> dict[str, float]:
    """Return the sum of the squared weights of each layer that a weight decay takes hold of, by its
    name; of none where there is no decay.
    """
    found: dict[str, float] = {}
    for at, _, weight in computed.session.decaying():
        name = computed.trace.layers[at].name
        found[name] = found.get(name, 0.0) + float((weight * weight).sum())
    return found
