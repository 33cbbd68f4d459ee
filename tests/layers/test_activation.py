"""Activations and dropout: nothing changes but the values, and nothing is learned but slopes."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import pytest

from shapecalc import trace

Ask = Callable[..., Any]
FUNCTIONS = (
    *("relu", "gelu", "silu", "mish", "relu6", "hard_sigmoid", "hard_swish", "sigmoid", "tanh"),
    *("softplus", "softmax", "log_softmax", "elu", "selu", "leaky_relu", "dropout"),
    *("hard_tanh", "softsign", "exp", "abs", "sqrt", "identity"),
)
VOLUMES: dict[str, list[int]] = {
    "10": [10],
    "10x4": [10, 4],
    "5x6x7": [5, 6, 7],
    "2x3x4x5": [2, 3, 4, 5],
}


@pytest.mark.parametrize("volume", VOLUMES)
@pytest.mark.parametrize("kind", [*FUNCTIONS, "prelu"])
def test_every_volume_passes_unchanged(ask: Ask, kind: str, volume: str) -> None:
    asked = ask(volume, kind)
    assert asked.codes == []
    assert asked["output"] == VOLUMES[volume]
    assert (asked["biases"], asked["non_trainable"], asked["macs"]) == (0, 0, 0)
    assert asked["parameters"] == (1 if kind == "prelu" else 0)


@pytest.mark.parametrize("kind", [*FUNCTIONS, "prelu"])
def test_nothing_may_be_written_in_three_ways(ask: Ask, kind: str) -> None:
    bare = ask("8x8x3", kind)
    assert ask("8x8x3", {kind: None}).record == bare.record
    assert ask("8x8x3", {kind: {}}).record == bare.record


@pytest.mark.parametrize("volume", VOLUMES)
def test_slopes_are_weights(ask: Ask, volume: str) -> None:
    one = ask(volume, "prelu")
    assert ask(volume, {"prelu": "per_slice"})["weights"] == VOLUMES[volume][-1]  # a bare value
    assert (one["weights"], one["biases"], one["parameters"]) == (1, 0, 1)
    D, values = VOLUMES[volume][-1], prod(VOLUMES[volume])
    for field, value, count in (
        ("per_channel", True, D),
        ("slopes", "per_slice", D),
        ("slopes", "per_value", values),
    ):
        each = ask(volume, {"prelu": {field: value}})
        assert each.codes == []
        assert (each["weights"], each["biases"], each["parameters"]) == (count, 0, count)
        assert each["non_trainable"] == 0
    assert ask(volume, {"prelu": {"per_channel": False}}).record == one.record


@pytest.mark.parametrize("rate", [0, 0.0, 0.25, 0.5, 0.999])
def test_rates_from_zero_up_to_one(ask: Ask, rate: float) -> None:
    assert ask("10", {"dropout": rate}).codes == []
    assert ask("10", {"dropout": {"rate": rate}}).codes == []


@pytest.mark.parametrize(
    "rate", [1, 1.0, -0.1, 2, "0.5", True, False, [0.5], float("nan"), float("inf"), 10**400]
)
def test_rates_are_strict(ask: Ask, rate: Any) -> None:
    asked = ask("10", {"dropout": rate})
    assert asked.codes == ["SC104"]
    assert "rate" in asked.said("SC104")


@pytest.mark.parametrize("slope", [0, 0.01, 1, -0.5, 2.5])
def test_slopes_are_any_number(ask: Ask, slope: float) -> None:
    assert ask("10", {"leaky_relu": slope}).codes == []


@pytest.mark.parametrize("slope", ["0.1", True, [0.1], float("nan"), float("-inf")])
def test_slopes_are_strict(ask: Ask, slope: Any) -> None:
    assert ask("10", {"leaky_relu": slope}).codes == ["SC104"]


@pytest.mark.parametrize("value", [1, "yes", 0])
def test_slopes_are_one_of_a_few_words(ask: Ask, value: Any) -> None:
    assert ask("10", {"prelu": {"per_channel": value}}).codes == ["SC104"]
    assert ask("10", {"prelu": {"slopes": value}}).codes == ["SC104"]


def test_slopes_are_written_once(ask: Ask) -> None:
    written = {"prelu": {"per_channel": True, "slopes": "one"}}
    assert ask("10", written).codes == ["SC106"]


@pytest.mark.parametrize(
    "kind", [kind for kind in FUNCTIONS if kind not in ("relu", "leaky_relu", "dropout")]
)
def test_functions_without_fields_take_no_value(ask: Ask, kind: str) -> None:
    assert ask("10", {kind: 5}).codes == ["SC104"]
    assert ask("10", {kind: {"slope": 0.1}}).codes == ["SC102"]


@pytest.mark.parametrize(
    ("layer", "cure"),
    [
        ({"relu": {"inplace": True}}, "leave out inplace"),
        ({"dropout": {"p": 0.5}}, "rate for p"),
        ({"leaky_relu": {"negative_slope": 0.2}}, "slope for negative_slope"),
        ({"leaky_relu": {"alpha": 0.2}}, "slope for alpha"),
        ({"softmax": {"dim": 1}}, "leave out dim"),
        ({"prelu": {"num_parameters": 10}}, "slopes: per_slice for num_parameters: 10"),
    ],
)
def test_frameworks_fields_are_read(ask: Ask, layer: Any, cure: str) -> None:
    asked = ask("10", layer)
    assert asked.codes == ["SC410"]
    assert cure in asked.hint("SC410")


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        *(({"max": most}, []) for most in (0, 1, 6.5)),
        *(({"slope": slope}, []) for slope in (0, 0.2, -1)),
        *(({"threshold": least}, []) for least in (0, 2.5)),
        ({"max": 6, "slope": 0.1, "threshold": 1}, []),
        *(({"max": most}, ["SC104"]) for most in (-1, "6", True, float("inf"))),
        *(({"threshold": least}, ["SC104"]) for least in (-0.5, None, [1])),
        ({"slope": "0.1"}, ["SC104"]),
        ({"min": 1}, ["SC102"]),
    ],
)
def test_relu_with_fields(ask: Ask, fields: dict[str, Any], codes: list[str]) -> None:
    asked = ask("5x6x7", {"relu": fields})
    assert asked.codes == codes
    assert asked["output"] == (None if codes else [5, 6, 7])


def test_a_number_alone_is_no_field_of_relu(ask: Ask) -> None:
    assert ask("10", {"relu": 5}).codes == ["SC104"]


@pytest.mark.parametrize(
    ("volume", "output"),
    [("10", [5]), ("10x4", [10, 2]), ("5x6x2", [5, 6, 1]), ("2x3x4x6", [2, 3, 4, 3])],
)
def test_glu_halves_the_depth(ask: Ask, volume: str, output: list[int]) -> None:
    asked = ask(volume, "glu")
    assert asked.codes == []
    assert asked["output"] == output
    assert (asked["parameters"], asked["macs"]) == (0, 0)
    last = volume.rpartition("x")[2]
    assert any(line.endswith(f"{last}/2 = {output[-1]}") for line in asked["derivation"])


@pytest.mark.parametrize("volume", ["7", "1", "4x4x3"])
def test_an_odd_depth_has_no_halves(ask: Ask, volume: str) -> None:
    asked = ask(volume, "glu")
    assert asked.codes == ["SC204"]
    assert "two halves" in asked.said("SC204")


def test_an_activation_has_nothing_to_share(ask: Ask) -> None:
    assert ask("10", {"relu": {"share": "relu0"}}).codes == ["SC102"]


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        ("relu", "relu"),
        ({"leaky_relu": 0.1}, "leaky_relu slope=0.1"),
        ("leaky_relu", "leaky_relu"),
        ({"dropout": 0.25}, "dropout rate=0.25"),
        ({"prelu": {"per_channel": True}}, "prelu slopes=per_slice"),
        ({"relu": {"max": 6, "slope": 0.1}}, "relu max=6 slope=0.1"),
    ],
)
def test_an_activation_is_described_by_its_fields(layer: Any, text: str) -> None:
    (record,) = trace({"input": 5, "layers": [layer]}).layers
    assert record.summary == text
