"""Programs of torch.export by hand: what each operator becomes, names, weights, sizes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from exported_files import BEFORE, LONG, Program, archive, attentive, convolutional
from torch_files import zipped

import shapecalc
from shapecalc import Trace, network, readers
from shapecalc.document import Document

CONV: dict[str, Any] = {"bias": None, "stride": [1, 1], "padding": [1, 1]}


def document(raw: bytes) -> Document:
    return readers.read_bytes(raw, "net.pt2")


def traced(net: Program, *outputs: str, inputs: Any = None, layout: str = "now") -> Trace:
    """Return the trace of a program."""
    file = document(net.file(*outputs, layout=layout))
    return shapecalc.trace(network.build(file, inputs=inputs))


def codes(trace: Trace) -> list[str]:
    return [found.code for found in trace.diagnostics]


def kinds(trace: Trace) -> list[str]:
    return [record.kind for record in trace.layers]


# -- whole networks --------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["now", BEFORE])
def test_a_network_is_read_in_both_layouts(layout: str) -> None:
    trace = traced(convolutional(), "linear", layout=layout)
    assert trace.spec.document.format == "pytorch"
    assert trace.spec.name == "Net"
    assert [(record.name, record.output) for record in trace.layers[:4]] == [
        ("conv", (8, 10, 4)), ("bn", (8, 10, 4)), ("act", (8, 10, 4)), ("block.same", (8, 10, 4)),
    ]  # fmt: skip
    # conv 4*3*9 + 4, batch norm 2*4, depthwise 4*9, dense 8*5 + 5; running mean and variance 2*4
    assert (trace.totals.parameters, trace.totals.non_trainable) == (112 + 8 + 36 + 45, 8)
    assert trace.totals.macs == 80 * 108 + 80 * 36 + 40
    assert trace.complete
    assert not trace.diagnostics


def test_a_network_of_attention_is_complete_with_operations() -> None:
    trace = traced(attentive(), "mystery")
    table, place, norm, qkv, rnn = 50 * 8, 6 * 8, 2 * 8, 24 * 8 + 24, 12 * (8 + 3 + 2)
    assert trace.totals.parameters == table + place + norm + qkv + rnn
    # qkv, then queries times keys for both products, then every matrix of the LSTM at each step
    attention = 2 * 6 * 6 * (4 + 4)
    assert trace.totals.macs == 6 * 192 + attention + 6 * 12 * (8 + 3)
    assert trace.complete
    assert codes(trace) == ["SC601"]


def test_another_size_is_computed_as_far_as_the_graph_allows() -> None:
    trace = traced(convolutional(), "linear", inputs="16x20x3")
    assert trace["pool"].output == (8, 10, 8)
    assert trace.complete
    fixed = Program(x=(1, 4, 2))
    y = fixed.call("view.default", (1, 8), self="x", size=[1, 8])
    y = fixed.call("linear.default", (1, 3), input=y, weight=fixed.held("w", 3, 8), bias=None)
    assert traced(fixed, y).complete
    (found,) = traced(fixed, y, inputs="8x2").diagnostics  # the weights are for 8 values
    assert found.code == "SC301"


def test_stack_traces_are_never_told() -> None:
    net = attentive()
    for node in net.nodes:
        node["target"] = node["target"].replace("aten.linear", "aten.unheard_of")
    trace = traced(net, "mystery")
    told = f"{trace}{trace.to_dict()}{trace.diagnostics}"
    assert "unheard_of" in told
    assert "train.py" not in told


# -- names -----------------------------------------------------------------------------------------


def test_layers_are_called_by_their_modules() -> None:
    net = Program(x=(1, 4))
    y = net.call("relu.default", (1, 4), module="act", self="x")
    y = net.call("sigmoid.default", (1, 4), self=y)
    y = net.call("tanh.default", (1, 4), module="block", self=y)
    y = net.call("relu.default", (1, 4), module="block.act", self=y)
    y = net.call("relu.default", (1, 4), module="act", self=y)
    one = net.call("linear.default", (1, 4), module="att", input=y, weight=net.held("w", 4, 4))
    y = net.call("exp.default", (1, 4), module="att", self=one)
    assert [record.name for record in traced(net, y).layers] == [
        "act", "sigmoid", "block/tanh", "block.act", "act_2", "att", "att/exp",
    ]  # fmt: skip


def test_what_is_wrong_is_told_with_the_node() -> None:
    net = Program(x=(1, 3, 8, 8))
    y = net.call("conv2d.default", (1, 4, 9, 8), module="stem.conv", input="x",
                 weight=net.held("w", 4, 3, 3, 3), **CONV)  # fmt: skip
    (found,) = traced(net, y).diagnostics
    assert (found.code, found.layer, found.where) == ("SC301", "stem.conv", "conv2d")


# -- weights ---------------------------------------------------------------------------------------


def test_frozen_parameters_and_buffers_count_on_their_own() -> None:
    net = Program(x=(1, 4))
    y = net.call("linear.default", (1, 3), input="x", weight=net.held("w", 3, 4, learned=False))
    y = net.call("add.Tensor", (1, 3), self=y, other=net.held("mean", 3, kind="buffer"))
    y = net.call("mul.Tensor", (1, 3), self=y, other=net.held("gain", 1, 3))
    steps = net.held("steps", kind="buffer", dtype=LONG)
    net.call("add_.Tensor", (), self=steps, other=1)
    net.call("add.Tensor", (1, 3), self=y, other=net.held("c", 3, kind="tensor_constant"))
    totals = traced(net, y).totals
    assert (totals.trainable, totals.frozen, totals.non_trainable) == (3, 12, 3)


@pytest.mark.parametrize("tied", [True, False])
def test_weights_in_one_place_count_once(tied: bool) -> None:
    net = Program(ids=(1, 5))
    table = net.held("table", 20, 4, path="weight_0")
    head = net.held("head", 20, 4, path="weight_0" if tied else "weight_1")
    y = net.call("embedding.default", (1, 5, 4), weight=table, indices="ids")
    y = net.call("linear.default", (1, 5, 20), input=y, weight=head)
    model, weights = json.dumps(net.json(y)).encode(), zipped(net.state_dict())
    before = archive(model, layout=BEFORE, pickled=weights)
    for raw in (net.file(y), before):
        trace = shapecalc.trace(network.build(document(raw)))
        assert trace.totals.parameters == (80 if tied else 160)
        assert trace.totals.macs == 5 * 4 * 20


def test_weights_without_values_are_not_taken_for_one() -> None:
    """On the meta device every weight is saved in the same empty place."""
    net = Program(x=(1, 4))
    y = net.call("linear.default", (1, 4), input="x", weight=net.held("a", 4, 4, path="weight_0"))
    y = net.call("linear.default", (1, 4), input=y, weight=net.held("b", 4, 4, path="weight_0"))
    raw = archive(json.dumps(net.json(y)).encode(), net.stored, values=0)
    assert shapecalc.trace(network.build(document(raw))).totals.parameters == 32


def test_parameters_count_though_they_are_cut_and_moved_before_they_are_used() -> None:
    """As Swin looks its biases up, and as a class token is stretched over the batch."""
    net = Program(x=(1, 2, 6, 6))
    table = net.held("table", 121, 2)
    index = net.held("index", 36, kind="buffer", dtype=LONG)
    y = net.call("index.Tensor", (36, 2), self=table, indices=[index])
    y = net.call("view.default", (6, 6, 2), self=y, size=[6, 6, 2])
    y = net.call("permute.default", (2, 6, 6), self=y, dims=[2, 0, 1])
    x = net.call("add.Tensor", (1, 2, 6, 6), self="x", other=y)
    token = net.call("expand.default", (1, 2, 1, 6), self=net.held("token", 1, 2, 1, 6),
                     size=[1, -1, -1, -1])  # fmt: skip
    x = net.call("cat.default", (1, 2, 7, 6), tensors=[token, x], dim=2)
    trace = traced(net, x)
    assert trace.totals.parameters == 121 * 2 + 12
    assert trace.complete


def test_very_many_arrays_that_are_joined_count_once_each() -> None:
    net = Program(x=(1, 4))
    total = net.held("p", 1, 4)
    for number in range(250):
        total = net.call("add.Tensor", (1, 4), self=total, other=net.held(f"p{number}", 1, 4))
    y = net.call("add.Tensor", (1, 4), self="x", other=total)
    trace = traced(net, y)
    assert trace.totals.parameters == 251 * 4
    assert trace.complete


def test_a_small_network_that_makes_a_bias_is_counted() -> None:
    """As Swin v2 computes its biases from a table of coordinates, for no input at all."""
    net = Program(x=(1, 9, 4))
    table = net.held("coordinates", 9, 2, kind="buffer")
    made = net.call("linear.default", (9, 4), input=table, weight=net.held("w", 4, 2))
    y = net.call("add.Tensor", (1, 9, 4), self="x", other=made)
    trace = traced(net, y)
    assert (trace.totals.parameters, trace.totals.non_trainable) == (8, 18)
    assert trace.totals.macs == 9 * 4 * 2
    assert trace.complete


# -- operators -------------------------------------------------------------------------------------

IMAGE, FLAT, STEPS = (1, 4, 6, 8), (1, 8), (1, 5, 8)
# An operator on an input, its other arguments, what comes out, and the kind that it is.
ONE: list[tuple[str, Sequence[int], dict[str, Any], Sequence[int], str]] = [
    ("avg_pool2d.default", IMAGE, {"kernel_size": [2, 2], "stride": [2, 2]}, (1, 4, 3, 4),
     "avg_pool"),
    ("max_pool2d.default", IMAGE, {"kernel_size": [3], "stride": [2], "ceil_mode": True},
     (1, 4, 3, 4), "max_pool"),
    ("max_pool2d_with_indices.default", IMAGE, {"kernel_size": [2, 2]}, (1, 4, 3, 4), "max_pool"),
    ("avg_pool2d.default", IMAGE, {"kernel_size": [2, 2], "divisor_override": 3}, (1, 4, 3, 4),
     "operation"),
    ("adaptive_avg_pool2d.default", IMAGE, {"output_size": [2, 3]}, (1, 4, 2, 3),
     "adaptive_avg_pool"),
    ("adaptive_max_pool2d.default", IMAGE, {"output_size": [1, 1]}, (1, 4, 1, 1),
     "global_max_pool"),
    ("upsample_nearest2d.vec", IMAGE, {"output_size": None, "scale_factors": [2.0, 2.0]},
     (1, 4, 12, 16), "upsample"),
    ("upsample_bilinear2d.vec", IMAGE,
     {"output_size": [9, 9], "align_corners": False, "scale_factors": None}, (1, 4, 9, 9),
     "upsample"),
    ("upsample_bilinear2d.vec", IMAGE,
     {"output_size": [9, 9], "align_corners": True, "scale_factors": None}, (1, 4, 9, 9),
     "operation"),
    ("pixel_shuffle.default", IMAGE, {"upscale_factor": 2}, (1, 1, 12, 16), "pixel_shuffle"),
    ("pixel_unshuffle.default", IMAGE, {"downscale_factor": 2}, (1, 16, 3, 4), "pixel_unshuffle"),
    ("channel_shuffle.default", IMAGE, {"groups": 2}, IMAGE, "channel_shuffle"),
    ("pad.default", IMAGE, {"pad": [1, 2, 3, 4]}, (1, 4, 13, 11), "pad"),
    ("constant_pad_nd.default", IMAGE, {"pad": [-1, -1]}, (1, 4, 6, 6), "crop"),
    ("reflection_pad2d.default", IMAGE, {"padding": [1, 1, 1, 1]}, (1, 4, 8, 10), "pad"),
    ("pad.default", IMAGE, {"pad": [1, 1], "value": 2.0}, (1, 4, 6, 10), "operation"),
    ("mean.dim", IMAGE, {"dim": [-1, -2], "keepdim": True}, (1, 4, 1, 1), "global_avg_pool"),
    ("mean.dim", IMAGE, {"dim": [2, 3]}, (1, 4), "global_avg_pool"),
    ("amax.default", IMAGE, {"dim": [1]}, (1, 6, 8), "operation"),
    ("sum.dim_IntList", STEPS, {"dim": [1]}, (1, 8), "operation"),
    ("flatten.using_ints", IMAGE, {"start_dim": 1}, (1, 192), "flatten"),
    ("flatten.using_ints", IMAGE, {"start_dim": 2}, (1, 4, 48), "reshape"),
    ("unflatten.int", FLAT, {"dim": 1, "sizes": [2, -1]}, (1, 2, 4), "reshape"),
    ("view.default", IMAGE, {"size": [1, -1]}, (1, 192), "flatten"),
    ("unsqueeze.default", FLAT, {"dim": 1}, (1, 1, 8), "reshape"),
    ("slice.Tensor", IMAGE, {"dim": 1, "start": 1, "end": 3}, (1, 2, 6, 8), "slice"),
    ("slice.Tensor", IMAGE, {"dim": 2, "start": -2, "end": 2**63 - 1}, (1, 4, 2, 8), "slice"),
    ("slice.Tensor", IMAGE, {"dim": 3, "step": 3}, (1, 4, 6, 3), "operation"),
    ("narrow.default", IMAGE, {"dim": 1, "start": 0, "length": 1}, (1, 1, 6, 8), "slice"),
    ("roll.default", IMAGE, {"shifts": [1], "dims": [2]}, IMAGE, "operation"),
    ("repeat.default", FLAT, {"repeats": [1, 3]}, (1, 24), "operation"),
    ("hardtanh_.default", IMAGE, {"min_val": 0.0, "max_val": 6.0}, IMAGE, "relu6"),
    ("hardtanh.default", IMAGE, {}, IMAGE, "hard_tanh"),
    ("clamp.default", IMAGE, {"min": 0}, IMAGE, "relu"),
    ("clamp.default", IMAGE, {"min": -3}, IMAGE, "operation"),
    ("gelu.default", FLAT, {}, FLAT, "gelu"),
    ("gelu.default", FLAT, {"approximate": "tanh"}, FLAT, "operation"),
    ("leaky_relu.default", FLAT, {"negative_slope": 0.2}, FLAT, "leaky_relu"),
    ("elu.default", FLAT, {"alpha": 2.0}, FLAT, "operation"),
    ("softmax.int", FLAT, {"dim": -1}, FLAT, "softmax"),
    ("softmax.int", STEPS, {"dim": 1}, STEPS, "operation"),
    ("glu.default", FLAT, {}, (1, 4), "glu"),
    ("dropout_.default", FLAT, {"p": 0.5, "train": False}, FLAT, "dropout"),
    ("alpha_dropout.default", FLAT, {"p": 0.5, "train": False}, FLAT, "operation"),
    ("mul.Tensor", FLAT, {"other": 2.0}, FLAT, "scale"),
    ("rsub.Scalar", FLAT, {"other": 1}, FLAT, "scale"),
    ("add.Tensor", FLAT, {"other": 1, "alpha": 2}, FLAT, "operation"),
    ("eq.Scalar", FLAT, {"other": 1}, FLAT, "operation"),
    ("instance_norm.default", IMAGE,
     {"weight": None, "bias": None, "running_mean": None, "running_var": None,
      "use_input_stats": True, "momentum": 0.1, "eps": 1e-5}, IMAGE, "instance_norm"),
    ("group_norm.default", IMAGE, {"num_groups": 2}, IMAGE, "group_norm"),
    ("layer_norm.default", IMAGE, {"normalized_shape": [8]}, IMAGE, "layer_norm"),
    ("layer_norm.default", IMAGE, {"normalized_shape": [4, 6, 8]}, IMAGE, "layer_norm"),
    ("rms_norm.default", STEPS, {"normalized_shape": [8], "eps": 1e-6}, STEPS, "rms_norm"),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "shape", "arguments", "output", "kind"), ONE)
def test_an_operator_becomes_a_layer(
    operator: str,
    shape: Sequence[int],
    arguments: dict[str, Any],
    output: Sequence[int],
    kind: str,
) -> None:
    """The file's own shape is compared with what is computed, axis by axis."""
    net = Program(x=shape)
    given = "input" if "norm" in operator or ".vec" in operator else "self"
    name = net.call(operator, output, **{given: "x"}, **arguments)
    trace = traced(net, name)
    assert [kind for kind in kinds(trace) if kind != "transpose"] == [kind]
    assert trace.complete
    assert set(codes(trace)) <= {"SC601"}
    # what is not taken from the file follows without it, too
    other = network.build(document(net.file(name)), inputs=list(trace.inputs["x"]))
    if kind != "operation" or operator.startswith(("roll", "repeat", "slice", "clamp")):
        assert shapecalc.trace(other).layers[-1].output == trace.layers[-1].output


