"""At which layers sizes are rounded down for an answer to follow is told, and no other layer.

64x64x3: conv1 keeps 64, and five pools halve it: 32, 16, 8, 4, 2. Of an own 63 they give 62/2 = 31,
15, 7, 3 and 1, each rounded down. Activations of one slice: 63*63 = 3,969, 31*31 = 961, and of the
right sizes 1,024, 256, 64, 16 and 4.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark

SPEC: dict[str, Any] = {
    "input": "64x64x3",
    "layers": [{"conv": {"K": 1, "F": 3, "P": 1}}, *({"max_pool": 2} for _ in range(5))],
}
CONV, LAST, TOTAL = "conv1.output", "max_pool5.output", "total.activations"
FOLLOWS = "It follows correctly from your answer 63x63x1 to question 1"
FIRST = "(63 - 2 + 2*0)/2 + 1 = 31.5"


def told(asked: str, answer: Any, show: str = "always") -> str:
    keys = {"spec": SPEC, "questions": [CONV, asked], "show": show, "given": False}
    found = mark({**keys, "follow_through": 1.0}, {CONV: "63x63x1", asked: answer}).marks[1]
    assert found.verdict == "followed through"
    return found.feedback.split(" The right answer")[0]


def test_many_of_them_are_counted() -> None:
    assert told(LAST, "1x1x1") == (
        f"{FOLLOWS}. Sizes are rounded down at max_pool1, max_pool2, max_pool3, max_pool4 and 1"
        f" more, for the strides do not fit: {FIRST}; (31 - 2 + 2*0)/2 + 1 = 15.5;"
        " (15 - 2 + 2*0)/2 + 1 = 7.5; (7 - 2 + 2*0)/2 + 1 = 3.5."
    )


def test_a_hint_has_no_formulas() -> None:
    at = "max_pool1 and max_pool2, for the strides do not fit."
    assert told("max_pool2.output", "15x15x1", "hint").endswith(f"Sizes are rounded down at {at}")


@pytest.mark.parametrize(
    ("total", "said"),
    [
        (3969 + 1024 + 256 + 64 + 16 + 4, "; from max_pool1 on it has the right sizes."),
        (
            3969 + 961 + 256 + 64 + 16 + 4,
            "; from max_pool2 on it has the right sizes."
            f" A size is rounded down at max_pool1, for the stride does not fit: {FIRST}.",
        ),
    ],
)
def test_a_total_has_none_from_where_on_its_sizes_are_right(total: int, said: str) -> None:
    assert told(TOTAL, total) == f"{FOLLOWS}{said}"
