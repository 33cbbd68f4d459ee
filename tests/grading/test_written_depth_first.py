"""Own volumes of a student who writes the depth first, with other mistakes in them as well."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

# 25x21x12, (25 - 3)/2 + 1 = 12 and (21 - 3)/2 + 1 = 10 behind the pool, 12x10x40, 6x5x20
SPEC: dict[str, Any] = {
    "input": "49x41x3",
    "layers": [
        {"conv": {"K": 12, "F": 5, "S": 2, "P": 2}},
        {"max_pool": {"F": 3, "S": 2}},
        {"conv": {"name": "wide", "K": 40, "F": 1}},
        {"conv": {"name": "last", "K": 20, "F": 2, "S": 2}},
    ],
}
ASKED = ["conv1.output", "max_pool1.output", "wide.output", "last.output"]
CREDIT = {"depth_first": 0.5, "padding_once": 0.25}
FIRST = "depth_first"


def marked(*answers: str) -> list[Mark]:
    """Return the marks of one student's volumes, each of 1 point."""
    asked = {"spec": SPEC, "questions": ASKED, "follow_through": 0.8, "partial": CREDIT}
    return list(mark({**asked, "show": "always"}, dict(zip(ASKED, answers, strict=True))).marks)


def test_an_own_volume_with_another_mistake_is_turned_round() -> None:
    """(25 - 3)/3 + 1 = 8.33 and (21 - 3)/3 + 1 = 7 with the pool's stride as its F: 8x7x12, then
    8x7x40 and 4x3x20.
    """
    first, pool, wide, last = marked("12x25x21", "12x8x7", "40x8x7", "20x4x3")
    assert (first.misconception, first.points) == (FIRST, 0.5)
    assert (pool.misconception, pool.points) == (f"{FIRST}, pool_stride_from_filter", 0)
    assert not pool.perhaps
    assert pool.feedback.startswith(
        "The stride was taken as F; and again the depth was written first"
    )
    for one, source in ((wide, "12x8x7 to question 2"), (last, "40x8x7 to question 3")):
        assert (one.misconception, one.points) == (FIRST, 0.4)
        assert f"Again the depth was written first: with your answer {source}" in one.feedback


def test_two_mistakes_at_once_show_as_well_that_the_depth_comes_first() -> None:
    """(49 - 5 + 2)/2 + 1 = 24 and (41 - 5 + 2)/2 + 1 = 20, behind which are 11x9 and 5x4."""
    first, *others = marked("12x24x20 ((49-5+2)/2+1)", "12x11x9", "40x11x9", "20x5x4")
    assert first.misconception == f"{FIRST}, padding_once"
    assert [one.misconception for one in others] == [FIRST] * 3
    assert [one.points for one in others] == [0.4] * 3
    assert "+ 1 was forgotten" not in others[-1].feedback
    assert others[-1].feedback.startswith("Again the depth was written first")  # no right width 5


def test_sizes_that_nothing_explains_are_told_to_be_wrong_besides() -> None:
    _, pool, wide, _ = marked("12x25x21", "12x9x7", "40x9x7", "20x4x3")
    assert pool.points == 0
    told = "Again the depth was written first; here it goes last. The height and the width are"
    assert pool.feedback.startswith(f"{told} wrong, too.")
    assert (wide.misconception, wide.points) == (FIRST, 0.4)


@pytest.mark.parametrize(
    ("pool", "wide", "verdict"),
    [
        ("12x8x12", "12x8x40", "followed through"),  # the depth is where it belongs
        ("12x8x7", "12x8x40", "followed through"),  # the next one says that the height is 12
        ("12x10x7", "40x10x7", "wrong"),  # two of its sizes are right as they stand
        ("12x8x7", "40x8x6", "wrong"),
    ],
)
def test_others_stay_as_they_are(pool: str, wide: str, verdict: str) -> None:
    _, _, found, _ = marked("12x25x21", pool, wide, "20x9x9")
    assert found.verdict == verdict


def test_what_would_follow_from_it_has_the_depth_last() -> None:
    _, _, wide, _ = marked("12x25x21", "12x8x7", "40x8x6", "20x9x9")
    assert "From your answer 12x8x7 to question 2 it would be 8x7x40." in wide.feedback


def test_nothing_is_turned_where_the_depth_comes_last_elsewhere() -> None:
    _, pool, wide, _ = marked("25x21x12", "12x8x7", "40x8x7", "20x4x3")
    assert (pool.misconception, wide.misconception) == (None, None)
    assert "it would be 12x8x40" in wide.feedback
