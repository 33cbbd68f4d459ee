"""A slip of arithmetic in the working of one value of a list is named, where it is certain.

The values are 0.5*1 - 1*0.5 + 1 = 1 and 0.5*1 + 1*1 = 1.5, and those of the convolution 1 - 2 + 2*3
+ 1 = 6, 2 + 2*1 + 1 = 5, 3 - 1 + 2 = 4 and 1 - 1 + 2*2 + 4 = 8.
"""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

DENSE: dict[str, Any] = {
    "input": "2x1",
    "layers": ["flatten", {"dense": 2}, {"dense": 2}],
    "example": {
        "given": {
            "input": [[0.5, 1]],
            "dense1.weight": [[1, -0.5], [1, 1]], "dense1.bias": [1, 0],
            "dense2.weight": [[1, 2], [1, 1]], "dense2.bias": [0, 0],
        },
    },
}  # fmt: skip
CONV: dict[str, Any] = {
    "input": "3x3x1",
    "layers": [{"conv": {"K": 1, "F": 2}}],
    "example": {
        "given": {
            "input": [[1, 2, 0], [3, 1, 1], [0, 2, 4]],
            "conv1.weight": [[1, -1], [2, 1]],
            "conv1.bias": [0],
        },
    },
}
SLIP = "Your working is right but for a slip: "


def marked(answer: str, ask: str = "dense1.value", **settings: str) -> Mark:
    question = {"id": "q1", "ask": ask, "partial": {"arithmetic_slip": 0.5}}
    spec = CONV if ask.startswith("conv") else DENSE
    return mark({"spec": spec, "questions": [question], **settings}, {"q1": answer}).marks[0]


@pytest.mark.parametrize(
    "answer",
    [
        "[2.0, 1.5] (0.5*1 - 1*0.5 + 1 = 2.0, ...)",
        "[2, 1.5] (0.5*1 - 1*0.5 + 1 = 2, 0.5 + 1 = 1.5)",
        "[2, 1.5]   h1 = 0.5*1 - 1*0.5 + 1 = 2",
        "[2, 1.5] because the first is 0.5*1 - 1*0.5 + 1 = 2",
        "h1 = 0.5*1 - 1*0.5 + 1 = 2, h2 = 0.5 + 1 = 1.5, so [2, 1.5]",
        "h1 = 0.5*1 - 1*0.5 + 1 = 2\nh2 = 0.5 + 1 = 1.5",
        "h1 = 1*0.5 - 0.5*1 + 1 = 0.5*1 - 1*0.5 + 1 = 2; h2 = 1.5",
        "[0.5*1 - 1*0.5 + 1, 0.5 + 1] = [2, 1.5]",
        "h = [2, 1.5] = [0.5*1 - 1*0.5 + 1, 0.5 + 1]",
    ],
)
def test_a_slip_behind_one_value_is_named(answer: str) -> None:
    found = marked(answer)
    assert (found.verdict, found.points) == ("partly right", 0.5)
    assert found.misconception == "arithmetic_slip"
    assert f"{SLIP}0.5*1 - 1*0.5 + 1 is 1, not 2." in found.feedback
    assert "1 of 2 values is right; the wrong one is at [0]" in found.feedback


@pytest.mark.parametrize(
    "answer",
    [
        "[[6, 5], [4, 9]] (second in second row: 1 - 1 + 2*2 + 4 = 9)",
        "[[6, 5], [4, 9]]. The last one is 1 - 1 + 2*2 + 4 = 9.",
        "[[6, 5], [4, 9]] (e.g. 1*1 + -1*1 + 2*2 + 1*4 = 1 - 1 + 2*2 + 4 = 9)",
        "[[1-2+6+1, 2+2+1], [3-1+2, 1 - 1 + 2*2 + 4]] = [[6, 5], [4, 9]]",
    ],
)
def test_of_a_matrix_it_is_told_at_its_place(answer: str) -> None:
    found = marked(answer, "conv1.value")
    assert found.points == 0.5
    where = "3 of 4 values are right; the wrong one is at [1,1], counted from 0. "
    assert f"{where}{SLIP}1 - 1 + 2*2 + 4 is 8, not 9. An answer with this" in found.feedback


