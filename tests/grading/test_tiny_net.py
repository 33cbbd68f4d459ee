"""One training step of a tiny network by hand: what a student's answers say of each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

GIVEN = {
    "input": [
        [[1, 0, 2, 1, 0], [2, 1, 0, 1, 3], [0, 3, 1, 2, 1], [1, 0, 2, 0, 1], [2, 1, 1, 3, 0]]
    ],
    "conv1.weight": [[[[1, -1], [2, 0]]], [[[0, 1], [-1, 1]]]],
    "conv1.bias": [-1, 1],
    "dense1.weight": [
        [0.1, 0.2, 0, -0.1, 0.3, 0, 0.1, 0.2],
        [0.2, -0.1, 0.1, 0.3, 0, 0.1, -0.2, 0],
        [-0.1, 0.1, 0.2, 0.1, 0.1, -0.2, 0, 0.3],
    ],
    "dense1.bias": [0.5, 0, -0.5],
}
SPEC = {
    "input": "5x5x1",
    "layers": [
        {"conv": {"K": 2, "F": 2}},
        "relu",
        {"max_pool": 2},
        "flatten",
        {"dense": 3},
        "softmax",
    ],
    "example": {"given": GIVEN, "loss": {"cross_entropy": 1}, "rate": 0.1},
}
CORNER, PIXEL = "conv1.value[0,2,0]", "relu1.value[1,0,1]"  # -2 and 2
POOLED, SCORES = "max_pool1.value", "dense1.value"
P, LOSS, BACK = "softmax1.value", "loss", "dense1.grad"
WEIGHT, TO_POOL = "dense1.weight.grad[1,4]", "max_pool1.grad"
FILTER = "conv1.weight.grad[0,0,1,0]"
RIGHT_POOLED = "[[[6, 2], [4, 4]], [[5, 3], [4, 3]]]"
# Divided by the sum of the scores, 3.6/6.8 = 0.529 and so on: no exponentials.
DIVIDED = {
    POOLED: RIGHT_POOLED,
    SCORES: "[3.6, 2.1, 1.1]",
    P: "[0.529, 0.309, 0.162]",
    LOSS: "1.174",
    BACK: "[0.529, -0.691, 0.162]",
}
TO_POOL_DIVIDED = "[[[-0.101, 0.191], [-0.037, -0.244]], [[0.175, -0.101], [0.191, 0.154]]]"


def marked(answers: Mapping[str, Any], **more: Any) -> dict[str, Mark]:
    """Return the marks of one student's answers."""
    whole = {"spec": SPEC, "tolerance": 0.01, "follow_through": 1.0, "questions": list(answers)}
    assignment = read_assignment(whole | more)
    assert assignment.usable, assignment.diagnostics
    return {mark.id: mark for mark in Marker(assignment).mark("one", answers).marks}


@pytest.mark.parametrize("last", [True, False])
def test_right_scores_speak_against_a_flattening_behind_an_own_slip(last: bool) -> None:
    """The weight looks at 5, and -0.691*4 is that of another; 1.174 for the loss is what follows,
    though -log10 of 0.067, of scores [4.0, 1.4, 0.6], would give it as well.
    """
    answers = DIVIDED | {WEIGHT: "-0.691 * 4 = -2.764"}
    if not last:  # the loss, which only then turns out to follow, behind it
        answers[LOSS] = answers.pop(LOSS)
    marks = marked(answers)
    assert marks[LOSS].verdict == "followed through"
    assert (marks[WEIGHT].verdict, marks[WEIGHT].misconception) == ("wrong", None)


def test_scores_that_follow_speak_against_a_flattening_as_right_ones_do() -> None:
    """2 for the last 3: 3.6 - 0.2 = 3.4, and 1.1 - 0.3 = 0.8; with the depth last -0.798*4."""
    answers = {
        POOLED: "[[[6, 2], [4, 4]], [[5, 3], [4, 2]]]",
        SCORES: "[3.4, 2.1, 0.8]",
        P: "[0.742, 0.202, 0.055]",
        BACK: "[0.742, -0.798, 0.055]",
        WEIGHT: "-0.798 * 4 = -3.192",
    }
    marks = marked(answers)
    assert marks[SCORES].verdict == "followed through"
    assert (marks[WEIGHT].verdict, marks[WEIGHT].misconception) == ("wrong", None)


