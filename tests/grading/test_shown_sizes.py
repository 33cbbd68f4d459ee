"""A working with other sizes than those that an answer would follow from.

32x32x3: conv1 of 5x5 with P=2 gives 32, max_pool1 16, conv2 of 3x3 with P=1 16 and max_pool2 8.
With P once, conv1 gives 30, max_pool1 15 and conv2 (15 - 3 + 1)/1 + 1 = 14, of which max_pool2
makes 7; so it does of 15, rounded down.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark
from shapecalc.grading.summed_terms import chains_in

SPEC: dict[str, Any] = {
    "input": "32x32x3",
    "layers": [
        {"conv": {"K": 32, "F": 5, "P": 2}}, {"max_pool": 2},
        {"conv": {"K": 64, "F": 3, "P": 1}}, {"max_pool": 2},
    ],
    "rounding": "floor",
}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ("7x7x64", None),
        ("7x7x64, 30 -> 15 -> 15 -> 7", None),
        ("7x7x64, 30 -> pool 15 -> conv 15 -> pool 7", None),
        ("7x7x64, 30 -> 15 -> 14 -> 7", "padding_once"),
        ("7x7x64, 30 -> pool 15 -> conv 14 -> pool 7", "padding_once"),
        ("30 -> 15 -> 14 -> 7, so 7x7x64", "padding_once"),
    ],
)
def test_what_a_working_gets_to_otherwise_does_not_follow(answer: str, cause: str | None) -> None:
    answers = {"conv1.output": "30x30x32", "max_pool2.output": answer}
    given = {"partial": {"padding_once": 0.5}, "follow_through": 1}
    found = mark({"spec": SPEC, "questions": list(answers), **given}, answers).marks[1]
    assert found.misconception == cause
    assert (found.verdict, found.points) == (
        ("partly right", 0.5) if cause else ("followed through", 1)
    )


def test_sizes_one_after_the_other_may_have_names() -> None:
    assert chains_in("30 -> pool 15 -> conv2 14 -> 7") == [(30, 15, 14, 7)]
    assert chains_in("30 -> a long sentence here 15 -> 14") == []


# -- the sizes that a question tells ---------------------------------------------------------------

# 71 -> (71 - 7)/2 + 1 = 33 -> (33 - 3)/2 + 1 = 16 -> 16 -> 8 -> (8 - 2)/2 + 1 = 4. Without the + 1
# it is 32 and 14; of 14 the pool makes 7, and (7 - 2)/2 + 1 = 3.5 gives 3 only if rounded down. So
# does (8 - 2)/2 = 3, without the + 1.
ZF: dict[str, Any] = {
    "input": "71x71x3",
    "layers": [
        {"conv": {"K": 24, "F": 7, "S": 2}}, {"max_pool": {"F": 3, "S": 2}},
        {"conv": {"K": 16, "F": 5, "P": 2}}, {"max_pool": 2}, {"conv": {"K": 32, "F": 2, "S": 2}},
    ],
}  # fmt: skip
FIRST, SECOND = "32x32x24", "14x14x24"
LAST = "conv3.output"


def last_of(answer: str, *, before: bool = True, **asked: Any) -> Mark:
    """Return the mark of the last layer's volume, behind wrong ones of the first two, or but of the
    second, where the student makes no mistake elsewhere.
    """
    answers = {"conv1.output": FIRST} if before else {}
    answers |= {"max_pool1.output": SECOND, LAST: answer}
    questions = [*[*answers][:-1], {"ask": LAST, **asked}]
    given = {"partial": {"forgot_plus_one": 0.5}, "follow_through": 1, "show": "always"}
    return mark({"spec": ZF, "questions": questions, **given}, answers).marks[-1]


@pytest.mark.quick(4)
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("asked", [{}, {"given": False}])
@pytest.mark.parametrize(
    "answer",
    [
        "8-2 = 6, /2 = 3, so 3x3x32", "(8-2)/2 = 3, so 3x3x32", "3x3x32 from (8 - 2 + 2*0)/2 = 3",
        "input 8x8x16: (8-2)/2 = 3 -> 3x3x32", "8 - F = 6, 6/2 = 3: 3x3x32",
    ],
)  # fmt: skip
def test_a_working_that_starts_from_the_right_input_does_not_follow_from_another(
    answer: str, asked: dict[str, Any], before: bool
) -> None:
    found = last_of(answer, before=before, **asked)
    assert (found.verdict, found.points) == ("partly right", 0.5)
    assert found.misconception == "forgot_plus_one"
    assert "(8 - 2 + 2*0)/2 = 3" in found.feedback


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    "answer",
    [
        "14 -> 7, (7 - 2)/2 + 1 = 3.5, so 3x3x32", "3x3x32 (from 7x7x16)",
        "7-2 = 5, /2 = 2.5, + 1 = 3.5: 3x3x32", "8-2 = 6 but mine is 7-2 = 5, so 3x3x32",
    ],
)  # fmt: skip
def test_a_working_that_starts_from_the_own_input_follows(answer: str, before: bool) -> None:
    found = last_of(answer, before=before)
    assert (found.verdict, found.points) == ("followed through", 1)
    assert "(7 - 2 + 2*0)/2 + 1 = 3.5" in found.feedback


@pytest.mark.parametrize(
    ("before", "asked", "cause"),
    [
        (True, {}, "forgot_plus_one"),
        (False, {}, None),  # made nowhere else
        (True, {"given": False}, None),  # no other input is told
        (True, {"prompt": "conv3 takes 8 by 8 by 16. Its output?"}, "forgot_plus_one"),
        (True, {"prompt": "What is the output of conv3?"}, None),
        (True, {"prompt": "What is the output of conv3, behind 18x8x16?"}, None),
    ],
)
def test_a_mistake_made_elsewhere_goes_before_a_stride_that_does_not_fit(
    before: bool, asked: dict[str, Any], cause: str | None
) -> None:
    found = last_of("3x3x32", before=before, **asked)
    assert found.misconception == cause
    assert found.verdict == ("partly right" if cause else "followed through")


def test_what_follows_with_strides_that_fit_still_does() -> None:
    """12 -> 12 -> 6 -> (6 - 2)/2 + 1 = 3."""
    answers = {"conv1.output": FIRST, "max_pool1.output": "12x12x24", LAST: "3x3x32"}
    given = {"partial": {"forgot_plus_one": 0.5}, "follow_through": 1}
    found = mark({"spec": ZF, "questions": list(answers), **given}, answers).marks[-1]
    assert (found.verdict, found.points) == ("followed through", 1)


def test_without_credit_a_mistake_is_told_all_the_same() -> None:
    answers = {"conv1.output": FIRST, "max_pool1.output": SECOND, LAST: "(8-2)/2 = 3, so 3x3x32"}
    found = mark({"spec": ZF, "questions": list(answers), "follow_through": 1}, answers).marks[-1]
    assert (found.verdict, found.misconception) == ("wrong", "forgot_plus_one")
