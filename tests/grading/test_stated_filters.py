"""The size of a filter for a receptive field, where the words beside it say so.

conv1 3x3 sees 3, the pool 3 + 1 = 4, conv2 4 + 2*2 = 8 and conv3 8 + 2*2 = 12.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

CONV = {"conv": {"K": 8, "F": 3}}
SPEC: dict[str, Any] = {"input": "32x32x3", "layers": [CONV, {"max_pool": 2}, CONV, CONV]}
FIELD = "conv3.receptive_field"


def marked(answer: str) -> Mark:
    return mark({"spec": SPEC, "questions": [FIELD], "show": "always"}, {FIELD: answer}).marks[0]


@pytest.mark.parametrize(
    "answer",
    [
        "3x3   the filter of conv3 is 3x3",
        "3x3 because the filter is 3x3",
        "3x3, the kernel size",
        "3 (the size of the filter)",
        "3x3; F = 3",
        "3x3   conv3 uses 3x3 filters",
    ],
)
def test_the_words_show_it(answer: str) -> None:
    found = marked(answer)
    assert (found.misconception, found.perhaps) == ("field_of_filter_only", False)
    assert found.feedback.startswith(
        "Only the last layer was looked at, not those before it: F = 3. "
    )


@pytest.mark.parametrize(
    "answer",
    [
        "3x3",
        "3x3   the filter of conv1 is 3x3",
        "3x3   3x3 filters, and the stride is 2",
        "3x3   not just the 3x3 filter",
        "3x3   all layers have 3x3 filters",
        "3x3   32x32 with 3x3 filters",
    ],
)
def test_other_words_do_not(answer: str) -> None:
    assert marked(answer).misconception is None
