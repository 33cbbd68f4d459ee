"""ONNX files as networks: layers, totals, claims, what is damaged."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Any

import pytest
from onnx_files import (
    GRAPHS,
    INT64,
    Array,
    Size,
    block,
    graph,
    model,
    node,
    number,
    tensor,
    value_info,
    weights,
    whole,
)

from shapecalc import network, trace
from shapecalc.cli import group
from shapecalc.readers import read_bytes
from shapecalc.tracing import Trace

Inputs = dict[str, Sequence[Size]]


def traced(content: bytes, *, opset: int | None = 20, inputs: Any = None) -> Trace:
    """Return the trace of a graph."""
    document = read_bytes(model(content, opset), "net.onnx")
    assert document.format == "onnx"
    return trace(network.build(document, inputs=inputs or {}))


def of(
    *nodes: bytes, x: Sequence[Size] = (1, 3, 8, 8), y: str = "y", opset: int = 20, **arrays: Any
) -> Trace:
    """Return the trace of nodes from x to y; arrays have a shape, or values, too."""
    kept = {n: a if isinstance(a, Array) else Array(tuple(a)) for n, a in arrays.items()}
    return traced(graph(nodes, {"x": x}, {y: ()}, kept), opset=opset)


def kinds(result: Trace) -> list[str]:
    return [layer.kind for layer in result.layers]


def test_a_network_of_convolutions() -> None:
    result = traced(GRAPHS[0]())
    assert result.complete
    assert result.inputs == {"x": (8, 8, 3)}
    assert kinds(result) == [
        "conv", "batch_norm", "relu", "conv", "add", "max_pool", "conv_transpose",
        "global_avg_pool", "flatten", "dense",
    ]  # fmt: skip
    assert result.totals.parameters == 112 + 8 + 144 + 32 + 15
    assert result.totals.non_trainable == 8
    assert result["up"].output == (8, 8, 2)
    assert result.outputs == {"dense": (5,)}
    assert not [found for found in result.diagnostics if found.severity == "error"]


def test_shapes_that_the_graph_computes() -> None:
    result = traced(GRAPHS[1]())
    assert result.complete
    assert [(layer.name, layer.kind) for layer in result.layers][:2] == [
        ("rows", "reshape"), ("product", "dense")
    ]  # fmt: skip
    assert result["rows"].output == (6, 4)
    assert result["product"].parameters == 4 * 6 + 6  # the sum is its bias
    assert result["scores"].macs == 6 * 6 * 6
    assert result.output == (1, 6)


def test_a_branch_is_reported_and_not_summed() -> None:
    result = traced(GRAPHS[2]())
    assert result["lstm"].parameters == 20 * 4 + 20 * 5 + 40
    assert result["lstm"].macs == (20 * 4 + 20 * 5) * 7
    assert result["if"].parameters is None
    assert result["if"].sources == ("asked", "lstm:1")
    assert result["fused"].parameters == 3
    assert result.totals.parameters is None
    assert result["out"].output == (7, 5)
    assert not result.complete


# -- operators -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "output"),
    [
        ({}, (6, 6, 4)),
        ({"pads": [1, 0, 2, 1]}, (9, 7, 4)),
        ({"auto_pad": "SAME_UPPER", "strides": [2, 2]}, (4, 4, 4)),
        ({"auto_pad": "SAME_LOWER", "strides": [3, 3]}, (3, 3, 4)),
        ({"auto_pad": "VALID", "dilations": [2, 3]}, (4, 2, 4)),
        ({"kernel_shape": [3, 3], "strides": [2, 1]}, (3, 6, 4)),
    ],
)
def test_paddings_of_a_convolution(attributes: Any, output: Any) -> None:
    result = of(node("Conv", ["x", "w"], ["y"], "c", **attributes), w=(4, 3, 3, 3))
    assert result.output == output
    assert result.totals.parameters == 108


@pytest.mark.parametrize(
    ("attributes", "output"),
    [
        ({}, (10, 10, 2)),
        ({"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]}, (16, 16, 2)),
        ({"strides": [2, 2], "auto_pad": "SAME_UPPER"}, (16, 16, 2)),
        ({"strides": [3, 2], "output_shape": [24, 16]}, (24, 16, 2)),
        ({"strides": [2, 2], "output_shape": [1, 2, 15, 17]}, (15, 17, 2)),
        ({"dilations": [2, 1]}, (12, 10, 2)),
    ],
)
def test_paddings_of_a_transposed_convolution(attributes: Any, output: Any) -> None:
    """By the formula of the operator: total padding from the wanted output."""
    result = of(node("ConvTranspose", ["x", "w"], ["y"], "c", **attributes), w=(3, 2, 3, 3))
    assert result.output == output


def test_depthwise_and_grouped_convolutions() -> None:
    result = of(node("Conv", ["x", "w"], ["y"], group=3), w=(6, 1, 3, 3))
    assert kinds(result) == ["depthwise_conv"]
    assert result.totals.parameters == 54
    result = of(node("Conv", ["x", "w"], ["y"], group=2), x=(1, 4, 5), w=(6, 2, 3))
    assert (kinds(result), result.totals.parameters) == (["conv"], 36)
    assert result.output == (3, 6)


def test_pools_ceil_and_floor() -> None:
    pool = {"kernel_shape": [3, 3], "strides": [2, 2]}
    assert of(node("MaxPool", ["x"], ["y"], **pool)).output == (3, 3, 3)
    assert of(node("MaxPool", ["x"], ["y"], ceil_mode=1, **pool)).output == (4, 4, 3)
    assert of(node("AveragePool", ["x"], ["y"], pads=[0, 0, 1, 1], **pool)).output == (4, 4, 3)
    assert of(node("AveragePool", ["x"], ["y"], kernel_shape=[3, 3])).output == (6, 6, 3)
    assert of(node("LpPool", ["x"], ["y"], **pool)).layers[0].kind == "l2_pool"
    assert of(node("LpPool", ["x"], ["y"], p=3, **pool)).layers[0].kind == "operation"


def test_unpooling_goes_back_to_its_pool() -> None:
    result = of(
        node("MaxPool", ["x"], ["p", "i"], "pool", kernel_shape=[3, 3], strides=[2, 2]),
        node("MaxUnpool", ["p", "i"], ["y"], "back", kernel_shape=[3, 3], strides=[2, 2]),
    )
    assert kinds(result) == ["max_pool", "max_unpool"]
    assert result.output == (8, 8, 3)


@pytest.mark.parametrize(
    ("opset", "nodes"),
    [
        (4, [node("Reshape", ["x"], ["y"], shape=[1, 192])]),
        (11, [node("Squeeze", ["x"], ["s"], axes=[0]), node("Unsqueeze", ["s"], ["t"], axes=[0]),
              node("Reshape", ["t", "flat"], ["y"])]),
        (13, [node("Squeeze", ["x", "zero"], ["s"]), node("Unsqueeze", ["s", "zero"], ["t"]),
              node("Reshape", ["t", "flat"], ["y"])]),
        (13, [node("Flatten", ["x"], ["y"], axis=-3)]),
    ],
)  # fmt: skip
def test_shapes_by_version(opset: int, nodes: list[bytes]) -> None:
    result = of(*nodes, opset=opset, zero=whole(0), flat=whole(0, -1))
    assert result.output == (192,)
    assert result.complete


@pytest.mark.parametrize(
    ("opset", "made"),
    [
        (9, node("Slice", ["x"], ["y"], starts=[1], ends=[1000], axes=[1])),
        (10, node("Slice", ["x", "one", "end", "one"], ["y"])),
    ],
)
def test_a_slice_by_version(opset: int, made: bytes) -> None:
    result = of(made, opset=opset, one=whole(1), end=whole(1000))
    assert kinds(result) == ["slice"]
    assert result.output == (8, 8, 2)


@pytest.mark.parametrize(
    ("opset", "made"),
    [
        (2, node("Split", ["x"], ["y", "z"], split=[1, 2], axis=1)),
        (13, node("Split", ["x", "parts"], ["y", "z"], axis=1)),
    ],
)
def test_a_split_by_version(opset: int, made: bytes) -> None:
    content = graph([made], {"x": (1, 3, 8, 8)}, {"y": (), "z": ()}, {"parts": whole(1, 2)})
    assert [*traced(content, opset=opset).outputs.values()] == [(8, 8, 1), (8, 8, 2)]


@pytest.mark.parametrize(
    ("opset", "made"),
    [
        (7, node("Upsample", ["x"], ["y"], scales=[1, 1, 2, 2])),
        (9, node("Upsample", ["x", "s"], ["y"])),
        (10, node("Resize", ["x", "s"], ["y"])),
        (11, node("Resize", ["x", "", "s"], ["y"])),
        (13, node("Resize", ["x", "", "", "sizes"], ["y"], mode="linear")),
    ],
)
def test_resolutions_by_version(opset: int, made: bytes) -> None:
    scales = Array((4,), (1.0, 1.0, 2.0, 2.0))
    result = of(made, opset=opset, s=scales, sizes=whole(1, 3, 16, 16))
    assert (kinds(result), result.output) == (["upsample"], (16, 16, 3))


@pytest.mark.parametrize(
    ("low", "high", "kind"),
    [(0.0, 6.0, "relu6"), (0.0, 1.0, "relu"), (-1.0, 1.0, "hard_tanh"), (-2.0, 2.0, "operation")],
)
def test_limits_are_activations_in_all_versions(low: float, high: float, kind: str) -> None:
    old = of(node("Clip", ["x"], ["y"], min=low, max=high), opset=6)
    new = of(node("Clip", ["x", "l", "h"], ["y"]), l=Array((), (low,)), h=Array((), (high,)))
    assert kinds(old) == kinds(new) == [kind]


def test_arithmetic_of_old_is_aligned_by_its_axis() -> None:
    result = of(node("Add", ["x", "b"], ["y"], axis=1, broadcast=1), opset=6, b=(3,))
    assert (kinds(result), result.totals.parameters) == (["scale"], 3)
    result = of(node("Add", ["x", "b"], ["y"]), b=(3, 1, 1))
    assert (kinds(result), result.totals.parameters) == (["scale"], 3)


def test_softmax_of_old_takes_all_axes_behind() -> None:
    assert kinds(of(node("Softmax", ["x"], ["y"]), x=(1, 7, 1, 1), opset=9)) == ["softmax"]
    assert kinds(of(node("Softmax", ["x"], ["y"]), x=(1, 7, 2, 1), opset=9)) == ["operation"]
    assert kinds(of(node("Softmax", ["x"], ["y"]), x=(1, 7), opset=13)) == ["softmax"]


def test_a_product_with_a_table_in_front_has_no_weights() -> None:
    assert of(node("MatMul", ["w", "x"], ["y"]), x=(1, 4, 6), w=(5, 4)).totals.parameters == 0
    result = of(node("MatMul", ["x", "w"], ["y"]), x=(1, 4, 6), w=(6, 5))
    assert (result.totals.parameters, result.totals.macs) == (30, 120)


def test_a_dense_layer_transposed_or_not() -> None:
    for made, w in (
        (node("Gemm", ["x", "w", "b"], ["y"], transB=1), (5, 6)),
        (node("Gemm", ["x", "w", "b"], ["y"]), (6, 5)),
    ):
        result = of(made, x=("N", 6), w=w, b=(5,))
        assert (kinds(result), result.output, result.totals.parameters) == (["dense"], (5,), 35)
    one = of(node("Gemm", ["x", "w", "b"], ["y"]), x=("N", 6), w=(6, 5), b=(1,))
    assert (one.output, one.totals.parameters) == ((5,), 31)


def test_a_product_of_indices() -> None:
    result = of(node("Einsum", ["x", "w"], ["y"], equation="btd,hde->bhte"), x=(1, 7, 6),
                w=(2, 6, 3))  # fmt: skip
    assert (result.output, result.totals.macs) == ((2, 7, 3), 7 * 6 * 2 * 3)
    assert result.totals.parameters == 36


def test_an_embedding_counts_its_table() -> None:
    content = graph(
        [node("Gather", ["w", "x"], ["y"])], {"x": (1, 4)}, {"y": ()}, weights(w=(9, 3))
    )
    result = traced(content)
    assert (result.output, result.totals.parameters) == ((4, 3), 27)


@pytest.mark.parametrize(
    ("kind", "first", "order", "last"),
    [
        ("channel_shuffle", (1, 2, 2, 6, 4), (0, 2, 1, 3, 4), (1, 4, 6, 4)),
        ("pixel_shuffle", (1, 1, 2, 2, 6, 4), (0, 1, 4, 2, 5, 3), (1, 1, 12, 8)),
        ("pixel_unshuffle", (1, 4, 3, 2, 2, 2), (0, 1, 3, 5, 2, 4), (1, 16, 3, 2)),
        ("reshape", (1, 2, 2, 6, 4), (0, 2, 1, 3, 4), (1, 4, 24)),  # it ends in another shape
    ],
)
def test_shuffles_are_a_reshape_a_transpose_and_a_reshape(
    kind: str, first: Any, order: Any, last: Any
) -> None:
    nodes = [
        node("Reshape", ["x", "first"], ["a"], "shuffle"),
        node("Transpose", ["a"], ["b"], "turned", perm=order),
        node("Reshape", ["b", "last"], ["y"], "back"),
    ]
    turned = tuple(first[axis] for axis in order)
    arrays = {"first": whole(*first), "last": whole(*last)}
    stated: Inputs = {"a": first, "b": turned}
    result = traced(graph(nodes, {"x": (1, 4, 6, 4)}, {"y": last}, arrays, stated))
    assert kinds(result)[0] == kind
    assert len(result.layers) == (2 if kind == "reshape" else 1)
    assert not result.diagnostics
    assert prod(result.output or ()) == prod(last)


def test_channels_last_behind_a_transpose() -> None:
    """The layout is followed back from the convolution: the input is height, width and depth."""
    content = graph(
        [node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]),
         node("Conv", ["t", "w"], ["c"], "conv"),
         node("Transpose", ["c"], ["y"], perm=[0, 2, 3, 1])],
        {"x": (1, 8, 6, 3)}, {"y": (1, 6, 4, 5)}, weights(w=(5, 3, 3, 3)),
    )  # fmt: skip
    result = traced(content)
    assert result.inputs == {"x": (8, 6, 3)}
    assert kinds(result) == ["conv"]
    assert result.output == (6, 4, 5)


# -- which arrays count ----------------------------------------------------------------------------


def test_arrays_of_equal_values_count_by_their_names() -> None:
    """An Identity gives a layer's array its name back; the same name twice is shared."""
    convs = [node("Conv", ["x", "w"], ["a"], "one", pads=[1] * 4)]
    apart = [node("Identity", ["w"], ["v"]), node("Conv", ["a", "v"], ["y"], "two")]
    assert of(*convs, *apart, w=(3, 3, 3, 3)).totals.parameters == 162
    shared = of(*convs, node("Conv", ["a", "w"], ["y"], "two"), w=(3, 3, 3, 3))
    assert shared.totals.parameters == 81
    assert shared["two"].shares == "one"


