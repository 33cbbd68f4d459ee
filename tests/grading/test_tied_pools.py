"""A max pool's gradient where the largest value of a window stands several times."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.handout.conflicts import conflicts
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

# The first window holds 3, 1, 2, 3 and gets 4; the second 5, 8, 0, 7 and gets 8.
SPEC: dict[str, Any] = {
    "input": "2x4x1",
    "layers": [{"conv": {"K": 1, "F": 1}}, {"max_pool": 2}],
    "example": {
        "given": {"input": [[3, 1, 5, 8], [2, 3, 0, 7]], "conv1.weight": [[[[1]]]]},
        "upstream": {"max_pool1": [[4, 8]]},
    },
}
FIRST, LAST = [[4, 0, 0, 8], [0, 0, 0, 0]], [[0, 0, 0, 8], [0, 4, 0, 0]]
SHARED, UNEQUALLY = [[2, 0, 0, 8], [0, 2, 0, 0]], [[1, 0, 0, 8], [0, 3, 0, 0]]


def marked(answers: dict[str, Any], spec: Any = SPEC, **more: Any) -> dict[str, Mark]:
    """Return the marks of one student's answers, by what is asked."""
    assignment = read_assignment({"spec": spec, "questions": list(answers), **more})
    assert assignment.usable, assignment.diagnostics
    return {mark.id: mark for mark in Marker(assignment).mark("one", answers).marks}


@pytest.mark.parametrize("answer", [FIRST, LAST, SHARED, UNEQUALLY])
def test_whichever_of_equal_values_gets_the_gradient_is_right(answer: Any) -> None:
    (mark,) = marked({"conv1.grad": answer}).values()
    assert mark.verdict == "right"
    assert ("of equal values in a window, any one may" in mark.feedback) is (answer is not FIRST)


MISPLACED = "pool_gradient_misplaced"


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ([[0, 0, 0, 8], [0, 0, 0, 0]], None),  # nowhere
        ([[0, 4, 0, 8], [0, 0, 0, 0]], MISPLACED),  # at one that is not the largest
        ([[4, 0, 0, 0], [0, 0, 0, 8]], MISPLACED),  # the second window has no equal values
        ([[6, 0, 0, 8], [0, -2, 0, 0]], None),  # against the gradient at one of them
        ([[2, 0, 0, 8], [0, 1, 0, 0]], None),  # less than comes back
        ([[4, 0, 0, 8]], None),
    ],
)
def test_what_no_convention_gives_is_wrong(answer: Any, name: str | None) -> None:
    (mark,) = marked({"conv1.grad": answer}).values()
    assert (mark.verdict, mark.misconception) == ("wrong", name)


def test_the_whole_of_it_at_each_counts_it_twice() -> None:
    (mark,) = marked({"conv1.grad": [[4, 0, 0, 8], [0, 4, 0, 0]]}).values()
    assert (mark.verdict, mark.misconception) == ("wrong", "whole_to_each_largest")
    assert "erhaps the whole gradient was given to each of several equal values" in mark.feedback


@pytest.mark.quick(4)
@pytest.mark.parametrize(
    ("place", "values"), [("0,0", (0, 2, 4)), ("1,1", (0, 2, 4)), ("0,3", (8,)), ("0,1", (0,))]
)
@pytest.mark.parametrize("answer", [0, 1, 2, 4, 8])
def test_one_value_of_it(place: str, values: tuple[int, ...], answer: float) -> None:
    (mark,) = marked({f"conv1.grad[{place}]": answer}).values()
    assert (mark.verdict == "right") is (answer in values)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (4 * 5 + 8 * 8, "right"),  # 5 below the first 3
        (4 * 6 + 8 * 8, "right"),  # 6 below the last one
        (2 * 5 + 2 * 6 + 8 * 8, "right"),
        (1 * 5 + 3 * 6 + 8 * 8, "wrong"),  # by no convention, unless it was said before
        (4 * 7 + 8 * 8, "wrong"),
    ],
)
def test_what_comes_after_is_right_by_each_convention(answer: float, verdict: str) -> None:
    """The slices 5, 1, 0, 8 / 2, 6, 0, 7 and one of equal filters make the same map with ties."""
    slices = [[[5, 1, 5, 8], [2, 6, 0, 7]], [[-2, 0, 0, 0], [0, -3, 0, 0]]]
    given = {"input": slices, "conv1.weight": [[[[1]], [[1]]]]}
    spec = {**SPEC, "input": "2x4x2", "example": {**SPEC["example"], "given": given}}
    asked = "conv1.weight.grad[0,0,0,0]"
    assert marked({asked: answer}, spec)[asked].verdict == verdict
    behind = marked({"conv1.grad": UNEQUALLY, asked: answer}, spec)[asked]
    follows = answer == 1 * 5 + 3 * 6 + 8 * 8
    assert behind.verdict == ("right" if follows else verdict)


