"""A remark beside a whole list that changes nothing in it, and one that may."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker

# W x = (1 + 4, 3 + 10); W^T g = (1 - 3, 2 - 5); g x^T = ((1, 2), (-1, -2))
DENSE: dict[str, Any] = {
    "input": 2,
    "layers": [{"dense": 2}],
    "example": {
        "given": {"input": [1, 2], "dense1.weight": [[1, 2], [3, 5]], "dense1.bias": [0, 0]},
        "upstream": {"dense1": [1, -1]},
    },
}
# Equal scores: 1/2 each; behind the loss -1/2 and 1/2.
SOFTMAX: dict[str, Any] = {
    "input": 2,
    "layers": [{"dense": 2}, "softmax"],
    "example": {
        "given": {"input": [1, 2], "dense1.weight": [[2, 1], [4, 0]], "dense1.bias": [0, 0]},
        "loss": {"cross_entropy": 0},
    },
}
BACK, WEIGHTS = "input.grad", "dense1.weight.grad"
RIGHT = {
    BACK: "[-2, -3]",
    WEIGHTS: "[[1, 2], [-1, -2]]",
    "softmax1.value": "[0.5, 0.5]",
    "dense1.grad": "[-0.5, 0.5]",
}
WRONG = {
    BACK: "[2, -3]",
    WEIGHTS: "[[1, 2], [-1, 2]]",
    "softmax1.value": "[0.25, 0.75]",
    "dense1.grad": "[0.5, 0.5]",
}
SUMMED = "[LIST] (I summed over all 16 positions but most of them are zero)"


@cache
def marker(ask: str) -> Marker:
    spec = DENSE if ask in (BACK, WEIGHTS) else SOFTMAX
    return Marker(read_assignment({"spec": spec, "questions": [{"id": "a", "ask": ask}]}))


def verdict(ask: str, text: str, lists: dict[str, str]) -> str:
    return (
        marker(ask).mark("one", {"a": text.replace("[LIST]", lists.get(ask, ""))}).marks[0].verdict
    )


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        ("softmax1.value", "[LIST], they add up to 1 as they should"),
        ("softmax1.value", "[LIST] (they add up to 1)"),
        ("softmax1.value", "[LIST] they add up to 1"),
        ("softmax1.value", "p = [LIST] and they add up to one."),
        ("softmax1.value", "[LIST] (adding up to 1, as expected)"),
        ("dense1.grad", "[LIST], the values sum to 0 as they should"),
        (BACK, "Here I go back through the weights (transposed): [LIST]"),
        (BACK, "I go back through the transposed weights: [LIST]"),
        (BACK, "[LIST] (weights transposed)"),
        (BACK, "[LIST], back with the transposed weights"),
        (BACK, "[LIST] (I go back through the transpose of W)"),
        (WEIGHTS, SUMMED),
        (WEIGHTS, "[LIST] (added over all 4 windows)"),
    ],
)
def test_a_remark_that_changes_nothing_is_passed_over(ask: str, text: str) -> None:
    assert verdict(ask, text, RIGHT) == "right"
    assert verdict(ask, text, WRONG) not in ("right", "needs a look")


@pytest.mark.parametrize("text", ["-0.5, 0.5 they add up to 0", "-0.5 0.5 (they add up to 0)"])
def test_values_without_brackets_may_have_such_a_remark(text: str) -> None:
    assert verdict("dense1.grad", text, RIGHT) == "right"


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        ("softmax1.value", "[LIST] but they should add up to 1"),
        ("softmax1.value", "[LIST], they do not add up to 1"),
        ("softmax1.value", "[LIST] they add up to 1 times 2"),
        ("softmax1.value", "[LIST] times 2, they add up to 1"),
        ("softmax1.value", "[LIST] but 0.3 for the first, they add up to 1"),
        ("softmax1.value", "not [LIST], they add up to 1"),
        ("softmax1.value", "[0.5] they add up to 1"),
        ("softmax1.value", "[0, 1] and [LIST], they add up to 1"),
        (WEIGHTS, "[LIST] (weights transposed)"),
        (WEIGHTS, "[LIST] transposed"),
        (WEIGHTS, "I go back through the transposed weights: [LIST]"),
        (BACK, "[LIST] transposed"),
        (BACK, "transposed weights: [LIST]"),
        (BACK, "[LIST] transposed weights"),
        (BACK, "I go back through the transposed weights: [LIST] times 2"),
        (WEIGHTS, "[LIST] but the last one is wrong"),
        (WEIGHTS, "[LIST] but the last one should be zero"),
        (WEIGHTS, "[LIST] but two of them are missing"),
        (WEIGHTS, "[LIST] in the other order"),
        (WEIGHTS, "[LIST] reversed"),
        (WEIGHTS, "[LIST], only one of them is right"),
    ],
)
def test_a_remark_that_may_change_a_list_waits(ask: str, text: str) -> None:
    assert verdict(ask, text, RIGHT) == "needs a look"


def test_what_is_kept_of_a_window_is_no_correction() -> None:
    assert verdict(BACK, "[LIST] (only the largest is kept)", RIGHT) == "right"


@pytest.mark.parametrize(
    ("ask", "text", "right"),
    [
        (WEIGHTS, "[[1, 2], [-1, -2]] (second row is the negative of the first)", "right"),
        (WEIGHTS, "[[1, 2], [-1, -2]] (outer product, second row is the negative)", "right"),
        (WEIGHTS, "[[1, 3], [-1, -3]] (the second row is the opposite of the first row)", "wrong"),
        (WEIGHTS, "[[1, 2], [1, 2]] (second row is the negative of the first)", "needs a look"),
        ("dense1.grad", "[-0.5, 0.5] (relu first, then the rest)", "right"),
        ("dense1.grad", "[-0.5, 0.5] first", "needs a look"),
        # a number times a list that comes to the answer, or does not
        ("dense1.grad", "[-0.5, 0.5] (-0.25 * [2, -2])", "right"),
        ("dense1.grad", "[-0.5, 0.5] (-0.25 times [2, -2], only one class counts)", "right"),
        ("dense1.grad", "[-0.5, 1] (0.5 * [-1, 2])", "wrong"),
        ("dense1.grad", "[-0.5, 0.5] (0.25 * [2, -2])", "needs a look"),
        ("dense1.grad", "[-0.5, 0.5] (-0.25 * [2, -2], but not the last one)", "needs a look"),
    ],
)
def test_what_is_true_of_a_list_changes_nothing_in_it(ask: str, text: str, right: str) -> None:
    assert verdict(ask, text, {}) == right


def test_a_number_times_a_list_that_comes_to_other_small_values_is_no_working_of_it() -> None:
    """0.002*[1, 2] = [0.002, 0.004] is none of [0.003, 0.006]."""
    example = {
        "given": {"input": [1], "dense1.weight": [[0.002], [0.004]], "dense1.bias": [0, 0]},
    }
    spec = {"input": 1, "layers": [{"dense": 2}], "example": example}
    own = Marker(read_assignment({"spec": spec, "questions": [{"id": "a", "ask": "dense1.value"}]}))
    (mark,) = own.mark("one", {"a": "[0.003, 0.006] (0.002 * [1, 2])"}).marks
    assert mark.verdict == "needs a look"
    assert own.mark("one", {"a": "[0.002, 0.004] (0.002 * [1, 2])"}).marks[0].verdict == "right"


# 1 - 2*2 = -3 and 2 - 2*3 = -4; with the filter flipped 2 - 2*1 = 0 and 3 - 2*2 = -1
ROW: dict[str, Any] = {
    "input": "3x1",
    "layers": [{"conv": {"K": 1, "F": 2, "bias": False}}],
    "example": {
        "given": {"input": [[1, 2, 3]], "conv1.weight": [[[1, -2]]]},
        "upstream": {"conv1": [[1, 0]]},
    },
}


@pytest.mark.parametrize(
    "remark",
    ["(kernel flipped)", "(I flip the kernel before)", "(filter is rotated by 180 degrees)",
     "(first I flip the kernel: [[-2, 1]])", "(flipped W [[-2, 1]])", ", I turned the filter round",
     "(with the filter flipped first)"],
)  # fmt: skip
def test_that_the_filter_was_flipped_changes_no_list(remark: str) -> None:
    right, flipped = (
        Marker(read_assignment({"spec": ROW, "questions": [{"id": "a", "ask": "conv1.value"}]}))
        .mark("one", {"a": f"{values} {remark}"})
        .marks[0]
        for values in ("-3 -4", "0 -1")
    )
    assert right.verdict == "right"
    assert (flipped.verdict, flipped.misconception) == ("wrong", "filter_flipped")


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        ("conv1.value", "-3 -4 flipped"),
        ("conv1.value", "-3 -4 (flipped)"),
        ("conv1.value", "-3 -4 (then I flip the list)"),
        ("conv1.weight.grad", "1 2 (kernel flipped)"),  # the list may be the kernel
    ],
)
def test_what_may_be_flipped_itself_waits(ask: str, text: str) -> None:
    assignment = read_assignment({"spec": ROW, "questions": [{"id": "a", "ask": ask}]})
    assert Marker(assignment).mark("one", {"a": text}).marks[0].verdict == "needs a look"
