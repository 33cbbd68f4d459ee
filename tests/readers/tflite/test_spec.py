"""Networks of TensorFlow Lite as specs: operator by operator, what comes out and what counts.

Expected sizes are those of plain loops, or worked out by hand from TensorFlow's documentation.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flatbuffers_written import Fields, Numbers, byte, longs, real, reals, whole
from tflite_files import FLOAT16, INT4, INT8, INT32, Writer, branches, small

import shapecalc
from shapecalc.cli import group
from shapecalc.tracing import Trace

Shape = tuple[int, ...]
Options = tuple[int, dict[int, Any]]


def traced(made: Writer, folder: Path, **more: Any) -> Trace:
    """Return the trace of a network as a file."""
    path = folder / "net.tflite"
    path.write_bytes(made.bytes())
    return shapecalc.trace(path, **more)


def codes(trace: Trace) -> list[str]:
    """Return the codes of all that is found."""
    return [found.code for found in trace.diagnostics]


def one(
    folder: Path,
    what: str,
    before: Shape,
    after: Shape,
    rest: Sequence[int | Sequence[int]] = (),
    options: Options | None = None,
    behind: Sequence[Shape] = (),
) -> Trace:
    """Return the trace of one operator: on an input, weights of shapes and lists of numbers.

    An int is a tensor of numbers of one axis, a tuple a weight of that shape.
    """
    made = Writer()
    inputs = [made.input("x", *before)]
    for each in rest:
        inputs.append(made.weight("w", *each) if isinstance(each, tuple) else made.numbers(*each))  # type: ignore[misc]
    outputs = [made.tensor(f"y{n}", *shape) for n, shape in enumerate((after, *behind))]
    made.add(what, inputs, outputs, options)
    made.outputs = outputs
    return traced(made, folder)


def strides(same: bool, S: tuple[int, int], more: Mapping[int, Any]) -> dict[int, Any]:
    """Return the options that all windows begin with."""
    return {0: byte(0 if same else 1), 1: whole(S[1]), 2: whole(S[0]), **more}


def positions(W: int, F: int, S: int, dilation: int, same: bool) -> int:
    """Count the places of a window: at each S-th value, or those at which it fits in."""
    if same:
        return len(range(0, W, S))
    return len([at for at in range(0, W, S) if at + (F - 1) * dilation < W])


# -- a whole network -------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", [0, INT8])
def test_a_network_of_float_or_whole_numbers(tmp_path: Path, sort: int) -> None:
    trace = traced(small(sort), tmp_path)
    assert trace.inputs == {"image": (8, 8, 3)}
    assert [(r.name, r.kind, r.output) for r in trace.layers] == [
        ("net/conv/Relu", "conv", (4, 4, 4)),
        ("net/conv/Relu/relu", "relu", (4, 4, 4)),
        ("net/pool", "max_pool", (2, 2, 4)),
        ("net/flat", "flatten", (16,)),
        ("net/dense", "dense", (10,)),
        ("net/softmax", "softmax", (10,)),
    ]
    assert trace.totals.parameters == 4 * 3 * 3 * 3 + 4 + 10 * 16 + 10
    assert trace.totals.macs == 4 * 4 * 4 * 27 + 160
    assert trace.complete
    assert not trace.diagnostics


def test_every_stated_shape_is_a_claim(tmp_path: Path) -> None:
    computed = [n for n, tensor in enumerate(small().tensors) if 2 not in tensor][1:]
    assert len(computed) == 5
    for number in computed:
        made = small()
        shape = made.tensors[number][0]
        assert isinstance(shape, tuple)
        made.tensors[number][0] = Numbers((*shape[:-1], shape[-1] + 1))
        trace = traced(made, tmp_path)
        assert "SC301" in codes(trace), number


def test_another_size_is_computed_where_the_file_leaves_it_open(tmp_path: Path) -> None:
    made = Writer()
    x = made.input("x", 1, 1, 1, 3, signature=(-1, -1, -1, 3))
    y = made.tensor("y", 1, 1, 1, 8, signature=(-1, -1, -1, 8))
    w = made.weight("w", 8, 3, 3, 3)
    made.add("CONV_2D", [x, w], [y], (1, strides(True, (2, 2), {})))
    trace = traced(made, tmp_path)
    assert trace.inputs == {"x": (None, None, 3)}
    assert codes(trace) == ["SC604"]
    given = traced(made, tmp_path, inputs="17x9x3")
    assert given["y"].output == (9, 5, 8)
    assert not given.diagnostics


def test_verify_agrees(tmp_path: Path) -> None:
    path = tmp_path / "net.tflite"
    path.write_bytes(small().bytes())
    assert shapecalc.verify(path).agrees


# -- windows ---------------------------------------------------------------------------------------

GRID = [
    (W, F, S, dilation, same)
    for W, F, S, dilation, same in product((5, 8), (1, 3), (1, 2, 3), (1, 2), (True, False))
    if same or (F - 1) * dilation < W
]


def test_convolutions_and_pools_have_the_sizes_of_plain_loops(tmp_path: Path) -> None:
    for W, F, S, dilation, same in GRID:
        H, G, T = W + 2, F + 1 - (F == 3), S + 1  # another height, filter and step
        out = (positions(H, G, T, dilation, same), positions(W, F, S, dilation, same))
        about = f"{W, F, S, dilation, same}"
        dilated = {4: whole(dilation), 5: whole(dilation)}
        trace = one(
            tmp_path, "CONV_2D", (1, H, W, 3), (1, *out, 5), [(5, G, F, 3), (5,)],
            (1, strides(same, (T, S), dilated)),
        )  # fmt: skip
        assert not trace.diagnostics, about
        assert trace["y0"].output == (*out, 5), about
        assert trace.totals.parameters == 5 * G * F * 3 + 5
        dilated = {5: whole(dilation), 6: whole(dilation)}
        trace = one(
            tmp_path, "DEPTHWISE_CONV_2D", (1, H, W, 3), (1, *out, 6), [(1, G, F, 6)],
            (2, strides(same, (T, S), dilated)),
        )  # fmt: skip
        assert not trace.diagnostics, about
        assert (trace["y0"].kind, trace["y0"].output) == ("depthwise_conv", (*out, 6)), about
        assert trace.totals.parameters == G * F * 6
        if dilation == 1 and G <= H:
            for what in ("MAX_POOL_2D", "AVERAGE_POOL_2D", "L2_POOL_2D"):
                windows = {3: whole(F), 4: whole(G)}
                trace = one(
                    tmp_path, what, (1, H, W, 3), (1, *out, 3), (),
                    (5, strides(same, (T, S), windows)),
                )  # fmt: skip
                assert not trace.diagnostics, about
                assert trace["y0"].output == (*out, 3), about


def test_frames_of_a_sound_become_an_image_again(tmp_path: Path) -> None:
    """The sound has no batch; what a convolution takes first is one."""
    made = Writer()
    sound = made.input("sound", 480)
    frames = made.tensor("frames", 1, 20, 24, 1)
    made.add("Frames", [sound], [frames])
    y = made.tensor("y", 1, 10, 12, 4)
    w = made.weight("w", 4, 3, 3, 1)
    made.add("CONV_2D", [frames, w], [y], (1, strides(True, (2, 2), {})))
    trace = traced(made, tmp_path)
    assert (trace["y"].kind, trace["y"].output) == ("conv", (10, 12, 4))
    assert codes(trace) == ["SC601", "SC602"]


def test_a_grouped_convolution_and_one_on_a_single_slice(tmp_path: Path) -> None:
    options = (1, strides(True, (1, 1), {}))
    trace = one(tmp_path, "CONV_2D", (1, 6, 6, 8), (1, 6, 6, 4), [(4, 3, 3, 2)], options)
    assert trace["y0"].layer is not None
    assert trace["y0"].layer.values()["groups"] == 4
    assert trace.totals.parameters == 4 * 9 * 2
    options = (2, strides(True, (1, 1), {}))
    trace = one(tmp_path, "DEPTHWISE_CONV_2D", (1, 6, 6, 1), (1, 6, 6, 8), [(1, 3, 3, 8)], options)
    assert (trace["y0"].kind, trace.totals.parameters) == ("conv", 72)
    assert not trace.diagnostics


@pytest.mark.parametrize("same", [True, False])
def test_a_transposed_convolution_has_any_size_that_leads_back(tmp_path: Path, same: bool) -> None:
    for W, F, S in product((3, 4), (1, 2, 3, 4), (1, 2, 3)):
        for out in range(1, W * S + F + S):
            if positions(out, F, S, 1, same) != W:
                continue
            made = Writer()
            x = made.input("x", 1, W, W, 3)
            w = made.weight("w", 5, F, F, 3)
            y = made.tensor("y", 1, out, out, 5)
            inputs = [made.numbers(1, out, out, 5), w, x]
            made.add("TRANSPOSE_CONV", inputs, [y], (49, strides(same, (S, S), {})))
            trace = traced(made, tmp_path)
            assert trace["y"].output == (out, out, 5), (W, F, S, out)
            assert not trace.diagnostics, (W, F, S, out)
            assert trace.totals.parameters == 5 * F * F * 3


def test_a_convolution_over_three_axes(tmp_path: Path) -> None:
    options = (106, {0: byte(1), 1: whole(1), 2: whole(2), 3: whole(1)})
    trace = one(tmp_path, "CONV_3D", (1, 4, 6, 9, 2), (1, 3, 4, 4, 5), [(2, 3, 3, 2, 5)], options)
    assert trace["y0"].output == (3, 4, 4, 5)
    assert trace.totals.parameters == 2 * 3 * 3 * 2 * 5
    assert not trace.diagnostics


# -- products, tables, recurrent layers ------------------------------------------------------------


def test_dense_layers_keep_the_axes_or_make_two_of_them(tmp_path: Path) -> None:
    kept = (8, {2: byte(1)})
    trace = one(tmp_path, "FULLY_CONNECTED", (1, 7, 16), (1, 7, 5), [(5, 16), (5,)], kept)
    assert (trace["y0"].output, trace.totals.parameters, trace.totals.macs) == ((7, 5), 85, 560)
    assert not trace.diagnostics
    trace = one(tmp_path, "FULLY_CONNECTED", (1, 2, 2, 4), (1, 5), [(5, 16)], (8, {}))
    assert [record.kind for record in trace.layers] == ["flatten", "dense"]
    assert (trace["y0"].output, trace.totals.parameters) == ((5,), 80)
    assert not trace.diagnostics
    trace = one(tmp_path, "FULLY_CONNECTED", (1, 7, 16), (7, 5), [(5, 16)], (8, {}))
    assert (trace["y0"].output, trace.totals.macs) == ((7, 5), 560)
    assert not [code for code in codes(trace) if code == "SC301"]


def test_products_of_matrices(tmp_path: Path) -> None:
    trace = one(tmp_path, "BATCH_MATMUL", (1, 7, 16), (1, 7, 5), [(16, 5)], (101, {}))
    assert (trace["y0"].kind, trace.totals.parameters, trace.totals.macs) == ("dense", 80, 560)
    turned = (101, {1: byte(1)})
    trace = one(tmp_path, "BATCH_MATMUL", (1, 7, 16), (1, 7, 5), [(5, 16)], turned)
    assert (trace["y0"].output, trace.totals.parameters) == ((7, 5), 80)
    made = Writer()
    inputs = [made.input("a", 1, 4, 7, 16), made.input("b", 1, 4, 16, 9)]
    made.add("BATCH_MATMUL", inputs, [made.tensor("y", 1, 4, 7, 9)], (101, {}))
    trace = traced(made, tmp_path)
    assert (trace["y"].output, trace.totals.macs) == ((4, 7, 9), 4 * 7 * 9 * 16)
    assert trace.totals.parameters == 0
    made = Writer()
    inputs = [made.weight("table", 5, 16), made.input("b", 1, 16, 9)]
    made.add("BATCH_MATMUL", inputs, [made.tensor("y", 1, 5, 9)], (101, {}))
    trace = traced(made, tmp_path)
    assert (trace["y"].output, trace.totals.macs, trace.totals.parameters) == ((5, 9), 720, 0)


def test_a_table_of_embeddings(tmp_path: Path) -> None:
    made = Writer()
    ids = made.input("ids", 1, 20, sort=INT32)
    made.add(
        "GATHER", [made.weight("table", 1000, 8), ids], [made.tensor("y", 1, 20, 8)],
        (23, {0: whole(0)}),
    )  # fmt: skip
    trace = traced(made, tmp_path)
    assert (trace["y"].output, trace.totals.parameters) == ((20, 8), 8000)
    made = Writer()
    ids = made.input("ids", 20, sort=INT32)
    made.add("EMBEDDING_LOOKUP", [ids, made.weight("t", 1000, 8)], [made.tensor("y", 20, 8)])
    assert traced(made, tmp_path).totals.parameters == 8000


def lstm(made: Writer, units: int, inputs: int, prefix: str = "") -> list[int]:
    """Return the arrays of an LSTM without peepholes or projection, as its inputs have them."""
    return [
        *(made.weight(f"{prefix}w{n}", units, inputs) for n in range(4)),
        *(made.weight(f"{prefix}r{n}", units, units) for n in range(4)),
        -1, -1, -1,
        *(made.weight(f"{prefix}b{n}", units) for n in range(4)),
        -1, -1,
    ]  # fmt: skip


def test_an_lstm_is_an_operation_with_its_parameters(tmp_path: Path) -> None:
    """4*(4 + 5 + 1)*5 = 200 parameters for 5 units on 10x4; MACs without the biases, each step."""
    made = Writer()
    x = made.input("x", 1, 10, 4)
    states = [made.tensor(f"s{n}", 1, 5, s5=byte(1)) for n in range(2)]
    inputs = [x, *lstm(made, 5, 4), *states, -1, -1, -1, -1]
    y = made.tensor("y", 1, 10, 5)
    made.add("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, [y], (71, {}))
    trace = traced(made, tmp_path)
    assert (trace["y"].kind, trace["y"].output) == ("operation", (10, 5))
    assert (trace.totals.parameters, trace.totals.biases) == (200, 20)
    assert trace.totals.macs == 10 * 180
    assert traced(made, tmp_path, inputs="6x4")["y"].output == (6, 5)


def test_an_lstm_that_takes_time_in_front_of_the_batch(tmp_path: Path) -> None:
    made = Writer()
    x = made.input("x", 1, 10, 4)
    turned, steps = made.tensor("turned", 10, 1, 4), made.tensor("steps", 10, 1, 5)
    made.add("TRANSPOSE", [x, made.numbers(1, 0, 2)], [turned])
    states = [made.tensor(f"s{n}", 1, 5, s5=byte(1)) for n in range(2)]
    inputs = [turned, *lstm(made, 5, 4), *states, -1, -1, -1, -1]
    made.add("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, [steps], (71, {3: byte(1)}))
    back, y = made.tensor("back", 1, 10, 5), made.tensor("y", 1, 10, 5)
    made.add("TRANSPOSE", [steps, made.numbers(1, 0, 2)], [back])
    made.add("RELU", [back], [y])
    trace = traced(made, tmp_path)
    assert (trace["steps"].output, trace["y"].output) == ((10, 5), (10, 5))
    assert (trace.totals.parameters, trace.totals.macs) == (200, 10 * 180)
    assert codes(trace) == ["SC601"]


def test_an_lstm_in_both_directions_has_twice_the_parameters(tmp_path: Path) -> None:
    made = Writer()
    x = made.input("x", 1, 10, 4)
    states = [made.tensor(f"s{n}", 1, 5, s5=byte(1)) for n in range(4)]
    inputs = [x, *lstm(made, 5, 4, "f"), *lstm(made, 5, 4, "b"), *states, *[-1] * 9]
    y = made.tensor("y", 1, 10, 10)
    made.add("BIDIRECTIONAL_SEQUENCE_LSTM", inputs, [y], (69, {3: byte(1), 4: byte(0)}))
    trace = traced(made, tmp_path)
    assert (trace["y"].output, trace.totals.parameters) == ((10, 10), 400)
    assert trace.totals.macs == 10 * 360


# -- value by value --------------------------------------------------------------------------------

SHAPE = (1, 4, 6, 8)


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("RELU", "relu"), ("RELU6", "relu6"), ("RELU_N1_TO_1", "hard_tanh"), ("TANH", "tanh"),
        ("LOGISTIC", "sigmoid"), ("HARD_SWISH", "hard_swish"), ("GELU", "gelu"), ("ELU", "elu"),
        ("SOFTMAX", "softmax"), ("LOG_SOFTMAX", "log_softmax"), ("EXP", "exp"),
        ("QUANTIZE", "identity"), ("DEQUANTIZE", "identity"), ("CAST", "identity"),
        ("FLOOR", "operation"), ("L2_NORMALIZATION", "l2_normalize"),
    ],
)  # fmt: skip
def test_functions_keep_the_volume(tmp_path: Path, what: str, kind: str) -> None:
    trace = one(tmp_path, what, SHAPE, SHAPE)
    assert (trace["y0"].kind, trace["y0"].output) == (kind, SHAPE[1:])
    assert trace.totals.parameters == 0
    assert set(codes(trace)) <= {"SC601"}


def test_functions_with_numbers_of_their_own(tmp_path: Path) -> None:
    trace = one(tmp_path, "LEAKY_RELU", SHAPE, SHAPE, (), (75, {0: real(0.2)}))
    assert trace["y0"].layer is not None
    assert trace["y0"].layer.values()["slope"] == 0.2
    options = {0: whole(2), 1: real(1), 2: real(1e-4), 3: real(0.75)}
    trace = one(tmp_path, "LOCAL_RESPONSE_NORMALIZATION", SHAPE, SHAPE, (), (13, options))
    assert trace["y0"].layer is not None
    found = trace["y0"].layer.values()
    assert (found["size"], found["alpha"], found["beta"]) == (5, 5e-4, 0.75)


@pytest.mark.parametrize(
    ("slopes", "count"), [((8,), 8), ((1, 1, 8), 8), ((1, 1, 1), 1), ((4, 6, 8), 192)]
)
def test_slopes_of_a_prelu(tmp_path: Path, slopes: Shape, count: int) -> None:
    trace = one(tmp_path, "PRELU", SHAPE, SHAPE, [slopes])
    assert (trace["y0"].kind, trace.totals.parameters) == ("prelu", count)


@pytest.mark.parametrize(
    ("number", "what"), [(1, "relu"), (2, "hard_tanh"), (3, "relu6"), (4, "tanh"), (5, "operation")]
)
def test_an_activation_inside_an_operator_is_a_layer_behind_it(
    tmp_path: Path, number: int, what: str
) -> None:
    made = Writer()
    inputs = [made.input("a", *SHAPE), made.input("b", *SHAPE)]
    made.add("ADD", inputs, [made.tensor("y", *SHAPE)], (11, {0: byte(number)}))
    trace = traced(made, tmp_path)
    assert [record.kind for record in trace.layers] == ["add", what]
    assert trace.layers[0].name == "y"
    assert trace.layers[1].output == SHAPE[1:]


@pytest.mark.parametrize(
    ("what", "kind"), [("ADD", "add"), ("MUL", "multiply"), ("SUB", "subtract")]
)
def test_arithmetic_of_two_tensors_stretches_axes_of_one(
    tmp_path: Path, what: str, kind: str
) -> None:
    made = Writer()
    inputs = [made.input("a", *SHAPE), made.input("b", 1, 1, 1, 8)]
    made.add(what, inputs, [made.tensor("y", *SHAPE)])
    trace = traced(made, tmp_path)
    assert (trace["y"].kind, trace["y"].output) == (kind, SHAPE[1:])
    assert not trace.diagnostics


@pytest.mark.parametrize("what", ["ADD", "MUL", "SUB", "DIV"])
def test_an_array_in_arithmetic_is_learned_and_one_number_is_not(tmp_path: Path, what: str) -> None:
    assert one(tmp_path, what, SHAPE, SHAPE, [(8,)]).totals.parameters == 8
    trace = one(tmp_path, what, SHAPE, SHAPE, [(1,)])
    assert (trace["y0"].output, trace.totals.parameters) == (SHAPE[1:], 0)


def test_a_quantised_number_is_what_it_stands_for(tmp_path: Path) -> None:
    made = Writer()
    x = made.input("x", *SHAPE, sort=INT8)
    half = made.tensor(
        "half", sort=INT8, data=b"\x0a", s4=Fields({2: reals(0.125), 3: longs(6)})
    )  # (10 - 6)*0.125
    made.add("MUL", [x, half], [made.tensor("y", *SHAPE, sort=INT8)])
    trace = traced(made, tmp_path)
    assert trace["y"].layer is not None
    assert trace["y"].layer.values()["weight"] == 0.5


# -- shapes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "before", "after", "numbers", "options"),
    [
        ("RESHAPE", (1, 4, 6, 8), (1, 24, 8), [[1, 24, 8]], None),
        ("RESHAPE", (1, 4, 6, 8), (1, 192), [[-1, 192]], None),
        ("RESHAPE", (1, 192), (1, 4, 6, 8), [[1, 4, -1, 8]], None),
        ("RESHAPE", (1, 4, 6, 8), (1, 4, 48), [], (17, {0: (1, 4, 48)})),
        ("SQUEEZE", (1, 1, 6, 8), (1, 6, 8), [], (30, {0: (1,)})),
        ("SQUEEZE", (1, 1, 6, 8), (6, 8), [], (30, {})),
        ("EXPAND_DIMS", (1, 6, 8), (1, 1, 6, 8), [[1]], None),
        ("TRANSPOSE", (1, 4, 6, 8), (1, 8, 4, 6), [[0, 3, 1, 2]], None),
        ("PAD", (1, 4, 6, 8), (1, 7, 6, 8), [[0, 0, 1, 2, 0, 0, 0, 0]], None),
        ("MIRROR_PAD", (1, 4, 6, 8), (1, 6, 6, 8), [[0, 0, 1, 1, 0, 0, 0, 0]], (77, {0: byte(0)})),
        ("MIRROR_PAD", (1, 4, 6, 8), (1, 6, 6, 8), [[0, 0, 1, 1, 0, 0, 0, 0]], (77, {0: byte(1)})),
        ("PAD", (1, 4, 6, 8), (1, 4, 6, 11), [[0, 0, 0, 0, 0, 0, 1, 2]], None),
        ("MEAN", (1, 4, 6, 8), (1, 8), [[1, 2]], (27, {0: byte(0)})),
        ("MEAN", (1, 4, 6, 8), (1, 1, 1, 8), [[1, 2]], (27, {0: byte(1)})),
        ("SUM", (1, 4, 6, 8), (1, 4, 6), [[-1]], (27, {})),
        ("REDUCE_MAX", (1, 4, 6, 8), (1, 8), [[2, 1]], (27, {})),
        ("RESIZE_BILINEAR", (1, 4, 6, 8), (1, 8, 12, 8), [[8, 12]], (15, {3: byte(1)})),
        ("RESIZE_BILINEAR", (1, 4, 6, 8), (1, 7, 9, 8), [[7, 9]], (15, {2: byte(1)})),
        ("RESIZE_NEAREST_NEIGHBOR", (1, 4, 6, 8), (1, 8, 12, 8), [[8, 12]], (74, {})),
        ("RESIZE_NEAREST_NEIGHBOR", (1, 4, 6, 8), (1, 5, 5, 8), [[5, 5]], (74, {})),
        ("DEPTH_TO_SPACE", (1, 4, 6, 8), (1, 8, 12, 2), [], (94, {0: whole(2)})),
        ("SPACE_TO_DEPTH", (1, 4, 6, 8), (1, 2, 3, 32), [], (19, {0: whole(2)})),
        ("SLICE", (1, 4, 6, 8), (1, 4, 3, 4), [[0, 0, 1, 4], [1, 4, 3, -1]], None),
        ("STRIDED_SLICE", (1, 4, 6, 8), (1, 3, 6, 8), [[0, 1], [0, 4], [1, 1]],
         (32, {1: whole(1)})),
        ("STRIDED_SLICE", (1, 4, 6, 8), (1, 4, 6, 2), [[0, 0, 0, -2], [0, 0, 0, 0], [1, 1, 1, 1]],
         (32, {0: whole(7), 1: whole(15)})),
        ("STRIDED_SLICE", (1, 4, 6, 8), (1, 2, 6, 8), [[0, 0], [1, 4], [1, 2]], (32, {})),
        ("STRIDED_SLICE", (1, 4, 6, 8), (1, 6, 8), [[0, 1], [1, 2], [1, 1]], (32, {4: whole(2)})),
        ("BROADCAST_TO", (1, 1, 6, 8), (1, 4, 6, 8), [[1, 4, 6, 8]], None),
    ],
)  # fmt: skip
def test_what_moves_values_has_the_shape_that_is_stated(
    tmp_path: Path,
    what: str,
    before: Shape,
    after: Shape,
    numbers: Sequence[Sequence[int]],
    options: Options | None,
) -> None:
    if options:
        options = (options[0], {slot: listed(value) for slot, value in options[1].items()})
    trace = one(tmp_path, what, before, after, numbers, options)
    assert set(codes(trace)) <= {"SC601", "SC411"}
    (output,) = trace.outputs.values()
    expected = after[1:] if after[0] == 1 else after
    if what != "TRANSPOSE":
        assert output == expected
    assert trace.totals.parameters == 0


def test_parts_and_joins(tmp_path: Path) -> None:
    made = Writer()
    x = made.input("x", 1, 4, 6, 8)
    parts = [made.tensor(f"part{n}", 1, 4, 6, 4) for n in range(2)]
    made.add("SPLIT", [made.numbers(3, shape=()), x], parts, (35, {0: whole(2)}))
    odd = [made.tensor(f"odd{n}", 1, size, 6, 4) for n, size in enumerate((1, 3))]
    made.add("SPLIT_V", [parts[1], made.numbers(1, -1), made.numbers(1)], odd, (79, {0: whole(2)}))
    again = made.tensor("again", 1, 4, 6, 4)
    made.add("CONCATENATION", odd, [again], (10, {0: whole(1)}))
    y = made.tensor("y", 1, 4, 6, 8)
    made.add("CONCATENATION", [parts[0], again], [y], (10, {0: whole(-1)}))
    made.outputs = [y]
    trace = traced(made, tmp_path)
    assert [(r.name, r.kind, r.output) for r in trace.layers] == [
        ("part0", "slice", (4, 6, 4)),
        ("part0:1", "slice", (4, 6, 4)),
        ("odd0", "slice", (1, 6, 4)),
        ("odd0:1", "slice", (3, 6, 4)),
        ("again", "concat", (4, 6, 4)),
        ("y", "concat", (4, 6, 8)),
    ]
    assert not trace.diagnostics


def test_places_of_an_axis_are_taken_apart_and_put_together(tmp_path: Path) -> None:
    made = Writer()
    x = made.input("x", 1, 3, 6, 8)
    places = [made.tensor(f"at{n}", 1, 6, 8) for n in range(3)]
    made.add("UNPACK", [x], places, (64, {0: whole(3), 1: whole(1)}))
    stack = made.tensor("stack", 1, 6, 2, 8)
    made.add("PACK", [places[2], places[0]], [stack], (59, {0: whole(2), 1: whole(2)}))
    y = made.tensor("y", 1, 6, 8)
    lists = [made.numbers(0, 0, 1), made.numbers(1, 6, 2), made.numbers(1, 1, 1)]
    made.add("STRIDED_SLICE", [stack, *lists], [y], (32, {4: whole(4)}))
    z = made.tensor("z", 1, 8)
    made.add("GATHER", [y, made.numbers(4, shape=())], [z], (23, {0: whole(1)}))
    made.outputs = [z, places[1]]
    trace = traced(made, tmp_path)
    assert trace.outputs == {"z": (8,), "at0:1": (6, 8)}
    assert trace["stack"].output == (6, 2, 8)
    kinds = {record.kind for record in trace.layers}
    assert kinds == {"slice", "reshape", "flatten", "concat"}
    assert not trace.diagnostics


def test_an_input_with_the_depth_first_is_told_by_the_convolution_behind_a_transpose(
    tmp_path: Path,
) -> None:
    made = Writer()
    x = made.input("x", 1, 3, 32, 48)
    turned = made.tensor("turned", 1, 32, 48, 3)
    made.add("TRANSPOSE", [x, made.numbers(0, 2, 3, 1)], [turned])
    y = made.tensor("y", 1, 16, 24, 8)
    made.add("CONV_2D", [turned, made.weight("w", 8, 3, 3, 3)], [y], (1, strides(True, (2, 2), {})))
    trace = traced(made, tmp_path)
    assert trace.inputs == {"x": (32, 48, 3)}
    assert [record.name for record in trace.layers] == ["y"]
    assert not trace.diagnostics


# -- the graph's own arithmetic, arrays ------------------------------------------------------------


def test_sizes_that_are_computed_are_no_layers(tmp_path: Path) -> None:
    """A flattening as Keras' converter writes it where the batch is open."""
    made = Writer()
    x = made.input("x", 1, 4, 6, 8, signature=(-1, 4, 6, 8))
    shape = made.tensor("shape", 4, sort=INT32)
    made.add("SHAPE", [x], [shape], (55, {}))
    batch = made.tensor("batch", sort=INT32, s8=byte(1))
    cut = [shape, made.numbers(0), made.numbers(1), made.numbers(1)]
    made.add("STRIDED_SLICE", cut, [batch], (32, {4: whole(1)}))
    target = made.tensor("target", 2, sort=INT32)
    made.add("PACK", [batch, made.numbers(192, shape=())], [target], (59, {0: whole(2)}))
    y = made.tensor("y", 1, 192, signature=(-1, 192))
    made.add("RESHAPE", [x, target], [y])
    trace = traced(made, tmp_path)
    assert [(r.name, r.kind, r.output) for r in trace.layers] == [("y", "flatten", (192,))]
    assert not trace.diagnostics


