"""Counts that are written as rounded ones, `124.4k`, and what may be behind them."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

# 3*3*96*144 = 124,416 weights, and 124,560 parameters; behind it 3*3*144*144 = 186,624 weights
SPEC: dict[str, Any] = {
    "input": "32x32x96", "layers": [{"conv": {"K": 144, "F": 3}}, {"conv": {"K": 144, "F": 3}}],
}  # fmt: skip


def last(answers: dict[str, Any], **more: Any) -> Mark:
    """Return the mark of a student's last answer."""
    asked = {"spec": SPEC, "questions": [*answers], "show": "always", **more}
    return mark(asked, answers).marks[-1]


@pytest.mark.parametrize(
    ("ask", "answer", "cause", "told"),
    [
        ("parameters", "approx. 124.4k", "forgot_bias or one_bias", "= 124,416, rounded 124,400;"),
        ("parameters", "≈ 124,420", "forgot_bias or one_bias", "+ 1 = 124,417, rounded 124,420."),
        ("weights", "about 1300", "forgot_depth", "3*3*144 = 1,296, rounded 1,300."),
        ("weights", "1.3 thousand", "forgot_depth", "3*3*144 = 1,296, rounded 1,300."),
    ],
)
def test_a_common_mistake_that_a_rounded_count_may_have_is_told(
    ask: str, answer: str, cause: str, told: str
) -> None:
    found = last({f"conv1.{ask}": answer})
    assert (found.verdict, found.misconception, found.perhaps) == ("wrong", cause, True)
    assert told in found.feedback
    assert "It may be rounded; the exact number is asked for." in found.feedback
    hint = last({f"conv1.{ask}": answer}, show="hint").feedback
    assert hint.startswith("Perhaps the ")
    assert hint.endswith("It may be rounded; the exact number is asked for.")
    assert "1,2" not in hint


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("weights", "1300"),  # is no rounded one
        ("weights", "about 1400"),
        ("parameters", "about 1300"),  # two mistakes at once
        ("weights", "about 1350"),
    ],
)
def test_no_mistake_is_told_that_gives_another_number(ask: str, answer: str) -> None:
    assert last({f"conv1.{ask}": answer}).misconception is None


def test_no_mistake_is_told_where_chance_does_as_well() -> None:
    """3*3*10 = 90 of 270 is one of the few numbers of a digit."""
    spec = {"input": "32x32x3", "layers": [{"conv": {"K": 10, "F": 3}}]}
    assert last({"conv1.weights": "about 100"}, spec=spec).misconception is None


def test_what_follows_from_an_own_volume_rounded_has_no_mistake() -> None:
    """3*3*1*144 = 1,296 as well."""
    assert last({"conv2.weights": "about 1300"}).misconception == "forgot_depth"
    answers = {"conv1.output": "30x30x1", "conv2.weights": "about 1300"}
    assert last(answers, follow_through=0).misconception is None


def test_a_mistake_with_credit_is_left_to_a_person() -> None:
    found = last({"conv1.weights": "about 1300"}, partial={"forgot_depth": 0.5})
    assert found.verdict == "needs a look"
