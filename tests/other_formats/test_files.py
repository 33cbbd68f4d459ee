"""What a reader could not learn from a file: SC601 to SC604, and verify without it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result

import shapecalc
from shapecalc.executor import run as execute
from shapecalc.executor.kernels import KERNELS

Run = Callable[..., Result]
Save = Callable[..., str]

IMAGE = {"image": [8, 8, 3]}
CONV = {"name": "conv", "does": "conv", "with": {"K": 4, "F": 3}}
STATED = {
    "name": "twice",
    "does": "Lambda",
    "shape": [6, 6, 2],
    "with": {"parameters": {}, "macs": 0},
}
BEHIND = {"name": "behind", "does": "conv", "with": {"K": 2, "F": 1}}
SECRET = {"name": "secret", "does": "Lambda"}
LSTM = {
    "name": "lstm", "does": "LSTM", "shape": [5],
    "with": {
        "parameters": {
            "kernel": [4, 20], "recurrent": [5, 20], "bias": {"shape": [20], "role": "bias"},
        },
        "macs": 1800,
    },
}  # fmt: skip


def reported(run: Run, name: str) -> dict[str, Any]:
    """Return the report of a file as JSON has it."""
    report: dict[str, Any] = json.loads(run("report", "--format", "json", name).stdout)
    return report


def found(report: dict[str, Any], code: str) -> list[dict[str, Any]]:
    """Return what was found of a rule."""
    return [one for one in report["diagnostics"] if one["code"] == code]


# -- reports ---------------------------------------------------------------------------------------


def test_what_is_taken_from_the_file_is_told_once(run: Run, save: Save) -> None:
    report = reported(run, save(CONV, STATED, BEHIND, {**STATED, "name": "again"}, inputs=IMAGE))
    (told,) = found(report, "SC601")
    assert told["severity"] == "advice"
    assert told["message"] == (
        "the output volumes of 2 of 4 layers are taken from the file, not computed:"
        " twice (Lambda), again (Lambda)"
    )
    assert [layer.get("computed") for layer in report["layers"]] == [None, False, None, False]
    assert report["layers"][1]["kind"] == "operation"
    assert report["complete"]
    assert run("check", "net.toy").exit_code == 0


def test_nothing_is_told_of_what_is_computed(run: Run, save: Save) -> None:
    report = reported(run, save(CONV, BEHIND, inputs=IMAGE))
    assert report["diagnostics"] == []


def test_what_is_not_known_is_named_and_null(run: Run, save: Save) -> None:
    other = {**SECRET, "name": "other", "takes": "conv"}
    report = reported(run, save(CONV, SECRET, other, BEHIND, inputs=IMAGE))
    (told,) = found(report, "SC602")
    assert told["severity"] == "warning"
    assert (
        "Lambda: the file does not tell the output, the parameters and the MACs of secret, other"
        in (told["message"])
    )
    assert told["hint"] == "what follows from it is not known either"
    assert [layer["output"] for layer in report["layers"]] == [[6, 6, 4], None, None, None]
    assert report["totals"]["parameters"] is None
    assert report["layers"][3]["biases"] == 2
    assert not report["complete"]
    assert run("check", "net.toy").exit_code == 0
    assert run("check", "--strict", "net.toy").exit_code == 1


def test_macs_alone_may_be_unknown(run: Run, save: Save) -> None:
    name = save({**STATED, "with": {"parameters": {}}}, inputs=IMAGE)
    (told,) = found(reported(run, name), "SC602")
    assert "does not tell the MACs of twice" in told["message"]
    assert told["hint"] == "the totals of the network are not known either"


def test_a_damaged_file_is_an_error_with_its_place(run: Run, save: Save) -> None:
    name = save(CONV, {"does": "relu"}, inputs=IMAGE)
    report = reported(run, name)
    (told,) = found(report, "SC603")
    assert told["where"] == "nodes[1]"
    assert not report["complete"]
    assert [layer["name"] for layer in report["layers"]] == ["conv"]  # what could be read
    done = run("check", name)
    assert done.exit_code == 1
    place = ": " if save.binary else ":3:3: "  # type: ignore[attr-defined]
    assert done.stdout.startswith(f"net.toy{place}SC603 error: a node has no name")
    assert ("(in nodes[1])" in done.stdout) is save.binary  # type: ignore[attr-defined]
    assert "save the file again" in done.stdout


def test_a_file_that_is_cut_off_is_damaged(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cut.toy").write_bytes(b'{"toy": 1, "nodes": [')
    for command in ("report", "check", "verify"):
        done = run(command, "cut.toy")
        assert done.exit_code == 1
        assert "SC603" in done.stdout


@pytest.mark.parametrize(
    ("inputs", "hints"),
    [
        ({"image": None}, ["--input 224x224x3"]),
        ({"image": [None, None, 1]}, ["--input 224x224x1"]),
        ({"image": [None, 16]}, ["--input 224x16"]),
        ({"a": None, "b": [8, 8, 3], "c d": [None]}, ["--input a=224x224x3", "--input c d=128"]),
    ],
)
def test_an_open_input_is_asked_for(
    run: Run, save: Save, inputs: dict[str, Any], hints: list[str]
) -> None:
    told = found(reported(run, save({**CONV, "takes": next(iter(inputs))}, inputs=inputs)), "SC604")
    assert [one["severity"] for one in told] == ["warning"] * len(hints)
    assert [one["hint"].partition("example ")[2] for one in told] == hints


def test_an_input_that_is_given_is_taken(run: Run, save: Save, tmp_path: Path) -> None:
    name = save({**CONV, "takes": "im/age"}, inputs={"im/age": [None, None, 3]})
    for words in (["--input", "8x8x3"], ["--input", "im/age=8x8x3"]):
        report = json.loads(run("report", "--format", "json", *words, name).stdout)
        assert report["output"] == [6, 6, 4]
        assert report["diagnostics"] == []
        assert run("verify", *words, name).exit_code == 0
    assert run("verify", name).exit_code == 1
    whole = save({**CONV, "takes": "x"}, inputs={"x": None}, name="whole.toy")
    done = run("convert", "--input", "8x8x3", whole, "-o", "out.json")
    assert done.exit_code == 0
    assert shapecalc.trace(tmp_path / "out.json").output == (6, 6, 4)


def test_every_page_can_be_read(run: Run) -> None:
    for code in ("SC601", "SC602", "SC603", "SC604"):
        done = run("explain", code)
        assert done.exit_code == 0
        assert code in done.stdout
    assert run("check", "--select", "SC6", "missing.toy").exit_code == 2


# -- parameters ------------------------------------------------------------------------------------


def test_parameters_of_an_operation_are_counted(run: Run, save: Save) -> None:
    report = reported(run, save(LSTM, inputs={"image": [10, 4]}))
    assert report["totals"]["parameters"] == 4 * (4 + 5) * 5 + 4 * 5  # four gates
    assert report["layers"][0]["biases"] == 20
    assert report["layers"][0]["fields"]["parameters"]["bias"] == {"shape": [20], "role": "bias"}


# -- verify ----------------------------------------------------------------------------------------


def test_verify_checks_what_is_around_an_operation(run: Run, save: Save) -> None:
    done = run("verify", save(CONV, STATED, BEHIND, inputs=IMAGE))
    assert done.exit_code == 0
    assert "random values stand for what they give: twice (Lambda)" in done.stdout
    rows = [line.split()[0] for line in done.stdout.splitlines() if "< 1e-7" in line]
    assert rows[:2] == ["conv", "behind"]


def test_verify_leaves_out_what_is_not_known(run: Run, save: Save) -> None:
    end = {"name": "end", "does": "concat", "takes": ["behind", "conv"]}
    done = run("verify", save(CONV, SECRET, BEHIND, end, inputs=IMAGE))
    assert done.exit_code == 0
    assert "not known: secret (Lambda), behind, end" in done.stdout
    assert [line.split()[:2] for line in done.stdout.splitlines() if line.startswith("conv")] == [
        ["conv", "6x6x4"]
    ]
    only = run("verify", "--only", "behind", "net.toy")
    assert only.exit_code == 1
    assert "behind is not run" in only.stdout


@pytest.mark.quick(1)
@pytest.mark.parametrize("node", [CONV, BEHIND])
def test_verify_finds_a_fault_beside_an_operation(
    run: Run, save: Save, monkeypatch: pytest.MonkeyPatch, node: dict[str, Any]
) -> None:
    class Wrong(KERNELS["conv"]):  # type: ignore[misc,name-defined]
        def backward(self, *args: Any) -> Any:
            below, learned = super().backward(*args)
            if node["with"]["F"] == self.layer.F:
                learned = {name: 1.001 * gradient for name, gradient in learned.items()}
            return below, learned

    monkeypatch.setitem(KERNELS, "conv", Wrong)
    done = run("verify", save(CONV, STATED, BEHIND, inputs=IMAGE))
    assert done.exit_code == 1
    assert f"SC302 error: {node['name']}: the gradient of weight is wrong" in done.stdout


@pytest.mark.parametrize(
    ("nodes", "why"),
    [
        ([SECRET], "the network has no output"),
        ([{**CONV, "with": {"K": 4, "F": 9}}, STATED], "SC202"),
    ],
)
def test_verify_says_why_nothing_is_run(
    run: Run, save: Save, nodes: list[dict[str, Any]], why: str
) -> None:
    done = run("verify", save(*nodes, inputs=IMAGE))
    assert done.exit_code == 1
    assert why in done.stdout


def test_the_whole_work_is_seen_although_an_operations_is_not_known(run: Run, save: Save) -> None:
    huge = {"name": "huge", "does": "conv", "with": {"K": 4096, "F": 64, "P": 32}}
    unknown = {**STATED, "with": {}}
    done = run("verify", save(huge, unknown, inputs={"image": [256, 256, 64]}))
    assert done.exit_code == 1
    assert "SC108" in done.stdout


def test_an_operation_is_never_executed(save: Save, run: Run) -> None:
    name = save(CONV, STATED, inputs=IMAGE)
    with pytest.raises(shapecalc.SpecError, match=r"twice \(Lambda\) cannot be run"):
        execute(name, inputs=np.zeros((1, 3, 8, 8)))
    secret = save(SECRET, inputs=IMAGE)
    with pytest.raises(shapecalc.SpecError, match="cannot be run"):
        execute(secret)


def test_a_network_of_open_size_is_not_run(save: Save, run: Run) -> None:
    with pytest.raises(shapecalc.SpecError, match="not known"):
        execute(save(CONV, inputs={"image": None}))


# -- convert ---------------------------------------------------------------------------------------


def test_a_file_of_another_format_becomes_a_spec(run: Run, save: Save) -> None:
    nodes = [
        {**CONV, "name": "input", "takes": "im/age"},
        {"name": "a/b", "does": "relu"},
        {"name": "a b", "does": "relu", "takes": "input"},
        {"name": "\u00e9", "does": "add", "takes": ["a/b", "a b"]},
        {**LSTM, "takes": []},
        {"name": "relu7", "does": "relu", "takes": "\u00e9"},
    ]
    name = save(*nodes, inputs={"im/age": [8, 8, 3]}, gives=["relu7", "lstm"])
    done = run("convert", name)
    assert done.exit_code == 0
    assert "SC601" in done.stderr
    spec = json.loads(done.stdout)
    after, before = shapecalc.trace(spec), shapecalc.trace(name)
    assert [r.name for r in after.layers] == ["input_2", "a_b", "a_b_2", "layer", "lstm", "relu7"]
    assert after.totals == before.totals
    assert list(after.outputs.values()) == list(before.outputs.values())
    assert after.diagnostics == ()


def test_a_damaged_file_is_not_converted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cut.toy").write_bytes(b'{"toy": 1, "nodes": [')
    done = run("convert", "cut.toy")
    assert done.exit_code == 1
    assert "SC603" in done.stderr
