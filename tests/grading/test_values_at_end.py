"""Values that a sentence ends with, or its only list, are read alike, right or wrong."""

from __future__ import annotations

from functools import cache
from time import process_time
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.values_at_end import last_bracketed, only_list

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


# the error is (2, -1) - (1, 0) = (1, -1), times the input 1; the weights lose half of it
STEP: dict[str, Any] = {
    "input": 1,
    "layers": [{"dense": 2}],
    "example": {**SPEC["example"], "loss": {"half_squared_error": [1, 0]}, "rate": 0.5},
}


@cache
def marker(ask: str) -> Marker:
    spec = SOFTMAX if ask in ("loss", "softmax1.value") else SPEC
    spec = STEP if ask.endswith(("grad", "next")) else spec
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


@pytest.mark.parametrize("lead", ["logits", "scores", "the logits", "My scores", "outputs", "sums"])
@pytest.mark.parametrize("values", ["2 and {}", "2, {}"])
def test_values_behind_what_they_are_called_are_the_answer(lead: str, values: str) -> None:
    assert verdict(f"{lead} {values.format(-1)}", "dense1.value") == "right"
    assert verdict(f"{lead} {values.format(3)}", "dense1.value") == "wrong"


@pytest.mark.parametrize(
    "text",
    ["gradients 2 and -1", "targets 2, -1", "the rest 2, -1", "softmax 2, -1",
     "2 * logits 2 and -1", "not the logits 2 and -1", "logits 2 and -1 or so I think"],
)  # fmt: skip
def test_values_that_are_called_otherwise_are_for_a_person(text: str) -> None:
    assert verdict(text, "dense1.value") == "needs a look"


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


@pytest.mark.parametrize(
    "sentence",
    ["The relu makes them {}.", "They become {}", "It becomes {}.", "Then I get {}.",
     "The relu gives these, so we have {}.", "The outputs are {} for the two units.",
     "So they are {} left."],
)  # fmt: skip
def test_values_at_the_end_come_about_so(sentence: str) -> None:
    assert verdict(sentence.format("2 and 0")) == "right"
    assert verdict(sentence.format("2 and 3")) == "wrong"


@pytest.mark.parametrize("sentence", ["The two sums are {}.", "Both sums become {}"])
def test_sums_are_those_of_a_layer_with_weights(sentence: str) -> None:
    assert verdict(sentence.format("2 and -1"), "dense1.value") == "right"
    assert verdict(sentence.format("2 and 3"), "dense1.value") == "wrong"
    assert verdict(sentence.format("2 and 3"), "relu1.value") == "needs a look"


@pytest.mark.parametrize(
    "sentence",
    ["The outputs are 2 for the first unit and {} for the second unit.",
     "They are 2 for the first and {} for the second unit",
     "They become 2 for unit 1 and {} for unit 2."],
)  # fmt: skip
def test_values_with_names_in_their_order_are_the_answer(sentence: str) -> None:
    assert verdict(sentence.format(0)) == "right"
    assert verdict(sentence.format(3)) == "wrong"


@pytest.mark.parametrize(
    "answer",
    ["They are 3 for the second unit and 2 for the first unit.",
     "The slopes are 2 for the first unit and 3 for the second unit.",
     "They are 2 for the first logit and 3 for the second logit.",
     "They are not 2 for the first unit and 3 for the second unit.",
     "The values before the relu are 2 for the first unit and 3 for the second unit.",
     "They are 2 for the first unit, 3 for the second and 4 for the third.",
     "They are 2 for the first unit before it and 3 for the second unit before it.",
     "They are 2 for the first input and 3 for the second input.",
     "The bias makes them 2 and 3.", "The new weights become 2 and 3.",
     "The input makes them 2 and 3.",
     "Going back through the weights I get 2 and 3.", "Twice the relu makes them 2 and 3."],
)  # fmt: skip
def test_named_values_that_may_be_others_are_for_a_person(answer: str) -> None:
    assert verdict(answer) == "needs a look"


