"""shapecalc calc: a network typed on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from click.testing import Result

import shapecalc

Run = Callable[..., Result]


def report(run: Run, line: str, *options: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        run("calc", *line.split(), *options, "--format", "json").stdout
    )
    return loaded


def test_the_contracts_own_example(run: Run) -> None:
    line = "32x32x3 conv K=10 F=5 P=2 relu max_pool 2 dense 10"
    result = run("calc", *line.split())
    assert result.exit_code == 0
    for text in ("(32 - 5 + 2*2)/1 + 1 = 32", "750 + 10 = 760", "16x16x10"):
        assert text in result.stdout
    found = report(run, line)
    assert [(r["name"], r["output"]) for r in found["layers"]] == [
        ("conv1", [32, 32, 10]), ("relu1", [32, 32, 10]), ("max_pool1", [16, 16, 10]),
        ("dense1", [10]),
    ]  # fmt: skip
    assert found["totals"]["parameters"] == 760 + 25_610


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("784 dense 10", [10]),
        ("784 fc 10 relu linear 3", [3]),
        ("32x32x3 flatten", [3072]),
        ("8x8x1 conv K=2 F=3x5", [6, 4, 2]),
        ("8x8x1 conv K=2 F=[3,5]", [6, 4, 2]),
        ("8x8x1 conv K=2 F=2 P=[[0,1],[0,1]]", [8, 8, 2]),
        ("8x8x1 conv K=2 F=3 P=same", [8, 8, 2]),
        ("8x8x1 conv filters=2 kernel_size=3 padding=1 stride=1", [8, 8, 2]),
        ("8x8x1 max_pool 3 S=1", [6, 6, 1]),
        ("8x8x1 max_pool F=3 S=1", [6, 6, 1]),
        ("8x8x4 conv K=4 F=1 groups=2 bias=false", [8, 8, 4]),
        ("8x8x4 batch_norm dropout 0.3 leaky_relu 1e-2", [8, 8, 4]),
        ("8x8x4 adaptive_avg_pool 3x2", [3, 2, 4]),
        ("8x8x4 reshape 256 softmax", [256]),
        ("8x8x4 pad 1 crop 2 upsample 2", [12, 12, 4]),
        ("[8,8,4] relu", [8, 8, 4]),
        ("8x8x4 relu name=a tanh add from=[a,input]", [8, 8, 4]),
        ("8x8x4 conv_transpose K=2 F=4 S=2 P=1", [16, 16, 2]),
    ],
)
def test_kinds_bare_values_and_fields_are_read_as_yaml(
    run: Run, line: str, output: list[int]
) -> None:
    found = report(run, line)
    assert [d for d in found["diagnostics"] if d["severity"] == "error"] == []
    assert found["output"] == output


@pytest.mark.parametrize(
    ("layer", "output"),
    [
        (["transpose", "axes=depth,height,width"], [3, 4, 8]),
        (["transpose", "depth,height,width"], [3, 4, 8]),
        (["transpose", "axes=2,0,1"], [3, 4, 8]),
        (["max_pool", "F=2,4"], [2, 2, 3]),
    ],
)
def test_commas_make_a_list(run: Run, layer: list[str], output: list[int]) -> None:
    done = run("calc", "4x8x3", *layer, "--format", "json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["output"] == output


def test_a_number_with_a_comma_is_no_list(run: Run) -> None:
    done = run("calc", "4x8x3", "dense", "1,000")
    assert done.exit_code == 1
    assert '"1,000"' in done.stdout


def test_rounding_is_an_option(run: Run) -> None:
    line = "10x10x1 max_pool F=3 S=2"
    assert run("calc", *line.split()).exit_code == 1
    assert report(run, line)["diagnostics"][0]["code"] == "SC201"
    assert report(run, line, "--rounding", "floor")["output"] == [4, 4, 1]
    assert report(run, line, "--rounding", "ceil")["output"] == [5, 5, 1]
    assert run("calc", *line.split(), "--rounding", "up").exit_code == 2


@pytest.mark.parametrize("form", ["table", "markdown", "latex", "csv", "json"])
def test_every_format_is_printed(run: Run, form: str) -> None:
    result = run("calc", "8x8x1", "conv", "K=2", "F=3", "--format", form)
    assert result.exit_code == 0
    assert "6x6x2" in result.stdout or "6" in result.stdout
    assert "conv1" in result.stdout


@pytest.mark.parametrize(
    "line",
    [
        "10x10x1 conv K=1 F=3 S=2",  # SC201
        "8x8x1 conv K=1 F=9",
        "8x8x1 reul",
        "8x8x1 conv K=1",
        "8x8x1 conv 64",
        "8x8x1 conv K=1 F=x",
        "8x8x1 conv K=1 F=3 kernal=3",
        "8x8x1 relu 3",
        "0x8x1 relu",
        "eight relu",
        "8x8x1 dense",
        "8x8x1 relu from=nowhere",
    ],
)
def test_a_fault_of_the_network_is_1_and_says_its_code(run: Run, line: str) -> None:
    result = run("calc", *line.split())
    assert result.exit_code in (1, 2)
    assert result.output.strip()
    assert "Traceback" not in result.output
    if result.exit_code == 1:
        assert "SC" in result.stdout


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["8x8x1", "K=3"],  # a field before any kind
        ["8x8x1", "max_pool", "F=2", "F=3"],
        ["8x8x1", "conv", "K=["],
        ["8x8x1", "conv", "K=*a"],
        ["[", "relu"],
        ["8x8x1", "relu", "--format", "xml"],
    ],
)
def test_wrong_usage_is_2(run: Run, words: list[str]) -> None:
    result = run("calc", *words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "word", ["=", "==", "a=", "=b", "", " ", "$x", "-", "--", "null", "{}", "\x1b"]
)
def test_odd_words_give_no_traceback(run: Run, word: str) -> None:
    for words in ([word], ["8x8x1", word], ["8x8x1", "conv", word], ["8x8x1", "dense", "3", word]):
        result = run("calc", *words)
        assert result.exit_code in (0, 1, 2)
        assert "Traceback" not in result.output
        assert "internal error" not in result.output


def test_several_advice_does_not_fail(run: Run) -> None:
    result = run("calc", "7x7x8", "dense", "3")
    assert result.exit_code == 0
    assert "SC405" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("conv", "64", "3"), "; write conv K=64 F=3"),
        (("max_pool", "3", "2"), "; write max_pool F=3 S=2"),
        (("dense", "10", "5"), ""),  # there is no second number
        (("upsample", "2", "3"), ""),
    ],
)
def test_a_second_bare_value_is_told_its_name_where_it_has_one(
    run: Callable[..., Result], words: tuple[str, ...], said: str
) -> None:
    result = run("calc", "32x32x3", *words)
    assert result.exit_code == 2
    assert result.output.rstrip().endswith(f"is neither a layer kind nor field=value{said}")


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("conv2d 5", "conv K=5 F=3"),
        ("conv 64", "conv K=64 F=3"),
        ("conv2d 16 5", "conv K=16 F=5"),
        ("conv1d 8 3", "conv K=8 F=3"),
        ("Conv2d 3 8 3", "conv K=8 F=3"),
        ("Conv2D 8 3", "conv K=8 F=3"),
        ("Linear 784 10", "dense units=10"),
        ("MaxPool2d 4 2", "max_pool F=4 S=2"),
        ("conv [8,3]", "conv K=8 F=3"),
        ("Conv2d [3,8,[3,5]]", "conv K=8 F=[3,5]"),
        ("", "dense 10"),
    ],
)
def test_a_hint_is_in_the_words_that_are_typed(run: Run, line: str, typed: str) -> None:
    volume = "32x3" if "1d" in line else "32x32x3"
    result = run("calc", volume, *line.split())
    said = result.stdout.split("Findings")[1]
    assert f" {typed}\n" in said
    assert "{" not in said
    again = run("calc", volume, *typed.split())
    assert again.exit_code == 0, again.output
    assert "SC1" not in again.stdout


@pytest.mark.parametrize("line", ["BatchNorm2d 3", "MaxPool2d 2 2", "nn.Dropout 0.5", "Conv2D 8"])
def test_the_values_of_a_frameworks_call_are_read_as_specs_read_them(run: Run, line: str) -> None:
    kind, *values = line.split()
    result = run("calc", "32x32x3", kind, *values, "--format", "json")
    report = json.loads(result.stdout)
    value = [yaml.safe_load(v) for v in values]
    spec = {"input": "32x32x3", "layers": [{kind: value if len(value) > 1 else value[0]}]}
    assert report["layers"] == shapecalc.trace(spec).to_dict()["layers"]


def test_a_list_of_a_frameworks_call_that_may_mean_anything_is_asked_about(run: Run) -> None:
    result = run("calc", "32x32x3", "nn.Conv2d", "8", "3")
    assert "name K and F each" in result.stdout
