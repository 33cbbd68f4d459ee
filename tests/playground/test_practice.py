"""Practice in the page: sheets, marks and what a table hides, without NumPy and click."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from shapecalc.playground import bridge
from shapecalc.playground.bridge import CALLS, Refused
from shapecalc.playground.bridge.practice import mark, sheet

LENET = """
name: LeNet
input: 32x32x1
layers:
  - conv: {K: 6, F: 5}
  - tanh
  - avg_pool: 2
  - conv: {K: 16, F: 5}
  - flatten
  - dense: 10
"""
# Worked out by hand: 28x28x6 by (32 - 5)/1 + 1; 5*5*1*6 + 6 = 156; 10x10x16; 5*5*6*16 + 16 = 2416.
RIGHT = {"conv1.output": "28x28x6", "conv1.parameters": "156", "conv2.output": "10x10x16"}
DRAWN = {"level": 1, "seed": 1}  # a conv of 20 filters of 2x2 on 33x33x3: 32x32x20; 240 + 20


def set_sheet(*hide: str, ask: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """Return what a teacher's link holds."""
    return {"spec": LENET, "hide": list(hide), "ask": list(ask), **more}


def cells(written: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the table's rows by name: texts, `?` where something is asked, `-` where it tells."""
    rows = sheet(written)["table"]["rows"]
    return {
        row["name"]: [
            "?" if cell["asks"] else "-" if cell["kept_back"] else cell["text"]
            for cell in row["cells"]
        ]
        for row in rows
    }


@pytest.mark.parametrize("level", [1, 2])
def test_a_seed_always_draws_the_same_questions(level: int) -> None:
    first = sheet({"level": level, "seed": 5, "count": 4})
    assert first == sheet({"level": level, "seed": 5, "count": 4})
    assert first != sheet({"level": level, "seed": 6, "count": 4})
    assert len(first["problems"]) == 4
    numbers = [item["number"] for problem in first["problems"] for item in problem["items"]]
    assert numbers == list(range(1, len(numbers) + 1))
    json.dumps(first)


def test_a_size_that_is_asked_for_is_in_no_cell() -> None:
    found = cells(set_sheet("conv1.parameters", ask=("fitting(input)",)))
    assert found["input"][0] == "HxWx1"
    assert [row[0] for row in found.values()][1:-1] == ["-"] * 6


def test_a_right_answer_is_right() -> None:
    marks = mark(DRAWN, {"q1a": "32x32x20", "q1b": " 260 "})
    assert {name: one["verdict"] for name, one in marks.items()} == {"q1a": "right", "q1b": "right"}
    assert "working" not in marks["q1a"]


def test_a_mistake_is_named_without_the_right_answer() -> None:
    found = mark(DRAWN, {"q1b": "240"})["q1b"]
    assert (found["misconception"], found["verdict"]) == ("forgot_bias", "partly right")
    assert found["feedback"] == "The biases were forgotten."
    assert "260" not in json.dumps(found)


def test_what_is_right_is_said_first() -> None:
    found = mark(DRAWN, {"q1a": "34x34x20"})["q1a"]
    assert found["verdict"] == "wrong"
    assert found["feedback"].startswith("The depth is right")


def test_an_answer_that_nothing_explains_is_told_so() -> None:
    found = mark(DRAWN, {"q1b": "123457"})["q1b"]
    assert (found["verdict"], found["explained"]) == ("wrong", False)
    assert found["feedback"]


def test_what_cannot_be_read_is_no_wrong_answer_and_waits_for_no_teacher() -> None:
    found = mark(DRAWN, {"q1a": "big"})["q1a"]
    assert found["verdict"] == "needs a look"
    assert "teacher" not in found["feedback"]
    assert "32x32x10" in found["feedback"]  # the form of a volume


def test_the_working_is_told_on_request_alone() -> None:
    marks = mark(DRAWN, {"q1a": "32x32x20", "q1b": "240"}, ["q1b", "q2a"])
    assert "working" not in marks["q1a"]
    assert "240 + 20 = 260" in marks["q1b"]["working"]
    assert "= 240" in marks["q1b"]["told"]  # the mistake, with its numbers
    assert "260" not in marks["q1b"]["told"]
    assert marks["q2a"]["verdict"] == "blank"
    assert "The right answer is" in marks["q2a"]["working"]


def test_what_follows_from_a_slip_counts() -> None:
    written = set_sheet("conv1.output", "conv1.parameters", "conv2.output", "conv2.parameters")
    marks = mark(written, {"conv1.output": "30x30x6", "conv2.output": "11x11x16"})
    assert marks["conv1.output"]["verdict"] == "wrong"
    assert marks["conv2.output"]["verdict"] == "followed through"
    assert "question 1" in marks["conv2.output"]["feedback"]


def test_hidden_numbers_are_filled_in() -> None:
    written = set_sheet(*RIGHT)
    assert {one["verdict"] for one in mark(written, RIGHT).values()} == {"right"}
    swapped = {"conv1.output": RIGHT["conv2.output"], "conv2.output": RIGHT["conv1.output"]}
    assert {one["verdict"] for one in mark(written, swapped).values()} == {"wrong"}


def test_a_hidden_number_is_not_given_away() -> None:
    shown = cells(set_sheet("conv1.output", "conv2.parameters"))
    assert shown == {
        "input": ["32x32x1", ""],
        "conv1": ["?", "156"],
        "tanh1": ["-", "0"],  # keeps the volume
        "avg_pool1": ["14x14x6", "0"],
        "conv2": ["10x10x16", "?"],
        "flatten1": ["1600", "0"],
        "dense1": ["10", "16,010"],
        "total": ["", "-"],  # the sum over all of them
    }


def test_a_layer_that_keeps_the_sizes_does_not_give_them_away() -> None:
    """12x12x4 is hidden, and 12x12x9 has its height and width."""
    layers = [{"conv": {"K": 4, "F": 2, "S": 2}}, {"conv": {"K": 9, "F": 1}}, {"max_pool": 2}]
    spec = {"input": "24x24x1", "layers": layers}
    shown = cells({"spec": json.dumps(spec), "hide": ["conv1.output"], "ask": []})
    assert [shown[name][0] for name in ("conv1", "conv2", "max_pool1")] == ["?", "-", "6x6x9"]


def test_a_field_that_is_asked_for_is_not_told() -> None:
    found = sheet(set_sheet(ask=("P(conv1)", "conv1.output")))
    (row,) = [row for row in found["table"]["rows"] if row["name"] == "conv1"]
    assert row["what"] == "conv K=6 F=5 S=1 P=?"
    assert row["cells"][0] == {"text": "", "asks": "", "kept_back": True}
    assert "28x28x6" not in json.dumps(found)


def test_columns_are_there_for_what_is_hidden() -> None:
    written = set_sheet("conv1.receptive_field", "total.macs")
    assert sheet(written)["table"]["columns"] == [
        "output",
        "parameters",
        "MACs",
        "receptive field",
    ]
    assert cells(written)["total"][2] == "?"
    marks = mark(written, {"conv1.receptive_field": "5"})
    assert marks["conv1.receptive_field"]["verdict"] == "right"


def test_titles_and_names_are_text_whatever_is_in_them() -> None:
    title = "<script>alert(1)</script>"
    assert sheet(set_sheet("conv1.output", title=title))["title"] == title
    assert sheet(set_sheet("conv1.output"))["title"] == "LeNet"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ({}, "no questions that can be read"),
        ({"level": 3, "seed": 1}, "no questions that can be read"),
        ({"level": 1, "seed": -1}, "no questions that can be read"),
        ({"level": 1, "seed": 1, "count": 10**9}, "no questions that can be read"),
        ({"level": 1, "seed": None}, "no questions that can be read"),
        ({"spec": LENET, "hide": "conv1.output"}, "no questions that can be read"),
        ({"spec": "x" * 200_000, "hide": ["conv1.output"]}, "no questions that can be read"),
        ({"spec": LENET, "hide": ["conv1.output"] * 1000}, "no questions that can be read"),
        (set_sheet(), "Nothing is asked"),
        (set_sheet("conv9.output"), "there is no layer conv9"),
        (set_sheet("conv1"), "nothing that can be asked for"),
        (set_sheet("conv1.value[0,0,0]"), "not run in the browser"),
        (set_sheet("loss"), "not run in the browser"),
        ({"spec": "input: [", "hide": ["conv1.output"]}, "cannot be read"),
        ({"spec": "/etc/passwd", "hide": ["conv1.output"]}, "cannot be read"),
        ({"spec": "input: 3x3x3\nlayers: [frobnicate]", "hide": ["a.output"]}, "SC1"),
        ({"spec": "input: ?x9x3\nlayers: [relu]", "hide": ["relu1.output"]}, "every size"),
        (
            {"spec": f"input: 9\nlayers: [{'relu, ' * 400}relu]", "hide": ["relu1.output"]},
            "at most 300",
        ),
    ],
)
def test_what_cannot_be_asked_says_why(written: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        sheet(written)
    assert why in json.loads(bridge.answer("sheet", written) or "")["refused"]


def test_an_overlong_answer_is_cut() -> None:
    assert mark(DRAWN, {"q1a": "9" * 10**6})["q1a"]["verdict"] == "needs a look"
    assert mark(DRAWN, {"nobody": "1"}) == {}


def test_what_can_be_hidden_is_asked_of_the_network_that_is_shown() -> None:
    CALLS["trace"](LENET.encode())
    found = CALLS["choices"]()
    assert found["columns"] == ["output", "parameters"]
    paths = [one["path"] for row in found["rows"] for one in row["cells"] if one]
    assert paths[:2] == ["conv1.output", "conv1.parameters"]
    assert paths[-1] == "total.parameters"
    sheet({"spec": LENET, "hide": paths})  # all of it can be asked


BLOCKED = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {banned}:
            raise ImportError(name)
sys.meta_path.insert(0, Block())
from shapecalc.playground.bridge.layer_view import layer_view
from shapecalc.playground.bridge.practice import mark, sheet
for level in 1, 2:
    for seed in range({seeds}):
        written = {{"level": level, "seed": seed, "count": 8}}
        items = [item for problem in sheet(written)["problems"] for item in problem["items"]]
        for answer in "1", "3x4x5", "no":
            mark(written, {{item["id"]: answer for item in items}}, [items[0]["id"]])
"""


def blocked(banned: tuple[str, ...], seeds: int = 1) -> int:
    """Draw and mark in a process in which some packages cannot be imported."""
    code = BLOCKED.format(banned=banned, seeds=seeds)
    return subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL).returncode


@pytest.mark.slow  # starts interpreters
def test_neither_numpy_nor_click_is_needed() -> None:
    assert blocked(("numpy", "click"), seeds=12) == 0
    assert blocked(("pydantic",)) != 0
