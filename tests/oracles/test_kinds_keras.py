"""Keras 3 as a second opinion on `same` and `valid`, strides included.

Keras runs on PyTorch here; sizes are compared on zeros. Each test fails with the list of the points
that differ.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest

from shapecalc import trace
from shapecalc.executor import run

torch = pytest.importorskip("torch")
os.environ["KERAS_BACKEND"] = "torch"  # before Keras is imported
keras = pytest.importorskip("keras")

Build = Callable[[], Any]
Case = tuple[dict[str, Any], tuple[int, ...], Build]
PADDINGS = ("same", "valid")


def opinion(build: Build, volume: Sequence[int]) -> tuple[tuple[int, ...] | None, int | None]:
    """Return Keras' output volume and number of parameters, or None twice if it refuses."""
    try:
        layer = build()
        result = layer(keras.ops.zeros((1, *volume)))
    except (RuntimeError, ValueError):
        return None, None
    if 0 in result.shape:
        return None, None
    return tuple(result.shape[1:]), layer.count_params()


def compare(ask: Any, cases: Iterable[Case], least: int) -> None:
    """Fail with every case in which the two differ, and if there are fewer cases than meant."""
    differing = []
    compared = 0
    for layer, volume, build in cases:
        ours = ask(volume, layer, "floor")
        theirs = opinion(build, volume)
        compared += 1
        if (ours.output, ours.parameters) != theirs:
            differing.append((layer, volume, ours, theirs))
    assert compared >= least, f"only {compared} cases"
    assert not differing, "\n".join(
        [f"{len(differing)} of {compared} differ", *(str(item) for item in differing[:20])]
    )


def per_rank(stem: str, volume: Sequence[int]) -> Any:
    """Return Keras' class for one to three axes: Conv1D, MaxPooling2D."""
    return getattr(keras.layers, stem.format(len(volume) - 1))


def test_conv(ask: Any) -> None:
    cases: list[Case] = []
    grid = product(range(1, 9), range(1, 5), range(1, 5), (1, 2), (*PADDINGS, "causal"))
    for size, F, S, dilation, padding in grid:
        if S > 1 and dilation > 1:
            continue  # Keras refuses the two together, PyTorch and we do not
        written = {"K": 3, "F": F, "S": S, "dilation": dilation, "P": padding}
        cases.append(
            (
                {"conv": written},
                (size, 2),
                lambda F=F, S=S, dilation=dilation, padding=padding: keras.layers.Conv1D(
                    3, F, strides=S, padding=padding, dilation_rate=dilation
                ),
            )
        )
    compare(ask, cases, least=480)


def test_conv_on_more_axes(ask: Any) -> None:
    cases: list[Case] = []
    for volume, F, S, padding, groups in product(
        ((6, 7, 4), (3, 5, 4, 4)), (2, 3), (1, 2, 3), PADDINGS, (1, 2)
    ):
        written = {"K": 6, "F": F, "S": S, "P": padding, "groups": groups, "bias": False}
        kind = per_rank("Conv{}D", volume)
        cases.append(
            (
                {"conv": written},
                volume,
                lambda kind=kind, F=F, S=S, padding=padding, groups=groups: kind(
                    6, F, strides=S, padding=padding, groups=groups, use_bias=False
                ),
            )
        )
    for F, S, padding in product(([2, 3], [3, 5]), ([1, 2], [3, 2]), PADDINGS):
        written = {"K": 6, "F": F, "S": S, "P": padding}
        cases.append(
            (
                {"conv": written},
                (6, 7, 4),
                lambda F=F, S=S, padding=padding: keras.layers.Conv2D(
                    6, F, strides=S, padding=padding
                ),
            )
        )
    compare(ask, cases, least=56)


def test_depthwise_conv(ask: Any) -> None:
    cases: list[Case] = []
    for volume, F, S, padding, multiplier in product(
        ((7, 3), (6, 7, 3)), range(1, 5), range(1, 4), PADDINGS, (1, 2)
    ):
        written = {"F": F, "S": S, "P": padding, "multiplier": multiplier}
        kind = per_rank("DepthwiseConv{}D", volume)
        cases.append(
            (
                {"depthwise_conv": written},
                volume,
                lambda kind=kind, F=F, S=S, padding=padding, multiplier=multiplier: kind(
                    F, strides=S, padding=padding, depth_multiplier=multiplier
                ),
            )
        )
    compare(ask, cases, least=96)


