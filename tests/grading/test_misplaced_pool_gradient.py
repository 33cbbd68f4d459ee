"""The gradient of a max pool at another pixel of a window than the largest."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

NAME = "pool_gradient_misplaced"
# The largest of the four windows are 7 at [1,0], 9 at [1,3], 8 at [2,1] and 7 at [3,3].
IMAGE = [[1, 2, 5, 3], [7, 4, 6, 9], [3, 8, 2, 1], [5, 6, 4, 7]]
RIGHT = [[0, 0, 0, 0], [3, 0, 0, -2], [0, 4, 0, 0], [0, 0, 0, 5]]
ALL_FIRST = [[3, 0, -2, 0], [0, 0, 0, 0], [4, 0, 5, 0], [0, 0, 0, 0]]
ALL_LAST = [[0, 0, 0, 0], [0, 3, 0, -2], [0, 0, 0, 0], [0, 4, 0, 5]]
# The smallest are 1 at [0,0], 3 at [0,3], 3 at [2,0] and 1 at [2,3].
ALL_SMALLEST = [[3, 0, 0, -2], [0, 0, 0, 0], [4, 0, 0, 5], [0, 0, 0, 0]]
# 7 is in the second row and first column of its window, 8 the other way round.
ALL_SWAPPED = [[0, 3, 0, 0], [0, 0, 0, -2], [0, 0, 0, 0], [4, 0, 0, 5]]


def marked(answer: Any, back: Any = ((3, -2), (4, 5)), image: Any = IMAGE) -> Mark:
    volume = f"{len(image)}x{len(image[0])}x1"
    example = {"given": {"input": image}, "upstream": {"max_pool1": [[*row] for row in back]}}
    spec = {"input": volume, "layers": [{"max_pool": 2}], "example": example}
    questions = [{"id": "a", "ask": "input.grad"}]
    (mark,) = Marker(read_assignment({"spec": spec, "questions": questions})).mark(
        "somebody", {"a": answer}
    ).marks  # fmt: skip
    return mark


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (ALL_FIRST, "The gradient was put at the first pixel of its window; only"),
        (ALL_LAST, "The gradient was put at the last pixel of its window; only"),
        (ALL_SMALLEST, "The gradient was put at the smallest pixel of its window; only"),
        (ALL_SWAPPED, "Row and column of the largest pixel were swapped within its window; the"),
        # 5 beside the 7 of the last window
        (
            [[0, 0, 0, 0], [3, 0, 0, -2], [0, 4, 0, 0], [0, 0, 5, 0]],
            "The gradient of a window was put at another pixel than the largest; only",
        ),
    ],
)
def test_the_rule_by_which_a_gradient_is_misplaced_is_told(answer: Any, told: str) -> None:
    mark = marked(answer)
    assert (mark.verdict, mark.misconception, mark.perhaps) == ("wrong", NAME, False)
    assert told in mark.feedback


def test_a_small_gradient_at_another_pixel_may_be_chance() -> None:
    """-2 at another pixel: two of 16 values are wrong, of which each may be one of four or so."""
    mark = marked([[0, 0, -2, 0], [3, 0, 0, 0], [0, 4, 0, 0], [0, 0, 0, 5]])
    assert (mark.misconception, mark.perhaps) == (NAME, True)
    assert "Perhaps the gradient of a window" in mark.feedback


@pytest.mark.parametrize(
    ("answer", "back"),
    [
        # two windows, each by another rule
        ([[3, 0, -2, 0], [0, 0, 0, 0], [0, 4, 0, 0], [0, 0, 0, 5]], [[3, -2], [4, 5]]),
        # into another window
        ([[0, 0, 0, 0], [0, 0, 3, -2], [0, 4, 0, 0], [0, 0, 0, 5]], [[3, -2], [4, 5]]),
        # the sign besides
        ([[0, 0, 0, 0], [3, 0, 0, -2], [0, 4, 0, 0], [0, 0, -5, 0]], [[3, -2], [4, 5]]),
        # where every gradient is 1 it says little that one is elsewhere
        ([[0, 0, 0, 0], [1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0]], [[1, 1], [1, 1]]),
    ],
)
def test_what_no_rule_gives_or_chance_may_gets_no_name(answer: Any, back: Any) -> None:
    assert marked(RIGHT).verdict == "right"
    mark = marked(answer, back)
    assert (mark.verdict, mark.misconception) == ("wrong", None)


def test_the_last_of_equal_values_is_as_good_as_the_first() -> None:
    """6 stands twice in the first window; 4 comes back to either, and not to the 1."""
    image = [[6, 1, 5, 8], [2, 6, 0, 7]]
    assert marked([[4, 0, 0, 8], [0, 0, 0, 0]], [[4, 8]], image).verdict == "right"
    assert marked([[0, 0, 0, 8], [0, 4, 0, 0]], [[4, 8]], image).verdict == "right"
    mark = marked([[0, 4, 0, 8], [0, 0, 0, 0]], [[4, 8]], image)
    assert (mark.verdict, mark.misconception) == ("wrong", NAME)


# The filter takes the upper left pixel of its window, and a ReLU lies between. The largest of the
# four windows are 7 at [1,0], 6 at [1,2], 8 at [2,1] and 7 at [3,3]: 3*7 - 2*6 + 4*8 + 5*7 = 76 is
# 1 too much, so that 3, -2, 4 and 5 come back.
WIDER = [[1, 2, -5, 3, 2], [7, 4, 6, -9, 1], [-3, 8, 2, 1, 3], [5, 6, 4, 7, -1], [2, 1, 0, 3, 5]]
LAYERS = [
    {"conv": {"K": 1, "F": 2, "bias": False}}, "relu", {"max_pool": 2}, "flatten",
    {"dense": {"units": 1, "bias": False}},
]  # fmt: skip


def further(ask: str, answer: Any, activation: str = "relu") -> Mark:
    """Mark an answer about a network in which the pool's gradient comes back further."""
    layers = [activation if layer == "relu" else layer for layer in LAYERS]
    weights = {"conv1.weight": [[[[1, 0], [0, 0]]]], "dense1.weight": [[3, -2, 4, 5]]}
    example = {"given": {"input": WIDER, **weights}, "loss": {"half_squared_error": [75]}}
    spec = {"input": "5x5x1", "layers": layers, "example": example}
    assignment = read_assignment({"spec": spec, "questions": [ask]})
    return Marker(assignment).mark("somebody", {ask: answer}).marks[0]


