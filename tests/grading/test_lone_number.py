"""The only number of a short sentence, with a sum that comes to it, is read as it is alone."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.lone_number import without_opening
from shapecalc.grading.marks import Mark
from shapecalc.grading.query import read_path
from shapecalc.grading.told_in_a_sentence import rounded_at_end, without_sentence

# (47 - 5 + 2*1)/2 + 1 = 23 and (23 - 3)/2 + 1 = 11; flat 11*11*12 = 1,452. 12*5*5*3 = 900 weights
# and 12 biases: 912; 1,452*4 + 4 = 5,812; 6,724 in all. MACs: 23*23*900 = 476,100. Fields: 5, and
# 5 + 2*2 = 9.
SPEC: dict[str, Any] = {
    "input": "47x47x3",
    "layers": [
        {"conv": {"K": 12, "F": 5, "S": 2, "P": 1}},
        {"max_pool": {"F": 3, "S": 2}},
        "flatten",
        {"dense": 4},
    ],
}
CONV, POOL, FLAT = "conv1.output", "max_pool1.output", "flatten1.output"
WEIGHTS, COUNT, MACS, TOTAL = "conv1.weights", "conv1.parameters", "conv1.macs", "total.parameters"
FIELD, PADDING = "max_pool1.receptive_field", "P(conv1)"


def marked(asked: str, answer: str) -> Mark:
    return mark({"spec": SPEC, "questions": [asked]}, {asked: answer}).marks[0]


@pytest.mark.parametrize(
    ("asked", "answer", "taken"),
    [
        (MACS, "It takes 476,100 MACs.", "476,100"),
        (MACS, "conv1 needs 476,100 MACs per image.", "476,100"),
        (MACS, "It takes 476,100 MACs: 23*23*900.", "476,100"),
        (TOTAL, "All in all 6,724 parameters: 912 + 5812.", "6,724"),
        (TOTAL, "All in all 6,724 parameters (912 + 5812)", "6,724"),
        (TOTAL, "All in all, 912 + 5812 = 6,724 parameters.", "6,724"),
        (TOTAL, "All in all 6,724 parameters", "6,724"),
        (TOTAL, "In total, 6 724 parameters.", "6,724"),
        (TOTAL, "Altogether the network has 6,724 parameters", "6,724"),
        (TOTAL, "Summing it up, that makes 6,724", "6,724"),
        (TOTAL, "So 6,724 parameters in total", "6,724"),
        (TOTAL, "It adds up to 6,724.", "6,724"),
        (WEIGHTS, "The layer has 900 weights.", "900"),
        (WEIGHTS, "conv1 has 12 filters of 5x5x3, so 900 weights.", "900"),
        (FLAT, "Flattened, that is a vector of 1452 numbers.", "1452"),
        (FLAT, "Flattened, that is 1,452 numbers.", "1452"),
        (FLAT, "After the first pool, this gives 1452 values", "1452"),
        (POOL, "After pooling, that makes 11x11x12", "11x11x12"),
        (FIELD, "After the first pool, that is 9 pixels.", "9"),
        (PADDING, "It needs 1.", "1"),
        (PADDING, "It needs a padding of 1 pixel on each side.", "1"),
    ],
)
def test_what_is_read_so_is_right_and_told(asked: str, answer: str, taken: str) -> None:
    assert marked(asked, answer).feedback == f"Right; {taken} was taken from your answer."


@pytest.mark.parametrize(
    "answer",
    ["6,724 parameters: 912 + 5812.", "6,724: 912 + 5812", "6,724 parameters, 912 + 5812"],
)
def test_without_a_sentence_nothing_is_told(answer: str) -> None:
    assert marked(TOTAL, answer).feedback == "Right."


@pytest.mark.parametrize(
    ("asked", "answer", "taken"),
    [
        (MACS, "It takes 476,101 MACs.", "476,101"),
        (TOTAL, "All in all 6,725 parameters: 913 + 5812.", "6,725"),
        (FLAT, "Flattened, that is a vector of 1453 numbers.", "1453"),
        (PADDING, "It needs 3.", "3"),
    ],
)
def test_a_wrong_one_is_read_in_the_same_words(asked: str, answer: str, taken: str) -> None:
    found = marked(asked, answer)
    assert found.verdict == "wrong"
    assert found.feedback.startswith(f"{taken} was taken from your answer.")


def test_the_sum_shows_the_mistake_in_it() -> None:
    """One bias for the dense layer, 1,452*4 + 1 = 5,809, and 912 + 5,809 = 6,721."""
    found = marked(TOTAL, "All in all 6,721 parameters: 912 + 5809.")
    assert (found.misconception, found.perhaps) == ("one_bias", False)
    assert found.feedback.startswith("6,721 was taken from your answer. One bias")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("1,452 numbers", "right"),
        ("a vector of 1,452 values", "right"),
        ("1,453 numbers", "wrong"),
        ("14,52 numbers", "wrong"),
    ],
)
def test_a_comma_between_thousands_parts_no_sizes(answer: str, verdict: str) -> None:
    assert marked(FLAT, answer).verdict == verdict


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (TOTAL, "All in all 6,724 parameters: 912 + 5813."),
        (TOTAL, "6,724 parameters: 912 + 5811."),
        (TOTAL, "All in all 6,724 parameters, not 6,725."),
        (TOTAL, "All in all 6,724 parameters?"),
        (TOTAL, "conv1 has 6,724 parameters"),
        (COUNT, "The network has 912 parameters"),
        (MACS, "It takes 900 MACs for each output."),
        (FLAT, "Flattened, that is half of 1452 numbers."),
        (FLAT, "Flattened, that is not 1452 numbers."),
        (PADDING, "It needs a stride of 1."),
        (PADDING, "It doesn't need 1."),
        (PADDING, "Altogether it needs 2 zeros."),
    ],
)
def test_with_more_or_other_words_a_person_looks(asked: str, answer: str) -> None:
    assert marked(asked, answer).verdict == "needs a look"


@pytest.mark.parametrize(
    "answer",
    [
        "It takes about 476k MACs.",
        "It takes 476k MACs.",
        "That makes around 476,000 MACs.",
        "some 476k MACs",
        "It needs roughly 476 thousand multiply-accumulates per example.",
        "Each of the 529 outputs of a filter takes 75, so conv1 needs some 476k MACs.",
    ],
)
def test_a_rounded_number_is_told_to_be_one(answer: str) -> None:
    found = marked(MACS, answer)
    assert found.verdict == "needs a look"
    assert found.feedback.startswith("It may be rounded, and the exact number is asked for")


def test_a_rounded_number_beside_what_comes_to_it_is_read() -> None:
    assert marked(MACS, "It takes about 476k MACs: 23*23*900").verdict == "right"


@pytest.mark.parametrize(
    "answer",
    ["It needs 2, one on the left and one on the right.", "2: one left, one right"],
)
def test_zeros_of_all_sides_and_of_one_leave_a_choice(answer: str) -> None:
    found = marked(PADDING, answer)
    assert found.verdict == "needs a look"
    assert found.feedback.startswith("More than one answer was read, 2 and 1 on each side, so")


HOSTILE = (
    "So " * 333,
    "all in all " * 90,
    "It has " + "1" * 990,
    "It has " + "1 " * 490,
    "It has 1: " + "1+" * 490 + "1",
    "It has 1 (" + "(" * 980,
    "It has 1" + " " * 980 + "x",
    "It has 1 parameters" + " !" * 480 + "x",
    "1,111" * 199,
    "(1" * 499,
    "so 1x1" * 166,
    "is so 1" * 142,
    "flattened, " * 90 + "1",
    "about " * 160 + "1k",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("asked", [TOTAL, FLAT, FIELD, PADDING])
def test_a_hostile_text_takes_no_time(asked: str, text: str) -> None:
    begin = process_time()
    without_opening(read_path(asked), text)
    without_sentence(read_path(asked), text)
    rounded_at_end(text)
    marked(asked, text)
    assert process_time() - begin < 2
