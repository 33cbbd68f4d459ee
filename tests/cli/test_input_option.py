"""--input on report, check and verify: another volume in the place of a network's own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]

OPEN = "input: ?x?x3\nlayers:\n  - conv: {K: 4, F: 3, S: 2}\n  - global_avg_pool\n  - dense: 10\n"
TWO = 'inputs: {left: "?x?x3", right: 10}\nlayers:\n  - conv: {from: left, K: 4, F: 3}\n'
CLAIMS = (
    "input: 9x9x1\nlayers:\n"
    "  - conv: {K: 2, F: 3, expect: {output: 7x7x2, parameters: 20, macs: 882}}\n"
    "  - flatten\n  - dense: {units: 3, expect: {parameters: 297}}\n"
)


@pytest.fixture
def nets(tmp_path: Path) -> None:
    for name, text in {"open": OPEN, "two": TWO, "claims": CLAIMS}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")


def reported(run: Run, *words: str) -> dict[str, Any]:
    result = run("report", *words, "--format", "json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.usefixtures("nets")
def test_an_open_network_without_faults_is_complete_and_in_order(run: Run) -> None:
    found = reported(run, "open.yaml")
    assert found["complete"] is True
    assert found["inputs"] == {"input": [None, None, 3]}
    conv, pool, dense = found["layers"]
    assert (conv["output"], conv["weights"], conv["macs"]) == ([None, None, 4], 108, None)
    assert conv["input"] == [[None, None, 3]]
    assert (conv["receptive_field"], pool["receptive_field"]) == ([3, 3], [None, None])
    assert (pool["output"], dense["macs"]) == ([1, 1, 4], 40)
    assert (found["totals"]["parameters"], found["totals"]["macs"]) == (162, None)
    assert run("check", "open.yaml", "--strict").exit_code == 0


@pytest.mark.usefixtures("nets")
@pytest.mark.parametrize(
    ("words", "inputs"),
    [
        (["open.yaml", "--input", "9x9x3"], {"input": [9, 9, 3]}),
        (["open.yaml", "--input", "input=9 × 9 × 3"], {"input": [9, 9, 3]}),
        (["claims.yaml", "--input", "?x?x1"], {"input": [None, None, 1]}),
        (["two.yaml", "--input", "left=9x9x3"], {"left": [9, 9, 3], "right": [10]}),
        (["two.yaml", "--input", "right=5", "--input", "left=?x9x3"],
         {"left": [None, 9, 3], "right": [5]}),
    ],
)  # fmt: skip
def test_it_takes_the_place_of_the_files_own(
    run: Run, words: list[str], inputs: dict[str, Any]
) -> None:
    assert reported(run, *words)["inputs"] == inputs


@pytest.mark.usefixtures("nets")
@pytest.mark.parametrize("command", ["report", "check", "verify"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["open.yaml", "--input", "9xx3"], "must be a volume"),
        (["open.yaml", "--input", "(None, 3, 9, 9)"], "write 9x9x3"),
        (["open.yaml", "--input", "input="], "must be a volume"),
        (["open.yaml", "--input", "9x9x3", "--input", "9x9x3"], "with its name"),
        (["two.yaml", "--input", "left=9x9x3", "--input", "left=9x9x3"], "with its name"),
        (["open.yaml", "--input", "left=9x9x3"], "no input left; there is input"),
        (["two.yaml", "--input", "9x9x3"], "the inputs left, right; say which: left=32x32x3"),
    ],
)
def test_wrong_usage_is_2(run: Run, command: str, words: list[str], said: str) -> None:
    result = run(command, *words)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.usefixtures("nets")
def test_what_is_in_order_before_a_file_without_that_input_is_told(run: Run) -> None:
    result = run("check", "open.yaml", "two.yaml", "--input", "input=2x2x3")
    assert result.exit_code == 2
    assert "SC202" in result.stdout
    assert "two.yaml: --input: the network has no input input" in result.stderr


@pytest.mark.usefixtures("nets")
def test_verify_says_which_sizes_it_needs_and_runs_with_them(run: Run) -> None:
    result = run("verify", "open.yaml")
    assert result.exit_code == 1
    assert "input ?x?x3 leaves some open" in result.output
    (option,) = [word for word in result.output.split() if word.endswith("x3,")]
    result = run("verify", "open.yaml", "--input", "9x9x3")
    assert result.exit_code == 0, result.output
    assert "all agree" in result.stdout
    assert run("check", "open.yaml", "--input", option.rstrip(",")).exit_code == 0
    result = run("verify", "two.yaml")
    assert "--input left=224x224x3" in result.output


@pytest.mark.usefixtures("nets")
def test_a_claim_that_holds_for_the_own_input_is_not_held_against_another(
    run: Run, tmp_path: Path
) -> None:
    for command in ("check", "verify"):
        assert run(command, "claims.yaml", "--input", "8x12x1").exit_code == 0
    false = CLAIMS.replace("parameters: 20", "parameters: 21").replace("882", "883")
    (tmp_path / "claims.yaml").write_text(false, encoding="utf-8")
    result = run("check", "claims.yaml", "--input", "8x12x1")
    assert result.exit_code == 1
    assert result.stdout.count("SC301") == 2
    assert "parameters 21 expected, 20 computed" in result.stdout


@pytest.mark.usefixtures("nets")
def test_faults_of_the_given_size_are_told_with_repairs_that_help(run: Run) -> None:
    result = run("check", "open.yaml", "--input", "8x8x3", "--format", "json")
    (found,) = json.loads(result.stdout)
    assert (found["code"], result.exit_code) == ("SC201", 1)
    assert "rounding: floor" in found["hint"]
    assert " input:" not in found["hint"]  # the file's own input is not at fault
    assert found["edits"]
    offered = re.findall(r"--input (\S+) gives", found["hint"])
    assert offered
    for size in offered:  # the option that was given, and what would work
        assert run("check", "open.yaml", "--input", size).exit_code == 0


def test_of_several_inputs_the_given_one_is_offered_by_its_name(run: Run, tmp_path: Path) -> None:
    branch = "  - conv: {{name: {0}, K: 8, F: 5, S: 2, P: 1, from: {1}}}\n"
    text = "inputs: {left: 31x31x3, right: 31x31x3}\nlayers:\n"
    text += branch.format("a", "left") + branch.format("b", "right") + "  - add: [a, b]\n"
    (tmp_path / "two.yaml").write_text(text, encoding="utf-8")
    path = str(tmp_path / "two.yaml")
    assert run("check", path).exit_code == 0
    both = ("--input", "left=30x30x3", "--input", "right=30x30x3")
    told = run("check", path, *both).stdout
    for size in ("29x29x3", "31x31x3"):
        assert f"--input left={size} and --input right={size} gives" in told


def test_a_given_input_that_looks_depth_first_is_offered_turned(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: 9x9x3\nlayers: [relu]\n", encoding="utf-8")
    result = run("check", str(tmp_path / "net.yaml"), "--input", "3x224x224")
    assert "SC408" in result.stdout
    assert "--input 224x224x3 (the depth comes last)" in result.stdout


def test_an_input_that_the_file_lacks_or_has_wrong_may_be_given(run: Run, tmp_path: Path) -> None:
    for text in ("layers: [{dense: 3}]\n", "input: eight\nlayers: [{dense: 3}]\n"):
        (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
        assert run("check", "net.yaml").exit_code == 1
        assert run("check", "net.yaml", "--input", "7").exit_code == 0
