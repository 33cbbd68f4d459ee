"""A slip in the working of a volume or of a receptive field."""

from __future__ import annotations

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

# (21 - 5 + 2*1)/2 + 1 = 10, (10 - 2)/2 + 1 = 5, 5 - 3 + 1 = 3;
# fields of 5, 5 + 1*2 = 7 and 7 + 2*4 = 15
SPEC = {
    "input": "21x21x3",
    "layers": [
        {"conv": {"K": 8, "F": 5, "S": 2, "P": 1}},
        {"max_pool": 2},
        {"conv": {"K": 4, "F": 3}},
    ],
}
FIRST, POOLED, LAST = "conv1.output", "max_pool1.output", "conv2.output"
FIELD = "conv2.receptive_field"
IS_RIGHT = "Your working is right but for a slip: "


def marks(answers: dict[str, str], **settings: object) -> list[Mark]:
    credited = {"arithmetic_slip": 0.75, "padding_ignored": 0.25}
    questions = [{"id": asked, "ask": asked, "partial": credited} for asked in answers]
    assignment = {"spec": SPEC, "questions": questions, **settings}
    return list(mark(assignment, answers).marks)


def marked(asked: str, answer: str, **settings: object) -> Mark:
    return marks({asked: answer}, **settings)[0]


@pytest.mark.parametrize(
    "answer",
    [
        "11x11x8   (21 - 5 + 2*1)/2 + 1 = 11",
        "11x11x8, (21 - 5 + 2*1)/2 + 1 = 11",
        "11x11x8 ((21 - 5 + 2*1)/2 + 1 = 11)",
        "11x11x8 because (21 - 5 + 2*1)/2 + 1 = 11",
        "11x11x8\n(21 - 5 + 2*1)/2 + 1 = 11",
        "(21 - 5 + 2*1)/2 + 1 = 11, 11x11x8",
        "(21 - 5 + 2*1)/2 + 1 = 11 so 11 x 11 x 8",
        "21x21x3 -> (21 - 5 + 2*1)/2 + 1 = 11 -> 11x11x8",
        "(W - F + 2P)/S + 1 = (21 - 5 + 2*1)/2 + 1 = 11, so the volume is 11x11x8",
        "W = 21, F = 5, P = 1, S = 2: (21 - 5 + 2*1)/2 + 1 = 11, so 11x11x8",
        "(W - F + 2P)/S + 1 with W = 21, F = 5 gives (21 - 5 + 2*1)/2 + 1 = 11, 11x11x8",
        "H = W = (21 - 5 + 2*1)/2 + 1 = 11, depth 8: 11x11x8",
    ],
)
def test_the_slip_in_a_volume_is_named(answer: str) -> None:
    found = marked(FIRST, answer)
    assert (found.verdict, found.points) == ("partly right", 0.75)
    assert found.misconception == "arithmetic_slip"
    assert found.feedback.startswith(f"{IS_RIGHT}(21 - 5 + 2*1)/2 + 1 is 10, not 11.")
    assert "depth is missing" not in found.feedback


@pytest.mark.parametrize(
    ("asked", "answer", "told"),
    [
        (FIRST, "11x11x8   (21 - 5 + 2)/2 + 1 = 18/2 + 1 = 11", "18/2 + 1 is 10, not 11."),
        (FIRST, "9x9x8   21 - 5 + 2 = 18, 18/2 = 8, 8 + 1 = 9", "18/2 is 9, not 8."),
        (FIRST, "(21 - 5 + 2)/2 + 1 = 16/2 + 1 = 9, so 9x9x8", "21 - 5 + 2 is 18, not 16."),
        (POOLED, "4x4x8   (10 - 2)/2 = 3, 3 + 1 = 4", "(10 - 2)/2 is 4, not 3."),
        # The size that it is worked out from is the result as well.
        (LAST, "5x5x4   5 - 3 + 1 = 5", "5 - 3 + 1 is 3, not 5."),
    ],
)
def test_whichever_step_of_a_volume_it_is(asked: str, answer: str, told: str) -> None:
    found = marked(asked, answer)
    assert found.points == 0.75
    assert found.feedback.startswith(IS_RIGHT + told)


@pytest.mark.parametrize(
    "answer",
    [
        "11x11x4   (21 - 5 + 2*1)/2 + 1 = 11",  # another depth
        "11x10x8   (21 - 5 + 2*1)/2 + 1 = 11",
        "12x12x8   (21 - 5 + 2*1)/2 + 1 = 11",
        "11x11x8   (21 - 5 + 2*1)/2 + 1 = 10 = 11",  # which of the two is meant
        "9x9x8   (21 - 5)/2 + 1 = 9",  # the padding is left out
        "10.5x10.5x8   (21 - 4 + 2)/2 + 1 = 10.5, so 11",
        "11x11x8   (21 - 4 + 2)/2 + 1 = 11",  # 10.5 is rounded
        "9x9x8   (21 - 5 + 2*1)/2 = 9",  # without the + 1
        "8x8x8   (21 - 5 + 2*1)/2 = 8",
        "11x11x8   5*2 = 11",  # comes to 10, but is no formula of a window
        "11x11x8   (12 - 2)/1 = 11",
        "11x11x8   8 + 2 = 11",
        "11x11x8   10, (21 - 5 + 2*1)/2 + 1 = 11",
        "12x12x8   (25 - 5 + 2*1)/2 + 1 = 12",  # is 12
    ],
)
def test_another_working_of_a_volume_has_none(answer: str) -> None:
    found = marked(FIRST, answer)
    assert "slip" not in found.feedback
    assert found.points < 0.75