def test_numbers_of_the_arithmetic_do_not_count() -> None:
    three = node("Constant", [], ["k"], value=Array((), (3.0,)))
    result = of(three, node("Mul", ["x", "k"], ["y"]))
    assert (kinds(result), result.totals.parameters) == (["scale"], 0)


@pytest.mark.parametrize("op", ["Mul", "Add", "Min", "Max"])
@pytest.mark.parametrize(
    ("name", "count"),
    [("logit_scale", 1), ("blocks.0.gain", 1), ("par.0", 1), ("val_1", 0), ("onnx::Mul_3", 0),
     ("scalar_tensor_default", 0), ("/Constant_output_0", 0), ("Const:0", 0)],
)  # fmt: skip
def test_a_single_number_counts_under_a_name_of_its_own(op: str, name: str, count: int) -> None:
    """Limits and factors that an exporter keeps are no parameters; several numbers may be."""
    for inputs in (["x", name], ["x", "x", name]) if op in ("Min", "Max") else (["x", name],):
        for shape in ((), (1,), (1, 1, 1, 1)):
            result = of(node(op, inputs, ["y"]), **{name: Array(shape, (3.0,))})
            assert (result.output, result.totals.parameters) == ((8, 8, 3), count), shape
    assert of(node(op, ["x", name], ["y"]), **{name: (1, 3, 1, 1)}).totals.parameters == 3