@pytest.mark.parametrize(
    ("ask", "answer", "told"),
    [
        # the first pixels of the second and the third window are negative: nothing comes through
        ("conv1.grad", [[3, 0, 0, 0], [0] * 4, [0, 0, 5, 0], [0] * 4], "at the first pixel of its"),
        # and so is the last one of the second
        ("conv1.grad", [[0] * 4, [0, 3, 0, 0], [0] * 4, [0, 4, 0, 5]], "at the last pixel of its"),
        # 3*[[1, 2], [7, 4]] + 5*[[2, 1], [4, 7]]
        ("conv1.weight.grad", [[13, 11], [41, 47]], "at the first pixel of its window, in max_po"),
        # 3*[[4, 6], [8, 2]] + 4*[[6, 4], [1, 0]] + 5*[[7, -1], [3, 5]]
        ("conv1.weight.grad", [[71, 29], [43, 31]], "at the last pixel of its window, in max_poo"),
        # 5*[[4, 7], [0, 3]] for 5*[[7, -1], [3, 5]]
        ("conv1.weight.grad", [[61, 73], [11, 53]], "than the largest, in max_pool1; only the la"),
    ],
)
def test_it_is_found_behind_a_relu_and_in_filters(ask: str, answer: Any, told: str) -> None:
    mark = further(ask, answer)
    assert (mark.verdict, mark.misconception, mark.perhaps) == ("wrong", NAME, False)
    assert told in mark.feedback


def test_a_gradient_that_is_missing_is_not_told_to_be_at_another_pixel() -> None:
    """-2 at one that is negative would leave nothing as well."""
    right = [[0] * 4, [3, 0, -2, 0], [0, 4, 0, 0], [0, 0, 0, 5]]
    assert further("conv1.grad", right).verdict == "right"
    missing = [[0] * 4, [3, 0, 0, 0], [0, 4, 0, 0], [0, 0, 0, 5]]
    assert further("conv1.grad", missing).misconception is None


def test_the_right_gradient_of_filters_comes_through_the_largest() -> None:
    """3*7 - 2*6 + 4*8 + 5*7, 3*4 + 2*9 + 4*2 - 5*1, -3*3 - 2*2 + 4*6 + 5*3, 3*8 - 2 + 4*4 + 5*5."""
    assert further("conv1.weight.grad", [[76, 33], [26, 63]]).verdict == "right"
