"""Half of a filter for the padding: 5/2 = 2.5, rounded up 3, where 2 zeros keep 32x32 with F=5."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {"input": "32x32x3", "layers": [{"conv": {"K": 8, "F": 5, "P": 2}}]}
P = "P(conv1)"


def marked(answer: str) -> Mark:
    return mark({"spec": SPEC, "questions": [P], "show": "always"}, {P: answer}).marks[0]


@pytest.mark.parametrize(
    "answer",
    ["3 (half of 5, rounded up)", "3 (5/2 rounded up)", "3 (F/2 = 2.5)", "2.5 (half of 5)"],
)
def test_the_words_show_it(answer: str) -> None:
    found = marked(answer)
    assert (found.misconception, found.perhaps) == ("half_filter_padding", False)


@pytest.mark.parametrize("answer", ["3", "3, half of 6", "3, (32-5+2P)/1 = 32, so P = 2.5"])
def test_without_them_it_is_not_certain(answer: str) -> None:
    found = marked(answer)
    assert (found.misconception, found.perhaps) == ("half_filter_padding", True)