@pytest.mark.parametrize(
    "answer", ["10x10x8   (21 - 5 + 2*1)/2 + 1 = 10", "(21 - 5 + 2)/2 + 1 = 10, 10x10x8"]
)
def test_a_right_volume_stays_right(answer: str) -> None:
    assert marked(FIRST, answer).verdict == "right"


@pytest.mark.parametrize(
    "answer", ["7x7x8   (12 - 2)/2 + 1 = 7", "12x12x8: (12 - 2)/2 + 1 = 7, so 7x7x8"]
)
def test_a_volume_that_follows_does_so_but_for_the_slip(answer: str) -> None:
    """(12 - 2)/2 + 1 = 6 behind an own 12x12x8; three quarters of four fifths are 0.6."""
    found = marks({FIRST: "12x12x8", POOLED: answer}, follow_through=0.8)[1]
    assert (found.points, found.follows) == (0.6, (FIRST,))
    assert found.feedback.startswith(
        "Your working follows correctly from your answer 12x12x8 to question 1 but for a slip:"
        " (12 - 2)/2 + 1 is 6, not 7."
    )


def test_nor_is_it_right_where_it_comes_to_the_right_size_from_another() -> None:
    """(13 - 2)/2 + 1 = 6.5 is rounded down to 6, which 12 gives as it is."""
    spec = {"input": "13x13x3", "rounding": "floor", "layers": [{"max_pool": 2}]}
    answers = {POOLED: "8x8x3   (12 - 2)/2 + 1 = 8"}
    found = mark({"spec": spec, "questions": [POOLED]}, answers).marks[0]
    assert "slip" not in found.feedback


def test_what_slides_over_another_volume_does_not_follow() -> None:
    """13 gives (13 - 2)/2 + 1 = 6.5, rounded down 6, as 12 does without rounding."""
    found = marks({FIRST: "13x13x8", POOLED: "8x8x8   (12 - 2)/2 + 1 = 8"})[1]
    assert "slip" not in found.feedback


@pytest.mark.parametrize(
    "answer",
    [
        "17x17   5 + 1*2 = 7, 7 + 2*4 = 17",
        "17   5 + 1*2 = 7, 7 + 2*4 = 17",
        "5 + 1*2 = 7, 7 + 2*4 = 17",
        "5, 7, 7 + 2*4 = 17",
        "conv1: 5, max_pool1: 5 + 1*2 = 7, conv2: 7 + 2*4 = 17",
        "r = 5, r = 5 + 1*2 = 7, r = 7 + 2*4 = 17",
    ],
)
def test_the_slip_in_a_field_is_named(answer: str) -> None:
    found = marked(FIELD, answer)
    assert (found.verdict, found.points) == ("partly right", 0.75)
    assert found.feedback.startswith(f"{IS_RIGHT}7 + 2*4 is 15, not 17.")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("14x14   5 + 1*2 = 6, 6 + 2*4 = 14", "5 + 1*2 is 7, not 6."),
        ("5 + 1*2 = 6, 6 + 2*4 = 14", "5 + 1*2 is 7, not 6."),
        # Neither was the + 1 forgotten, which stands there.
        ("1 + 4 + 1*2 + 2*4 = 14", "1 + 4 + 1*2 + 2*4 is 15, not 14."),
        ("16x16   1 + (5-1)*1 + (2-1)*2 + (3-1)*4", "1 + (5-1)*1 + (2-1)*2 + (3-1)*4 is 15,"),
        ("16x16   5 + 1*2 = 7, 7 + 2*4", "7 + 2*4 is 15, not 16."),
    ],
)
def test_whichever_step_of_a_field_it_is(answer: str, told: str) -> None:
    found = marked(FIELD, answer)
    assert found.points == 0.75
    assert found.feedback.startswith(IS_RIGHT + told)


@pytest.mark.parametrize(
    "answer",
    [
        "5 + 1*2 = 7, 7 + 2*2 = 11",
        "5 + 1*2 = 7, 7 + 2*3 = 13",
        "5 + 1*2 = 7, 7 + 2*2 = 12",  # two mistakes
        "5 + 1*2 = 8, 8 + 2*4 = 17",  # two slips
        "17x17   5*3 = 17",  # comes to 15, but is no sum of a field
        "17   3*6 - 3 = 17",
        "25x25   5 + 1*2 = 7, 7 + 2*4",  # too far for a slip
        "17x17 or 15x15   5 + 1*2 = 7, 7 + 2*4 = 17",
    ],
)
def test_another_working_of_a_field_has_none(answer: str) -> None:
    found = marked(FIELD, answer)
    assert "slip" not in found.feedback
    assert not found.points


def test_what_it_comes_to_is_not_told_where_that_is_hidden() -> None:
    found = marked(POOLED, "6x6x8   (10 - 2)/2 + 1 = 6", show="hint")
    assert found.feedback.startswith("Your working is right but for a slip in (10 - 2)/2 + 1.")
