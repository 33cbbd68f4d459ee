"""run: layouts, joined layers, modes and seeds, by hand and by loops."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import shapecalc
from shapecalc.executor import Result, run

Spec = dict[str, Any]
Shape = tuple[int, ...]


def chain(size: str | int, *layers: Any, **more: Any) -> Spec:
    """Return a spec whose layers follow each other."""
    return {"input": size, "layers": list(layers), **more}


def listed(arrays: Any, *names: str) -> list[Any]:
    """Return arrays as nested lists, without the axis of a batch of one."""
    found = [arrays[name] for name in names]
    return [(a[0] if len(a) == 1 else a).tolist() for a in found]


# -- layouts ---------------------------------------------------------------------------------------

LAYOUTS: list[tuple[str, Spec, Shape, dict[str, Shape]]] = [
    ("7x5x2", {"conv": {"K": 3, "F": "2x4"}}, (3, 6, 2), {"weight": (3, 2, 2, 4), "bias": (3,)}),
    ("7x4", {"conv": {"K": 6, "F": 3, "groups": 2}}, (6, 5), {"weight": (6, 2, 3), "bias": (6,)}),
    ("3x4x5x2", {"conv": {"K": 3, "F": 2}}, (3, 2, 3, 4), {"weight": (3, 2, 2, 2, 2)}),
    ("4x5x2", {"conv_transpose": {"K": 3, "F": 2, "S": 2}}, (3, 8, 10), {"weight": (2, 3, 2, 2)}),
    ("4x5x2", {"depthwise_conv": 3}, (2, 2, 3), {"weight": (2, 1, 3, 3), "bias": (2,)}),
    ("4x5x2", {"dense": 3}, (3,), {"weight": (3, 40), "bias": (3,)}),
    ("4x5x2", {"batch_norm": {}}, (2, 4, 5), {"weight": (2,), "running_mean": (2,)}),
    ("4x5x2", {"prelu": {}}, (2, 4, 5), {"weight": (1,)}),
    ("4x5x2", {"flatten": {}}, (40,), {}),
]  # fmt: skip


@pytest.mark.parametrize(("size", "layer", "output", "parameters"), LAYOUTS)
def test_values_are_depth_first_and_parameters_as_in_pytorch(
    size: str, layer: Spec, output: Shape, parameters: dict[str, Shape]
) -> None:
    name = f"{next(iter(layer))}1"
    result = run(chain(size, layer, batch=2), upstream={name: np.ones((2, *output))})
    *spatial, depth = map(int, size.split("x"))
    assert result.outputs["input"].shape == (2, depth, *spatial)
    assert result.outputs[name].shape == (2, *output)
    assert result.gradients["input"].shape == (2, depth, *spatial)
    for parameter, shape in parameters.items():
        assert result.parameters[f"{name}.{parameter}"].shape == shape
        if not parameter.startswith("running"):
            assert result.gradients[f"{name}.{parameter}"].shape == shape
        else:
            assert f"{name}.{parameter}" not in result.gradients


def test_a_convolution_and_its_gradients_are_those_of_loops() -> None:
    random = np.random.default_rng(1)
    x, w = random.standard_normal((2, 2, 4, 5)), random.standard_normal((3, 2, 2, 3))
    b, u = random.standard_normal(3), random.standard_normal((2, 3, 3, 3))
    result = run(
        chain("4x5x2", {"conv": {"K": 3, "F": "2x3"}}),
        inputs=x,
        parameters={"conv1.weight": w, "conv1.bias": b},
        upstream={"conv1": u},
    )
    y, dx, dw = np.zeros(u.shape), np.zeros(x.shape), np.zeros(w.shape)
    y += b[:, None, None]
    for n, k, c, i, j, p, q in product(*map(range, (2, 3, 2, 3, 3, 2, 3))):
        y[n, k, i, j] += w[k, c, p, q] * x[n, c, i + p, j + q]
        dx[n, c, i + p, j + q] += w[k, c, p, q] * u[n, k, i, j]
        dw[k, c, p, q] += x[n, c, i + p, j + q] * u[n, k, i, j]
    for found, wanted in [
        (result.outputs["conv1"], y),
        (result.gradients["input"], dx),
        (result.gradients["conv1.weight"], dw),
        (result.gradients["conv1.bias"], u.sum((0, 2, 3))),
        (result.parameters["conv1.weight"], w),
    ]:
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12)


def test_dense_and_flatten_number_depth_then_height_then_width() -> None:
    x = np.arange(12.0).reshape(2, 3, 2)  # D x H x W
    layers = {"dense": {"units": 12, "bias": False}}, {"flatten": {"from": "input"}}
    result = run(
        chain("3x2x2", *layers, outputs=["dense1", "flatten1"]),
        inputs=x,
        parameters={"dense1.weight": np.eye(12)},
    )
    assert listed(result.outputs, "dense1", "flatten1") == [[*range(12)], [*range(12)]]


@pytest.mark.parametrize(
    "inputs",
    [
        [[1, 2], [3, 4]],
        ((1, 2), (3, 4)),
        {"input": [[[1, 2], [3, 4]]]},
        np.array([[[[1, 2], [3, 4]]]], np.int8),
        np.array([[1, 2], [3, 4]], np.float32),
    ],
)
def test_an_input_may_leave_out_leading_axes_of_one(inputs: Any) -> None:
    result = run(chain("2x2x1", "relu"), inputs=inputs)
    assert result.outputs["relu1"].tolist() == [[[[1, 2], [3, 4]]]]


@pytest.mark.parametrize("shape", [(3, 2, 2), (3, 1, 2, 2)])
def test_one_more_axis_is_the_batch_whatever_the_spec_says(shape: Shape) -> None:
    result = run(chain("2x2x1", "relu", batch=2), inputs=np.ones(shape))
    assert result.outputs["relu1"].shape == (3, 1, 2, 2)


def test_the_batch_of_the_spec_is_drawn_where_nothing_is_given() -> None:
    spec = {"inputs": {"a": 3, "b": 3}, "layers": [{"add": ["a", "b"]}], "batch": 4}
    assert run(spec).outputs["add1"].shape == (4, 3)
    assert run(spec, inputs={"a": np.ones((2, 3))}).outputs["b"].shape == (2, 3)
    assert run(spec, inputs={"a": None}).outputs["b"].shape == (4, 3)


# -- joined layers ---------------------------------------------------------------------------------


def test_the_gradients_of_shared_weights_are_added_up() -> None:
    first = {"dense": {"name": "first", "units": 1, "bias": False}}
    second = {"dense": {"name": "second", "units": 1, "bias": False, "share": "first"}}
    result = run(
        chain(1, first, second),
        inputs=[3],
        parameters={"first.weight": [[2]]},
        loss={"squared_error": [0]},
    )
    assert listed(result.outputs, "first", "second") == [[6], [12]]
    assert result.gradients["first.weight"].tolist() == [[24 * 6 + 24 * 2 * 3]]
    assert list(result.parameters) == ["first.weight"]
    assert "second.weight" not in result.gradients


@pytest.mark.parametrize("keep", ["all", "outputs"])
def test_the_gradients_of_all_consumers_are_added_up(keep: Any) -> None:
    spec = chain(
        2,
        "relu",
        {"multiply": ["relu1", "relu1", "relu1"]},
        {"leaky_relu": {"slope": 0.5, "from": "relu1"}},
        {"add": ["multiply1", "leaky_relu1", "input"]},
    )
    result = run(spec, inputs=[2, -3], upstream={"add1": [1, 10]}, keep=keep)
    assert listed(result.outputs, "add1") == [[8 + 2 + 2, -3]]
    assert listed(result.gradients, "input") == [[3 * 4 + 1 + 1, 10]]


# -- keep, dtype, modes, seed ----------------------------------------------------------------------

MIXED = chain(
    "6x6x2",
    {"conv": {"K": 3, "F": 3}},
    "batch_norm",
    "relu",
    {"dropout": 0.5},
    {"max_pool": 2},
    {"dense": 4},
    "softmax",
    batch=3,
)


def same(one: Result, other: Result) -> None:
    """Assert that everything that both hold is the same to the last bit."""
    for part in ("outputs", "parameters", "gradients"):
        left, right = getattr(one, part), getattr(other, part)
        assert all(np.array_equal(left[name], right[name]) for name in set(left) & set(right))
    assert one.loss == other.loss


def test_only_the_outputs_are_kept_if_asked_for() -> None:
    loss = {"cross_entropy": [0, 3, 1]}
    every, ends = (run(MIXED, loss=loss, keep=keep) for keep in ("all", "outputs"))
    assert len(every.outputs) == 8
    assert list(ends.outputs) == ["softmax1"]
    names = [name for name in every.gradients if "." in name]
    assert len(names) == 6
    assert sorted(ends.gradients) == sorted(["input", *names])
    assert list(ends.parameters) == list(every.parameters)
    same(every, ends)
    with pytest.raises(KeyError, match="softmax1"):
        ends.outputs["conv1"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_everything_is_in_the_precision_asked_for(dtype: str) -> None:
    result = run(MIXED, dtype=dtype, loss={"cross_entropy": [0, 3, 1]})
    for part in (result.outputs, result.parameters, result.gradients):
        assert [str(array.dtype) for array in part.values()] == [dtype] * len(part)


def test_both_precisions_draw_the_same_numbers() -> None:
    single, double = run(MIXED, dtype="float32"), run(MIXED)
    rounded = double.outputs["input"].astype(np.float32)
    assert np.array_equal(single.outputs["input"], rounded)
    for name, values in single.parameters.items():
        assert np.array_equal(values, double.parameters[name]), name
    np.testing.assert_allclose(single.outputs["softmax1"], double.outputs["softmax1"], rtol=1e-4)
    assert not np.array_equal(single.outputs["softmax1"], double.outputs["softmax1"])


def test_what_is_drawn_follows_from_the_seed_alone() -> None:
    same(run(MIXED, seed=5), run(MIXED, seed=5))
    first, other = run(MIXED, seed=5), run(MIXED, seed=6)
    for name in ("input", "softmax1"):
        assert not np.array_equal(first.outputs[name], other.outputs[name])
    drawn = ("conv1.weight", "dense1.weight")
    assert not any(np.array_equal(first.parameters[n], other.parameters[n]) for n in drawn)
    given = run(MIXED, seed=5, parameters={"conv1.weight": np.ones((3, 2, 3, 3))})
    assert np.array_equal(given.parameters["dense1.weight"], first.parameters["dense1.weight"])
    assert np.array_equal(given.outputs["input"], first.outputs["input"])


def test_missing_weights_are_he_normal_and_biases_zero() -> None:
    result = run(chain("5x5x40", {"conv": {"K": 200, "F": 3}}, "batch_norm", "prelu"))
    weight = result.parameters["conv1.weight"]  # 72,000 values of fan-in 40*9
    assert weight.std() == pytest.approx(sqrt(2 / 360), rel=0.01)
    assert abs(weight.mean()) < 0.001
    for name, value in [
        ("conv1.bias", 0), ("batch_norm1.weight", 1), ("batch_norm1.bias", 0),
        ("batch_norm1.running_mean", 0), ("batch_norm1.running_var", 1), ("prelu1.weight", 0.25),
    ]:  # fmt: skip
        assert set(result.parameters[name].tolist()) == {value}, name


def test_training_and_inference() -> None:
    spec = chain("2x1", {"batch_norm": {"eps": 1e-9}}, {"dropout": 0.75})
    given = {"batch_norm1.running_mean": [1], "batch_norm1.running_var": [4]}
    x = [[[1, 3]], [[5, 7]]]  # mean 4, variance 5
    trained = run(spec, inputs=x, parameters=given)
    levels = np.array([[[-3, -1]], [[1, 3]]]) / sqrt(5)
    np.testing.assert_allclose(trained.outputs["batch_norm1"], levels, atol=1e-8)
    ratio = trained.outputs["dropout1"] / trained.outputs["batch_norm1"]
    assert set(ratio.ravel().round(12).tolist()) <= {0, 4}
    used = run(spec, inputs=x, parameters=given, training=False)
    np.testing.assert_allclose(used.outputs["batch_norm1"], [[[0, 1]], [[2, 3]]], atol=1e-8)
    assert np.array_equal(used.outputs["dropout1"], used.outputs["batch_norm1"])


@pytest.mark.parametrize("how", [str, Path, shapecalc.read, shapecalc.trace])
def test_a_spec_may_come_in_any_form(how: Callable[[Path], Any], tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(MIXED), encoding="utf-8")
    same(run(how(path)), run(MIXED))