def test_sizes_follow_from_an_input_that_is_given(tmp_path: Path) -> None:
    """Twice as large as what comes in, whatever that is, and then all positions behind each other.

    The file has a 1 in the place of what it leaves open.
    """
    made = Writer()
    x = made.input("x", 1, 1, 1, 8, signature=(-1, -1, -1, 8))
    shape = made.tensor("shape", 4, sort=INT32)
    made.add("SHAPE", [x], [shape], (55, {}))
    cut = [shape, made.numbers(1), made.numbers(3), made.numbers(1)]
    two = made.tensor("two", 2, sort=INT32)
    made.add("STRIDED_SLICE", cut, [two], (32, {}))
    twice = made.tensor("twice", 2, sort=INT32)
    made.add("MUL", [two, made.numbers(2, shape=())], [twice], (21, {}))
    y = made.tensor("y", 1, 1, 1, 8, signature=(-1, -1, -1, 8))
    made.add("RESIZE_BILINEAR", [x, twice], [y], (15, {3: byte(1)}))
    all_of_it = made.tensor("all", sort=INT32, s8=byte(1))
    made.add("REDUCE_PROD", [twice, made.numbers(0)], [all_of_it], (27, {}))
    target = made.tensor("target", 3, sort=INT32)
    parts = [made.numbers(1, shape=()), all_of_it, made.numbers(8, shape=())]
    made.add("PACK", parts, [target], (59, {0: whole(3)}))
    z = made.tensor("z", 1, 1, 8, signature=(-1, -1, 8))
    made.add("RESHAPE", [y, target], [z])
    assert "SC604" in codes(traced(made, tmp_path))
    trace = traced(made, tmp_path, inputs="5x7x8")
    assert (trace["y"].output, trace["z"].output) == ((10, 14, 8), (140, 8))
    assert not trace.diagnostics