def test_a_flattening_that_is_certain_before_is_made_again() -> None:
    """0.1*6 + 0.2*5 - 0.1*3 + 0.3*4 + 0.1*4 + 0.2*3 + 0.5 = 4.0."""
    answers = {
        POOLED: RIGHT_POOLED,
        SCORES: "[4.0, 1.4, 0.6]",
        P: "[0.903, 0.067, 0.030]",
        BACK: "[0.903, -0.933, 0.030]",
        WEIGHT: "-0.933 * 4 = -3.732",
    }
    mark = marked(answers)[WEIGHT]
    assert (mark.misconception, mark.perhaps) == ("flattened_depth_last", False)
    assert "Again the volume was flattened" in mark.feedback


@pytest.mark.parametrize(
    ("given", "source"),
    [
        (-1.472, f"your answer {DIVIDED[BACK]} to question 5"),
        (-1.47, f"your answer {TO_POOL_DIVIDED} to question 6"),
    ],
)
def test_a_mistake_behind_an_own_answer_as_it_was_before_it_was_rounded(
    given: float, source: str
) -> None:
    """5*(-0.1015) + 3*0.1911 + 2*(-0.0367) + 6*(-0.2440) = -1.4716 with the gradient at each pixel
    above 0; with three decimals 5*(-0.101) + 3*0.191 + 2*(-0.037) + 6*(-0.244) = -1.47.
    """
    mark = marked(DIVIDED | {TO_POOL: TO_POOL_DIVIDED, FILTER: given})[FILTER]
    assert mark.misconception == "pool_gradient_everywhere"
    assert (mark.perhaps, mark.source) == (False, source)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("0 (it was -2 but negative becomes 0)", "activation_applied"),
        ("0, it was -2 but relu makes it 0", "activation_applied"),
        ("0 (it was -3 + 2 - 1 = -2 but negative becomes 0)", "activation_applied"),
        ("max(0, -2) = 0", "activation_applied"),
        ("0 - 3 + 2 - 1 = -2, relu makes it 0", "activation_applied"),
        ("0 (it was -3 but negative becomes 0)", None),  # which is another slip
        ("0, not -2", None),
        ("0", None),
    ],
)
def test_the_value_behind_the_activation_in_words(text: str, cause: str | None) -> None:
    mark = marked({CORNER: text})[CORNER]
    assert (mark.verdict, mark.misconception) == ("wrong", cause)
    if cause:
        assert mark.feedback.startswith("The activation relu1 was applied as well: relu1 = 0;")


def test_which_two_numbers_stand_in_an_answer_that_waits() -> None:
    mark = marked({CORNER: "3 (it was -2)"})[CORNER]
    assert mark.verdict == "needs a look"
    assert mark.feedback.startswith("More than one answer was read, 3 and -2, so it has no points")


FLAT = "-0.095 -0.070 0.242 -0.319 0.236 0.242 -0.095 0.172"  # as if slices were side by side
BACK_IN = "[[[-0.095, 0.242], [-0.070, -0.319]], [[0.236, -0.095], [0.242, 0.172]]]"


@pytest.mark.parametrize("words", ["put back:", "reshaped:", "as 2x2x2:", "back in shape:"])
@pytest.mark.parametrize("first", [FLAT, f"[{FLAT}]", f"[{FLAT.replace(' ', ', ')}]"])
def test_an_array_is_put_back_behind_a_list(words: str, first: str) -> None:
    mark = marked({TO_POOL: f"W^T g = {first}, {words} {BACK_IN}"})[TO_POOL]
    assert (mark.verdict, mark.note) == (
        "right", "what stands beside the list was taken for a working"
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        f"not {FLAT}, put back: {BACK_IN}",
        f"W^T g = {FLAT}, put back: {BACK_IN} - y",
        f"W^T g = {FLAT}, put back: {BACK_IN} or zeros",
        f"W^T g = {FLAT}, put back: {BACK_IN}, flattened: {FLAT}",
        f"{BACK_IN.replace('0.095', '0.1')}, put back: {BACK_IN}",
    ],
)
def test_an_array_that_is_not_all_of_what_is_stated_waits(text: str) -> None:
    assert marked({TO_POOL: text})[TO_POOL].verdict == "needs a look"


