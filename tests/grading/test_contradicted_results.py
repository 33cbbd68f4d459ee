"""A result that is near what follows from one answer by chance, where its working goes on from
another: the working says what was meant.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

# 1*2 = 2, 2*3 = 6 and 6*4 = 24
CHAIN: dict[str, Any] = {
    "input": 1,
    "layers": [{"dense": {"units": 1, "bias": False}}] * 3,
    "example": {
        "given": {
            "input": [1], "dense1.weight": [[2]], "dense2.weight": [[3]], "dense3.weight": [[4]],
        },
    },
}  # fmt: skip


def last(first: float, second: float, answer: str) -> Mark:
    """Return the mark of the last value behind two others."""
    questions = [f"dense{number}.value" for number in (1, 2, 3)]
    read = read_assignment({"spec": CHAIN, "questions": questions})
    assert read.usable, read.diagnostics
    answers = [first, second, answer]
    given = {q.id: one for q, one in zip(read.questions, answers, strict=True)}
    return Marker(read).mark("Ada", given).marks[-1]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        # 10*4 = 40 follows from 10; 36 is 3*3*4, what follows from 3 with all right behind it
        ("4*10 = 36", "your answer 10 to question 2 and gives 40, but its result was worked out"),
        ("36 = 4*10", "your answer 10 to question 2 and gives 40, but its result was worked out"),
        ("4*9 = 40", "your answer 3 to question 1 and gives 36, but its result was worked out"),
    ],
)
def test_the_working_says_which_answer_is_gone_on_from(answer: str, told: str) -> None:
    mark = last(3, 10, answer)
    assert (mark.verdict, mark.misconception) == ("wrong", "arithmetic_slip")
    assert mark.feedback.startswith(f"Your working follows correctly from {told} wrongly.")


@pytest.mark.parametrize("answer", ["36", "4*9 = 36", "40", "4*10 = 40", "40 = 4*10"])
def test_a_result_that_nothing_contradicts_follows(answer: str) -> None:
    assert last(3, 10, answer).verdict == "followed through"


def test_a_working_that_leads_nowhere_contradicts_nothing() -> None:
    """4*8 = 32 follows from neither answer: it may be misprinted, and 36 follows from 3."""
    assert last(3, 10, "4*8 = 36").verdict == "followed through"
