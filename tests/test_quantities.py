"""A count that is added to the table is everywhere: nothing else has to know of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import shapecalc
from shapecalc.quantities import QUANTITIES, REPORTED

# As many zeros as the output has values: no count that a report has already.
ADDED = """
import shapecalc.quantities as table
added = table.Quantity(
    "zeros", "zeros at first", lambda record: record.activations,
    "How many zeros to begin with?", "How many zeros has {name} to begin with?",
    "zeros has the whole network to begin with",
)
table.QUANTITIES["zeros"] = added
table.REPORTED = (*table.REPORTED, added)
"""
COMMAND = "from shapecalc.cli import main\nmain()\n"
PROMPTS = """
import json, sys
from shapecalc.grading import read_assignment
from shapecalc.grading.quiz.words import ask
read = read_assignment(json.loads(sys.argv[1]))
print([(q.right, q.prompt) for q in read.questions], ask("conv1.zeros"))
"""
SPEC = "input: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3}\n  - relu\n"


def ran(script: str, *words: str) -> str:
    """Run Python with the count added, and return what it prints."""
    command = [sys.executable, "-c", ADDED + script, *words]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "net.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return str(path)


@pytest.mark.slow
def test_it_is_a_column_and_a_key(spec: str) -> None:
    columns = ("--columns", "name,zeros")
    table = ran(COMMAND, "report", spec, *columns)
    assert table.splitlines()[2].split() == ["layer", "zeros", "at", "first"]
    assert [line.split() for line in table.splitlines()[4:6]] == [["conv1", "72"], ["relu1", "72"]]
    assert ["total", "144"] in [line.split() for line in table.splitlines()]
    csv = ran(COMMAND, "report", spec, "--format", "csv", *columns)
    assert csv.splitlines()[:2] == ["name,zeros", "conv1,72"]
    data = json.loads(ran(COMMAND, "report", spec, "--format", "json"))
    assert [layer["zeros"] for layer in data["layers"]] == [72, 72]
    assert data["totals"]["zeros"] == 144


@pytest.mark.slow
def test_it_may_be_claimed(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    claims = SPEC.replace("F: 3}", "F: 3, expect: {zeros: 71}}") + "expect: {zeros: 144}\n"
    path.write_text(claims, encoding="utf-8")
    (found,) = json.loads(ran(COMMAND, "check", str(path), "--format", "json"))
    assert (found["code"], found["layer"]) == ("SC301", "conv1")
    assert "zeros 71 expected, 72 computed" in found["message"]


@pytest.mark.slow
def test_it_may_be_asked_for() -> None:
    network = {"input": "8x8x1", "layers": [{"conv": {"K": 2, "F": 3}}, "relu"]}
    questions = ["conv1.zeros", "total.zeros"]
    printed = ran(PROMPTS, json.dumps({"spec": network, "questions": questions}))
    assert "(72, 'conv1: conv K=2 F=3 S=1 P=0 on 8x8x1. How many zeros to begin with?')" in printed
    assert "(144, 'How many zeros has the whole network to begin with?')" in printed
    assert printed.rstrip().endswith("How many zeros has conv1 to begin with?")


def test_what_is_not_added_is_not_known(spec: str) -> None:
    """The tests above are no formality."""
    command = [sys.executable, "-m", "shapecalc", "report", spec, "--columns", "zeros"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2


def test_a_report_has_every_count_of_the_contract() -> None:
    data = shapecalc.trace({"input": "8x8x1", "layers": [{"conv": {"K": 2, "F": 3}}]}).to_dict()
    keys = {"weights", "biases", "parameters", "trainable", "frozen", "non_trainable", "macs"}
    keys.add("activations")
    assert {quantity.key for quantity in REPORTED} == keys == set(data["totals"])
    assert keys < set(data["layers"][0])
    assert set(QUANTITIES) == keys | {"flops", "bytes", "output_bytes"}


def test_a_record_has_its_fields_and_a_report_its_groups() -> None:
    blocks = {"unit": {"parameters": {"K": 4}, "layers": [{"conv": {"K": "$K", "F": 3}}, "relu"]}}
    layers = [{"unit": {"name": "first"}}, {"max_pool": {"F": [3, 2]}}, "flatten"]
    data = shapecalc.trace({"input": "8x8x1", "blocks": blocks, "layers": layers}).to_dict()
    conv, _, pool, flatten = data["layers"]
    assert {key: conv["fields"][key] for key in "KFSP"} == {"K": 4, "F": 3, "S": 1, "P": 0}
    assert {key: pool["fields"][key] for key in "FS"} == {"F": [3, 2], "S": [3, 2]}
    assert flatten["fields"] == {}
    assert data["groups"] == [
        {"name": "first", "kind": "unit", "layers": ["first.conv1", "first.relu1"]}
    ]
    assert json.loads(json.dumps(data)) == data
