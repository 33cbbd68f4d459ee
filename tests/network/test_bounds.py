"""Claims that are right for more than one number."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic_core import PydanticCustomError

import shapecalc
from shapecalc.network.bounds import Bounds, read_count

LINEAR: dict[str, Any] = {"input": 999, "layers": [{"dense": 1000}]}  # 1,000,000 parameters


@pytest.mark.parametrize(
    ("claim", "right", "wrong"),
    [
        ("<= 5M", [0, 5_000_000], [5_000_001]),
        ("< 5M", [4_999_999], [5_000_000]),
        (">= 1k", [1000, 10**15], [999]),
        ("> 1", [2], [0, 1]),
        ("3.8G", [3_750_000_000, 3_800_000_000, 3_850_000_000], [3_749_999_999, 3_850_000_001]),
        ("25.6M", [25_557_032], [25_549_999, 25_650_001]),
        ("61M", [60_500_000, 61_499_999], [60_499_999]),
        ("4Ki", [3584, 4096, 4608], [3583, 4609]),
        ("1 T", [5 * 10**11], [4 * 10**11]),
        ({"min": "1M", "max": 2_000_000}, [1_000_000, 2_000_000], [999_999, 2_000_001]),
        ({"max": 3}, [0, 3], [4]),
    ],
)
def test_a_claim_holds_for_its_numbers_and_no_other(
    claim: Any, right: list[int], wrong: list[int]
) -> None:
    bounds = read_count(claim)
    assert isinstance(bounds, Bounds)
    assert all(map(bounds.hold, right))
    assert not any(map(bounds.hold, wrong))


@pytest.mark.parametrize("claim", [7, 0])
def test_a_whole_number_stands_for_itself(claim: Any) -> None:
    assert read_count(claim) == claim


@pytest.mark.parametrize(
    "claim",
    ["much", "<= ", "7", "7.5", "5X", "-5M", "=> 5M", "<= -1", {}, {"min": 2, "max": 1},
     {"least": 1}, [1], 1.5, "9" * 30 + "M", {"min": "x"}, True, float("nan")],
)  # fmt: skip
def test_what_is_none_is_refused(claim: Any) -> None:
    with pytest.raises(PydanticCustomError):
        read_count(claim)


@pytest.mark.parametrize(
    ("key", "claim", "true"),
    [
        ("parameters", "1.0M", True),
        ("parameters", "< 1M", False),
        ("weights", ">= 999k", True),
        ("macs", {"max": "1M"}, True),
        ("flops", "2.0M", True),
        ("flops", 1_998_000, True),
        ("flops", 1_998_001, False),
        ("bytes", 4_000_000, True),
        ("bytes", "<= 3.8Mi", False),
        ("bytes", "3.8Mi", True),
        ("trainable", "1000k", True),
    ],
)
@pytest.mark.parametrize("place", ["network", "layer"])
def test_claims_are_compared_everywhere(key: str, claim: Any, true: bool, place: str) -> None:
    spec = dict(LINEAR)
    if place == "network":
        spec["expect"] = {key: claim}
    else:
        spec["layers"] = [{"dense": {"units": 1000, "expect": {key: claim}}}]
    assert [found.code for found in shapecalc.check(spec)] == ([] if true else ["SC301"])


def test_a_rounded_claim_is_refreshed_as_it_was_rounded(tmp_path: Any) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("input: 999\nlayers: [{dense: 1000}]\nexpect: {parameters: 2.50M}\n", "utf-8")
    (found,) = shapecalc.check(path)
    assert [edit.text for edit in found.edits] == ["1.00M"]
    path.write_text("input: 999\nlayers: [{dense: 1000}]\nexpect: {parameters: <= 5k}\n", "utf-8")
    (found,) = shapecalc.check(path)
    assert not found.edits  # where the bound is to be, nobody but its author knows
