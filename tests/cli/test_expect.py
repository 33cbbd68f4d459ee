"""shapecalc expect: claims are written where none is made; what is there stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import shapecalc

Run = Callable[..., Result]
NETWORKS = Path(__file__).parents[2] / "specs" / "networks"

BARE = """input: 32x32x3       # grey
layers:
  - conv: {K: 10, F: 5, P: 2}   # first
  - relu
  - max_pool: 2
  - conv:
      K: 4
      F: 3
  - repeat: {times: 2, layers: [{conv: {K: 4, F: 3, P: 1}}]}
  - flatten
  - dense: 10  # last
"""
TOTALS = "expect:\n  output: 10\n  parameters: 9270\n  macs: 902848\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "a.yaml"
    path.write_bytes(text.encode())
    return path


def test_totals_and_the_output_are_claimed_behind_everything(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path, BARE)
    assert run("expect", "a.yaml").exit_code == 0
    assert path.read_text("utf-8") == BARE + TOTALS
    assert not shapecalc.check(path)
    assert "0 files changed" in run("expect", "a.yaml").stderr


def test_layers_get_claims_of_their_own_however_they_are_written(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path, BARE)
    run("expect", "--layers", "a.yaml")
    text = path.read_text("utf-8")
    assert "P: 2, expect: {output: 32x32x10, parameters: 760, macs: 768000}}   # first" in text
    assert "  - relu: {expect: {output: 32x32x10}}\n" in text
    assert "  - max_pool: {F: 2, expect: {output: 16x16x10}}\n" in text
    assert "layers: [{conv: {K: 4, F: 3, P: 1}}]}" in text  # of two layers: nothing is written
    assert not shapecalc.check(path)
    again = path.read_bytes()
    run("expect", "--layers", "a.yaml")
    assert path.read_bytes() == again


def test_a_claim_that_is_made_stays_unless_it_is_updated(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path, BARE.replace("K: 10", "K: 12") + TOTALS)
    run("expect", "a.yaml")
    assert path.read_text("utf-8").endswith(TOTALS)
    run("expect", "--update", "a.yaml")
    text = path.read_text("utf-8")
    assert text.endswith("expect:\n  output: 10\n  parameters: 9494\n  macs: 1070560\n")
    assert "K: 12" in text  # the claim gave way, and not the field
    assert not shapecalc.check(path)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "input: 8\r\nlayers: [relu]\r\n",
            "input: 8\r\nlayers: [relu]\r\nexpect:\r\n  output: 8\r\n  parameters: 0\r\n",
        ),
        (
            "{input: 8, layers: [relu]}",
            "{input: 8, layers: [relu], expect: {output: 8, parameters: 0}}",
        ),
        (
            '{"input": 8, "layers": ["relu"]}',
            '{"input": 8, "layers": ["relu"], "expect": {"output": 8, "parameters": 0}}',
        ),
    ],
)
def test_line_ends_brackets_and_json(run: Run, tmp_path: Path, before: str, after: str) -> None:
    path = write(tmp_path, before)
    run("expect", "a.yaml")
    assert path.read_bytes().decode() == after


def test_several_outputs_are_claimed_by_name(run: Run, tmp_path: Path) -> None:
    path = write(
        tmp_path, "input: 8x8x3\nlayers:\n  - relu\n  - flatten\noutputs: [relu1, flatten1]\n"
    )
    run("expect", "a.yaml")
    assert "  outputs: {relu1: 8x8x3, flatten1: 192}\n" in path.read_text("utf-8")
    assert not shapecalc.check(path)


def test_a_difference_is_shown_and_a_broken_spec_is_told_of(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path, BARE)
    result = run("expect", "--diff", "a.yaml")
    assert "+  parameters: 9270" in result.stdout
    assert path.read_text("utf-8") == BARE
    write(tmp_path, "input: [")
    result = run("expect", "a.yaml")
    assert result.exit_code == 1
    assert "SC101" in result.stderr
    assert run("expect", "-", stdin=BARE).exit_code == 2


@pytest.mark.parametrize("update", [(), ("--update",)])
def test_a_spec_with_an_error_gets_no_claims(
    run: Run, tmp_path: Path, update: tuple[str, ...]
) -> None:
    """A window of 50 does not fit into 32 rows: only what is in front of it is computed."""
    faulty = BARE.replace("F: 3", "F: 50", 1)
    path = write(tmp_path, faulty)
    result = run("expect", "--layers", *update, "a.yaml")
    assert result.exit_code == 1
    assert "SC202" in result.stderr
    assert path.read_text("utf-8") == faulty


def test_a_false_claim_alone_is_updated_and_otherwise_told(run: Run, tmp_path: Path) -> None:
    faulty = BARE + "expect: {output: 11}\n"
    path = write(tmp_path, faulty)
    result = run("expect", "a.yaml")
    assert result.exit_code == 1
    assert "SC301" in result.stderr
    assert path.read_text("utf-8") == faulty
    assert run("expect", "--update", "a.yaml").exit_code == 0
    assert not shapecalc.check(path)


@pytest.mark.parametrize(
    ("layer", "update"),
    [
        # By hand: 8 - 3 + 1 = 6, 3*3*4 + 4 = 40. P=1, or no bias, would make the claims true.
        ("conv: {K: 4, F: 3, expect: {output: 8x8x4}}", "output: 6x6x4"),
        ("conv: {K: 4, F: 3, expect: {parameters: 36}}", "parameters: 40"),
        ("conv: {expect: {output: 8x8x4}, K: 4, F: 3}", "output: 6x6x4"),
    ],
)
def test_an_updated_claim_says_what_is_computed_and_the_layer_stays(
    run: Run, tmp_path: Path, layer: str, update: str
) -> None:
    old = layer[layer.index("expect: {") + 9 : layer.index("}")]
    path = write(tmp_path, f"input: 8x8x1\nlayers:\n  - {layer}\n")
    assert run("expect", "--update", "a.yaml").exit_code == 0
    head, line, *_ = path.read_text("utf-8").splitlines()[1:]
    assert (head, line) == ("layers:", f"  - {layer.replace(old, update)}")
    assert not shapecalc.check(path)


def test_a_stride_that_changed_is_written_into_all_claims_behind_it(
    run: Run, tmp_path: Path
) -> None:
    path = write(tmp_path, "input: 9x9x1\nlayers:\n  - conv: {K: 4, F: 3, P: 1}\n  - relu\n")
    run("expect", "--layers", "a.yaml")
    path.write_text(path.read_text("utf-8").replace("P: 1", "P: 1, S: 2"), encoding="utf-8")
    assert run("expect", "--update", "a.yaml").exit_code == 0
    text = path.read_text("utf-8")  # (9 - 3 + 2)/2 + 1 = 5, 5*5*4 * 9 = 900 MACs
    assert text.count("5x5x4") == 3
    assert "P: 1, S: 2, expect: {output: 5x5x4, parameters: 40, macs: 900}" in text
    assert not shapecalc.check(path)


@pytest.mark.slow
def test_a_changed_stride_in_a_fully_claimed_alexnet_is_one_finding(
    run: Run, tmp_path: Path
) -> None:
    path = write(tmp_path, (NETWORKS / "alexnet.yaml").read_text("utf-8"))
    run("expect", "--layers", "a.yaml")
    assert not shapecalc.check(path)
    text = path.read_text("utf-8")
    assert "F: 11, S: 4" in text
    path.write_text(text.replace("F: 11, S: 4", "F: 11, S: 3"), encoding="utf-8")
    assert len([found for found in shapecalc.check(path) if found.severity == "error"]) == 1
