"""Verification: every planted fault is found where it was planted, and nothing else is."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest

import shapecalc
from shapecalc import Trace
from shapecalc.executor.engine import Engine
from shapecalc.executor.kernels import KERNELS, Kernel, conv, pool
from shapecalc.executor.verify import verify
from shapecalc.receptive_field import Axis
from shapecalc.records import LayerRecord
from shapecalc.verification import Verification

Record = Callable[[LayerRecord], LayerRecord]
TraceText = Callable[..., Trace]

# The layer that the faults are planted in is on line 4, column 5.
PLAIN = """\
input: 12x12x2
layers:
  - relu
  - {layer}
  - relu
"""
NETWORK = """\
input: 6x6x2
layers:
  - conv: {K: 3, F: 3}
  - batch_norm
  - relu
  - max_pool: 2
  - dense: 4
"""
JOINED = """\
input: 6x6x3
layers:
  - conv: {name: first, K: 3, F: 3, P: 1}
  - residual: [{conv: {K: 3, F: 1}}, tanh]
  - conv: {name: second, K: 3, F: 3, P: 1, share: first}
  - dense: 3
"""
ALL_INPUTS = (None, "gradient inputs")
ALL_PARAMETERS = (None, "gradient parameters")


def failing(result: Verification) -> set[tuple[str | None, str]]:
    """Return layer and title of the checks that do not agree."""
    return {(check.layer, check.what) for check in result.checks if not check.agrees}


def assert_found(
    result: Verification, checks: set[tuple[str | None, str]], line: int, code: str = "SC302"
) -> None:
    """Assert that exactly these checks fail, and that each has its diagnostic at its place."""
    assert not result.agrees
    assert failing(result) == checks
    assert {d.code for d in result.diagnostics} == {code}
    assert {d.layer for d in result.diagnostics} == {layer for layer, _ in checks}
    for found in result.diagnostics:
        assert found.severity == "error"
        if found.layer is None:
            assert "whole network" in found.message
        else:
            assert (found.line, found.column) == (line, 5)
            assert found.message.startswith(found.layer)
            assert found.where.startswith("layers[")
    json.dumps(result.to_dict(), allow_nan=False)


# -- faults in kernels -----------------------------------------------------------------------------


def scaled(factor: float, at: int = 0) -> Callable[..., Any]:
    """Return a backward whose gradient of one input is multiplied."""

    def backward(base: Callable[..., Any], *rest: Any) -> Any:
        below, learned = base(*rest)
        return [g * (factor if i == at else 1) for i, g in enumerate(below)], learned

    return backward


def one_value(base: Callable[..., Any], *rest: Any) -> Any:
    """Spoil a single value of the input's gradient, one that is not 0."""
    (gradient,), learned = base(*rest)
    gradient = gradient.copy()
    gradient[np.unravel_index(np.argmax(np.abs(gradient)), gradient.shape)] *= 1.01
    return [gradient], learned


def moved(base: Callable[..., Any], *rest: Any) -> Any:
    """Give the upstream gradient to the pixel beside the right one."""
    (gradient,), learned = base(*rest)
    return [np.roll(gradient, 1, axis=1)], learned


