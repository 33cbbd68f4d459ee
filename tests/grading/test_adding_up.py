"""Numbers of a softmax that add up to what is known, of which one says nothing of its own."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.adding_up import adding_up
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.chance import room
from shapecalc.grading.marking import Marker
from shapecalc.grading.misconceptions.question_context import QuestionContext

# 1 + 1 + 0.1 = 2.1 and -1 + 1.6 + 0.3 = 0.9: exp(-1.2) = 0.3012, so 1/1.3012 = 0.7685 and 0.2315.
GIVEN = {
    "input": [1, 2],
    "dense1.weight": [[1, 0.5], [-1, 0.8]],
    "dense1.bias": [0.1, 0.3],
}
TWO: dict[str, Any] = {
    "input": 2,
    "layers": [{"dense": 2}, "softmax"],
    "example": {"given": GIVEN, "loss": {"cross_entropy": 0}},
}
# A softmax over three slices of 1x2, behind a convolution of 1x1.
SLICES: dict[str, Any] = {
    "input": "1x2x1",
    "layers": [{"conv": {"K": 3, "F": 1}}, "softmax"],
    "example": {
        "given": {"input": [[1, 2]], "conv1.weight": [[[[1]]], [[[0.5]]], [[[0.2]]]]},
        "loss": {"cross_entropy": [[0, 2]]},
    },
}


@pytest.mark.parametrize(
    ("spec", "ask", "places"),
    [
        (TWO, "softmax1.value", [[0, 1]]),
        (TWO, "dense1.grad", [[0, 1]]),
        (TWO, "dense1.weight.grad", [[0, 2], [1, 3]]),
        (TWO, "dense1.bias.grad", [[0, 1]]),
        (TWO, "dense1.value", []),
        (TWO, "softmax1.grad", []),  # -1/0.7685 and 0
        (TWO, "input.grad", []),
        (TWO, "dense1.grad[0]", []),
        (SLICES, "softmax1.value", [[0, 2, 4], [1, 3, 5]]),
        (SLICES, "conv1.grad", [[0, 2, 4], [1, 3, 5]]),
        ({**TWO, "layers": [{"dense": 2}]}, "dense1.grad", [[0, 1]]),  # the loss has the softmax
        (
            {**TWO, "layers": [{"dense": 2}], "example": {"given": GIVEN, "loss": {"svm": 0}}},
            "dense1.grad",
            [],
        ),
        ({**TWO, "layers": [{"dense": 2}, "sigmoid"]}, "dense1.grad", []),
    ],
)
def test_what_adds_up(spec: Any, ask: str, places: list[list[int]]) -> None:
    (question,) = read_assignment({"spec": spec, "questions": [ask]}).questions
    found = adding_up(QuestionContext(question.subject, question.query, question.right))
    assert found == places


def test_one_of_numbers_that_add_up_leaves_no_more_answers() -> None:
    """0.6 is one of 2*0.6*10 = 12 and 0.1 one of 2*0.2*10 = 4, at any of three places."""
    right = (0.5, 0.3, 0.2)
    assert room(right, (0.6, 0.3, 0.1)) == pytest.approx(3 * 12 * 4)
    assert room(right, (0.6, 0.3, 0.1), added=[[0, 1, 2]]) == pytest.approx(3 * 4)


def test_what_does_not_add_up_is_counted_whole() -> None:
    """0.7 is one of 14 and 0.4 one of 10: with 0.3 that is 1.4."""
    given = (0.7, 0.3, 0.4)
    assert room((0.2, 0.3, 0.5), given, added=[[0, 1, 2]]) == pytest.approx(3 * 14 * 10)


@pytest.mark.parametrize(
    ("answer", "name"), [([0.8022, 0.1978], "bias_not_added"), ([0.8, 0.2], None)]
)
def test_one_decimal_of_two_classes_shows_no_mistake(answer: Any, name: str | None) -> None:
    """Without the biases 2 and 0.6: exp(-1.4) = 0.2466, so 1/1.2466 = 0.8022."""
    assignment = read_assignment({"spec": TWO, "questions": ["softmax1.value"]})
    (mark,) = Marker(assignment).mark("one", {"softmax1.value": answer}).marks
    assert (mark.verdict, mark.misconception, mark.perhaps) == ("wrong", name, False)
