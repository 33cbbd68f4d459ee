"""The view of one layer: every value on the page is what the layer computes of the input there."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import shapecalc
from shapecalc.executor import run
from shapecalc.layers import KINDS
from shapecalc.playground import bridge
from shapecalc.playground.bridge import CALLS, Refused, made_up
from shapecalc.playground.bridge.layer_view import layer_view
from shapecalc.playground.bridge.window_values import number

SPECS = Path(__file__).resolve().parents[2] / "specs"
WEIGHTED = [
    {"conv": {"K": 1, "F": 3}},
    {"conv": {"K": 1, "F": 3, "S": 2, "P": 1, "bias": False}},
    {"conv": {"K": 1, "F": [3, 2], "P": [[1, 0], [0, 2]]}},
    {"conv": {"K": 1, "F": 2, "dilation": 2, "P": 1}},
    {"conv": {"K": 1, "F": 3, "P": "same", "S": 2}},
    {"conv": {"K": 1, "F": 3, "P": 1, "mode": "reflect"}},
    {"conv": {"K": 1, "F": 3, "P": 2, "mode": "replicate"}},
    {"conv": {"K": 1, "F": 3, "P": 2, "mode": "circular"}},
    {"separable_conv": {"K": 1, "F": 3, "S": 2, "P": 1}},
    {"separable_conv": {"K": 1, "F": 2, "dilation": 2, "bias": False}},
    {"local_conv": {"K": 1, "F": [3, 2], "P": 1}},
    {"local_conv": {"K": 1, "F": 2, "S": 2, "bias": False}},
]
TRANSPOSED = [
    {"conv_transpose": {"K": 1, "F": 3, "S": 2}},
    {"conv_transpose": {"K": 1, "F": 3, "S": 2, "P": 1, "output_padding": 1}},
    {"conv_transpose": {"K": 1, "F": 2, "S": 3, "dilation": 2}},
    {"conv_transpose": {"K": 1, "F": 3, "S": 2, "P": "same", "bias": False}},
]
POOLS = [
    {"max_pool": 2},
    {"max_pool": {"F": 3, "S": 2, "P": 1}},
    {"max_pool": {"F": 2, "S": 1, "dilation": 2}},
    {"max_pool": {"F": 2, "rounding": "ceil"}},
    {"avg_pool": {"F": 3, "S": 2, "P": 1}},
    {"avg_pool": {"F": 3, "S": 2, "P": 1, "count_include_pad": False}},
    {"avg_pool": {"F": 3, "S": 2, "P": "same"}},
    {"avg_pool": {"F": 3, "S": 2, "P": "same", "count_include_pad": True}},
    {"avg_pool": {"F": 3, "S": 2, "P": 1, "rounding": "ceil"}},
    {"l2_pool": {"F": 3, "S": 2, "P": 1}},
    {"global_max_pool": {}},
    {"global_avg_pool": {}},
]
CASES = [
    *[("5x4x3", layer) for layer in WEIGHTED],
    *[("3x2x3", layer) for layer in TRANSPOSED],
    *[("5x4x1", layer) for layer in POOLS],
    ("11x2", {"conv": {"K": 1, "F": 3, "P": "causal"}}),
    ("11x2", {"conv": {"K": 1, "F": 3, "S": 2, "dilation": 2}}),
    ("5x2", {"conv_transpose": {"K": 1, "F": 4, "S": 3, "P": 1}}),
    ("11x1", {"max_pool": {"F": 3, "S": 2}}),
    ("11x1", {"avg_pool": {"F": 2, "S": 2}}),
    ("11x2", {"separable_conv": {"K": 1, "F": 3, "S": 2}}),
    ("11x2", {"local_conv": {"K": 1, "F": 3, "S": 4}}),
    ("11x1", {"global_avg_pool": {}}),
]


def view_of(volume: str, *layers: Any, index: int = 0, **asked: Any) -> dict[str, Any]:
    """Return the view of a layer of a network."""
    trace = shapecalc.trace({"input": volume, "rounding": "floor", "layers": list(layers)})
    return layer_view(trace.layers[index], **asked)


def shown_input(view: dict[str, Any]) -> list[Any]:
    """Return the input's own values, depth first, out of a part that holds all of it."""
    inside = view["part"]["inside"]
    rows = [
        [
            [value for value, real in zip(row, marks, strict=True) if real]
            for row, marks in zip(slice_, inside, strict=True)
            if any(marks)
        ]
        for slice_ in view["part"]["input"]
    ]
    return rows if len(view["axes"]) > 1 else [row for (row,) in rows]


def shown_weights(view: dict[str, Any]) -> list[Any]:
    """Return the weights of the first filter by slice, in the axes of the input."""
    weights: list[Any] = view["filter"]["weights"]
    return weights if len(view["axes"]) > 1 else [row for (row,) in weights]


