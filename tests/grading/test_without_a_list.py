"""An answer in words where a list is asked for is told how many numbers that has."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker

SPEC: dict[str, Any] = {
    "input": "3x3x1",
    "layers": [{"conv": {"K": 2, "F": 2, "bias": False}}, "flatten", {"dense": 3}],
    "example": {
        "given": {
            "input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
            "conv1.weight": [[[[1, 0], [0, 1]]], [[[0, 1], [1, 0]]]],
            "dense1.weight": [[1] * 8, [2] * 8, [3] * 8],
            "dense1.bias": [1, 2, 3],
        },
        "upstream": {"dense1": [1, 1, 1]},
    },
}
UNREAD = "It could not be read as a list of numbers, so it has no points yet:"
LOOK = " a teacher has to look at it."


def told(ask: str, answer: str, **more: Any) -> str:
    asked = read_assignment({"spec": SPEC, "questions": [ask], **more})
    (mark,) = Marker(asked).mark("Ada", {ask: answer}).marks
    assert mark.verdict == "needs a look"
    return mark.feedback


@pytest.mark.parametrize(
    ("ask", "wanted"),
    [
        ("dense1.value", "Three numbers are asked for."),
        ("dense1.weight.grad", "24 numbers in three rows are asked for."),
        ("conv1.value", "2x2x2 numbers are asked for."),
    ],
)
@pytest.mark.parametrize(
    "answer",
    ["old weights minus half of number 1", "W - 0.5 * dW", "the same as above", "as in W1 and W2"],
)
def test_how_many_numbers_are_asked_for_is_told(ask: str, wanted: str, answer: str) -> None:
    assert told(ask, answer) == f"{UNREAD}{LOOK} {wanted}"


def test_nothing_of_the_answer_is_told_where_its_author_wants_that() -> None:
    assert told("dense1.value", "see above", show="never") == f"{UNREAD}{LOOK}"


@pytest.mark.parametrize(
    ("ask", "answer", "wanted"),
    [
        ("dense1.value", "first 12 then perhaps 7", "Three numbers are asked for."),
        ("conv1.value", "[[6, 8], [12, 14]] and 0 everywhere else", "2x2x2 numbers are asked for."),
    ],
)
def test_of_too_few_numbers_it_is_told_how_many_are_asked_for(
    ask: str, answer: str, wanted: str
) -> None:
    assert told(ask, answer) == f"{UNREAD}{LOOK} {wanted}"


def test_a_text_with_as_many_numbers_may_have_a_list() -> None:
    assert "are asked for" not in told("dense1.value", "first 12 then perhaps 7 or even 8")
