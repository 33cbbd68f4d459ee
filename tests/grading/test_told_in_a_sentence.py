"""A volume, a field or a number that a sentence tells, with no other one in it."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark
from shapecalc.grading.query import read_path
from shapecalc.grading.slipped_steps import slipped_step
from shapecalc.grading.told_in_a_sentence import rounded_at_end, without_sentence

# (99 - 7)/2 + 1 = 47 and (47 - 3)/2 + 1 = 23. 24*3*49 + 24 = 3,552 parameters, and the dense layer
# has 23*23*24*2 + 2 = 25,394: 28,946. MACs: 47*47*24*147 = 7,793,352. Fields: 7, 7 + 2*2 = 11.
SPEC: dict[str, Any] = {
    "input": "99x99x3",
    "layers": [
        {"conv": {"K": 24, "F": 7, "S": 2}},
        {"max_pool": {"F": 3, "S": 2}},
        "flatten",
        {"dense": 2},
    ],
}
CONV, POOL, FIELD = "conv1.output", "max_pool1.output", "max_pool1.receptive_field"
TOTAL, MACS, PADDING = "total.parameters", "conv1.macs", "P(conv1)"


def marked(asked: str, answer: str) -> Mark:
    return mark({"spec": SPEC, "questions": [asked]}, {asked: answer}).marks[0]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (CONV, "The first convolution gives a volume of 47 by 47 with a depth of 24."),
        (CONV, "conv1 gives a volume of 47 by 47 with a depth of 24"),
        (CONV, "The 1st layer outputs a 47 by 47 volume with 24 channels."),
        (CONV, "The output of the first convolution is 47 by 47 with a depth of 24"),
        (POOL, "Pooling halves it, so I get 23 by 23, still with 24 channels."),
        (POOL, "The last pool leaves 24 maps of 23 by 23."),
        (TOTAL, "Adding everything up I get 28946."),
        (TOTAL, "By adding up all layers, we get a total of 28,946 parameters"),
        (TOTAL, "All layers together have 28946 parameters."),
        (FIELD, "The receptive field grows to 11 pixels in each direction (7, then 11)."),
        (FIELD, "grows to 11 pixels in each direction (7, and then 11)"),
        (FIELD, "It grows to 11 pixels."),
    ],
)
def test_it_is_read_without_the_sentence(asked: str, answer: str) -> None:
    assert marked(asked, answer).verdict == "right"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (CONV, "The first convolution gives a volume of 47 by 47 with a depth of 20."),
        (POOL, "The last pool leaves 24 maps of 25 by 25."),
        (TOTAL, "Adding everything up I get 28945."),
        (FIELD, "The receptive field grows to 12 pixels in each direction (7, then 12)."),
    ],
)
def test_so_is_a_wrong_one(asked: str, answer: str) -> None:
    assert marked(asked, answer).verdict == "wrong"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (CONV, "The first convolution never gives a volume of 47 by 47 with a depth of 24."),
        (CONV, "With padding the convolution gives a volume of 50 by 50 with a depth of 24."),
        (CONV, "Each filter has 7 by 7 with a depth of 3"),
        (CONV, "The first convolution gives 47 by 47 with a depth of 24, the pool 23 by 23."),
        (CONV, "Subtracting 7 and halving gives 47 by 47 with depth 24"),
        (POOL, "The last pool should leave 24 maps of 23 by 23."),
        (TOTAL, "Adding everything up except the biases I get 28946."),
        (TOTAL, "Adding the weights I get 28946."),
        (TOTAL, "Adding everything up I get 28945, no, 28946."),
        (FIELD, "The receptive field grows to 7, then to 11."),
        (FIELD, "The receptive field grows to 7 pixels in each direction (7, then 11)."),
        (FIELD, "The receptive field does not grow to 11"),
    ],
)
def test_with_more_in_it_a_person_looks(asked: str, answer: str) -> None:
    assert marked(asked, answer).verdict == "needs a look"


def test_the_fields_on_the_way_show_how_it_was_worked_out() -> None:
    """Without the strides of 2 in front of the second convolution: 7 + 2 = 9, and 9 + 4 = 13; with
    them 7 + 2*2 + 4*4 = 27.
    """
    layers = [*SPEC["layers"][:2], {"conv": {"K": 8, "F": 5}}]
    assignment = {"spec": {**SPEC, "layers": layers}, "questions": ["conv2.receptive_field"]}
    answer = "The receptive field grows to 13 pixels in each direction (7, then 9 and 13)."
    found = mark(assignment, {"conv2.receptive_field": answer}).marks[0]
    assert (found.misconception, found.perhaps) == ("field_stride_ignored", False)


@pytest.mark.parametrize(
    "answer",
    ["1, or maybe 2", "It needs 1 pixel on each side, or maybe 2 because of the stride?"],
)
def test_two_numbers_that_are_left_to_choose_are_told(answer: str) -> None:
    found = marked(PADDING, answer)
    assert found.verdict == "needs a look"
    assert found.feedback.startswith("More than one answer was read, 1 and 2, so")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("Each of the 47*47*24 outputs needs 147, so about 7.8 million.", "It may be rounded,"),
        ("Each of the 47*47*24 outputs needs 147, so about 9 million.", "It has words around"),
    ],
)
def test_a_rounded_number_at_the_end_is_told_to_be_one(answer: str, told: str) -> None:
    found = marked(MACS, answer)
    assert found.verdict == "needs a look"
    assert found.feedback.startswith(told)


HOSTILE = (
    "it is " * 166,
    "adding up " * 99,
    "gives 1x1 with 1 maps " * 45,
    "a" * 999,
    " " * 499 + "1" * 500,
    "7 (1" + " " * 990,
    "1 (" + "1 and then " * 90 + "1)",
    "conv1 " * 163 + "is 1x1 with 1 maps",
    "so 1" * 249,
    "(=1" * 333,
    "1+1=3+" * 166,
    "1=2, " * 199,
    "and " * 249 + "=1",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_takes_no_time(text: str) -> None:
    begin = process_time()
    for query in (CONV, FIELD, TOTAL):
        without_sentence(read_path(query), text)
    rounded_at_end(text)
    slipped_step(text)
    assert process_time() - begin < 2
