"""Totals of parameters without biases, in networks with norms, and the points that they get.

8x8x3, 4 filters of 3x3: 108 + 4 = 112, a norm of 4 + 4 = 8; 6x6x4, 6 filters of 3x3: 216 + 6 = 222,
a norm of 6 + 6 = 12; 4*4*6 = 96 values, 5 units: 480 + 5 = 485; 2 units: 10 + 2 = 12. In all 851,
with weights of 108 + 4 + 216 + 6 + 480 + 10 = 824 and betas of 4 + 6 = 10.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": "8x8x3",
    "layers": [
        {"conv": {"K": 4, "F": 3}}, "batch_norm", {"conv": {"K": 6, "F": 3}}, "batch_norm",
        "flatten", {"dense": 5}, {"dense": 2},
    ],
}  # fmt: skip
HALF = 0.5


def last(answers: dict[str, Any], mistake: str = "forgot_bias", **more: Any) -> Mark:
    """Return the mark of the last answer, where a mistake has half the points, and so has what
    follows from an earlier slip.
    """
    assignment = {"spec": SPEC, "questions": list(answers), "partial": {mistake: HALF}}
    read = read_assignment(assignment | {"follow_through": HALF} | more)
    assert read.usable, read.diagnostics
    return Marker(read).mark("one", answers).marks[-1]


@pytest.mark.parametrize("total", [834, "834 (108 + 8 + 216 + 12 + 480 + 10)"])
@pytest.mark.parametrize(
    "before", [{}, {"batch_norm1.parameters": 8}, {"conv1.parameters": 108}], ids=str
)
def test_who_forgets_biases_may_count_the_betas(before: dict[str, Any], total: Any) -> None:
    """A right norm does not speak against it: it has a beta, whatever is thought of biases."""
    mark = last({**before, "total.parameters": total})
    assert (mark.misconception, mark.perhaps, mark.points) == ("forgot_bias", False, HALF)
    told = "the weights, and the betas of the batch norms, come to 834."
    assert mark.feedback.partition("iases were forgotten: ")[2].startswith(told)


def test_betas_are_named_by_the_kinds_of_norms() -> None:
    """8x8x3, 108 + 4 and 4 + 4 of each norm; 4 units on 8*8*4 values: 1,024 + 4."""
    layers = [{"conv": {"K": 4, "F": 3, "P": 1}}, "batch_norm", "layer_norm", {"dense": 4}]
    mark = last({"total.parameters": 108 + 8 + 8 + 1024}, spec={"input": "8x8x3", "layers": layers})
    assert mark.misconception == "forgot_bias"
    assert "the weights, and the betas of the norms, come to 1,148" in mark.feedback


@pytest.mark.parametrize(
    ("answers", "points"),
    [
        # in convolutions alone: 108 + 8 + 216 + 12 + 485 + 12
        ({"conv1.parameters": 108, "total.parameters": 841}, HALF),
        # in dense layers alone, and one bias in conv1: 109 + 8 + 222 + 12 + 480 + 10
        ({"conv1.parameters": 109, "dense1.parameters": 480, "total.parameters": 841}, HALF / 2),
        # in all layers but conv1, which has no depth: 36 + 4 + 8 + 216 + 12 + 480 + 10
        ({"conv1.parameters": 40, "dense1.parameters": 480, "total.parameters": 766}, HALF / 2),
    ],
)
def test_a_mistake_that_all_own_terms_have_is_one(answers: dict[str, Any], points: float) -> None:
    mark = last(answers)
    assert (mark.misconception, mark.points) == ("forgot_bias", points)
    assert ("it follows from an earlier slip" in mark.feedback) is (points < HALF)


def test_own_weights_with_the_mistake_of_the_other_terms_are_one_with_them() -> None:
    """One filter in conv1, 27 of its weights and 4 biases, and in conv2, 36 + 1: 31 + 8 + 37 + 12 +
    485 + 12 = 585.
    """
    mark = last({"conv1.weights": 27, "total.parameters": 585}, "forgot_filters")
    assert (mark.misconception, mark.points) == ("forgot_filters", HALF)