def test_noise_is_no_array_of_the_file_and_zeros_are_not_learned(tmp_path: Path) -> None:
    made = Writer()
    x = made.input("x", 1, 8)
    zeros, y = made.tensor("zeros", 1, 8), made.tensor("y", 1, 8)
    made.add("FILL", [made.numbers(1, 8), made.weight("zero")], [zeros])
    made.add("ADD", [x, zeros], [y], (11, {}))
    noise, z = made.tensor("noise", 1, 8), made.tensor("z", 1, 8)
    made.add("RANDOM_UNIFORM", [made.numbers(1, 8)], [noise])
    made.add("ADD", [y, noise], [z], (11, {}))
    trace = traced(made, tmp_path)
    assert (trace["noise"].output, trace["z"].kind, trace.totals.parameters) == ((8,), "add", 0)


def test_weights_of_half_precision_are_those_behind_a_dequantize(tmp_path: Path) -> None:
    made = Writer()
    x = made.input("x", 1, 16)
    wide = [made.tensor(f"wide{n}", *shape) for n, shape in enumerate(((5, 16), (5,)))]
    for number, shape in zip(wide, ((5, 16), (5,)), strict=True):
        made.add("DEQUANTIZE", [made.weight("half", *shape, sort=FLOAT16)], [number])
    made.add("FULLY_CONNECTED", [x, *wide], [made.tensor("y", 1, 5)], (8, {}))
    trace = traced(made, tmp_path)
    assert [record.kind for record in trace.layers] == ["dense"]
    assert trace.totals.parameters == 85


