"""Operators with weights or windows: convolutions, pools, dense and recurrent layers, tables.

Layouts of weights: CONV_2D units x height x width x inputs, DEPTHWISE_CONV_2D 1 x height x width x
outputs, TRANSPOSE_CONV outputs x height x width x inputs, CONV_3D depth x height x width x inputs x
outputs, FULLY_CONNECTED units x inputs.

Source: TensorFlow, tensorflow/lite/kernels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from shapecalc.quantities import Role
from shapecalc.readers.tensors import dense, shapes, windows
from shapecalc.readers.tensors.values import Constant, product
from shapecalc.readers.tflite import moved
from shapecalc.readers.tflite.translation import Call, Given, Meaning, Translation

DEPTH_LAST = (
    "CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "CONV_3D", "CONV_3D_TRANSPOSE",
    "AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D", "FULLY_CONNECTED",
)  # fmt: skip
SAME = 0  # the padding; 1 is valid
NO_PADDING = (0, 0)


def _along(call: Call, what: str, axes: str) -> list[int]:
    """Return an option of each axis: hw, or dhw."""
    return [int(call.options[f"{what}_{axis}"]) for axis in axes]


def _biased(t: Translation, call: Call, index: int, weight: Constant) -> Constant | None:
    """Return a bias. The converter keeps equal ones once: each belongs to a weight of its own."""
    bias = t.constant(call, index, "bias", "bias")
    if bias is not None:
        bias.key = (bias.key, weight.key)
    return bias


# -- windows ---------------------------------------------------------------------------------------


def conv(t: Translation, call: Call, *, order: Sequence[int], depthwise: bool = False) -> Given:
    """A convolution; `order` puts the axes of its weights into outputs x inputs x windows."""
    x, weight = t.image(call, 0), t.constant(call, 1, "weight", "weight")
    if x is None or weight is None or len(weight.shape) != len(order):
        return None
    weight = weight.transposed(order)
    K, each, *F = weight.shape
    axes = "hw" if len(F) == 2 else "dhw"
    D = (t.shape(x) or (None,))[-1]
    groups = D or K if depthwise else 1
    if not depthwise and D and each and D % each == 0:
        groups = D // each
    return windows.conv(
        t.network, call.node, x, weight, _biased(t, call, 2, weight),
        K=K, F=F, S=_along(call, "stride", axes),
        P="same" if call.options["padding"] == SAME else [NO_PADDING] * len(F),
        dilation=_along(call, "dilation", axes), groups=groups, depth=-1, shape=t.stated(call),
    )  # fmt: skip


def conv_transpose(t: Translation, call: Call, *, order: Sequence[int]) -> Given:
    """A transposed convolution: its output's shape comes first, then the weights, then the input.

    The padding is that of the convolution which leads back, so it follows from both sizes.
    """
    x, weight = t.image(call, 2), t.constant(call, 1, "weight", "weight")
    if x is None or weight is None or len(weight.shape) != len(order):
        return None
    weight = weight.transposed(order)
    K, F = weight.shape[1], weight.shape[2:]
    axes = "hw" if len(F) == 2 else "dhw"
    S = _along(call, "stride", axes)
    same = call.options["padding"] == SAME
    P: str | list[tuple[int, int]] = "same" if same else "valid"
    extra = [0] * len(F)
    sizes = t.shape(x)
    output = t.numbers(call, 0) or t.stated(call)
    if sizes and output and len(sizes) == len(output) == len(F) + 2:
        found = [*zip(sizes[1:-1], output[1:-1], F, S, strict=True)]
        usual = [W and (W * s if same else (W - 1) * s + max(f, s)) for W, _, f, s in found]
        if all(W and out for W, out, _, _ in found) and usual != list(output[1:-1]):
            over = [((W or 0) - 1) * s + f - (out or 0) for W, out, f, s in found]
            P = [(max(n, 0) // 2, max(n, 0) - max(n, 0) // 2) for n in over]
            extra = [max(-n, 0) for n in over]
    return windows.conv_transpose(
        t.network, call.node, x, weight, _biased(t, call, 3, weight),
        K=K, F=F, S=S, P=P, dilation=[1] * len(F), groups=1, output_padding=extra, depth=-1,
        shape=t.stated(call),
    )  # fmt: skip


def pool(t: Translation, call: Call, *, kind: str) -> Given:
    """A pool; an average leaves the padding out."""
    x = t.image(call, 0)
    if x is None:
        return None
    return windows.pool(
        t.network, call.node, kind, x,
        F=_along(call, "filter", "hw"), S=_along(call, "stride", "hw"),
        P="same" if call.options["padding"] == SAME else [NO_PADDING] * 2,
        count_include_pad=False, depth=-1, shape=t.stated(call),
    )  # fmt: skip


# -- products --------------------------------------------------------------------------------------


def fully_connected(t: Translation, call: Call) -> Given:
    """A dense layer along the last axis; where it does not keep all axes, it makes two of them."""
    x, weight = t.tensor(call, 0), t.constant(call, 1, "weight", "weight")
    if x is None:
        return None
    if weight is None or len(weight.shape) != 2:
        return _product(t, call)
    sizes, inputs = t.shape(x), weight.shape[1]
    if not call.options["keep"] and sizes is not None and len(sizes) != 2:
        values = product(*sizes)
        if values is None or not inputs or values % inputs:
            return _product(t, call)
        x = shapes.reshape(t.network, t.step(call, "flattened"), x, (values // inputs, inputs))
    bias = _biased(t, call, 2, weight)
    return dense.linear(t.network, call.node, x, weight, bias, t.stated(call))


def batch_matmul(t: Translation, call: Call) -> Given:
    """A product of matrices, each of two axes at the end; with a matrix of weights a dense layer.

    Weights are inputs x units unless they are turned.
    """
    x, weight = t.tensor(call, 0), t.constant(call, 1, "weight", "weight")
    if x is None or weight is None or len(weight.shape) != 2 or call.options["turn_x"]:
        return _product(t, call)
    if not call.options["turn_y"]:
        weight = weight.transposed((1, 0))
    return dense.linear(t.network, call.node, x, weight, None, t.stated(call))


def _product(t: Translation, call: Call) -> Given:
    """A product of what is computed, or with an array that is no matrix.

    An array in front is a table, and none of weights.
    """
    sources = t.tensors(call)
    arrays = [found for n in (1, 2) if (found := t.operand(call, n)) is not None]
    if not sources:
        return None
    first, table = t.tensor(call, 0), t.array(call, 0)
    sizes = t.shape(first) if first else table and table.shape
    inner = None
    if sizes and len(sizes) > 1:
        inner = sizes[-2] if call.options.get("turn_x") else sizes[-1]
    return dense.product_of(t.network, call.node, sources, t.stated(call), inner, arrays)


# -- tables ----------------------------------------------------------------------------------------


def embedding(t: Translation, call: Call) -> Given:
    """A table of which each number takes a row."""
    ids, table = t.tensor(call, 0), t.constant(call, 1, "weight", "embeddings")
    if ids is None or table is None or not table.shape:
        return None
    return dense.embedding(t.network, call.node, ids, table, t.stated(call))


def gather(t: Translation, call: Call) -> Given:
    """A table of which each number takes a row; or some places of an axis of what is computed."""
    axis = int(call.options["axis"])
    array, ids = t.array(call, 0), t.tensor(call, 1)
    if array is not None and ids is not None and array.shape and axis == 0:
        table = t.constant(call, 0, "weight" if array.learned else None, "embeddings")
        assert table is not None
        return dense.embedding(t.network, call.node, ids, table, t.stated(call))
    return moved.place(t, call, axis)


def detections(t: Translation, call: Call) -> Given:
    """Boxes from what is added to anchors, the best ones kept: nothing of it is learned."""
    count = len(call.operator.outputs)
    stated = [t.stated(call, number) for number in range(count)]
    return t.network.operation(call.node, t.tensors(call), stated)


# -- recurrent layers ------------------------------------------------------------------------------

GATES = ("input", "forget", "cell", "output")


def _lstm(prefix: str = "") -> list[str]:
    """Return the names of an LSTM's arrays, by their places behind the input."""
    return [
        *(f"{prefix}input_to_{gate}" for gate in GATES),
        *(f"{prefix}recurrent_to_{gate}" for gate in GATES),
        *(f"{prefix}cell_to_{gate}" for gate in ("input", "forget", "output")),
        *(f"{prefix}{gate}_bias" for gate in GATES),
        f"{prefix}projection",
        f"{prefix}projection_bias",
    ]