@pytest.mark.parametrize("transposed", [False, True])
def test_convolutions_after_decomposition_have_one_name(transposed: bool) -> None:
    net = Program(x=(1, 4, 6, 8))
    weight = net.held("w", 4, 2, 3, 3) if transposed else net.held("w", 6, 2, 3, 3)
    shape = (1, 4, 13, 17) if transposed else (1, 6, 2, 3)
    bias = net.held("b", shape[1])
    y = net.call("convolution.default", shape, input="x", weight=weight, bias=bias, stride=[2, 2],
                 padding=[0, 0], dilation=[1, 1], transposed=transposed,
                 output_padding=[0, 0], groups=2)  # fmt: skip
    trace = traced(net, y)
    assert kinds(trace) == ["conv_transpose" if transposed else "conv"]
    assert trace.totals.parameters == (4 * 2 * 9 + 4 if transposed else 6 * 2 * 9 + 6)
    assert not trace.diagnostics


def test_a_dense_layer_after_decomposition() -> None:
    """Three ways: addmm, mm, and a product with a matrix that was turned."""
    net = Program(x=(1, 4))
    turned = net.call("permute.default", (4, 3), self=net.held("w", 3, 4), dims=[1, 0])
    y = net.call("addmm.default", (1, 3), self=net.held("b", 3), mat1="x", mat2=turned)
    turned = net.call("t.default", (3, 5), self=net.held("v", 5, 3))
    y = net.call("mm.default", (1, 5), self=y, mat2=turned)
    y = net.call("matmul.default", (1, 2), self=y, other=net.held("u", 5, 2))
    trace = traced(net, y)
    assert kinds(trace) == ["dense"] * 3
    assert trace.totals.parameters == 15 + 15 + 10
    assert trace.totals.macs == 12 + 15 + 10


