"""What a text concludes at its end is its answer, and no step on the way there."""

from __future__ import annotations

from functools import cache

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

# (33 - 5 + 4)/2 + 1 = 17. The fields are 5, 7, 9 and 11, behind a stride of 1 each. 16*8 + 8 = 136.
LAYER = {"input": "33x33x3", "layers": [{"conv": {"K": 16, "F": 5, "S": 2, "P": 2}}]}
NET = {
    "input": "40x40x3",
    "layers": [
        {"conv": {"K": 8, "F": 5}},
        {"conv": {"name": "wide", "K": 8, "F": 3}},
        {"max_pool": {"F": 3, "S": 1}},
        {"conv": {"name": "body", "K": 8, "F": 3}},
    ],
}
DENSE = {"input": 16, "layers": [{"dense": 8}]}
VOLUME, HEIGHT, PADDING = "conv1.output", "conv1.output.height", "P(conv1)"
FIELD, COUNT = "body.receptive_field", "dense1.parameters"
SPECS = {VOLUME: LAYER, HEIGHT: LAYER, PADDING: LAYER, FIELD: NET, COUNT: DENSE}
UNCLEAR = "needs a look"


@cache
def marker(ask: str) -> Marker:
    return Marker(read_assignment({"spec": SPECS[ask], "questions": [ask]}))


def mark(ask: str, answer: str) -> Mark:
    return marker(ask).mark("one", {ask: answer}).marks[0]


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (VOLUME, "(33 - 5 + 4)/2 + 1 = 17, and since there are 16 filters the volume is 17x17x16."),
        (
            VOLUME,
            "The filter is 5 wide and there are 2 zeros on both sides, so (33 - 5 + 4)/2 + 1 = 17,"
            " and since there are 16 filters the volume is 17x17x16.",
        ),
        (VOLUME, "17, and since there are 16 filters it is 17x17x16"),
        (FIELD, "5, then wide 7, pool 9, body 11. So 11."),
        (FIELD, "I started with 5 and then every 3x3 adds 2: wide 7, pool 9, body 11. So 11."),
        (FIELD, "wide 7, pool 9, body 11, so the field is 11."),
        (FIELD, "so the field is 11."),
        (FIELD, "the receptive field is 11"),
        (FIELD, "5, wide 7, pool 9. The answer is 11x11."),
        (FIELD, "5; 7; 9; 11. Thus 11 pixels."),
        (FIELD, "conv1 sees 5, wide 7, the pool 9 and body 11, so the receptive field is 11x11."),
        (FIELD, "every layer adds 2: 5, 7, 9, 11. Therefore 11x11 pixels."),
        (HEIGHT, "33, minus 5 is 28, plus 4 is 32, half is 16, plus 1 is 17. So 17."),
        (COUNT, "8*16 weights plus 8 biases, which is 136."),
        (COUNT, "Every unit has 16 inputs, so 8*16 weights plus 8 biases, which is 136."),
        (COUNT, "128, then 8 biases. So 136."),
    ],
)
def test_a_right_conclusion_is_the_answer(ask: str, answer: str) -> None:
    assert mark(ask, answer).verdict == "right"


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ("3, then wide 5, pool 7, body 9. So 9.", "9x9"),
        ("3; 5; 7; 9. So 9x9 pixels.", "9x9"),
        ("first 3, then 5, then 9. Thus 9.", "9x9"),
    ],
)
def test_a_wrong_conclusion_is_read_and_not_the_first_number(answer: str, read: str) -> None:
    found = mark(FIELD, answer)
    assert (found.verdict, found.meant) == ("wrong", read)


def test_the_parts_of_a_count_may_have_their_sum_behind_which_is() -> None:
    assert mark(COUNT, "8*15 weights plus 8 biases, which is 128.").verdict == "wrong"
    assert mark(COUNT, "8*16 weights plus 8 biases, which is 137.").verdict == UNCLEAR


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (FIELD, "5, then wide 7, pool 9, body 11."),
        (FIELD, "3, then wide 5, pool 7, body 9."),
        (FIELD, "3, wide 5, pool 7"),
        (FIELD, "3, then 9"),
        (FIELD, "11, then wide 13, pool 15"),
        (COUNT, "120, then 8 biases."),
        (COUNT, "120, plus 8"),
    ],
)
def test_who_goes_on_from_a_number_without_a_conclusion_may_mean_another(
    ask: str, answer: str
) -> None:
    assert mark(ask, answer).verdict == UNCLEAR


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (FIELD, "11, then wide 13. The answer is 13."),
        (FIELD, "3, then wide 5, pool 7. So 9."),
        (FIELD, "5 + 2 + 2 = 9. So 11."),
        (FIELD, "5, wide 7, but body is not 9. So 11."),
        (FIELD, "5, wide 7, no, wait, 9. So 11."),
        (COUNT, "136 weights. The answer is 144."),
        (COUNT, "120, and 8 biases. So 128"),
        (HEIGHT, "33, stride 2. So 16."),
        (PADDING, "2 on each side. So 4."),
        (PADDING, "5, half is 2.5. So 4."),
        (PADDING, "5, then 1 less is 4. So 4."),
        (VOLUME, "33x33x3, padded 37x37x3. So 17x17x3."),
        (VOLUME, "33x33x3, then 29x29x3. So 17x17x16."),
        (VOLUME, "17, and since there are 16 filters the volume is not 17x17x16."),
    ],
)
def test_a_conclusion_that_may_not_be_meant_waits(ask: str, answer: str) -> None:
    assert mark(ask, answer).verdict == UNCLEAR


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (FIELD, "11x11, the output is 32x32x8"),
        (VOLUME, "17x17x16, the input volume is 33x33x3"),
        (PADDING, "2 on each side, in total 4"),
        (PADDING, "2, because 4/2 = 2"),
        (COUNT, "136, if it had no biases the total is 128"),
    ],
)
def test_a_right_answer_in_front_of_another_thing_stays_right(ask: str, answer: str) -> None:
    assert mark(ask, answer).verdict == "right"


def test_a_size_that_is_rounded_may_be_concluded_from_what_it_was_before() -> None:
    # 3/2 = 1.5
    assert mark(PADDING, "F/2 = 3/2 = 1.5, so 2").verdict != UNCLEAR