@pytest.mark.parametrize("sort", [FLOAT16, INT8, INT4])
def test_weights_of_fewer_bits_than_what_they_work_on(tmp_path: Path, sort: int) -> None:
    made = Writer()
    inputs = [made.input("x", 1, 15), made.weight("w", 5, 15, sort=sort), made.weight("b", 5)]
    made.add("FULLY_CONNECTED", inputs, [made.tensor("y", 1, 5)], (8, {}))
    trace = traced(made, tmp_path)
    assert (trace.totals.weights, trace.totals.biases) == (75, 5)
    assert not trace.diagnostics


def test_a_weight_that_two_layers_have_counts_once_and_a_bias_with_its_weight(
    tmp_path: Path,
) -> None:
    """The converter keeps equal arrays once: biases that are all zero are no shared ones."""
    made = Writer()
    x = made.input("x", 1, 8)
    shared, bias = made.weight("shared", 8, 8), made.weight("zeros", 8)
    other = made.weight("other", 8, 8)
    for number, weight in enumerate((shared, shared, other)):
        y = made.tensor(f"y{number}", 1, 8)
        made.add("FULLY_CONNECTED", [x, weight, bias], [y], (8, {}))
        x = y
    trace = traced(made, tmp_path)
    assert [record.shares for record in trace.layers] == [None, "y0", None]
    assert trace.totals.parameters == 2 * (64 + 8)
    assert trace.totals.macs == 3 * 64