def test_it_follows_from_a_wrong_gradient_by_each_convention() -> None:
    spec = {**SPEC, "layers": [*SPEC["layers"], {"conv": {"K": 1, "F": 1}}]}
    example = SPEC["example"]
    given = {**example["given"], "conv2.weight": [[[[2]]]]}
    spec["example"] = {"given": given, "upstream": {"conv2": [[2, 4]]}}
    answers = {"max_pool1.grad": [[-4, 8]], "conv1.grad": [[0, 0, 0, 8], [0, -4, 0, 0]]}
    first, second = marked(answers, spec, follow_through=0.5).values()
    assert (first.verdict, second.verdict) == ("wrong", "followed through")


def test_a_question_says_that_a_window_is_tied() -> None:
    told = "Of equal values in a window, any one may get the gradient."
    asked = {"spec": SPEC, "questions": ["conv1.grad", "conv1.weight.grad"]}
    first, second = read_assignment(asked).questions
    assert told in first.prompt
    assert told not in second.prompt
    own = {"spec": SPEC, "questions": [{"ask": "conv1.grad", "prompt": "What comes back?"}]}
    assert [*conflicts(read_assignment(own))] == [
        "question 1: of equal values in a window, any one may get the gradient; each such answer is"
        " right"
    ]
    assert [*conflicts(read_assignment(asked))] == []


def test_a_working_says_which_of_equal_values_gets_it() -> None:
    (mark,) = marked({"conv1.grad": [[0, 4, 0, 8], [0, 0, 0, 0]]}).values()
    told = "(1 if it is the largest of the window, here the first of several equal ones, otherwise"
    assert told in mark.feedback


def test_a_right_answer_does_not_speak_against_a_mistake_that_gives_it_as_well() -> None:
    """Before the ReLU -1 is the largest of the first window, and only its pixel gets the 4; behind
    it that is one of four equal values. For the bias it is 4 + 8 = 12 without the ReLU, not 8.
    """
    example = {
        "given": {"input": [[-3, -2, 5, 8], [-1, -4, 0, 7]], "conv1.weight": [[[[1]]]]},
        "upstream": {"max_pool1": [[4, 8]]},
    }
    layers = [{"conv": {"K": 1, "F": 1}}, "relu", {"max_pool": 2}]
    spec = {"input": "2x4x1", "layers": layers, "example": example}
    answers = {"relu1.grad": [[0, 0, 0, 8], [4, 0, 0, 0]], "conv1.weight.grad": 4 * -1 + 8 * 8}
    back, weight = marked(answers, spec, partial={"activation_forgotten": 0.5}).values()
    assert back.verdict == "right"
    assert (weight.misconception, weight.points) == ("activation_forgotten", 0.5)
    assert "erhaps" not in weight.feedback


def test_a_global_pool_is_one_window() -> None:
    """4 comes back to the two 7s of the slice: to either of them, not to the 3."""
    spec = {
        "input": "2x2x1",
        "layers": ["global_max_pool"],
        "example": {"given": {"input": [[7, 3], [1, 7]]}, "upstream": {"global_max_pool1": [[4]]}},
    }
    verdicts = {"right": [[[4, 0], [0, 0]], [[0, 0], [0, 4]], [[2, 0], [0, 2]]],
                "wrong": [[[0, 4], [0, 0]], [[4, 0], [0, 4]]]}  # fmt: skip
    for verdict, answers in verdicts.items():
        for answer in answers:
            (mark,) = marked({"input.grad": answer}, spec).values()
            assert mark.verdict == verdict


