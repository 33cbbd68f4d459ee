"""The number that a mistake gives is told with the places that the student wrote."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker

# 0.3*0.7 + 0.5*0.4193 = 0.21 + 0.20965 = 0.41965, and with the bias of 1 it is 1.41965.
SPEC: dict[str, Any] = {
    "input": 2,
    "layers": [{"dense": 1}, "relu"],
    "example": {
        "given": {"input": [0.3, 0.5], "dense1.weight": [[0.7, 0.4193]], "dense1.bias": [1]},
    },
}


def feedback(answer: str, ask: str = "dense1.value") -> str:
    marker = Marker(read_assignment({"spec": SPEC, "questions": [{"id": "a", "ask": ask}]}))
    (mark,) = marker.mark("somebody", {"a": answer}).marks
    assert (mark.verdict, mark.misconception) == ("wrong", "bias_not_added")
    return mark.feedback


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("0.41965", "it would be 0.41965."),
        ("0.4197", "it would be 0.4197."),
        ("0.420", "it would be 0.42."),
        ("0.42", "it would be 0.42."),
        ("0.4195", "it would be about 0.4195."),  # of terms that were rounded, no rounding of it
    ],
)
def test_a_number_is_told_as_it_was_written(answer: str, told: str) -> None:
    assert told in feedback(answer)
    assert told in feedback(f"[{answer}]", "relu1.value")


def test_the_right_answer_keeps_its_places() -> None:
    assert "The right answer is 1.41965: 0.7*0.3 + 0.4193*0.5 + 1 = 1.41965." in feedback("0.42")


def test_a_value_of_another_layer_is_told_as_it_was_written() -> None:
    """The sigmoid was left out: 0.41965 is what goes into it."""
    spec = {
        "input": 2,
        "layers": [{"dense": 1}, "sigmoid"],
        "example": {
            "given": {"input": [0.3, 0.5], "dense1.weight": [[0.7, 0.4193]], "dense1.bias": [0]},
        },
    }
    marker = Marker(
        read_assignment({"spec": spec, "questions": [{"id": "a", "ask": "sigmoid1.value"}]})
    )
    (mark,) = marker.mark("somebody", {"a": "0.420"}).marks
    assert "dense1 = 0.42." in mark.feedback
