"""A filter's gradient from one window alone, of right gradients and of a student's own."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

# 1, 2, 4, 3, 5 less the one before each: 1, 2, -1, 2, and the second and the fourth are the largest
# of two. The first weight meets 2 and 3 there, the second 4 and 5.
INPUT = {"input": [[1, 2, 4, 3, 5]], "conv1.weight": [[[-1, 1]]]}
CONV = {"conv": {"K": 1, "F": 2, "bias": False}}


def pulled(*back: float) -> dict[str, Any]:
    """Return the network with what comes back to its pool."""
    example = {"given": INPUT, "upstream": {"max_pool1": [[*back]]}}
    return {"input": "5x1", "layers": [CONV, {"max_pool": 2}], "example": example}


# 1.7*2 + 0.6*2 = 4.6 is 1 too much: 1.7 and 0.6 come back to the pool.
SPEC: dict[str, Any] = {
    "input": "5x1",
    "layers": [CONV, {"max_pool": 2}, {"dense": {"units": 1, "bias": False}}],
    "example": {
        "given": {**INPUT, "dense1.weight": [[1.7, 0.6]]}, "loss": {"half_squared_error": [3.6]},
    },
}  # fmt: skip


def marked(spec: Any, answers: dict[str, Any]) -> dict[str, Mark]:
    """Return the marks of one student's answers, by what is asked."""
    assignment = read_assignment({
        "spec": spec, "questions": list(answers), "follow_through": 1,
        "partial": {"first_window_only": 0.5},
    })  # fmt: skip
    assert assignment.usable, assignment.diagnostics
    return {mark.id: mark for mark in Marker(assignment).mark("one", answers).marks}


def test_the_first_window_with_a_gradient_is_one_window() -> None:
    """Nothing comes back to the first: 2*1.7 and 4*1.7 are those of the second."""
    (mark,) = marked(pulled(1.7, 0.6), {"conv1.weight.grad": [[[3.4, 6.8]]]}).values()
    assert (mark.misconception, mark.perhaps, mark.points) == ("first_window_only", False, 0.5)
    told = "Only one window was counted; a filter's gradient is the sum over all positions."
    assert told in mark.feedback


def test_two_numbers_do_not_show_another_window_than_the_first_with_a_gradient() -> None:
    """3*0.6 and 5*0.6."""
    (mark,) = marked(pulled(1.7, 0.6), {"conv1.weight.grad": [[[1.8, 3]]]}).values()
    assert mark.misconception is None


@pytest.mark.parametrize(
    ("own", "of", "answer"),
    [
        ("dense1.grad", 1.5, 4 * 1.7 * 1.5),
        ("max_pool1.grad[0,0]", 2.9, 4 * 2.9),  # whatever the other one is
    ],
)
def test_one_window_of_an_own_gradient(own: str, of: float, answer: float) -> None:
    answers = {own: of, "conv1.weight.grad[0,0,1]": answer}
    mark = marked(SPEC, answers)["conv1.weight.grad[0,0,1]"]
    assert (mark.misconception, mark.perhaps, mark.points) == ("first_window_only", False, 0.5)
    assert f"Only one window was counted: with your answer {of} to question 1," in mark.feedback


def test_a_mistake_that_takes_what_was_not_given_is_not_told() -> None:
    """Turned round it is the first weight's, 2*2.9 + 3*0.6 = 7.6; nobody gave the 0.6."""
    answers = {"max_pool1.grad[0,0]": 2.9, "conv1.weight.grad[0,0,1]": 7.6}
    mark = marked(SPEC, answers)["conv1.weight.grad[0,0,1]"]
    assert "to question 1" not in mark.feedback


def test_one_window_or_a_turned_gradient() -> None:
    """2.4 and 0.6 come back where 3 and 2 are: the first weight meets these there, and the last one
    1.5 and 6. 3*2.4 = 7.2 is 1.5*2.4 + 6*0.6 as well.
    """
    given = {
        "input": [[-1, 3, 5], [2, -4, 1.5], [7, 6, 8]], "conv1.weight": [[[[1, 0], [0, 0]]]],
    }  # fmt: skip
    spec = {
        "input": "3x3x1",
        "layers": [{"conv": {"K": 1, "F": 2, "bias": False}}, "relu"],
        "example": {"given": given, "upstream": {"relu1": [[1, 2.4], [0.6, 1]]}},
    }
    (mark,) = marked(spec, {"conv1.weight.grad[0,0,0,0]": 7.2}).values()
    assert (mark.misconception, mark.points) == ("first_window_only or weight_gradient_turned", 0.5)
    assert "erhaps only one window was counted: from a single window it would" in mark.feedback
    assert "; or the gradient of the filter was turned by 180 degrees: " in mark.feedback


# The first filter takes the upper left pixel of its window, the second the upper right one. Of the
# two windows of the pool, 7 at [1,0] and 9 at [1,3] are the largest, and 6 at [1,1] and 9 at [1,2].
TWO: dict[str, Any] = {
    "input": "3x5x1",
    "layers": [{"conv": {"K": 2, "F": 2, "bias": False}}, "relu", {"max_pool": 2}],
    "example": {
        "given": {
            "input": [[1, 2, 5, 3, 2], [7, 4, 6, 9, 1], [3, 8, 2, 1, 4]],
            "conv1.weight": [[[[1, 0], [0, 0]]], [[[0, 1], [0, 0]]]],
        },
        "upstream": {"max_pool1": [[[3, -2]], [[5, 4]]]},
    },
}  # fmt: skip
# -2*[[9, 1], [1, 4]] and 4*[[6, 9], [2, 1]]
SECOND = [[[[-18, -2], [-2, -8]]], [[[24, 36], [8, 4]]]]


def test_the_windows_that_a_pool_kept_of_one_of_its_own() -> None:
    """The right ones have 3*[[7, 4], [3, 8]] and 5*[[4, 6], [8, 2]] as well."""
    right = [[[[3, 10], [7, 16]]], [[[44, 66], [48, 14]]]]
    (mark,) = marked(TWO, {"conv1.weight.grad": right}).values()
    assert mark.verdict == "right"
    (mark,) = marked(TWO, {"conv1.weight.grad": SECOND}).values()
    assert (mark.misconception, mark.perhaps) == ("one_window_only", False)
    told = "Only one window was counted; a filter's gradient is the sum over all positions."
    assert told in mark.feedback


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ([[[5, 2, 2]]], "one_window_only"),
        ([[[6, 6, 6]]], None),  # the last one's 3*2, which is one number
        ([[[1, 5, 2]]], "first_window_only"),
    ],
)
def test_one_of_three_windows(answer: Any, name: str | None) -> None:
    """1*[1, 5, 2] + 1*[5, 2, 2] + 3*[2, 2, 2] = [12, 13, 10]."""
    example = {
        "given": {"input": [[1, 5, 2, 2, 2]], "conv1.weight": [[[1, 1, 1]]]},
        "upstream": {"conv1": [[1, 1, 3]]},
    }
    spec = {
        "input": "5x1", "layers": [{"conv": {"K": 1, "F": 3, "bias": False}}], "example": example,
    }  # fmt: skip
    (mark,) = marked(spec, {"conv1.weight.grad": [[[12, 13, 10]]]}).values()
    assert mark.verdict == "right"
    (mark,) = marked(spec, {"conv1.weight.grad": answer}).values()
    assert mark.misconception == name
