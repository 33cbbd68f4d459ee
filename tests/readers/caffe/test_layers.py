"""Layers of Caffe without windows: kinds, sizes, counts; what has no kind as operations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from caffe_files import image, layer

import shapecalc
from shapecalc import network
from shapecalc.readers import read_bytes
from shapecalc.tracing import Trace


def traced(text: str, inputs: Any = None) -> Trace:
    """Return the trace of a file."""
    return shapecalc.trace(network.build(read_bytes(text.encode(), "net.prototxt"), inputs=inputs))


IMAGE = image(5, 7, depth=6)
FLAT = 'input: "data" input_shape { dim: 1 dim: 6 }\n'
SEQUENCE = 'input: "data" input_shape { dim: 1 dim: 10 dim: 4 }\n'  # 10 steps of 4 values


@pytest.mark.parametrize(
    ("kind", "settings", "ours", "fields"),
    [
        ("ReLU", "", "relu", {}),
        ("ReLU", "relu_param { negative_slope: 0.1 }", "leaky_relu", {"slope": 0.1}),
        ("Sigmoid", "", "sigmoid", {}),
        ("TanH", "", "tanh", {}),
        ("AbsVal", "", "abs", {}),
        ("BNLL", "", "softplus", {}),
        ("ELU", "", "elu", {}),
        ("ELU", "elu_param { alpha: 2 }", "operation", {}),
        ("Swish", "", "silu", {}),
        ("Swish", "swish_param { beta: 2 }", "operation", {}),
        ("Clip", "clip_param { min: 0 max: 6 }", "relu6", {}),
        ("Clip", "clip_param { min: -1 max: 6 }", "operation", {}),
        ("Dropout", "", "dropout", {"rate": 0.5}),
        ("Dropout", "dropout_param { dropout_ratio: 0.2 }", "dropout", {"rate": 0.2}),
        ("Softmax", "", "softmax", {}),
        ("Softmax", "softmax_param { axis: -3 }", "softmax", {}),
        ("Softmax", "softmax_param { axis: 2 }", "operation", {}),
        ("Power", "", "identity", {}),
        ("Power", "power_param { scale: 0.5 shift: -1 }", "scale", {"weight": 0.5, "bias": -1}),
        ("Power", "power_param { shift: 2 }", "scale", {"weight": False, "bias": 2}),
        ("Power", "power_param { power: 0.5 }", "sqrt", {}),
        ("Power", "power_param { power: 2 }", "operation", {}),
        ("Exp", "", "exp", {}),
        ("Exp", "exp_param { base: 2 }", "operation", {}),
        ("Log", "", "operation", {}),
        ("Threshold", "", "operation", {}),
        ("LRN", "", "lrn", {"size": 5, "alpha": 1.0, "beta": 0.75, "k": 1.0}),
        ("LRN", "lrn_param { local_size: 3 alpha: 5e-05 norm_region: ACROSS_CHANNELS }", "lrn",
         {"size": 3, "alpha": 5e-05}),
        ("LRN", "lrn_param { norm_region: WITHIN_CHANNEL }", "operation", {}),
        ("LRN", "lrn_param { norm_region: 1 }", "operation", {}),
        ("MVN", "", "instance_norm", {"affine": False}),
        ("MVN", "mvn_param { across_channels: true eps: 1e-9 }", "layer_norm",
         {"affine": False, "over": "all", "eps": 1e-9}),
        ("MVN", "mvn_param { normalize_variance: false }", "operation", {}),
        ("ShuffleChannel", "shuffle_channel_param { group: 3 }", "channel_shuffle", {"groups": 3}),
        ("Split", "", "identity", {}),
    ],
)  # fmt: skip
def test_what_keeps_the_volume(kind: str, settings: str, ours: str, fields: Any) -> None:
    trace = traced(IMAGE + layer(kind, rest=settings))
    record = trace["out"]
    assert (record.kind, record.output, record.parameters, record.macs) == (ours, (5, 7, 6), 0, 0)
    assert record.layer is not None
    values = record.layer.values()
    assert {name: values[name] for name in fields} == fields
    assert trace.complete


@pytest.mark.parametrize(
    ("kind", "settings", "ours", "weights", "biases", "statistics"),
    [
        ("BatchNorm", "", "batch_norm", 0, 0, 12),
        ("BatchNorm", "batch_norm_param { use_global_stats: true eps: 0 }", "batch_norm", 0, 0, 12),
        ("BatchNorm", "batch_norm_param { scale_bias: true }", "batch_norm", 6, 6, 12),
        ("BN", "", "batch_norm", 6, 6, 12),
        ("Scale", "", "scale", 6, 0, 0),
        ("Scale", "scale_param { bias_term: true }", "scale", 6, 6, 0),
        ("Scale", "scale_param { axis: -3 }", "scale", 6, 0, 0),
        ("Scale", "scale_param { num_axes: 0 }", "operation", 1, 0, 0),
        ("Scale", "scale_param { num_axes: -1 bias_term: true }", "operation", 210, 210, 0),
        ("Scale", "scale_param { axis: 2 num_axes: 2 }", "operation", 35, 0, 0),
        ("Bias", "", "scale", 0, 6, 0),
        ("PReLU", "", "prelu", 6, 0, 0),
        ("PReLU", "prelu_param { channel_shared: true }", "prelu", 1, 0, 0),
        ("Normalize", "norm_param { across_spatial: false channel_shared: false }", "scale", 6, 0,
         0),
        ("Normalize", "norm_param { channel_shared: false }", "operation", 6, 0, 0),
        ("Normalize", "", "operation", 1, 0, 0),
    ],
)  # fmt: skip
def test_learned_scales_and_statistics(
    kind: str, settings: str, ours: str, weights: int, biases: int, statistics: int
) -> None:
    trace = traced(IMAGE + layer(kind, rest=settings))
    record = trace["out"]
    assert (record.kind, record.output) == (ours, (5, 7, 6))
    assert (record.weights, record.biases, record.non_trainable) == (weights, biases, statistics)
    assert trace.complete


def test_a_batch_norm_and_its_scale_are_two_layers() -> None:
    text = IMAGE + layer("BatchNorm", "data", "x") + layer(
        "Scale", "x", "y", "scale_param { bias_term: true }"
    )  # fmt: skip
    assert [(r.name, r.kind, r.parameters, r.non_trainable) for r in traced(text)] == [
        ("x", "batch_norm", 0, 12), ("y", "scale", 12, 0)
    ]  # fmt: skip


def test_a_frozen_bn_of_a_fork() -> None:
    record = traced(IMAGE + layer("BN", rest="bn_param { frozen: true }"))["out"]
    assert (record.frozen, record.parameters) == (12, 12)


def test_shared_statistics_and_scales_count_once() -> None:
    names = 'param { name: "m" } param { name: "v" } param { name: "f" }'
    scale = 'param { name: "g" } param { name: "b" } scale_param { bias_term: true }'
    text = IMAGE + "".join(
        layer("BatchNorm", "data", f"n{i}", names) + layer("Scale", f"n{i}", f"s{i}", scale)
        for i in range(3)
    )
    trace = traced(text)
    assert (trace.totals.parameters, trace.totals.non_trainable) == (12, 12)


# -- several blobs ---------------------------------------------------------------------------------

GATE = 'input: "data" input_shape { dim: 1 dim: 6 dim: 5 dim: 7 } input: "g" input_shape { %s }\n'


@pytest.mark.parametrize(
    ("settings", "kinds"),
    [
        ("", ["add"]),
        ("eltwise_param { operation: SUM }", ["add"]),
        ("eltwise_param { operation: PROD }", ["multiply"]),
        ("eltwise_param { operation: MAX }", ["maximum"]),
        ("eltwise_param { operation: 0 }", ["multiply"]),
        ("eltwise_param { operation: 2 }", ["maximum"]),
        ("eltwise_param { coeff: 1 coeff: 1 }", ["add"]),
        ("eltwise_param { coeff: 1 coeff: -1 }", ["subtract"]),
        ("eltwise_param { coeff: 0.5 coeff: 1 }", ["scale", "add"]),
        ("eltwise_param { coeff: 0.5 coeff: 2 }", ["scale", "scale", "add"]),
    ],
)
def test_eltwise(settings: str, kinds: list[str]) -> None:
    trace = traced(IMAGE + layer("ReLU", "data", "r") + layer("Eltwise", "data r", rest=settings))
    assert [record.kind for record in trace][1:] == kinds
    assert trace["out"].output == (5, 7, 6)
    assert trace.totals.parameters == 0


def test_eltwise_of_unequal_volumes_or_coefficients_is_a_fault() -> None:
    half = layer("Pooling", "data", "p", "pooling_param { kernel_size: 2 stride: 2 }")
    (found,) = traced(IMAGE + half + layer("Eltwise", "data p")).diagnostics
    assert (found.code, found.line) == ("SC205", 3)
    text = layer("Eltwise", "data data", rest="eltwise_param { coeff: 1 coeff: 1 coeff: 1 }")
    (found,) = traced(IMAGE + text).diagnostics
    assert (found.code, found.line) == ("SC603", 2)


@pytest.mark.parametrize(
    ("kind", "dims", "settings", "ours"),
    [
        ("Scale", "dim: 1 dim: 6", "scale_param { axis: 0 }", "multiply"),
        ("Scale", "dim: 1 dim: 6 dim: 5", "scale_param { axis: 0 }", "multiply"),
        ("Scale", "dim: 1 dim: 6 dim: 5 dim: 7", "scale_param { axis: 0 }", "multiply"),
        ("Scale", "dim: 1", "scale_param { axis: 0 }", "multiply"),
        ("Scale", "dim: 5", "scale_param { axis: 2 }", "operation"),
        ("Bias", "dim: 1 dim: 6", "bias_param { axis: 0 }", "add"),
        ("Axpy", "dim: 1 dim: 6 dim: 1 dim: 1", "", "add"),
    ],
)
def test_two_blobs_of_which_one_is_stretched(
    kind: str, dims: str, settings: str, ours: str
) -> None:
    bottoms = "g data data" if kind == "Axpy" else "data g"
    trace = traced(GATE % dims + layer(kind, bottoms, rest=settings))
    assert (trace["out"].kind, trace["out"].output) == (ours, (5, 7, 6))
    assert trace.complete


@pytest.mark.parametrize(
    ("settings", "output"),
    [
        ("", (5, 7, 12)),
        ("concat_param { axis: 1 }", (5, 7, 12)),
        ("concat_param { axis: 2 }", (10, 7, 6)),
        ("concat_param { axis: -1 }", (5, 14, 6)),
        ("concat_param { concat_dim: 3 }", (5, 14, 6)),
        ("concat_param { axis: 0 }", (5, 7, 6)),  # along the batch
    ],
)
def test_concat(settings: str, output: Any) -> None:
    assert traced(IMAGE + layer("Concat", "data data", rest=settings))["out"].output == output
    single = traced(IMAGE + layer("Concat", "data", rest="concat_param { axis: 2 }"))
    assert single["out"].output == (5, 7, 6)


@pytest.mark.parametrize(
    ("settings", "outputs"),
    [
        ("", [(5, 7, 3), (5, 7, 3)]),
        ("slice_param { slice_point: 1 }", [(5, 7, 1), (5, 7, 5)]),
        ("slice_param { axis: 3 slice_point: 2 }", [(5, 2, 6), (5, 5, 6)]),
        ("slice_param { slice_dim: 2 slice_point: 4 }", [(4, 7, 6), (1, 7, 6)]),
        ("slice_param { axis: 0 }", [(5, 7, 6), (5, 7, 6)]),
    ],
)
def test_slice(settings: str, outputs: Any) -> None:
    trace = traced(IMAGE + layer("Slice", "data", "a b", settings))
    assert list(trace.outputs.values()) == outputs


def test_slice_in_three_and_its_faults() -> None:
    points = "slice_param { slice_point: 1 slice_point: 3 }"
    trace = traced(IMAGE + layer("Slice", "data", "a b c", points))
    assert [record.output for record in trace] == [(5, 7, 1), (5, 7, 2), (5, 7, 3)]
    assert [record.name for record in trace] == ["a/a", "a/b", "a/c"]
    for settings, code in (("slice_param { axis: 2 }", "SC204"), (points, "SC603"),
                           ("slice_param { slice_point: 9 }", "SC202")):  # fmt: skip
        found = traced(IMAGE + layer("Slice", "data", "a b", settings)).diagnostics
        assert {(d.code, d.line) for d in found} == {(code, 2)}


@pytest.mark.parametrize(
    ("settings", "output"),
    [
        ("", (3, 4, 6)),
        ("crop_param { offset: 1 }", (3, 4, 6)),
        ("crop_param { axis: 2 offset: 2 offset: 3 }", (3, 4, 6)),
        ("crop_param { axis: 3 offset: 1 }", (5, 4, 6)),
        ("crop_param { axis: -2 }", (3, 4, 6)),
        ("crop_param { axis: 1 }", None),
    ],
)
def test_crop(settings: str, output: Any) -> None:
    small = layer("Pooling", "data", "p", "pooling_param { kernel_size: 2 stride: 2 }")
    trace = traced(IMAGE + small + layer("Crop", "data p", rest=settings))
    assert trace["out"].output == output


def test_crop_of_unknown_sizes_and_beyond_the_blob() -> None:
    text = layer("Data", "", "data") + layer(
        "Pooling", "data", "p", "pooling_param { kernel_size: 2 stride: 2 }"
    )  # fmt: skip
    text += layer("Crop", "data p", rest="crop_param { offset: 1 }")
    assert traced(text)["out"].kind == "crop"
    assert traced(text, "6x6x3")["out"].output == (3, 3, 3)
    trace = traced(text.replace("offset: 1", "offset: 5"), "6x6x3")
    (found,) = (d for d in trace.diagnostics if d.severity == "error")
    assert (found.code, found.line) == ("SC202", 3)
    assert "3x3 from 5 on is no part of 6x6" in found.message


def test_an_input_may_be_there_for_its_size_alone() -> None:
    text = layer("Data", "", "data") + layer("Data", "", "like")
    trace = traced(text + layer("Crop", "data like"))
    assert list(trace.inputs) == ["data", "like"]
    assert not [found for found in trace.diagnostics if found.severity == "error"]
    given = traced(text + layer("Crop", "data like"), {"data": "9x8x3", "like": "5x4x1"})
    assert given["out"].output == (5, 4, 3)


# -- dense and shapes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "settings", "output", "parameters", "macs"),
    [
        (IMAGE, "num_output: 4", (4,), 4 * 210 + 4, 4 * 210),
        (FLAT, "num_output: 4 bias_term: false", (4,), 24, 24),
        (IMAGE, "num_output: 4 axis: 1 transpose: true", (4,), 4 * 210 + 4, 4 * 210),
        (IMAGE, "num_output: 4 axis: 3", (5, 4, 6), 4 * 7 + 4, 6 * 5 * 28),
        (IMAGE, "num_output: 4 axis: -1", (5, 4, 6), 4 * 7 + 4, 6 * 5 * 28),
        (IMAGE, "num_output: 4 axis: 2", (4, 6), 4 * 35 + 4, 6 * 140),
        (SEQUENCE, "num_output: 3 axis: 2", (3, 10), 3 * 4 + 3, 10 * 12),
    ],
)
def test_inner_product(text: str, settings: str, output: Any, parameters: int, macs: int) -> None:
    trace = traced(text + layer("InnerProduct", rest=f"inner_product_param {{ {settings} }}"))
    assert trace.outputs == {trace.layers[-1].name: output}
    assert (trace.totals.parameters, trace.totals.macs) == (parameters, macs)
    assert trace.complete


@pytest.mark.parametrize(
    ("kind", "settings", "output"),
    [
        ("Flatten", "", (210,)),
        ("Flatten", "flatten_param { axis: 2 }", (35, 6)),
        ("Flatten", "flatten_param { axis: 1 end_axis: 2 }", (7, 30)),
        ("Flatten", "flatten_param { axis: -2 end_axis: -1 }", (35, 6)),
        ("Reshape", "shape { dim: 0 dim: -1 }", (210,)),
        ("Reshape", "shape { dim: 0 dim: 2 dim: -1 dim: 7 }", (15, 7, 2)),
        ("Reshape", "shape { dim: 1 dim: 210 }", (210,)),
        ("Reshape", "shape { dim: -1 dim: 210 }", (210,)),
        ("Reshape", "shape { dim: 0 dim: 0 dim: -1 }", (35, 6)),
        ("Reshape", "shape { dim: 35 dim: 1 } axis: 2 num_axes: 2", (35, 1, 6)),
        ("Reshape", "shape { dim: -1 } axis: 1", (210,)),
        ("Reshape", "shape { dim: 1 } axis: -1 num_axes: 0", (5, 7, 1, 6)),
        ("Reshape", "shape { dim: -1 dim: 6 }", None),  # positions become examples
        ("Reshape", "shape { dim: 0 dim: 100 }", None),
        ("Permute", "order: 0 order: 2 order: 3 order: 1", (7, 6, 5)),
        ("Permute", "order: 0 order: 3", (6, 5, 7)),
        ("Permute", "order: 0 order: 1", (5, 7, 6)),
        ("Permute", "order: 1 order: 0", None),
        ("Reduction", "axis: 2 operation: MEAN", (6,)),
        ("Reduction", "axis: 2 operation: SUM", (6,)),
        ("Reduction", "axis: 3", (5, 6)),
        ("Reduction", "axis: 1 operation: ASUM", (1,)),
        ("Reduction", "", (1,)),
    ],
)
def test_other_shapes(kind: str, settings: str, output: Any) -> None:
    name = f"{kind.lower()}_param"
    rest = settings if settings.startswith(name) or not settings else f"{name} {{ {settings} }}"
    trace = traced(IMAGE + layer(kind, rest=rest))
    assert trace["out"].output == output
    assert (trace["out"].parameters, trace["out"].macs) == (0, 0)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("Reshape", "shape { dim: -1 dim: -1 }"),
        ("Reshape", "shape { dim: -2 }"),
        ("Reshape", "shape { dim: 0 dim: 0 dim: 0 dim: 0 dim: 0 }"),
        ("Reshape", "axis: 9"),
        ("Permute", "order: 0 order: 0"),
        ("Permute", "order: 0 order: 7"),
        ("Flatten", "axis: 6"),
    ],
)
def test_impossible_shapes(kind: str, settings: str) -> None:
    text = IMAGE + layer(kind, rest=f"{kind.lower()}_param {{ {settings} }}")
    assert [(d.code, d.line) for d in traced(text).diagnostics] == [("SC603", 2)]


def test_a_split_gives_one_value_many_names() -> None:
    trace = traced(IMAGE + layer("Split", "data", "a b") + layer("Eltwise", "a b", "sum"))
    assert trace["sum"].sources == ("a", "a")


# -- what has no kind ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "settings", "output", "parameters", "macs"),
    [
        (SEQUENCE, "LSTM", "recurrent_param { num_output: 5 }", (5, 10), 4 * 5 * (4 + 5 + 1),
         10 * 4 * 5 * (4 + 5)),
        (SEQUENCE, "RNN", "recurrent_param { num_output: 5 }", (5, 10),
         5 * (4 + 5 + 1) + 5 * 5 + 5, 10 * (5 * 9 + 25)),
        (IMAGE, "LSTM", "recurrent_param { num_output: 5 }", (5, 6), 20 * (35 + 5 + 1),
         6 * 20 * 40),
        (FLAT, "Embed", "embed_param { input_dim: 100 num_output: 8 }", (8, 6), 808, 0),
        (FLAT, "Embed", "embed_param { input_dim: 100 num_output: 8 bias_term: false }", (8, 6),
         800, 0),
        (IMAGE, "ROIPooling", "roi_pooling_param { pooled_h: 3 pooled_w: 2 }", (3, 2, 6), 0, 0),
        (IMAGE, "PSROIPooling", "psroi_pooling_param { output_dim: 21 group_size: 7 }", (7, 7, 21),
         0, 0),
        (IMAGE, "PriorBox", "prior_box_param { min_size: 30 max_size: 60 aspect_ratio: 2 }",
         (5 * 7 * 4 * 4, 2), 0, 0),
        (IMAGE, "PriorBox", "prior_box_param { min_size: 30 aspect_ratio: 2 flip: false }",
         (5 * 7 * 2 * 4, 2), 0, 0),
        (IMAGE, "DetectionOutput", "", None, 0, 0),
        (IMAGE, "ArgMax", "", (1, 1, 1), 0, 0),
        (IMAGE, "ArgMax", "argmax_param { axis: 1 }", (5, 7, 1), 0, 0),
        (IMAGE, "ArgMax", "argmax_param { axis: -1 top_k: 2 }", (5, 2, 6), 0, 0),
        (FLAT, "ArgMax", "argmax_param { out_max_val: true top_k: 5 }", (5, 2), 0, 0),
        (IMAGE, "Interp", "interp_param { height: 20 width: 30 }", (20, 30, 6), 0, 0),
        (IMAGE, "Interp", "interp_param { zoom_factor: 3 }", (13, 19, 6), 0, 0),
        (IMAGE, "Interp", "interp_param { shrink_factor: 2 pad_end: -1 }", (2, 3, 6), 0, 0),
        (IMAGE, "Tile", "tile_param { axis: 2 tiles: 3 }", (15, 7, 6), 0, 0),
        (IMAGE, "SPP", "spp_param { pyramid_height: 3 }", (6 * 21,), 0, 0),
        (IMAGE, "Im2col", "", None, 0, 0),
        (IMAGE, "Python", 'python_param { module: "os" layer: "system" }', None, None, None),
        (IMAGE, "SomebodysOwn", "own_param { deep { deeper: [1, 2] } }", None, None, None),
    ],
)  # fmt: skip
def test_operations(
    text: str, kind: str, settings: str, output: Any, parameters: Any, macs: Any
) -> None:
    trace = traced(text + layer(kind, rest=settings))
    record = trace["out"]
    assert record.kind == "operation"
    assert (record.output, record.parameters, record.macs) == (output, parameters, macs)
    assert record.title == f"out ({kind})"
    assert [found.code for found in trace.diagnostics] == ["SC602" if output is None else "SC601"]


def test_what_follows_regions_is_known() -> None:
    regions = 'input: "rois" input_shape { dim: 1 dim: 5 }\n'
    text = (
        regions + layer("Python", "rois data", "proposal")
        + layer("ROIPooling", "data proposal", "pool",
                "roi_pooling_param { pooled_h: 7 pooled_w: 7 spatial_scale: 0.0625 }")
        + layer("InnerProduct", "pool", "fc", "inner_product_param { num_output: 10 }")
    )  # fmt: skip
    inputs = 'input: "data" input_shape { dim: 1 dim: 6 dim: 5 dim: 7 }\n'
    trace = traced(inputs + text)
    assert (trace["pool"].output, trace["fc"].output) == ((7, 7, 6), (10,))
    assert trace["fc"].parameters == 10 * 7 * 7 * 6 + 10


def test_parameters_alone_are_counted() -> None:
    weights = 'layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: 3 } } }'
    assert traced(IMAGE + weights + layer("ReLU")).totals.parameters == 3


def test_unknown_sizes_leave_what_depends_on_them_open() -> None:
    text = (
        layer("Data", "", "data") + layer("Flatten", "data", "f", "flatten_param { axis: 2 }")
        + layer("InnerProduct", "f", "i", "inner_product_param { num_output: 4 axis: 2 }")
        + layer("LSTM", "f", "l", "recurrent_param { num_output: 5 }")
        + layer("Reshape", "data", "r", "reshape_param { shape { dim: 0 dim: -1 } }")
    )  # fmt: skip
    trace = traced(text)
    assert not [d for d in trace.diagnostics if d.severity == "error"]
    assert trace["i"].output is None
    given = traced(text, "5x7x6")
    assert (given["f"].output, given["r"].output) == ((35, 6), (210,))
    assert given["i/turned_back"].output == (4, 6)
    assert given["l"].parameters == 20 * (35 + 5 + 1)


# -- executed --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_is_read_is_what_is_executed(tmp_path: Path) -> None:
    text = (
        image(9, 8, depth=4)
        + layer("Convolution", "data", "c", "convolution_param { num_output: 4 kernel_size: 3"
                " pad: 1 group: 2 }")
        + layer("BatchNorm", "c", "c") + layer("Scale", "c", "c", "scale_param { bias_term: 1 }")
        + layer("Pooling", "c", "p", "pooling_param { kernel_size: 1 stride: 3 }")
        + layer("Pooling", "p", "v", "pooling_param { pool: AVE kernel_size: 3 pad: 2 }")
        + layer("Deconvolution", "v", "d", "convolution_param { num_output: 2 kernel_size: 4"
                " stride: 2 pad: 1 }")
        + layer("Crop", "d p", "k", "crop_param { offset: 1 offset: 2 }")
        + layer("InnerProduct", "k", "i", "inner_product_param { num_output: 3 axis: 3 }")
        + layer("Permute", "i", "m", "permute_param { order: 0 order: 3 order: 1 }")
        + layer("Slice", "m", "s t u", "slice_param { axis: 1 }")
        + layer("Concat", "s t", "j", "concat_param { axis: 2 }")
        + layer("Normalize", "j", "n", "norm_param { across_spatial: 0 channel_shared: 0 }")
    )  # fmt: skip
    path = tmp_path / "net.prototxt"
    path.write_text(text, "utf-8")
    assert shapecalc.trace(path).complete
    verification = shapecalc.verify(path)
    assert verification.agrees
    assert len(verification.checks) > 12
