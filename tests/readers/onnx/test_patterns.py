"""Formulas that exporters write node by node are one operator; what only looks like one is not."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

import pytest
from onnx_files import Array, graph, model, node, weights, whole

from shapecalc.readers.onnx.messages import read_model
from shapecalc.readers.onnx.patterns import simplified

NUMBERS = {
    "one": 1.0, "half": 0.5, "two": 2.0, "three": 3.0, "six": 6.0, "sixth": 1 / 6, "none": 0.0,
    "root": sqrt(2), "inverse": sqrt(0.5), "eps": 1e-5,
}  # fmt: skip


def left(nodes: Sequence[bytes], *outputs: str) -> list[Any]:
    """Return the nodes that are left of a graph."""
    arrays = {name: Array((), (value,)) for name, value in NUMBERS.items()}
    arrays |= weights(w=(4,), b=(4,)) | {"groups": whole(0, 2, -1), "back": whole(1, 4, 8, 8)}
    made = graph(nodes, {"x": (1, 4)}, dict.fromkeys(outputs or ("y",), ()), arrays)
    found = read_model(model(made)).graph
    assert found is not None
    return list(simplified(found, frozenset(outputs or ("y",))))


ERF = [
    node("Div", ["x", "root"], ["d"]),
    node("Erf", ["d"], ["e"]),
    node("Add", ["e", "one"], ["a"]),
]
GELUS = {
    "product, then half": [
        *ERF, node("Mul", ["x", "a"], ["m"]), node("Mul", ["m", "half"], ["y"], "end")
    ],
    "half, then product": [
        *ERF, node("Mul", ["a", "half"], ["m"]), node("Mul", ["x", "m"], ["y"], "end")
    ],
    "half of x": [*ERF, node("Mul", ["x", "half"], ["h"]), node("Mul", ["h", "a"], ["y"], "end")],
    "a product in front": [
        node("Mul", ["x", "inverse"], ["d"]), *ERF[1:], node("Mul", ["x", "a"], ["m"]),
        node("Div", ["m", "two"], ["y"], "end"),
    ],
}  # fmt: skip
ADDED = [node("Add", ["three", "x"], ["a"]), node("Clip", ["a", "none", "six"], ["c"])]
SWISHES = {
    "divided": [*ADDED, node("Mul", ["x", "c"], ["m"]), node("Div", ["m", "six"], ["y"], "end")],
    "multiplied": [
        *ADDED,
        node("Mul", ["c", "x"], ["m"]),
        node("Mul", ["m", "sixth"], ["y"], "end"),
    ],
}
MEAN = [node("ReduceMean", ["x"], ["m"], axes=[-1]), node("Sub", ["x", "m"], ["s"])]
ROOT = [
    node("ReduceMean", ["p"], ["v"], axes=[-1]), node("Add", ["v", "eps"], ["t"]),
    node("Sqrt", ["t"], ["r"]), node("Div", ["s", "r"], ["n"]),
]  # fmt: skip
WEIGHTS = [node("Mul", ["n", "w"], ["k"]), node("Add", ["k", "b"], ["y"], "end")]
NORMS = {
    "a power": [*MEAN, node("Pow", ["s", "two"], ["p"]), *ROOT, *WEIGHTS],
    "a product": [*MEAN, node("Mul", ["s", "s"], ["p"]), *ROOT, *WEIGHTS],
    "two differences": [
        *MEAN, node("Sub", ["x", "m"], ["s2"]), node("Pow", ["s2", "two"], ["p"]), *ROOT, *WEIGHTS
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("op", "nodes"),
    [
        *(("Gelu", nodes) for nodes in GELUS.values()),
        *(("HardSwish", nodes) for nodes in SWISHES.values()),
        ("HardSigmoid", [*ADDED, node("Div", ["c", "six"], ["y"], "end")]),
        *(("LayerNormalization", nodes) for nodes in NORMS.values()),
    ],
)
def test_a_formula_is_one_operator(op: str, nodes: list[bytes]) -> None:
    (found,) = left(nodes)
    assert (found.op, found.name, found.outputs) == (op, "end", ["y"])
    assert found.inputs == (["x", "w", "b"] if op == "LayerNormalization" else ["x"])


def test_limits_and_axes_may_be_attributes() -> None:
    clip = node("Clip", ["a"], ["c"], min=0.0, max=6.0)
    (found,) = left([ADDED[0], clip, node("Div", ["c", "six"], ["y"])])
    assert found.op == "HardSigmoid"


def test_a_norm_without_weights_keeps_what_follows() -> None:
    nodes = [*NORMS["a power"][:-2], node("Mul", ["n", "x"], ["y"])]
    assert [one.op for one in left(nodes)] == ["LayerNormalization", "Mul"]


def test_a_norm_of_groups_is_two_reshapes_and_a_norm() -> None:
    ones = [node("Constant", [], [name], value=Array((2,), (1.0, 1.0))) for name in "gh"]
    nodes = [
        *ones, node("Reshape", ["x", "groups"], ["r"]),
        node("InstanceNormalization", ["r", "g", "h"], ["n"], epsilon=1e-3),
        node("Reshape", ["n", "back"], ["n2"]), node("Mul", ["n2", "w"], ["k"]),
        node("Add", ["k", "b"], ["y"]),
    ]  # fmt: skip
    found = left(nodes)[-1]
    assert (found.op, found.inputs) == ("GroupNormalization", ["x", "w", "b"])
    assert found.attributes == {"num_groups": 2, "epsilon": 0.001}


@pytest.mark.parametrize(
    "nodes",
    [
        [*ERF, node("Mul", ["x", "a"], ["m"]), node("Mul", ["m", "two"], ["y"])],
        [*ERF, node("Mul", ["b", "a"], ["m"]), node("Mul", ["m", "half"], ["y"])],
        [*GELUS["half of x"], node("Relu", ["e"], ["z"])],  # a step is used elsewhere, too
        [ADDED[0], node("Clip", ["a", "none", "three"], ["c"]), node("Div", ["c", "six"], ["y"])],
        [*ADDED, node("Div", ["six", "c"], ["y"])],
        [*ADDED, node("Mul", ["b", "c"], ["m"]), node("Div", ["m", "six"], ["y"])],
        [*MEAN, node("Pow", ["s", "three"], ["p"]), *ROOT, *WEIGHTS],
        [*MEAN, node("Pow", ["x", "two"], ["p"]), *ROOT, *WEIGHTS],
        [*NORMS["a power"], node("Relu", ["v"], ["z"])],
        [node("ReduceMean", ["x"], ["m"], axes=[0]), *NORMS["a power"][1:]],
    ],
)
def test_what_only_looks_like_a_formula_is_left(nodes: list[bytes]) -> None:
    assert len(left(nodes)) == len(nodes)


def test_a_step_that_is_an_output_is_left() -> None:
    nodes = GELUS["product, then half"]
    assert len(left(nodes, "y", "e")) == len(nodes)
