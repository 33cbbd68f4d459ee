"""A volume, and behind a dash what its layer lacks and how a size is worked out.

14x14x8 with 20 filters of 3x3 is 14 - 3 + 1 = 14 - 2 = 12 high and wide.
"""

from __future__ import annotations

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC = {"input": "14x14x8", "layers": [{"conv": {"K": 20, "F": 3}}]}


def marked(answer: str) -> Mark:
    asked = {"spec": SPEC, "questions": ["conv1.output"]}
    return mark(asked, {"conv1.output": answer}).marks[0]


@pytest.mark.parametrize(
    "answer",
    [
        "12x12x20 - no padding here so 14 - 2",
        "12x12x20 - no padding so 14 - 2 = 12",
        "12x12x20 - no zeros, so 14 - 2",
    ],
)
def test_no_padding_denies_no_volume(answer: str) -> None:
    assert marked(answer).verdict == "right"


@pytest.mark.parametrize(
    "answer",
    [
        "12x12x20 - no, 14 - 2",
        "12x12x20 - no wait 14 - 2",
        "12x12x20 - no padding so 14 - 3",
        "12x12x20 - no padding here so 14 - 2 = 11",
        "12x12x20 - no padding is wrong so 14 - 2",
        "12x12x20 - no padding, not 14x14x20",
        "14x14x20 - no padding so 12x12x20",
        "12x12x20, no padding here so 14 - 4",
    ],
)
def test_what_contradicts_it_is_for_a_person(answer: str) -> None:
    assert marked(answer).verdict == "needs a look"


def test_a_wrong_volume_stays_wrong() -> None:
    assert marked("10x10x20 - no padding so 14 - 4").verdict == "wrong"
