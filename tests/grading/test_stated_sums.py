"""Sums that are told with their terms.

conv1 has 5*5*3*10 = 750 weights and 10 biases; dense1 24*24*10*2 = 11,520 and 2; together 12,282.
The scores 1, 3.25 and -1.75 have the hinge losses 3.75 and 6 for class 2: 9.75 together.
"""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC = {"input": "28x28x3", "layers": [{"conv": {"K": 10, "F": 5}}, "flatten", {"dense": 2}]}
SCORES: dict[str, Any] = {
    "input": "1x1x1",
    "layers": [{"dense": 3}],
    "example": {
        "given": {
            "input": [[[1]]],
            "dense1.weight": [[1], [3], [-2]], "dense1.bias": [0, 0.25, 0.25],
        },
        "loss": {"svm": 2},
    },
}  # fmt: skip
TOTAL, CONV, LOSS = "total.parameters", "conv1.parameters", "loss"


def marked(ask: str, answer: str) -> Mark:
    spec = SCORES if ask == LOSS else SPEC
    return mark({"spec": spec, "questions": [ask]}, {ask: answer}).marks[0]


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (TOTAL, "conv 5*5*3*10+10 = 760, dense 5760*2+2 = 11522, total 12282"),
        (TOTAL, "conv: 750+10 = 760; dense: 11520+2 = 11,522; sum: 12,282"),
        (TOTAL, "750+10=760; 11520+2=11522; 12282"),
        (TOTAL, "conv 760, dense 11522, total 12282"),
        (TOTAL, "conv1 760, fc 11522"),
        (TOTAL, "760 conv + 11522 dense"),
        (TOTAL, "12282 (760 + 11522)"),
        (TOTAL, "12282 (760 conv + 11522 dense)."),
        (CONV, "760 (750 weights + 10 biases)"),
        (CONV, "5*5*3*10 = 750 plus 10 biases"),
        (CONV, "5*5*3*10=750, + 10"),
        (CONV, "5*5*3*10 = 750 weights, and 10 biases"),
        (CONV, "750 + 10 biases"),
        (LOSS, "max(0, 3.75) = 3.75, max(0, 6) = 6, total 9.75"),
        (LOSS, "1+1.75+1 = 3.75; 3.25+1.75+1 = 6; the sum is 9.75"),
        (LOSS, "9.75; 1+1.75+1 = 3.75, 3.25+1.75+1 = 6"),
        (LOSS, "9.75; class 0 gives 1+1.75+1 = 3.75, and class 1: 3.25+1.75+1 = 6"),
        (LOSS, "9.75, 1+1.75+1 = 3.75 and 3.25+1.75+1 = 6"),
        (LOSS, "9.75; both violate the margin: 2.75+1 = 3.75, and the other gives 5+1 = 6"),
        (CONV, "760; the filters have 5*5*3*10 = 750 weights and 1*10 = 10 biases"),
        (CONV, "760; 5*5*3*10 + 10 = 760"),
    ],
)
def test_a_right_sum_is_right_with_its_terms(ask: str, answer: str) -> None:
    found = marked(ask, answer)
    assert (found.verdict, found.misconception) == ("right", None), found.feedback


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (TOTAL, "750+10=760; 11520+2=11522; 12284"),  # the terms are right, and the sum is not
        (TOTAL, "conv 760, dense 11522, total 12284"),
        (TOTAL, "conv 760, dense 11500"),
        (TOTAL, "conv 750 = 750, dense 11520 = 11520, total 12270"),
        (TOTAL, "760 conv"),
        (CONV, "750 (740 weights + 10 biases)"),
        (CONV, "5*5*3*10 = 750 plus 1 bias"),
        (CONV, "5*5*3*10 = 750 without 10 biases"),
        (CONV, "750 weights"),
        (CONV, "5*5*3 = 75, 75*10 = 750, total 750"),
        (LOSS, "max(0, 3.75) = 3.75, max(0, 6) = 6"),
        (LOSS, "max(0, 3.75) = 3.75, max(0, 6) = 6, total 9.9"),
        (LOSS, "9.75; 1+1.75+1 = 3.75, 3.25+1.75+2 = 7"),  # 10.75, if that is meant
        (LOSS, "9.75; 1+1.75+1 = 3.75, 3.25+1.75 = 6"),  # which it does not come to
        (LOSS, "9.75; no, 1+1.75 = 2.75, 3.25+1.75+2 = 7"),
        (LOSS, "9.75; it is 5: 1+1.75+1 = 3.75, 3.25+1.75+1 = 6"),
        (LOSS, "10.75; 1+1.75+1 = 3.75, 3.25+1.75+2 = 7"),
        (CONV, "760; 760 + 10 = 770"),
        (CONV, "760; 5*5*3*10 = 750, 750 + 1 = 751"),
        (CONV, "751; 5*5*3*10 = 750 and 1*1 = 1"),
    ],
)
def test_no_other_sum_is_right(ask: str, answer: str) -> None:
    assert marked(ask, answer).verdict in ("wrong", "partly right", "needs a look")


def test_biases_that_were_added_are_not_called_forgotten() -> None:
    """750 weights and a single bias: 751."""
    found = marked(CONV, "5*5*3*10 = 750 plus 1 bias")
    assert found.misconception == "one_bias"
    assert "Your working gives" not in found.feedback


def test_steps_that_go_on_from_one_another_are_no_terms() -> None:
    assert marked(CONV, "5*5*3 = 75, 75*10 = 750, 750+10 = 760").verdict == "right"


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    "answer",
    [
        "1 = {0} plus 10 biases", "{0} ({0} + 0)", "1+1 = {0}, 1+1 = {0}, total {0}",
        "conv {0}, dense {0}", "{1}total 5", "{1}5", "5 ({1}5)", "5; {1}1 = 5", "5; {1}= 5",
        "5; {2}= 5", "5; {3}1 = 5",
    ],
)  # fmt: skip
def test_hostile_sums_are_for_a_person_or_wrong_at_once(answer: str) -> None:
    text = answer.format("9" + ",999" * 110, "con " * 100, "1 + " * 200, "con 1 " * 150)
    start = process_time()
    for ask in (TOTAL, CONV):
        assert marked(ask, text).verdict in ("wrong", "needs a look")
    assert process_time() - start < 5
