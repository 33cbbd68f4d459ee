"""A mistake that may be behind one value, and is certain in a later answer of the same student."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark
from tests.grading.test_either_in_own import SPEC

# The window 0, 0 / 1, 3 at the end gives 0 - 0 + 0*1 + 2*3 = 6, and 2*0 + 0*0 - 1 + 3 = 2 with the
# filter the other way round.
PLACE, POOLED = "conv1.value[0,3,3]", "max_pool1.value"
FLIPPED = [[[3, 4], [4, 4]], [[0, 0], [1, 1]]]
UNBIASED = [[[3, 5], [4, 6]], [[4, 4], [4, 2]]]  # without the -3 of the second map: of 1, 1, 1, -1


def told(answers: dict[str, Any]) -> tuple[Mark, ...]:
    """Return the marks of one student's answers."""
    return mark({"spec": SPEC, "questions": list(answers)}, answers).marks


@pytest.mark.parametrize("answers", [{PLACE: 2, POOLED: FLIPPED}, {POOLED: FLIPPED, PLACE: 2}])
def test_it_is_certain_in_both(answers: dict[str, Any]) -> None:
    first, second = told(answers)
    assert first.misconception == second.misconception == "filter_flipped"
    assert not first.perhaps
    assert not second.perhaps
    assert first.feedback.count("The filter was flipped") == 1
    assert "Again the filter was flipped" in second.feedback


@pytest.mark.parametrize("answers", [{PLACE: 2}, {PLACE: 2, POOLED: UNBIASED}])
def test_by_itself_or_beside_another_mistake_it_is_not(answers: dict[str, Any]) -> None:
    first = told(answers)[0]
    assert (first.misconception, first.perhaps) == ("filter_flipped", True)