def test_a_custom_operator_and_one_that_runs_other_graphs(tmp_path: Path) -> None:
    trace = one(tmp_path, "MyOwn", (1, 8), (1, 3), [(8, 3)])
    assert (trace["y0"].kind, trace["y0"].output) == ("operation", (3,))
    assert (trace.totals.parameters, trace.totals.macs) == (24, None)
    made = Writer()
    made.add("IF", [made.input("x", 1, 8)], [made.tensor("y", 1, 3)])
    made.codes[0] = Fields({0: byte(118), 3: whole(118)})
    trace = traced(made, tmp_path)
    assert (trace["y"].output, trace.totals.parameters, trace.totals.macs) == ((3,), None, None)
    assert codes(trace) == ["SC601", "SC602"]


def test_a_custom_operator_may_keep_weights_in_its_options(tmp_path: Path) -> None:
    """As those that are compiled for an accelerator do: what they keep is not known."""
    made = Writer()
    made.add("edgetpu-custom-op", [made.input("x", 1, 8)], [made.tensor("y", 1, 3)], s5=bytes(5000))
    trace = traced(made, tmp_path)
    assert (trace["y"].output, trace.totals.parameters) == ((3,), None)


def test_what_gives_nothing_is_no_layer(tmp_path: Path) -> None:
    """It sets a variable; one that is called as an operator of the schema is a custom one still."""
    made = Writer()
    x = made.input("x", 1, 8)
    made.add("ASSIGN", [x], [])
    made.add("RELU", [x], [made.tensor("y", 1, 8)])
    made.codes[1] = Fields({0: byte(32), 1: "RELU", 3: whole(32)})
    trace = traced(made, tmp_path)
    assert [record.name for record in trace.layers] == ["y"]
    assert trace["y"].layer is not None
    assert trace["y"].layer.summary() == "custom RELU"


