"""A total of a student's own counts without one of its layers.

8x8x3, 4 filters of 3x3: 6x6x4, 3*3*3*4 + 4 = 112 parameters, 6*6*4*27 = 3,888 MACs; 2 filters of
3x3: 4x4x2, 3*3*4*2 + 2 = 74 and 4*4*2*36 = 1,152; 5 units on 4*4*2 = 32 values: 165 and 160. In all
351 parameters, 340 of them weights, 5,200 MACs, and 144 + 32 + 32 + 5 = 213 activations.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": "8x8x3",
    "layers": [{"conv": {"K": 4, "F": 3}}, {"conv": {"K": 2, "F": 3}}, "flatten", {"dense": 5}],
}
TOLD = "A layer was left out of the total: with "


def last(answers: dict[str, Any], **more: Any) -> Mark:
    """Return the mark of the last of one student's answers, by what is asked."""
    *others, total = answers
    asked = {"id": total, "ask": total, "points": 2, "partial": {"layer_left_out": 0.5}}
    assignment = read_assignment({"spec": SPEC, "questions": [*others, asked]} | more)
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("one", answers).marks[-1]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (  # 112 + 70 + 165 = 347
            {"conv2.parameters": 70, "total.parameters": "112 + 70 = 182"},
            "your answer 70 to question 1, 347 - 165 of dense1 = 182.",
        ),
        (
            {"conv2.parameters": 70, "total.parameters": 182},
            "your answer 70 to question 1, 347 - 165 of dense1 = 182.",
        ),
        (
            {"conv2.parameters": 70, "total.parameters": "165 + 70 = 235"},  # in any order
            "your answer 70 to question 1, 347 - 112 of conv1 = 235.",
        ),
        (  # 110 + 70 + 165 = 345
            {"conv1.parameters": 110, "conv2.parameters": 70, "total.parameters": "110 + 70 = 180"},
            "your answer 110 to question 1 and your answer 70 to question 2, 345 - 165 of dense1"
            " = 180.",
        ),
        (  # 100 + 72 + 160 = 332
            {"conv1.weights": 100, "total.weights": 172},
            "your answer 100 to question 1, 332 - 160 of dense1 = 172.",
        ),
        (  # 100 + 4 + 74 + 165 = 343
            {"conv1.weights": 100, "total.parameters": "104 + 74 = 178"},
            "your answer 100 to question 1, 343 - 165 of dense1 = 178.",
        ),
        (  # 6 + 2 + 5 = 13
            {"conv1.biases": 6, "total.biases": "6 + 2 = 8"},
            "your answer 6 to question 1, 13 - 5 of dense1 = 8.",
        ),
        (  # 3,880 + 1,152 + 160 = 5,192
            {"conv1.macs": 3880, "total.macs": "3,880 + 1,152 = 5,032"},
            "your answer 3,880 to question 1, 5,192 - 160 of dense1 = 5,032.",
        ),
        (  # 140 + 32 + 32 + 5 = 209
            {"conv1.activations": 140, "total.activations": "140 + 32 + 5 = 177"},
            "your answer 140 to question 1, 209 - 32 of conv2 or flatten1 = 177.",
        ),
        (  # 5*5*2*5 + 5 = 255; 100 + 74 + 255 = 429
            {"conv2.output": "5x5x2", "conv1.parameters": 100, "total.parameters": "100 + 255=355"},
            "your answer 5x5x2 to question 1 and your answer 100 to question 2, 429 - 74 of conv2"
            " = 355.",
        ),
        (  # 112 + 70 + 165 = 347: the 110 given before stands nowhere in it
            {"conv1.parameters": 110, "conv2.parameters": 70, "total.parameters": "112 + 70 = 182"},
            "your answer 70 to question 2, 347 - 165 of dense1 = 182.",
        ),
        (  # 104 + 74 + 165 = 343
            {"conv1.weights": 100, "conv2.parameters": 70, "total.parameters": "104 + 74 = 178"},
            "your answer 100 to question 1, 343 - 165 of dense1 = 178.",
        ),
    ],
)
def test_a_layer_may_be_missing_beside_own_counts(answers: dict[str, Any], told: str) -> None:
    mark = last(answers, follow_through=0.5)
    assert mark.feedback.startswith(f"{TOLD}{told}")
    assert (mark.misconception, mark.perhaps) == ("layer_left_out", False)
    assert (mark.verdict, mark.points) == ("partly right", 0.5)  # half, and half of that


