"""MACs and FLOPs that go on from own weights.

12x12x3, 4 filters of 3x3: 3*3*3*4 = 108 weights at 10*10 = 100 positions, 10,800 MACs; 5 units on
10*10*4 = 400 values: 2,000 weights, as many MACs.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": "12x12x3",
    "layers": [{"conv": {"K": 4, "F": 3}}, "flatten", {"dense": 5}],
}


def last(answers: dict[str, Any]) -> Mark:
    assignment = {"spec": SPEC, "questions": list(answers), "follow_through": 0.5}
    return mark(assignment, answers).marks[-1]


@pytest.mark.parametrize(
    ("answers", "sources"),
    [
        ({"conv1.weights": 118, "conv1.macs": "100*118 = 11800"}, "your answer 118 to question 1"),
        ({"conv1.weights": 36, "conv1.macs": 3600}, "your answer 36 to question 1"),  # no depth
        (  # 12*12*118 = 16,992
            {"conv1.output": "12x12x4", "conv1.weights": 118, "conv1.macs": 16_992},
            "your answer 12x12x4 to question 1 and your answer 118 to question 2",
        ),
        ({"dense1.weights": 2345, "dense1.macs": 2345}, "your answer 2,345 to question 1"),
    ],
)
def test_macs_go_on_from_own_weights(answers: dict[str, Any], sources: str) -> None:
    found = last(answers)
    assert (found.verdict, found.points) == ("followed through", 0.5)
    assert found.feedback.startswith(f"It follows correctly from {sources}.")


@pytest.mark.parametrize(
    ("convention", "answers", "sources"),
    [
        ({}, {"conv1.flops": "2*100*118 = 23600"}, "your answer 118 to question 1"),
        (  # 2*12*12*118
            {},
            {"conv1.output": "12x12x4", "conv1.flops": 33_984},
            "your answer 12x12x4 to question 2 and your answer 118 to question 1",
        ),
        ({"mac": 1, "bias": 0}, {"conv1.flops": 11_800}, "your answer 118 to question 1"),
        ({"bias": 1}, {"conv1.flops": "23600 + 400 = 24000"}, "your answer 118 to question 1"),
        ({"mac": 2, "bias": 2}, {"conv1.flops": 24_400}, "your answer 118 to question 1"),
        (  # 33,984 + 12*12*4
            {"bias": 1},
            {"conv1.output": "12x12x4", "conv1.flops": 34_560},
            "your answer 12x12x4 to question 2 and your answer 118 to question 1",
        ),
    ],
)
def test_flops_do_so_however_they_are_counted(
    convention: dict[str, int], answers: dict[str, Any], sources: str
) -> None:
    given = {"conv1.weights": 118, **answers}
    asked = {"spec": SPEC, "questions": list(given), "follow_through": 0.5, "flops": convention}
    found = mark(asked, given).marks[-1]
    assert (found.verdict, found.points) == ("followed through", 0.5)
    assert found.feedback.startswith(f"It follows correctly from {sources}.")


def test_flops_by_another_convention_than_asked_do_not_follow() -> None:
    assert last({"conv1.weights": 118, "conv1.flops": 24_000}).verdict == "wrong"
    assert last({"conv1.weights": 118, "conv1.flops": 23_601}).verdict == "wrong"


def test_flops_wait_for_weights_that_are_not_read() -> None:
    assert last({"conv1.weights": "see page 2", "conv1.flops": 23_600}).verdict == "needs a look"


def test_macs_wait_for_weights_that_are_not_read() -> None:
    assert last({"conv1.weights": "see page 2", "conv1.macs": 11_800}).verdict == "needs a look"
    assert last({"conv1.output": "see page 2", "conv1.macs": 10_800}).verdict == "right"
    other = {"dense1.weights": "see page 2", "conv1.macs": 11_801}
    assert last(other).verdict == "wrong"


def test_other_numbers_do_not() -> None:
    assert last({"conv1.weights": 118, "conv1.macs": 11_801}).verdict == "wrong"
    assert last({"dense1.weights": 118, "conv1.macs": 11_800}).verdict == "wrong"
    assert last({"conv1.weights": 118, "conv1.macs": 10_800}).verdict == "right"
