"""What stands behind a list and only tells how it was got leaves it the answer.

A list is marked as what it is, right or wrong; where the steps may state the answer, a person has
to look.
"""

from __future__ import annotations

from functools import cache
from time import process_time
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.steps_behind_list import without_steps

# sigmoid(0) = 0.5, of which the slope is 0.5*0.5 = 0.25; relu([-1, 2, 3]) = [0, 2, 3]
SIGMOID: dict[str, Any] = {
    "input": 2,
    "layers": ["sigmoid", {"dense": 1}],
    "example": {
        "given": {"input": [0, 0], "dense1.weight": [[2, 4]], "dense1.bias": [0]},
        "upstream": {"dense1": [1]},
    },
}
RELU: dict[str, Any] = {
    "input": 3,
    "layers": ["relu"],
    "example": {"given": {"input": [-1, 2, 3]}},
}
SPECS = {"input.grad": SIGMOID, "relu1.value": RELU}
NOTE = "what stands beside the list was taken for a working"


@cache
def marker(ask: str) -> Marker:
    questions = [{"id": "a", "ask": ask}]
    return Marker(read_assignment({"spec": SPECS[ask], "questions": questions}))


def verdict(answer: str, ask: str = "input.grad") -> str:
    """The right gradient of the input is [2*0.25, 4*0.25] = [0.5, 1]."""
    return marker(ask).mark("Ada", {"a": answer}).marks[0].verdict


@pytest.mark.parametrize(
    "working",
    [
        "(2*0.25, 4*0.25)",
        "(2*0.5*(1-0.5), 4*0.5*(1-0.5))",
        "(2*0.5^2, 4*0.5^2)",
        "(1/2, 4*0.25)",
        "(2*0.25 and 4*0.25).",
    ],
)
@pytest.mark.parametrize("written", ["[0.5, {}]", "(0.5, {})", "[[0.5], [{}]]", "0.5, {}"])
def test_a_working_for_each_value_is_none_of_the_list(working: str, written: str) -> None:
    assert verdict(f"{written.format(1)} {working}") == "right"
    # what comes to the right values may be the answer
    assert verdict(f"{written.format(3)} {working}") == "needs a look"


@pytest.mark.parametrize("working", ["(2*0.25, 6*0.5)", "(2*0.5, 4*0.5)", "(2*0.25, 4*0.75)"])
def test_a_working_that_comes_to_no_right_values_leaves_a_wrong_list(working: str) -> None:
    assert verdict(f"[0.5, 3] {working}") == "wrong"
    assert verdict(f"[0.5, 1] {working}") == "right"


@pytest.mark.parametrize("behind", ["(0.5, 3*1)", "(0.5, 3)", "(2*0.25, 4*0.5) * 2"])
@pytest.mark.parametrize("last", [1, 2])
def test_what_may_be_another_list_is_for_a_person(behind: str, last: int) -> None:
    assert verdict(f"[0.5, {last}] {behind}") == "needs a look"


@pytest.mark.parametrize(
    "told",
    [
        "After relu the negative ones are 0.",
        "After the relu, all the negatives become 0",
        "After relu the negative ones are 0, then I take the rest as it is.",
        "After the relu every negative value is set to zero.",
    ],
)
def test_what_a_relu_does_is_told_behind_a_full_stop(told: str) -> None:
    assert verdict(f"[0, 2, 3]. {told}", "relu1.value") == "right"
    assert verdict(f"[0, 2, 4]. {told}", "relu1.value") == "wrong"
    assert verdict(f"[-1, 2, 3]. {told}", "relu1.value") == "needs a look"


@pytest.mark.parametrize(
    "told",
    [
        "After relu the negative ones are 0, 2, 4.",
        "After relu the negative ones are 0. So the answer is 3.",
        "After relu the negative ones are 0 and I get 1, 2 and 3.",
        "After relu the negative ones are 0, but the last one should be 3.",
        "After the relu [0, 2, 1].",
    ],
)
def test_more_than_a_relu_is_for_a_person(told: str) -> None:
    for last in (3, 4):
        assert verdict(f"[0, 2, {last}]. {told}", "relu1.value") == "needs a look"


@pytest.mark.parametrize(
    "told",
    [
        "Going back through the weights I get 2 and 4.",
        "Going back through the weights I get 2 and 4, and then I multiply by s(1 - s).",
        "Going back through the weights we get 2, 4. Then I multiply by s(1 - s).",
        "First I get 2 and 4, then I multiply by s(1 - s).",
        "The slopes of the next layer are 2 and 4, then multiply by s(1 - s)",
    ],
)
def test_values_that_a_list_came_from_are_told_behind_it(told: str) -> None:
    found = marker("input.grad").mark("Ada", {"a": f"[0.5, 1]. {told}"}).marks[0]
    assert (found.verdict, found.note) == ("right", NOTE)
    assert verdict(f"[0.5, 2]. {told}") == "wrong"


@pytest.mark.parametrize(
    "answer",
    [
        # the first list is what somebody went back from
        "[1, -1]. Going back through the weights I get 2 and 4.",
        "[2, 4]. Going back through the sigmoid I get 0.5 and 1.",
        "[3, 4]. First I get 0.5 and 1, then I multiply by 2.",
        # which is which
        "[0.5, 1]. I get 2 and 4.",
        "[0.5, 1]. Then I get 2 and 4.",
        "[0.5, 1]. After the weights I get 2 and 4.",
        "[0.5, 1]. In the end I get 2 and 4, then I multiply by 2.",
        "[0.5, 1]. Corrected I get 2 and 4, then I multiply by 2.",
        "[0.5, 1]. Ben and I get 2 and 4, then I multiply by 2.",
        "[0.5, 1]. So the answer is 2 and 4.",
        "[0.5, 1]. Going back through the weights I get 2 and 4, not 1.",
        "[0.5, 1]. Going back through the weights I get 2 and 4. No, the second is 2.",
        "[0.5, 1]. Going back through the weights I get 2 and 4. Then it is 0.5 and 3.",
        "[0.5, 1]. No, [0.5, 3].",
        "[0.5, 1]. But the second should be 3.",
    ],
)
def test_values_that_may_be_the_answer_are_for_a_person(answer: str) -> None:
    assert verdict(answer) == "needs a look"


@pytest.mark.parametrize(
    "part",
    [". A", ". I get 1 and ", "1*2, ", "(1*2 ", "so 1 ", "all the ", ". Going back I get 1, "],
)
def test_a_hostile_text_takes_no_time(part: str) -> None:
    for text in ((part * 1000)[:1000], (part * 400)[:400], f"({(part * 400)[:390]})"):
        began = process_time()
        without_steps(text, [1.0, 2.0], [1.0, 2.0])
        verdict(f"[0.5, 1]{text}"[:1000])
        assert process_time() - began < 2
