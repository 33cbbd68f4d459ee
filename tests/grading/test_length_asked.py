"""The length of a flat volume, told as the product that it is.

conv1 gives 9x9x40 and the pool of 3 leaves 3x3x40, 360 values; dense1 has 360*50 + 50 = 18,050
parameters. From an own 7x7x40 it leaves floor((7 - 3)/3) + 1 = 2, 2x2x40 with 160 values, and
160*50 + 50 = 8,050.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": "11x11x3",
    "layers": [{"conv": {"K": 40, "F": 3}}, {"avg_pool": 3}, "flatten", {"dense": 50}],
}
CONV, FLAT, DENSE = "conv1.output", "flatten1.output", "dense1.parameters"
OF_INPUT = "It is the volume of the input"


def marked(answers: dict[str, Any]) -> dict[str, Mark]:
    asked = {"spec": SPEC, "questions": [CONV, FLAT, DENSE], "show": "always"}
    credit = {"partial": {"forgot_bias": 0.5}, "follow_through": 1.0}
    return {found.id: found for found in mark({**asked, **credit}, answers).marks}


@pytest.mark.parametrize(
    "answer",
    ["2*2*40 = 160", "160 = 2*2*40", "2*2*40", "2x2x40 = 160", "2*2*40 = 160 (7/3 = 2.33)",
     "the vector has 2*2*40 = 160 values", "2x2x40, so 160"],
)  # fmt: skip
def test_a_product_is_its_number_of_values_before_it_is_a_volume(answer: str) -> None:
    marks = marked({CONV: "7x7x40", FLAT: answer, DENSE: 8050})
    assert marks[FLAT].verdict == "followed through"
    assert "from your answer 7x7x40 to question 1" in marks[FLAT].feedback
    assert "from your answer 160 to question 2" in marks[DENSE].feedback


@pytest.mark.parametrize("answer", ["2x2x40", "2 by 2 by 40"])
def test_a_volume_without_a_result_is_the_volume_that_was_not_flattened(answer: str) -> None:
    found = marked({CONV: "7x7x40", FLAT: answer})[FLAT]
    assert (found.verdict, OF_INPUT in found.feedback) == ("wrong", True)


@pytest.mark.parametrize("answer", ["3*3*40 = 360", "360 = 3x3x40", "3*3*40", "1x1x360", 360])
def test_the_right_length_is_right(answer: Any) -> None:
    assert marked({FLAT: answer})[FLAT].verdict == "right"


@pytest.mark.parametrize("answer", ["2*2*40 = 150", "150 = 2x2x40", "5*5*40 = 1000"])
def test_a_length_that_nothing_explains_is_no_volume(answer: str) -> None:
    found = marked({CONV: "7x7x40", FLAT: answer})[FLAT]
    assert (found.verdict, OF_INPUT in found.feedback) == ("wrong", False)


def test_a_product_that_is_worked_out_wrongly_is_told_as_that() -> None:
    found = marked({FLAT: "3*3*40 = 370"})[FLAT]
    assert (found.verdict, found.misconception) == ("wrong", "arithmetic_slip")
    assert found.feedback.startswith("Your working is right and gives 360, but its result was")
    found = marked({CONV: "7x7x40", FLAT: "2*2*40 = 150"})[FLAT]
    assert found.misconception == "arithmetic_slip"
    assert "follows correctly from your answer 7x7x40 to question 1" in found.feedback


@pytest.mark.parametrize("answer", ["2*2*40 = 360", "360 = 2*2*40", "2x2x40 = 360"])
def test_a_right_length_with_another_product_is_for_a_person(answer: str) -> None:
    assert marked({FLAT: answer})[FLAT].verdict == "needs a look"


@pytest.mark.parametrize(("own", "weights"), [(160, 8000), ("2*2*40 = 160", 8000), (210, 10500)])
def test_biases_that_are_forgotten_behind_an_own_length_are_named(own: Any, weights: int) -> None:
    found = marked({FLAT: own, DENSE: weights})[DENSE]
    assert (found.verdict, found.points) == ("partly right", 0.5)
    length = weights // 50
    assert found.feedback.startswith(
        f"The biases were forgotten: with your answer {length} to question 2, {length}*50 = "
    )


def test_another_count_behind_an_own_length_has_no_such_cause() -> None:
    found = marked({FLAT: 160, DENSE: 8001})[DENSE]
    assert "forgot_bias" not in (found.misconception or "")