def test_a_tensor_without_values_is_no_volume(tmp_path: Path) -> None:
    for what, rest in (("MyOwn", ()), ("RESHAPE", ([0, 8],)), ("BROADCAST_TO", ([0, 8],))):
        trace = one(tmp_path, what, (1, 8), (0, 8), rest)
        assert trace["y0"].output is None
        assert set(codes(trace)) <= {"SC601", "SC602"}, what


def test_memory_of_a_custom_operator_is_no_damage(tmp_path: Path) -> None:
    """It takes a tensor that nobody gives and that has no data."""
    made = Writer()
    inputs = [made.input("x", 1, 8), made.tensor("scratch", 100)]
    made.add("ethos-u", inputs, [made.tensor("y", 1, 3)])
    assert traced(made, tmp_path)["y"].output == (3,)


def test_anchors_of_a_detector_are_not_learned(tmp_path: Path) -> None:
    made = Writer()
    inputs = [
        made.input("boxes", 1, 50, 4),
        made.input("scores", 1, 50, 3),
        made.weight("anchors", 50, 4),
    ]
    outputs = [made.tensor(f"y{n}", *shape) for n, shape in enumerate([(1, 10, 4), (1, 10)])]
    made.add("TFLite_Detection_PostProcess", inputs, outputs)
    trace = traced(made, tmp_path)
    assert [record.output for record in trace.layers] == [(10, 4), (10,)]
    assert (trace.totals.parameters, trace.totals.macs) == (0, 0)


