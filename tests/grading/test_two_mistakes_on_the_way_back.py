"""Two mistakes with a gradient that comes back through a pool and an activation."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

# conv1 keeps its input, of which the three windows have 1, 4 and 2 for the largest; 1*2 - 4*3 + 2*5
# = 0, of which the gradient is 0 - -1 = 1.
SPEC = {
    "input": "2x6x1",
    "layers": [{"conv": {"K": 1, "F": 1}}, "relu", {"max_pool": 2}, "flatten", {"dense": 1}],
    "example": {
        "given": {
            "input": [[1, -2, 3, 4, 2, -1], [-1, 0.5, 2, -3, -4, 1]],
            "conv1.weight": [[1]], "conv1.bias": [0],
            "dense1.weight": [[2, -3, 5]], "dense1.bias": [0],
        },
        "loss": {"half_squared_error": [-1]},
    },
}  # fmt: skip
POOLED, MAP = "max_pool1.grad", "conv1.grad"
EVERYWHERE = [[2, 2, -3, -3, 5, 5], [2, 2, -3, -3, 5, 5]]
OWN = [[4, 4, -6, -6, 7, 7], [4, 4, -6, -6, 7, 7]]
BOTH = "pool_gradient_everywhere, slope_forgotten"


def marked(answers: dict[str, Any], partial: dict[str, float]) -> Mark:
    """Return the mark of the gradient of the map, the last of one student's answers."""
    questions = [{"ask": ask, "partial": partial if ask == MAP else {}} for ask in answers]
    given = {"spec": SPEC, "questions": questions, "follow_through": 0.5}
    assignment = read_assignment(given)
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("one", answers).marks[-1]


@pytest.mark.parametrize(
    ("answers", "source"),
    [
        ({MAP: EVERYWHERE}, ""),
        (
            {POOLED: [[4, -6, 7]], MAP: OWN},
            " Otherwise it follows from your answer [[4, -6, 7]] to question 1.",
        ),
    ],
)
def test_both_are_named_also_behind_an_own_gradient(answers: dict[str, Any], source: str) -> None:
    mark = marked(answers, {})
    assert (mark.misconception, mark.perhaps, mark.points) == (BOTH, False, 0)
    told = (
        "Two mistakes at once: the gradient was sent to every pixel of the window (only the largest"
        " gets it), and the slope of relu1 was forgotten (no gradient comes back where its input"
        f" was 0 or negative).{source}"
    )
    assert told in mark.feedback


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("pool_gradient_everywhere", "The first of these mistakes alone gets 50 % of the points,"
         " but for the second one there are none."),
        ("slope_forgotten", "The second of these mistakes alone gets 50 % of the points, but for"
         " the first one there are none."),
    ],
)  # fmt: skip
def test_who_has_credit_for_one_of_them_alone_is_told_so(name: str, told: str) -> None:
    mark = marked({MAP: EVERYWHERE}, {name: 0.5})
    assert mark.points == 0
    assert told in mark.feedback
    first = mark.feedback.index("sent to every pixel")
    assert first < mark.feedback.index("the slope of relu1") < mark.feedback.index(told)


@pytest.mark.quick(1)
@pytest.mark.parametrize(("own", "points"), [(False, 0.2), (True, 0.1)])
def test_both_credits_are_multiplied(own: bool, points: float) -> None:
    shares = {"pool_gradient_everywhere": 0.5, "slope_forgotten": 0.4}
    answers = {POOLED: [[4, -6, 7]], MAP: OWN} if own else {MAP: EVERYWHERE}
    assert marked(answers, shares).points == points


def test_of_few_different_numbers_it_is_not_certain() -> None:
    """One slip may change two numbers, as a pair of odd mistakes does."""
    few = [[2, 2, 0, -3, 0, 0], [2, 2, 0, 0, 0, 5]]
    mark = marked({MAP: few}, {})
    assert mark.misconception != BOTH or mark.perhaps
