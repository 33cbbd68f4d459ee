"""shapecalc sweep: rows, formats, processes, exit codes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
LENET = str(Path(__file__).parents[2] / "specs" / "networks" / "lenet-5.yaml")
SETS = ("--set", "conv1.K=6,12", "--set", "input=32x32x1,33x33x1")


def test_one_row_a_combination_in_every_format(run: Run) -> None:
    found = json.loads(run("sweep", LENET, *SETS, "--format", "json").stdout)
    assert found["schema"] == "shapecalc.sweep/1"
    assert found["set"] == {"conv1.K": ["6", "12"], "input": ["32x32x1", "33x33x1"]}
    assert [row["fits"] for row in found["rows"]] == [True, False] * 2
    first, second, third, _ = found["rows"]
    assert (first["parameters"], first["macs"], first["outputs"]) == (
        61706,
        416520,
        {"softmax1": "10"},
    )
    # six more filters of 25 weights and a bias, and 5*5*16 more weights for each in conv2
    assert third["parameters"] == 61706 + 6 * 26 + 6 * 25 * 16
    assert second["findings"][0]["code"] == "SC201"
    listed = list(csv.DictReader(io.StringIO(run("sweep", LENET, *SETS, "--format", "csv").stdout)))
    assert [row["fits"] for row in listed] == ["true", "false"] * 2
    assert [row["parameters"] for row in listed] == ["61706", "", str(third["parameters"]), ""]
    assert listed[1]["codes"] == "SC201"
    shown = run("sweep", LENET, *SETS).stdout
    assert "61,706" in shown
    assert "SC201" in shown
    assert "4 combinations, 2 fit" in shown


def test_the_front_is_marked(run: Run) -> None:
    result = run("sweep", LENET, *SETS, "--pareto", "parameters,macs", "--format", "json")
    assert [row["pareto"] for row in json.loads(result.stdout)["rows"]] == [
        True,
        False,
        False,
        False,
    ]
    assert "* 1 that no other one beats" in run("sweep", LENET, *SETS, "--pareto", "macs").stdout


def test_totals_that_depend_on_open_sizes_are_not_said_to_be_beaten(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("input: HxWx3\nlayers:\n  - conv: {K: 4, F: 3}\n", encoding="utf-8")
    asked = ("sweep", "a.yaml", "--set", "conv1.K=4,8", "--pareto")
    assert "none is compared" in run(*asked, "parameters,macs").stdout
    assert "* 1 that no other one beats" in run(*asked, "parameters").stdout


def test_memory_and_the_batch_that_fits(run: Run) -> None:
    more = (
        "--memory",
        "--fit",
        "10MB",
        "--optimizer",
        "adam",
        "--format",
        "json",
        "--pareto",
        "peak",
    )
    rows = json.loads(run("sweep", LENET, *SETS, *more).stdout)["rows"]
    assert rows[0]["peak"] < rows[2]["peak"]
    assert rows[0]["batch"] > rows[2]["batch"] > 0
    assert [row["pareto"] for row in rows] == [True, False, False, False]


@pytest.mark.slow
def test_several_processes_give_the_same(run: Run) -> None:
    assert run("sweep", LENET, *SETS, "--jobs", "2").stdout == run("sweep", LENET, *SETS).stdout


def test_exit_codes(run: Run, files: Path) -> None:
    assert run("sweep", LENET, *SETS).exit_code == 0
    assert run("sweep", LENET, "--set", "input=33x33x1").exit_code == 1
    assert run("sweep", "missing.yaml", *SETS).exit_code == 2
    Path("bad.yaml").write_text("layers: 5\n")
    assert run("sweep", "bad.yaml", *SETS).exit_code == 1
    for wrong in (
        (), ("--set", "conv1"), ("--set", "conv1.Q=3"), ("--set", "input=" + "9," * 10_001 + "9"),
        (*SETS, "--pareto", "speed"), (*SETS, "--pareto", "peak"), (*SETS, "--batch", "3"),
        (*SETS, "--jobs", "2", "--dask", "tcp://localhost:1"),
    ):  # fmt: skip
        result = run("sweep", LENET, *wrong)
        assert result.exit_code == 2, wrong
        assert "internal" not in result.output


def test_the_reason_is_told_whole(run: Run) -> None:
    lines = run("sweep", LENET, "--set", "input=33x33x1").stdout.splitlines()
    row = [line.split("  ")[-1].strip() for line in lines[2:4]]
    assert " ".join(row) == (
        "SC201 avg_pool1 (F=2 S=2 P=0) on 29x29x6: (29 - 2 + 2*0)/2 + 1 = 14.5, the stride does not"
        " fit (remainder 1)"
    )


def test_names_set_together_have_a_column_each(run: Run) -> None:
    together = ("sweep", LENET, "--set", "conv1.K,conv2.K=6:16,12")
    found = json.loads(run(*together, "--format", "json").stdout)
    assert found["set"] == {"conv1.K": ["6", "12"], "conv2.K": ["16", "12"]}
    assert found["together"] == [["conv1.K", "conv2.K"]]
    assert [row["set"] for row in found["rows"]] == [
        {"conv1.K": "6", "conv2.K": "16"},
        {"conv1.K": "12", "conv2.K": "12"},
    ]
    assert found["rows"][0]["parameters"] == 61706
    assert run(*together).stdout.startswith("conv1.K    conv2.K")


def test_a_name_that_is_not_there_is_answered_with_those_that_are(run: Run) -> None:
    told = run("sweep", LENET, "--set", "stem.K=3").stderr
    assert "--set: there is no layer or block stem; there is conv1, tanh1, " in told


def test_it_writes_a_file(run: Run, files: Path) -> None:
    assert run("sweep", LENET, *SETS, "--format", "csv", "-o", "rows.csv").exit_code == 0
    assert Path("rows.csv").read_text().startswith("conv1.K,input,fits,parameters")
    assert run("sweep", LENET, *SETS, "-o", "rows.csv").exit_code == 2


def test_named_sizes_give_formulas(run: Run, files: Path) -> None:
    Path("named.yaml").write_text("input: HxWx3\nlayers: [{conv: {K: 2, F: 3, P: 1}}, relu]\n")
    for form in ("table", "csv", "json"):
        sweep = ("sweep", "named.yaml", "--set", "conv1.K=2,3", "--memory", "--pareto", "macs")
        result = run(*sweep, "--format", form)
        assert result.exit_code == 0
        assert "54*H*W" in result.stdout


def test_hostile_values_are_quoted(run: Run) -> None:
    value = "\x1b[31m" + "x" * 5000
    for form in ("table", "csv", "json"):
        result = run("sweep", LENET, "--set", f"input={value},=1+1", "--format", form)
        assert result.exit_code == 1
        assert "\x1b" not in result.stdout
        if form == "csv":
            assert list(csv.reader(io.StringIO(result.stdout)))[2][0] == "'=1+1"
