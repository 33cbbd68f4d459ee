"""Analytic against numeric gradients: the error, what is probed, and kinks that are left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from shapecalc import Trace
from shapecalc.executor.buffers import Array
from shapecalc.executor.gradient_check import (
    FEW,
    GOOD,
    GOOD_SINGLE,
    LayerCheck,
    Tensor,
    rel_error,
)
from shapecalc.executor.kernels import KERNELS

TraceText = Callable[..., Trace]


def arrays(*values: Sequence[float]) -> list[Array]:
    return [np.array(v, np.float64) for v in values]


# -- the error -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "n", "error"),
    [
        ([1.0], [1.0], 0.0),
        ([0.0], [0.0], 0.0),
        ([1.0], [0.0], 1.0),
        ([0.0], [3.0], 1.0),
        ([1.0], [-1.0], 1.0),
        ([3.0], [1.0], 0.5),
        ([1.0, 100.0], [2.0, 100.0], 1 / 200),  # the largest value of all is the scale
        ([1.001], [1.0], 0.001 / 2.001),
        ([1e-9], [0.0], 0.1),  # values below 1e-8 are nearly equal
        ([-2.0, 4.0], [-2.0, 4.0], 0.0),
        ([], [], 0.0),
    ],
)
def test_the_relative_error_is_that_of_the_course(
    a: Sequence[float], n: Sequence[float], error: float
) -> None:
    one, other = arrays(a, n)
    assert rel_error(one, other) == pytest.approx(error, rel=1e-12)
    assert rel_error(other, one) == rel_error(one, other)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_never_passes(value: float) -> None:
    one, other = arrays([1.0, value], [1.0, 1.0])
    assert rel_error(one, other) == float("inf")
    assert rel_error(other, one) == float("inf")


def test_a_slip_of_a_thousandth_is_far_beyond_what_passes() -> None:
    one, other = arrays([2.001], [2.0])
    assert GOOD < GOOD_SINGLE < rel_error(one, other) * 10
    assert rel_error(one, other) > 100 * GOOD


# -- layers ----------------------------------------------------------------------------------------


class Probed:
    """A layer with random or given inputs, ready to be checked."""

    def __init__(self, trace: Trace, *, batch: int = 2, **settings: Any) -> None:
        self.record = trace.layers[-1]
        self.kernel = KERNELS[self.record.kind](self.record.layer)
        self.settings = {"training": True, "dtype": "float64", "seed": (0, 0)} | settings
        random = np.random.default_rng(3)
        volumes = self.record.input or ()
        self.inputs = [random.standard_normal((batch, *volume)) for volume in volumes]
        assert self.record.layer is not None
        owned = self.record.layer.parameters(volumes)
        self.parameters = {
            name: np.ascontiguousarray(
                self.kernel.to_kernel_layout(name, random.standard_normal(p.shape))
            )
            for name, p in owned.items()
        }
        self.learned = [name for name, p in owned.items() if p.learned]

    def check(self) -> LayerCheck:
        return LayerCheck(self.kernel, self.inputs, self.parameters, self.learned, **self.settings)

    def run(self) -> dict[str, Tensor]:
        return {tensor.name: tensor for tensor in self.check().run()}


@pytest.fixture
def probed(trace_text: TraceText) -> Callable[..., Probed]:
    """Return the last layer of a spec, ready to be checked."""

    def build(volume: str, *layers: str, **settings: Any) -> Probed:
        lines = "".join(f"  - {layer}\n" for layer in layers)
        return Probed(trace_text(f"input: {volume}\nlayers:\n{lines}"), **settings)

    return build


def test_every_input_and_every_learned_parameter_has_a_result(
    probed: Callable[..., Probed],
) -> None:
    assert list(probed("5x5x2", "conv: {K: 3, F: 3}").run()) == ["input", "weight", "bias"]
    assert list(probed("5x5x2", "batch_norm").run()) == ["input", "weight", "bias"]
    assert list(probed("4", "relu", "multiply: [input, relu1]").run()) == ["input", "input 2"]
    assert list(probed("4", "relu").run()) == ["input"]


@pytest.mark.parametrize("layer", ["conv: {K: 3, F: 3, P: 1}", "tanh", "batch_norm", "max_pool: 2"])
def test_a_small_tensor_is_checked_value_by_value(
    layer: str, probed: Callable[..., Probed]
) -> None:
    one = probed("6x6x2", layer)
    for tensor in one.run().values():
        assert tensor.exhaustive
        assert tensor.error is not None
        assert tensor.error < GOOD / 10


def test_a_large_tensor_is_checked_along_random_directions(probed: Callable[..., Probed]) -> None:
    tensors = probed("20x20x2", "conv: {K: 3, F: 3}").run()
    assert not tensors["input"].exhaustive
    assert tensors["bias"].exhaustive
    assert all(tensor.error is not None and tensor.error < GOOD for tensor in tensors.values())


@pytest.mark.parametrize(("units", "exhaustive"), [(FEW // 2, True), (FEW // 2 + 1, False)])
def test_the_bound_between_the_two_is_the_number_of_values(
    units: int, exhaustive: bool, probed: Callable[..., Probed]
) -> None:
    (tensor,) = probed(str(units), "tanh").run().values()
    assert tensor.exhaustive is exhaustive


def test_a_small_tensor_of_a_costly_layer_is_checked_along_directions(
    probed: Callable[..., Probed],
) -> None:
    tensors = probed("48x48x8", "conv: {K: 8, F: 3, P: 1, bias: true}", batch=4).run()
    assert not tensors["weight"].exhaustive
    assert tensors["weight"].error is not None
    assert tensors["weight"].error < GOOD


def test_large_tensors_are_checked_together(probed: Callable[..., Probed]) -> None:
    found = probed("20x20x8", "conv: {K: 4, F: 3}").run()
    assert found["input"].error == found["weight"].error != found["bias"].error
    assert found["bias"].exhaustive


def spoil(one: Probed, name: str, factor: float) -> None:
    """Multiply a gradient by a factor: that of the input, or of a parameter."""
    backward = one.kernel.backward

    def spoilt(*rest: Any) -> Any:
        (dx,), learned = backward(*rest)
        found = {"input": dx, **learned}
        found[name] = found[name] * factor
        return [found.pop("input")], found

    one.kernel.backward = spoilt  # type: ignore[method-assign]


@pytest.mark.slow
@pytest.mark.parametrize("factor", [-1, 1.001, 1 + 1e-5, np.nan])
@pytest.mark.parametrize("name", ["input", "weight", "bias"])
def test_the_one_of_several_large_tensors_that_is_wrong_is_named(
    name: str, factor: float, probed: Callable[..., Probed]
) -> None:
    one = probed("24x24x16", "conv: {K: 16, F: 5, P: 2}")
    spoil(one, name, factor)
    found = one.run()
    assert not any(tensor.exhaustive for tensor in found.values())
    assert [n for n, t in found.items() if not (t.error or 0) <= GOOD] == [name]


@pytest.mark.parametrize("volume", ["4x4x2", "24x24x2"])
def test_a_wrong_value_is_found_exhaustively_and_along_directions(
    volume: str, probed: Callable[..., Probed]
) -> None:
    one = probed(volume, "tanh")
    backward = one.kernel.backward

    def spoilt(*rest: Any) -> Any:
        (gradient,), learned = backward(*rest)
        gradient = gradient.copy()
        gradient[0, 2, 2, 1] += 0.5
        return [gradient], learned

    one.kernel.backward = spoilt  # type: ignore[method-assign]
    (tensor,) = one.run().values()
    assert tensor.exhaustive is (volume == "4x4x2")
    assert tensor.error is not None
    assert tensor.error > 100 * GOOD


def test_a_missing_gradient_has_no_error(probed: Callable[..., Probed]) -> None:
    one = probed("4", "dense: 3")
    backward = one.kernel.backward

    def spoilt(*rest: Any) -> Any:
        below, learned = backward(*rest)
        return below, {"weight": learned["weight"]}

    one.kernel.backward = spoilt  # type: ignore[method-assign]
    tensors = one.run()
    assert tensors["bias"].error is None
    assert tensors["weight"].error is not None
    assert tensors["input"].error is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda g: g[:, :1],
        lambda g: np.concatenate([g, g]),
        lambda g: g.T.copy(),
        lambda g: g.reshape(-1),
        lambda g: g[None],
    ],
    ids=["cut", "twice", "transposed", "flat", "one axis more"],
)
def test_a_gradient_of_another_shape_is_never_good(
    change: Callable[[Array], Array], probed: Callable[..., Probed]
) -> None:
    one = probed("4", "dense: 3")
    backward = one.kernel.backward

    def spoilt(*rest: Any) -> Any:
        below, learned = backward(*rest)
        return below, {**learned, "weight": change(learned["weight"])}

    one.kernel.backward = spoilt  # type: ignore[method-assign]
    error = one.run()["weight"].error
    assert error is None or error > GOOD


def test_the_tensors_are_put_back(probed: Callable[..., Probed]) -> None:
    one = probed("4x4x2", "conv: {K: 2, F: 3}")
    before = [x.copy() for x in one.inputs], {n: p.copy() for n, p in one.parameters.items()}
    one.run()
    for x, kept in zip(one.inputs, before[0], strict=True):
        assert np.array_equal(x, kept)
    for name, kept in before[1].items():
        assert np.array_equal(one.parameters[name], kept)


# -- kinks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "values"),
    [
        ("relu", [-1.0, 0.0, 1e-7, 2.0]),
        ("relu6", [6.0, 0.0, 3.0, 7.0]),
        ("leaky_relu: 0.1", [0.0, -1e-6, 1.0, -2.0]),
        ("hard_sigmoid", [3.0, -3.0, 0.0, 5.0]),
        ("hard_swish", [3.0, -3.0, 0.0, 5.0]),
        ("hard_tanh", [1.0, -1.0, 0.0, 5.0]),
        ("abs", [0.0, -1.0, 1e-6, 5.0]),
        ("relu: {max: 2, slope: 0.2, threshold: 1}", [1.0, 2.0, 0.0, 5.0]),
    ],
)
def test_outputs_at_a_kink_are_left_out(
    layer: str, values: Sequence[float], probed: Callable[..., Probed]
) -> None:
    one = probed("4", layer, batch=1)
    one.inputs[0][...] = values
    check = one.check()
    (tensor,) = check.run()
    assert tensor.error is not None
    assert tensor.error < GOOD
    kinks = [i for i, steady in enumerate(check.steady[0]) if not steady]
    assert kinks
    assert len(kinks) < len(values), "the others are compared"


def test_a_wrong_slope_beside_a_kink_is_found(probed: Callable[..., Probed]) -> None:
    one = probed("4", "leaky_relu: 0.1", batch=1)
    one.inputs[0][...] = [0.0, -1e-6, 1.0, -2.0]
    backward = one.kernel.backward

    def spoilt(*rest: Any) -> Any:
        (gradient,), learned = backward(*rest)
        return [gradient * [1, 1, 1, 2]], learned

    one.kernel.backward = spoilt  # type: ignore[method-assign]
    assert (one.run()["input"].error or 0) > 0.01


@pytest.mark.parametrize(
    "layer", ["max_pool: 2", "global_max_pool", "adaptive_max_pool: 2", "maximum: [input, input]"]
)
def test_ties_of_a_maximum_are_left_out(layer: str, probed: Callable[..., Probed]) -> None:
    one = probed("4x4x2", layer, batch=1)
    for x in one.inputs:
        x[...] = 1.0
        x[:, :2, :2] = np.arange(8).reshape(2, 2, 2) if "maximum" not in layer else 1.0
    check = one.check()
    tensors = check.run()
    assert all(tensor.error is not None and tensor.error < GOOD for tensor in tensors)
    if "global" not in layer:
        assert not check.steady.all()


def test_smooth_layers_have_no_kinks(probed: Callable[..., Probed]) -> None:
    for layer in ("tanh", "softplus", "gelu", "softmax", "conv: {K: 2, F: 3}", "layer_norm"):
        check = probed("5x5x3", layer).check()
        check.run()
        assert check.steady.all(), layer


# -- precision and mode ----------------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["conv: {K: 3, F: 3}", "batch_norm", "softmax", "dense: 4"])
def test_single_precision_passes_its_own_bound_only(
    layer: str, probed: Callable[..., Probed]
) -> None:
    for tensor in probed("6x6x2", layer, dtype="float32").run().values():
        assert tensor.error is not None
        assert 0 < tensor.error < GOOD_SINGLE
    double = max(t.error or 0 for t in probed("6x6x2", layer).run().values())
    single = max(t.error or 0 for t in probed("6x6x2", layer, dtype="float32").run().values())
    assert single > 10 * double


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("layer", ["batch_norm", "dropout: 0.5"])
def test_both_modes_are_checked(layer: str, training: bool, probed: Callable[..., Probed]) -> None:
    one = probed("5x5x2", layer, training=training)
    for name, values in one.parameters.items():
        if name == "running_var":
            values[...] = np.abs(values) + 0.5
    tensors = one.run()
    assert all(tensor.error is not None and tensor.error < GOOD for tensor in tensors.values())


def test_the_dropped_values_are_the_same_in_every_pass(probed: Callable[..., Probed]) -> None:
    first, second = (probed("5x5x2", "dropout: 0.5", seed=(4, 2)).check().output for _ in range(2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, probed("5x5x2", "dropout: 0.5", seed=(4, 3)).check().output)


# -- one step ahead --------------------------------------------------------------------------------


@pytest.mark.quick(3)
@pytest.mark.parametrize("factor", [1.0, 1 + 1e-4, -1, 0, np.nan])
@pytest.mark.parametrize("name", ["input", "weight", "bias"])
def test_one_step_ahead_passes_what_is_right_alone(
    name: str, factor: float, probed: Callable[..., Probed]
) -> None:
    one = probed("24x24x16", "conv: {K: 16, F: 5, P: 2}", batch=1)
    spoil(one, name, factor)
    before = {n: p.copy() for n, p in one.parameters.items()}
    found = one.check()._ahead()
    assert [tensor.name for tensor in found] == (["input", "weight", "bias"] * (factor == 1))
    assert all(np.array_equal(one.parameters[n], kept) for n, kept in before.items())