@pytest.mark.parametrize(
    "sentence",
    ["After the dense layer and relu we have {} left.", "After the relu, {} is left.",
     "After relu it becomes {}", "So it becomes {}.", "The relu becomes {}, I hope."],
)  # fmt: skip
def test_the_only_list_of_a_sentence_is_the_answer(sentence: str) -> None:
    assert verdict(sentence.format("[2, 0]")) == "right"
    assert verdict(sentence.format("[2, 3]")) == "wrong"


@pytest.mark.parametrize(
    "sentence",
    ["So the new weights become {}.", "The weight matrix becomes {}, I think",
     "After one step the weights become {}", "After the gradient step the weights are {}."],
)  # fmt: skip
def test_weights_become_new_ones(sentence: str) -> None:
    assert verdict(sentence.format("[[1.5], [-0.5]]"), "dense1.weight.next") == "right"
    assert verdict(sentence.format("[[1], [0]]"), "dense1.weight.next") == "wrong"


@pytest.mark.parametrize(
    "said",
    ["the same, nothing is negative:", "Nothing changes:", "no change:", "none of them is negative",
     "no negative values, so"],
)  # fmt: skip
def test_that_a_relu_changes_nothing_denies_no_list(said: str) -> None:
    assert verdict(f"{said} [2, 0]") == "right"
    assert verdict(f"{said} [2, 3]") == "wrong"


def test_what_is_said_not_to_be_negative_is_for_a_person_where_it_is() -> None:
    assert verdict("nothing is negative: [2, -1]") == "needs a look"


@pytest.mark.parametrize("said", ["not", "it is not", "no change is needed to"])
def test_another_denial_is_for_a_person(said: str) -> None:
    assert verdict(f"{said} [2, 3]") == "needs a look"


def test_a_gradient_of_weights_is_named_so() -> None:
    for values, wanted in (("[[1], [-1]]", "right"), ("[[1], [3]]", "wrong")):
        answer = f"The gradient of the weights becomes {values}."
        assert verdict(answer, "dense1.weight.grad") == wanted
    assert verdict("The gradient becomes [[1], [3]].", "dense1.weight.next") == "needs a look"
    answer = "The weight matrix becomes [[1], [3]]."
    assert verdict(answer, "dense1.weight.grad") == "needs a look"


@pytest.mark.parametrize(
    "answer",
    ["After the dense layer we have [2, 3].", "After relu and softmax we have [2, 3].",
     "Before the relu it becomes [2, 3].", "Perhaps it becomes [2, 3].", "It becomes [2, 3]?",
     "It becomes [2, 3] instead.", "The input becomes [2, 3].", "The bias becomes [2, 3].",
     "It becomes [2, 3], then I take the relu.", "It becomes [2, 3] transposed.",
     "It becomes [2, 3] or so.", "It does not become what becomes [2, 3].",
     "In the other order it becomes [2, 3].", "It becomes [2, 3], then [4, 5]."],
)  # fmt: skip
def test_a_list_that_may_be_another_is_for_a_person(answer: str) -> None:
    assert verdict(answer) == "needs a look"


@pytest.mark.parametrize(
    "part",
    ["a is 1, ", "is ", "1 and ", "so the relu is 1 and 2 ",
     "after relu and ", "after max pool, ", "becomes [", "[2, 0] ", "it is 1 for the first and ",
     "gradient of the ", "After pooling and relu, relu "],
)  # fmt: skip
def test_a_hostile_text_takes_no_time(part: str) -> None:
    for length in (300, 1000):
        began = process_time()
        last_bracketed((part * 1000)[:length], (2, 0), "relu1.value")
        only_list(f"{part * 30} [2, 0]"[-300:], (2, 0), "relu1.value")
        verdict((part * 1000)[:length])
        assert process_time() - began < 2