def test_separable_conv(ask: Any) -> None:
    cases: list[Case] = []
    for volume, F, S, padding, multiplier in product(
        ((7, 3), (6, 7, 3)), range(1, 4), range(1, 4), PADDINGS, (1, 2)
    ):
        written = {"K": 5, "F": F, "S": S, "P": padding, "multiplier": multiplier}
        kind = per_rank("SeparableConv{}D", volume)
        cases.append(
            (
                {"separable_conv": written},
                volume,
                lambda kind=kind, F=F, S=S, padding=padding, multiplier=multiplier: kind(
                    5, F, strides=S, padding=padding, depth_multiplier=multiplier
                ),
            )
        )
    compare(ask, cases, least=72)


@pytest.mark.parametrize(
    ("F", "S", "padding", "multiplier"), [(3, 1, "valid", 1), (3, 2, "same", 2), (4, 1, "same", 3)]
)
def test_a_separable_conv_computes_what_keras_does(
    F: int, S: int, padding: str, multiplier: int
) -> None:
    x = np.random.default_rng(0).standard_normal((2, 7, 6, 3))
    layer = keras.layers.SeparableConv2D(
        5, F, strides=S, padding=padding, depth_multiplier=multiplier, bias_initializer="normal",
        dtype="float64",
    )  # fmt: skip
    theirs = layer(x).detach().numpy()
    depthwise, pointwise, bias = (np.asarray(weight) for weight in layer.get_weights())
    fields = {"K": 5, "F": F, "S": S, "P": padding, "multiplier": multiplier, "name": "a"}
    result = run(
        {"input": "7x6x3", "layers": [{"separable_conv": fields}]},
        inputs=np.moveaxis(x, -1, 1),
        parameters={
            "a.depthwise": depthwise.transpose(2, 3, 0, 1).reshape(3 * multiplier, 1, F, F),
            "a.pointwise": pointwise.transpose(3, 2, 0, 1),
            "a.bias": bias,
        },
    )
    assert np.abs(np.moveaxis(result.outputs["a"], 1, -1) - theirs).max() < 1e-10


@pytest.mark.parametrize("kind", ["max", "avg"])
def test_pools(ask: Any, kind: str) -> None:
    stem = {"max": "MaxPooling{}D", "avg": "AveragePooling{}D"}[kind]
    cases: list[Case] = []
    volumes: list[tuple[int, ...]] = [(size, 2) for size in range(1, 9)]
    for volume, F, S, padding in product(
        [*volumes, (5, 6, 2), (3, 4, 5, 2)], range(1, 5), (None, 1, 2, 3), PADDINGS
    ):
        written = {"F": F, "P": padding} | ({} if S is None else {"S": S})
        module = per_rank(stem, volume)
        cases.append(
            (
                {f"{kind}_pool": written},
                volume,
                lambda module=module, F=F, S=S, padding=padding: module(
                    F, strides=S, padding=padding
                ),
            )
        )
    compare(ask, cases, least=320)


def transposed(volume: Sequence[int], K: int, F: Any, S: Any, padding: str, **more: Any) -> Case:
    """Return a transposed convolution, and what builds Keras'; `extra` is its output_padding."""
    extra = more.get("extra")
    written = {"K": K, "F": F, "S": S, "P": padding, "dilation": more.get("dilation", 1)}
    written |= {} if extra is None else {"output_padding": extra}
    module = per_rank("Conv{}DTranspose", volume)
    return (
        {"conv_transpose": written},
        tuple(volume),
        lambda: module(
            *(K, F),
            strides=S,
            padding=padding,
            output_padding=extra,
            dilation_rate=more.get("dilation", 1),
        ),
    )