def behind_a_relu(last: int = 6) -> dict[str, Any]:
    """Return a network with a ReLU before the pool: the filter 1, 1 makes 3, 1, 5, 8 / 2, 3, 0, 7
    of two slices, or `last` less 3 for the second 3. What comes back to the pool is 4 and 8.
    """
    slices = [[[5, 1, 5, 8], [2, last, 0, 7]], [[-2, 0, 0, 0], [0, -3, 0, 0]]]
    given = {
        "input": slices,
        "conv1.weight": [[[[1]], [[1]]]],
        "conv1.bias": [0],
        "conv2.weight": [[[[2]]]],
    }
    conv = {"conv": {"K": 1, "F": 1}}
    return {
        "input": "2x4x2",
        "layers": [conv, "relu", {"max_pool": 2}, conv],
        "example": {"given": given, "upstream": {"conv2": [[2, 4]]}},
    }


OWN_FIRST, OWN_LAST = [[-4, 0, 0, 8], [0, 0, 0, 0]], [[0, 0, 0, 8], [0, -4, 0, 0]]
OWN_SHARED = [[-2, 0, 0, 8], [0, -2, 0, 0]]


@pytest.mark.parametrize(
    ("asked", "answer", "follows"),
    [
        ("conv1.grad", OWN_FIRST, True),
        ("conv1.grad", OWN_LAST, True),
        ("conv1.grad", OWN_SHARED, True),
        ("conv1.grad", [[0, -4, 0, 8], [0, 0, 0, 0]], False),  # at a 1
        ("conv1.grad", [[0, 0, 0, 0], [0, -4, 0, 8]], False),  # at the 7 below the 8
        ("input.grad", [OWN_LAST, OWN_LAST], True),
        ("input.grad", [OWN_SHARED, OWN_SHARED], True),
        ("input.grad", [OWN_LAST, OWN_FIRST], False),
        ("conv1.weight.grad[0,0,0,0]", -4 * 5 + 8 * 8, True),
        ("conv1.weight.grad[0,0,0,0]", -4 * 6 + 8 * 8, True),
        ("conv1.weight.grad[0,0,0,0]", -2 * 5 - 2 * 6 + 8 * 8, True),
        ("conv1.weight.grad[0,0,0,0]", -4 * 7 + 8 * 8, False),
    ],
)
def test_it_follows_by_each_convention_behind_what_lies_before_the_pool(
    asked: str, answer: Any, follows: bool
) -> None:
    answers = {"max_pool1.grad": [[-4, 8]], asked: answer}
    mark = marked(answers, behind_a_relu(), follow_through=0.5)[asked]
    assert (mark.verdict == "followed through") is follows
    assert mark.follows == (("max_pool1.grad",) if follows else ())


@pytest.mark.parametrize("answer", [LAST, SHARED])
def test_it_follows_where_values_are_equal_only_in_the_own_map(answer: Any) -> None:
    """The second 3 is a 2 in the right map, so that the first one gets all of the 4."""
    answers = {"conv1.value": [[3, 1, 5, 8], [2, 3, 0, 7]], "conv1.grad": answer}
    _, mark = marked(answers, behind_a_relu(last=5), follow_through=0.5).values()
    assert (mark.verdict, mark.follows) == ("followed through", ("conv1.value",))