def test_whole_numbers_never_count() -> None:
    result = of(node("Add", ["x", "k"], ["y"]), k=whole(1, 2, 3, 4, 5, 6, 7, 8))
    assert result.totals.parameters == 0


def test_weights_by_constant_of_shape_and_through_views() -> None:
    result = of(
        node("ConstantOfShape", ["s"], ["w"]),
        node("Reshape", ["v", "r"], ["v2"]), node("Transpose", ["v2"], ["v3"], perm=[1, 0]),
        node("Conv", ["x", "w"], ["c"]), node("GlobalAveragePool", ["c"], ["p"]),
        node("Flatten", ["p"], ["f"]), node("MatMul", ["f", "v3"], ["y"]),
        s=whole(4, 3, 3, 3), v=(2, 2, 5), r=whole(5, 4),
    )  # fmt: skip
    assert (result.totals.parameters, result.output) == (108 + 20, (5,))


def test_a_table_that_a_graph_looks_up_counts_once() -> None:
    """The relative positions of Swin: a small table, gathered to a large one, is added."""
    result = of(
        node("Gather", ["table", "index"], ["g"]), node("Transpose", ["g"], ["t"], perm=[2, 0, 1]),
        node("Add", ["x", "t"], ["y"]),
        x=(1, 3, 2, 2), table=(9, 3), index=Array((2, 2), (0, 1, 2, 3), INT64),
    )  # fmt: skip
    assert result.totals.parameters == 27
    assert result.output == (2, 2, 3)


