"""shapecalc sizes, and any on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shapecalc.cli import group

NETWORKS = Path(__file__).resolve().parents[2] / "specs/networks"
U_NET = str(NETWORKS / "u-net.yaml")


def run(*arguments: str) -> Result:
    """Call the command line."""
    return CliRunner().invoke(group, arguments)


def test_sizes_of_a_u_net() -> None:
    result = run("sizes", U_NET, "--output", "388x388")
    assert result.exit_code == 0
    assert "H, W = 188 + 16k, from 188" in result.output
    assert result.output.endswith("For the output 388x388: input: 572x572x1\n")


def test_another_present_size() -> None:
    result = run("sizes", U_NET, "--input", "570x572x1")
    assert result.exit_code == 0
    assert "570 does not fit; the nearest 556 and 572 do" in result.output


def test_no_input_gives_an_output() -> None:
    result = run("sizes", U_NET, "--output", "389x388")
    assert result.exit_code == 1
    near = "388x388 from input: 572x572x1; 404x388 from input: 588x572x1."
    assert f"No input gives the output 389x388. The nearest: {near}" in result.output


def test_json_has_what_the_text_says_of_an_output() -> None:
    result = run("sizes", U_NET, "--output", "389x388", "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.output)
    assert found["for"] is None
    assert found["nearest_outputs"] == [
        {"output": [388, 388], "inputs": {"input": [572, 572, 1]}},
        {"output": [404, 388], "inputs": {"input": [588, 572, 1]}},
    ]
    found = json.loads(run("sizes", U_NET, "--output", "388x388", "--format", "json").output)
    assert found["for"] == {"input": [572, 572, 1]}
    assert found["nearest_outputs"] == []


def test_the_axes_of_an_output_are_named() -> None:
    result = run("sizes", U_NET, "--output", "388")
    assert result.exit_code == 2
    assert "softmax1 has height x width, for example 388x388" in result.output
    result = run("sizes", str(NETWORKS / "alexnet.yaml"), "--output", "10x10")
    assert "softmax1 is flat, for example 1000" in result.output


@pytest.mark.parametrize("output", ["0x3", "axb", "softmax=3", "conv1=388x388", "388x388x2x2"])
def test_what_is_no_output_is_wrong_usage(output: str) -> None:
    assert run("sizes", U_NET, "--output", output).exit_code == 2


def test_several_files_are_json_lines(tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text("input: 8x8x3\nlayers: [{conv: {K: 1}}]\n", encoding="utf-8")
    result = run("sizes", U_NET, str(faulty), "--format", "json")
    assert result.exit_code == 1
    one, other = map(json.loads, result.stdout.splitlines())
    assert one["outputs"] == {"softmax1": ["H - 184", "W - 184", 2]}
    assert other["reason"]
    assert run("sizes", str(tmp_path / "none.yaml")).exit_code == 2


def test_a_file_of_a_framework() -> None:
    result = run("sizes", str(NETWORKS.parent / "frameworks/cifar.onnx"))
    assert result.exit_code == 0
    assert "every H, W from" in result.output


def test_it_is_written_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "sizes.txt"
    assert run("sizes", U_NET, "-o", str(path)).exit_code == 0
    assert "188 + 16k" in path.read_text(encoding="utf-8")
    assert run("sizes", U_NET, "-o", str(path)).exit_code == 2


# -- any -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["any", "?"])
def test_calc_finds_the_padding_that_keeps_the_size(word: str) -> None:
    result = run("calc", "32x32x3", "conv", "K=10", "F=5", f"P={word}", "--format", "json")
    found = json.loads(result.output)
    assert found["output"] == [32, 32, 10]
    assert found["layers"][0]["fields"]["P"] == 2
    (told,) = found["diagnostics"]
    assert told["code"] == "SC412"
    assert "P=2 gives 32x32x10, P=0 gives 28x28x10" in told["message"]


def test_a_bare_question_mark_in_a_file_is_told_of_any(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("input: 8x8x3\nlayers:\n  - conv: {K: 2, F: 3, P: ?}\n", encoding="utf-8")
    result = run("check", str(path))
    assert "SC101" in result.output
    assert "any" in result.output


def test_the_first_value_is_written(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("input: 8x8x3\nlayers:\n  - conv: {K: 2, F: 3, P: any}\n", encoding="utf-8")
    run("check", "--fix", "--unsafe-fixes", str(path))
    assert "P: 1}" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Not known: line 1: the file is empty; a spec has input: and layers:"),
        ("input: 8x8x3\nlayers: [konv: 3]\n", "Not known: line 2: there is no layer kind konv"),
        ("input: 8x8x3\nlayers:\n  - conv: {K: 3}\n", "Not known: line 3: conv needs F"),
    ],
)
def test_of_a_spec_that_cannot_be_read_nothing_is_said_to_fit_or_not(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(text, encoding="utf-8")
    result = run("sizes", str(path))
    assert result.exit_code == 1
    first, _, last = result.output.splitlines()
    assert first == (f"{path}: input 8x8x3" if text else str(path))
    assert last == said
