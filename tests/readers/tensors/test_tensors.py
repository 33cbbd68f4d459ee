"""Operators over tensors become layers on volumes: axes, the batch, arrays that count once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from shapecalc import trace
from shapecalc.network import build
from shapecalc.readers.tensors import arithmetic, dense, norms, shapes, windows
from shapecalc.readers.tensors.layouts import Layouts, Node
from shapecalc.readers.tensors.network import Network
from shapecalc.readers.tensors.values import Constant, Shape, Tensor, broadcast
from shapecalc.tracing import Trace


def node(name: str, inputs: Sequence[str] = ("x",), **about: Any) -> Node:
    """Return an operator with one output of its own name."""
    return Node(name, about.pop("what", name), inputs, (name,), (name,), **about)


def started(shape: Shape, *nodes: Node) -> tuple[Network, Tensor]:
    """Return a network with one input."""
    network = Network(Layouts(nodes))
    return network, network.input("x", shape, ("x",))


def traced(network: Network, *outputs: Tensor) -> Trace:
    """Return the trace of what was put into a network."""
    document = network.document("", None, outputs, lambda given: pytest.fail("not asked"))
    document.format = "toy"
    return trace(build(document))


def weight(name: str, *shape: int, role: Any = "weight") -> Constant:
    return Constant(name, shape, name, role)


CONV: dict[str, Any] = {"F": (3, 3), "S": (1, 1), "P": [(1, 1), (1, 1)], "dilation": (1, 1)}


def test_a_convolution_takes_its_depth_from_where_the_file_has_it() -> None:
    conv = node("conv", depth=1)
    network, x = started((1, 3, 32, 48), conv)
    assert x.axes == (2, 3, 1)
    y = windows.conv(
        network, conv, x, weight("w", 8, 3, 3, 3), weight("b", 8, role="bias"),
        K=8, groups=1, **CONV,
    )  # fmt: skip
    assert network.shape(y) == (1, 8, 32, 48)
    result = traced(network, y)
    assert result.inputs == {"x": (32, 48, 3)}
    assert result["conv"].output == (32, 48, 8)
    assert result.totals.parameters == 8 * 3 * 9 + 8


def test_the_layout_of_an_input_is_followed_back_through_a_transpose() -> None:
    turned = node("turned", order=(0, 3, 1, 2))
    conv = node("conv", ("turned",), depth=1)
    network, x = started((None, 32, 48, 3), turned, conv)
    assert x.axes == (1, 2, 3)
    y = shapes.transpose(x, (0, 3, 1, 2))
    assert y is not None
    assert y.axes == (2, 3, 1)
    z = windows.conv(network, conv, y, weight("w", 8, 3, 3, 3), None, K=8, groups=1, **CONV)
    assert [item.kind for item in network.items.listed] == ["conv"]
    assert network.shape(z) == (1, 8, 32, 48)


def test_filters_of_each_slice_are_depthwise() -> None:
    conv = node("conv", depth=1)
    network, x = started((1, 6, 8, 8), conv)
    windows.conv(network, conv, x, weight("w", 12, 1, 3, 3), None, K=12, groups=6, **CONV)
    assert network.items.listed[0].kind == "depthwise_conv"
    assert network.items.listed[0].fields["multiplier"] == 2


def test_a_weight_of_another_depth_than_the_input_is_found() -> None:
    conv = node("conv", depth=1)
    network, x = started((1, 4, 8, 8), conv)
    y = windows.conv(network, conv, x, weight("w", 8, 3, 3, 3), None, K=8, groups=1, **CONV)
    codes = [diagnostic.code for diagnostic in traced(network, y).diagnostics]
    assert codes == ["SC301"]


def test_an_array_of_two_layers_counts_once() -> None:
    first, second = node("first", depth=-1), node("second", ("first",), depth=-1)
    network, x = started((1, 10, 16), first, second)
    w, b = weight("w", 16, 16), weight("b", 16, role="bias")
    y = dense.linear(network, first, x, w, b)
    z = dense.linear(network, second, y, w, b)
    result = traced(network, z)
    assert result.totals.parameters == 16 * 16 + 16
    assert result.totals.macs == 2 * 10 * 16 * 16


def test_one_array_of_another_layer_counts_once() -> None:
    first, second = node("first", depth=-1), node("second", ("first",), depth=-1)
    network, x = started((1, 10, 16), first, second)
    w = weight("w", 16, 16)
    y = dense.linear(network, first, x, w, weight("b", 16, role="bias"))
    z = dense.linear(network, second, y, w, weight("c", 16, role="bias"))
    assert traced(network, z).totals.parameters == 16 * 16 + 16 + 16


def test_windows_of_an_image_have_no_batch_and_keep_their_number() -> None:
    """As Swin cuts an image: 1x8x8x4 into 4 windows of 16 positions."""
    network, x = started((1, 8, 8, 4))
    y = shapes.reshape(network, node("cut"), x, (1, 2, 4, 2, 4, 4))
    turned = shapes.transpose(y, (0, 1, 3, 2, 4, 5))
    assert turned is not None
    z = shapes.reshape(network, node("windows"), turned, (4, 16, 4))
    assert (z.batch, network.shape(z)) == (None, (4, 16, 4))
    q = dense.linear(network, node("q"), z, weight("w", 12, 4), None)
    back = shapes.reshape(network, node("back"), q, (1, 2, 2, 4, 4, 12))
    assert back.batch == 0
    result = traced(network, back)
    assert result["q"].macs == 64 * 12 * 4
    assert result["back"].output == (2, 2, 4, 4, 12)


def test_an_operation_keeps_arrays_that_are_not_counted_yet() -> None:
    network, x = started((1, 10, 16))
    w = weight("w", 16, 16)
    dense.linear(network, node("d"), x, w, None)
    kept = [w, weight("v", 4, 4), weight("t", 9, role=None)]
    network.operation(node("o"), [x], [(1, 10, 3)], kept, macs=7)
    item = network.items.listed[-1]
    assert item.fields == {"what": "o", "output": [10, 3], "macs": 7, "parameters": {"v": [4, 4]}}


@pytest.mark.parametrize(
    ("function", "behind", "fields"),
    [
        ("multiply", True, {"weight": 2.0}),
        ("add", False, {"weight": False, "bias": 2.0}),
        ("subtract", True, {"weight": False, "bias": -2.0}),
        ("subtract", False, {"weight": -1.0, "bias": 2.0}),
        ("divide", True, {"weight": 0.5}),
    ],
)
def test_arithmetic_with_a_number_is_a_scale(
    function: str, behind: bool, fields: dict[str, Any]
) -> None:
    network, x = started((1, 3, 8, 8))
    number = Constant("n", (), "n", None, [2.0])
    arithmetic.with_constant(network, node("s"), function, x, number, behind=behind)
    assert (network.items.listed[0].kind, network.items.listed[0].fields) == ("scale", fields)


def test_a_learned_value_for_each_slice_is_a_scale_and_one_for_each_place_is_not() -> None:
    pool = node("pool", depth=1)
    network, x = started((1, 3, 8, 8), pool)
    y = arithmetic.with_constant(
        network, node("a"), "multiply", x, weight("w", 3, 1, 1), behind=True
    )
    z = arithmetic.with_constant(network, node("b"), "add", y, weight("p", 1, 3, 8, 8), behind=True)
    assert [item.kind for item in network.items.listed] == ["scale", "operation"]
    assert traced(network, z).totals.parameters == 3 + 3 * 8 * 8


def test_a_sum_of_tensors_whose_axes_lie_otherwise_is_put_in_order() -> None:
    pool = node("pool", depth=1)
    network, x = started((1, 4, 6, 6), pool)
    turned = shapes.transpose(x, (0, 1, 3, 2))
    assert turned is not None
    y = arithmetic.binary(network, node("sum"), "add", x, turned)
    assert [item.kind for item in network.items.listed] == ["transpose", "add"]
    assert network.shape(y) == (1, 4, 6, 6)


def test_a_gate_of_one_value_a_slice_multiplies() -> None:
    pool = node("pool", depth=1)
    network, x = started((1, 4, 6, 6), pool)
    gate = shapes.reduced(network, node("mean"), "mean", x, [2, 3], True)
    y = arithmetic.binary(network, node("gated"), "multiply", x, gate)
    result = traced(network, y)
    assert [record.kind for record in result.layers] == ["global_avg_pool", "multiply"]
    assert result["gated"].output == (6, 6, 4)


def test_reshape_flatten_squeeze_and_cut_follow_the_files_axes() -> None:
    pool = node("pool", depth=1)
    network, x = started((2, 12, 6, 5), pool)
    assert network.batch == 2
    parts = shapes.split(network, node("parts"), x, 1, [4, 8])
    assert [network.shape(part) for part in parts] == [(2, 4, 6, 5), (2, 8, 6, 5)]
    row = shapes.cut(network, node("row"), x, 2, 1, 2)
    assert network.shape(row) == (2, 12, 1, 5)
    lone = shapes.squeeze(network, node("lone"), row, [2])
    assert network.shape(lone) == (2, 12, 5)
    flat = shapes.flatten(network, node("flat"), x, 1)
    assert network.shape(flat) == (2, 360)
    both = shapes.flatten(network, node("both"), x, 2)
    assert network.shape(both) == (2, 12, 30)
    assert traced(network, *parts, lone, flat, both).complete


def test_norms_along_the_depth_over_all_and_along_other_axes() -> None:
    network, x = started((1, 5, 7, 4))
    arrays = {"weight": weight("g", 4), "bias": weight("b", 4, role="bias")}
    norms.layer_norm(network, node("depth"), x, [-1], arrays)
    over = {"weight": weight("G", 5, 7, 4), "bias": weight("B", 5, 7, 4, role="bias")}
    norms.layer_norm(network, node("all"), x, [1, 2, 3], over)
    norms.layer_norm(network, node("two"), x, [2, 3], {"weight": weight("h", 7, 4)})
    kinds = [(item.kind, item.fields.get("over")) for item in network.items.listed]
    assert kinds == [("layer_norm", None), ("layer_norm", "all"), ("operation", None)]


def test_attention_counts_both_products() -> None:
    network, x = started((1, 8, 50, 64))
    heads = shapes.transpose(x, (0, 1, 2, 3))
    assert heads is not None
    dense.attention(network, node("sdpa"), heads, heads, heads)
    assert network.items.listed[0].fields["macs"] == 8 * 50 * 50 * (64 + 64)


@pytest.mark.parametrize(
    ("volumes", "stretched"),
    [
        ([(4, 3), (3,)], (4, 3)),
        ([(1, 3), (5, 1)], (5, 3)),
        ([(2, 3), (4, 3)], None),
        ([(None, 3), (1, 3)], (None, 3)),
        ([(None, 3), (4, 3)], (4, 3)),
        ([None, (3,)], None),
    ],
)
def test_shapes_are_stretched_as_numpy_does(volumes: list[Any], stretched: Any) -> None:
    assert broadcast(*volumes) == stretched


def test_a_tensor_without_axes_is_one_value() -> None:
    network, x = started((1, 8, 4))
    y = shapes.reduced(network, node("mean"), "mean", x, None, False)
    assert (y.rank, y.axes, network.volume(y)) == (0, (), (1,))


def test_positions_and_the_batch_change_places_and_come_back() -> None:
    """As PyTorch's attention has it: positions x batch x depth."""
    network, x = started((1, 6, 16))
    turned = shapes.transpose(x, (1, 0, 2))
    assert turned is not None
    flat = shapes.reshape(network, node("flat"), turned, (6, 16))
    back = shapes.reshape(network, node("back"), flat, (6, 1, 16))
    assert (flat.batch, back.batch, back.axes) == (None, 1, (0, 2))


