"""A mistake in the output that a layer makes of an own volume, which is in its multiplications.

17x17x3: conv1 gives 17 - 3 + 1 = 15. Of 14x14x8, conv2 of 5x5 with P=2 makes 14x14, and with the
padding on one side (14 - 5 + 2)/1 + 1 = 12: 12*12 * 5*5*8*10 = 288,000 multiply-accumulates, and
576,000 FLOPs. Of 15x15x8 that is 13*13 * 2,000 = 338,000.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": "17x17x3",
    "layers": [{"conv": {"K": 8, "F": 3}}, {"conv": {"K": 10, "F": 5, "P": 2}}],
}
FIRST, MACS, FLOPS = "conv1.output", "conv2.macs", "conv2.flops"


def last(answers: dict[str, Any]) -> Mark:
    asked = {"spec": SPEC, "questions": list(answers), "show": "always"}
    return mark({**asked, "partial": {"padding_once": 0.5}}, answers).marks[-1]


@pytest.mark.parametrize(
    ("asked", "answer", "count"),
    [
        (MACS, 288_000, "12*12 * 5*5*8*10 = 288,000"),
        (MACS, "12*12*2000 = 288000", "12*12 * 5*5*8*10 = 288,000"),
        (FLOPS, 576_000, "2 * 12*12 * 5*5*8*10 = 576,000"),
        (
            FLOPS,
            "576000, it is 12x12x10 because (14 - 5 + 2)/1 + 1 = 12, and 2*12*12*10*25*8",
            "2 * 12*12 * 5*5*8*10 = 576,000",
        ),
    ],
)
def test_it_is_made_with_the_own_volume(asked: str, answer: Any, count: str) -> None:
    found = last({FIRST: "14x14x8", asked: answer})
    assert (found.misconception, found.perhaps) == ("padding_once", False)
    told = "with your answer 14x14x8 to question 1, (14 - 5 + 2)/1 + 1 = 12, so 12x12x10; "
    assert f"{told}{count}" in found.feedback


def test_it_is_so_with_the_right_one() -> None:
    found = last({FIRST: "15x15x8", FLOPS: "2*13*13*2000 = 676000"})
    assert (found.misconception, found.points) == ("padding_once", 0.5)


def test_other_numbers_have_no_cause() -> None:
    for asked, answer in ((MACS, 288_001), (FLOPS, 576_001), ("conv2.weights", 2_001)):
        assert last({FIRST: "14x14x8", asked: answer}).misconception is None