def test_quantised_weights_are_weights() -> None:
    result = of(
        node("DequantizeLinear", ["w", "s", "z"], ["v"]), node("Conv", ["x", "v"], ["y"]),
        w=Array((4, 3, 3, 3), None, 3), s=Array((), (0.5,)), z=Array((), None, 3),
    )  # fmt: skip
    assert (kinds(result), result.totals.parameters) == (["conv"], 108)
    result = of(
        node("QLinearConv", ["x", "s", "z", "w", "s", "z", "s", "z"], ["y"]),
        w=Array((4, 3, 3, 3), None, 3), s=Array((), (0.5,)), z=Array((), None, 3),
    )  # fmt: skip
    assert (kinds(result), result.totals.parameters) == (["conv"], 108)


def test_weights_that_stand_among_the_inputs() -> None:
    """Of old files initializers are inputs, too; of files without weights they are inputs only."""
    inputs: Inputs = {"x": (1, 3, 8, 8), "w": (4, 3, 3, 3), "b": (4,)}
    conv = [node("Conv", ["x", "w", "b"], ["y"])]
    with_arrays = traced(graph(conv, inputs, {"y": ()}, weights(w=(4, 3, 3, 3), b=(4,))))
    without = traced(graph(conv, inputs, {"y": ()}))
    for result in (with_arrays, without):
        assert (list(result.inputs), result.totals.parameters) == (["x"], 112)
    two = traced(graph([node("Add", ["x", "z"], ["y"])], {"x": (1, 4), "z": (1, 4)}, {"y": ()}))
    assert list(two.inputs) == ["x", "z"]