def test_conv_transpose(ask: Any) -> None:
    extras = (None, 0, 1, 2, 3)
    grid = product(range(1, 7), range(1, 6), range(1, 5), PADDINGS, extras)
    cases = [
        transposed((size, 2), 3, F, S, padding, extra=extra)
        for size, F, S, padding, extra in grid
        if extra is None or extra < S  # not smaller: refused by both
    ]
    cases += [
        transposed((size, 2), 3, F, 1, padding, dilation=dilation, extra=extra)
        for size, F, padding, dilation, extra in product(
            range(1, 5), range(1, 4), PADDINGS, (2, 3), (None, 0)
        )
    ]
    for F, S, padding, extra in product((2, 3, 4), (1, 2), PADDINGS, (None, 0)):
        cases.append(transposed((3, 4, 2), 3, F, S, padding, extra=extra))
    for F, S, padding in product(([2, 3], [1, 4]), ([3, 2], [2, 4]), PADDINGS):
        cases.append(transposed((3, 4, 2), 3, F, S, padding, extra=[1, 0]))
        cases.append(transposed((2, 3, 4, 2), 3, [*F, 2], [*S, 3], padding, extra=[0, 1, 2]))
    compare(ask, cases, least=750)


def test_an_output_padding_as_large_as_the_stride_is_refused(ask: Any) -> None:
    cases = [
        transposed((4, 2), 3, F, S, padding, extra=S + more)
        for F, S, padding, more in product(range(1, 5), range(1, 4), PADDINGS, (0, 1))
    ]
    assert all(ask(volume, layer).codes == ("SC208",) for layer, volume, _ in cases)
    compare(ask, cases, least=48)


def differs(case: Case, transform: Callable[[Any], Any] = lambda array: array) -> str:
    """Say what of a layer's output and gradients is not Keras'; `transform` plants a fault."""
    layer, volume, build = case
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, *volume)).astype(np.float32)
    theirs = build()
    given = torch.tensor(x, requires_grad=True)
    theirs.build((2, *volume))
    kernel = rng.standard_normal(theirs.kernel.shape).astype(np.float32)  # F... x K x D
    bias = rng.standard_normal(theirs.bias.shape).astype(np.float32)
    theirs.set_weights([kernel, bias])
    y = theirs(given)
    upstream = rng.standard_normal(tuple(y.shape)).astype(np.float32)
    (y * torch.from_numpy(upstream)).sum().backward()
    depth_first = lambda array: np.moveaxis(array, -1, 1)  # noqa: E731
    result = run(
        {"input": list(volume), "layers": [layer]},
        inputs=depth_first(x),
        parameters={
            "conv_transpose1.weight": np.moveaxis(kernel, (-1, -2), (0, 1)),
            "conv_transpose1.bias": bias,
        },
        upstream={"conv_transpose1": depth_first(upstream)},
    )
    pairs = {
        "output": (result.outputs["conv_transpose1"], depth_first(y.detach().numpy())),
        "input": (result.gradients["input"], depth_first(given.grad.numpy())),
        "weight": (
            result.gradients["conv_transpose1.weight"],
            np.moveaxis(theirs.kernel.value.grad.numpy(), (-1, -2), (0, 1)),
        ),
    }
    return " ".join(
        name
        for name, (a, b) in pairs.items()
        if a.shape != b.shape or not np.allclose(transform(a), b, 1e-4, 1e-4)
    )


def valued() -> list[Case]:
    """Return transposed convolutions that Keras computes: some of each number of axes."""
    cases = [
        transposed((size, 2), 3, F, S, padding, extra=extra)
        for size, F, S, padding, extra in product(
            (1, 4), range(1, 6), range(1, 5), PADDINGS, (None, 0, 1, 2)
        )
        if (extra or 0) < S and not (size == 1 and F % 2 == 0 and extra == 0)  # nothing is left
    ]
    for padding, extra in product(PADDINGS, (None, [0, 1], [1, 0])):
        cases.append(transposed((3, 4, 2), 3, [2, 3], [3, 2], padding, extra=extra))
        cases.append(transposed((5, 4, 2), 3, [5, 4], [2, 2], padding, extra=extra))
    cases.append(transposed((2, 3, 2, 2), 3, 3, 2, "same", extra=[1, 0, 1]))
    return cases


def test_the_values_of_conv_transpose_are_keras() -> None:
    cases = valued()
    found = [(case[:2], text) for case in cases if (text := differs(case))]
    assert not found, f"{len(found)} of {len(cases)} differ, first {found[:5]}"
    assert len(cases) > 200


