"""The function that marks a mapping knows its keys as files of answers have them."""

from __future__ import annotations

import pytest

from shapecalc.grading import mark

HOMEWORK = {
    "spec": {"input": "32x32x3", "layers": [{"conv": {"K": 10, "F": 5}}, {"max_pool": 2}]},
    "questions": [
        {"id": "q1", "ask": "conv1.output"},  # 32 - 5 + 1 = 28
        {"id": "q2", "ask": "max_pool1.output"},  # 28/2 = 14
    ],
}


@pytest.mark.parametrize("key", ["q2", "Q2", "q 2", "Question 2", "2"])
def test_an_answer_is_known_by_its_id_whatever_its_case_and_by_its_number(key: str) -> None:
    marks = mark(HOMEWORK, {"q1": "28x28x10", key: "14x14x10"}).marks
    assert [one.verdict for one in marks] == ["right", "right"]


def test_the_first_answer_that_is_not_blank_counts_and_other_keys_do_not() -> None:
    marks = mark(HOMEWORK, {"Q2": "", "q2": "14x14x10", "2": "9x9x9", "q3": "1"}).marks
    assert [one.verdict for one in marks] == ["blank", "right"]
