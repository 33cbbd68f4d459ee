"""What is counted of a class."""

from __future__ import annotations

from shapecalc.grading.graded import Graded, tallied
from shapecalc.grading.marks import Mark, Marked


def test_mistakes_are_counted_once_a_student_in_the_order_of_the_answers() -> None:
    """A set of texts has another order in each run, and so would what is told of a class."""
    names = [f"mistake_{n}" for n in range(12)]
    marks = [Mark(n, "wrong", 0, 1, "1", "2", "", n, "") for n in [*names, *names[:3]]]
    tally = tallied([Graded(Marked("Ada", tuple(marks)), "ada.txt")])
    assert list(tally.mistaken.items()) == [(name, 1) for name in names]
    assert tally.misconceptions["mistake_0"] == 2
