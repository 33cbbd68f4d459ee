"""No mistake that a student's own right arrays rule out is named behind an answer from these."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

# Scores 0.1*6 + 0.2*2 = 1, 0.1*3 = 0.3 and 0, and exp(1) + exp(0.3) + 1 = 5.0681: of these
# 0.5363, 0.2663 and 0.1973. -0.8027*6 = -4.8162 comes back to the third unit's first weight.
SCORES: dict[str, Any] = {
    "input": 3,
    "layers": [{"dense": {"units": 3, "bias": False}}, "softmax"],
    "example": {
        "given": {
            "input": [6, 2, 3],
            "dense1.weight": [[0.1, 0.2, 0], [0, 0, 0.1], [0, 0, 0]],
        },
        "loss": {"cross_entropy": 2},
        "rate": 0.5,
    },
}
GRADIENT = [0.5363, 0.2663, -0.8027]
WEIGHT = "dense1.weight.grad[2,0]"
# 1.53*1 + 0.51*2 = 2.55 and 1.53*2 + 0.51*4 = 5.1; 1 - 0.1*5.1 = 0.49
FILTER: dict[str, Any] = {
    "input": "3x1",
    "layers": [{"conv": {"K": 1, "F": 2, "bias": False}}],
    "example": {
        "given": {"input": [[1, 2, 4]], "conv1.weight": [[[1, 1]]]},
        "upstream": {"conv1": [[1.53, 0.51]]},
        "rate": 0.1,
    },
}
NEXT = "conv1.weight.next[0,0,1]"


def marked(spec: dict[str, Any], answers: dict[str, Any], **more: Any) -> Mark:
    """Return the mark of the last of one student's answers."""
    asked = {"spec": spec, "questions": list(answers), "show": "always", **more}
    assignment = read_assignment(asked)
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("one", answers).marks[-1]


@pytest.mark.parametrize("answer", [-1.6054, "-0.8027*2 = -1.6054"])
@pytest.mark.parametrize("right", [{"dense1.grad": GRADIENT}, {"dense1.grad[2]": -0.8027}])
def test_a_loss_is_not_averaged_behind_its_right_gradient(
    right: dict[str, Any], answer: Any
) -> None:
    """-0.8027*2 is a third of -0.8027*6, as 2 is of 6."""
    assert marked(SCORES, {WEIGHT: answer}).misconception == "loss_over_outputs"
    assert marked(SCORES, {**right, WEIGHT: answer}).misconception is None
    assert marked(SCORES, {**right, WEIGHT: answer}, partial={"loss_over_outputs": 0.5}).points == 0


def test_what_leads_only_in_part_to_an_answer_rules_nothing_out() -> None:
    """The third of all of it is behind the gradient of another unit as well."""
    answers = {"dense1.grad[1]": 0.2663, WEIGHT: -1.6054}
    mark = marked(SCORES, answers)
    assert (mark.misconception, mark.perhaps) == ("loss_over_outputs", True)


def test_a_right_value_that_a_mistake_would_have_changed_leaves_a_lone_number_uncertain() -> None:
    """-ln 0.1973 = 1.6230 is no third of that, and nothing of it is in the gradient."""
    assert not marked(SCORES, {WEIGHT: -1.6054}).perhaps
    mark = marked(SCORES, {"loss": 1.6230, WEIGHT: -1.6054})
    assert (mark.misconception, mark.perhaps) == ("loss_over_outputs", True)


def test_a_gradient_is_not_turned_behind_a_right_one() -> None:
    """1 - 0.1*2.55 = 0.745 is with the gradient at the first place, or of the filter turned."""
    both = marked(FILTER, {NEXT: 0.745})
    assert both.misconception == "place_from_one or weight_gradient_turned"
    mark = marked(FILTER, {"conv1.weight.grad": [[[2.55, 5.1]]], NEXT: 0.745})
    assert (mark.misconception, mark.perhaps) == ("place_from_one", True)
    assert "Perhaps the places were counted from 1: the value at [0,0,0] is 0.745" in mark.feedback


def test_several_numbers_that_a_mistake_gives_are_no_chance() -> None:
    """A third of each: 0.5363*6/3 = 1.0726 and so on."""
    thirds = [[1.0726, 0.3575, 0.5363], [0.5326, 0.1775, 0.2663], [-1.6054, -0.5351, -0.8027]]
    mark = marked(SCORES, {"dense1.grad": GRADIENT, "dense1.weight.grad": thirds})
    assert (mark.misconception, mark.perhaps) == ("loss_over_outputs", False)


def test_the_number_of_another_place_is_no_certain_mistake() -> None:
    """1 - 0.03*5.1 = 0.847 for 1 - 0.03*2.55 = 0.9235: whoever takes the second place has it."""
    spec = {**FILTER, "example": {**FILTER["example"], "rate": 0.03}}
    mark = marked(spec, {"conv1.weight.next[0,0,0]": 0.847})
    assert (mark.misconception, mark.perhaps) == ("weight_gradient_turned", True)
    whole = marked(spec, {"conv1.weight.next": [[[0.847, 0.9235]]]})
    assert (whole.misconception, whole.perhaps) == ("weight_gradient_turned", False)


def test_a_mistake_behind_the_right_arrays_is_named() -> None:
    """1 + 0.1*5.1 is with the right gradient added."""
    mark = marked(FILTER, {"conv1.weight.grad": [[[2.55, 5.1]]], NEXT: 1.51})
    assert (mark.misconception, mark.perhaps) == ("gradient_added", False)


# The largest of 1, 3 and of 5, 2 lead to 3*1.3 - 5*2.1 = -6.6, which is 7.6 below 1.
POOL: dict[str, Any] = {
    "input": "4x1",
    "layers": [{"max_pool": 2}, "flatten", {"dense": 1}],
    "example": {
        "given": {"input": [1, 3, 5, 2], "dense1.weight": [[1.3, -2.1]]},
        "loss": {"half_squared_error": [1]},
    },
}


