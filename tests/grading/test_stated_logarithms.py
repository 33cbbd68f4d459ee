"""A logarithm in a working tells to which base it was taken, of whatever probability.

Of scores 0 and 1 the first class has 1/(1 + e) = 0.26894, of 0 and -5 it has 0.99331: the loss is
1.3133 and 0.0067, and to base 10 it is 0.5703 and 0.0029.
"""

from __future__ import annotations

from math import exp, log, log2, log10
from time import process_time
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.stated_logarithms import probabilities, stated_loss, to_another_base

SPEC: dict[str, Any] = {
    "input": 1,
    "layers": [{"dense": 2}, "softmax"],
    "example": {
        "given": {"input": [1], "dense1.weight": [[0], [1]]},
        "loss": {"cross_entropy": 0},
    },
}
OWN = {"dense1.value": "[0, -5]"}
BASE_10 = "The logarithm to base 10 was taken"


def last_mark(answers: dict[str, Any], **more: Any) -> Mark:
    """Return the mark of the last one of a student's answers, by what is asked."""
    assignment = read_assignment({"spec": SPEC, "questions": list(answers), **more})
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("Ada", answers).marks[-1]


def test_the_numbers_of_this_file_are_those_of_the_formula() -> None:
    right, own = 1 / (1 + exp(1)), 1 / (1 + exp(-5))
    assert [round(-f(p), 4) for p in (right, own) for f in (log, log10)] == [
        1.3133, 0.5703, 0.0067, 0.0029
    ]  # fmt: skip
    assert (round(-log10(0.6), 2), round(-log2(0.6), 3), round(-log(0.6), 2)) == (0.22, 0.737, 0.51)


@pytest.mark.parametrize(
    "answer",
    [
        "0.0029, log(0.9933) = -0.0029",
        "0.0029 = -log(0.9933)",
        "-log(0.9933) = 0.0029",
        "0.0029, -log 0.9933",
        "0.0029",  # also as one of some 130 numbers
    ],
)
def test_a_logarithm_to_base_10_of_an_own_probability_is_certain(answer: str) -> None:
    mark = last_mark({**OWN, "loss": answer}, partial={"loss_base": 0.5}, follow_through=0.8)
    assert (mark.misconception, mark.perhaps, mark.points) == ("loss_base", False, 0.4)
    assert f"{BASE_10}: with your answer [0, -5] to question 1" in mark.feedback


@pytest.mark.parametrize("answer", ["0.57, log(0.269) = -0.57", "0.57 = -lg 0.269", "0.5703"])
def test_a_logarithm_to_base_10_of_the_right_probability_is_certain(answer: str) -> None:
    mark = last_mark({"loss": answer}, partial={"loss_base": 0.5})
    assert (mark.misconception, mark.perhaps, mark.points) == ("loss_base", False, 0.5)


@pytest.mark.parametrize(
    ("answer", "base", "probability"),
    [
        ("0.22, -log(0.6)", 10, "0.6"),
        ("0.22 = -log10(.6)", 10, ".6"),
        ("0.0029, log(0.9933) = -0.0029", 10, "0.9933"),
        ("0.737, -log2(0.6)", 2, "0.6"),
        ("0.51, -ln(0.6)", None, ""),  # to the natural one
        ("0.3, -log(0.6)", None, ""),
    ],
)
def test_of_another_probability_both_are_told_without_credit(
    answer: str, base: int | None, probability: str
) -> None:
    mark = last_mark({"loss": answer}, partial={"loss_base": 0.5})
    assert (mark.verdict, mark.points) == ("wrong", 0)
    told = f"The logarithm to base {base} was taken; here it is the natural one."
    assert (told in mark.feedback) is (base is not None)
    assert (f"The probability {probability} is wrong, too." in mark.feedback) is bool(base)
    assert (mark.misconception, mark.perhaps) == ("loss_base" if base else None, False)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("0.0067", "followed through"),
        ("0.007", "followed through"),
        ("0.01", "followed through"),  # to two decimals
        ("0.0065", "followed through"),
        ("0.0045", "wrong"),
        ("0.0029", "wrong"),
        ("0.002", "wrong"),
    ],
)
def test_a_small_number_with_more_digits_follows_only_if_it_is_near(
    answer: str, verdict: str
) -> None:
    assert last_mark({**OWN, "loss": answer}).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("1.31, ln(0.269) = -1.31", "right"),
        ("1.31, p = 0.269, ln(0.269) = -1.31", "right"),
        ("1.31, -ln(0.269)", "right"),
        ("0.57, ln(0.269) = -0.57", "wrong"),
        ("-1.31, ln(0.269) = -1.31", "needs a look"),
        ("1.31, ln(0.269) = -1.3", "needs a look"),
        ("0.57, -ln(0.269) = 1.31", "needs a look"),
    ],
)
def test_a_loss_in_front_of_a_logarithm_is_the_answer(answer: str, verdict: str) -> None:
    assert last_mark({"loss": answer}).verdict == verdict


