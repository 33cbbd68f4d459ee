"""Half of a filter for the padding: 5/2 = 2.5, rounded up 3, where 2 zeros keep 32x32 with F=5."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {"input": "32x32x3", "layers": [{"conv": {"K": 8, "F": 5, "P": 2}}]}
P = "P(conv1)"


def with_filter(F: int, P: int, S: int = 1) -> dict[str, Any]:
    return {"input": "51x51x3", "layers": [{"conv": {"K": 8, "F": F, "S": S, "P": P}}]}


def marked(answer: str, spec: dict[str, Any] = SPEC) -> Mark:
    return mark({"spec": spec, "questions": [P], "show": "always"}, {P: answer}).marks[0]


@pytest.mark.parametrize(
    "answer",
    ["3 (half of 5, rounded up)", "3 (5/2 rounded up)", "3 (F/2 = 2.5)", "2.5 (half of 5)"],
)
def test_the_words_show_it(answer: str) -> None:
    found = marked(answer)
    assert (found.misconception, found.perhaps) == ("half_filter_padding", False)


@pytest.mark.parametrize("answer", ["3", "3, half of 6", "3, (32-5+2P)/1 = 32, so P = 2.5"])
def test_without_them_it_is_not_certain(answer: str) -> None:
    found = marked(answer)
    assert (found.misconception, found.perhaps) == ("half_filter_padding", True)


@pytest.mark.parametrize(
    "answer",
    [
        "2  (3/2 = 1.5, rounded up)", "P = F/2 = 3/2 = 1.5, so 2", "2, F/2 = 1.5 -> 2", "1.5",
        "3/2 = 1.5", "2 (3/2 rounded up)", "ceil(3/2) = 2", "2, since 1.5 rounds to 2",
    ],
)  # fmt: skip
def test_of_a_small_filter_the_working_shows_it_before_chance(answer: str) -> None:
    found = marked(answer, with_filter(3, 1))
    assert (found.misconception, found.perhaps) == ("half_filter_padding", False)


@pytest.mark.parametrize("answer", ["2", "2 (2 zeros in all, half on each side)"])
def test_a_small_padding_without_it_may_be_that_of_both_sides(answer: str) -> None:
    found = marked(answer, with_filter(3, 1))
    assert (found.misconception, found.perhaps) == ("padding_doubled or padding_once", True)


def test_a_fraction_is_not_that_of_both_sides() -> None:
    found = marked("2 (51 - 3 + 2P = 51, so 2P = 3, P = 1.5)", with_filter(3, 1))
    assert found.misconception != "padding_doubled"


def test_half_of_a_filter_at_a_stride_has_nothing_to_do_with_the_one() -> None:
    found = marked("3.5", with_filter(7, 3, S=2))  # 51 - 7 + 2P = 52 would be P = 4
    assert "half of F, which is no whole number here: F/2 = 7/2 = 3.5" in found.feedback
