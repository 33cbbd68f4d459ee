"""A trace as a DataFrame of pandas."""

from __future__ import annotations

import pytest

from shapecalc import trace

pandas = pytest.importorskip("pandas")


def test_a_row_for_each_layer() -> None:
    layers = [{"conv": {"K": 6, "F": 5}}, "tanh", {"dense": 10}]
    frame = trace({"input": "32x32x1", "layers": layers}).to_pandas()
    assert [*frame.index] == ["conv1", "tanh1", "dense1"]
    assert [*frame["parameters"]] == [156, 0, 47050]  # 5*5*1*6 + 6 and 28*28*6*10 + 10
    assert frame["parameters"].dtype == "Int64"
    assert frame.loc["conv1", "output"] == [28, 28, 6]


def test_what_is_not_known_is_missing_and_no_number_is_rounded() -> None:
    large = 2**53 + 1  # no float
    layers = [{"dense": {"units": large, "bias": False}}, "dropuot", {"dense": 3}]
    counts = trace({"input": 1, "layers": layers}).to_pandas()["weights"]
    assert counts.iloc[0] == large
    assert counts.isna().any()


def test_a_network_without_layers_has_no_rows() -> None:
    assert len(trace({"input": 3, "layers": []}).to_pandas()) == 0