def test_one_place_of_an_axis_is_a_slice_and_a_reshape() -> None:
    network, x = started((1, 6, 16))
    y = shapes.taken(network, node("last"), x, 1, -1)
    kinds = [(item.kind, item.name) for item in network.items.listed]
    assert kinds == [("slice", "last/place"), ("flatten", "last")]
    assert network.shape(y) == (1, 16)


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ((1, 3, 8, 8), []),
        ((None, 3, 8, 8), []),
        ((1, 3, 8, 9), ["8x9x3"]),
        ((1, 3, 64), ["3x64"]),  # of another number of axes
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_a_shape_that_the_file_states_is_compared_with_what_comes_out(
    stated: Shape, told: list[str], known: bool
) -> None:
    """With that of a layer, or of an operation whose shape follows."""
    relu = node("relu", keeps=True)
    conv = Node("conv", "conv", ("relu",), ("y",), depth=1)
    network, x = started((1, 3, 8, 8), relu, conv)
    y = arithmetic.elementwise(network, relu, "relu" if known else None, x)
    network.claim(y, stated)
    found = [d for d in traced(network, y).diagnostics if d.code == "SC301"]
    assert len(found) == len(told)
    assert all(volume in one.message for volume, one in zip(told, found, strict=True))


def test_a_shape_that_the_file_states_is_the_output_of_what_is_not_known() -> None:
    odd = node("odd")
    network, x = started((1, 3, 8, 8), odd)
    (y,) = network.operation(odd, [x])
    y = network.laid(odd, 3, 0)._replace(source=y.source)
    network.claim(y, (1, 5, 6))
    assert traced(network, y)["odd"].output == (5, 6)


