"""Arrays with rows and columns swapped, or the depth last: how what follows from them is marked."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

# 1 and 5 come out, 2 and 3 too much: the gradient of the weights is 2 and 3 times the input.
SPEC: dict[str, Any] = {
    "input": 4,
    "layers": [{"dense": 2}],
    "example": {
        "given": {
            "input": [1, 2, 3, 5],
            "dense1.weight": [[1, 0, 0, 0], [0, 0, 0, 1]],
            "dense1.bias": [0, 0],
        },
        "loss": {"half_squared_error": [-1, 2]},
        "rate": 0.1,
    },
}
RIGHT = [[2, 4, 6, 10], [3, 6, 9, 15]]
SWAPPED = [[2, 3], [4, 6], [6, 9], [10, 15]]
# With 4 for the 3 the second row is 4, 8, 12, 20.
OUT, GRADIENT = "dense1.grad", "dense1.weight.grad"
OWN = [[2, 4], [4, 8], [6, 12], [10, 20]]


def marked(spec: Any, answers: dict[str, Any], **more: Any) -> dict[str, Mark]:
    """Return the marks of one student's answers, by what is asked."""
    more = {"follow_through": 1, **more}
    assignment = read_assignment({"spec": spec, "questions": list(answers), **more})
    assert assignment.usable, assignment.diagnostics
    return {mark.id: mark for mark in Marker(assignment).mark("one", answers).marks}


@pytest.mark.parametrize(
    "written",
    [
        OWN,
        "[[2, 4], [4, 8], [6, 12], [10, 20]]",
        "dW = [[2 4] [4 8] [6 12] [10 20]]",
        "(2, 4), (4, 8), (6, 12), (10, 20)",
        "2 4; 4 8; 6 12; 10 20",
        "2 4 / 4 8 / 6 12 / 10 20",
        "2 4\n4 8\n6 12\n10 20",
    ],
)
def test_what_follows_from_a_swapped_gradient_takes_its_rows_as_columns(written: Any) -> None:
    """At [1,1] it is 8, and 0 - 0.1*8 = -0.8; row by row 12 would stand there."""
    before = {OUT: [2, 4], GRADIENT: written}
    found = marked(SPEC, {**before, "dense1.weight.next[1,1]": -0.8})
    assert found[GRADIENT].misconception == "dense_transposed"
    mark = found["dense1.weight.next[1,1]"]
    assert (mark.verdict, mark.points) == ("followed through", 1)
    assert "your answer [[2, 4], [4, 8], [6, 12], [10, 20]] to question 2" in mark.feedback
    wrong = marked(SPEC, {**before, "dense1.weight.next[1,1]": -1.2})["dense1.weight.next[1,1]"]
    assert (wrong.verdict, wrong.points) == ("wrong", 0)


def test_a_swapped_gradient_is_told_again_as_it_was_written() -> None:
    """1 - 0.1*99 = -8.9."""
    answers = {GRADIENT: "[[2, 3], [4, 6], [6, 9], [10, 99]]", "dense1.weight.next[1,3]": -8.9}
    found = marked(SPEC, answers)
    told = "your answer [[2, 3], [4, 6], [6, 9], [10, 99]] to question 1"
    assert found["dense1.weight.next[1,3]"].points == 1
    assert told in found["dense1.weight.next[1,3]"].feedback
    sizes = "It takes 2x4 values, and your answer has 4x2."
    assert found[GRADIENT].feedback.startswith(f"{sizes} The right answer is")
    assert found[GRADIENT].matter == "it takes 2x4 values, and the answer has 4x2"


@pytest.mark.parametrize(
    "written", [[2, 4, 6, 10, 4, 8, 12, 20], [[2, 4], [6, 10], [4, 8], [12, 20]]]
)
def test_what_follows_value_by_value_goes_on_so(written: Any) -> None:
    answers = {OUT: [2, 4], GRADIENT: written, "dense1.weight.next[1,2]": -1.2}
    found = marked(SPEC, answers)
    assert found[GRADIENT].verdict == "followed through"
    assert found["dense1.weight.next[1,2]"].verdict == "followed through"


@pytest.mark.parametrize(
    ("written", "begin"),
    [
        (SWAPPED, "It takes 2x4 values, and your answer has 4x2. Rows and columns were swapped;"),
        ("2, 3, 4, 6, 6, 9, 10, 15", "Rows and columns were swapped;"),
    ],
)
def test_no_values_are_counted_where_rows_and_columns_were_swapped(
    written: Any, begin: str
) -> None:
    mark = marked(SPEC, {GRADIENT: written})[GRADIENT]
    assert mark.feedback.startswith(begin)
    assert "values are right" not in mark.feedback


def test_values_are_counted_where_more_are_right_row_by_row() -> None:
    rows = [[2, 4], [6, 10], [3, 6], [9, 16]]
    told = marked(SPEC, {GRADIENT: rows})[GRADIENT].feedback
    assert told.startswith("7 of 8 values are right; the wrong one is at [1,3]")


