"""Measured receptive fields against brute force: each pixel of the input is changed in turn.

Weights and values are positive and a change is large, so that a maximum follows it and nothing
cancels: an output changes exactly if it sees the pixel.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np
import pytest
import yaml

import shapecalc
from shapecalc import Trace
from shapecalc.executor import measured_receptive_field
from shapecalc.executor.kernels import KERNELS
from shapecalc.executor.measured_receptive_field import Measured, Tracker
from shapecalc.executor.parameters import owned_by
from shapecalc.executor.receptive_field_check import ALL, field_checks
from shapecalc.executor.session import Session
from shapecalc.receptive_field import Axis

Spec = dict[str, Any]
Intervals = tuple[tuple[int, int], ...] | None


def traced(size: Any, *layers: str, outputs: Sequence[str] = ()) -> Trace:
    """Trace layers given as a spec has them; a size by name is that of an input."""
    spec: Spec = {"inputs" if isinstance(size, dict) else "input": size, "rounding": "floor"}
    spec["layers"] = [yaml.safe_load(layer) for layer in layers]
    trace = shapecalc.trace(spec | ({"outputs": outputs} if outputs else {}))
    assert [d for d in trace.diagnostics if d.severity == "error"] == []
    return trace


def brute(trace: Trace) -> list[Measured]:
    """Return what each layer's central output sees: one example for each changed pixel."""
    source = np.random.default_rng(5)
    parameters = {
        f"{record.name}.{name}": source.uniform(0.5, 1.5, parameter.shape)
        for record, owned in zip(trace.layers, owned_by(trace), strict=True)
        for name, parameter in owned.items()
    }
    volumes = {name: volume for name, volume in trace.inputs.items() if volume}
    base = {name: source.uniform(0.9, 1.1, volume) for name, volume in volumes.items()}
    centres: list[tuple[Any, ...]] = []
    for record in trace.layers:
        volume, mixed = record.output or (), record.field is not None and record.field.mixed
        centres.append(tuple(n // 2 for n in (volume if mixed else volume[:-1]) or volume))
    seen: list[list[Any]] = [[] for _ in trace.layers]
    for name, volume in volumes.items():
        places = list(volume[:-1] or volume)
        count = prod(places)
        given = {n: np.repeat(x[None], count + 1, axis=0) for n, x in base.items()}
        given[name].reshape(count + 1, count, -1)[range(1, count + 1), range(count)] += 1000
        given = {n: np.moveaxis(x, -1, 1) for n, x in given.items()}
        session = Session(trace, parameters, training=False)
        session.engine.forward(session.inputs(given))
        for index, at in enumerate(centres):
            values = session.value(trace.spec.values.of(index))[(slice(None), *at)]
            changes = np.abs(values[1:] / values[0] - 1).reshape(count, -1).max(axis=1)
            differs = (changes > 1e-9).reshape(places)  # less is rounding
            seen[index].append([(int(i.min()), int(i.max())) for i in differs.nonzero() if i.size])
    return [Measured(i, centres[i], together(parts)) for i, parts in enumerate(seen)]


def together(parts: Sequence[list[tuple[int, int]]]) -> Intervals:
    """Return the extent on all inputs together."""
    known = [part for part in parts if part]
    axes = [list(zip(*axis, strict=True)) for axis in zip(*known, strict=True)]
    return tuple((min(starts), max(ends)) for starts, ends in axes) or None


def tracked(trace: Trace) -> list[Measured]:
    return Tracker(trace, range(len(trace.layers))).run()


def known(trace: Trace, measured: Sequence[Measured]) -> list[Measured]:
    """Return those of layers whose field is predicted: of the others none is compared."""
    fields = [record.field for record in trace.layers]
    lost = [field is not None and field.extent and not field.sizes() for field in fields]
    return [m for m in measured if not lost[m.layer]]


# -- against brute force ---------------------------------------------------------------------------

CONV = "conv: {K: 2, F: 3}"
DEPTHWISE = "depthwise_conv: {F: 2, P: 1}"
NETS: dict[str, tuple[Any, ...]] = {
    "one convolution": ("7x9x2", CONV),
    "stride and padding": ("9x8x1", "conv: {K: 2, F: 3x2, S: 2, P: [1, 0]}"),
    "dilation": ("11x9x1", "conv: {K: 1, F: 3, dilation: [3, 2]}", "max_pool: {F: 2, S: 1}"),
    "same, odd zero at the end": ("8x7x1", *["conv: {K: 1, F: 3, S: 2, P: same}"] * 2),
    "pools": ("12x12x2", CONV, "max_pool: 2", "avg_pool: {F: 2, S: 1}", "l2_pool: 2"),
    "overlapping pools": ("11x11x1", *["max_pool: {F: 3, S: 2, P: 1}"] * 3),
    "groups and depthwise": ("8x8x4", "conv: {K: 4, F: 3, groups: 2}", "depthwise_conv: 3"),
    "one dimension": (
        "20x2", "conv: {K: 2, F: 5, S: 2, P: 2}", "relu", "max_pool: 2", "dense: 3",
    ),
    "three dimensions": (
        "6x5x4x1", "conv: {K: 2, F: 3x2x1, P: [1, 0, 0]}", "max_pool: {F: 1x2x2}",
    ),
    "transposed": ("5x4x2", "conv_transpose: {K: 2, F: 3, S: 2}", CONV),
    "transposed, same, written": (
        "4x5x1", "conv_transpose: {K: 2, F: [3, 4], S: 2, P: same, output_padding: [1, 0]}", CONV,
        "conv_transpose: {K: 1, F: 3, S: 2, P: same, output_padding: 0}", CONV,
    ),
    "transposed, valid": (
        "4x5x1", "conv_transpose: {K: 2, F: 2, S: 3, P: valid}", "conv: {K: 1, F: 3, S: 3}",
        "conv_transpose: {K: 2, F: 1, S: 2, P: valid, output_padding: 1}", CONV,
    ),
    "numbers for each slice": (
        "5x4x3", "scale: {weight: [2, -1, 3], bias: [0, 1, 2]}", CONV, "scale: {weight: [3, 1]}",
    ),
    "transposed without overlap": ("5x4x2", "conv_transpose: {K: 2, F: 2, S: 2}", CONV),
    "nearest": ("5x6x1", "upsample: 2", CONV),
    "bilinear": ("5x6x1", "upsample: {scale: 2, mode: bilinear}", CONV),
    "bilinear twice": ("4x5x1", *["upsample: {scale: 3, mode: bilinear}"] * 2),
    "adaptive": ("7x10x1", "adaptive_avg_pool: 3x4", "adaptive_max_pool: 2"),
    "global": ("5x5x2", CONV, "global_avg_pool", "dense: 2"),
    "flatten": ("4x4x2", CONV, "flatten", "dense: 5", "relu", "dense: 2"),
    "pad and crop": (
        "7x7x1", "pad: 2", CONV, "crop: [[2, 0], [0, 1]]", "conv: {K: 1, F: 3, S: 2}",
    ),
    "stride leaves pixels out": ("10x10x1", "conv: {K: 1, F: 2, S: 4}", "conv: {K: 1, F: 2}"),
    "norms": ("7x7x2", CONV, "batch_norm", CONV, "instance_norm"),
    "residual": (
        "9x9x2", "residual: [{conv: {K: 2, F: 3, P: 1}}, relu, {conv: {K: 2, F: 5, P: 2}}]",
        "max_pool: {F: 3, S: 3}",
    ),
    "parallel": (
        "9x9x1", "parallel: {branches: [[{conv: {K: 1, F: 1}}], [{conv: {K: 2, F: 5, P: 2}}],"
        " [{max_pool: {F: 3, S: 1, P: 1}}]]}",
    ),
    "branches of other jumps": (
        "8x8x1", "max_pool: 2", "conv: {K: 1, F: 3, S: 2, P: 1, from: input}",
        "upsample: {scale: 2, from: max_pool1}", "add: [max_pool1, conv1]",
        "add: [upsample1, input]",
    ),
    "two inputs": (
        {"left": "7x8x1", "right": "7x8x2"}, "conv: {name: a, K: 2, F: 3, P: 1, from: left}",
        "conv: {name: b, K: 2, F: 5, P: 2, from: right}", "multiply: [a, b]",
    ),
    "maximum": (
        {"left": "7x7x1", "right": "7x7x1"}, "conv: {K: 1, F: 3, P: 1, from: left}",
        "conv: {K: 1, F: 5, P: 2, from: right}", "maximum: [conv1, conv2]",
    ),
    "a flat input": (12, "dense: 5", "relu", "dense: 3"),
    "patches to tokens": (
        "8x6x3", "conv: {K: 7, F: 2, S: 2}", "reshape: 12x7", "layer_norm", "conv: {K: 5, F: 1}",
        "reshape: 4x3x5", CONV,
    ),
    "reshaped and convolved": ("8x8x3", "conv: {K: 4, F: 3, P: 1}", "reshape: 4x4x16", CONV),
    "reshaped and mixed": (
        "6x8x1", "conv: {K: 3, F: 3, P: 1}", "reshape: 3x4x12", "relu", "layer_norm", "lrn",
        "conv: {K: 2, F: 1}", "dense: 3",
    ),
    "reshaped and kept": (
        "6x8x1", "conv: {K: 3, F: 3, P: 1}", "reshape: 3x4x12", "batch_norm", "prelu",
        "depthwise_conv: {F: 1, multiplier: 2}", "pad: 1", "max_pool: {F: 1, S: 2}",
    ),
    "reshaped and pooled": (
        "6x8x1", "conv: {K: 3, F: 3}", "reshape: 3x4x6", "max_pool: 2", "flatten", "dense: 2",
    ),
    "reshaped and normed": ("6x4x2", CONV, "reshape: 2x2x4", "instance_norm", "group_norm: 2"),
    "flattened and reshaped": (
        "4x6x2", CONV, "flatten", "relu", "reshape: 4x2x2", "silu", "conv: {K: 3, F: 1}", "flatten",
    ),
    "reshaped in a branch": (
        "6x6x3", "conv: {name: a, K: 4, F: 3, P: 1}", "reshape: 3x3x16",
        "conv: {name: b, K: 16, F: 3, S: 2, P: 1, from: a}", "add: [reshape1, b]", "relu",
        "reshape: {name: back, output: 6x6x4, from: reshape1}", "concat: [a, back]", CONV,
    ),
    "reshaped, then branches": (
        "6x6x3", "conv: {K: 4, F: 3, P: 1}", "reshape: 3x3x16",
        "residual: [relu, silu]", "residual: [layer_norm]", "concat: [reshape1, add1]",
    ),
    "reshaped in one dimension": (
        "12x5", "conv: {K: 4, F: 3, P: 1}", "reshape: 6x8", "relu", "reshape: 16x3",
    ),
    "reshaped in three dimensions": (
        "4x4x2x3", "conv: {K: 5, F: 3x2x1, P: [1, 0, 0]}", "reshape: 2x2x6x5", "reshape: 4x6x5",
        "reshape: 3x2x2x10", "relu",
    ),
    "stretched": ("6x6x2", "global_max_pool", "dense: 2", "multiply: [input, dense1]"),
}  # fmt: skip


@pytest.mark.quick(9)
@pytest.mark.parametrize("name", NETS)
def test_what_is_measured_is_what_changes(name: str) -> None:
    trace = traced(*NETS[name])
    assert known(trace, tracked(trace)) == known(trace, brute(trace))
    assert failing(trace) == []


RESHAPED = [
    (size, depth, reshaped)
    for size, reshaped in (
        ("8", "4x{2}"), ("8", "2x2x{2}"), ("4x6", "24x{1}"), ("4x6", "3x4x{2}"),
        ("4x4", "2x2x2x{2}"), ("4x6", "2x3x4x{1}"), ("4x2x4", "8x4x{1}"), ("4x2x4", "2x2x4x{2}"),
    )
    for depth in (1, 2, 3, 4, 5, 8, 16)
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("behind", ["relu", "lrn", "conv: {K: 3, F: 1}", DEPTHWISE, "flatten"])
@pytest.mark.parametrize(("size", "depth", "reshaped"), RESHAPED)
def test_a_reshape_of_any_depth(size: str, depth: int, reshaped: str, behind: str) -> None:
    places, _, factor = reshaped.partition("{")
    output = f"{places}{int(factor[:-1]) * depth}"
    first = f"conv: {{K: {depth}, F: 3, P: 1}}"
    trace = traced(f"{size}x2", first, f"reshape: {output}", behind, "dense: 2")
    assert known(trace, tracked(trace)) == known(trace, brute(trace))
    assert failing(trace) == []


PICKED = [
    "conv: {K: 2, F: 3, P: 1}", "conv: {K: 1, F: 1x3, S: [1, 2], P: same}",
    "conv: {K: 2, F: 2, dilation: 2}", "max_pool: {F: 3, S: 2, P: 1}", "max_pool: {F: 2, S: 1}",
    "avg_pool: {F: 2, S: 2}", "conv_transpose: {K: 1, F: 3, S: 2, P: 1}", "upsample: {scale: 2}",
    "upsample: {scale: 2, mode: bilinear}", "relu: {}", "add: {}",
    "concat: {}", "slice: {part: 2, of: 2}", "slice: {axis: width, start: 1}",
    "channel_shuffle: {groups: 2}", "transpose: {axes: [1, 0, 2]}",
    "conv: {K: 2, F: 3, P: 1, mode: reflect}", "pad: {P: 1, mode: circular}",
    "pad: {P: [[2, 0], [0, 1]], mode: replicate}",
    "scale: {weight: [2, -1]}", "global_avg_pool: {keep: false}", "prelu: {slopes: per_value}",
    "separable_conv: {K: 2, F: 3}", "slice: {part: 1, of: 2}", "slice: {axis: height, stop: -1}",
]  # fmt: skip


def random_net(seed: int) -> Trace:
    """Return a small network of random layers on random earlier values."""
    pick = random.Random(seed)
    spec: Spec = {"input": [pick.randint(5, 10), pick.randint(5, 10), 1], "rounding": "floor"}
    trace = shapecalc.trace(spec | {"layers": []})
    layers: list[Any] = []
    while len(layers) < 7:
        names = ["input", *(record.name for record in trace.layers)]
        ((kind, fields),) = yaml.safe_load(pick.choice(PICKED)).items()
        near, far = pick.choice(names[-2:]), pick.choice(names)
        fields |= {"name": f"n{len(layers)}"}
        fields["from"] = [near, far] if kind in ("add", "concat") else near
        tried = shapecalc.trace(spec | {"layers": [*layers, {kind: fields}]})
        last = tried.layers[-1]
        sound = all(d.severity != "error" for d in tried.diagnostics)
        level = len({volume[:-1] for volume in last.input or ()}) == 1  # nothing is stretched
        if sound and level and max(last.output or ()) < 20:
            layers.append({kind: fields})
            trace = tried
    return trace


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_random_networks(seed: int) -> None:
    trace = random_net(seed)
    assert tracked(trace) == brute(trace)
    assert failing(trace) == []


def failing(trace: Trace) -> list[str]:
    checks = field_checks(trace, range(len(trace.layers))).checks
    return [check.layer or "" for check in checks if not check.agrees]


# -- planted faults --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["conv", "max_pool"])
def test_a_gradient_that_goes_elsewhere_is_noticed(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = KERNELS[kind]

    def backward(self: Any, *rest: Any) -> Any:
        (gradient,), learned = base.backward(self, *rest)
        assert gradient is not None
        return [np.roll(gradient, 1, axis=2)], learned

    monkeypatch.setitem(KERNELS, kind, type("Moved", (base,), {"backward": backward}))
    trace = traced("8x8x1", CONV, "max_pool: 2")
    assert tracked(trace) != brute(trace)


def narrowed(trace: Trace, layer: str, change: Callable[[Axis], Axis]) -> Trace:
    """Return the trace with another predicted field of one layer."""
    records = []
    for record in trace.layers:
        if record.name == layer:
            assert record.field is not None
            assert record.field.axes is not None
            axes = tuple(map(change, record.field.axes))
            record = record._replace(field=record.field._replace(axes=axes))
        records.append(record)
    return dataclasses.replace(trace, layers=tuple(records))


def sooner(axis: Axis) -> Axis:
    return axis._replace(ends=tuple(end - 1 for end in axis.ends))


def later(axis: Axis) -> Axis:
    return axis._replace(starts=tuple(start + 1 for start in axis.starts))


@pytest.mark.parametrize("change", [sooner, later])
@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("one convolution", "conv1"),
        ("pools", "l2_pool1"),
        ("overlapping pools", "max_pool2"),
        ("one dimension", "max_pool1"),
        ("three dimensions", "max_pool1"),
        ("dilation", "max_pool1"),
        ("residual", "max_pool1"),
        ("parallel", "concat1"),
        ("two inputs", "multiply1"),
        # where the prediction is a bound only
        ("transposed without overlap", "conv_transpose1"),
        ("bilinear", "upsample1"),
    ],
)
def test_a_prediction_that_is_too_small_is_found(
    name: str, layer: str, change: Callable[[Axis], Axis]
) -> None:
    trace = traced(*NETS[name])
    assert failing(trace) == []
    assert failing(narrowed(trace, layer, change)) == [layer]


@pytest.mark.parametrize("name", ["one convolution", "dilation", "pools", "norms"])
def test_a_prediction_that_is_too_large_is_found(name: str) -> None:
    trace = traced(*NETS[name])
    last = trace.layers[1 if name == "pools" else 0].name
    wider = narrowed(trace, last, lambda axis: axis._replace(ends=tuple(e + 1 for e in axis.ends)))
    assert failing(wider) == [last]


@pytest.mark.parametrize("name", ["patches to tokens", "reshaped and kept", "reshaped in a branch"])
def test_kept_sizes_that_are_too_small_are_found(name: str) -> None:
    trace = traced(*NETS[name])
    record = next(record for record in trace.layers if record.kind == "reshape")
    assert record.field is not None
    smaller = record._replace(field=record.field._replace(kept=(1, 2)))
    layers = tuple(smaller if other is record else other for other in trace.layers)
    assert failing(dataclasses.replace(trace, layers=layers)) == [record.name]


# -- what is measured ------------------------------------------------------------------------------


def test_of_many_layers_some_are_measured_the_last_among_them() -> None:
    layers = ["conv: {K: 1, F: 3, P: 1}"] * (2 * ALL)
    checks, note = field_checks(traced("9x9x1", *layers), range(2 * ALL))
    assert ALL / 2 <= len(checks) <= ALL
    assert checks[-1].layer == f"conv{2 * ALL}"
    assert note == f"receptive fields: measured for {len(checks)} of {2 * ALL} layers"
    few, none = field_checks(traced("9x9x1", *layers[:ALL]), range(ALL))
    assert (len(few), none) == (ALL, None)


def test_layers_beyond_the_room_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = ["dense1", "conv1"]
    trace = traced(
        "8x8x1", "max_pool: 2", "dense: 3", "conv: {K: 1, F: 3, from: input}", outputs=ends
    )
    every = {m.layer: m for m in tracked(trace)}
    assert set(every) == {0, 1, 2}
    monkeypatch.setattr(measured_receptive_field, "ROOM", 8 * 8 * 4)
    some = tracked(trace)
    assert 0 < len(some) < 3
    assert all(every[m.layer] == m for m in some)


@pytest.mark.parametrize("head", ["softmax", "log_softmax"])
def test_where_nothing_comes_back_nothing_is_passed_on(head: str) -> None:
    """One value behind a softmax depends on no input: no row of the dense layer is marked."""
    trace = traced([4, 1], f"residual: {{body: [{{dense: 1}}, {head}]}}", "relu")
    for name in ("add1", None):
        assert shapecalc.verify(trace.spec, only=name).agrees
