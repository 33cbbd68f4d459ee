"""A mistake in what follows from a student's own numbers, which were rounded when they were written
down and not when they were gone on with.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

# (0.1*2 - 3)*2 = -5.6 comes back to the weight, and 0.1 + 0.1*5.6 = 0.66
STEP: dict[str, Any] = {
    "input": 1,
    "layers": [{"dense": {"units": 1, "bias": False}}],
    "example": {
        "given": {"input": [2], "dense1.weight": [[0.1]]},
        "loss": {"half_squared_error": [3]},
        "rate": 0.1,
    },
}


def behind(own: Any, answer: Any, key: str = "next", spec: dict[str, Any] = STEP) -> Mark:
    """Return the mark of an answer behind a student's own gradient of the weights."""
    first, then = "dense1.weight.grad", f"dense1.weight.{key}"
    return mark({"spec": spec, "questions": [first, then]}, {first: own, then: answer}).marks[1]


@pytest.mark.parametrize(
    ("own", "answer", "name"),
    [
        (-6.5, 6.6, "rate_forgotten"),
        (-6.5, 6.596, "rate_forgotten"),  # 0.1 + 6.496
        (-6.5, 6.604, "rate_forgotten"),
        (-6.5, 6.605, "rate_forgotten"),
        (-6.5, 6.606, None),  # 6.506 is written 6.51
        (-6.5, 6.594, None),
        (-6.496, 6.6, "rate_forgotten"),  # 6.596, rounded
        (-6.496, 6.5999, None),  # 6.4999 is not written 6.496
        (-6.496, 6.592, None),
        (-7, 7.096, None),  # a whole number is exact
        (-6.5, -0.5496, "gradient_added"),  # 0.1 - 0.1*6.496
        (-6.5, -0.5507, None),
    ],
)
def test_a_mistake_is_found_where_the_own_number_had_more_digits_than_were_written(
    own: float, answer: float, name: str | None
) -> None:
    found = behind(own, answer)
    assert (found.verdict, found.misconception) == ("wrong", name)
    told = f"your answer {own:g} to question 1"
    instead = f"From {told} it would be {0.1 - 0.1 * own:g}."
    assert found.feedback.startswith(instead) is (name is None)
    assert told in found.feedback
    assert not found.perhaps


def test_what_follows_from_more_digits_than_were_written_has_no_mistake() -> None:
    assert behind(-6.5, 0.7496).verdict == "followed through"  # 0.1 + 0.1*6.496


def test_what_a_mistake_gives_is_told_with_the_number_that_was_written() -> None:
    feedback = behind(-6.5, 6.596).feedback
    told = "The learning rate was left out: with your answer -6.5 to question 1,"
    assert feedback.startswith(f"{told} weight - gradient = 6.6.")


def test_every_value_of_an_array_has_to_be_one_that_it_may_be() -> None:
    """0.1 + 6.496 and 0.2 + 3.254 without the rate."""
    given = {"input": [2, 1], "dense1.weight": [[0.1, 0.2]]}
    spec = {**STEP, "input": 2, "example": {**STEP["example"], "given": given}}
    own = [[-6.5, -3.25]]
    for answer, name in (
        ([[6.596, 3.454]], "rate_forgotten"),
        ([[6.596, 3.45]], "rate_forgotten"),
        ([[6.596, 3.456]], None),
        ([[6.606, 3.454]], None),
        ([[6.596]], None),
    ):
        assert behind(own, answer, spec=spec).misconception == name


def step(weight: float, target: float, rate: float) -> dict[str, Any]:
    """Return the network with other numbers."""
    example = {
        "given": {"input": [2], "dense1.weight": [[weight]]},
        "loss": {"half_squared_error": [target]},
        "rate": rate,
    }
    return {**STEP, "example": example}


def test_of_two_mistakes_that_it_may_be_none_is_told() -> None:
    """0.006 - 0.9*6.5 = -5.844 with the gradient added, -5.85 for the step alone: 0.0045 off."""
    spec = step(0.006, 3, 0.9)
    for answer, name in ((-5.847, None), (-5.842, "gradient_added"), (-5.853, "step_alone")):
        assert behind(-6.5, answer, spec=spec).misconception == name


def test_no_more_digits_are_believed_than_are_known() -> None:
    """0.1234 + 0.254 = 0.3774 without the rate, one of fewer than a hundred with two decimals."""
    spec = step(0.1234, 0.3, 0.1)
    assert behind(-0.25, 0.3774, spec=spec).misconception is None
    assert behind(-0.254, 0.3774, spec=spec).misconception == "rate_forgotten"


def test_what_may_be_almost_anything_is_no_mistake() -> None:
    """10*(8.83 - 0.33) = 85 may be anything from 84.95 to 85.05; its sign is wrong."""
    spec = {
        "input": 1,
        "layers": [{"dense": {"units": 1, "bias": False}}],
        "example": {
            "given": {"input": [10], "dense1.weight": [[0.8]]},
            "loss": {"half_squared_error": [0.33]},
        },
    }
    asked = ["dense1.value", "dense1.weight.grad"]
    for own, answer, name in (
        (8.83, -85, "gradient_sign"),
        (8.83, -85.013, None),
        (8.8313, -85.013, "gradient_sign"),
    ):
        answers = dict(zip(asked, (own, answer), strict=True))
        found = mark({"spec": spec, "questions": asked}, answers).marks[1]
        assert found.misconception == name
