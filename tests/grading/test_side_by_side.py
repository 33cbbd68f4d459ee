"""A working with F as a pool's stride shows that mistake: (7 - 3)/3 + 1 = 2.33 is 2, as without
the + 1 (7 - 3)/2 = 2.
"""

from __future__ import annotations

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker

SPEC = {"input": "7x7x40", "layers": [{"max_pool": {"F": 3, "S": 2}}]}


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("2x2x40 ((7-3)/3+1)", "pool_stride_from_filter"),
        ("2x2x40 ((7-3)/3 + 1 = 2)", "pool_stride_from_filter"),
        ("(7-3)/3+1 = 2.33, so 2x2x40", "pool_stride_from_filter"),
        ("2x2x40 ((7-3)/2 = 2)", "forgot_plus_one"),
        ("2x2x40", "forgot_plus_one or pool_stride_from_filter"),
    ],
)
def test_a_working_shows_which_number_was_taken_otherwise(answer: str, name: str) -> None:
    questions = [{"id": "a", "ask": "max_pool1.output"}]
    assignment = read_assignment({"spec": SPEC, "questions": questions})
    (mark,) = Marker(assignment).mark("Ada", {"a": answer}).marks
    assert mark.misconception == name
