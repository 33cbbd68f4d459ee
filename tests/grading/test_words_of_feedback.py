"""What is told of an answer that is not read, of wrong signs and of what is rounded too far."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {  # 3*2 = 6, -1*2 = -2 and 4*2 = 8
    "input": 1,
    "layers": [{"dense": {"units": 3, "bias": False}}],
    "example": {"given": {"input": [2], "dense1.weight": [[3], [-1], [4]]}},
}
VALUES = "dense1.value"
ALONE = (
    "A working may stand behind an answer, but these words leave open which one is meant; the"
    " answer alone is read."
)


def marked(answers: dict[str, Any], spec: dict[str, Any]) -> Mark:
    """Return the mark of the last of a student's answers, by what is asked."""
    assignment = read_assignment({"spec": spec, "questions": [*answers]})
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("Ada", answers).marks[-1]


def of(answer: str) -> Mark:
    """Return the mark of three values."""
    return marked({VALUES: answer}, SPEC)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("[6, 2, 8]", "the wrong one is at [1], counted from 0: only its sign is wrong."),
        ("[-6, 2, 8]", "the first wrong one is at [0], counted from 0: only signs are wrong."),
        ("[6, 3, 8]", "the wrong one is at [1], counted from 0. "),
        ("[-6, 3, 8]", "the first wrong one is at [0], counted from 0. "),
    ],
)
def test_a_wrong_sign_is_told_to_be_one(answer: str, told: str) -> None:
    mark = of(answer)
    assert told in mark.feedback
    assert (mark.matter != "") is ("sign" in told)


def test_words_around_numbers_are_told_to_be_why_these_are_not_read() -> None:
    assert ALONE in of("the first is perhaps 6, then something like 2 and 8").feedback
    assert ALONE not in of("ask Ben").feedback


@pytest.mark.parametrize(
    "words",
    [
        "{} (before the relu it was 3)",
        "{} (not 3 as the bias counts)",
        "{}, the last one should be 3",
        "the others are not so, {} is for class 1 only",
    ],
)
@pytest.mark.parametrize(("answer", "verdict"), [("[6, -2, 8]", "right"), ("[-6, 2, 8]", "wrong")])
def test_what_is_told_to_be_read_is_read(words: str, answer: str, verdict: str) -> None:
    waits = of(words.format(answer))
    assert (waits.verdict, ALONE in waits.feedback) == ("needs a look", True)
    assert of(answer).verdict == verdict


def test_a_working_behind_an_answer_is_read_as_is_told() -> None:
    assert of("[6, -2, 8] (3*2, -1*2, 4*2)").verdict == "right"


def test_what_is_rounded_too_far_is_told_what_it_would_be() -> None:
    """0.35*2.46 = 0.861 of an own 2.46."""
    example = {"given": {"input": [2], "dense1.weight": [[1.5]], "dense2.weight": [[0.35]]}}
    spec = {"input": 1, "layers": [{"dense": {"units": 1, "bias": False}}] * 2, "example": example}
    mark = marked({VALUES: "2.46", "dense2.value": "0.9"}, spec)
    assert mark.feedback.startswith("It follows from your answer 2.46 to question 1 but is rounded")
    assert "From your numbers it would be 0.861. The right answer is" in mark.feedback