def test_the_place_that_is_explained_is_wrong_for_the_own_numbers_as_well() -> None:
    """Of p = [0.574, 0.348, 0.078] only 0.348 - 1 is another one."""
    answers = {POOLED: "[[[7, 3], [5, 5]], [[4, 2], [3, 2]]]", P: "[0.574, 0.348, 0.078]"}
    mark = marked(answers | {BACK: "[0.574, 0.348, 0.078]"})[BACK]
    assert mark.misconception == "label_not_subtracted"
    assert "at [1], probability - target = 0.170953 - 1 = -0.829047." in mark.feedback


def test_a_small_number_has_a_mistake_that_is_certain_before() -> None:
    """1*0 - 1*3 + 2*1 + 0*0 = -1; and 0*0 + 1*2 - 1*1 + 1*0 = 1, one of few numbers."""
    pooled = "[[[7, 3], [5, 5]], [[4, 2], [3, 2]]]"
    marks = marked({POOLED: pooled, PIXEL: "1"})
    assert (marks[PIXEL].misconception, marks[PIXEL].perhaps) == ("bias_not_added", False)
    assert marks[PIXEL].feedback.startswith("Again the bias of conv1 was not added")
    assert marked({PIXEL: "1"})[PIXEL].perhaps


def test_a_gradient_has_a_mistake_that_is_certain_before() -> None:
    """A quarter to each pixel, and 0 where the ReLU was: of means from [[2.5, 0.75], ...]."""
    answers = {
        POOLED: "[[[2.5, 0.75], [1.25, 2.25]], [[1.75, 3], [2.5, 1.75]]]",
        SCORES: "[1.8, 1.025, -0.1]",
        P: "[0.621, 0.286, 0.093]",
        BACK: "[0.621, -0.714, 0.093]",
        TO_POOL: "[[[-0.090, 0.205], [-0.053, -0.267]], [[0.196, -0.090], [0.205, 0.152]]]",
        FILTER: "-0.386",
    }
    mark = marked(answers)[FILTER]
    assert (mark.misconception, mark.perhaps) == ("average_for_max", False)
    told = "Again the mean was taken: the gradient was shared among the pixels of the window"
    assert told in mark.feedback


def test_products_that_are_0_are_left_out_of_many() -> None:
    """Of 16 windows four have a gradient; of 8 products of a score only two are 0."""
    marks = marked({FILTER: "5", SCORES: "[1, 1, 1]"})
    formula = "sum of gradient of conv1 * its input over the windows (the other products are 0)"
    terms = "0.242425*1 + (-0.0954827)*3 + (-0.0703267)*2 + (-0.319041)*3"
    assert f"{formula} = {terms} = -1.1418." in marks[FILTER].feedback
    assert "0.1*6 + 0.2*2 + 0*4 + (-0.1)*4 + 0.3*5 + 0*3" in marks[SCORES].feedback


# Two filters of 3x3 on 4x4: 3.5, 5.5, 0, 4.5, 4, 0, 0, 3 behind the ReLU, and scores 1.4, 1.65.
WIDER = {
    "input": "4x4x1",
    "layers": [{"conv": {"K": 2, "F": 3}}, "relu", "flatten", {"dense": 2}, "softmax"],
    "example": {
        "given": {
            "input": [[[1, 2, 0, 1], [0, 1, 3, 0], [2, 0, 1, 1], [1, 1, 0, 2]]],
            "conv1.weight": [
                [[[1, 0, -1], [0, 1, 0], [0, 0, 1]]],
                [[[0, 1, 0], [-1, 0, 1], [0, -1, 0]]],
            ],
            "conv1.bias": [0.5, -1],
            "dense1.weight": [
                [0.2, -0.1, 0.1, 0.3, 0.1, 0.2, 0, -0.2],
                [-0.1, 0.2, 0.1, 0, 0.2, -0.1, 0.3, 0.1],
            ],
            "dense1.bias": [0.1, -0.2],
        },
        "loss": {"cross_entropy": 0},
        "rate": 0.5,
    },
}


