"""What a layer gives with a wrong hyperparameter is told: 63x63 with F=7 and S=4 gives 15x15.

(63 - 7)/3 + 1 = 19.67, (63 - 7)/2 + 1 = 29; (63 - 7 + 2*4)/4 + 1 = 17.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark

SPEC: dict[str, Any] = {"input": "63x63x3", "layers": [{"conv": {"K": 8, "F": 7, "S": 4}}]}


def told(asked: str, answer: Any, show: str = "always", **spec: str) -> str:
    keys = {"spec": {**SPEC, **spec}, "questions": [asked], "show": show}
    return mark(keys, {asked: answer}).marks[0].feedback.split("The right answer")[0].strip()


@pytest.mark.parametrize(
    ("asked", "answer", "why"),
    [
        ("S(conv1)", "3?", "With S=3 the stride does not fit: (63 - 7 + 2*0)/3 + 1 = 19.67."),
        ("S(conv1)", 2, "With S=2 the size is not 15: (63 - 7 + 2*0)/2 + 1 = 29."),
        ("P(conv1)", 4, "With P=4 the size is not 15: (63 - 7 + 2*4)/4 + 1 = 17."),
    ],
)
def test_it_is_told_with_the_formula(asked: str, answer: Any, why: str) -> None:
    assert told(asked, answer) == why


def test_sizes_that_are_rounded_fit() -> None:
    why = "With S=3 the size is not 15: floor((63 - 7 + 2*0)/3) + 1 = 19."
    assert told("S(conv1)", 3, rounding="floor") == why


@pytest.mark.parametrize(("asked", "answer"), [("S(conv1)", 3.73), ("K(conv1)", 9)])
def test_nothing_is_tried_that_is_no_size_of_a_window(asked: str, answer: Any) -> None:
    assert told(asked, answer) == ""


def test_a_hint_has_no_numbers() -> None:
    assert told("S(conv1)", 3, "hint") == ""
