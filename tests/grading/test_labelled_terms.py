"""Totals told with their terms, each by its layer.

conv1 has 5*5*3*10 + 10 = 760 parameters, dense1 24*24*10*3 + 3 = 17,283: 18,043 together, and
18,033 without the 10 biases of conv1.
"""

from __future__ import annotations

from time import process_time

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC = {"input": "28x28x3", "layers": [{"conv": {"K": 10, "F": 5}}, "flatten", {"dense": 3}]}
FORMS = [
    "conv1 {0} + dense1 {1} = {2}",
    "conv1 {0} + dense1 {1} -> {2}",
    "conv1 {0} + dense1 {1}, so in total {2} parameters",
    "conv1 {0} + dense1 {1} is {2}.",
    "conv1: {0} + dense1: {1} = {2}",
    "conv1 = {0} plus dense1 = {1} = {2}",
    "{2}: conv1 {0} + dense1 {1}",
    "{2} = conv1 {0} + dense1 {1}",
    "{2} (conv1 {0} + dense1 {1})",
    "total = conv1 {0} + dense1 {1} = {2}",
    "{0} (conv1) + {1} (dense1) = {2}",
    "{0} for conv1 + {1} for dense1 = {2}",
    "conv {0} + fc {1} = {2}",
    "c1 {0} + d1 {1} = {2}",
]
WORKED_OUT = "conv1 {0} + dense1 5760*3 + 3 = {2}"  # has three terms


def marked(answer: str, ask: str = "total.parameters") -> Mark:
    return mark({"spec": SPEC, "questions": [ask]}, {ask: answer}).marks[0]


@pytest.mark.parametrize("form", [*FORMS, WORKED_OUT])
@pytest.mark.parametrize("numbers", [("760", "17283", "18043"), ("760", "17,283", "18,043")])
def test_a_right_total_is_right_with_the_names_of_its_terms(
    form: str, numbers: tuple[str, str, str]
) -> None:
    found = marked(form.format(*numbers))
    assert (found.verdict, found.misconception) == ("right", None), found.feedback


@pytest.mark.parametrize("form", [*FORMS, WORKED_OUT])
def test_a_wrong_total_is_wrong_and_its_working_is_seen(form: str) -> None:
    slipped = marked(form.format("760", "17283", "18053"))
    assert (slipped.verdict, slipped.misconception) == ("wrong", "arithmetic_slip")
    assert "Your working is right and gives 18,043" in slipped.feedback
    unbiased = marked(form.format("750", "17283", "18033"))
    assert (unbiased.verdict, unbiased.misconception) == ("wrong", "forgot_bias")
    other = marked(form.format("765", "17283", "18048"))
    assert (other.verdict, other.misconception) == ("wrong", None)
    told = "1 of 2 terms is right; that of conv1 is not."
    assert (told in other.feedback) == (form != WORKED_OUT)


def test_the_answer_is_told_as_it_was_written() -> None:
    text = "conv1 760 + dense1 17283 = 18053"
    assert marked(text).answer == text


@pytest.mark.parametrize(
    "answer",
    [
        "conv1 760, dense1 17283 = 18045",  # nothing says which of both is meant
        "18043: conv1 760 + dense1 17283 = 18053",
        "conv1 760 + dense1 17283 = 18053, no wait, 18043",
        "half 760 + twice 17283 = 18053",
    ],
)
def test_what_is_no_sum_of_layers_is_not_read_as_one(answer: str) -> None:
    assert marked(answer).verdict in ("wrong", "needs a look")


def test_a_total_behind_parts_is_none_of_them() -> None:
    """17283 = 18043 is no 18043 of dense1."""
    found = marked("conv1 760, dense1 17283 = 18043")
    assert (found.verdict, "760 + 17,283 = 18,043" in found.feedback) == ("right", True)


def test_another_question_has_no_terms_by_layer() -> None:
    assert marked("conv1 750 + conv1 10 = 760", "conv1.parameters").verdict == "right"
    assert marked("conv1 750 + dense1 20 = 770", "conv1.parameters").verdict == "wrong"


@pytest.mark.parametrize(
    "answer",
    ["c1 1 + " * 140 + "= 5", "conv1 " * 80 + "+ 1 = 2", "+ " * 480, "1" * 900 + " + conv1 1 = 2",
     "conv1 1 + conv1 2" + " = " * 300 + "3", "conv1 1 + dense1 " + "1 is so = " * 90 + "5",
     "conv1 1 + dense1 (" + "1 " * 480],
)  # fmt: skip
def test_hostile_sums_are_read_at_once(answer: str) -> None:
    start = process_time()
    assert marked(answer).verdict in ("wrong", "needs a look", "blank")
    assert process_time() - start < 2