FULL_LSTM = ["", *_lstm(), "", "", *(f"{gate}_norm" for gate in GATES)]
BASIC_LSTM = ["", "", "weights", "bias", ""]
ARRAYS: Mapping[str, Sequence[str]] = {  # "" is what comes in, or a state
    "UNIDIRECTIONAL_SEQUENCE_LSTM": FULL_LSTM,
    "BIDIRECTIONAL_SEQUENCE_LSTM": [
        "", *_lstm("forward_"), *_lstm("backward_"), "", "", "", "", "",
        *(f"forward_auxiliary_to_{gate}" for gate in GATES),
        *(f"backward_auxiliary_to_{gate}" for gate in GATES),
    ],
    "RNN": ["", "weights", "recurrent", "bias", ""],
    "UNIDIRECTIONAL_SEQUENCE_RNN": ["", "weights", "recurrent", "bias", ""],
    "BIDIRECTIONAL_SEQUENCE_RNN": [
        "", "forward_weights", "forward_recurrent", "forward_bias", "",
        "backward_weights", "backward_recurrent", "backward_bias", "", "",
        "forward_auxiliary", "backward_auxiliary",
    ],
    "SVDF": ["", "feature_weights", "time_weights", "bias", ""],
}  # fmt: skip


def recurrent(t: Translation, call: Call) -> Given:
    """A recurrent layer: each of its matrices multiplies once at each step of a sequence."""
    x = t.tensor(call, 0)
    if x is None:
        return None
    names = ARRAYS.get(call.what)
    if names is None:  # LSTM, for one step: with all arrays, or one matrix of all gates
        names = BASIC_LSTM if len(call.operator.inputs) == len(BASIC_LSTM) else FULL_LSTM
    arrays = []
    for index, name in enumerate(names):
        role: Role = "bias" if name.endswith("bias") else "weight"
        array = t.constant(call, index, role, name) if name else None
        if array is not None:
            arrays.append(array)
    sizes = t.shape(x)
    steps: int | None = 1
    if "SEQUENCE" in call.what:
        time = 0 if call.options["time_major"] else 1
        steps = sizes[time] if sizes and len(sizes) == 3 else None
    matrices = sum(a.size for a in arrays if len(a.shape) > 1)
    stated = [t.stated(call, number) for number in range(len(call.operator.outputs))]
    if stated[:1] == [None] and call.what.startswith("UNI") and sizes:
        # What comes out is what comes back to the next step.
        units = next((a.shape[-1] for a in arrays if a.name.startswith("recurrent")), None)
        stated[0] = (*sizes[:-1], units)
    return t.network.operation(
        call.node, t.tensors(call), stated, arrays,
        macs=None if steps is None else matrices * steps, kept=x,
    )  # fmt: skip


MEANINGS: Mapping[str, Meaning] = {
    "CONV_2D": partial(conv, order=(0, 3, 1, 2)),
    "DEPTHWISE_CONV_2D": partial(conv, order=(3, 0, 1, 2), depthwise=True),
    "CONV_3D": partial(conv, order=(4, 3, 0, 1, 2)),
    "TRANSPOSE_CONV": partial(conv_transpose, order=(3, 0, 1, 2)),
    "CONV_3D_TRANSPOSE": partial(conv_transpose, order=(4, 3, 0, 1, 2)),
    "AVERAGE_POOL_2D": partial(pool, kind="avg_pool"),
    "MAX_POOL_2D": partial(pool, kind="max_pool"),
    "L2_POOL_2D": partial(pool, kind="l2_pool"),
    "FULLY_CONNECTED": fully_connected,
    "BATCH_MATMUL": batch_matmul,
    "EMBEDDING_LOOKUP": embedding,
    "GATHER": gather,
    "TFLite_Detection_PostProcess": detections,
    "LSTM": recurrent,
    **dict.fromkeys(ARRAYS, recurrent),
}