def test_products_of_tensors_take_multiplications() -> None:
    net = Program(a=(1, 2, 5, 4), b=(1, 2, 4, 3))
    y = net.call("matmul.default", (1, 2, 5, 3), self="a", other="b")
    y = net.call("einsum.default", (1, 2, 5, 6), equation="b h i k, k j -> b h i j",
                 tensors=[y, net.held("w", 3, 6)])  # fmt: skip
    trace = traced(net, y)
    assert [record.macs for record in trace.layers] == [2 * 5 * 3 * 4, 2 * 5 * 6 * 3]
    assert trace.totals.parameters == 18


def test_a_batch_above_one_is_no_part_of_anything() -> None:
    net = Program(x=(4, 3, 8, 8))
    y = net.call(
        "conv2d.default", (4, 6, 8, 8), input="x", weight=net.held("w", 6, 3, 3, 3), **CONV
    )
    y = net.call("flatten.using_ints", (4, 384), self=y, start_dim=1)
    q = net.call("view.default", (4, 2, 192), self=y, size=[4, 2, 192])
    k = net.call("transpose.int", (4, 192, 2), self=q, dim0=1, dim1=2)
    y = net.call("bmm.default", (4, 2, 2), self=q, mat2=k)
    trace = traced(net, y)
    assert trace.inputs == {"x": (8, 8, 3)}
    assert trace["flatten"].output == (384,)
    assert trace.totals.macs == 64 * 162 + 2 * 2 * 192
    assert trace.complete


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("batch", [1, 2])
def test_steps_in_front_of_the_batch_stay_there(batch: int, turned: bool) -> None:
    """A GRU without batch_first, from 8 to 6 units, on 12 steps; then a product of all pairs.

    Numbers: 3 gates of 6 units take 8 + 6 numbers at each of 12 steps, and 6 x 6 pairs of 12 sums.
    """
    net = Program(x=(batch, 12, 8) if turned else (12, batch, 8))
    x = "x"
    if turned:
        x = net.call("transpose.int", (12, batch, 8), self="x", dim0=0, dim1=1)
    params = [net.held(name, *shape) for name, shape in
              {"w_ih": (18, 8), "w_hh": (18, 6), "b_ih": (18,), "b_hh": (18,)}.items()]  # fmt: skip
    y, h = net.call(
        "gru.input", (12, batch, 6), (1, batch, 6), input=x, hx=[], params=params, has_biases=True,
        num_layers=1, dropout=0.0, train=False, bidirectional=False, batch_first=False,
    )  # fmt: skip
    pairs = net.call("einsum.default", (batch, 6, 6), equation="tbi,tbj->bij", tensors=[y, y])
    image = net.call("unsqueeze.default", (batch, 1, 6, 6), self=pairs, dim=1)
    image = net.call("pixel_unshuffle.default", (batch, 4, 3, 3), self=image, downscale_factor=2)
    trace = traced(net, image, h)
    assert trace.inputs == {"x": (12, 8)}
    volumes = [(12, 6), (1, 6), (6, 6), (6, 6, 1), (3, 3, 4)]
    assert [record.output for record in trace.layers] == volumes
    assert trace.totals.macs == 12 * 18 * (8 + 6) + 6 * 6 * 12
    assert set(codes(trace)) == {"SC601"}