def test_a_number_is_to_another_base_within_its_rounding() -> None:
    assert to_another_base(["0.9933"], 0.0029164) == ("0.9933", 10)
    assert to_another_base(["0.3", "0.231"], 0.636) == ("0.231", 10)
    assert to_another_base(["0.9933"], 0.0067) is None
    assert to_another_base(["0.5"], 0.693) is None
    assert to_another_base([".0", "0.0"], 1.0) is None


@pytest.mark.parametrize(
    "part", ["log ", "log(1) = ", "ln 0.1 = -", "1, ", "log(0.", " ", "0.1, log"]
)
def test_logarithms_are_looked_for_in_bounded_time(part: str) -> None:
    text = ("1, " + part * 1000)[:1000]
    start = process_time()
    stated_loss(text)
    assert len([*probabilities(text)]) <= 8
    assert process_time() - start < 2


def test_a_probability_that_is_rounded_too_far_is_told() -> None:
    """-ln 0.3 = 1.204 for -ln 0.26894 = 1.3133; 0.28 is not that probability."""
    told = "The logarithm is right, but the probability 0.3 in it is rounded too far."
    assert told in last_mark({"loss": "-ln(0.3) = 1.204"}).feedback
    for answer in ("-ln(0.28) = 1.273", "-ln(0.3) = 1.25", "1.204"):
        assert "rounded too far" not in last_mark({"loss": answer}).feedback
    assert "rounded too far" in last_mark({"loss": "-ln(0.3) = 1.204"}).matter  # for the class


OWN_SCORES = {"dense1.value": "[0, 2.223]"}  # of which the first class has 0.0977: -ln is 2.326


@pytest.mark.parametrize(
    ("answer", "written"), [("-ln(0.100) = 2.30", "0.100"), ("2.303, -ln 0.1", "0.1")]
)
def test_a_probability_of_own_scores_that_is_rounded_too_far_is_told(
    answer: str, written: str
) -> None:
    mark = last_mark({**OWN_SCORES, "loss": answer})
    told = f"The logarithm is right, but the probability {written} in it"
    source = "your answer [0, 2.223] to question 1"
    assert f"{told}, which follows from {source}, is rounded too far." in mark.feedback
    assert "two decimals" not in mark.feedback
    assert mark.matter == (
        f"the logarithm is right, but the probability {written} in it,"
        " which follows from an earlier answer, is rounded too far"
    )


def test_a_loss_that_is_rounded_itself_is_not_told_as_a_probability_that_is() -> None:
    """-ln 0.27 is 1.309 and near enough, and so is -ln 0.0977; scores of 0 and 2.266 give 0.094,
    which nobody rounds to 0.100.
    """
    for answers in ({"loss": "-ln(0.27) = 1.3"}, {**OWN_SCORES, "loss": "-ln(0.0977) = 2.3"}):
        mark = last_mark(answers)
        assert "rounded too far: give two decimals" in mark.feedback
        assert "probability 0." not in mark.feedback
    mark = last_mark({"dense1.value": "[0, 2.266]", "loss": "-ln(0.100) = 2.303"})
    assert "rounded too far" not in mark.feedback


def test_a_class_is_told_that_a_number_is_rounded_too_far_behind_own_scores() -> None:
    mark = last_mark({**OWN_SCORES, "loss": "2.3"})
    assert mark.matter == (
        "it follows from an earlier answer but is rounded too far: give two decimals"
    )
