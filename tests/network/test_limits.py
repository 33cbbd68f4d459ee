"""How many layers a network may have: 100,000, unless somebody says otherwise."""

from __future__ import annotations

from typing import Any

import pytest

import shapecalc
from shapecalc import Trace
from shapecalc.diagnostics import MAX_LAYERS

RELU = {"input": 8, "layers": ["relu"]}


def repeated(times: int, *layers: Any) -> dict[str, Any]:
    return {"input": "8x8x1", "layers": [{"repeat": {"times": times, "layers": list(layers)}}]}


def limits(trace: Trace) -> list[tuple[str, str]]:
    return [(d.where, d.message) for d in trace.diagnostics if d.code == "SC108"]


@pytest.mark.slow
def test_100_000_layers_are_allowed_and_no_more() -> None:
    assert MAX_LAYERS == 100_000
    sound = shapecalc.trace(repeated(50_000, "relu", "tanh"))
    assert len(sound.layers) == 100_000
    assert sound.complete
    trace = shapecalc.trace(repeated(100_001, "relu"))
    assert limits(trace) == [("layers[0].repeat", "the network has more than 100,000 layers")]
    assert len(trace.layers) == 1  # one stands for them all
    assert not trace.complete


@pytest.mark.parametrize("most", [1, 2, 7, 1000])
def test_max_layers_says_how_many(most: int) -> None:
    for spec in (repeated(most, "relu"), {"input": 8, "layers": ["relu"] * most}):
        assert shapecalc.trace(spec, max_layers=most).complete
        assert not shapecalc.trace(spec, max_layers=most + 1).diagnostics
        assert shapecalc.read(spec, max_layers=most).nodes
    for spec in (repeated(most + 1, "relu"), {"input": 8, "layers": ["relu"] * (most + 1)}):
        trace = shapecalc.trace(spec, max_layers=most)
        (found,) = [d for d in trace.diagnostics if d.code == "SC108"]
        assert found.message == f"the network has more than {most:,} layers"
        assert "--max-layers" in found.hint


@pytest.mark.slow
def test_a_million_layers_are_allowed_to_who_asks_for_them() -> None:
    trace = shapecalc.trace(repeated(120_000, "relu"), max_layers=1_000_000)
    assert len(trace.layers) == 120_000
    assert trace.complete


def test_many_layers_too_many_are_one_finding() -> None:
    trace = shapecalc.trace({"input": 8, "layers": ["relu"] * 50}, max_layers=10)
    assert limits(trace) == [("layers[10]", "the network has more than 10 layers")]
    assert [record.name for record in trace.layers[:2]] == ["relu1", "relu2"]


def test_what_is_too_large_is_left_out_and_the_rest_is_read() -> None:
    spec = {"input": 8, "layers": [*repeated(99, "relu")["layers"], "tanh", "tanh"]}
    trace = shapecalc.trace(spec, max_layers=10)
    assert limits(trace) == [("layers[0].repeat", "the network has more than 10 layers")]
    assert [record.name for record in trace.layers] == ["repeat1", "tanh1", "tanh2"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layers", "what"),
    [
        (repeated(5_000, {"add": ["relu1"] * 30})["layers"], "20,000 sources"),
        ([{"piece": number} for number in range(8, 9_008)], "100,000 values in blocks"),
        (["n" * 190], "640,000 characters of names"),
    ],
)
def test_sources_values_and_names_have_bounds_that_follow_the_layers(
    layers: list[Any], what: str
) -> None:
    spec = {
        "input": 8,
        "blocks": {
            "piece": {"parameters": {"x": 1}, "layers": [{"reshape": {"output": ["$x"] * 12}}]},
            "n" * 190: {"layers": [{"repeat": {"times": 9_000, "layers": ["relu"]}}]},
        },
        "layers": ["relu", *layers],
    }
    few = shapecalc.trace(spec, max_layers=10_000)
    assert [message for _, message in limits(few)] == [f"the network has more than {what}"]
    assert all("--max-layers" in d.hint for d in few.diagnostics if d.code == "SC108")
    assert not limits(shapecalc.trace(spec, max_layers=1_000_000))


@pytest.mark.parametrize("most", [0, -1, 10**9 * -1])
def test_fewer_than_one_layer_is_nothing_to_ask_for(most: int) -> None:
    with pytest.raises(ValueError, match="max_layers"):
        shapecalc.trace(RELU, max_layers=most)


@pytest.mark.parametrize("most", ["7", 7.0, [7]])
def test_a_number_of_layers_is_a_whole_number(most: Any) -> None:
    with pytest.raises(TypeError):
        shapecalc.read(RELU, max_layers=most)


def test_repairs_are_tried_under_the_same_limit() -> None:
    layers = ["relu", {"conv": {"K": 2, "F": 3, "S": 2}}, *["tanh"] * 30]
    spec = {"input": "8x8x1", "layers": layers}
    trace = shapecalc.trace(spec, max_layers=32)
    assert [d.code for d in trace.diagnostics] == ["SC201"]
    assert "S=1" in trace.diagnostics[0].hint
    assert {d.code for d in shapecalc.trace(spec, max_layers=20).diagnostics} == {"SC108", "SC201"}
