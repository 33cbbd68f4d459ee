"""A sentence that names another quantity than the one that is asked for."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker

# z = (2*1 + 1*2, 4*1 + 0*2) = (4, 4), p = (1/2, 1/2), p - y = (-1/2, 1/2), its outer product with
# (1, 2) the weights' gradient, a tenth of which is taken from the weights.
SPEC: dict[str, Any] = {
    "input": 2,
    "layers": [{"dense": 2}, "softmax"],
    "example": {
        "given": {"input": [1, 2], "dense1.weight": [[2, 1], [4, 0]], "dense1.bias": [0, 0]},
        "loss": {"cross_entropy": 0},
        "rate": 0.1,
    },
}
RIGHT = {
    "dense1.weight.next": "[[2.05, 1.1], [3.95, -0.1]]",
    "dense1.weight.grad": "[[-0.5, -1], [0.5, 1]]",
    "dense1.bias.grad": "[-0.5, 0.5]",
    "dense1.grad": "[-0.5, 0.5]",
    "softmax1.value": "[0.5, 0.5]",
    "loss": "0.693",
}
NEXT, WEIGHTS, BIASES, SCORES, P, LOSS = RIGHT


@cache
def marker(ask: str) -> Marker:
    return Marker(read_assignment({"spec": SPEC, "questions": [{"id": "a", "ask": ask}]}))


def verdict(ask: str, text: str) -> str:
    return marker(ask).mark("somebody", {"a": text.format(RIGHT[ask])}).marks[0].verdict


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (NEXT, "The gradient is {}"),
        (NEXT, "the gradient of the loss is {}."),
        (NEXT, "gradient: {}"),
        (NEXT, "The gradient is [[1, 2], [3, 4]]"),
        (NEXT, "So the new bias is {}"),
        (WEIGHTS, "The loss is {}"),
        (WEIGHTS, "The new weights are {}"),
        (WEIGHTS, "The gradient of the bias is {}"),
        (BIASES, "the weight gradient is {}"),
        (SCORES, "The gradient of the weights is {}"),
        (P, "The gradient is {}"),
        (LOSS, "The gradient is {}"),
    ],
)
def test_values_that_are_named_as_something_else_wait(ask: str, text: str) -> None:
    assert verdict(ask, text) == "needs a look"


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (NEXT, "The new weights are {}"),
        (NEXT, "new weights = old - lr*gradient = {}"),
        (NEXT, "After the gradient step I get {}"),
        (NEXT, "The gradient step gives {}"),
        (NEXT, "By the gradient of the loss: {}"),
        (WEIGHTS, "The gradient of the loss is {}"),
        (WEIGHTS, "The loss gradient is {}"),
        (WEIGHTS, "The gradient of the weights is {}"),
        (BIASES, "The gradient of the loss with respect to the bias is {}"),
        (SCORES, "The gradient is {}"),
        (P, "The probabilities are {}"),
        (LOSS, "The cross-entropy loss is {}"),
    ],
)
def test_a_sentence_that_names_what_is_asked_for_is_read(ask: str, text: str) -> None:
    assert verdict(ask, text) == "right"