# -- sizes -----------------------------------------------------------------------------------------


def test_a_size_that_is_open_is_asked_for() -> None:
    content = graph(
        [node("Conv", ["x", "w"], ["c"], "conv"), node("GlobalAveragePool", ["c"], ["p"]),
         node("Flatten", ["p"], ["y"])],
        {"x": ("batch", 3, "h", None)}, {"y": ("batch", 4)}, weights(w=(4, 3, 3, 3)),
    )  # fmt: skip
    result = traced(content)
    assert [found.code for found in result.diagnostics] == ["SC604"]
    assert result.inputs == {"x": (None, None, 3)}
    assert result.totals.parameters == 108
    given = traced(content, inputs={"x": "10x12x3"})
    assert given["conv"].output == (8, 10, 4)
    assert not given.diagnostics


def test_another_size_goes_through_the_arithmetic_of_the_graph() -> None:
    content = graph(
        [node("Shape", ["x"], ["s"]), node("Slice", ["s", "a", "b"], ["h"]),
         node("Concat", ["n", "h", "r"], ["t"], axis=0), node("Reshape", ["x", "t"], ["y"], "r")],
        {"x": (1, 3, 8, 8)}, {"y": (1, 8, 24)},
        {"a": whole(2), "b": whole(3), "n": whole(1), "r": whole(-1)},
    )  # fmt: skip
    assert traced(content).output == (8, 24)
    given = traced(content, inputs={"x": "6x8x3"})
    assert given.output == (6, 24)
    assert not given.diagnostics  # what the file states of another size is not compared


