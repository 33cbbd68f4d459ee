"""A student's own count of one layer in a total holds for those counted from the same numbers.

8x8x3, 4 filters of 3x3 with padding 1: 3*3*3*4 + 4 = 112 parameters and 8*8*4*27 = 6,912 MACs; a
batch norm on 4 channels has 4 + 4 = 8 parameters, two filters of 4 on 4 channels 3*3*4*4 + 4 = 148
and 8*8*4*36 = 9,216 MACs each; 5 units on 8*8*4 = 256 values 1,285 and 1,280. In all there are
112 + 8 + 148 + 8 + 148 + 8 + 1,285 = 1,717 parameters and 26,624 MACs.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

CONV = {"conv": {"K": 4, "F": 3, "P": 1}}
SPEC: dict[str, Any] = {
    "input": "8x8x3",
    "layers": [
        CONV, "batch_norm", CONV, "batch_norm", CONV, "batch_norm", "flatten", {"dense": 5},
    ],
}  # fmt: skip
NORMS = "which holds for batch_norm2 and batch_norm3 as well"
BN, TOTAL = "batch_norm1.parameters", "total.parameters"


def last(answers: dict[str, Any], **more: Any) -> Mark:
    """Return the mark of the last of one student's answers, by what is asked."""
    asked = {"spec": SPEC, "questions": [*answers], "follow_through": 0.75}
    assignment = read_assignment(asked | more)
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("one", answers).marks[-1]


@pytest.mark.parametrize(
    ("answers", "source"),
    [
        ({BN: 16, TOTAL: 1725}, "your answer 16 to question 1"),  # 8 more, once
        ({BN: 16, TOTAL: 1741}, f"your answer 16 to question 1, {NORMS}"),  # three times
        ({BN: 0, TOTAL: 1693}, f"your answer 0 to question 1, {NORMS}"),
        (  # 112 - 4, and 3*8 less
            {"conv1.parameters": 108, BN: 0, TOTAL: 1689},
            f"your answer 108 to question 1 and your answer 0 to question 2 ({NORMS})",
        ),
        (  # 148 - 40 twice, and 8 more once
            {"conv2.parameters": 108, BN: 16, TOTAL: 1645},
            "your answer 108 to question 1 (which holds for conv3 as well) and your answer 16 to"
            " question 2",
        ),
        (  # 4 more weights in each
            {"batch_norm1.weights": 8, TOTAL: 1729},
            f"your answer 8 to question 1, {NORMS}",
        ),
        (  # 100 less, twice
            {"conv2.macs": 9116, "total.macs": 26_424},
            "your answer 9,116 to question 1, which holds for conv3 as well",
        ),
        (  # on 7x7x4 the dense layer has 7*7*4*5 + 5 = 985, 300 less; the norms 24 more
            {BN: 16, "batch_norm3.output": "7x7x4", TOTAL: 1441},
            f"your answer 7x7x4 to question 2 and your answer 16 to question 1 ({NORMS})",
        ),
    ],
)
def test_a_total_follows_from_a_count_that_holds_for_several_layers(
    answers: dict[str, Any], source: str
) -> None:
    mark = last(answers)
    assert mark.verdict == "followed through", mark.feedback
    assert mark.points == 0.75
    assert mark.feedback.startswith(f"It follows correctly from {source}.")


@pytest.mark.parametrize(
    ("answers", "total"),
    [
        ({BN: 17}, 1735),  # 9 more in two of three
        ({BN: 17, "batch_norm2.parameters": 8}, 1744),  # which was known of the second
        ({"conv1.parameters": 103}, 1690),  # on 3 channels, not 4
        # With 3 channels behind conv2 its norm has 6, not 8: 9 is no count of that.
        ({"conv2.output": "8x8x3", "batch_norm1.parameters": 9}, 1720),
    ],
)
def test_a_count_holds_for_no_layer_with_an_answer_or_other_numbers(
    answers: dict[str, Any], total: int
) -> None:
    assert last({**answers, TOTAL: total}).verdict == "wrong"


def test_a_mistake_with_more_points_counts_as_before() -> None:
    partial = {"running_counted": 0.9}
    questions = [BN, {"ask": TOTAL, "partial": partial}]
    mark = last({BN: 16, TOTAL: 1741}, questions=questions)
    assert (mark.verdict, mark.points) == ("partly right", 0.9)


def test_a_term_that_holds_for_another_layer_is_told_where_others_are_wrong() -> None:
    working = "112 + 16 + 150 + 16 + 148 + 16 + 1285 = 1743"
    mark = last({BN: 16, TOTAL: working})
    assert "that of batch_norm1 is your answer to question 1" in mark.feedback
    assert "those of batch_norm2 and batch_norm3 follow from your answer to" in mark.feedback
    assert "that of conv2 is not right" in mark.feedback


def test_each_term_of_a_working_may_follow() -> None:
    """The second norm as the first one, the third with the right count."""
    mark = last({BN: 17, TOTAL: "112 + 17 + 148 + 17 + 148 + 8 + 1285 = 1735"})
    assert mark.verdict == "followed through"
    told = "your answer 17 to question 1, which holds for batch_norm2 as well."
    assert mark.feedback.startswith(f"It follows correctly from {told}")


def test_layers_without_a_count_are_not_subtracted() -> None:
    """108 + 148 + 148 + 1,285 = 1,689 and the right 8 of the other norms: 1,705 - 16."""
    right = {"batch_norm2.parameters": 8, "batch_norm3.parameters": 8}
    mark = last({"conv1.parameters": 108, BN: 0, **right, TOTAL: 1689})
    assert "1,705 - 8 of batch_norm2 - 8 of batch_norm3 = 1,689" in mark.feedback
