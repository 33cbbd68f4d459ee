"""A sheet of twenty questions: its last answers are looked into as its first ones are.

Layers of one unit, the first one's weight 3 and the others' 1, make 6 of 2 everywhere. The gradient
at the end is 1, so that a step by 0.1 makes 1 - 0.1*6 = 0.4 of the last weight.
"""

from __future__ import annotations

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker

MISTAKES = {"gradient_added": "1.731", "rate_forgotten": "-6.31"}  # of 7.31, and not of 6


@pytest.mark.parametrize(("name", "answer"), MISTAKES.items())
@pytest.mark.parametrize("before", [3, 19])
def test_a_mistake_is_named_behind_any_number_of_own_values(
    before: int, name: str, answer: str
) -> None:
    weights = {f"dense{i}.weight": [[1]] for i in range(2, before + 1)}
    given = {"input": [2], "dense1.weight": [[3]], **weights}
    spec = {
        "input": 1,
        "layers": [{"dense": {"units": 1, "bias": False}}] * before,
        "example": {"given": given, "upstream": {f"dense{before}": [1]}, "rate": 0.1},
    }
    values = [f"dense{i}.value" for i in range(1, before + 1)]
    step = f"dense{before}.weight.next"
    assignment = read_assignment(
        {"spec": spec, "partial": {name: 0.5}, "follow_through": 1, "questions": [*values, step]}
    )
    marks = Marker(assignment).mark("Ada", {**dict.fromkeys(values, "7.31"), step: answer}).marks
    assert [mark.verdict for mark in marks[1:-1]] == ["followed through"] * (before - 1)
    assert (marks[-1].misconception, marks[-1].perhaps, marks[-1].points) == (name, False, 0.5)
