"""A dropout with a given mask: what stays is divided by 1 - rate, forward and backward."""

from __future__ import annotations

from typing import Any

import pytest

import shapecalc
from shapecalc.grading import mark, read_assignment
from shapecalc.grading.handout import FORMATS

# 3 and 7 stay: 3/(1 - 0.5) = 6 and 7/(1 - 0.5) = 14; 1*6 + 3*14 = 48; (48 - 40)^2 = 64.
# Its gradient, 2*(48 - 40) = 16, comes back as 16*1*2 = 32 and 16*3*2 = 96, and to the weights as
# 16*6 and 16*14.
GIVEN = {"input": [3, 5, 7, 11], "dropout1.mask": [1, 0, 1, 0], "dense1.weight": [[1, 2, 3, 4]]}
EXPECT = {
    "dropout1": [6, 0, 14, 0], "dense1": [48], "loss": 64, "input.grad": [32, 0, 96, 0],
    "dense1.weight.grad": [[96, 0, 224, 0]],
}  # fmt: skip


def spec(given: Any = None, expect: Any = None, **example: Any) -> dict[str, Any]:
    return {
        "input": "4",
        "layers": [{"dropout": 0.5}, {"dense": {"units": 1, "bias": False}}],
        "example": {
            "given": GIVEN if given is None else given,
            "loss": {"squared_error": [40]},
            "expect": EXPECT if expect is None else expect,
            **example,
        },
    }


def misprints(written: Any, **options: Any) -> list[str]:
    found = shapecalc.verify(written, **options).diagnostics
    assert {one.code for one in found if one.severity == "error"} <= {"SC303"}
    return [one.message for one in found if one.code == "SC303"]


def test_verify_computes_what_a_hand_does() -> None:
    assert misprints(spec()) == []
    (found,) = misprints(spec(expect={**EXPECT, "dropout1": [3, 0, 7, 0]}))
    assert found.startswith("dropout1 at unit 0 (from 0) is 6, and 3 was expected")


def test_every_example_of_a_batch_has_a_mask() -> None:
    given = {**GIVEN, "input": [[3, 5, 7, 11]] * 2, "dropout1.mask": [[1, 0, 1, 0], [0, 1, 0, 0]]}
    expect = {"dropout1": [[6, 0, 14, 0], [0, 10, 0, 0]]}
    assert misprints(spec(given, expect, loss={"squared_error": [[40], [40]]})) == []


def test_a_mask_of_slices_is_depth_first() -> None:
    written = {
        "input": "2x2x2",
        "layers": [{"dropout": 0.75}],
        "example": {
            "given": {
                "input": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]],
                "dropout1.mask": [[[0, 1], [0, 0]], [[1, 0], [0, 1]]],
            },
            "expect": {"dropout1": [[[0, 8], [0, 0]], [[20, 0], [0, 32]]]},
        },
    }
    assert misprints(written) == []


@pytest.mark.parametrize(
    ("given", "more", "says"),
    [
        ({**GIVEN, "dropout1.mask": [1, 0, 1]}, {}, "dropout1.mask is 3, and should be 4"),
        ({**GIVEN, "dropout1.mask": [1, 0, 1, 0.5]}, {}, "holds 0.5, and a mask holds 0 and 1"),
        ({**GIVEN, "dense1.mask": [1]}, {}, "dense1 has no mask"),
        (GIVEN, {"training": False}, "with training: false nothing is dropped"),
        (GIVEN, {"expect": {"dropout1.mask": [1, 0, 1, 0]}}, "is given or drawn"),
        ({**GIVEN, "dropout1.mask": [[1, 0, 1, 0]] * 2}, {}, "holds"),
    ],
)
def test_what_is_no_mask_is_a_fault(given: Any, more: Any, says: str) -> None:
    (found, *_) = shapecalc.check(spec(given, **more))
    assert found.severity == "error"
    assert says in found.message


def test_homework_asks_for_what_the_mask_decides() -> None:
    network = spec(rate=0.1)
    asks = ["dropout1.value", "dropout1.value[2]", "dense1.value[0]", "input.grad", "loss"]
    found = read_assignment({"spec": network, "questions": asks})
    assert not found.findings
    right = [question.right for question in found.questions]
    assert right == [(6, 0, 14, 0), 14, 48, (32, 0, 96, 0), 64]
    assert found.questions[1].working == "7*1/(1 - 0.5) = 14"
    assert "dropout1.mask = [1, 0, 1, 0], where 1 stays and is divided by 1 - rate" in (
        FORMATS["markdown"](found).replace("\\", "")
    )
    (wrong,) = mark(
        {"spec": network, "questions": ["dense1.value[0]"]}, {"dense1.value[0]": 24}
    ).marks
    assert wrong.misconception == "dropout_not_scaled"


def test_without_a_mask_the_hint_says_how_to_give_one() -> None:
    given = {key: values for key, values in GIVEN.items() if not key.endswith("mask")}
    written = spec(given, {})
    (found,) = read_assignment({"spec": written, "questions": ["dense1.value"]}).diagnostics
    assert (found.code, found.message) == (
        "SC505", "dense1.value has no fixed value: dropout1 drops at random",
    )  # fmt: skip
    assert "dropout1.mask: [...]" in found.hint
    (found,) = read_assignment({"spec": spec(), "questions": ["dropout1.mask.value"]}).diagnostics
    assert found.code == "SC505"