def test_an_operation_that_gives_one_number_is_a_volume_of_one_value() -> None:
    odd = node("odd")
    network, x = started((1, 3, 8, 8), odd)
    (y,) = network.operation(odd, [x], [()])
    assert traced(network, y)["odd"].output == (1,)


def test_an_array_that_an_operator_takes_twice_counts_once() -> None:
    odd = node("odd")
    network, x = started((1, 3, 8, 8), odd)
    (y,) = network.operation(odd, [x], [(1, 3, 8, 8)], [weight("w", 5), weight("w", 5)])
    assert traced(network, y).totals.parameters == 5


def test_the_length_of_a_lone_vector_is_no_batch() -> None:
    network, x = started((480,))
    y = shapes.reshape(network, node("frames"), x, (1, 20, 24))
    assert (network.batch, y.batch, network.volume(y)) == (1, 0, (20, 24))


@pytest.mark.parametrize("batch", [0, 1])
def test_the_batch_of_an_operation_stays_where_its_sources_have_it(batch: int) -> None:
    """PyTorch's recurrent layers and its attention have the steps in front of the batch."""
    odd = node("odd")
    network = Network(Layouts([odd]))
    shape = (2, 12, 8) if batch == 0 else (12, 2, 8)
    x = network.input("x", shape, ("x",), batch=batch)
    (y,) = network.operation(odd, [x], [(*shape[:2], 6)])
    assert (y.batch, network.volume(y)) == (batch, (12, 6))
    mean = shapes.reduced(network, odd, "sum", y, [-1], False)
    assert (mean.batch, network.shape(mean)) == (batch, shape[:2])


def test_the_batch_of_an_equation_is_where_its_letter_stands() -> None:
    network = Network(Layouts([]))
    x = network.input("x", (12, 2, 8), ("x",), batch=1)
    laid = dense.laid_by_letters(network, node("e"), [("tbi", x), ("tbj", x)], "bij")
    assert laid is not None
    assert (laid.batch, laid.axes) == (0, (1, 2))
    summed = dense.laid_by_letters(network, node("e"), [("tbi", x)], "ti")
    assert summed is not None
    assert summed.batch is None
    assert dense.laid_by_letters(network, node("e"), [("tbi", x), ("btj", x)], "bij") is None