def test_a_slip_behind_each_wrong_value_is_named() -> None:
    found = marked("[2, 2.5] (0.5*1 - 1*0.5 + 1 = 2, 0.5 + 1 = 2.5)")
    told = "but for slips: 0.5*1 - 1*0.5 + 1 is 1, not 2; 0.5 + 1 is 1.5, not 2.5."
    assert told in found.feedback


def test_what_it_comes_to_is_not_told_where_that_is_hidden() -> None:
    found = marked("[2, 1.5] (0.5*1 - 1*0.5 + 1 = 2)", show="hint")
    assert f"{SLIP[:-2]} in 0.5*1 - 1*0.5 + 1. An answer" in found.feedback


@pytest.mark.parametrize(
    "answer",
    [
        "[2, 2.5] (0.5*1 - 1*0.5 + 1 = 2, ...)",  # nothing tells of the second
        "[2, 2] (0.5*1 - 1*0.5 + 1 = 2, ...)",
        "[2, 1.5] (0.5 + 0.6 = 2)",  # is not the right one
        "[2, 1.5] (0.5*1 - 1*0.5 + 1 = 3)",  # which is not in the list
        "[2, 1.5] (0.5*2 = 1 + 1 = 2)",
        "[2, 1.5] (0.5*2 = 0.5*2 + 1 = 2)",
        "[2, 1.5] (2 - 1 + 1 = 0.5 + 0.5 = 2)",  # the step in front comes to 2
        "[2, 1.5] (act (0.5 + 0.5) = 2)",
        "[2, 1.5] (w1*x1 + 0.5*2 = 2)",
        "[2, 1.5] (e^0.5 + 0.5 = 2)",
        "[2, 1.5] (0.5*2 = 2 or so)",
        "[2, 1.5] (0.5*2 = 2, sorry, 1)",
        "[2, 1.5] (0.5*2 = 2*1)",
        "[2, 1.5] (0.5*2 = 2, 5)(0.5*2 = 2,5)",
        "[0.73, 1.5], 0.5 + 0.5 = 0.73",  # a sigmoid of 1 is 0.731
        "[0.5, 1.5], 0.5 + 0.5 = 0.5",  # their mean
        "[1.9, 1.5], 0.5 + 0.5 => 1.9",
        "relu [0.5 + 0.5, 0.5 + 1] = [2, 1.5]",
        "[1, 1.4] (0.499*3 = 1.4)",  # 1.497, cut off
        "[1, 1.5] (0.5 + 0.5 = 2)",
    ],
)
def test_what_is_not_certain_is_no_slip(answer: str) -> None:
    found = marked(answer)
    assert found.misconception != "arithmetic_slip"
    assert "slip" not in found.feedback


def test_what_follows_from_an_own_answer_is_so_but_for_the_slip() -> None:
    """From 3 and 1.5 it is 3 + 2*1.5 = 6 and 3 + 1.5 = 4.5; from the right ones 4 and 2.5."""
    questions = ["dense1.value", "dense2.value"]
    answers = {
        "dense1.value": "[3, 1.5]",
        "dense2.value": "[6, 4.6] (3 + 2*1.5 = 6, 3 + 1.5 = 4.6)",
    }
    found = mark({"spec": DENSE, "questions": questions}, answers).marks[1]
    assert found.feedback.startswith(
        "Your working follows correctly from your answer [3, 1.5] to question 1 but for a slip:"
        " 3 + 1.5 is 4.5, not 4.6."
    )
    answers["dense2.value"] = "[6, 4.6] (3 + 1.6 = 4.6)"
    assert "slip:" not in mark({"spec": DENSE, "questions": questions}, answers).marks[1].feedback


@pytest.mark.parametrize(
    "part", ["1+1 = 2, ", "[1, ", "((1 = ", "1 = ", "row ", "] = [", "the second is ", "1 - ", "e "]
)
def test_a_hostile_text_takes_no_time(part: str) -> None:
    text = f"[2, 1.5] ({(part * 1000)[:980]}"
    began = process_time()
    marked(text)
    assert process_time() - began < 2
