"""Which two answers a student leaves a choice between."""

from __future__ import annotations

import pytest

from shapecalc.grading import mark

SPEC = {"input": "32x32x3", "layers": [{"conv": {"K": 8, "F": 5}}]}


@pytest.mark.parametrize(
    ("asked", "answer", "between"),
    [
        ("conv1.parameters", "128*40+40 = 5160 I think, or is it 5120?", ", 5,160 and 5,120,"),
        ("conv1.parameters", "600 (maybe 610)", ", 600 and 610,"),
        ("conv1.output", "27x27x8 or 26x26x8?", ", 27x27x8 and 26x26x8,"),
        ("conv1.output", "27x27x8 or 26?", ","),
        ("conv1.parameters", "600 or 610 or 620", ","),
        ("conv1.parameters", "7.600 or 2", ","),  # 7.6, or 7,600
    ],
)
def test_whom_it_is_left_to_is_told_between_which(asked: str, answer: str, between: str) -> None:
    found = mark({"spec": SPEC, "questions": [asked]}, {asked: answer}).marks[0]
    assert found.verdict == "needs a look"
    assert found.feedback == (
        f"More than one answer was read{between} so it has no points yet: a teacher has to choose."
    )


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("[1, -1] or the other way round?", "needs a look"),
        ("[1, -1], or with the opposite sign", "needs a look"),
        ("[1, -1] (maybe negative)", "needs a look"),
        ("[1, -1] or so", "right"),
        ("[1, -1], maybe", "right"),
    ],
)
def test_another_answer_may_be_left_open_without_its_numbers(answer: str, verdict: str) -> None:
    """1*1 + 0*(-1) and 0*1 + 1*(-1)."""
    given = {"input": [1, -1], "dense1.weight": [[1, 0], [0, 1]], "dense1.bias": [0, 0]}
    spec = {"input": 2, "layers": [{"dense": 2}], "example": {"given": given}}
    found = mark({"spec": spec, "questions": ["dense1.value"]}, {"dense1.value": answer}).marks[0]
    assert found.verdict == verdict
