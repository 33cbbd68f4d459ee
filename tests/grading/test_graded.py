"""What is counted of a class."""

from __future__ import annotations

from shapecalc.grading import mark
from shapecalc.grading.graded import Graded, tallied
from shapecalc.grading.marks import Mark, Marked


def test_mistakes_are_counted_once_a_student_in_the_order_of_the_answers() -> None:
    """A set of texts has another order in each run, and so would what is told of a class."""
    names = [f"mistake_{n}" for n in range(12)]
    marks = [Mark(n, "wrong", 0, 1, "1", "2", "", n, "") for n in [*names, *names[:3]]]
    tally = tallied([Graded(Marked("Ada", tuple(marks)), "ada.txt")])
    assert list(tally.mistaken.items()) == [(name, 1) for name in names]
    assert tally.misconceptions["mistake_0"] == 2


def test_so_are_those_behind_terms_of_a_total_that_has_no_cause() -> None:
    """896 + 18,496 + 40,970 parameters: 9*3*32 = 864 and 64*64*10 = 40,960 without biases, and
    9*64 = 576 without the depth as well, which is not certain of who counts biases in conv1; of
    41,000 nothing is known.
    """
    layers = [
        {"conv": {"K": 32, "F": 3, "P": 1}}, {"max_pool": 2},
        {"conv": {"K": 64, "F": 3, "P": 1}}, {"max_pool": 2}, "flatten", {"dense": 10},
    ]  # fmt: skip
    asked = ["conv1.parameters", "total.parameters"]
    homework = {"spec": {"input": "32x32x3", "layers": layers}, "questions": asked}
    answers = {
        "Ann": ("864", "864 + 576 + 41000 = 42440"),
        "Bob": ("896", "896 + 18496 + 41000 = 60392"),
        "Cem": ("896", "896 + 576 + 40960 = 42432"),
    }
    marked = [
        mark(homework, dict(zip(asked, a, strict=True)), student=n) for n, a in answers.items()
    ]
    tally = tallied([Graded(one, f"{one.student}.txt") for one in marked])
    assert tally.misconceptions == {"forgot_bias": 2, "forgot_depth_and_bias": 1}
    assert tally.mistaken == {"forgot_bias": 2, "forgot_depth_and_bias": 1}
    assert tally.words["forgot_depth_and_bias"] == ""
