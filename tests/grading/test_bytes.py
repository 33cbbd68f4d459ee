"""Questions for bytes: of the parameters, and of an output's values."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark

# (32 - 4)/2 + 1 = 15, so 15*15*8 = 1,800 values; 4*4*3*8 + 8 = 392 parameters, 16 and 16 behind
SPEC: dict[str, Any] = {
    "input": "32x32x3", "layers": [{"conv": {"K": 8, "F": 4, "S": 2}}, "batch_norm"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("conv1.output_bytes", 4 * 1800),
        ("conv1.output_bytes", "15*15*8*4 = 7200 bytes"),
        ("conv1.output_bytes", "7.2 kB"),
        ("conv1.bytes", 4 * 392),
        ("batch_norm1.bytes", 4 * 32),
        ("total.output_bytes", 2 * 7200),
        ("total.bytes", 4 * 424),
    ],
)
def test_both_are_computed(path: str, answer: Any) -> None:
    (found,) = mark({"spec": SPEC, "questions": [path]}, {path: answer}).marks
    assert found.verdict == "right"


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (7200, "bytes_for_values"),  # 29*29*8 = 6,728 at a stride of 1
        ("15*15*8*4 = 7200", "bytes_for_values"),
        (29 * 29 * 8, "stride_ignored"),
    ],
)
def test_bytes_are_not_the_number_of_values(answer: Any, name: str) -> None:
    (found,) = mark({"spec": SPEC, "questions": ["conv1.activations"]},
                    {"conv1.activations": answer}).marks  # fmt: skip
    assert (found.misconception, found.perhaps) == (name, False)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("15*15*8*4 = 7200", "bytes_for_values"),
        ("30*30*8 = 7200", "stride_ignored"),
        (7200, None),
    ],
)
def test_four_times_the_values_may_be_those_at_a_stride_of_1(answer: Any, name: str | None) -> None:
    """(31 - 2)/2 + 1 is 15 rounded down, and (31 - 2)/1 + 1 = 30: twice as many on either side."""
    layers = [{"conv": {"K": 8, "F": 2, "S": 2}}]
    spec = {"input": "31x31x3", "rounding": "floor", "layers": layers}
    (found,) = mark({"spec": spec, "questions": ["conv1.activations"]},
                    {"conv1.activations": answer}).marks  # fmt: skip
    assert found.misconception == name
