"""Workings of gradients that go back through weights of another layer, and through equal ones."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment

GIVEN = {"input": [1, 3], "dense1.weight": [[1, 2], [3, 4]]}


def working(*layers: Any, ask: str) -> str:
    dense = {"dense": {"units": 2, "bias": False}}
    example = {"given": GIVEN, "loss": {"half_squared_error": [0, 0]}}
    spec = {"input": "2", "layers": [dense, "relu", *layers], "example": example}
    (question,) = read_assignment({"spec": spec, "questions": [ask]}).questions
    return question.working


@pytest.mark.parametrize(
    ("share", "told"),
    [
        # [7, 15] goes in: 7 + 2*15 = 37, 3*7 + 4*15 = 81; back come 37 + 3*81 = 280 and 398
        ("dense1", "1*37 + 3*81 = 280"),
        # transposed: 7 + 3*15 = 52, 2*7 + 4*15 = 74; back come 52 + 2*74 = 200 and 452
        ({"weight": "dense1", "transposed": True}, "1*52 + 2*74 = 200"),
    ],
)
def test_what_comes_back_goes_through_the_weights_of_their_owner(share: Any, told: str) -> None:
    layer = {"dense": {"units": 2, "bias": False, "share": share}}
    assert told in working(layer, ask="relu1.grad")


def test_a_long_row_of_equal_gradients_is_told_in_steps() -> None:
    """Of 7 and 15, which nothing changes, half the squares come back as 7 and 15."""
    told = working(*["flatten"] * 1500, ask="dense1.grad")
    assert told.endswith("= 7")
    assert len(told) < 5000
