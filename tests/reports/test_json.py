"""JSON: the documented keys in their order, null for the unknown, one object a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shapecalc import trace
from shapecalc.reports import json_text

SPECS = Path(__file__).resolve().parents[2] / "specs"
REPORT = [
    *(
        "schema",
        "file",
        "name",
        "complete",
        "inputs",
        "outputs",
        "output",
        "layers",
        "groups",
        "totals",
    ),
    "diagnostics",
]
LAYER = [
    *("name", "kind", "from", "input", "fields", "output", "weights", "biases"),
    "parameters",
    *("trainable", "frozen", "non_trainable"),
    *("shares", "macs", "activations", "receptive_field", "jump", "derivation"),
]
TOTALS = [
    *("weights", "biases", "parameters", "trainable", "frozen", "non_trainable"),
    *("macs", "activations"),
]
DIAGNOSTIC = [
    *("code", "severity", "message", "hint", "layer", "where", "line", "column"),
    *("end_line", "end_column", "edits", "consequences"),
]
ALEXNET = SPECS / "networks" / "alexnet.yaml"


def parsed(source: Any) -> dict[str, Any]:
    """Return the report as another program reads it; NaN and infinity are no JSON."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    result: dict[str, Any] = json.loads(json_text.render(trace(source)), parse_constant=refuse)
    return result


def test_the_documented_example() -> None:
    report = parsed(ALEXNET)
    assert list(report) == REPORT
    assert report["schema"] == "shapecalc.report/1"
    assert report["file"] == str(ALEXNET)
    assert report["complete"] is True
    assert report["inputs"] == {"input": [227, 227, 3]}
    assert report["outputs"] == {"softmax1": [1000]}
    assert report["output"] == [1000]
    conv = report["layers"][0]
    assert list(conv) == LAYER
    derivation = conv.pop("derivation")
    assert derivation[0] == "(227 - 11 + 2*0)/4 + 1 = 55"
    assert conv == {
        "name": "conv1",
        "kind": "conv",
        "from": ["input"],
        "input": [[227, 227, 3]],
        "fields": {
            "K": 96,
            "F": 11,
            "S": 4,
            "P": 0,
            "dilation": 1,
            "groups": 1,
            "bias": True,
            "mode": "zeros",
        },
        "output": [55, 55, 96],
        "weights": 34848,
        "biases": 96,
        "parameters": 34944,
        "trainable": 34944,
        "frozen": 0,
        "non_trainable": 0,
        "shares": None,
        "macs": 105415200,
        "activations": 290400,
        "receptive_field": [11, 11],
        "jump": [4, 4],
    }
    totals = report["totals"]
    assert list(totals) == TOTALS
    assert totals["weights"] == 62_367_776
    assert totals["biases"] == 10_568
    assert totals["parameters"] == 62_378_344
    assert totals["non_trainable"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(SPECS.glob("*/*.yaml")), ids=lambda path: path.stem)
def test_every_sample_has_every_key(path: Path) -> None:
    report = parsed(path)
    assert list(report) == REPORT
    assert list(report["totals"]) == TOTALS
    for layer in report["layers"]:
        assert [key for key in layer if key != "computed"] == LAYER
        assert ("computed" in layer) is (layer["kind"] == "operation" and bool(layer["output"]))
    for item in report["diagnostics"]:
        assert list(item) == DIAGNOSTIC
        assert item["severity"] in ("error", "warning", "advice")
        assert (item["severity"] == "error") is (item["code"] < "SC4")


def test_a_finding_says_where() -> None:
    (item,) = parsed(SPECS / "broken" / "sc201-stride.yaml")["diagnostics"]
    assert item["code"] == "SC201"
    assert item["layer"]
    assert item["where"].startswith("layers[")
    assert item["line"] > 1
    assert item["column"] > 1
    assert item["hint"]


def test_a_mapping_has_no_file_and_no_lines() -> None:
    report = parsed({"input": "10x10x1", "layers": [{"conv": {"K": 1, "F": 3, "S": 2}}]})
    assert report["file"] is None
    assert report["name"] is None
    assert (report["diagnostics"][0]["line"], report["diagnostics"][0]["column"]) == (None, None)


def test_the_unknown_is_null_and_a_sum_with_it_too() -> None:
    report = parsed(
        {"input": "4x4x1", "layers": [{"conv": {"K": 2, "F": 9}}, "relu", {"dense": 3}]}
    )
    conv, relu, dense = report["layers"]
    assert report["complete"] is False
    assert (conv["output"], conv["macs"], conv["receptive_field"], conv["jump"]) == (None,) * 4
    assert conv["parameters"] == 164
    assert (relu["input"], relu["output"]) == (None, None)
    assert (relu["parameters"], relu["macs"]) == (0, 0)
    assert (dense["output"], dense["weights"], dense["parameters"]) == ([3], None, None)
    totals = report["totals"]
    assert (totals["weights"], totals["parameters"], totals["macs"]) == (None, None, None)
    assert totals["activations"] is None
    assert totals["biases"] == 5
    assert report["output"] == [3]


def test_several_outputs_have_no_single_one() -> None:
    report = parsed({"input": 4, "layers": [{"dense": 3}, "relu"], "outputs": ["dense1", "relu1"]})
    assert report["outputs"] == {"dense1": [3], "relu1": [3]}
    assert report["output"] is None
    assert report["complete"] is True


def test_several_files_are_json_lines() -> None:
    texts = [json_text.render(trace(ALEXNET), single=False) for _ in range(2)]
    lines = "\n".join(texts).splitlines()
    assert len(lines) == 2
    assert [json.loads(line)["name"] for line in lines] == [trace(ALEXNET).name] * 2


def test_one_file_is_readable() -> None:
    assert len(json_text.render(trace(ALEXNET)).splitlines()) > 100


def test_text_from_the_file_survives() -> None:
    name = 'Grüße × 网络 \u2028 " \\ \n'
    text = json_text.render(trace({"name": name, "input": 4, "layers": []}), single=False)
    assert len(text.splitlines()) == 1  # JSON Lines, whatever a reader takes for a line's end
    assert json.loads(text)["name"] == name