def test_several_outputs_of_an_operator() -> None:
    net = Program(x=(1, 7, 3))
    parts = net.call("split.Tensor", (1, 4, 3), (1, 3, 3), self="x", split_size=4, dim=1)
    rest = net.call("split_with_sizes.default", (1, 1, 3), (1, 3, 3), self=parts[0],
                    split_sizes=[1, 3], dim=1)  # fmt: skip
    a, _, c = net.call("unbind.int", (1, 3), (1, 3), (1, 3), self=parts[1], dim=2)
    y = net.call("stack.default", (1, 2, 3), tensors=[a, c], dim=1)
    pooled, places = net.call("max.dim", (1, 3), (1, 3), self=rest[1], dim=1)
    z = net.call("add.Tensor", (1, 3), self=pooled, other=places)
    trace = traced(net, y, z)
    assert kinds(trace)[:4] == ["slice"] * 4
    assert trace.outputs == {"stack": (2, 3), "add": (3,)}
    assert trace.complete


def test_what_is_not_known_is_an_operation() -> None:
    net = Program(x=(1, 4))
    y = net.call("unheard_of.default", (1, 9), self="x", weight=net.held("w", 3, 3))
    z = net.call("unheard_of_linear.default", (1, 2), self=y)
    trace = traced(net, z)
    assert [(r.kind, r.output, r.parameters, r.macs) for r in trace.layers] == [
        ("operation", (9,), 9, 0), ("operation", (2,), 0, None),
    ]  # fmt: skip
    assert codes(trace) == ["SC601", "SC602"]


