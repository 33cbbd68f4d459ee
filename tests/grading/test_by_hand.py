"""Mistakes in a network that is worked out by hand, forward and back, and in the words for them."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.graded import Graded, tallied
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.question import Tolerance

# 3*3 convolution of 4x4: [[1, -1], [1, 4]]; the ReLU makes 1, 0, 1, 4 of that.
# Row 1: 0.5*1 + 1*0 + 0*1 - 0.25*4 + 0.5 = 0; row 2: -0.5*1 + 0 + 1 + 0.25*4 = 1.5.
# softmax(0, 1.5) = 0.1824, 0.8176; -ln 0.1824 = 1.7014.
SPEC: dict[str, Any] = {
    "input": "4x4x1",
    "layers": [{"conv": {"K": 1, "F": 3}}, "relu", "flatten", {"dense": 2}, "softmax"],
    "example": {
        "given": {
            "input": [[1, 0, 2, 2], [0, 3, 1, 0], [2, 1, 0, 1], [0, 0, 1, 2]],
            "conv1.weight": [[1, 0, -1], [0, 1, 0], [-1, 0, 0]], "conv1.bias": [1],
            "dense1.weight": [[0.5, 1, 0, -0.25], [-0.5, 0, 1, 0.25]], "dense1.bias": [0.5, 0],
        },
        "loss": {"cross_entropy": 0},
        "rate": 0.1,
    },
}  # fmt: skip
WEIGHT = "conv1.weight.grad[0,0,1,1]"
STEP = "conv1.weight.next[0,0,1,1]"


def marked(answers: dict[str, Any], spec: Any = SPEC) -> dict[str, Mark]:
    """Return the marks of one student's answers, by what is asked."""
    more = {"follow_through": 0.5, "show": "always"}
    assignment = read_assignment({"spec": spec, "questions": list(answers), **more})
    assert assignment.usable, assignment.diagnostics
    return {mark.id: mark for mark in Marker(assignment).mark("one", answers).marks}


@pytest.mark.parametrize(
    ("ask", "answer", "cause", "told"),
    [
        # 0.5*1 + 1*(-1) - 1 + 0.5 = -1: a whole number, but beside 1.5
        (
            "dense1.value",
            [-1, 1.5],
            "activation_forgotten",
            "erhaps the activation relu1 was left out.",
        ),
        # softmax(-1, 1.5)
        (
            "softmax1.value",
            [0.076, 0.924],
            "activation_forgotten",
            "The activation relu1 was left out.",
        ),
        ("relu1.value", [[1, -1], [1, 4]], "activation_forgotten", "the activation was left out"),
        ("loss", 0.201, "other_class", "Class 1 was taken: with class 1 it"),  # -ln 0.8176
        ("dense1.grad", [0.182, -0.182], "other_class", "Class 1 was taken; the target is"),
        (
            "loss",
            0.851,
            "loss_over_outputs",
            "The loss was averaged over the classes",
        ),  # 1.7014/2
        (
            "dense1.grad",
            [-0.409, 0.409],
            "loss_over_outputs",
            "The loss was averaged over the classes",
        ),
    ],
)
def test_a_mistake_has_its_name_and_fitting_words(
    ask: str, answer: Any, cause: str, told: str
) -> None:
    (mark,) = marked({ask: answer}).values()
    assert mark.misconception == cause
    assert told in mark.feedback


def test_probabilities_as_0_and_1_are_not_rounded() -> None:
    (mark,) = marked({"softmax1.value": [0, 1]}).values()
    assert (mark.verdict, mark.misconception) == ("wrong", None)
    assert "rounded" not in mark.feedback


def test_nothing_follows_from_an_infinite_loss() -> None:
    """-ln 0 is no number that an answer can be."""
    _, mark = marked({"softmax1.value": [0, 1], "loss": 0.4}).values()
    assert mark.verdict == "wrong"
    assert not Tolerance().near(float("inf"), 0.4)


@pytest.mark.quick(1)
@pytest.mark.parametrize("more", [{}, {"conv1.value": [[0, -2], [0, 3]]}])
def test_the_rate_forgotten_on_ones_own_gradient_is_named(more: dict[str, Any]) -> None:
    """-0.409*3 + 0.409 = -0.818 follows; 1 - (-0.818) = 1.818 has no rate, whatever else is wrong
    in front.
    """
    answers = {**more, "dense1.grad": [-0.409, 0.409], WEIGHT: -0.8176, STEP: 1.8176}
    found = marked(answers)
    assert found[WEIGHT].verdict == "followed through"
    assert found[STEP].misconception == "rate_forgotten"
    assert f"with your answer -0.8176 to question {len(answers) - 1}" in found[STEP].feedback


def test_a_gradient_of_another_place_is_not_gone_on_with() -> None:
    """w - dw of a place whose gradient was not answered is nothing that follows."""
    answers = {WEIGHT: -0.8176, "conv1.weight.next[0,0,0,1]": 0.8176}
    assert marked(answers)["conv1.weight.next[0,0,0,1]"].misconception is None


