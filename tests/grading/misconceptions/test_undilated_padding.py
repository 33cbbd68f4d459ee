"""A padding that is asked for of a dilated filter, as if it had no dilation.

99x99 becomes (99 - 7)/4 + 1 = 24 in conv1, and with F=3 dilation=2, which spans 5, stays 24x24 with
P=2; without the dilation 24 - 3 + 2*1 + 1 = 24 makes P = (3 - 1)/2 = 1. conv3 sees 1 + 6 + 4*4 +
4*4 = 39, and without the dilation 1 + 6 + 2*4 + 4*4 = 31. 21x21 with F=3 dilation=3 S=2 becomes
(21 - 7 + 2*3)/2 + 1 = 11; of 3 it takes P = 1.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": "99x99x3",
    "layers": [
        {"conv": {"K": 8, "F": 7, "S": 4}},
        {"conv": {"K": 8, "F": 3, "P": 2, "dilation": 2}},
        {"conv": {"K": 4, "F": 5, "P": 2}},
    ],
}
STRIDED: dict[str, Any] = {
    "input": "21x21x3",
    "layers": ["relu", {"conv": {"name": "conv2", "K": 8, "F": 3, "S": 2, "P": 3, "dilation": 3}}],
}
ASK, FIELD, IGNORED = "P(conv2)", "conv3.receptive_field", "dilation_ignored"


def marked(answers: dict[str, str], spec: dict[str, Any] = SPEC) -> list[Mark]:
    asked = {"spec": spec, "questions": list(answers), "show": "always", "partial": {IGNORED: 0.25}}
    return list(mark(asked, answers).marks)


@pytest.mark.parametrize(
    ("answer", "spec", "told"),
    [
        ("1, (3 - 1)/2", SPEC, "(24 - 3 + 2*1)/1 + 1 = 24"),
        ("1, since (F - 1)/2 = 1", SPEC, "(24 - 3 + 2*1)/1 + 1 = 24"),
        ("1, since 24 - 3 + 2*1 + 1 = 24", SPEC, "(24 - 3 + 2*1)/1 + 1 = 24"),
        ("1, since 24 - 3 + 2P + 1 = 24", SPEC, "(24 - 3 + 2*1)/1 + 1 = 24"),
        ("1, since (21 - 3 + 2*1)/2 + 1 = 11", STRIDED, "(21 - 3 + 2*1)/2 + 1 = 11"),
    ],
)
def test_a_working_with_the_filters_own_size_shows_it(
    answer: str, spec: dict[str, Any], told: str
) -> None:
    (found,) = marked({ASK: answer}, spec)
    assert (found.misconception, found.perhaps, found.points) == (IGNORED, False, 0.25)
    assert f"The dilation was taken as 1: {told}." in found.feedback


@pytest.mark.parametrize("order", [[ASK, FIELD], [FIELD, ASK]])
def test_so_does_another_answer(order: list[str]) -> None:
    given = {ASK: "1", FIELD: "31x31"}
    marks = marked({asked: given[asked] for asked in order})
    assert [(m.misconception, m.perhaps) for m in marks] == [(IGNORED, False), (IGNORED, False)]
    found = next(m for m in marks if m.id == ASK)
    again = "Again the" if order[0] == FIELD else "The"
    assert f"{again} dilation was taken as 1: (24 - 3 + 2*1)/1 + 1 = 24." in found.feedback


def test_a_number_alone_may_be_of_another_mistake() -> None:
    (found,) = marked({ASK: "1"})
    assert found.perhaps or not found.misconception


def test_it_is_not_so_where_the_working_has_what_the_filter_spans() -> None:
    for answer in ("1, since 2*(3 - 1) + 1 = 5", "1, (5 - 1)/2"):
        assert marked({FIELD: "31x31", ASK: answer})[1].misconception is None


def test_who_knows_that_padding_may_take_a_field_without_the_dilation() -> None:
    found = marked({ASK: "2", FIELD: "31x31"})[1]
    assert (found.misconception, found.perhaps) == (IGNORED, False)