@pytest.mark.parametrize("batch", [1, 4, "N", None])
def test_a_batch_is_no_part_of_a_volume(batch: Size) -> None:
    result = of(node("Flatten", ["x"], ["f"]), node("Gemm", ["f", "w"], ["y"], "d"),
                x=(batch, 3, 2, 2), w=(12, 5))  # fmt: skip
    assert (result.output, result.totals.macs) == ((5,), 60)


# -- what is wrong with a file ---------------------------------------------------------------------


def test_a_shape_that_the_file_states_is_compared() -> None:
    conv = [node("Conv", ["x", "w"], ["c"], "conv"), node("Relu", ["c"], ["y"], "relu")]
    x: Inputs = {"x": (1, 3, 8, 8)}
    for name, where in (("y", "relu"), ("c", "conv")):
        wrong: Inputs = {name: ("batch", 4, 7, 7)}
        outputs: Inputs = {"y": (1, 4, 6, 6)} | (wrong if name == "y" else {})
        stated = {} if name == "y" else wrong
        (found,) = traced(graph(conv, x, outputs, weights(w=(4, 3, 3, 3)), stated)).diagnostics
        assert (found.code, found.where) == ("SC301", where)


def test_shapes_inside_what_becomes_one_layer_are_not_those_of_the_layer() -> None:
    """PyTorch's exporter states the shape of every step of a pixel unshuffle; the last is ours."""
    steps = [
        node("Reshape", ["x", "s"], ["r"], "first"),
        node("Transpose", ["r"], ["t"], "turn", perm=[0, 1, 3, 5, 2, 4]),
        node("Reshape", ["t", "u"], ["y"], "last"),
    ]
    arrays = {"s": whole(1, 3, 4, 2, 4, 2), "u": whole(1, 12, 4, 4)}
    inside: Inputs = {"r": (1, 3, 4, 2, 4, 2), "t": (1, 3, 2, 2, 4, 4)}
    for output, expected in (((1, 12, 4, 4), []), ((1, 12, 4, 5), ["SC301"])):
        result = traced(graph(steps, {"x": (1, 3, 8, 8)}, {"y": output}, arrays, inside))
        assert kinds(result) == ["pixel_unshuffle"]
        assert [found.code for found in result.diagnostics] == expected


def test_a_shape_between_a_product_and_its_bias_is_not_that_of_the_layer() -> None:
    steps = [node("MatMul", ["x", "w"], ["m"], "one"), node("Add", ["m", "b"], ["y"], "two")]
    for output, expected in (((1, 7, 5), []), ((1, 7, 4), ["SC301"])):
        outputs: Inputs = {"y": output}
        net = graph(steps, {"x": (1, 7, 6)}, outputs, weights(w=(6, 5), b=(5,)), {"m": (1, 7, 5)})
        result = traced(net)
        assert [found.code for found in result.diagnostics] == expected


def test_another_number_of_axes_than_stated_is_found() -> None:
    made = graph([node("Flatten", ["x"], ["y"], "flat")], {"x": (1, 3, 8, 8)}, {"y": (1, 192, 1)})
    (found,) = traced(made).diagnostics
    assert (found.code, found.where) == ("SC301", "y")


