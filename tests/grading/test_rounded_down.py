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


def test_each_axis_on_which_the_stride_does_not_fit_is_told_once() -> None:
    """12x10 becomes 6x5; of an own 11x9 it is 5.5 and 4.5, of 11x10 the height alone."""
    spec = {"input": "12x10x3", "layers": [{"conv": {"K": 4, "F": 3, "P": 1}}, {"max_pool": 2}]}

    def pooled(own: str, answer: str) -> str:
        keys = {"spec": spec, "questions": [CONV, "max_pool1.output"], "show": "always"}
        answers = {CONV: own, "max_pool1.output": answer}
        return mark({**keys, "follow_through": 1.0}, answers).marks[1].feedback

    height, width = "(11 - 2 + 2*0)/2 + 1 = 5.5", "(9 - 2 + 2*0)/2 + 1 = 4.5"
    at = "rounded down at max_pool1, for the stride does not fit"
    assert f"Sizes are {at}: {height}; {width}." in pooled("11x9x4", "5x4x4")
    assert f"A size is {at}: {height}." in pooled("11x10x4", "5x5x4")
    assert f"A size is {at}: {height}." in pooled("11x11x4", "5x5x4")


# 12x12x4 is halved to 6x6x4 and doubled to 12x12x5 beside 12x12x8. Of an own 11x11 that is 5.5, 5
# and 10 beside 11, which cannot be joined.
BRANCHES: dict[str, Any] = {
    "input": "12x12x3",
    "layers": [
        {"conv": {"K": 4, "F": 3, "P": 1}},
        {"conv": {"K": 8, "F": 1}},
        {"max_pool": {"F": 2, "S": 2, "from": "conv1"}},
        {"conv_transpose": {"K": 5, "F": 2, "S": 2}},
        {"concat": ["conv2", "conv_transpose1"]},
    ],
}


def test_nothing_is_rounded_in_front_of_an_own_volume() -> None:
    """11*11*13*4 = 6,292 takes no other size, and a concat has no stride."""
    asked = {CONV: "11x11x4", "concat1.output": "11x11x13", "concat1.output_bytes": 6292}
    keys = {"spec": BRANCHES, "questions": [*asked], "show": "hint", "given": False}
    found = mark({**keys, "follow_through": 1.0}, asked).marks[2]
    assert found.feedback == "It follows correctly from your answer 11x11x13 to question 2."


@pytest.mark.parametrize(
    ("asked", "answer", "at"),
    [
        # 10*6*3*3 + 10 whatever the size; 3*3*10 * 3*3*6 with the pool's (11 - 2)/2 + 1 = 5.5.
        ("conv2.parameters", 550, ""),
        ("conv2.macs", 4860, " A size is rounded down at max_pool1, for the stride does not fit."),
    ],
)
def test_parameters_hang_on_no_size(asked: str, answer: int, at: str) -> None:
    layers = [{"conv": {"K": 4, "F": 3, "P": 1}}, {"max_pool": 2}, {"conv": {"K": 10, "F": 3}}]
    keys = {"spec": {"input": "12x12x3", "layers": layers}, "questions": [CONV, asked]}
    given = {CONV: "11x11x6", asked: answer}
    found = mark({**keys, "show": "hint", "given": False, "follow_through": 1.0}, given).marks[1]
    assert found.feedback == f"It follows correctly from your answer 11x11x6 to question 1.{at}"
