"""Words and signs beside an answer with which it is another one, or none: a person looks at it.

Of y = Wx with W = [[1, 3], [2, 4]] and x = [1, 2], that is [7, 10], the half of the squared error
to 0 is 149/2 = 74.5, and its gradient by W is [7, 10] times [1, 2], [[7, 14], [10, 20]].
"""

from __future__ import annotations

import pytest

from shapecalc.grading import mark

COUNTED = {"input": "28x28x3", "layers": [{"conv": {"K": 10, "F": 5}}]}
EXAMPLE = {
    "input": 2,
    "layers": [{"dense": 2}],
    "example": {
        "given": {
            "input": [1, 2],
            "dense1.weight": [[1, 3], [2, 4]],
            "dense1.bias": [0, 0],
        },
        "loss": {"half_squared_error": [0, 0]},
    },
}
GRADIENT = "[[7,14],[10,20]]"


def verdict(ask: str, answer: str) -> str:
    spec = COUNTED if "conv1" in ask else EXAMPLE
    return (
        mark({"spec": spec, "questions": [{"id": "q", "ask": ask}]}, {"q": answer}).marks[0].verdict
    )


@pytest.mark.parametrize("label", ["not", "no", "wrong", "minus", "twice", "sqrt"])
def test_a_label_that_denies_a_number_is_no_label(label: str) -> None:
    """5*5*3*10 + 10 = 760."""
    assert verdict("conv1.parameters", f"{label}: 760") == "needs a look"
    assert verdict("conv1.parameters", "conv1: 760") == "right"


@pytest.mark.parametrize("label", ["not", "no", "wrong"])
def test_a_label_that_denies_a_volume_is_no_label(label: str) -> None:
    assert verdict("conv1.output", f"{label}: 24x24x10") == "needs a look"
    assert verdict("conv1.output", "conv1: 24x24x10") == "right"


@pytest.mark.parametrize(
    "answer",
    [
        f"{GRADIENT} opposite sign",
        f"{GRADIENT} but with the opposite sign",
        f"the opposite of {GRADIENT}",
        f"{GRADIENT} averaged",
        f"transposed: {GRADIENT}",
        f"-np.array({GRADIENT})",
        f"-dW = {GRADIENT}",
        f"minus dW = {GRADIENT}",
        f"{GRADIENT} %",
    ],
)
def test_a_list_that_is_changed_by_words_is_for_a_person(answer: str) -> None:
    assert verdict("dense1.weight.grad", answer) == "needs a look"


@pytest.mark.parametrize(
    "answer", [f"dL/dW: {GRADIENT}", f"it's {GRADIENT}, zero-based", f"the gradient is {GRADIENT}"]
)
def test_a_list_that_is_not_changed_is_read(answer: str) -> None:
    assert verdict("dense1.weight.grad", answer) == "right"


def test_minus_a_loss_is_for_a_person() -> None:
    assert verdict("loss", "-loss = 74.5") == "needs a look"
    assert verdict("loss", "loss = 74.5") == "right"


def test_a_size_that_something_is_bigger_than_is_none() -> None:
    assert verdict("conv1.receptive_field", "bigger than 5x5") == "needs a look"


@pytest.mark.parametrize(
    "answer",
    ["1/2 (49 + 100)", "½ (7^2+10^2)", "0.5 (149 + 0)", "74.5 (49/2 + 100/2)", "149/2 sqrt(1)",
     "0.5 exp(ln(149))"],
)  # fmt: skip
def test_a_number_in_front_of_brackets_or_a_function_may_be_a_factor(answer: str) -> None:
    assert verdict("loss", answer) == "right"


@pytest.mark.parametrize("answer", ["149 (49 + 100)", "1/2 (49 - 100)"])
def test_a_factor_of_another_number_is_wrong(answer: str) -> None:
    assert verdict("loss", answer) == "wrong"
    assert verdict("loss", "74.5 ln(1)") == "needs a look"  # that is 0


def test_a_sum_in_brackets_tells_how_a_count_comes_about() -> None:
    assert verdict("conv1.parameters", "760 (5*5*3*10 + 10)") == "right"
    assert verdict("conv1.parameters", "750 (5*5*3*10 + 0)") == "wrong"


@pytest.mark.parametrize("answer", ["params 770 - 10", "conv1 770 - 10", "params (770 - 10)"])
def test_a_dash_behind_a_number_is_a_minus(answer: str) -> None:
    """770 - 10 = 760."""
    assert verdict("conv1.parameters", answer) in ("right", "needs a look")


@pytest.mark.parametrize("answer", ["rows 1 - 5", "rows 1 \u2013 5, columns 1 \u2013 5"])
def test_a_dash_between_two_rows_is_neither_minus_nor_separator(answer: str) -> None:
    """A window of 5 at 1 goes on to 5."""
    assert verdict("conv1.receptive_field[1,1]", answer) == "right"


@pytest.mark.parametrize("answer", ["24^2x10", "24² x 10", "(24 x 24) x 10"])
def test_a_part_of_a_volume_is_not_taken_for_it(answer: str) -> None:
    """Not 2x10, nor 24x24: 24x24x10 is right."""
    assert verdict("conv1.output", answer) == "right"


@pytest.mark.parametrize(
    "answer",
    ["760 is wrong", "I think 760 is wrong", "I think that 760 is too small", "not exactly 760",
     "760 parameters is not right"],
)  # fmt: skip
def test_a_number_that_is_called_wrong_is_none(answer: str) -> None:
    assert verdict("conv1.parameters", answer) == "needs a look"


@pytest.mark.parametrize("answer", ["760 is my answer", "760 weights", "exactly 760", "I have 760"])
def test_a_number_that_is_called_an_answer_is_one(answer: str) -> None:
    assert verdict("conv1.parameters", answer) == "right"


def test_two_lists_are_no_working() -> None:
    assert verdict("dense1.weight.grad", f"{GRADIENT} and db = [7, 10]") == "needs a look"
    assert verdict("dense1.weight.grad", f"[7, 10]^T [1, 2] = {GRADIENT}") == "right"


def test_of_several_fields_the_one_is_taken_that_is_asked_for() -> None:
    """conv1 has no padding and a stride of 1."""
    for answer in ("P = 0, S = 1", "S=1; P=0", "F=5, S=1, P=0"):
        assert verdict("P(conv1)", answer) == "right"
        assert verdict("S(conv1)", answer) == "right"
    assert verdict("P(conv1)", "P=1, S=0") == "wrong"
    assert verdict("S(conv1)", "P=1, S=0") == "wrong"