def test_weights_that_do_not_fit_the_input_are_found() -> None:
    result = of(node("Conv", ["x", "w"], ["y"], "conv"), w=(4, 5, 3, 3))
    assert "SC301" in [found.code for found in result.diagnostics]


def test_an_array_with_too_few_bytes_is_damaged() -> None:
    raw = number(1, 4) + number(2, 1) + block(8, "w") + block(9, bytes(15))
    content = graph([node("Add", ["x", "w"], ["y"])], {"x": (1, 4)}, {"y": ()}) + block(5, raw)
    (found,) = traced(content).diagnostics
    assert (found.code, found.where) == ("SC603", "w")
    assert "16 bytes" in found.message


def test_a_tensor_that_nothing_gives_is_damage() -> None:
    result = of(node("Relu", ["gone"], ["y"], "act"))
    (found,) = result.diagnostics
    assert found.code == "SC603"
    assert "act takes gone" in found.message


def test_a_cycle_is_damage() -> None:
    result = of(node("Relu", ["b"], ["a"], "one"), node("Relu", ["a"], ["b"], "two"), y="b")
    assert [found.code for found in result.diagnostics] == ["SC603"]


def test_a_file_that_is_cut_off() -> None:
    raw = model(GRAPHS[0]())
    for size in range(20, len(raw) - 1, 97):
        (found,) = trace(network.build(read_bytes(raw[:size], "a.onnx"))).diagnostics
        assert found.code == "SC603"
        assert "byte" in found.message


def test_a_model_that_does_not_say_its_operators_is_damaged() -> None:
    result = traced(GRAPHS[0](), opset=None)
    assert "SC603" in [found.code for found in result.diagnostics]


def test_the_name_of_another_file_is_never_opened(tmp_path: Path) -> None:
    """The weights of these files say that they stand in /etc/passwd."""
    path = tmp_path / "net.onnx"
    path.write_bytes(model(GRAPHS[0]()))
    opened: list[str] = []

    def note(event: str, arguments: Any) -> None:
        if event == "open" and listening:
            opened.append(str(arguments[0]))

    import sys

    trace(path)  # what is imported is imported now
    listening = True
    sys.addaudithook(note)
    trace(path)
    listening = False
    assert opened == [str(path)]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS pointer"),
        (b"PK\x03\x04" + bytes(40), "ZIP archive"),
        (b"import torch\n", "Python source"),
    ],
)
def test_a_file_of_another_kind_is_named(raw: bytes, said: str) -> None:
    (found,) = trace(network.build(read_bytes(raw, "model.onnx"))).diagnostics
    assert said in found.message


def test_a_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    raw = model(GRAPHS[0]())
    assert read_bytes(raw, "weights.bin").format == "onnx"
    assert read_bytes(raw, "-").format == "onnx"
    (tmp_path / "net.onnx").write_bytes(raw)
    assert group.main(["check", str(tmp_path)], standalone_mode=False) in (0, None)


def test_bombs_end_soon() -> None:
    """A tensor of 2^80 values, a product of 2^90, an axis for every byte."""
    huge = 2**40
    result = of(node("MatMul", ["x", "w"], ["y"]), x=(1, huge, huge), w=(huge, 8))
    assert {found.code for found in result.diagnostics} <= {"SC108", "SC601", "SC602"}
    nested = graph([node("Add", ["x", "x"], ["y"])], {}, {}) + block(5, tensor(Array((huge,) * 3)))
    assert traced(block(11, value_info("x", (1, 4))) + nested).diagnostics is not None


def test_names_of_a_damaged_file_are_printed_without_control_characters() -> None:
    nodes = [node("Relu", ["a\x1b[31m"], ["y"], name="\x12take\x00")]
    content = model(graph(nodes, {"x": (1, 3, 8, 8)}, {"y": ()}))
    (found,) = read_bytes(content, "net.onnx").findings
    assert found.fault.message.startswith("?take? takes a?[31m, which nothing in front of it gives")
