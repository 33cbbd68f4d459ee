"""Normalizations: gamma and beta for each channel, running statistics apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from math import prod
from typing import Any

import pytest

from shapecalc import trace
from shapecalc.layers import KINDS

Ask = Callable[..., Any]
VOLUMES: dict[str, list[int]] = {
    "12": [12],
    "10x4": [10, 4],
    "56x56x64": [56, 56, 64],
    "2x3x4x6": [2, 3, 4, 6],
}
ANY_RANK = ("batch_norm", "layer_norm", "group_norm")
PLACED = ("instance_norm", "lrn")


def layer(kind: str, **fields: Any) -> Any:
    """Return a layer with what it cannot do without."""
    return {kind: ({"groups": 2} if kind == "group_norm" else {}) | fields}


@pytest.mark.parametrize("volume", VOLUMES)
@pytest.mark.parametrize("kind", [*ANY_RANK, "instance_norm"])
def test_a_weight_and_a_bias_for_each_channel(ask: Ask, kind: str, volume: str) -> None:
    if kind == "instance_norm" and volume == "12":
        return
    D = VOLUMES[volume][-1]
    asked = ask(volume, layer(kind))
    assert asked.codes == []
    assert asked["output"] == VOLUMES[volume]
    assert (asked["weights"], asked["biases"], asked["parameters"]) == (D, D, 2 * D)
    running = 2 * D if kind == "batch_norm" else 0
    assert asked["non_trainable"] == running
    assert asked["macs"] == 0
    plain = ask(volume, layer(kind, affine=False))
    assert (plain["weights"], plain["biases"], plain["parameters"]) == (0, 0, 0)
    assert plain["non_trainable"] == running


def test_running_statistics_are_not_parameters() -> None:
    """Keras prints 128 + 128 for a batch norm on 64 channels, PyTorch counts 128."""
    result = trace({"input": "8x8x64", "layers": ["batch_norm"]}).to_dict()
    assert result["totals"]["parameters"] == 128
    assert result["totals"]["non_trainable"] == 128


@pytest.mark.parametrize("volume", [v for v in VOLUMES if v != "12"])
@pytest.mark.parametrize("value", [None, 5, {"size": 3, "alpha": 0.0005, "beta": 0.75, "k": 2}])
def test_local_response_learns_nothing(ask: Ask, volume: str, value: Any) -> None:
    asked = ask(volume, {"lrn": value})
    assert asked.codes == []
    assert asked["output"] == VOLUMES[volume]
    counted = ("weights", "biases", "parameters", "non_trainable", "macs")
    assert [asked[key] for key in counted] == [0] * 5


@pytest.mark.parametrize("kind", PLACED)
def test_some_need_places(ask: Ask, kind: str) -> None:
    asked = ask("100", kind)
    assert asked.codes == ["SC206"]
    assert asked["output"] is None
    assert asked.hint("SC206")


def test_groups_must_divide_the_depth_and_the_hint_works(ask: Ask) -> None:
    refused = 0
    for D, groups, places in product(range(1, 13), range(1, 15), ((), (4, 4))):
        asked = ask((*places, D), {"group_norm": groups})
        good = D % groups == 0
        assert asked.codes == ([] if good else ["SC204"]), (D, groups)
        assert (asked["output"] is not None) is good
        if not good:
            refused += 1
            offered = re.search(r"groups=(\d+)", asked.hint("SC204"))
            assert offered
            assert ask((*places, D), {"group_norm": int(offered[1])}).codes == []
    assert refused > 100


@pytest.mark.parametrize("eps", [1e-5, 1, 0.001])
def test_eps_is_a_positive_number(ask: Ask, eps: float) -> None:
    for kind in (*ANY_RANK, "instance_norm"):
        assert ask("8x8x4", layer(kind, eps=eps)).codes == []


@pytest.mark.parametrize("eps", [0, -1e-5, "1e-5", True, float("nan"), float("inf"), [1e-5]])
def test_eps_is_strict(ask: Ask, eps: Any) -> None:
    for kind in (*ANY_RANK, "instance_norm"):
        assert ask("8x8x4", layer(kind, eps=eps)).codes == ["SC104"], kind


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("group_norm", ["SC103"]),
        ({"group_norm": {}}, ["SC103"]),
        ({"group_norm": 0}, ["SC104"]),
        ({"group_norm": "2"}, ["SC104"]),
        ({"group_norm": True}, ["SC104"]),
        ({"batch_norm": {"affine": 1}}, ["SC104"]),
        ({"batch_norm": 4}, ["SC104"]),
        ({"lrn": 0}, ["SC104"]),
        ({"lrn": 2.5}, ["SC104"]),
        ({"lrn": {"alpha": "big"}}, ["SC104"]),
        ({"lrn": {"share": "lrn0"}}, ["SC102"]),
    ],
)
def test_fields_that_are_wrong(ask: Ask, written: Any, codes: list[str]) -> None:
    asked = ask("8x8x4", written)
    assert asked.codes == codes
    assert asked["output"] is None


@pytest.mark.parametrize(
    ("kind", "theirs", "ours"),
    [
        ("batch_norm", {"momentum": 0.1}, {}),
        ("batch_norm", {"num_features": 4}, {}),
        ("batch_norm", {"epsilon": 0.1}, {"eps": 0.1}),
        ("batch_norm", {"beta_initializer": "zeros", "bias": False}, {"center": False}),
        ("layer_norm", {"normalized_shape": 4}, {}),
        ("layer_norm", {"elementwise_affine": False}, {"affine": False}),
        ("group_norm", {"num_groups": 2}, {"groups": 2}),
    ],
)
def test_frameworks_fields_are_read(
    ask: Ask, kind: str, theirs: dict[str, Any], ours: dict[str, Any]
) -> None:
    asked = ask("8x8x4", {kind: theirs})
    assert asked.codes == ["SC410"]
    assert asked.record == ask("8x8x4", {kind: ours}).record


@pytest.mark.parametrize("kind", ANY_RANK)
@pytest.mark.parametrize(
    ("fields", "weights", "biases"),
    [
        ({"scale": False}, 0, 4),
        ({"center": False}, 4, 0),
        ({"bias": False}, 4, 0),  # PyTorch's word for center
        ({"scale": False, "center": False}, 0, 0),
        ({"affine": False, "scale": True}, 0, 0),
    ],
)
def test_a_gamma_or_a_beta_alone(
    ask: Ask, kind: str, fields: dict[str, Any], weights: int, biases: int
) -> None:
    asked = ask("8x8x4", layer(kind, **fields))
    assert asked.errors == []
    assert (asked["weights"], asked["biases"]) == (weights, biases)
    assert asked["non_trainable"] == (8 if kind == "batch_norm" else 0)
    unknown = ask("4x4x4", {"conv": {"K": 4, "F": 9}}, layer(kind, **fields))
    assert (unknown["weights"], unknown["biases"]) == (weights and None, biases and None)


def test_statistics_that_are_not_kept_are_a_fault_and_no_count_is_made_up(ask: Ask) -> None:
    asked = ask("8x8x4", {"batch_norm": {"track_running_stats": False}})
    assert asked.errors == ["SC102"]
    assert asked["weights"] is None


@pytest.mark.parametrize("volume", [(7,), (5, 7), (4, 3, 6), (2, 1, 3, 2, 4)])
def test_a_layer_norm_over_all_has_a_gamma_and_a_beta_for_every_value(
    ask: Ask, volume: tuple[int, ...]
) -> None:
    asked = ask(volume, {"layer_norm": {"over": "all"}})
    assert asked.codes == []
    assert (asked["output"], asked["macs"]) == ([*volume], 0)
    assert asked["weights"] == asked["biases"] == prod(volume)
    assert asked["receptive_field"] == ([*volume[:-1]] or None)
    assert ask(volume, {"layer_norm": {"over": "all", "center": False}})["biases"] == 0
    assert ask(volume, {"layer_norm": {"over": "none"}}).codes == ["SC104"]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("batch_norm", "batch_norm"),
        ({"batch_norm": {"affine": False, "eps": 0.001}}, "batch_norm affine=false eps=0.001"),
        ({"group_norm": 2}, "group_norm groups=2"),
        ("lrn", "lrn"),
        ({"lrn": {"size": 3, "k": 2}}, "lrn size=3 k=2"),
    ],
)
def test_a_norm_is_described_by_its_fields(written: Any, text: str) -> None:
    (record,) = trace({"input": "8x8x4", "layers": [written]}).layers
    assert record.summary == text


@pytest.mark.parametrize(
    ("layer", "weights", "biases"),
    [
        ("rms_norm", 7, 0),
        ({"rms_norm": {"weight": False, "eps": 0.1}}, 0, 0),
        ("l2_normalize", 0, 0),
        ({"l2_normalize": {"eps": 1}}, 0, 0),
        ("scale", 7, 0),
        ({"scale": {"bias": True}}, 7, 7),
        ({"scale": {"weight": False, "bias": True}}, 0, 7),
        ({"scale": {"weight": 0.5, "bias": -1}}, 0, 0),
        ({"scale": {"weight": False}}, 0, 0),
        ({"scale": {"weight": [1, 2, 3, 4, 5, 6, 0.5], "bias": True}}, 0, 7),
        ({"scale": {"bias": [1, 2, 3, 4, 5, 6, -7]}}, 7, 0),
    ],
)
@pytest.mark.parametrize("volume", ["7", "5x7", "5x6x7", "2x3x4x7"])
def test_norms_without_a_mean_and_scale(
    ask: Ask, volume: str, layer: Any, weights: int, biases: int
) -> None:
    asked = ask(volume, layer)
    assert asked.codes == []
    assert asked["output"] == [int(size) for size in volume.split("x")]
    assert (asked["weights"], asked["biases"], asked["macs"]) == (weights, biases, 0)


@pytest.mark.parametrize(
    "layer",
    [
        {"scale": {"weight": "yes"}},
        {"scale": {"bias": None}},
        {"scale": {"weight": float("nan")}},
        {"scale": {"weight": []}},
        {"scale": {"weight": [1, 2, 3, 4, 5, 6]}},
        {"scale": {"weight": [1, 2, 3, 4, 5, 6, True]}},
        {"scale": {"bias": [[1, 2, 3, 4, 5, 6, 7]]}},
        {"scale": {"bias": [1] * 8}},
        {"rms_norm": {"weight": 0.5}},
        {"rms_norm": {"eps": 0}},
        {"l2_normalize": {"eps": -1}},
    ],
)
def test_fields_of_norms_without_a_mean_and_scale(ask: Ask, layer: Any) -> None:
    assert ask("5x6x7", layer).codes == ["SC104"]


@pytest.mark.parametrize(
    ("kind", "eps"), [("layer_norm", 1e-5), ("rms_norm", 1e-6), ("l2_normalize", 1e-12)]
)
def test_eps_is_that_of_pytorch_and_keras_unless_written(kind: str, eps: float) -> None:
    assert KINDS[kind]().eps == eps


def test_a_list_of_another_length_than_the_depth_is_told() -> None:
    (one,) = trace({"input": "5x6x7", "layers": [{"scale": {"bias": [1, 2]}}]}).diagnostics
    assert "bias has 2 values, and the input has 7 slices" in one.message


@pytest.mark.parametrize("depth", [1, 4, 5, 500])
def test_a_list_fits_some_size_of_an_open_depth(depth: int) -> None:
    for volume in ("?", "5x?", "?x?x?"):
        found = trace({"input": volume, "layers": [{"scale": {"weight": [1] * depth}}]})
        assert [d.code for d in found.diagnostics] == []


def test_a_long_list_is_cut_where_it_is_shown() -> None:
    assert KINDS["scale"](weight=[0.5, 2]).summary() == "weight=[0.5,2]"
    assert "[1,1,... 500 values]" in KINDS["scale"](weight=[1] * 500).summary()