def computed(
    volume: str, layer: dict[str, Any], view: dict[str, Any], own: Sequence[Any] = ()
) -> Any:
    """Return what the executor computes of the shown input and weights, by place.

    `own` are the weights of each place, where places have their own.
    """
    ((kind, _),) = layer.items()
    parameters: dict[str, Any] = {}
    if view["filter"] is not None:
        weights = shown_weights(view)
        if kind == "separable_conv":
            axes = (1,) * len(view["axes"])
            pointwise = [made_up.pointwise(number) for number in range(len(weights))]
            assert ", ".join(map(str, pointwise)) in view["notes"][0]
            parameters[f"{kind}1.depthwise"] = [[one] for one in weights]
            parameters[f"{kind}1.pointwise"] = np.reshape(pointwise, (1, -1, *axes))
        elif kind == "conv_transpose":  # D x K, where the others have K x D
            parameters[f"{kind}1.weight"] = [[one] for one in weights]
        elif kind == "local_conv":
            parameters[f"{kind}1.weight"] = own
        else:
            parameters[f"{kind}1.weight"] = [weights]
        if view["filter"]["bias"] is not None:
            places = len(own) if kind == "local_conv" else 1
            parameters[f"{kind}1.bias"] = [view["filter"]["bias"]] * places
    spec = {"input": volume, "rounding": "floor", "layers": [layer]}
    result = run(spec, inputs=shown_input(view), parameters=parameters)
    return result.outputs[f"{kind}1"][0][0]


def arithmetic(text: str) -> float:
    """Return what the left side of `2*3 + 1 = 7` comes to, worked out by Python itself."""
    names = {"__builtins__": {}, "max": max, "sqrt": math.sqrt}
    value: float = eval(text.rpartition(" = ")[0].replace("^", "**"), names)  # our own text
    return value


@pytest.mark.quick(8)
@pytest.mark.parametrize(("volume", "layer"), CASES, ids=str)
def test_every_output_is_what_the_layer_computes(volume: str, layer: dict[str, Any]) -> None:
    trace = shapecalc.trace({"input": volume, "rounding": "floor", "layers": [layer]})
    view = layer_view(trace.layers[0], room=16)
    assert view["part"]["whole"]
    places = list(product(*map(range, view["size"])))
    views = [layer_view(trace.layers[0], place, 16) for place in places]
    own = [shown_weights(one) for one in views] if "local_conv" in layer else []
    expected = computed(volume, layer, view, own)
    rows = expected if len(view["axes"]) > 1 else [expected]
    assert view["part"]["output"] == [[number(value) for value in row] for row in rows]
    assert tuple(view["size"]) == expected.shape
    for place, here in zip(places, views, strict=True):
        assert here["at"] == list(place)
        assert here["value"] == number(expected[place])
        assert arithmetic(here["total"]) == pytest.approx(float(expected[place]))
        for line in (line for lines in here["lines"] for line in lines):
            assert arithmetic(f"{line['text']} = ") == int(line["value"])


def test_a_weight_that_is_not_the_shown_one_would_be_found() -> None:
    layer = {"conv": {"K": 1, "F": 3, "S": 2, "P": 1}}
    view = view_of("7x7x3", layer, room=16)
    view["filter"]["weights"][2][1][0] += 1
    differing = computed("7x7x3", layer, view)
    assert view["part"]["output"] != [[number(value) for value in row] for row in differing]


def test_padding_is_told_from_the_input() -> None:
    part = view_of("3x3x1", {"conv": {"K": 1, "F": 3, "P": 1}})["part"]
    ring = [[False] * 5, *[[False, True, True, True, False]] * 3, [False] * 5]
    assert part["inside"] == ring
    assert part["places"] == [-1, -1]
    assert part["input"][0][0] == [0] * 5
    part = view_of("3x3x1", {"max_pool": {"F": 3, "S": 1, "P": 1}})["part"]
    assert part["input"][0][0] == [None] * 5  # padding is no value of a maximum


def test_the_largest_value_is_marked() -> None:
    view = view_of("6x6x1", {"max_pool": 3}, at=[1, 0])
    row, column = view["window"]["chosen"]
    assert view["part"]["input"][0][row][column] == int(view["value"])
    assert [row, column] in view["window"]["places"]


