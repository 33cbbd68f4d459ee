"""shapecalc verify: tables and JSON, options, files and folders, and what is refused."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result

import shapecalc
from shapecalc.cli import verify
from shapecalc.executor.kernels import KERNELS
from shapecalc.executor.verify import foreseen
from shapecalc.executor.verify import verify as confirm

Run = Callable[..., Result]
Spawn = Callable[..., subprocess.CompletedProcess[bytes]]
EXAMPLE = """\
name: gate
input: 3
layers: [relu]
example:
  given: {input: [-1, 0, 3]}
  expect: {relu1: [0, 0, 3]}
"""
WRONG = EXAMPLE.replace("[0, 0, 3]}", "[0, 1, 3]}")
BLOCKS = """\
input: 6x6x2
blocks:
  unit: {layers: [{conv: {K: 2, F: 3, P: 1}}, batch_norm, {dropout: 0.5}]}
layers: [unit, unit, {dense: 3}]
"""
LAYERS = "input: 1\nlayers:\n  - repeat: {times: %d, layers: [relu]}\n"
HUGE = "input: 100000x100000x1\nlayers: [relu]\n"
BINARY = bytes(range(256))


@pytest.fixture
def specs(files: Path) -> Path:
    """Return the shared files, and more of them in a folder."""
    folder = files / "specs"
    folder.mkdir()
    for name, text in [
        ("example.yaml", EXAMPLE), ("wrong.yaml", WRONG), ("blocks.yaml", BLOCKS),
        ("many.yaml", LAYERS % 100_001), ("huge.yaml", HUGE),
    ]:  # fmt: skip
        (files / name).write_text(text, encoding="utf-8")
    (files / "binary.yaml").write_bytes(BINARY)
    (folder / "a.yaml").write_text(EXAMPLE)
    (folder / "b.json").write_text('{"input": 4, "layers": ["tanh", {"dense": 2}]}')
    (folder / "settings.yaml").write_text("version: 2\n")
    (folder / "notes.txt").write_text(WRONG)
    return files


def parsed(text: str) -> dict[str, Any]:
    """Return JSON as another program reads it: NaN and infinity are none."""
    found: dict[str, Any] = json.loads(text, parse_constant=pytest.fail)
    return found


# -- exit codes ------------------------------------------------------------------------------------


@pytest.mark.quick(3)
@pytest.mark.parametrize("form", ["table", "json"])
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["example.yaml"], 0),
        (["specs", "advised.yaml"], 0),
        (["faulty.yaml"], 1),
        (["wrong.yaml", "sound.yaml"], 1),
        (["specs", "binary.yaml", "example.yaml"], 1),
        (["missing.yaml"], 2),
        (["wrong.yaml", "missing.yaml", "sound.yaml"], 2),
    ],
)
def test_the_exit_code_is_the_worst_of_all(
    run: Run, specs: Path, words: list[str], code: int, form: str
) -> None:
    result = run("verify", "--format", form, *words)
    assert result.exit_code == code
    assert "Traceback" not in result.output
    assert ("missing.yaml" in result.stderr) is (code == 2)


@pytest.mark.parametrize(
    "words",
    [[], ["--batch", "0", "sound.yaml"], ["--batch", "two", "sound.yaml"],
     ["--seed", "-1", "sound.yaml"], ["--seed", "1.5", "sound.yaml"],
     ["--dtype", "float16", "sound.yaml"], ["--format", "csv", "sound.yaml"],
     ["sound.yaml", "--only"], ["--no-such-option", "sound.yaml"]],
)  # fmt: skip
def test_wrong_usage_is_2(run: Run, specs: Path, words: list[str]) -> None:
    result = run("verify", *words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


# -- tables ----------------------------------------------------------------------------------------


def test_one_file_is_a_table(run: Run, specs: Path) -> None:
    result = run("verify", "sound.yaml")  # 3x3x1x2 weights on 6x6 outputs
    lines = result.stdout.splitlines()
    assert lines[0] == "sound: float64, batch 1, seed 0, training"
    assert re.split(r"  +", lines[2]) == [
        "layer", "output", "parameters", "MACs", "gradients", "receptive field",
    ]  # fmt: skip
    assert lines[4].split() == ["conv1", "6x6x2", "20", "648", "<", "1e-7", "3x3"]
    assert lines[5].split() == ["relu1", "6x6x2", "0", "0", "<", "1e-7", "3x3"]
    assert "network, gradient of all inputs: " in result.stdout
    assert re.fullmatch(r"\d+ checks, all agree", lines[-1])


def test_an_example_is_told_after_the_table(run: Run, specs: Path) -> None:
    assert "\nexample, relu1: 3 values as expected\n" in run("verify", "example.yaml").stdout
    wrong = run("verify", "wrong.yaml").stdout
    assert "\nexample, relu1: 0, not 1\n" in wrong
    assert "1 of 9 checks disagrees\n" in wrong
    found, hint = wrong.splitlines()[-2:]
    assert found == (
        "wrong.yaml:6:12: SC303 error: relu1 at unit 1 (from 0) is 0, and 1 was expected;"
        " 1 of 3 values differ"
    )
    assert hint == "    computed: [0, 0, 3]"


def test_several_files_are_a_line_each_and_their_findings(run: Run, specs: Path) -> None:
    result = run("verify", "sound.yaml", "faulty.yaml", "binary.yaml", "specs", "wrong.yaml")
    told = [line for line in result.stdout.splitlines() if not line.startswith(" ")]
    patterns = [
        r"sound\.yaml: 20 checks, all agree",
        r"faulty\.yaml: not run: 1 error",
        r"faulty\.yaml:4:5: SC201 .*conv1.*",
        r"binary\.yaml: not run: 1 error",
        r"binary\.yaml:\d+:\d+: SC101 .*",
        r"specs.a\.yaml: 9 checks, all agree",
        r"specs.b\.json: \d+ checks, all agree",
        r"wrong\.yaml: 1 of 9 checks disagrees",
        r"wrong\.yaml:6:12: SC303 error: relu1 .*",
    ]
    assert len(told) == len(patterns)
    for line, pattern in zip(told, patterns, strict=True):
        assert re.fullmatch(pattern, line), line


def test_standard_input(run: Run) -> None:
    result = run("verify", "-", stdin=WRONG)
    assert result.exit_code == 1
    assert "\n-:6:12: SC303 " in result.stdout
    assert run("verify", "-", stdin=EXAMPLE).exit_code == 0
    assert "SC101" in run("verify", "-", stdin=BINARY).stdout


def test_a_fault_of_shapecalc_is_told_with_its_layer(
    run: Run, specs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = KERNELS["relu"]

    def backward(self: Any, *rest: Any) -> Any:
        (gradient,), learned = base.backward(self, *rest)
        return [None if gradient is None else gradient * np.float64(1.5)], learned

    monkeypatch.setitem(KERNELS, "relu", type("Spoilt", (base,), {"backward": backward}))
    result = run("verify", "sound.yaml")
    assert result.exit_code == 1
    assert "(input: WRONG)" in result.stdout
    assert "sound.yaml:5:5: SC302 error: relu1: the gradient of input is wrong" in result.stdout
    assert "please report it" in result.stdout


NAMES = [
    *("output", "receptive_field", "weights", "biases", "parameters", "non_trainable", "macs"),
    *("gradient", "gradients", "batch", "execution", "network", "layer", "example", "grad", "next"),
    *("weight", "bias", "inputs", "MACs", "running_mean", "checks", "None"),
]


@pytest.fixture
def named(specs: Path) -> Path:
    """Return a file whose layers are called like checks, parameters and columns."""
    layers = [{"conv": {"name": name, "K": 2, "F": 1}} for name in NAMES]
    expect = {name: [[[None]], [[None]]] for name in NAMES}
    expect |= {f"{name}.grad": [[[None]], [[None]]] for name in NAMES}
    expect |= {f"{name}.bias.grad": [None, None] for name in NAMES}
    example = {
        "given": {f"{name}.bias": [0, 1] for name in NAMES},
        "upstream": {NAMES[-1]: [[[1]], [[1]]]},
        "expect": expect,
    }
    path = specs / "named.json"
    path.write_text(json.dumps({"input": [1, 1, 1], "layers": layers, "example": example}))
    return path


def test_layers_called_like_checks_have_whole_rows(run: Run, named: Path) -> None:
    result = run("verify", "named.json")
    assert result.exit_code == 0, result.output
    _, _, _, rule, *lines = result.stdout.splitlines()
    spans = [match.span() for match in re.finditer("-+", rule)]
    rows = [[line[a:b].strip() for a, b in spans] for line in lines[: len(NAMES)]]
    assert [row[0] for row in rows] == NAMES
    for row in rows:
        assert row[1] == "1x1x2"
        assert row[2:4] in (["4", "2"], ["6", "4"])
        assert row[4] == "< 1e-7"
        assert row[5].startswith("1x1")
    told = [line for line in lines if line.startswith("example, ")]
    assert len(told) == 3 * len(NAMES)
    assert all(line.endswith(": 0 values as expected") for line in told)


def test_checks_of_layers_called_like_checks_can_be_told_apart(run: Run, named: Path) -> None:
    checks = parsed(run("verify", "--format", "json", "named.json").stdout)["checks"]
    for name in NAMES:
        mine = [check for check in checks if check["layer"] == name]
        whats = [check["what"] for check in mine if not check["example"]]
        assert whats == [
            *("output", "weights", "biases", "non_trainable", "parameters", "macs"),
            *("gradient input", "gradient weight", "gradient bias", "receptive_field"),
        ]
        keys = {check["what"] for check in mine if check["example"]}
        assert keys == {name, f"{name}.grad", f"{name}.bias.grad"}


@pytest.mark.quick(5)
@pytest.mark.parametrize("name", NAMES)
def test_only_a_layer_called_like_a_check(run: Run, named: Path, name: str) -> None:
    found = parsed(run("verify", "--only", name, "--format", "json", "named.json").stdout)
    assert found["agrees"] is True
    own = [check for check in found["checks"] if not check["example"]]
    assert {check["layer"] for check in own} == {name}
    assert len(own) == 10


@pytest.mark.parametrize("name", ["output", "receptive_field", "execution", "gradient"])
def test_a_kernel_that_breaks_is_told_whatever_its_layer_is_called(
    run: Run, specs: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def backward(self: Any, *rest: Any) -> Any:
        raise ValueError("spoilt")

    monkeypatch.setitem(KERNELS, "relu", type("Spoilt", (KERNELS["relu"],), {"backward": backward}))
    text = (
        f"input: 3\nlayers: [relu: {{name: {name}}}]\nexample: {{expect: {{{name}: [0, 0, 0]}}}}\n"
    )
    (specs / "spoilt.yaml").write_text(text)
    result = run("verify", "spoilt.yaml")
    assert result.exit_code == 1
    assert f"SC302 error: {name} cannot run: ValueError: spoilt" in result.stdout


# -- json ------------------------------------------------------------------------------------------


def test_one_file_is_an_object(run: Run, specs: Path) -> None:
    found = parsed(run("verify", "--format", "json", "wrong.yaml").stdout)
    assert list(found) == [
        *("schema", "file", "name", "settings", "agrees", "checks"),
        *("not_run", "notes", "diagnostics"),
    ]
    assert found["schema"] == "shapecalc.verify/1"
    assert (found["file"], found["name"]) == ("wrong.yaml", "gate")
    assert found["settings"] == "float64, batch 1, seed 0, training"
    assert found["agrees"] is False
    (wrong,) = (check for check in found["checks"] if not check["agrees"])
    assert wrong == {
        "layer": "relu1", "what": "relu1", "predicted": 1, "executed": 0, "agrees": False,
        "how": "unit 1 (from 0)", "example": True,
    }  # fmt: skip
    (diagnostic,) = found["diagnostics"]
    assert (diagnostic["code"], diagnostic["where"]) == ("SC303", "example.expect.relu1")
    assert (diagnostic["line"], diagnostic["column"]) == (6, 12)


def test_several_files_are_json_lines(run: Run, specs: Path) -> None:
    text = run("verify", "--format", "json", "sound.yaml", "binary.yaml", "specs").stdout
    found = [parsed(line) for line in text.splitlines()]
    names = [Path(item["file"]).name for item in found]
    assert names == ["sound.yaml", "binary.yaml", "a.yaml", "b.json"]
    assert [item["agrees"] for item in found] == [True, False, True, True]
    assert found[1]["checks"] == []
    assert {item["schema"] for item in found} == {"shapecalc.verify/1"}


# -- options ---------------------------------------------------------------------------------------


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("words", "settings"),
    [
        ([], "float64, batch 1, seed 0, training"),
        (["--batch", "3"], "float64, batch 3, seed 0, training"),
        (["--seed", "12"], "float64, batch 1, seed 12, training"),
        (["--dtype", "float32"], "float32, batch 1, seed 0, training"),
        (["--inference"], "float64, batch 1, seed 0, inference"),
        (["--dtype", "float32", "--inference", "--seed", "1", "--batch", "4"],
         "float32, batch 4, seed 1, inference"),
    ],
)  # fmt: skip
def test_options_are_told_and_change_no_prediction(
    run: Run, specs: Path, words: list[str], settings: str
) -> None:
    plain = parsed(run("verify", "--format", "json", "blocks.yaml").stdout)
    found = parsed(run("verify", "--format", "json", *words, "blocks.yaml").stdout)
    assert found["settings"] == settings
    assert found["agrees"] is True
    assert run("verify", *words, "blocks.yaml").stdout.splitlines()[0].endswith(f": {settings}")
    for one, other in zip(plain["checks"], found["checks"], strict=True):
        assert (one["layer"], one["what"]) == (other["layer"], other["what"])
        if not one["what"].startswith("gradient"):
            assert (one["predicted"], one["executed"]) == (other["predicted"], other["executed"])
    assert (plain["checks"] == found["checks"]) is (settings == plain["settings"])


@pytest.mark.parametrize(
    ("only", "layers"),
    [
        ("unit1", {"unit1.conv1", "unit1.batch_norm1", "unit1.dropout1"}),
        ("unit2.conv1", {"unit2.conv1"}),
    ],
)
def test_only_a_layer_or_an_instance(run: Run, specs: Path, only: str, layers: set[str]) -> None:
    result = run("verify", "--only", only, "--format", "json", "blocks.yaml")
    assert result.exit_code == 0
    assert {check["layer"] for check in parsed(result.stdout)["checks"]} == layers


def test_only_of_a_name_that_is_not_there_is_2(run: Run, specs: Path) -> None:
    result = run("verify", "--only", "dnese1", "blocks.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "blocks.yaml has no layer dnese1; did you mean dense1?" in result.stderr
    some = run("verify", "--only", "relu1", "sound.yaml", "blocks.yaml", "example.yaml")
    assert some.exit_code == 2
    assert [line.split(":")[0] for line in some.stdout.splitlines()] == [
        "sound.yaml",
        "example.yaml",
    ]
    assert "blocks.yaml has no layer relu1" in some.stderr


@pytest.mark.parametrize(
    "command", ["verify example.yaml --seed", "quiz --seed", "verify example.yaml --batch"]
)
@pytest.mark.parametrize("value", ["-1", "1.5", "x", str(2**63), str(10**30), "1" + "0" * 5000])
def test_a_number_that_is_out_of_range_is_wrong_usage(
    run: Run, specs: Path, command: str, value: str
) -> None:
    result = run(*command.split(), value)
    assert (result.exit_code, result.stdout) == (2, "")
    assert command.split()[-1] in result.stderr  # the option is named
    assert run(*command.split(), str(2**63 - 1)).exit_code == ("--batch" in command)


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["many.yaml"], "SC108 error: the network has more than 100,000 layers"),
        (["huge.yaml"], "running 1 example needs about 671 GiB, more than 16"),
        (["--batch", "1000000000", "sound.yaml"], "running 1,000,000,000 examples needs about"),
        (["binary.yaml"], "this is a binary file"),
    ],
)
def test_what_cannot_be_run_is_refused_in_a_line(
    run: Run, specs: Path, words: list[str], said: str
) -> None:
    result = run("verify", *words)
    assert result.exit_code == 1
    assert "\nnot run: 1 error\n" in result.stdout
    assert said in result.stdout
    assert len(result.stdout.splitlines()) < 8


def test_no_traceback_and_no_bar_in_a_process(spawn: Spawn, specs: Path) -> None:
    result = spawn("verify", "huge.yaml", "binary.yaml", "specs", "sound.yaml", "missing.yaml")
    assert result.returncode == 2
    (said,) = result.stderr.decode().splitlines()
    assert said.startswith("shapecalc: missing.yaml: ")
    assert result.stdout.count(b"all agree") == 3


def test_a_folder_without_specs_is_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "settings.yaml").write_text("version: 2\n")
    result = run("verify", "empty")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nothing to verify" in result.stderr


# -- what is said meanwhile ------------------------------------------------------------------------


def test_what_takes_minutes_says_so_beforehand(
    run: Run, specs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("verify", "sound.yaml").stderr == ""
    monkeypatch.setattr(verify, "MINUTE", 1e-9)
    result = run("verify", "sound.yaml", "huge.yaml", "faulty.yaml", "--format", "json")
    (told,) = result.stderr.splitlines()  # nothing of what is refused at once
    assert re.fullmatch(
        r"shapecalc: sound\.yaml: verifying it takes about [\d,]+ minutes; that is a rough estimate"
        r" from .*, and may be off by a factor of three",
        told,
    )
    assert [parsed(line)["agrees"] for line in result.stdout.splitlines()] == [True, False, False]


def test_the_estimate_of_time_goes_by_what_is_done() -> None:
    conv = {"conv": {"K": 64, "F": 3, "P": 1}}

    def seconds(layers: list[Any], batch: int = 1, only: str | None = None) -> float:
        traced = shapecalc.trace({"input": [56, 56, 64], "layers": layers})
        return foreseen(traced, batch=batch, dtype="float64", only=only)

    one = seconds([conv])
    assert 0.03 < one < 0.3  # 0.085 on one core
    assert seconds([conv], batch=4) == pytest.approx(4 * one, rel=0.2)
    repeated = seconds([{"repeat": {"times": 100, "layers": [conv]}}])
    assert repeated == pytest.approx(100 * one, rel=0.05)  # each where it stands
    pool, dense = "global_avg_pool", {"dense": 64}
    bare, small = seconds([pool]), seconds([pool, dense])
    many = seconds([pool, {"repeat": {"times": 10, "layers": [dense]}}])
    assert many - bare < 5 * (small - bare)  # value by value, those that are alike once
    assert one < seconds([conv, "relu"], only="relu1") < 2 * one  # the network is run all the same
    assert seconds([{"conv": {"K": 64, "F": 99}}]) == 0  # refused
    pools = [seconds([{"max_pool": {"F": F, "S": 1, "P": F // 2}}]) for F in (3, 27)]
    assert pools[1] > pools[0]


def test_a_line_says_how_far_it_is_where_somebody_looks(
    run: Run, specs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run("verify", "specs", "sound.yaml")
    assert plain.stderr == ""
    monkeypatch.setattr(verify, "looked_at", lambda: True)
    for jobs in ("1", "2"):
        watched = run("verify", "specs", "sound.yaml", "--jobs", jobs)
        assert watched.stdout == plain.stdout
        *lines, last = watched.stderr.split("\r")
        assert last == ""  # the line is taken away in the end
        said = [line for line in lines if line.strip()]
        assert said[0].startswith("Verifying 1 of 4: " if jobs == "1" else "Verifying: 0 of 3")
        assert len(said) >= 3
        assert all(len(line) < 80 for line in said)
    assert "Verifying" not in run("verify", "sound.yaml").stderr  # one file is soon done


def test_a_fault_of_our_own_stops_no_other_file(
    run: Run, specs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(trace: Any, **how: Any) -> Any:
        if trace.spec.file == "sound.yaml":
            raise ZeroDivisionError("spoilt\nhere")
        return confirm(trace, **how)

    monkeypatch.setattr("shapecalc.executor.verify.verify", broken)
    result = run("verify", "example.yaml", "sound.yaml", "blocks.yaml")
    assert result.exit_code == 2
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
        "example.yaml",
        "blocks.yaml",
    ]
    assert result.stderr == (
        "shapecalc: sound.yaml: internal error, please report it (ZeroDivisionError: spoilt here)\n"
    )