def test_a_right_working_of_a_hyperparameter_is_told_as_such() -> None:
    spec = {"input": "14x14x16", "layers": [{"conv": {"K": 32, "F": 5, "P": 2}}]}
    (mark,) = marked({"P(conv1)": "(5-1)/2 = 3"}, spec).values()
    assert mark.misconception == "arithmetic_slip"
    assert "Your working is right and gives 2" in mark.feedback


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"dense1.parameters": 71}, "every unit has its own"),
        ({"conv1.parameters": 57}, "every filter has its own"),
        ({"conv1.parameters": 57, "dense1.parameters": 71}, ""),
    ],
)
def test_a_class_is_told_of_in_the_words_of_its_students(
    answers: dict[str, int], told: str
) -> None:
    """One bias for each layer: 2*2*2*7 + 1 = 57, and 7*10 + 1 = 71."""
    layers: list[Any] = [{"conv": {"K": 7, "F": 2}}, "flatten", {"dense": 10}]
    spec = {"input": "2x2x2", "layers": layers}
    assignment = read_assignment({"spec": spec, "questions": list(answers)})
    marker = Marker(assignment)
    tally = tallied([Graded(marker.mark(name, answers), name) for name in ("Ada", "Ben")])
    assert tally.mistaken["one_bias"] == 2
    assert tally.words["one_bias"].endswith(told)
    assert bool(tally.words["one_bias"]) is bool(told)


def test_why_a_quarter_of_the_points_is_given_is_told() -> None:
    """6*6*4 = 144 values follow from a slip, 144*10 weights are without the 10 biases: half of the
    credit of a half.
    """
    layers: list[Any] = [{"conv": {"K": 4, "F": 3}}, {"max_pool": 2}, "flatten", {"dense": 10}]
    spec = {"input": "16x16x1", "layers": layers}  # (16 - 3)/1 + 1 = 14, 14/2 = 7
    asks = ["max_pool1.output", "dense1.parameters"]
    more = {"follow_through": 0.5, "partial": {"forgot_bias": 0.4}}
    assignment = read_assignment({"spec": spec, "questions": asks, **more})
    answers = dict(zip(asks, ("6x6x4", 1440), strict=True))
    *_, mark = Marker(assignment).mark("one", answers).marks
    assert (mark.verdict, mark.points) == ("partly right", 0.2)
    told = "An answer with this mistake gets 40 % of the points, and 50 % of these since it follows"
    assert f"{told} from an earlier slip." in mark.feedback


def test_of_what_a_share_of_the_points_is_is_told() -> None:
    """A quarter for 7*7*4*10 weights without biases, half for 6*6*4*10 + 10 behind 6x6x4."""
    layers: list[Any] = [{"conv": {"K": 4, "F": 3}}, {"max_pool": 2}, "flatten", {"dense": 10}]
    asks = ["max_pool1.output", "dense1.parameters"]
    more: dict[str, Any] = {"follow_through": 0.5, "partial": {"forgot_bias": 0.25}}
    spec = {"input": "16x16x1", "layers": layers}

    def told(pool: str, dense: int, **how: Any) -> str:
        assignment = read_assignment({"spec": spec, "questions": asks, **more, **how})
        *_, mark = Marker(assignment).mark("one", dict(zip(asks, (pool, dense), strict=True))).marks
        return mark.feedback

    mistake, slip = "An answer with this mistake gets", "What follows from a slip gets"
    assert f"7*7*4*10 = 1,960. {mistake} 25 % of the points. The right" in told("7x7x4", 1960)
    assert f"to question 1. {slip} 50 % of the points. The right" in told("6x6x4", 1450)
    assert slip not in told("6x6x4", 1450, follow_through=1)
    assert "%" not in told("7x7x4", 1960, partial={})
    assert mistake in told("7x7x4", 1960, show="hint")
    assert told("7x7x4", 1960, show="never") == ""


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("14x14", "The height and the width are right; the depth is missing."),
        ("14x15", "The height is right; the width is not, and the depth is missing."),
        ("15x15", "The height and the width are not right, and the depth is missing."),
        ("14", "For the height and the width 14 is right; the depth is missing."),
        (
            "(16+2-3)/1 + 1 = 16",
            "For the height and the width 16 is not right, and the depth is missing.",
        ),
        ("4", "The depth is right; the height and the width are missing."),
        ("14x4", "Three sizes are asked for"),
    ],
)
def test_a_depth_left_out_is_told(answer: str, told: str) -> None:
    spec = {"input": "16x16x1", "layers": [{"conv": {"K": 4, "F": 3}}]}
    (mark,) = marked({"conv1.output": answer}, spec).values()
    assert mark.verdict == "wrong"
    assert told in mark.feedback


@pytest.mark.parametrize(
    ("path", "answer", "told"),
    [
        ("conv1.output", "4x14x14", "first: 4x14x14 is depth x height x width; here it goes last."),
        ("conv1.weight.shape", "1x4x3x3", "PyTorch has first: 1x4x3x3 has the filters second."),
        (
            "conv1.weight.shape",
            "3x3x1x4",
            "order: 3x3x1x4 has the sizes first; PyTorch has the sizes of the filter last.",
        ),
        ("dense1.weight.shape", "196x10", "PyTorch has first: 196x10 has the units second."),
    ],
)
def test_an_order_that_is_wrong_is_not_told_as_the_one_that_is_wanted(
    path: str, answer: str, told: str
) -> None:
    """(16 - 3)/1 + 1 = 14, pooled 7: 7*7*4 = 196."""
    layers: list[Any] = [{"conv": {"K": 4, "F": 3}}, {"max_pool": 2}, "flatten", {"dense": 10}]
    assignment = read_assignment(
        {"spec": {"input": "16x16x1", "layers": layers}, "questions": [path]}
    )
    (mark,) = Marker(assignment).mark("one", {path: answer}).marks
    assert told in mark.feedback