def learned_as(name: str, change: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return a backward with another gradient of one parameter; None: it is missing."""

    def backward(base: Callable[..., Any], *rest: Any) -> Any:
        below, learned = base(*rest)
        changed = {key: change(g) if key == name else g for key, g in learned.items()}
        return below, {key: g for key, g in changed.items() if g is not None}

    return backward


def no_gradient(base: Callable[..., Any], *rest: Any) -> Any:
    below, learned = base(*rest)
    return [None for _ in below], learned


def short_gradient(base: Callable[..., Any], *rest: Any) -> Any:
    (gradient,), learned = base(*rest)
    return [gradient[:, 1:]], learned


def not_a_number(base: Callable[..., Any], *rest: Any) -> Any:
    (gradient,), learned = base(*rest)
    return [gradient * np.nan], learned


def forgets_bias(base: Callable[..., Any], context: Any, inputs: Any, parameters: Any) -> Any:
    return base(context, inputs, {k: v for k, v in parameters.items() if k != "bias"})


def multiplies_more(base: Callable[..., Any], context: Any, *rest: Any) -> Any:
    result = base(context, *rest)
    context.macs += 1
    return result


def halved(base: Callable[..., Any], *rest: Any) -> Any:
    output, saved = base(*rest)
    return output * 0.5, saved


def crops_a_row(base: Callable[..., Any], *rest: Any) -> Any:
    output, saved = base(*rest)
    return np.ascontiguousarray(output[:, 1:]), saved


def row_put_back(base: Callable[..., Any], context: Any, upstream: Any, *rest: Any) -> Any:
    return base(context, np.pad(upstream, [(0, 0), (1, 0), (0, 0), (0, 0)]), *rest)


def constant_statistics(
    base: Callable[..., Any], context: Any, upstream: Any, saved: Any, parameters: Any, wanted: Any
) -> Any:
    """Forget that the mean and the variance depend on the input."""
    _, learned = base(context, upstream.copy(), saved, parameters, wanted)
    return [upstream * (saved[1][0][1] * parameters["weight"])], learned


class Planted(NamedTuple):
    """A fault in the kernel of `layer`, and which checks of it and of the network fail."""

    layer: str
    fails: str  # separated by commas
    whole: set[tuple[str | None, str]]  # what else may fail
    forward: Callable[..., Any] | None = None
    backward: Callable[..., Any] | None = None


CONV = "conv: {K: 3, F: 3}"
IN, LEARNED, BOTH = {ALL_INPUTS}, {ALL_PARAMETERS}, {ALL_INPUTS, ALL_PARAMETERS}
NOTHING: set[tuple[str | None, str]] = set()
KERNEL_FAULTS = {
    "conv input x 1.001": Planted(CONV, "gradient input", IN, backward=scaled(1.001)),
    "conv input one value": Planted(CONV, "gradient input", IN, backward=one_value),
    "conv weight x 1.001": Planted(
        CONV, "gradient weight", LEARNED, backward=learned_as("weight", lambda g: g * 1.001)
    ),
    "conv weight upside down": Planted(
        CONV, "gradient weight", LEARNED, backward=learned_as("weight", lambda g: g[::-1].copy())
    ),
    "conv bias x 1.01": Planted(
        CONV, "gradient bias", LEARNED, backward=learned_as("bias", lambda g: g * 1.01)
    ),
    "conv bias is a mean": Planted(
        CONV, "gradient bias", LEARNED, backward=learned_as("bias", lambda g: g / 100)
    ),
    "conv returns no bias": Planted(
        CONV,
        "gradient bias,biases,parameters",
        LEARNED,
        backward=learned_as("bias", lambda g: None),
    ),
    "conv returns no weight": Planted(
        CONV,
        "gradient weight,weights,parameters",
        LEARNED,
        backward=learned_as("weight", lambda g: None),
    ),
    "conv forgets its bias": Planted(CONV, "gradient bias", LEARNED, forward=forgets_bias),
    "conv multiplies once more": Planted(CONV, "macs", NOTHING, forward=multiplies_more),
    "conv crops a row": Planted(
        CONV, "output", {("elu2", "output")}, forward=crops_a_row, backward=row_put_back
    ),
    "conv gives no input gradient": Planted(CONV, "gradient input", IN, backward=no_gradient),
    "conv gives nan": Planted(CONV, "gradient input", IN, backward=not_a_number),
    "conv gives too short a gradient": Planted(
        CONV, "gradient input", {("elu1", "execution")}, backward=short_gradient
    ),
    "conv_transpose x 1.001": Planted(
        "conv_transpose: {K: 2, F: 3, S: 2}", "gradient input", IN, backward=scaled(1.001)
    ),
    "depthwise_conv x 1.001": Planted(
        "depthwise_conv: 3", "gradient input", IN, backward=scaled(1.001)
    ),
    "dense 2.001 for 2": Planted("dense: 3", "gradient input", IN, backward=scaled(2.001 / 2)),
    "dense weight given twice": Planted(
        "dense: 3",
        "gradient weight,weights,parameters",
        LEARNED,
        backward=learned_as("weight", lambda g: np.concatenate([g, g])),
    ),
    "dense multiplies once more": Planted("dense: 3", "macs", NOTHING, forward=multiplies_more),
    "relu multiplies": Planted("tanh", "macs", NOTHING, forward=multiplies_more),
    "tanh x 1.001": Planted("tanh", "gradient input", IN, backward=scaled(1.001)),
    "sigmoid halved": Planted("sigmoid", "gradient input", IN, forward=halved),
    "dropout not scaled": Planted("dropout: 0.5", "gradient input", IN, forward=halved),
    "softmax x 1.001": Planted("softmax", "gradient input", IN, backward=scaled(1.001)),
    "max_pool to the pixel beside": Planted("max_pool: 2", "gradient input", IN, backward=moved),
    "avg_pool by the wrong count": Planted(
        "avg_pool: 2", "gradient input", IN, backward=scaled(1.01)
    ),
    "batch_norm statistics constant": Planted(
        "batch_norm", "gradient input", IN, backward=constant_statistics
    ),
    "batch_norm weight x 1.001": Planted(
        "batch_norm",
        "gradient weight",
        LEARNED,
        backward=learned_as("weight", lambda g: g * 1.001),
    ),
    "prelu slope lost": Planted(
        "prelu",
        "gradient weight,weights,parameters",
        LEARNED,
        backward=learned_as("weight", lambda g: None),
    ),
    "upsample halved": Planted("upsample: 2", "gradient input", IN, forward=halved),
    "pad moved": Planted("pad: 1", "gradient input", IN, backward=moved),
    "add second source": Planted(
        "add: {from: [input, relu1]}", "gradient input 2", IN, backward=scaled(1.001, at=1)
    ),
    "multiply first source": Planted(
        "multiply: {from: [input, relu1]}", "gradient input", IN, backward=scaled(1.001)
    ),
}


def plant(monkeypatch: pytest.MonkeyPatch, kind: str, fault: Planted) -> None:
    """Put a spoilt kernel into the table."""
    base = KERNELS[kind]
    methods: dict[str, Any] = {}
    if fault.forward is not None:
        forward = fault.forward
        methods["forward"] = lambda self, *rest: forward(base.forward.__get__(self), *rest)
    if fault.backward is not None:
        backward = fault.backward
        methods["backward"] = lambda self, *rest: backward(base.backward.__get__(self), *rest)
    monkeypatch.setitem(KERNELS, kind, type(f"Spoilt{base.__name__}", (base,), methods))


@pytest.mark.slow
@pytest.mark.parametrize("name", KERNEL_FAULTS)
def test_a_fault_in_a_kernel_is_found(
    name: str, trace_text: TraceText, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = KERNEL_FAULTS[name]
    kind = fault.layer.partition(":")[0]
    text = PLAIN.replace("{layer}", fault.layer).replace("  - relu\n", "  - elu\n")
    trace = trace_text(text.replace("relu1", "elu1"))
    layer = trace.layers[1].name
    assert verify(trace).agrees
    plant(monkeypatch, kind, fault)
    result = verify(trace)
    assert not result.agrees
    assert {what for name, what in failing(result) if name == layer} == set(fault.fails.split(","))
    others = {(name, what) for name, what in failing(result) if name != layer}
    assert others <= fault.whole  # a random direction may miss a small error
    located = [d for d in result.diagnostics if d.layer == layer]
    assert len(located) >= 1
    assert {(d.code, d.line, d.column) for d in located} == {("SC302", 4, 5)}
    assert all(layer in d.message for d in located)
    assert all("report it" in d.hint for d in located)
    assert {d.code for d in result.diagnostics} == {"SC302"}
    json.dumps(result.to_dict(), allow_nan=False)


@pytest.mark.quick(2)
@pytest.mark.parametrize("how", ["forward", "backward"])
@pytest.mark.parametrize("error", [ValueError, TypeError, IndexError, AttributeError])
def test_a_kernel_that_raises_is_named(
    how: str,
    error: type[Exception],
    trace_text: TraceText,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def raises(base: Callable[..., Any], *rest: Any) -> Any:
        raise error("a planted fault")

    fault = Planted("batch_norm", "execution", NOTHING, **{how: raises})  # type: ignore[arg-type]
    plant(monkeypatch, "batch_norm", fault)
    result = verify(trace_text(NETWORK))
    assert not result.agrees
    assert failing(result) == {("batch_norm1", "execution")}
    assert len(result.diagnostics) == 1, "it is told once"
    (found,) = result.diagnostics
    assert (found.code, found.layer, found.line, found.column) == ("SC302", "batch_norm1", 4, 5)
    assert "cannot run" in found.message
    assert "a planted fault" in found.message


def test_a_wrong_volume_is_named_though_a_later_layer_cannot_run(
    trace_text: TraceText, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = trace_text("input: 6x6x2\nlayers:\n  - conv: {K: 3, F: 3}\n  - dense: 3\n")
    plant(monkeypatch, "conv", Planted("conv", "output", NOTHING, crops_a_row, row_put_back))
    result = verify(trace)
    assert not result.agrees
    assert ("conv1", "output") in failing(result)


@pytest.mark.parametrize("kind", ["conv", "max_pool"])
def test_same_with_the_odd_zero_at_the_wrong_end_is_found(
    kind: str, trace_text: TraceText, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = "{F: 3, S: 2, P: same}" if kind == "max_pool" else "{K: 2, F: 3, S: 2, P: same}"
    trace = trace_text(f"input: 7x8x2\nlayers:\n  - {kind}: {fields}\n")
    assert verify(trace).agrees
    module = {"conv": conv, "max_pool": pool}[kind]
    sides_of = module.sides_of
    monkeypatch.setattr(
        module, "sides_of", lambda *rest: [(after, before) for before, after in sides_of(*rest)]
    )
    result = verify(trace)
    assert_found(result, {(f"{kind}1", "receptive_field")}, 3)
    assert "pixels" in result.diagnostics[0].message


@pytest.mark.parametrize("kind", ["max_pool", "avg_pool"])
def test_a_minus_infinity_that_no_padding_explains_is_found(
    kind: str, monkeypatch: pytest.MonkeyPatch, trace_text: TraceText
) -> None:
    base = KERNELS[kind]

    def forward(self: Any, *rest: Any) -> Any:
        output, saved = base.forward(self, *rest)
        output[0, 0] = -np.inf
        return output, saved

    monkeypatch.setitem(KERNELS, kind, type("Spoilt", (base,), {"forward": forward}))
    result = verify(trace_text(PLAIN.replace("{layer}", f"{kind}: 2")))
    assert (f"{kind}1", "gradient input") in failing(result)


def test_a_wrong_gradient_beside_a_window_in_the_padding_is_found(
    monkeypatch: pytest.MonkeyPatch, trace_text: TraceText
) -> None:
    base = KERNELS["max_pool"]

    def backward(self: Any, *rest: Any) -> Any:
        (gradient,), learned = base.backward(self, *rest)
        assert gradient is not None
        return [gradient * 1.01], learned

    text = "input: 2x2\nlayers: [max_pool: {F: 2, S: 1, P: [[1, 2]], dilation: 3}]\n"
    sound = verify(trace_text(text))
    assert sound.agrees
    (note,) = (note for note in sound.notes if "minus infinity" in note)
    assert "windows of max_pool1 lie wholly in the padding (SC406)" in note
    monkeypatch.setitem(KERNELS, "max_pool", type("Spoilt", (base,), {"backward": backward}))
    assert failing(verify(trace_text(text))) == {("max_pool1", "gradient input")}


def test_a_wrong_gradient_beside_a_root_of_negative_values_is_found(
    monkeypatch: pytest.MonkeyPatch, trace_text: TraceText
) -> None:
    base = KERNELS["sqrt"]

    def backward(self: Any, *rest: Any) -> Any:
        (gradient,), learned = base.backward(self, *rest)
        assert gradient is not None
        return [gradient * 1.01], learned

    text = "input: 5x5x2\nlayers: [conv: {K: 3, F: 2}, sqrt, relu, conv: {K: 2, F: 2}]\n"
    sound = verify(trace_text(text))
    assert sound.agrees
    assert any("sqrt1 got values that are not above 0" in note for note in sound.notes)
    monkeypatch.setitem(KERNELS, "sqrt", type("Spoilt", (base,), {"backward": backward}))
    assert failing(verify(trace_text(text))) == {("sqrt1", "gradient input")}


def test_a_root_of_positive_values_is_checked_with_the_network(trace_text: TraceText) -> None:
    sound = verify(trace_text("input: 5x5x2\nlayers: [softplus, sqrt, conv: {K: 2, F: 2}]\n"))
    assert sound.agrees
    assert not any("not checked" in note for note in sound.notes)


def test_what_is_no_number_is_null_in_json(trace_text: TraceText) -> None:
    text = """\
input: 2x1
layers: [max_pool: {F: 2, S: 1, P: 1, dilation: 3}, conv: {K: 1, F: 1}]
example:
  given: {conv1.weight: [[[0]]]}
  expect: {max_pool1: [[0]], conv1: [[3]]}
"""
    result = verify(trace_text(text))
    assert failing(result) == {("max_pool1", "max_pool1"), ("conv1", "conv1")}
    found = [check for check in result.to_dict()["checks"] if not check["agrees"]]
    assert [check["executed"] for check in found] == [None, None]
    json.dumps(result.to_dict(), allow_nan=False)


# -- faults in predictions -------------------------------------------------------------------------


def changed(trace: Trace, layer: str, change: Record) -> Trace:
    """Return the trace with another record of one layer."""
    return dataclasses.replace(
        trace,
        layers=tuple(change(record) if record.name == layer else record for record in trace.layers),
    )


def with_values(**values: Any) -> Record:
    return lambda record: record._replace(**values)


def with_axes(change: Callable[[Axis], Axis], only: int | None = None) -> Record:
    """Return a change of the receptive field, on one axis or on all of them."""

    def record_with(record: LayerRecord) -> LayerRecord:
        assert record.field is not None
        assert record.field.axes is not None
        axes = tuple(
            change(axis) if only in (None, number) else axis
            for number, axis in enumerate(record.field.axes)
        )
        return record._replace(field=record.field._replace(axes=axes))

    return record_with


def wider(before: int, after: int) -> Callable[[Axis], Axis]:
    """Return a change of an axis whose fields begin and end elsewhere."""
    return lambda axis: axis._replace(
        starts=tuple(start - before for start in axis.starts),
        ends=tuple(end + after for end in axis.ends),
    )


def everything(record: LayerRecord) -> LayerRecord:
    assert record.field is not None
    return record._replace(field=record.field._replace(whole=True))


PREDICTIONS: dict[str, tuple[str, Record, str]] = {
    "height off by one": ("conv1", with_values(output=(11, 10, 3)), "output"),
    "width off by one": ("conv1", with_values(output=(10, 9, 3)), "output"),
    "depth off by one": ("conv1", with_values(output=(10, 10, 4)), "output"),
    "pool off by one": ("max_pool1", with_values(output=(6, 5, 3)), "output"),
    "rank": ("conv1", with_values(output=(10, 30)), "output"),
    "dense off by one": ("dense1", with_values(output=(5,)), "output"),
    "conv without its bias": ("conv1", with_values(biases=0), "biases"),
    "conv with a bias too many": ("conv1", with_values(biases=4), "biases"),
    "weights off by one": ("conv1", with_values(weights=55), "weights"),
    "dense without its bias": ("dense1", with_values(biases=0), "biases"),
    "relu with a weight": ("relu1", with_values(weights=1), "weights"),
    "macs off by one": ("conv1", with_values(macs=5401), "macs"),
    "macs with the biases": ("dense1", with_values(macs=304), "macs"),
    "macs of two examples": ("dense1", with_values(macs=600), "macs"),
    "relu with macs": ("relu1", with_values(macs=300), "macs"),
    "running statistics forgotten": ("batch_norm1", with_values(non_trainable=0), "non_trainable"),
    "running mean only": ("batch_norm1", with_values(non_trainable=3), "non_trainable"),
    "field too small": ("conv1", with_axes(wider(0, -1)), "receptive_field"),
    "field too large": ("conv1", with_axes(wider(0, 1)), "receptive_field"),
    "field too large at the start": ("conv1", with_axes(wider(1, 0)), "receptive_field"),
    "field too large on one axis": ("conv1", with_axes(wider(0, 1), 1), "receptive_field"),
    "field shifted": ("conv1", with_axes(wider(1, -1)), "receptive_field"),
    "field of the pool too small": ("max_pool1", with_axes(wider(0, -1)), "receptive_field"),
    "field of the pool too large": ("max_pool1", with_axes(wider(0, 1)), "receptive_field"),
    "field of the pool shifted": ("max_pool1", with_axes(wider(-1, 1)), "receptive_field"),
    "field of everything": ("conv1", everything, "receptive_field"),
    "jump": (
        "max_pool1",
        with_axes(lambda axis: axis._replace(shift=3)),
        "receptive_field",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PREDICTIONS)
def test_a_wrong_prediction_is_found(name: str, trace_text: TraceText) -> None:
    layer, change, what = PREDICTIONS[name]
    trace = trace_text(NETWORK.replace("6x6x2", "12x12x2"))
    result = verify(changed(trace, layer, change))
    assert not result.agrees
    assert (layer, what) in failing(result)
    sums = {(layer, "parameters")} if what in ("weights", "biases") else set()
    assert failing(result) == {(layer, what)} | sums
    for found in result.diagnostics:
        assert (found.code, found.layer) == ("SC302", layer)
        line = [record.name for record in trace.layers].index(layer) + 3
        assert (found.line, found.column) == (line, 5)


@pytest.mark.slow
@pytest.mark.parametrize("training", [True, False])
def test_no_other_prediction_than_the_right_one_agrees(
    trace_text: TraceText, training: bool
) -> None:
    trace = trace_text(NETWORK)
    for record in trace.layers:
        for field in ("weights", "non_trainable", "macs"):
            for step in (-1, 1):
                value = getattr(record, field) + step
                wrong = changed(trace, record.name, with_values(**{field: value}))
                result = verify(wrong, only=record.name, training=training)
                sums = {(record.name, "parameters")} if field == "weights" else set()
                assert failing(result) == {(record.name, field)} | sums


def test_weights_taken_for_biases_are_found(trace_text: TraceText) -> None:
    swapped = with_values(weights=51, biases=6)  # 54 and 3: the sum is the same
    result = verify(changed(trace_text(NETWORK), "conv1", swapped))
    assert not result.agrees
    assert failing(result) == {("conv1", "weights"), ("conv1", "biases")}


# -- how layers are joined -------------------------------------------------------------------------


def test_gradients_of_several_consumers_that_are_not_added_up_are_found(
    trace_text: TraceText, monkeypatch: pytest.MonkeyPatch
) -> None:
    def last_wins(
        self: Engine, waiting: dict[int, Any], own: set[int], source: int, g: Any, fresh: bool
    ) -> None:
        waiting[source] = g
        own.discard(source)

    trace = trace_text(JOINED)
    assert verify(trace).agrees
    monkeypatch.setattr(Engine, "_pass_on", last_wins)
    result = verify(trace)
    assert_found(result, BOTH, 0)


def test_gradients_of_shared_weights_that_are_not_added_up_are_found(
    trace_text: TraceText, monkeypatch: pytest.MonkeyPatch
) -> None:
    def last_wins(self: Engine, owner: int, learned: Mapping[str, Any]) -> None:
        self.parameter_gradients[owner].update(learned)

    trace = trace_text(JOINED)
    monkeypatch.setattr(Engine, "_learn", last_wins)
    assert_found(verify(trace), LEARNED, 0)


def test_a_shared_layer_that_learns_nothing_is_found(
    trace_text: TraceText, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn = Engine._learn
    last = 4  # the layer named second

    def forgets(self: Engine, owner: int, learned: Mapping[str, Any]) -> None:
        if owner != 0 or len(self.reached) > last:
            learn(self, owner, learned)

    monkeypatch.setattr(Engine, "_learn", forgets)
    assert_found(verify(trace_text(JOINED)), LEARNED, 0)


# -- worked examples -------------------------------------------------------------------------------

EXAMPLE = """\
input: 3x3x1
layers:
  - conv: {K: 1, F: 2}
  - flatten
example:
  given:
    input: [[1, 0, 2], [3, 1, -1], [0, 2, 1]]
    conv1.weight: [[1, 0], [0, -1]]
    conv1.bias: [1]
  loss: {squared_error: [0, 0, 0, 0]}
  rate: 0.5
  expect:
    conv1: [[1, 2], [2, 1]]
    flatten1: [1, 2, 2, 1]
    conv1.grad: [[2, 4], [4, 2]]
    conv1.weight: [[1, 0], [0, -1]]
    conv1.weight.grad: [[16, 10], [14, 8]]
    conv1.bias.grad: [12]
    conv1.weight.next: [[-7, -5], [-7, -5]]
    conv1.bias.next: [-5]
    input.grad: [[2, 4, 0], [4, 0, -4], [0, -4, -2]]
    loss: 10
"""
EXPECTED = [line.split(":")[0].strip() for line in EXAMPLE.splitlines()[12:]]


def test_a_right_example_agrees(trace_text: TraceText) -> None:
    result = verify(trace_text(EXAMPLE))
    assert result.agrees, [d.message for d in result.diagnostics]
    assert [check.what for check in result.checks if check.what in EXPECTED]


@pytest.mark.quick(6)
@pytest.mark.parametrize("key", EXPECTED)
@pytest.mark.parametrize("step", [1, -1, 2e-6])
def test_a_wrong_value_of_an_example_is_found(key: str, step: float, trace_text: TraceText) -> None:
    lines = EXAMPLE.splitlines()
    at = next(n for n, line in enumerate(lines) if n > 11 and line.strip().startswith(f"{key}: "))
    title, _, values = lines[at].partition(": ")
    brackets = len(values) - len(values.lstrip("["))
    first, rest = values[brackets:], ""
    for end in (",", "]"):
        head, sep, tail = first.partition(end)
        if sep:
            first, rest = head, sep + tail + rest
    lines[at] = f"{title}: {'[' * brackets}{float(first) + step:.7f}{rest}"
    result = verify(trace_text("\n".join(lines) + "\n"))
    assert not result.agrees
    (found,) = result.diagnostics
    assert (found.code, found.line, found.column) == ("SC303", at + 1, 5)
    assert found.where == f"example.expect.{key}"
    assert found.message.startswith(key)
    assert "was expected" in found.message
    assert "computed: " in found.hint
    assert {what for _, what in failing(result)} == {key}


def test_a_tie_that_goes_to_the_last_maximum_is_found_by_an_example(
    trace_text: TraceText, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = trace_text(
        "input: 2x2x1\nlayers:\n  - max_pool: 2\nexample:\n  given: {input: [[1, 3], [3, 0]]}\n"
        "  upstream: {max_pool1: [5]}\n  expect:\n    input.grad: [[0, 5], [0, 0]]\n"
    )
    assert verify(trace).agrees

    def backwards(base: Callable[..., Any], context: Any, inputs: Any, parameters: Any) -> Any:
        return base(context, [inputs[0][:, ::-1, ::-1]], parameters)

    def turned(base: Callable[..., Any], *rest: Any) -> Any:
        below, learned = base(*rest)
        return [below[0][:, ::-1, ::-1]], learned

    plant(monkeypatch, "max_pool", Planted("max_pool", "", NOTHING, backwards, turned))
    result = verify(trace)
    assert failing(result) == {("input", "input.grad")}
    assert [d.code for d in result.diagnostics] == ["SC303"]


def test_a_kernel_that_forgets_its_bias_fails_the_example_too(
    trace_text: TraceText, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, "conv", Planted("conv", "", NOTHING, forward=forgets_bias))
    result = verify(trace_text(EXAMPLE))
    assert {"SC302", "SC303"} == {d.code for d in result.diagnostics}
    assert {"conv1", "gradient bias", "loss"} <= {what for _, what in failing(result)}


# -- nothing planted -------------------------------------------------------------------------------

SOUND = {
    "network": NETWORK,
    "joined": JOINED,
    "example": EXAMPLE,
    "kinky": """\
input: 8x8x3
layers:
  - conv: {name: left, K: 4, F: 3, P: 1}
  - relu
  - conv: {name: right, K: 4, F: 3, P: 1, from: input}
  - maximum: [relu1, right]
  - max_pool: {F: 3, S: 2, P: 1, rounding: floor}
  - leaky_relu
  - dense: 5
  - relu6
""",
    "one dimension": """\
input: 20x3
layers:
  - conv: {K: 4, F: 5, S: 2, P: same, dilation: 1}
  - group_norm: 2
  - dropout: 0.3
  - l2_pool: 2
  - global_avg_pool
  - flatten
  - softmax
""",
    "up": """\
input: 6x5x2
layers:
  - conv_transpose: {K: 3, F: 3, S: 2}
  - instance_norm
  - upsample: {scale: 2, mode: bilinear}
  - crop: 1
  - parallel: {branches: [[{conv: {K: 2, F: 1}}], [gelu]], merge: concat}
  - adaptive_avg_pool: 3x2
""",
    "two outputs": """\
inputs: {left: 6x6x2, right: 6x6x2}
layers:
  - subtract: [left, right]
  - conv: {name: a, K: 2, F: 3}
  - depthwise_conv: {name: b, F: 3, from: subtract1}
outputs: [a, b]
""",
}  # fmt: skip


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    ("training", "dtype"),
    [
        (True, "float64"),
        (False, "float32"),
        pytest.param(True, "float32", marks=pytest.mark.slow),
        pytest.param(False, "float64", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("name", SOUND)
def test_a_sound_network_agrees(
    name: str, training: bool, dtype: str, trace_text: TraceText
) -> None:
    trace = trace_text(SOUND[name])
    for batch, seed in ((None, 0), (1, 1), (3, 2)):
        result = verify(trace, batch=batch, seed=seed, dtype=dtype, training=training)
        assert result.agrees, [d.message for d in result.diagnostics]
        assert result.diagnostics == ()
        mode = "training" if training else "inference"
        assert result.settings == f"{dtype}, batch {batch or 1}, seed {seed}, {mode}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_kinks_raise_no_false_alarm(seed: int, trace_text: TraceText) -> None:
    result = verify(trace_text(SOUND["kinky"]), seed=seed, batch=2)
    assert result.agrees, [d.message for d in result.diagnostics]


def test_every_layer_is_checked_for_everything(trace_text: TraceText) -> None:
    trace = trace_text(NETWORK)
    result = verify(trace)
    for record in trace.layers:
        checked = {check.what for check in result.checks if check.layer == record.name}
        assert checked >= {"output", "parameters", "non_trainable", "macs"}
        assert checked >= {"gradient input", "receptive_field"}
        if record.parameters:
            assert checked >= {"gradient weight", "gradient bias"}
    assert {c.what for c in result.checks if c.layer is None} == {
        "gradient inputs",
        "gradient parameters",
    }
    names = [record.name for record in trace.layers]
    order = [names.index(c.layer) if c.layer else len(names) for c in result.checks]
    assert order == sorted(order)


def test_the_same_seed_gives_the_same_errors(trace_text: TraceText) -> None:
    trace = trace_text(NETWORK)
    assert verify(trace, seed=7).to_dict() == verify(trace, seed=7).to_dict()
    assert verify(trace, seed=7).checks != verify(trace, seed=8).checks


def test_layers_that_are_alike_are_checked_once_and_told(trace_text: TraceText) -> None:
    trace = trace_text(
        "input: 4x4x2\nlayers:\n  - repeat: {times: 3, layers: [{conv: {K: 2, F: 3, P: 1}}]}\n"
    )
    result = verify(trace)
    assert result.agrees
    assert any("2 layers are like" in note for note in result.notes)
    hows = {c.layer: c.how for c in result.checks if c.what == "gradient weight"}
    assert hows == {"conv1": "every value", "conv2": "as conv1", "conv3": "as conv1"}


def test_one_layer_that_is_like_another_is_told_in_the_singular(trace_text: TraceText) -> None:
    trace = trace_text(
        "input: 4x4x2\nlayers:\n  - repeat: {times: 2, layers: [{conv: {K: 2, F: 3, P: 1}}]}\n"
    )
    assert any(note.startswith("1 layer is like") for note in verify(trace).notes)


def test_a_fault_in_layers_that_are_alike_is_found_in_each(
    trace_text: TraceText, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, "tanh", Planted("tanh", "", NOTHING, backward=scaled(1.01)))
    result = verify(trace_text("input: 4\nlayers:\n  - tanh\n  - tanh\n"))
    assert {("tanh1", "gradient input"), ("tanh2", "gradient input")} <= failing(result)


def test_only_a_layer_or_an_instance_is_checked(trace_text: TraceText) -> None:
    trace = trace_text(
        "input: 4x4x2\nblocks:\n  unit: {layers: [{conv: {K: 2, F: 3, P: 1}}, relu]}\n"
        "layers:\n  - unit\n  - unit\n"
    )
    layers = {check.layer for check in verify(trace, only="unit2").checks}
    assert layers == {"unit2.conv1", "unit2.relu1"}
    layers = {check.layer for check in verify(trace, only="unit1.conv1").checks}
    assert layers == {"unit1.conv1"}


def test_progress_runs_to_the_end(trace_text: TraceText) -> None:
    seen: list[tuple[int, int]] = []
    verify(trace_text(NETWORK), progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == [*range(6)]
    assert {total for _, total in seen} == {5}


# -- specs that cannot be run ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("input: 10x10x1\nlayers: [{conv: {K: 2, F: 3, S: 2}}]\n", "SC201"),
        ("input: 8\nlayers: [rellu]\n", "SC105"),
        ("layers: [relu]\n", "SC103"),
        ("a: [", "SC101"),
        ("input: 1000000\nlayers: [{dense: 1000000}]\n", "SC108"),
        ("input: 100000x100000x1\nlayers: [relu]\n", "SC108"),
    ],
)
def test_a_spec_that_cannot_be_run_gives_its_error_and_no_check(
    text: str, code: str, trace_text: TraceText
) -> None:
    result = verify(trace_text(text))
    assert not result.agrees
    assert {d.code for d in result.diagnostics} == {code}
    assert result.checks == []


def test_a_false_claim_does_not_keep_a_network_from_being_run(trace_text: TraceText) -> None:
    result = verify(trace_text("input: 8\nlayers: [relu]\nexpect: {output: 9}\n"))
    assert not result.agrees
    assert [d.code for d in result.diagnostics] == ["SC301"]
    assert all(check.agrees for check in result.checks)
    assert result.checks


def test_a_network_from_a_mapping_is_verified_too() -> None:
    trace = shapecalc.trace({"input": 4, "layers": ["tanh"]})
    assert verify(trace).agrees
    wrong = changed(trace, "tanh1", with_values(macs=1))
    (found,) = verify(wrong).diagnostics
    assert (found.code, found.layer, found.line) == ("SC302", "tanh1", None)


def test_no_example_and_no_layers_are_no_fault(trace_text: TraceText) -> None:
    result = verify(trace_text("input: 4\nlayers: []\n"))
    assert isinstance(result.agrees, bool)


def test_every_kind_has_a_kernel() -> None:
    assert all(issubclass(kernel, Kernel) for kernel in KERNELS.values())


OPAQUE = {
    "input": "6x4",
    "layers": [
        {"operation": {"name": "a", "what": "LSTM", "output": 5, "parameters": {}, "macs": 0}},
        {"dense": {"name": "d", "units": 2}},
        {"operation": {"name": "b", "what": "Lambda"}},
        {"dense": {"name": "e", "units": 2}},
    ],
}


def test_what_is_not_run_is_counted() -> None:
    found = verify(shapecalc.trace(OPAQUE))
    assert found.not_run == {"a": "operation", "b": "operation", "e": "dense"}
    assert {check.layer for check in found.checks} == {"d", None}
    assert str(found).endswith(" checks, all agree; 3 layers were not run")
    first = {**OPAQUE, "layers": OPAQUE["layers"][:2]}
    assert str(verify(shapecalc.trace(first))).endswith("; 1 operation was not run")
    assert verify(shapecalc.trace(OPAQUE), only="d").not_run == {}
    assert "not run" not in str(verify(shapecalc.trace({**first, "layers": ["relu"]})))
