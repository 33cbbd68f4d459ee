"""The working of a volume tells all of its sizes: of a concat also those that do not add up."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark

CONV, WIDE = {"conv": {"K": 4, "F": 1}}, {"conv": {"K": 6, "F": 1}}
LINE = {"conv": {"K": 4, "F": [1]}}
TWO, THREE = {"concat": ["conv1", "input"]}, {"concat": ["conv1", "conv2", "input"]}
HIGHER = {"concat": {"from": ["conv1", "input"], "axis": "height"}}
FLAT = {"concat": ["dense1", "input"]}


@pytest.mark.parametrize(
    ("volume", "layers", "working"),
    [
        ("9x7x3", [CONV, TWO], "9x7x7: both have 9x7; depth 4 + 3 = 7"),
        ("9x7x3", [CONV, WIDE, THREE], "9x7x13: all have 9x7; depth 4 + 6 + 3 = 13"),
        ("9x3", [LINE, TWO], "9x7: both have a length of 9; depth 4 + 3 = 7"),
        ("9x7x4", [CONV, HIGHER], "18x7x4: height: 9 + 9 = 18; the depth stays as it is"),
        ("12", [{"dense": 8}, FLAT], "20: depth 8 + 12 = 20"),
    ],
)
def test_a_concat_tells_the_sizes_of_its_sources(
    volume: str, layers: list[Any], working: str
) -> None:
    spec = {"input": volume, "layers": layers}
    keys = {"spec": spec, "questions": ["concat1.output"], "show": "always"}
    feedback = mark(keys, {"concat1.output": "21"}).marks[0].feedback
    assert feedback.endswith(f"The right answer is {working}.")