@pytest.mark.parametrize(
    ("written", "verdict"), [("0 - 0.1*8.02 = -0.802", "wrong"), (-0.802, "followed through")]
)
def test_a_step_with_the_own_gradient_of_another_weight_follows_from_nothing(
    written: Any, verdict: str
) -> None:
    """4 times 2 is 8, as follows from the first answer; but 8.02 is the own one beside it."""
    own = [[2, 4, 6, 10], [4, 9.5, 8.02, 20]]
    answers = {OUT: [2, 4], GRADIENT: own, "dense1.weight.next[1,1]": written}
    assert marked(SPEC, answers)["dense1.weight.next[1,1]"].verdict == verdict


# The 6 of the image is 7 in the answers: 1 + 2*2 + 3*3 + 4*4 + 5*5 + 6*7 = 97.
IMAGE = {
    "input": "2x3x1",
    "layers": ["relu", "relu", "flatten", {"dense": 1}],
    "example": {
        "given": {
            "input": [[1, 2, 3], [4, 5, 6]],
            "dense1.weight": [[1, 2, 3, 4, 5, 6]],
            "dense1.bias": [0],
        },
    },
}


@pytest.mark.parametrize(
    ("ask", "answer", "follows"),
    [
        ("dense1.value", [97], True),
        ("relu2.value", [[1, 4], [2, 5], [3, 7]], True),  # in the same order again
        ("dense1.value", [1 + 8 + 6 + 20 + 15 + 42], True),  # as the own list has them
        ("relu2.value[1,2]", 7, True),
        ("relu2.value[0,1]", 4, False),
    ],
)
def test_what_follows_from_the_swapped_values_of_a_layer(
    ask: str, answer: Any, follows: bool
) -> None:
    answers = {"relu1.value": [[1, 4], [2, 5], [3, 7]], ask: answer}
    mark = marked(IMAGE, answers)[ask]
    assert (mark.verdict == "followed through") == follows
    if follows and ask.startswith("dense"):
        assert "your answer [[1, 4], [2, 5], [3, 7]] to question 1" in mark.feedback


@pytest.mark.parametrize(
    "own",
    [
        [[[1, 7], [2, 8], [3, 9]], [[4, 10], [5, 11], [6, 13]]],  # the depth last
        [[[1, 4], [2, 5], [3, 6]], [[7, 10], [8, 11], [9, 13]]],  # rows as columns
    ],
)
def test_of_two_orders_that_is_meant_in_which_more_is_right(own: Any) -> None:
    image = [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]]
    example = {"given": {"input": image}}
    spec = {"input": "2x3x2", "layers": ["relu", "relu"], "example": example}
    answers = {"relu1.value": own, "relu2.value[1,1,2]": 13}
    assert marked(spec, answers)["relu2.value[1,1,2]"].verdict == "followed through"
    told = marked(spec, answers)["relu1.value"].feedback
    assert told.startswith("It takes 2x2x3 values, and your answer has 2x3x2. ")


# 1 and 3 come out, 2 and 3 too much. With 4 for the 3 before, and 5 for the 3 that comes back, the
# gradient of the weights is 2*1, 2*4 and 5*1, 5*4.
SQUARE = {
    "input": 2,
    "layers": ["relu", {"dense": 2}],
    "example": {
        "given": {
            "input": [1, 3],
            "dense1.weight": [[1, 0], [0, 1]],
            "dense1.bias": [0, 0],
        },
        "loss": {"half_squared_error": [-1, 0]},
        "rate": 0.1,
    },
}


@pytest.mark.parametrize(
    ("step", "follows"),
    [
        ([[0.8, -0.8], [-0.5, -1]], True),  # turned back: 0 - 0.1*8 in the first row
        ([[0.8, -0.5], [-0.8, -1]], True),  # as it stands
        ([[0.8, -0.8], [-0.8, -1]], False),
    ],
)
def test_a_square_gradient_that_was_told_to_be_turned_leads_on_either_way(
    step: Any, follows: bool
) -> None:
    before = {"relu1.value": [1, 4], OUT: [2, 5], GRADIENT: [[2, 5], [8, 20]]}
    found = marked(SQUARE, {**before, "dense1.weight.next": step})
    assert found[GRADIENT].misconception == "dense_transposed"
    mark = found["dense1.weight.next"]
    assert (mark.verdict == "followed through") is follows
    if follows:
        assert "your answer [[2, 5], [8, 20]] to question 3" in mark.feedback


def test_one_that_is_not_told_to_be_turned_does_not() -> None:
    """5, 6 and 7, 8 are nothing; 0 - 0.1*7 is of them turned back."""
    answers = {GRADIENT: [[5, 6], [7, 8]], "dense1.weight.next": [[0.5, -0.7], [-0.6, 0.2]]}
    assert marked(SQUARE, answers)["dense1.weight.next"].verdict == "wrong"
