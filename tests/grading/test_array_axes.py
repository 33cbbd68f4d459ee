"""What the axes of an example's arrays are called: as the arrays lie in PyTorch, depth first."""

from __future__ import annotations

from typing import Any

import pytest

import shapecalc
from shapecalc.grading.array_axes import array_axes, outermost

IMAGE = ("depth", "row", "column")


@pytest.mark.parametrize(
    ("volume", "layer", "key", "axes", "rows"),
    [
        ("5x4x3", {"conv": {"K": 2, "F": 3}}, "conv1.weight", ("filter", *IMAGE), "filter"),
        ("5x4x3", {"conv": {"K": 1, "F": 3}}, "conv1.weight.grad", ("filter", *IMAGE), "slice"),
        ("5x4x3", {"conv": {"K": 2, "F": 3}}, "conv1.bias", ("filter",), ""),
        ("5x4x3", {"conv": {"K": 2, "F": 3}}, "conv1.grad", IMAGE, "slice"),
        ("5x4x1", {"conv": {"K": 2, "F": 3}}, "input", IMAGE, "row"),
        ("5x4x3", {"depthwise_conv": {"F": 3}}, "depthwise_conv1.weight",
         ("filter", *IMAGE), "filter"),
        ("5x4x3", {"conv_transpose": {"K": 2, "F": 3}}, "conv_transpose1.weight.next",
         ("depth", "filter", "row", "column"), "slice"),
        ("9x3", {"conv": {"K": 2, "F": 3}}, "conv1.weight", ("filter", "depth", "position"),
         "filter"),
        ("3x5x4x2", {"conv": {"K": 2, "F": 3}}, "input", ("depth", "frame", "row", "column"),
         "slice"),
        ("3", {"dense": 2}, "dense1.weight", ("unit", "input"), "unit"),
        ("3", {"dense": 2}, "dense1.bias.grad", ("unit",), ""),
        ("3", {"dense": 2}, "dense1", (), ""),
        ("5x4x3", "batch_norm", "batch_norm1.weight", (), ""),
        ("3", {"dense": 2}, "loss", (), ""),
        ("3", {"dense": 2}, "nobody", (), ""),
    ],
)  # fmt: skip
def test_axes_have_their_words(
    volume: str, layer: Any, key: str, axes: tuple[str, ...], rows: str
) -> None:
    spec = {"input": volume, "layers": [layer], "example": {"rate": 0.1, "upstream": {}}}
    trace = shapecalc.trace(spec)
    assert array_axes(trace, key) == axes
    assert outermost(trace, key) == rows


def test_axes_of_one_may_be_left_out_and_a_batch_is_one_more() -> None:
    trace = shapecalc.trace({"input": "5x4x1", "layers": [{"conv": {"K": 1, "F": 3}}]})
    assert array_axes(trace, "input", 2) == ("row", "column")
    assert array_axes(trace, "input", 4) == ("example", *IMAGE)
    assert array_axes(trace, "conv1.weight", 2) == ("row", "column")
    assert array_axes(trace, "conv1.weight", 5) == ()
