"""report of weight files, and --weights on report and check."""

from __future__ import annotations

import csv
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from torch_files import Call, Name, dumps, legacy, module, state_dict, tensor, zipped
from weight_files import NETWORK, SHAPES, WRITERS, index, safetensors

import shapecalc

Run = Callable[..., Result]
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for ending, write in WRITERS.items():
        (tmp_path / f"w{ending}").write_bytes(write())
    (tmp_path / "net.yaml").write_bytes(NETWORK)
    return tmp_path


def listed(run: Run, name: str) -> dict[str, Any]:
    """Return the JSON of a weight file."""
    result = run("report", name, "--format", "json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.usefixtures("files")
def test_a_weight_file_is_listed_with_its_sums(run: Run, ending: str) -> None:
    found = listed(run, f"w{ending}")
    assert (found["schema"], found["file"]) == ("shapecalc.weights/1", f"w{ending}")
    assert found["totals"]["values"] == 34_726
    assert found["totals"]["bytes"] == 4 * 34_726
    assert found["totals"]["tensors"] == len(found["tensors"])
    assert found["dtypes"] == {"float32": found["totals"]}
    result = run("report", f"w{ending}")
    assert result.exit_code == 0
    assert "34,726" in result.stdout


@pytest.mark.usefixtures("files")
def test_the_formats_of_a_report(run: Run) -> None:
    names = ["tensor", "conv1.weight [6, 1, 5, 5] float32 150 600"]
    table = run("report", "w.pt").stdout
    assert [" ".join(line.split()) for line in table.splitlines()[4:5]] == names[1:]
    assert "float32: 4 tensors, 34,726 values, 138,904 bytes" in table
    assert "| conv1.bias" in run("report", "w.pt", "--format", "markdown").stdout
    assert "\\begin{tabular}" in run("report", "w.pt", "--format", "latex").stdout
    rows = list(csv.reader(run("report", "w.pt", "--format", "csv").stdout.splitlines()))
    assert rows[0] == ["name", "shape", "dtype", "values", "bytes"]
    assert rows[1] == ["conv1.weight", "[6, 1, 5, 5]", "float32", "150", "600"]
    assert len(rows) == 5


@pytest.mark.usefixtures("files")
def test_columns_are_those_of_the_file(run: Run) -> None:
    result = run("report", "w.pt", "--columns", "name,values", "--format", "csv")
    assert result.stdout.splitlines()[:2] == ["name,values", "conv1.weight,150"]
    for name, column in (("w.pt", "macs"), ("net.yaml", "dtype")):
        result = run("report", name, "--columns", column)
        assert result.exit_code == 2
        assert f"no column {column}" in result.stderr


@pytest.mark.usefixtures("files")
def test_networks_and_weights_stand_in_one_report(run: Run) -> None:
    rows = run("report", "net.yaml", "w.pt", "w.npz", "--format", "csv").stdout.splitlines()
    assert rows[0].startswith("file,name,kind,output")
    assert rows[4] == "file,name,shape,dtype,values,bytes"
    assert len(rows) == 4 + 1 + 4 + 4
    objects = run("report", "net.yaml", "w.pt", "--format", "json").stdout.splitlines()
    schemas = [json.loads(line)["schema"] for line in objects]
    assert schemas == ["shapecalc.report/1", "shapecalc.weights/1"]


def test_tied_tensors_count_once(run: Run, tmp_path: Path) -> None:
    tied = {"a": tensor((4, 5)), "b": tensor((4, 5)), "c": tensor((3,), "1", "Half")}
    (tmp_path / "tied.pt").write_bytes(zipped(tied))
    found = listed(run, "tied.pt")
    assert [one["shares"] for one in found["tensors"]] == [None, "a", None]
    assert found["totals"] == {"tensors": 3, "values": 23, "bytes": 86}
    assert found["dtypes"]["float32"] == {"tensors": 2, "values": 20, "bytes": 80}
    assert "count them once" in run("report", "tied.pt").stdout


def test_names_of_a_file_are_harmless(run: Run, tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(safetensors({"=1+1": (1,), "a\x1b[31m|b\n": (2,)}))
    assert "'=1+1" in run("report", "w.safetensors", "--format", "csv").stdout
    for form in ("table", "markdown", "latex", "csv"):
        text = run("report", "w.safetensors", "--format", form).stdout
        assert "\x1b" not in text
    assert "\\|b" in run("report", "w.safetensors", "--format", "markdown").stdout


def test_in_a_folder_weights_are_passed_over(run: Run, files: Path) -> None:
    (files / "w.safetensors.index.json").write_bytes(index({"a": "missing.safetensors"}))
    result = run("report", ".", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[0])["schema"] == "shapecalc.report/1"
    assert len(result.stdout.splitlines()) == 1


@pytest.mark.usefixtures("files")
def test_a_weight_file_is_no_network_for_other_commands(run: Run) -> None:
    for words in (["check"], ["verify"], ["convert"]):
        result = run(*words, "w.safetensors")
        assert result.exit_code == 1
        assert "this is a safetensors weight file" in result.output
        assert "shapecalc report lists them" in result.output


@pytest.mark.parametrize("command", ["report", "check"])
def test_a_damaged_weight_file_is_named_so(run: Run, files: Path, command: str) -> None:
    raw = (files / "w.safetensors").read_bytes()
    (files / "w.safetensors").write_bytes(raw[:-1])
    result = run(command, "w.safetensors")
    assert result.exit_code == 1
    assert "SC603" in result.stdout
    assert "beyond the end of the file" in result.stdout


def test_standard_input_is_listed(run: Run) -> None:
    result = run("report", "-", "--format", "json", stdin=safetensors(SHAPES))
    assert json.loads(result.stdout)["totals"]["values"] == 34_726
    result = run("report", "-", stdin=safetensors({"a": (3000, 3000)}))
    assert result.exit_code == 1
    assert "name the file" in result.stdout


@pytest.mark.parametrize("write", [zipped, legacy])
@pytest.mark.usefixtures("files")
def test_nothing_in_a_file_is_run(run: Run, tmp_path: Path, write: Any) -> None:
    created = tmp_path / "created"
    code = f"open({str(created)!r}, 'w').close()"
    attack = Call(Name("builtins", "exec"), (code,))
    net = module("linear.Linear", {"_parameters": {"weight": tensor((2, 3), "7")}, "x": attack})
    (tmp_path / "a.pt").write_bytes(write({"state_dict": net, "attack": attack}))
    pickle.loads(dumps(attack))
    assert created.exists()  # so it would be run
    created.unlink()
    for words in (
        ["report", "a.pt"],
        ["check", "a.pt"],
        ["check", "net.yaml", "--weights", "a.pt"],
    ):
        run(*words)
        assert not created.exists(), words
    assert "weight" in run("report", "a.pt").stdout


# -- --weights -------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.usefixtures("files")
def test_weights_of_every_format_fit_their_network(run: Run, ending: str) -> None:
    result = run("check", "net.yaml", "--weights", f"w{ending}", "--strict")
    assert result.exit_code == 0, result.output


def test_what_does_not_fit_is_told_at_its_layer(run: Run, files: Path) -> None:
    other = {**SHAPES, "conv1.weight": (6, 1, 3, 3), "head.weight": (9, 9, 9)}
    (files / "o.pth").write_bytes(zipped(state_dict(other)))
    result = run("check", "net.yaml", "--weights", "o.pth", "--format", "json")
    assert result.exit_code == 1
    found = {one["code"]: one for one in json.loads(result.stdout)}
    assert found.keys() == {"SC405", "SC702", "SC703"}
    assert (found["SC703"]["line"], found["SC703"]["layer"]) == (2, "conv1")
    assert found["SC703"]["hint"] == "F=3 would fit"
    result = run("report", "net.yaml", "--weights", "o.pth", "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["complete"] is False
    trace = shapecalc.trace(files / "net.yaml", weights=files / "o.pth")
    assert [d.code for d in trace.diagnostics] == [
        d["code"] for d in json.loads(result.stdout)["diagnostics"]
    ]
    only = run("check", "net.yaml", "--weights", "o.pth", "--select", "SC702")
    assert only.exit_code == 0
    assert "no layer has head.weight" in only.stdout


def test_what_does_not_fit_can_be_silenced_by_a_comment(run: Run, files: Path) -> None:
    other = {**SHAPES, "conv1.weight": (6, 1, 3, 3)}
    (files / "o.pth").write_bytes(zipped(state_dict(other)))
    line = "  - conv: {K: 6, F: 5}  # shapecalc: ignore[SC703]\n"
    text = f"input: 28x28x1\nlayers:\n{line}  - relu\n  - flatten\n  - dense: 10\n"
    (files / "net.yaml").write_text(text, encoding="utf-8")
    for words in (["--weights", "o.pth"], []):  # the comment is of use, though not every time
        result = run("check", "net.yaml", "--strict", *words)
        assert result.exit_code == 0, result.output


def test_a_file_that_is_no_weight_file_is_refused(run: Run, files: Path) -> None:
    (files / "p.pth").write_bytes(POINTER)
    (files / "d.safetensors").write_bytes(safetensors(SHAPES)[:-1])
    for name, code, said in (
        ("missing.pth", 2, "missing.pth"), ("net.yaml", 2, "no weight file"),
        ("p.pth", 2, "git lfs pull"), ("d.safetensors", 1, "beyond the end"), (".", 2, "."),
    ):  # fmt: skip
        result = run("check", "net.yaml", "--weights", name)
        assert result.exit_code == code, name
        assert said in result.stderr
    with pytest.raises(ValueError, match="no weight file"):
        shapecalc.check(files / "net.yaml", weights=files / "p.pth")
