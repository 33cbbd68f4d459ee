"""A fault inside a block is told with the line that uses the block, beside that of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

import shapecalc

BLOCK = """input: 32x32x3
blocks:
  unit:
    parameters: {K: null, S: 1}
    layers:
      - conv: {K: $K, F: 3, S: $S}
  outer:
    layers: [{unit: {K: 4}}, {unit: {K: 4, S: 2}}]
layers:
"""


@pytest.mark.parametrize(
    ("layers", "behind"),
    [
        (
            ["unit: {K: 8}", "unit: {name: second, K: 16, S: 2}"],
            " (used in line 11 as second)",
        ),
        (
            ["unit: {K: 8}", "repeat: {times: 2, layers: [{unit: {K: 8}}, {unit: {K: 8, S: 2}}]}"],
            " (used in line 11 as unit3)",
        ),
        (["relu", "outer: {name: whole}"], " (used in line 11 as whole)"),
        (
            ["unit: {K: 8, S: 2}", "unit: {K: 8}"],
            " (used in line 10 as unit1)",
        ),
    ],
)
def test_the_line_that_uses_the_block_is_told(
    layers: list[str], behind: str, tmp_path: Path
) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(BLOCK + "".join(f"  - {layer}\n" for layer in layers), encoding="utf-8")
    found = next(d for d in shapecalc.trace(path).diagnostics if d.code == "SC201")
    assert found.line == 6  # the definition's
    assert found.message.endswith(behind)


def test_of_several_uses_the_first_is_told_in_the_same_brackets(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    layers = "".join(f"  - unit: {{K: {K}, S: 2}}\n" for K in (8, 16))
    path.write_text(BLOCK.replace("32x32x3", "38x38x3") + layers, encoding="utf-8")
    (found,) = shapecalc.trace(path).diagnostics
    message = "(first in unit1.conv1, and in 1 more; used in line 10 as unit1)"
    assert found.message.endswith(message)


def test_a_fault_outside_of_blocks_is_told_as_it_was() -> None:
    spec = {"input": "32x32x3", "layers": [{"conv": {"K": 1, "F": 5, "S": 2}}]}
    assert "used in" not in shapecalc.trace(spec).diagnostics[0].message
