"""Values that a sentence ends with are read alike, right or wrong."""

from __future__ import annotations

from functools import cache
from time import process_time
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.values_at_end import last_bracketed

# dense: 2*1 = 2 and -1; relu: 2 and 0; the loss of [0, ln 3]: -ln(1/4) = ln 4 = 1.38629
SPEC: dict[str, Any] = {
    "input": 1,
    "layers": [{"dense": 2}, "relu"],
    "example": {"given": {"input": [1], "dense1.weight": [[2], [-1]], "dense1.bias": [0, 0]}},
}
SOFTMAX: dict[str, Any] = {
    "input": 2,
    "layers": ["softmax"],
    "example": {"given": {"input": [0, 1.0986123]}, "loss": {"cross_entropy": 0}},
}


@cache
def marker(ask: str) -> Marker:
    spec = SOFTMAX if ask in ("loss", "softmax1.value") else SPEC
    return Marker(read_assignment({"spec": spec, "questions": [{"id": "a", "ask": ask}]}))


def verdict(answer: str, ask: str = "relu1.value") -> str:
    return marker(ask).mark("Ada", {"a": answer}).marks[0].verdict


@pytest.mark.parametrize(
    "lead",
    ["The relu of these is", "So the outputs are", "The largest of both are", "All of them are"],
)
@pytest.mark.parametrize("values", ["2 and {}", "2, {}", "2.0 and {}."])
def test_values_behind_words_alone_are_the_answer(lead: str, values: str) -> None:
    assert verdict(f"{lead} {values.format(0)}") == "right"
    assert verdict(f"{lead} {values.format(3)}") == "wrong"


def test_a_conclusion_of_what_is_asked_for_stands_behind_others() -> None:
    text = "The logits are 0 and 1.0986, so the probabilities are 0.25 and 0.{}."
    assert verdict(text.format(75), "softmax1.value") == "right"
    assert verdict(text.format(85), "softmax1.value") == "wrong"
    other = "The dense values are 2 and {}, so the relu values are 2 and 0."
    for last in (-1, 1):
        assert verdict(other.format(last), "dense1.value") == "needs a look"


def test_a_concluded_gradient_may_be_another_one() -> None:
    answer = "The slopes are 1 and 0, so the gradient is 2 and 3."
    assert last_bracketed(answer, (2, 0), "dense1.grad") == answer


@pytest.mark.parametrize(
    "lead",
    ["The inputs are", "The first is", "Minus the relu is", "I do not think that the relu is",
     "The values before the relu are", "Twice the relu is", "Without the bias these are",
     "The softmax is", "The slopes of the relu are", "The relu of Ben is", "The other ones are",
     "The relu is 2 and 0, so the relu is", "The inputs are 2 and 0, so the relu is",
     "It is either 2 and 0, or they are", "The dense values are 2 and -1, so it is"],
)  # fmt: skip
def test_values_that_may_be_others_are_for_a_person(lead: str) -> None:
    assert verdict(f"{lead} 2 and 3.") == "needs a look"


@pytest.mark.parametrize(
    "sentence",
    ["The cross entropy is {}.", "The loss for class 0 is {}", "So the loss is {}.",
     "The loss is minus the log of the probability of class 0, which is {}.",
     "minus the log of p, which is {}"],
)  # fmt: skip
def test_what_a_sentence_calls_the_loss_is_the_answer(sentence: str) -> None:
    assert verdict(sentence.format("1.3863"), "loss") == "right"
    assert verdict(sentence.format("1.5"), "loss") == "wrong"


@pytest.mark.parametrize("number", ["0.25", "0.5837", "1", "-1.3863"])
def test_what_may_be_the_probability_is_for_a_person(number: str) -> None:
    answer = f"The loss is minus the log of the probability of class 0, which is {number}."
    assert verdict(answer, "loss") == "needs a look"


@pytest.mark.parametrize("part", ["a is 1, ", "is ", "1 and ", "so the relu is 1 and 2 "])
def test_a_hostile_text_takes_no_time(part: str) -> None:
    for length in (300, 1000):
        began = process_time()
        last_bracketed((part * 1000)[:length], (2, 0), "relu1.value")
        verdict((part * 1000)[:length])
        assert process_time() - began < 0.5
