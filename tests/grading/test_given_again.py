"""An own array that is given again: few digits are no chance then.

Of the logits 0 and 0 the probabilities are a half each; the class is the first one, so that the
gradient is [-0.5, 0.5]. Of an own [0.3, 0.7] it is [-0.7, 0.7].
"""

from __future__ import annotations

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

SPEC = {
    "input": 1,
    "layers": [{"dense": 2}, "softmax"],
    "example": {
        "given": {"input": [1], "dense1.weight": [[0], [0]], "dense1.bias": [0, 0]},
        "loss": {"cross_entropy": 0},
    },
}


def gradient(own: str, answer: str) -> Mark:
    """Return the mark of a gradient behind own probabilities."""
    questions = ["softmax1.value", "dense1.grad"]
    assignment = read_assignment({"spec": SPEC, "follow_through": 1, "questions": questions})
    answers = {"softmax1.value": own, "dense1.grad": answer}
    return Marker(assignment).mark("Ada", answers).marks[-1]


def test_own_probabilities_that_are_given_for_the_gradient_are_told_to_be() -> None:
    mark = gradient("[0.3, 0.7]", "[0.3, 0.7]")
    assert (mark.misconception, mark.perhaps) == ("label_not_subtracted", False)
    assert "follows from your answer [0.3, 0.7] to question 1." in mark.feedback
    assert gradient("[0.3, 0.7]", "[-0.7, 0.7]").verdict == "followed through"


@pytest.mark.parametrize(
    ("own", "answer"),
    [
        ("[0.3, 0.7]", "[0.4, 0.6]"),  # no array of theirs
        ("[0.4, 0.4]", "[0.4, 0.4]"),  # one number
    ],
)
def test_other_numbers_of_few_digits_may_be_chance(own: str, answer: str) -> None:
    assert gradient(own, answer).misconception is None
