"""A student's marks do not hang on who was marked before."""

from __future__ import annotations

import random
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.diagnosis import Diagnosis
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Marked
from shapecalc.grading.values import flat, shown

CONV = [
    [[[0, 1, 0], [1, 2, -1], [0, -1, 1]], [[1, 0, 0], [0, 1, 1], [2, 0, 0]]],
    [[[1, 0, 0], [0, -1, 0], [0, 1, 1]], [[0, 1, 0], [1, 0, -1], [0, 2, 0]]],
]
SPEC: dict[str, Any] = {
    "input": "3x3x2",
    "layers": [
        {"conv": {"K": 2, "F": 3, "S": 2, "P": 1}}, "relu", {"max_pool": 2}, "flatten",
        {"dense": 2},
    ],
    "example": {
        "given": {
            "input": [[[1, 2, 0], [0, 1, 3], [2, 0, 1]], [[0, 1, 1], [2, 0, 0], [1, 0, 2]]],
            "conv1.weight": CONV,
            "conv1.bias": [1, -2],
            "dense1.weight": [[1, -1], [0.5, 2]],
            "dense1.bias": [0, 1],
        },
        "loss": {"svm": 0},
        "rate": 0.1,
    },
}  # fmt: skip
ASKS = [
    "conv1.value", "relu1.value", "max_pool1.value", "dense1.value", "loss", "dense1.weight.grad",
    "max_pool1.grad", "conv1.grad", "conv1.bias.grad", "conv1.bias.next", "dense1.bias.next",
    "conv1.output", "dense1.parameters", "total.parameters",
]  # fmt: skip
PARTIAL = {"bias_not_added": 0.5, "gradient_added": 0.5, "forgot_bias": 0.5}


def marker() -> Marker:
    """Return one that knows nothing yet."""
    assignment = read_assignment({"spec": SPEC, "questions": ASKS, "partial": PARTIAL})
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment)


def test_one_question_does_not_hang_on_what_others_answered_to_another() -> None:
    """Only who takes absolute values and turns rows and columns as well gets 1.05 and -1.7, and
    turned ones were once looked at only behind a wrong loss.
    """
    answers = {"conv1.bias.next": "1.05, -1.7"}
    alone = marker().mark("Bob", answers)
    together = marker()
    together.mark("Ann", {"loss": "3"})
    assert together.mark("Bob", answers) == alone


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_in_any_order_marks_are_the_same(seed: int) -> None:
    draw = random.Random(seed)
    students = [answers_of(draw) for _ in range(12)]
    alone = [marker().mark("x", answers) for answers in students]
    for _ in range(2):
        order = draw.sample(range(len(students)), len(students))
        together = marker()
        found: dict[int, Marked] = {at: together.mark("x", students[at]) for at in order}
        assert [found[at] for at in range(len(students))] == alone


def answers_of(draw: random.Random) -> dict[str, str]:
    """Return answers by which many a mistake is looked for: each its own, or a number aside."""
    questions = marker().assignment.questions
    diagnosis = Diagnosis({question.id: 0 for question in questions})
    answers = {}
    for question in draw.sample(questions, draw.choice((6, len(questions)))):
        causes = diagnosis.explanations(question).single
        if causes and draw.random() < 0.6:
            answers[question.id] = shown(draw.choice(causes).wrong.value)
        else:
            numbers = [draw.choice((0, 0.05, 1, -1, 2)) + number for number in flat(question.right)]
            answers[question.id] = ", ".join(map(str, numbers))
    return answers