def test_a_mistake_on_the_way_back_alone_is_named_behind_exact_values() -> None:
    """-7.6*1.3 = -9.88 and 7.6*2.1 = 15.96 are halved; nobody can tell from them alone."""
    questions = ["max_pool1.value", "dense1.value", "input.grad"]
    marker = Marker(read_assignment({"spec": POOL, "questions": questions, "show": "always"}))
    shared = {"input.grad": [[-4.94, -4.94, 7.98, 7.98]]}
    right = {"max_pool1.value": [[3, 5]], "dense1.value": [-6.6]}
    for given, cause in ({}, None), (right, "average_for_max"), ({}, None):
        mark = marker.mark("one", {**given, **shared}).marks[-1]
        assert mark.misconception == cause


# -- places counted from 1 -------------------------------------------------------------------------


def test_a_place_counted_from_1_is_told_with_the_students_own_numbers() -> None:
    """0.26*2 = 0.52 at the second unit's second input, for -0.77*3 at the third ones."""
    answers = {"dense1.grad": [0.51, 0.26, -0.77], "dense1.weight.grad[2,2]": 0.52}
    mark = marked(SCORES, answers)
    assert (mark.misconception, mark.perhaps) == ("place_from_one", True)
    own = "with your answer [0.51, 0.26, -0.77] to question 1, the value at [1,1] is 0.52"
    assert f"Perhaps the places were counted from 1: {own}; here they are" in mark.feedback


def test_nothing_stands_before_the_first_place_of_an_axis() -> None:
    """0.2663*6 = 1.5981 at the second unit's first input."""
    mark = marked(SCORES, {WEIGHT: 1.598})
    assert (mark.misconception, mark.perhaps) == ("place_from_one", True)
    assert "the value at [1,0] is 1.598" in mark.feedback
    assert marked(SCORES, {"dense1.weight.grad[0,0]": 1.598}).misconception is None


def test_whose_other_places_are_right_does_not_count_them_from_1() -> None:
    """1 - 0.1*2.55 = 0.745, and the gradient at the second place is 5.1."""
    right = {"conv1.weight.grad[0,0,1]": 5.1}
    assert marked(FILTER, {**right, NEXT: 0.745}).misconception is None
    first = {"conv1.weight.grad[0,0,0]": 2.55}  # which is at the first place from 1 as well
    assert marked(FILTER, {**first, NEXT: 0.745}).misconception is not None


def test_whose_own_places_are_those_asked_for_does_not_either() -> None:
    """-0.77*2 = -1.54 follows at [2,1]; 0.26*2 = 0.52 is at [1,1] for [2,2]."""
    answers = {
        "dense1.grad": [0.51, 0.26, -0.77],
        "dense1.weight.grad[2,1]": -1.54,
        "dense1.weight.next[2,2]": -0.26,
    }
    assert marked(SCORES, answers, follow_through=0.5).misconception is None
    del answers["dense1.weight.grad[2,1]"]
    assert marked(SCORES, answers, follow_through=0.5).misconception == "place_from_one"


def test_a_small_whole_number_at_another_place_is_chance() -> None:
    """1*5 + 3*1 = 8 and 2*5 + 4*1 = 14 behind a ReLU."""
    spec = {
        "input": 2,
        "layers": [{"dense": {"units": 2, "bias": False}}, "relu"],
        "example": {"given": {"input": [5, 1], "dense1.weight": [[1, 3], [2, 4]]}},
    }
    assert marked(spec, {"relu1.value[1]": 8}).misconception is None


# -- a softmax without its exponential -------------------------------------------------------------


def test_plain_shares_of_the_students_own_scores_are_told() -> None:
    """2, 4, 4 of 10."""
    answers = {"dense1.value": [2, 4, 4], "softmax1.value": [0.2, 0.4, 0.4]}
    mark = marked(SCORES, answers, partial={"exponential_forgotten": 0.5}, follow_through=0.5)
    assert (mark.misconception, mark.points) == ("exponential_forgotten", 0.25)
    assert "he exponential was forgotten; a softmax takes exp(z)" in mark.feedback
    assert "Otherwise it follows from your answer [2, 4, 4] to question 1." in mark.feedback


def scored(*scores: float) -> dict[str, Any]:
    """Return the network with these scores, and the second class."""
    weights = [[score, 0, 0] for score in scores]
    given = {"input": [1, 0, 0], "dense1.weight": weights}
    return {**SCORES, "example": {"given": given, "loss": {"cross_entropy": 1}}}


def test_a_share_below_0_is_one_and_has_no_logarithm() -> None:
    """2, -3 and 5 are 0.5, -0.75 and 1.25 of 4."""
    shares = marked(scored(2, -3, 5), {"softmax1.value": [0.5, -0.75, 1.25]})
    assert shares.misconception == "exponential_forgotten"
    assert marked(scored(2, -3, 5), {"loss": 0.2877}).misconception is None  # -ln 0.75


def test_a_sum_of_0_has_no_shares() -> None:
    assert marked(scored(2, -5, 3), {"softmax1.value": [0.5, 0.2, 0.3]}).misconception is None


def test_no_size_of_a_gradient_is_told_to_be_wrong() -> None:
    """1.2, 0 and -0.6 are 2, 0 and -1 of 0.6; less the first class that is 1, 0 and -1."""
    spec = scored(1.2, 0, -0.6)
    spec["example"]["loss"] = {"cross_entropy": 0}
    mark = marked(spec, {"dense1.grad": [1, 0, 0]})
    assert mark.misconception is None
    assert "depth" not in mark.feedback
