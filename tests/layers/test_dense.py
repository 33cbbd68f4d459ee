"""Fully connected layers: a weight for every pair of a unit and an input value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shapecalc import check, trace
from shapecalc.executor.verify import verify

Ask = Callable[..., Any]


@pytest.mark.parametrize(
    ("volume", "units", "weights"),
    [
        ("32x32x3", 10, 30_720),  # CS231n
        ("300x300x3", 100, 27_000_000),
        ("6x6x256", 4096, 37_748_736),  # AlexNet
        ("400", 120, 48_000),  # LeNet
        ("1x1x2048", 1000, 2_048_000),
        ("8x1", 1, 8),
        ("2x2x2x2", 3, 48),
        ("1", 1, 1),
    ],
)
def test_known_counts(ask: Ask, volume: str, units: int, weights: int) -> None:
    asked = ask(volume, {"dense": units})
    assert asked["output"] == [units]
    assert (asked["weights"], asked["biases"]) == (weights, units)
    assert asked["parameters"] == weights + units
    assert asked["macs"] == weights
    assert asked["non_trainable"] == 0
    bare = ask(volume, {"dense": {"units": units, "bias": False}})
    assert (bare["weights"], bare["biases"], bare["parameters"]) == (weights, 0, weights)
    assert bare["macs"] == weights


@pytest.mark.parametrize("word", ["dense", "fc", "linear"])
@pytest.mark.parametrize("value", [7, {"units": 7}, {"K": 7}])
def test_other_words(ask: Ask, word: str, value: Any) -> None:
    asked = ask("5", {word: value})
    assert asked.codes == []
    assert (asked["name"], asked["kind"], asked["output"]) == ("dense1", "dense", [7])
    assert asked["parameters"] == 42


def test_one_field_in_two_words_is_an_error(ask: Ask) -> None:
    assert ask("5", {"dense": {"units": 7, "K": 7}}).codes == ["SC106"]


@pytest.mark.parametrize(
    ("volume", "advised"),
    [
        ("7x7x512", True),
        ("1x2x8", True),
        ("3x1", True),
        ("1x1x512", False),
        ("1x8", False),
        ("9", False),
    ],
)
def test_flattening_is_mentioned(ask: Ask, volume: str, advised: bool) -> None:
    asked = ask(volume, {"dense": 4})
    assert ("SC405" in asked.codes) is advised
    assert asked.errors == []
    if advised:
        assert "flatten" in asked.hint("SC405")


def test_flattening_first_changes_no_count(ask: Ask) -> None:
    straight = ask("7x7x512", {"dense": 4096})
    flat = ask("7x7x512", "flatten", {"dense": 4096})
    assert flat.codes == []
    for key in ("output", "weights", "biases", "macs", "receptive_field", "jump"):
        assert straight[key] == flat[key]


@pytest.mark.parametrize("value", ["10", 0, -1, 2.5, 10.0, True, [10], [], {"units": None}])
def test_units_are_strict(ask: Ask, value: Any) -> None:
    asked = ask("5", {"dense": value})
    assert asked.codes == ["SC104"]
    assert asked["output"] is None
    assert asked["parameters"] is None


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        ("dense", "SC103"),
        ({"dense": {}}, "SC103"),
        ({"dense": {"bias": False}}, "SC103"),
        ({"dense": {"units": 3, "bias": "no"}}, "SC104"),
        ({"dense": {"units": 3, "F": 3}}, "SC102"),
        ({"dense": 2**63}, "SC108"),
    ],
)
def test_fields_that_are_wrong(ask: Ask, layer: Any, code: str) -> None:
    asked = ask("5", layer)
    assert asked.codes == [code]
    assert asked["weights"] is None


def test_what_in_features_says_is_compared(ask: Ask) -> None:
    assert ask("5", {"dense": {"units": 3, "in_features": 5}}).codes == ["SC410"]
    asked = ask("5", {"dense": {"units": 3, "in_features": 6}})
    assert asked.errors == ["SC301"]
    assert (asked["output"], asked["weights"]) == ([3], 15)


def test_an_activation_inside_is_a_fault_that_changes_no_count(ask: Ask) -> None:
    asked = ask("5", {"dense": {"units": 3, "activation": "relu"}})
    assert asked.errors == ["SC102"]
    assert (asked["output"], asked["weights"]) == ([3], 15)


def test_more_weights_than_a_number_holds(ask: Ask) -> None:
    asked = ask((2**32,), {"dense": 2**32})
    assert asked.codes == ["SC108"]
    assert asked["weights"] is None


def test_what_follows_from_units_alone_is_known_behind_a_fault(ask: Ask) -> None:
    """The filter does not fit in, so nobody knows how many values reach the dense layer."""
    asked = ask("4x4x1", {"conv": {"K": 2, "F": 9}}, {"dense": 10})
    assert asked["output"] == [10]
    assert asked["biases"] == 10
    assert asked["weights"] is None
    assert asked["parameters"] is None
    assert asked["macs"] is None


def test_the_working(ask: Ask) -> None:
    lines = ask("32x32x3", {"dense": 10})["derivation"]
    assert any("32*32*3 = 3,072" in line for line in lines)
    assert any("10*3072 = 30,720" in line for line in lines)
    assert "parameters = 30,720 + 10 = 30,730" in lines


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        ({"dense": 10}, "dense units=10"),
        ({"fc": {"units": 10, "bias": False}}, "dense units=10 bias=false"),
    ],
)
def test_a_dense_layer_is_described_by_its_fields(layer: Any, text: str) -> None:
    (record,) = trace({"input": 5, "layers": [layer]}).layers
    assert record.summary == text


@pytest.mark.parametrize(
    ("volume", "units", "weights", "macs"),
    [
        ("100x512", 20, 10_240, 1_024_000),  # torchinfo counts as many for Linear(512, 20)
        ("218x218x128", 10, 1_280, 218 * 218 * 1_280),
        ("1x1x8", 3, 24, 24),
        ("2x3x4x5", 2, 10, 24 * 10),
        ("2x1x3x1x4x5", 2, 10, 24 * 10),
        ("7", 3, 21, 21),
    ],
)
def test_along_the_depth(ask: Ask, volume: str, units: int, weights: int, macs: int) -> None:
    asked = ask(volume, {"dense": {"units": units, "flatten": False}})
    *spatial, _ = (int(size) for size in volume.split("x"))
    assert asked.codes == []
    assert asked["output"] == [*spatial, units]
    assert (asked["weights"], asked["biases"], asked["macs"]) == (weights, units, macs)


def test_along_the_depth_it_is_a_1x1_convolution(ask: Ask) -> None:
    before = {"conv": {"K": 6, "F": 3, "S": 2, "P": 1}}
    dense = ask("9x9x4", before, {"dense": {"units": 5, "flatten": False}})
    conv = ask("9x9x4", before, {"conv": {"K": 5, "F": 1}})
    assert dense.codes == conv.codes == []
    for key in ("output", "weights", "biases", "macs", "receptive_field", "jump"):
        assert dense[key] == conv[key]
    assert "positions 5x5 kept, depth = units = 5" in dense["derivation"]
    assert "MACs = 5*5*5 * 6 = 750" in dense["derivation"]
    assert ask("9x9x4", {"dense": {"units": 5, "flatten": False, "in_features": 4}}).errors == []
    behind_a_fault = ask("4x4x1", {"conv": {"K": 2, "F": 9}}, {"dense": {"K": 3, "flatten": False}})
    assert (behind_a_fault["output"], behind_a_fault["biases"]) == (None, 3)


def convnext(size: int, depth: int, wide: int) -> dict[str, Any]:
    """Return ConvNeXt's block as it is published: a wide pair of dense layers at each position."""
    body = [
        {"depthwise_conv": {"F": 7, "P": 3}},
        {"layer_norm": {"eps": 1e-6}},
        {"dense": {"units": wide, "flatten": False}},
        "gelu",
        {"dense": {"units": depth, "flatten": False}},
        "scale",
    ]
    return {"input": [size, size, depth], "layers": [{"residual": {"body": body}}]}


def test_a_block_of_convnext() -> None:
    """96*49 + 96, 2*96, 96*384 + 384, 384*96 + 96 and 96, as torchvision's CNBlock(96) has."""
    told = trace(convnext(56, 96, 384))
    assert told.diagnostics == ()
    assert told.totals["parameters"] == 4800 + 192 + 37248 + 36960 + 96 == 79_296
    assert told.totals["macs"] == 56 * 56 * (49 * 96 + 2 * 96 * 384)
    assert told.output == (56, 56, 96)
    assert told.layers[-1].receptive_field == (7, 7)
    assert "dense units=384 flatten=false" in str(told)
    small = convnext(9, 4, 16)
    assert check(small) == []
    assert verify(trace(small)).agrees