def test_what_is_right_by_a_convention_follows_from_nothing_that_is_wrong() -> None:
    """The own bias' gradient leads to no other gradient of the map."""
    answers = {"conv2.bias.grad": 7, "conv1.grad": [[0, 0, 0, 8], [0, 4, 0, 0]]}
    _, mark = marked(answers, behind_a_relu(), follow_through=0.5).values()
    assert (mark.verdict, mark.follows) == ("right", ())


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ([[4, 4, 8, 8], [4, 4, 8, 8]], "[0,1]"),
        ([[4, 4, 0, 8], [0, 4, 0, 0]], "[0,1]"),
        ([[0, 0, 0, 8], [4, 4, 0, 0]], "[1,0]"),
        ([[4, 0, 0, 8], [0, 4, 0, 0]], "[1,1]"),  # which is all that is not as the right one
    ],
)
def test_a_wrong_value_that_is_shown_is_none_that_may_get_the_gradient(
    answer: Any, shown: str
) -> None:
    (mark,) = marked({"conv1.grad": answer}).values()
    assert f"at {shown}, counted from 0" in mark.feedback
    assert f"at {shown}, gradient of max_pool1 * (1 if it is the largest of the" in mark.feedback


def test_so_it_is_with_own_numbers() -> None:
    """The -4 is at the 2; that there is none at the first 3 is no mistake."""
    answers = {"max_pool1.grad": [[-4, 8]], "conv1.grad": [[0, 0, 0, 8], [-4, 0, 0, 0]]}
    _, mark = marked(answers, behind_a_relu()).values()
    assert mark.misconception == "pool_gradient_misplaced"
    assert "one that is not is at [1,0], counted from 0" in mark.feedback


def test_of_the_values_that_follow_in_part_any_of_the_equal_ones_is_one() -> None:
    """The -4 is shared; the 1 at the 7 is all that does not follow."""
    answers = {"max_pool1.grad": [[-4, 16]], "conv1.grad": [[-2, 0, 0, 16], [0, -2, 0, 1]]}
    _, mark = marked(answers, behind_a_relu()).values()
    assert "7 of 8 values follow from your answer" in mark.feedback
    assert "the one that does not is at [1,3], counted from 0" in mark.feedback


@pytest.mark.parametrize(
    ("asked", "answer", "verdict"),
    [
        ("conv1.grad", [[4, 0, 0, 0, 0, 0], [0, 0, 0, 8, 0, 0]], "right"),  # the first, the last
        ("conv1.grad", [[0, 0, 8, 0, 0, 0], [0, 4, 0, 0, 0, 0]], "right"),  # the last, the first
        ("conv1.grad", [[1, 0, 8, 0, 0, 0], [0, 3, 0, 0, 0, 0]], "right"),
        ("conv1.grad", [[4, 0, 0, 0, 2, 0], [0, 0, 0, 8, 0, 0]], "wrong"),  # at a -1
        ("conv1.grad", [[4, 0, 0, 8, 0, 0], [0, 0, 0, 0, 0, 0]], "wrong"),  # at a 0
        ("conv1.grad", [[4, 0, 0, 0, 0, 0], [0, 0, 0, 6, 0, 0]], "wrong"),
        ("conv1.grad[1,1]", 4, "right"),
        ("conv1.grad[0,4]", 2, "wrong"),
    ],
)
def test_behind_a_relu_each_window_may_have_its_own_choice(
    asked: str, answer: Any, verdict: str
) -> None:
    """4 comes back to two 3s, 8 to two 5s, and 2 to four values that the ReLU makes 0."""
    given = {"input": [[3, 1, 5, 0, -1, -2], [2, 3, 0, 5, -3, 0]], "conv1.weight": [[[[1]]]]}
    spec = {
        "input": "2x6x1",
        "layers": [{"conv": {"K": 1, "F": 1}}, "relu", {"max_pool": 2}],
        "example": {"given": given, "upstream": {"max_pool1": [[4, 8, 2]]}},
    }
    (mark,) = marked({asked: answer}, spec).values()
    assert mark.verdict == verdict


def test_so_it_is_behind_a_wrong_gradient() -> None:
    answers = {"max_pool1.grad": [[-4, 8]], "conv1.grad": [[-1, 0, 0, 8], [0, -3, 0, 0]]}
    _, mark = marked(answers, behind_a_relu(), follow_through=0.5).values()
    assert (mark.verdict, mark.follows) == ("followed through", ("max_pool1.grad",))
