"""The gradient of a convolution's bias or filters divided by the number of its positions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.grading.test_tied_pools import marked

# 1, 2, 3 and 6 come back, together 12, and 1*1 + 2*2 + 3*3 + 4*6 = 38 for the weight; from the own
# 8 for the 6 it is 14, and 1 + 4 + 9 + 32 = 46.
SPEC: dict[str, Any] = {
    "input": "2x2x1",
    "layers": [{"conv": {"K": 1, "F": 1}}, "relu"],
    "example": {
        "given": {"input": [[1, 2], [3, 4]], "conv1.weight": [[[[1]]]], "conv1.bias": [0]},
        "upstream": {"relu1": [[1, 2], [3, 6]]},
        "rate": 0.1,
    },
}
OWN = {"conv1.grad": [[1, 2], [3, 8]]}
BIAS, WEIGHT = (f"the gradient of a {what} is the sum over them" for what in ("bias", "filter"))


@pytest.mark.parametrize(
    ("asked", "answer", "told"),
    [
        ("conv1.bias.grad", "3 (mean over the 4 positions)", BIAS),
        ("conv1.bias.grad", "12/4 = 3", BIAS),
        ("conv1.weight.grad", "9.5 (average)", WEIGHT),
    ],
)
def test_the_mean_over_the_positions_is_told_of(asked: str, answer: Any, told: str) -> None:
    (mark,) = marked({asked: answer}, SPEC).values()
    assert (mark.misconception, mark.perhaps) == ("gradient_averaged", False)
    assert told in mark.feedback


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("conv1.bias.grad", "3.5 (mean over the 4 positions)"),
        ("conv1.bias.grad", "14/4 = 3.5"),
        ("conv1.bias.grad", "(1 + 2 + 3 + 8)/4 = 3.5"),
        ("conv1.weight.grad", "11.5 (mean)"),
    ],
)
def test_so_it_is_of_own_values(asked: str, answer: str) -> None:
    _, mark = marked({**OWN, asked: answer}, SPEC).values()
    assert (mark.misconception, mark.perhaps) == ("gradient_averaged", False)
    assert "with your answer [[1, 2], [3, 8]] to question 1" in mark.feedback


@pytest.mark.parametrize(
    ("answers", "misconception"),
    [
        ({"conv1.bias.grad": 12}, None),
        ({**OWN, "conv1.bias.grad": 14}, None),  # which follows
        # A step with the own mean follows from that.
        ({"conv1.bias.grad": 3, "conv1.bias.next": -0.3}, None),
        # The weight's gradient is the sum: a lone number tells too little against that.
        ({**OWN, "conv1.weight.grad": 46, "conv1.bias.grad": 3.5}, None),
    ],
)
def test_where_it_is_not(answers: dict[str, Any], misconception: str | None) -> None:
    *_, mark = marked(answers, SPEC).values()
    assert mark.misconception == misconception


def test_the_mean_of_the_squares_is_likelier_where_it_is_over_as_many() -> None:
    """180/4, over the 4 outputs of the loss."""
    spec = {
        "input": "2x2x1",
        "layers": [{"conv": {"K": 1, "F": 1, "bias": False}}],
        "example": {
            "given": {"input": [[1, 2], [3, 4]], "conv1.weight": [[[[3]]]]},
            "loss": {"squared_error": [[0, 0], [0, 0]]},
        },
    }
    (mark,) = marked({"conv1.weight.grad": 45}, spec).values()
    assert (mark.misconception, mark.perhaps) == ("loss_mean", False)
