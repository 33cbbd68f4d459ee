"""Several mistakes that give one number in what follows from a student's own values."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark


def marked(spec: Any, answers: dict[str, Any], **more: Any) -> dict[str, Mark]:
    """Return the marks of one student's answers, by what is asked."""
    more = {"follow_through": 1, **more}
    assignment = read_assignment({"spec": spec, "questions": list(answers), **more})
    assert assignment.usable, assignment.diagnostics
    return {mark.id: mark for mark in Marker(assignment).mark("one", answers).marks}


def averaged(pool: Any) -> dict[str, Any]:
    """Return slices of the means 3 and 1 and the largest 6 and 4, in front of 1.7 and -0.5."""
    return {
        "input": "2x2x2",
        "layers": ["relu", pool, {"dense": {"units": 1, "bias": False}}],
        "example": {
            "given": {
                "input": [[[1, 2], [3, 6]], [[0, 0], [0, 4]]], "dense1.weight": [[1.7, -0.5]],
            },
            "loss": {"half_squared_error": [1]},
        },
    }  # fmt: skip


@pytest.mark.parametrize("pool", [{"avg_pool": 2}, "global_avg_pool"])
def test_an_own_gradient_is_sent_back_whole(pool: Any) -> None:
    """1.7*3.9 = 6.63 comes back to the pool, and a quarter of it to each pixel; of a pixel that is
    the largest a max pool would make as much.
    """
    answers = {"dense1.grad": 3.9, "relu1.grad[0,1,1]": 6.63}
    found = marked(averaged(pool), answers, partial={"pool_gradient_whole": 0.5})
    mark = found["relu1.grad[0,1,1]"]
    assert (mark.misconception, mark.perhaps, mark.points) == ("pool_gradient_whole", False, 0.5)
    assert "with your answer 3.9 to question 1, with the whole gradient at every" in mark.feedback


def test_of_one_number_the_mistake_with_own_values_is_meant() -> None:
    """1.7*5 - 0.5*0.6 = 8.2 is what the largest, 1.7*6 - 0.5*4, would lead to as well: 8.2 - 1, and
    1.7*7.2 = 12.24 for a quarter of it.
    """
    answers = {
        "global_avg_pool1.value": [5, 0.6], "dense1.value": 8.2, "dense1.grad": 7.2,
        "relu1.grad[0,1,1]": 12.24,
    }  # fmt: skip
    partial = {"pool_gradient_whole": 0.5}
    *_, mark = marked(averaged("global_avg_pool"), answers, partial=partial).values()
    assert (mark.misconception, mark.perhaps, mark.points) == ("pool_gradient_whole", True, 0.5)
    assert "with your answer 7.2 to question 3, with the whole gradient at every" in mark.feedback


def test_two_mistakes_that_give_the_same_own_values_are_both_told() -> None:
    """Of 1 and 2 the weights make 1.3 + 2*2.1 = 5.5 and 4.2 + 2*1.7 = 7.6; columns for rows make
    1.3 + 2*4.2 = 9.7 and 2.1 + 2*1.7 = 5.5, and -4.2 and 2.1 are the biases.
    """
    given = {"input": [3, 1], "dense1.weight": [[1.3, 2.1], [4.2, 1.7]], "dense1.bias": [-4.2, 2.1]}
    spec = {"input": 2, "layers": ["relu", {"dense": 2}], "example": {"given": given}}
    answers = {"relu1.value": [1, 2], "dense1.value": [5.5, 7.6]}
    mark = marked(spec, answers, partial={"dense_transposed": 0.5})["dense1.value"]
    assert (mark.misconception, mark.points) == ("bias_not_added or dense_transposed", 0.5)
    assert "Otherwise it follows from your answer [1, 2] to question 1." in mark.feedback