# -- sizes that are open ---------------------------------------------------------------------------


def open_sizes() -> Program:
    net = Program(x=("s0", 4, "s1", "s2"))
    batch, height, width = (
        net.number("torch.ops.aten.sym_size.int", self="x", dim=axis) for axis in (0, 2, 3)
    )
    half = net.number("_operator.floordiv", a=height, b=2)
    y = net.call("reshape.default", ("s0", 2, 2, "s1", "s2"), self="x",
                 shape=[batch, 2, 2, height, width])  # fmt: skip
    y = net.call("transpose.int", ("s0", 2, 2, "s1", "s2"), self=y, dim0=1, dim1=2)
    y = net.call("reshape.default", ("s0", 4, "s1", "s2"), self=y, shape=[batch, 4, height, width])
    net.call("upsample_nearest2d.vec", ("s0", 4, "s1//2", 7), input=y, output_size=[half, 7],
             scale_factors=None)  # fmt: skip
    return net


def test_a_size_that_is_open_is_asked_for() -> None:
    trace = traced(open_sizes(), "upsample_nearest2d")
    assert trace.inputs == {"x": (None, None, 4)}
    assert "SC604" in codes(trace)


def test_numbers_follow_from_a_size_that_is_given() -> None:
    trace = traced(open_sizes(), "upsample_nearest2d", inputs="12x10x4")
    assert trace["upsample_nearest2d"].output == (6, 7, 4)
    assert trace.complete
    assert not trace.diagnostics