def test_numbers_without_axes_of_older_files_and_of_tools_behind_the_converter(
    tmp_path: Path,
) -> None:
    """The one had no field for the number of axes, the others leave it out."""
    made = Writer()
    x = made.input("x", *SHAPE, s8=byte(1))
    half = made.tensor("half", sort=FLOAT16, data=struct.pack("<e", 0.5))
    wide = made.tensor("wide")
    made.add("DEQUANTIZE", [half], [wide])
    made.add("MUL", [x, wide], [made.tensor("y", *SHAPE, s8=byte(1))])
    trace = traced(made, tmp_path)
    assert trace["y"].layer is not None
    assert trace["y"].layer.values()["weight"] == 0.5
    made = Writer()
    x = made.input("x", 1, 8)
    made.add("SUM", [x, made.numbers(0, 1)], [made.tensor("y")], (27, {}))
    assert not [code for code in codes(traced(made, tmp_path)) if code not in ("SC601", "SC602")]


def test_sizes_that_stay_and_a_single_position_need_no_way_of_resizing(tmp_path: Path) -> None:
    corners = (15, {2: byte(1)})
    trace = one(tmp_path, "RESIZE_BILINEAR", SHAPE, SHAPE, [[4, 6]], corners)
    assert trace["y0"].kind == "identity"
    trace = one(tmp_path, "RESIZE_BILINEAR", (1, 1, 1, 8), SHAPE, [[4, 6]], corners)
    assert (trace["y0"].kind, trace["y0"].output) == ("upsample", SHAPE[1:])