def test_a_logarithm_of_an_own_probability_is_no_other_one_that_is_near() -> None:
    """log10(0.366) = -0.4365; 0.4378 is the right probability."""
    answers = {SCORES: "[1.3, 1.85]", P: "[0.366, 0.634]", LOSS: "-log 0.366 = 0.437"}
    mark = marked(answers, spec=WIDER)[LOSS]
    assert (mark.misconception, mark.perhaps) == ("loss_base", False)


def test_a_step_from_an_own_gradient_has_one_mistake_and_not_two() -> None:
    """0.1 - 0.562 = -0.462 from the own 0.562; of the right -0.562 it would be 0.1 + (-0.562)."""
    answers = {P: "[0.438, 0.562]", BACK: "[0.562, -0.562]", "dense1.bias.next": "[-0.462, 0.362]"}
    mark = marked(answers, spec=WIDER)["dense1.bias.next"]
    assert (mark.misconception, mark.source) == (
        "rate_forgotten", "your answer [0.562, -0.562] to question 2"
    )  # fmt: skip


def test_a_gradient_of_0_has_no_rest_of_rounding() -> None:
    """0.1*(-0.562177) + 0.1*0.562177 = 0."""
    mark = marked({"relu1.grad": "1 2 3 4 5 6 7 8"}, spec=WIDER)["relu1.grad"]
    assert mark.right == "[[[-0.168653, 0.168653], [0, -0.168653]], " + (
        "[[0.0562177, -0.168653], [0.168653, 0.168653]]]"
    )
    mark = marked({"relu1.grad[0,1,0]": "1"}, spec=WIDER)["relu1.grad[0,1,0]"]
    assert mark.feedback.endswith("0.1*(-0.562177) + 0.1*0.562177 = 0.")


@pytest.mark.parametrize(("answer", "verdict"), [("0.239", "followed through"), ("0.245", "wrong")])
def test_a_gradient_of_a_filter_follows_from_what_was_rounded(answer: str, verdict: str) -> None:
    """0.126*3 - 0.004*1 + 0.033*1 - 0.169*1 = 0.238, off by at most 0.0005*(3 + 1 + 1 + 1)."""
    first = "[[0, 0, 0, 0.126], [0, -0.004, 0, 0], [0, 0, 0, 0.033], [-0.169, 0, 0, 0]]"
    zeros = "[[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]"
    answers = {"conv1.grad": f"[{first}, {zeros}]", "conv1.weight.grad[0,0,1,1]": answer}
    assert marked(answers, tolerance=0.0001)["conv1.weight.grad[0,0,1,1]"].verdict == verdict


def test_which_numbers_are_rounded_too_far() -> None:
    """p - y of own 0.6786, 0.3094 and 0.0120 at class 1."""
    answers = {P: "[0.6786, 0.3094, 0.0120]", BACK: "[0.6786, -0.6906, 0.01]"}
    told = (
        "It follows from your answer [0.6786, 0.3094, 0.012] to question 1 but its 0.01 is rounded"
    )
    assert told in marked(answers, tolerance=0.0001)[BACK].feedback


@pytest.mark.parametrize(
    "answer",
    [
        "0.0826",
        "0 - 0.1*(-0.826)*1 = 0.0826",
        "0 - 0.1*(-0.826*1.0)=0.0826",
        "0 + 0.1*0.826 = 0.0826",
    ],
)
def test_a_step_follows_from_what_its_gradient_is_made_of(answer: str) -> None:
    """0 - 0.1*(-0.826*1) = 0.0826, of an own 1 in the pool and an own -0.826 behind it."""
    pooled = "[[[6, 2], [4, 4]], [[1, 3], [4, 3.5]]]"
    answers = {POOLED: pooled, BACK: "[0.4, -0.826, 0.426]", "dense1.weight.next[1,4]": answer}
    assert marked(answers)["dense1.weight.next[1,4]"].verdict == "followed through"


def test_so_it_does_from_an_own_value_with_decimals() -> None:
    """0 + 0.1*0.826*2.5 = 0.2065."""
    pooled = "[[[6, 2], [4, 4]], [[2.5, 3], [4, 3]]]"
    step = "dense1.weight.next[1,4]"
    answers = {POOLED: pooled, BACK: "[0.4, -0.826, 0.426]", step: "0 + 0.1*0.826*2.5 = 0.2065"}
    assert marked(answers)[step].verdict == "followed through"
