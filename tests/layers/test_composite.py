"""Composites: lists of layers side by side or repeated, counted as the layers inside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shapecalc import trace

Ask = Callable[..., Any]
SMALL: dict[str, Any] = {"conv": {"K": 4, "F": 3, "P": 1}}  # 36*D + 4 parameters
POINT: dict[str, Any] = {"conv": {"K": 4, "F": 1}}


def traced(layers: list[Any], volume: str = "8x8x4") -> dict[str, Any]:
    """Trace layers, which must be sound."""
    result = trace({"input": volume, "layers": layers}).to_dict()
    assert result["diagnostics"] == []
    return result


def names(result: dict[str, Any]) -> list[str]:
    """Return the records' names in order."""
    return [record["name"] for record in result["layers"]]


@pytest.mark.parametrize(
    "written",
    [
        {"body": [SMALL, "relu"]},
        {"body": [SMALL, "relu"], "shortcut": []},
        [SMALL, "relu"],
    ],
)
def test_a_residual_adds_its_input(written: Any) -> None:
    result = traced([{"residual": written}])
    assert names(result) == ["conv1", "relu1", "add1"]
    assert result["layers"][-1]["from"] == ["relu1", "input"]
    assert result["output"] == [8, 8, 4]
    assert result["totals"]["parameters"] == 148


def test_a_shortcut_has_layers_of_its_own() -> None:
    result = traced([{"residual": {"body": [SMALL], "shortcut": [POINT, "relu"]}}])
    assert names(result) == ["conv1", "conv2", "relu1", "add1"]
    assert result["layers"][1]["from"] == ["input"]
    assert result["layers"][-1]["from"] == ["conv1", "relu1"]
    assert result["totals"]["parameters"] == 148 + 20


@pytest.mark.parametrize(
    ("merge", "output"),
    [(None, [8, 8, 12]), ("concat", [8, 8, 12]), ("add", [8, 8, 4]), ("multiply", [8, 8, 4])],
)
def test_branches_are_merged(merge: str | None, output: list[int]) -> None:
    fields = {"branches": [[SMALL], [POINT, "relu"], []]} | ({"merge": merge} if merge else {})
    result = traced([{"parallel": fields}])
    kind = merge or "concat"
    assert names(result) == ["conv1", "conv2", "relu1", f"{kind}1"]
    assert result["layers"][-1]["from"] == ["conv1", "relu1", "input"]
    assert result["layers"][-1]["kind"] == kind
    assert result["output"] == output


def test_bare_branches() -> None:
    assert traced([{"parallel": [[SMALL], [POINT]]}])["output"] == [8, 8, 8]


def test_googlenets_module() -> None:
    """Szegedy et al., table 1, inception 3a: 64 + 128 + 32 + 32; 163,696 parameters with biases."""
    branches = [
        [{"conv": {"K": 64, "F": 1}}],
        [{"conv": {"K": 96, "F": 1}}, {"conv": {"K": 128, "F": 3, "P": 1}}],
        [{"conv": {"K": 16, "F": 1}}, {"conv": {"K": 32, "F": 5, "P": 2}}],
        [{"max_pool": {"F": 3, "S": 1, "P": 1}}, {"conv": {"K": 32, "F": 1}}],
    ]
    result = traced([{"parallel": branches}], "28x28x192")
    assert result["output"] == [28, 28, 256]
    assert result["totals"]["parameters"] == 163_696


@pytest.mark.parametrize("times", [0, 1, 2, 5])
def test_repeated_layers_have_weights_of_their_own(times: int) -> None:
    result = traced([{"repeat": {"times": times, "layers": [SMALL, "relu"]}}, "tanh"])
    expected = [f"{kind}{n}" for n in range(1, times + 1) for kind in ("conv", "relu")]
    assert names(result) == [*expected, "tanh1"]
    assert result["totals"]["parameters"] == 148 * times
    assert result["layers"][-1]["from"] == [expected[-1] if expected else "input"]


def test_composites_inside_one_another() -> None:
    inner = {"residual": {"body": [SMALL]}}
    result = traced([{"repeat": {"times": 2, "layers": [{"parallel": [[inner], []]}, POINT]}}])
    assert names(result) == [
        "conv1",
        "add1",
        "concat1",
        "conv2",
        "conv3",
        "add2",
        "concat2",
        "conv4",
    ]
    assert [r["output"][-1] for r in result["layers"]] == [4, 4, 8, 4, 4, 4, 8, 4]


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        ("residual", "SC103"),
        ({"residual": {}}, "SC103"),
        ({"residual": {"shortcut": []}}, "SC103"),
        ({"residual": {"body": "relu"}}, "SC104"),
        ({"residual": {"body": 3}}, "SC104"),
        ({"residual": {"body": [], "shortcut": "relu"}}, "SC104"),
        ({"residual": {"body": [], "merge": "add"}}, "SC102"),
        ({"parallel": {}}, "SC103"),
        ({"parallel": 3}, "SC104"),
        ({"parallel": {"branches": [[], []], "merge": "average"}}, "SC104"),
        ({"parallel": {"branches": [["relu"], "relu"]}}, "SC104"),
        ({"parallel": [["relu"]]}, "SC109"),
        ({"parallel": []}, "SC109"),
        ({"repeat": {"layers": []}}, "SC103"),
        ({"repeat": {"times": 2}}, "SC103"),
        ({"repeat": 3}, "SC104"),
        ({"repeat": {"times": -1, "layers": []}}, "SC104"),
        ({"repeat": {"times": "2", "layers": []}}, "SC104"),
        ({"repeat": {"times": True, "layers": []}}, "SC104"),
        ({"repeat": {"times": 2, "layers": "relu"}}, "SC104"),
        ({"repeat": {"times": 2, "layers": [], "name": "stage"}}, "SC102"),
        ({"repeat": {"times": 2, "layers": [], "from": "input"}}, "SC102"),
    ],
)
def test_fields_that_are_wrong(ask: Ask, layer: Any, code: str) -> None:
    assert ask("8x8x4", layer).codes == [code]


def test_branches_that_do_not_agree(ask: Ask) -> None:
    asked = ask("8x8x4", {"residual": [{"conv": {"K": 8, "F": 3, "P": 1}}]})
    assert asked.codes == ["SC205"]
    assert asked["name"] == "add1"
    assert asked["output"] is None
    asked = ask("8x8x4", {"parallel": [[{"conv": {"K": 8, "F": 3}}], []]})
    assert asked.codes == ["SC205"]


def test_a_fault_inside_is_found_at_its_place(ask: Ask) -> None:
    asked = ask("8x8x4", {"residual": {"body": [{"conv": {"K": 4, "F": 3, "S": 2}}]}})
    assert "SC201" in asked.codes
    assert asked.found[0]["where"] == "layers[0].residual.body[0].conv"
    asked = ask("8x8x4", {"parallel": [[], ["rellu"]]})
    assert asked.codes == ["SC105"]
    assert asked.found[0]["where"].startswith("layers[0].parallel[1][0]")


def test_nothing_is_repeated_but_its_faults_are_told(ask: Ask) -> None:
    asked = ask("8x8x4", {"repeat": {"times": 0, "layers": ["rellu"]}}, "relu")
    assert asked.codes == ["SC105"]