def test_a_convolution_on_axes_in_another_order_counts_its_groups_by_the_last_one(
    tmp_path: Path,
) -> None:
    """Two convolutions mix positions and slices in turn, as an MLP-Mixer does."""
    made = Writer()
    x = made.input("x", 1, 1, 2, 6)
    a = made.tensor("a", 1, 1, 2, 9)
    made.add("CONV_2D", [x, made.weight("w", 9, 1, 1, 6)], [a], (1, strides(False, (1, 1), {})))
    b = made.tensor("b", 1, 1, 9, 2)
    made.add("TRANSPOSE", [a, made.numbers(0, 1, 3, 2)], [b])
    c = made.tensor("c", 1, 1, 9, 4)
    made.add("CONV_2D", [b, made.weight("v", 4, 1, 1, 2)], [c], (1, strides(False, (1, 1), {})))
    trace = traced(made, tmp_path)
    assert (trace["c"].output, trace.totals.parameters) == ((1, 9, 4), 54 + 8)
    assert not trace.diagnostics


def test_a_convolution_whose_filters_are_computed_has_macs_that_nobody_can_tell(
    tmp_path: Path,
) -> None:
    made = Writer()
    inputs = [made.input("x", 1, 8, 8, 3), made.input("filters", 4, 3, 3, 3)]
    y = made.tensor("y", 1, 8, 8, 4)
    made.add("CONV_2D", inputs, [y], (1, strides(True, (1, 1), {})))
    trace = traced(made, tmp_path)
    assert (trace["y"].output, trace.totals.parameters, trace.totals.macs) == ((8, 8, 4), 0, None)


def test_data_beside_the_file_count(tmp_path: Path) -> None:
    made = Writer()
    x = made.input("x", 1, 8)
    w = made.tensor("w", 3, 8, s10=whole(1))
    made.add("FULLY_CONNECTED", [x, w], [made.tensor("y", 1, 3)], (8, {}))
    assert traced(made, tmp_path).totals.parameters == 24


def listed(value: Any) -> Any:
    """Return a tuple as a vector of numbers."""
    return Numbers(value) if type(value) is tuple else value


# -- the commands ----------------------------------------------------------------------------------


def test_a_damaged_file_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "net.tflite"
    made = small()
    made.operators[0][0] = whole(50)
    path.write_bytes(made.bytes())
    (found,) = shapecalc.trace(path).diagnostics
    assert (found.code, found.where) == ("SC603", "subgraphs[0].operators[0].opcode_index")
    assert found.message.endswith("(in subgraphs[0].operators[0].opcode_index)")


def test_a_file_is_known_by_its_bytes_and_found_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(small().bytes())
    assert shapecalc.read(tmp_path / "model.bin").document.format == "tflite"
    (tmp_path / "model.tflite").write_bytes(small().bytes())
    result = CliRunner().invoke(group, ["check", str(tmp_path)])
    assert "1 file checked" in result.output


def test_a_converted_network_has_the_same_totals(tmp_path: Path) -> None:
    path = tmp_path / "net.tflite"
    path.write_bytes(branches().bytes())
    own = shapecalc.trace(path)
    spec = tmp_path / "net.json"
    spec.write_text(shapecalc.convert(path), encoding="utf-8")
    again = shapecalc.trace(spec)
    assert again.totals.parameters == own.totals.parameters == 4 * 9 * 4 + 280 + 15
    assert [r.output for r in again.layers] == [r.output for r in own.layers]
