"""CSV: a line a layer, plain numbers, the unknown empty, and no formula for a spreadsheet."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from shapecalc import Trace, trace
from shapecalc.reports import csv_text
from shapecalc.reports.columns import COLUMNS, DEFAULT

NETWORKS = Path(__file__).resolve().parents[2] / "specs" / "networks"


def lines(text: str) -> list[dict[str, str]]:
    """Read a CSV text back."""
    return list(csv.DictReader(io.StringIO(text)))


def test_a_line_a_layer_and_plain_numbers() -> None:
    traced = trace({"input": "227x227x3", "layers": [{"conv": {"K": 96, "F": 11, "S": 4}}, "relu"]})
    text = csv_text.render(traced)
    assert text.splitlines()[0] == ",".join(DEFAULT)
    conv, relu = lines(text)
    assert conv == {
        "name": "conv1",
        "kind": "conv",
        "output": "55x55x96",
        "weights": "34848",
        "biases": "96",
        "parameters": "34944",
        "macs": "105415200",
    }
    assert relu["parameters"] == "0"
    assert not text.endswith("\n")


def test_every_column() -> None:
    spec = {
        "inputs": {"left": "8x8x2", "right": "8x8x2"},
        "layers": [
            {"conv": {"name": "a", "K": 2, "F": 3, "P": 1, "from": "left"}},
            {"conv": {"name": "b", "K": 2, "F": 3, "P": 1, "from": "right", "share": "a"}},
            {"add": ["a", "b"]},
            {"upsample": 2},
            "batch_norm",
        ],
    }
    rows = lines(csv_text.render(trace(spec), tuple(COLUMNS)))
    assert list(rows[0]) == list(COLUMNS)
    assert rows[1]["shares"] == "a"
    assert rows[0]["shares"] == ""
    assert rows[2]["from"].split() == ["a", "b"]
    assert rows[2]["input"].split() == ["8x8x2", "8x8x2"]
    assert rows[3]["jump"] == "0.5x0.5"
    assert rows[4]["non_trainable"] == "4"
    assert rows[0]["receptive_field"] == "3x3"


@pytest.mark.parametrize("name", ["resnet-152", "googlenet", "u-net", "kth-softmax"])
def test_the_lines_hold_what_the_records_hold(name: str) -> None:
    traced = trace(NETWORKS / f"{name}.yaml")
    rows = lines(csv_text.render(traced, tuple(COLUMNS)))
    assert len(rows) == len(traced.layers)
    for row, record in zip(rows, traced.to_dict()["layers"], strict=True):
        assert row["name"] == record["name"]
        assert row["kind"] == record["kind"]
        assert [int(size) for size in row["output"].split("x")] == record["output"]
        for key in ("weights", "biases", "parameters", "non_trainable", "macs"):
            assert int(row[key]) == record[key]


def test_the_unknown_is_empty() -> None:
    spec = {"input": "4x4x1", "layers": [{"conv": {"K": 2, "F": 9}}, {"dense": 3}]}
    conv, dense = lines(csv_text.render(trace(spec), tuple(COLUMNS)))
    assert (conv["output"], conv["macs"], conv["weights"]) == ("", "", "162")
    assert (dense["input"], dense["weights"], dense["parameters"]) == ("", "", "")
    assert dense["biases"] == "3"
    assert "?" not in "".join([*conv.values(), *dense.values()])


def test_instances_are_folded() -> None:
    traced = trace(NETWORKS / "resnet-50.yaml")
    rows = lines(csv_text.render(traced, DEFAULT, depth=0))
    assert len(rows) < 20
    assert sum(int(row["parameters"]) for row in rows) == 25_557_032
    assert sum(int(row["macs"]) for row in rows) == traced.totals["macs"]


def test_several_files_share_a_heading() -> None:
    traced = trace({"input": 3, "layers": ["relu"]})
    first = csv_text.render(traced, DEFAULT, file="a.yaml", heading=True)
    second = csv_text.render(traced, DEFAULT, file="b.yaml", heading=False)
    rows = lines(f"{first}\n{second}")
    assert [row["file"] for row in rows] == ["a.yaml", "b.yaml"]
    assert list(rows[0]) == ["file", *DEFAULT]


# -- spreadsheets ------------------------------------------------------------------------------

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A0", '=HYPERLINK("http://x")']


def unknown_kind(kind: str) -> Trace:
    """Return a trace with a layer of an unknown kind, whose text comes from the file."""
    return trace({"input": 3, "layers": [{kind: 3}]})


def harmless(value: str) -> bool:
    """Say whether a spreadsheet takes a cell for text or a number."""
    return not value or value.isdigit() or value[0] not in "=+-@\t\r"


def test_the_check_for_formulas_can_fail() -> None:
    assert not any(harmless(formula) for formula in FORMULAS)
    assert harmless("'=1+1")


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(formula: str) -> None:
    for file in (None, formula):
        (row,) = lines(csv_text.render(unknown_kind(formula), tuple(COLUMNS), file=file))
        assert all(harmless(value) for value in row.values()), row
        assert formula[:3] in row["kind"]  # and it is still there


def test_a_name_may_begin_with_a_dash() -> None:
    spec = {"input": 3, "layers": [{"relu": {"name": "-x"}}, {"relu": {"from": "-x"}}]}
    for row in lines(csv_text.render(trace(spec), tuple(COLUMNS))):
        assert all(harmless(value) for value in row.values()), row


@pytest.mark.parametrize("text", ['a"b', "a,b", "a\nb", "a;b", "a\x00b", "\t=1", "\r=1"])
def test_a_cell_stays_one_cell(text: str) -> None:
    (row,) = lines(csv_text.render(unknown_kind(text), tuple(COLUMNS)))
    assert list(row) == list(COLUMNS)
    assert all(isinstance(value, str) and value.isprintable() for value in row.values())
    assert all(harmless(value) for value in row.values())


@pytest.mark.parametrize("depth", [None, 0])
def test_an_empty_network_has_a_heading_alone(depth: int | None) -> None:
    traced: Any = trace({"input": 3, "layers": []})
    assert csv_text.render(traced, DEFAULT, depth) == ",".join(DEFAULT)