def test_own_counts_that_stand_elsewhere_are_not_told() -> None:
    """Without conv2, whatever its count: 112 + 165 = 277."""
    mark = last({"conv2.parameters": 70, "total.parameters": "112 + 165 = 277"})
    assert mark.feedback.startswith("A layer was left out of the total: 351 - 74 of conv2 = 277.")


def test_a_number_that_chance_leads_to_as_well_is_told_with_perhaps() -> None:
    mark = last({"conv1.biases": 6, "total.biases": 8})
    assert mark.feedback.startswith(f"Perhaps a layer{TOLD[7:]}your answer 6 to question 1, ")
    assert mark.perhaps


@pytest.mark.parametrize("working", ["100 + 82 = 182", "60 + 50 + 72 = 182"])
def test_other_terms_are_not_those_of_a_total_without_a_layer(working: str) -> None:
    mark = last({"conv2.parameters": 70, "total.parameters": working})
    assert (mark.verdict, mark.misconception) == ("wrong", None)


@pytest.mark.parametrize(
    "working", ["3,880 + 1,000 + 160 = 5,040", "160 + 1,000 + 3,880 = 5,040", "4,880 + 160 = 5,040"]
)
def test_a_layer_that_stands_in_the_working_is_not_left_out(working: str) -> None:
    """5,040 is 5,200 - 160."""
    assert last({"total.macs": 5040}).misconception == "layer_left_out"
    assert last({"total.macs": "3,888 + 1,152 = 5,040"}).misconception == "layer_left_out"
    assert last({"total.macs": working}).misconception is None


def test_a_term_may_stand_in_parts() -> None:
    """100 + 74 + 165 + 60 = 399, with 10 units behind the 5: 5*10 + 10 = 60."""
    layers = [*SPEC["layers"], {"dense": 10}]
    answers = {"conv1.parameters": 100, "total.parameters": "100 + 72 + 2 + 165 = 339"}
    mark = last(answers, spec=SPEC | {"layers": layers})
    assert mark.feedback.startswith(
        "A layer was left out of the total: with your answer 100 to question 1, 399 - 60 of dense2"
    )


TWO_DENSE = SPEC | {"layers": [*SPEC["layers"], {"dense": 10}]}  # 5*10 + 10 = 60


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        # 112 + 74 + 165 + 60 = 411
        ({"total.parameters": "112 + 74 = 186"}, "411 - 165 of dense1 - 60 of dense2 = 186."),
        ({"total.parameters": "165 + 60 = 225"}, "411 - 112 of conv1 - 74 of conv2 = 225."),
        ({"total.parameters": 186}, "411 - 165 of dense1 - 60 of dense2 = 186."),
        # 2*(3,888 + 1,152 + 160 + 50) = 10,500
        ({"total.flops": 10_080}, "10,500 - 320 of dense1 - 100 of dense2 = 10,080."),
        # 100 + 74 + 165 + 60 = 399
        (
            {"conv1.parameters": 100, "total.parameters": "100 + 74 = 174"},
            "with your answer 100 to question 1, 399 - 165 of dense1 - 60 of dense2 = 174.",
        ),
    ],
)
def test_all_layers_of_a_kind_may_be_left_out(answers: dict[str, Any], told: str) -> None:
    mark = last(answers, spec=TWO_DENSE, follow_through=1.0)
    assert mark.feedback.startswith("The ")
    assert f" layers were left out of the total: {told}" in mark.feedback
    assert (mark.misconception, mark.perhaps, mark.points) == ("layer_left_out", False, 1)


def test_of_many_layers_of_a_kind_the_sum_is_told() -> None:
    """5 convolutions of 1x1, 2*2 + 2 = 6 behind 3*2 + 2 = 8: 32; 128 values, 3 units: 387."""
    layers = [*5 * [{"conv": {"K": 2, "F": 1}}], "flatten", {"dense": 3}, {"dense": 3}]
    mark = last({"total.parameters": "387 + 12 = 399"}, spec=SPEC | {"layers": layers})
    told = "The conv layers were left out of the total: 431 - 32 of the 5 conv layers = 399."
    assert mark.feedback.startswith(told)


def test_what_is_left_of_one_kind_is_the_total() -> None:
    layers = [{"conv": {"K": 4, "F": 3}}, {"conv": {"K": 2, "F": 3}}]
    mark = last({"total.parameters": 0}, spec=SPEC | {"layers": layers})
    assert mark.misconception is None


@pytest.mark.parametrize("answer", [182, "110 + 72 = 182"])
def test_an_own_count_is_not_passed_over_without_a_working_that_has_it_right(
    answer: str | int,
) -> None:
    answers = {"conv1.parameters": 110, "conv2.parameters": 70, "total.parameters": answer}
    assert last(answers).misconception is None