def test_sizes_and_field_follow_the_layers_own_formula() -> None:
    layers = [{"conv": {"K": 6, "F": 5}}, {"max_pool": 2}, {"conv": {"K": 4, "F": 3, "P": 1}}]
    view = view_of("32x32x3", *layers, index=2, at=[0, 13])
    assert view["sizes"] == ["(14 - 3 + 2*1)/1 + 1 = 14"]
    # By hand: 6 pixels are one pool's, its neighbours 2 further; the first window hangs over by 2.
    assert view["field"]["spans"] == [[-2, 7], [24, 33]]
    assert "rows -2 to 7 and columns 24 to 33" in view["field"]["said"]
    assert "padding" in view["field"]["said"]


def test_of_many_slices_some_are_added_up_and_it_is_said() -> None:
    view = view_of("8x8x64", {"conv": {"K": 2, "F": 3}})
    assert len(view["part"]["input"]) == len(view["lines"]) == 3
    assert view["notes"] == ["3 of 64 slices are added up here; conv1 adds up all 64."]
    assert view_of("8x8x64", {"conv": {"K": 64, "F": 3, "groups": 32}})["notes"] == []


def test_filters_that_are_not_shared_are_of_their_place() -> None:
    layer = {"local_conv": {"K": 2, "F": 3}}
    views = [view_of("6x6x1", layer, at=place) for place in ([0, 0], [0, 1], [3, 3])]
    assert len({str(view["filter"]["weights"]) for view in views}) == 3
    assert views[0]["notes"] == [
        "Every place has a filter of its own, and this is the one of this place."
    ]


def test_a_global_pool_sees_all_at_once() -> None:
    view = view_of("7x7x512", "global_avg_pool")
    assert view["size"] == [1, 1]
    assert len(view["window"]["places"]) == 7 * 7


WINDOWS = [kind for kind in KINDS if "F" in KINDS[kind].model_fields or kind.endswith("pool")]


@pytest.mark.parametrize("kind", WINDOWS)
def test_every_kind_with_a_window_is_drawn_or_says_why_not(kind: str) -> None:
    trace = shapecalc.trace(SPECS / f"kinds/{kind.replace('_', '-')}.yaml")
    view = layer_view(next(record for record in trace.layers if record.kind == kind))
    assert view["drawn"] or "no window that slides" not in view["why"]


def test_a_place_that_is_not_there_is_the_nearest() -> None:
    layer = {"conv": {"K": 1, "F": 3}}
    assert view_of("8x8x1", layer, at=[99, -4])["at"] == [5, 0]
    assert view_of("8x8x1", layer, at=[2])["at"] == [2, 0]
    assert view_of("8x8x1", layer, at=[1, 2, 3])["at"] == [1, 2]


@pytest.mark.parametrize(
    ("volume", "layer", "why"),
    [
        ("8x8x1", "relu", "relu has no window that slides"),
        ("8x8x1", {"conv": {"K": 1, "F": 9}}, "the sizes of conv1 are not known"),
        ("4x8x8x1", {"conv": {"K": 1, "F": 3}}, "this one has three"),
        ("4x8x8x1", {"max_pool": 2}, "this one has three"),
        ("4x8x8x1", "global_avg_pool", "this one has three"),
        ("40x40x1", "global_max_pool", "its window spans 40 values"),
        ("8x8x1", {"adaptive_avg_pool": 3}, "has windows of several sizes"),
        ("900x900x1", {"conv": {"K": 1, "F": 33}}, "its window spans 33 values"),
        ("?x8x1", {"conv": {"K": 1, "F": 3}}, "are not all known"),
    ],
)
def test_what_is_not_drawn_says_why(volume: str, layer: Any, why: str) -> None:
    view = view_of(volume, layer)
    assert view["drawn"] is False
    assert why in view["why"]
    assert "part" not in view


@pytest.mark.parametrize(
    "layer",
    [
        {"conv": {"K": 10**6, "F": 32, "P": 16}},
        {"conv_transpose": {"K": 3, "F": 2, "S": 1000}},
        {"max_pool": {"F": 2, "S": 10**6}},
        {"avg_pool": {"F": 32, "S": 1}},
    ],
    ids=str,
)
def test_large_layers_are_shown_in_bounded_space(layer: dict[str, Any]) -> None:
    view = view_of("1000000x1000000x512", layer, at=[999, 10**9], room=10**9)
    assert view["drawn"]
    assert len(json.dumps(view)) < 200_000


def test_the_page_asks_of_the_network_that_it_shows() -> None:
    CALLS["trace"](b"input: 9x9x1\nlayers: [{conv: {K: 1, F: 3}}, relu]")
    answer = json.loads(bridge.answer("layer", 0, [2, 2], 11) or "")
    assert answer["value"]["name"] == "conv1"
    assert answer["value"]["at"] == [2, 2]
    assert CALLS["trace"](b"input: 9x9x1\nlayers: [max_pool: 3, relu]")["layers"][0]["window"]
    with pytest.raises(Refused, match="no such layer"):
        CALLS["layer"](2)
