"""Layers that are written alike are worked out once: what looks alike and is not, is told apart."""

from __future__ import annotations

from typing import Any

import pytest

import shapecalc
from shapecalc.network import leaf_layers


def codes(spec: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Return the codes of what is wrong with a network, each with its layer."""
    return [(found.code, found.layer) for found in shapecalc.check(spec)]


@pytest.mark.parametrize("value", [1, {"units": 1}])
def test_one_is_not_true(value: Any) -> None:
    true = {"units": True} if isinstance(value, dict) else True
    assert codes({"input": 3, "layers": [{"dense": value}]}) == []
    assert codes({"input": 3, "layers": [{"dense": true}]}) == [("SC104", "dense1")]
    assert codes({"input": 3, "layers": [{"dense": value}]}) == []


@pytest.mark.parametrize(("values", "faulty"), [([1, True], "unit2"), ([True, 1], "unit1")])
def test_one_is_not_true_in_a_block(values: list[int], faulty: str) -> None:
    block = {"parameters": {"n": None}, "layers": [{"dense": "$n"}]}
    layers = [{"unit": {"n": value}} for value in values]
    found = codes({"input": 3, "blocks": {"unit": block}, "layers": layers})
    assert found == [("SC104", f"{faulty}.dense1")]


def test_networks_round_as_they_say() -> None:
    spec = {"input": "6x6x1", "layers": [{"conv": {"K": 2, "F": 3, "S": 2}}]}
    rounded = shapecalc.trace({**spec, "rounding": "floor"})
    assert rounded.output == (2, 2, 2)
    assert ("SC201", "conv1") in codes(spec)
    assert ("SC401", "conv1") in codes({**spec, "rounding": "floor"})


def test_a_layer_is_checked_on_every_volume_that_it_gets() -> None:
    pool = {"max_pool": {"F": 2, "S": 2, "rounding": "floor"}}
    spec = {"input": "12x12x1", "layers": [{"repeat": {"times": 3, "layers": [pool]}}]}
    assert codes(spec) == [("SC401", "max_pool3")]  # 12, 6 and 3: only this one is odd


def test_each_place_of_a_layer_keeps_its_own_path() -> None:
    inside = ["relu", {"conv": {"K": 3, "F": 1}}, "relu"]
    trace = shapecalc.trace(
        {"input": "4x4x3", "layers": [{"repeat": {"times": 2, "layers": inside}}, "relu"]}
    )
    places = [record.path[-1] if record.kind == "relu" else record.path[-2] for record in trace]
    assert places == [0, 1, 2, 0, 1, 2, 1]
    assert [record.name for record in trace if record.kind == "relu"] == [
        f"relu{number}" for number in range(1, 6)
    ]
    assert len({id(record.layer) for record in trace if record.kind == "relu"}) == 1


def test_what_was_read_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaf_layers, "MOST_READ", 10)
    layers = [{"dense": units} for units in range(1, 100)]
    assert codes({"input": 3, "layers": layers}) == []
    assert len(leaf_layers._alike) <= 10