def test_the_values_of_relu_with_fields_are_keras() -> None:
    x = np.arange(-8, 9, dtype=np.float32) / 2
    for most, slope, least in product((None, 1, 2, 6), (0, 0.25), (0, 1, 2.5)):
        given = torch.tensor(x[None], requires_grad=True)
        y = keras.layers.ReLU(most, slope, least)(given)
        fields = {"slope": slope, "threshold": least} | ({} if most is None else {"max": most})
        ours = run({"input": len(x), "layers": [{"relu": fields}]}, inputs=x)
        assert np.array_equal(ours.outputs["relu1"], y.detach().numpy()), (most, slope, least)


def test_values_that_are_moved_are_noticed() -> None:
    moved = lambda array: np.roll(array, 1, axis=-1)  # noqa: E731
    found = [case for case in valued()[-12:] if "output" in differs(case, moved)]
    assert len(found) == 12


def test_a_planted_difference_is_reported(ask: Any) -> None:
    layer = {"conv": {"K": 3, "F": 3, "P": "same"}}
    wrong = [(layer, (6, 2), lambda: keras.layers.Conv1D(3, 3, padding="valid"))]
    with pytest.raises(AssertionError, match="1 of 1 differ"):
        compare(ask, wrong, least=1)


def test_the_exceptions_are_still_exceptions(ask: Any) -> None:
    """Points that the grids leave out: if Keras changes its mind, they can go in."""
    dilated = {"K": 3, "F": 2, "S": 2, "dilation": 2, "P": "same"}
    build = lambda: keras.layers.Conv1D(3, 2, strides=2, dilation_rate=2, padding="same")  # noqa: E731
    assert opinion(build, (8, 2)) == (None, None)
    assert ask((8, 2), {"conv": dilated}).output == (4, 3)

    # dilation alone allows an output_padding in PyTorch, and so it does here
    layer, volume, build = transposed((4, 2), 3, 2, 1, "valid", dilation=2, extra=1)
    assert opinion(build, volume) == (None, None)
    assert ask(volume, layer).output == (7, 3)


def test_causal_values() -> None:
    x = np.random.default_rng(0).standard_normal((2, 11, 2))
    for S, dilation in ((1, 1), (1, 2), (1, 4), (2, 1), (3, 1)):
        layer = keras.layers.Conv1D(
            3, 4, strides=S, dilation_rate=dilation, padding="causal", dtype="float64"
        )
        theirs = keras.ops.convert_to_numpy(layer(x))
        weight, bias = (keras.ops.convert_to_numpy(array) for array in layer.weights)
        fields = {"K": 3, "F": 4, "S": S, "dilation": dilation, "P": "causal", "name": "c"}
        given = {"c.weight": weight.transpose(2, 1, 0), "c.bias": bias}
        ours = run({"input": "11x2", "layers": [{"conv": fields}]}, inputs=x.transpose(0, 2, 1),
                   parameters=given)  # fmt: skip
        np.testing.assert_allclose(ours.outputs["c"].transpose(0, 2, 1), theirs, rtol=0, atol=1e-10)


def test_frozen_layers() -> None:
    """Keras' non-trainable values are the frozen ones and the statistics."""
    layers = [
        ({"conv": {"K": 3, "F": 3}}, lambda on: keras.layers.Conv2D(3, 3, trainable=on)),
        ({"batch_norm": {}}, lambda on: keras.layers.BatchNormalization(trainable=on)),
        ({"flatten": {}}, lambda on: keras.layers.Flatten(trainable=on)),
        ({"dense": {"units": 2}}, lambda on: keras.layers.Dense(2, trainable=on)),
    ]
    for learns in product((True, False), repeat=len(layers)):
        written, made = [], [keras.Input((5, 5, 2))]
        for on, (layer, build) in zip(learns, layers, strict=True):
            ((kind, fields),) = layer.items()
            written.append({kind: {**fields, "trainable": on}})
            made.append(build(on))
        model = keras.Sequential(made)
        totals = trace({"input": [5, 5, 2], "layers": written}).totals
        trainable, others = (
            sum(int(np.prod(weight.shape)) for weight in weights)
            for weights in (model.trainable_weights, model.non_trainable_weights)
        )
        assert totals.trainable == trainable
        assert totals.frozen + totals.non_trainable == others
