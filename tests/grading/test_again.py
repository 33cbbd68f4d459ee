"""Which mistakes are said to be made again."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark

# 5*5*3*8 + 8 = 608, (32 - 5)/1 + 1 = 28, 14 behind the pool, and 3*3*8*4 + 4 = 292
SPEC: dict[str, Any] = {
    "input": "32x32x3",
    "layers": [{"conv": {"K": 8, "F": 5}}, {"max_pool": 2}, {"conv": {"K": 4, "F": 3}}],
}
FIRST, SECOND = "conv1.parameters", "conv2.parameters"


def told(answers: dict[str, Any], spec: dict[str, Any] = SPEC) -> list[str]:
    """Return what a student is told of each of their answers."""
    asked = {"spec": spec, "questions": list(answers), "show": "always"}
    return [one.feedback for one in mark(asked, answers).marks]


@pytest.mark.parametrize("answers", [{FIRST: 600, SECOND: 288}, {SECOND: 288, FIRST: 600}])
def test_a_mistake_that_was_told_is_made_again(answers: dict[str, int]) -> None:
    """600 and 288 are the weights without the biases, whichever of them goes before."""
    first, second = told(answers)
    assert first.startswith("The biases were forgotten: ")
    assert second.startswith("Again the biases were forgotten: ")


def test_another_mistake_is_not() -> None:
    """3*3*4 + 4 = 40 is without the depth."""
    assert told({FIRST: 600, SECOND: 40})[1].startswith("The depth of the filters was forgotten")


def test_the_answer_of_another_layer_is_that_of_yet_another_one() -> None:
    """14x14x8 is the pool's output, and the input of conv2."""
    first, second = told({"conv1.output": "14x14x8", "conv2.output": "14x14x8"})
    assert "It is the answer for another layer" in first
    assert second.startswith("It is the volume of the input")


def test_a_gradient_that_is_shared_is_the_mean_again() -> None:
    """Means of 2 and 6.5 lead to 5*2 + 7*6.5 - 76 = -20.5, half of whose gradients of -102.5 and
    -143.5 goes to each pixel.
    """
    given = {"input": [[1, 3, 4, 9]], "dense1.weight": [[5, 7]]}
    spec = {
        "input": "4x1",
        "layers": [{"max_pool": 2}, "flatten", {"dense": {"units": 1, "bias": False}}],
        "example": {"given": given, "loss": {"half_squared_error": [76]}},
    }
    gradient = [[-51.25, -51.25, -71.75, -71.75]]
    first, second = told({"max_pool1.value": [[2, 6.5]], "input.grad": gradient}, spec)
    assert first.startswith("The mean was taken")
    again = "Again the mean was taken: the gradient was shared among the pixels of the window"
    assert second.startswith(again)
    (alone,) = told({"input.grad": gradient}, spec)
    assert alone.startswith("The gradient was shared among the pixels of the window")


def test_a_field_may_have_the_stride_of_a_size_again() -> None:
    """(11 - 3)/3 + 1 = 3 for 5 at S=2; 1 + 2 + 2*3 = 9 for 1 + 2 + 2*2 = 7."""
    layers = [{"max_pool": {"F": 3, "S": 2}}, {"conv": {"K": 2, "F": 3}}]
    asked = {"max_pool1.output": "3x3x1", "conv1.receptive_field": "9x9"}
    spec = {"input": "11x11x1", "layers": layers}
    pool, field = mark({"spec": spec, "questions": [*asked]}, asked).marks
    assert "The stride was taken as F: " in pool.feedback
    assert "Again the strides of pools were taken as F: " in field.feedback


def test_of_two_mistakes_that_which_was_told_before_comes_last() -> None:
    """4 filters on 14x14x8 lead to 14 - 3 = 11 without the + 1, and 4x11x11 has the depth first;
    "again" in front of both would be said of both.
    """
    answers = {"conv1.output": "8x28x28", "conv2.output": "4x11x11"}
    second = told(answers)[1]
    assert "he + 1 was forgotten; and again the depth was written first: (14 - 3" in second
    asked = {"spec": SPEC, "questions": list(answers), "show": "hint"}
    hint = mark(asked, answers).marks[1].feedback
    assert "the + 1 was forgotten, and again the depth was written first (here it goes las" in hint
    (alone,) = told({"conv2.output": "4x11x11"})
    assert "gain" not in alone
