"""ONNX files, written byte by byte, and mutated."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

import mutations

FLOAT, INT64 = 1, 7
Size = int | str | None


def varint(value: int) -> bytes:
    """Return a number, seven bits a byte; a negative one takes ten."""
    value &= 2**64 - 1
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def number(field: int, value: int) -> bytes:
    """Return a field that is a whole number."""
    return varint(field << 3) + varint(value)


def block(field: int, content: bytes | str) -> bytes:
    """Return a field that is a text or a message."""
    raw = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(raw)) + raw


class Array(NamedTuple):
    """A tensor: its shape, and its values unless they stand in another file."""

    shape: tuple[int, ...]
    values: Sequence[float] | None = None
    data_type: int = FLOAT


def tensor(array: Array, name: str = "") -> bytes:
    """Return a tensor with its values as raw bytes, or said to be in another file."""
    shape, values, data_type = array
    raw = b"".join(number(1, size) for size in shape) + number(2, data_type) + block(8, name)
    if values is None:
        place = block(1, "location") + block(2, "../../etc/passwd")
        return raw + block(13, place) + number(14, 1)
    code = {FLOAT: "f", INT64: "q"}[data_type]
    return raw + block(9, struct.pack(f"<{len(values)}{code}", *values))


def attribute(name: str, value: Any) -> bytes:
    """Return an attribute of the type that its value has."""
    raw = block(1, name)
    if isinstance(value, Array):
        return raw + block(5, tensor(value)) + number(20, 4)
    if isinstance(value, bytes):  # a graph
        return raw + block(6, value) + number(20, 5)
    if isinstance(value, float):
        return raw + varint(2 << 3 | 5) + struct.pack("<f", value) + number(20, 1)
    if isinstance(value, int):
        return raw + number(3, value) + number(20, 2)
    if isinstance(value, str):
        return raw + block(4, value) + number(20, 3)
    return raw + b"".join(number(8, one) for one in value) + number(20, 7)


def node(
    op: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    name: str = "",
    domain: str = "",
    **attributes: Any,
) -> bytes:
    """Return a node."""
    raw = b"".join(block(1, one) for one in inputs) + b"".join(block(2, one) for one in outputs)
    raw += block(3, name) + block(4, op)
    raw += b"".join(block(5, attribute(*pair)) for pair in attributes.items())
    return raw + (block(7, domain) if domain else b"")


def value_info(name: str, shape: Sequence[Size], data_type: int = FLOAT) -> bytes:
    """Return what is said of a tensor; a size may have a name."""
    sizes = b""
    for size in shape:
        inner = number(1, size) if isinstance(size, int) else block(2, size) if size else b""
        sizes += block(1, inner)
    return block(1, name) + block(2, block(1, number(1, data_type) + block(2, sizes)))


def graph(
    nodes: Sequence[bytes],
    inputs: dict[str, Sequence[Size]],
    outputs: dict[str, Sequence[Size]],
    arrays: dict[str, Array] | None = None,
    stated: dict[str, Sequence[Size]] | None = None,
) -> bytes:
    """Return a graph."""
    raw = b"".join(block(1, one) for one in nodes) + block(2, "toy")
    raw += b"".join(block(5, tensor(array, name)) for name, array in (arrays or {}).items())
    for field, values in ((11, inputs), (12, outputs), (13, stated or {})):
        raw += b"".join(block(field, value_info(*pair)) for pair in values.items())
    return raw


def model(content: bytes, opset: int | None = 20, ir_version: int = 9) -> bytes:
    """Return a model: a whole file."""
    raw = number(1, ir_version) + block(2, "tests") + block(7, content)
    return raw if opset is None else raw + block(8, block(1, "") + number(2, opset))


def weights(**shapes: Sequence[int]) -> dict[str, Array]:
    """Return arrays whose values stand in another file."""
    return {name: Array(tuple(shape)) for name, shape in shapes.items()}


def whole(*values: int, flat: bool = True) -> Array:
    """Return whole numbers: a vector, or one number."""
    return Array((len(values),) if flat else (), values, INT64)


# -- what is mutated -------------------------------------------------------------------------------


def convolutional() -> bytes:
    """Return a network of convolutions, with a branch and shared weights."""
    nodes = [
        node("Conv", ["x", "w", "b"], ["c"], "conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("BatchNormalization", ["c", "g", "h", "m", "v"], ["n"], "norm", epsilon=1e-5),
        node("Relu", ["n"], ["r"], "relu"),
        node("Identity", ["w2"], ["w3"], "again"),
        node("Conv", ["r", "w3"], ["d"], "conv2", auto_pad="SAME_UPPER"),
        node("Add", ["d", "r"], ["a"], "add"),
        node("MaxPool", ["a"], ["p"], "pool", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
        node("ConvTranspose", ["p", "t"], ["u"], "up", strides=[2, 2], output_shape=[8, 8]),
        node("GlobalAveragePool", ["u"], ["q"], "mean"),
        node("Flatten", ["q"], ["f"], "flat"),
        node("Gemm", ["f", "k", "l"], ["y"], "dense", transB=1),
    ]
    arrays = weights(
        w=(4, 3, 3, 3), b=(4,), g=(4,), h=(4,), m=(4,), v=(4,), w2=(4, 4, 3, 3), t=(4, 2, 2, 2),
        k=(5, 2), l=(5,),
    )  # fmt: skip
    return graph(nodes, {"x": ("N", 3, 8, 8)}, {"y": ("N", 5)}, arrays, {"r": ("N", 4, 8, 8)})


def arithmetic() -> bytes:
    """Return a network whose shapes are computed in its graph."""
    nodes = [
        node("Shape", ["x"], ["s"]),
        node("Constant", [], ["zero"], value=whole(0, flat=False)),
        node("Gather", ["s", "zero"], ["n"], axis=0),
        node("Constant", [], ["axis"], value=whole(0)),
        node("Unsqueeze", ["n", "axis"], ["n1"]),
        node("Constant", [], ["rest"], value=whole(-1, 4)),
        node("Concat", ["n1", "rest"], ["target"], axis=0),
        node("Reshape", ["x", "target"], ["t"], "rows"),
        node("MatMul", ["t", "w"], ["p"], "product"),
        node("Add", ["p", "b"], ["q"], "sum"),
        node("Transpose", ["q"], ["r"], "turned", perm=[0, 2, 1]),
        node("MatMul", ["q", "r"], ["z"], "scores"),
        node("Softmax", ["z"], ["o"], "softmax", axis=-1),
        node("Slice", ["o", "axis", "one", "one"], ["y"], "part"),
        node("ConstantOfShape", ["target"], ["filled"], value=Array((1,), (0.5,))),
        node("Expand", ["filled", "target"], ["wide"]),
        node("Range", ["zero", "n", "one"], ["line"]),
        node("ScatterND", ["s", "places", "rest"], ["scattered"]),
    ]
    arrays = weights(w=(4, 6), b=(6,)) | {
        "one": whole(1),
        "places": Array((2, 1), (0, 1), INT64),
    }
    return graph(nodes, {"x": ("N", 3, 8)}, {"y": (None, 1, 6)}, arrays)


def branching() -> bytes:
    """Return a network with a recurrent layer, graphs inside a node, and another domain."""
    inner = graph([node("Relu", ["h"], ["inner"])], {}, {"inner": (None,)}, weights(i=(3,)))
    nodes = [
        node("LSTM", ["x", "W", "R", "B"], ["all", "h"], "lstm", hidden_size=5),
        node("If", ["asked"], ["i"], "if", then_branch=inner, else_branch=inner),
        node("FusedThing", ["i", "k"], ["j"], "fused", "com.example", alpha=2.0),
        node("Squeeze", ["all"], ["y"], "out", axes=[1]),
    ]
    arrays = weights(W=(1, 20, 4), R=(1, 20, 5), B=(1, 40), k=(3,))
    inputs: dict[str, Sequence[Size]] = {"x": (7, "N", 4), "asked": ()}
    return graph(nodes, inputs, {"y": (7, "N", 5), "j": (None,)}, arrays)


GRAPHS = (convolutional, arithmetic, branching)
OPSETS = (1, 6, 9, 11, 13, 18, 20, None)
OPERATORS = (
    "Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "BatchNormalization",
    "Gemm", "MatMul", "Einsum", "LSTM", "GRU", "RNN", "Reshape", "Transpose", "Squeeze",
    "Unsqueeze", "Flatten", "Concat", "Split", "Slice", "Gather", "Expand", "Tile", "Pad",
    "Resize", "Upsample", "DepthToSpace", "SpaceToDepth", "ReduceMean", "ReduceSum", "ArgMax",
    "TopK", "OneHot", "Softmax", "Clip", "PRelu", "Add", "Mul", "Div", "Sum", "Where", "Dropout",
    "LayerNormalization", "InstanceNormalization", "GroupNormalization", "LRN", "QLinearConv",
    "DequantizeLinear", "Shape", "Size", "Range", "ConstantOfShape", "ScatterND", "NonZero",
    "Erf", "Sqrt", "Loop", "Scan", "Identity", "Cast", "Constant", "MaxUnpool", "LpPool", "Pow",
)  # fmt: skip
ATTRIBUTES = (
    "kernel_shape", "strides", "pads", "dilations", "group", "auto_pad", "ceil_mode", "axis",
    "axes", "perm", "shape", "output_shape", "output_padding", "equation", "mode", "scales",
    "transA", "transB", "keepdims", "split", "num_outputs", "blocksize", "starts", "ends",
    "value", "to", "alpha", "min", "max", "epsilon", "spatial", "broadcast", "start", "end",
    "hidden_size", "num_groups", "noop_with_empty_axes", "allowzero", "count_include_pad", "p",
)  # fmt: skip
NUMBERS = (0, 1, -1, 2, 3, 4, -2, 7, 64, 1000, 2**31, 2**62, -(2**63), 2**63 - 1)
TEXTS = ("SAME_UPPER", "VALID", "NOTSET", "ij,jk->ik", "->", "a,b->c", "CRD", "reflect", "")


def anything(rng: Random) -> Any:
    """Return a value of an attribute."""
    kind = rng.randrange(7)
    if kind < 2:
        return rng.choice(NUMBERS)
    if kind < 4:
        return [rng.choice(NUMBERS) for _ in range(rng.choice((0, 1, 2, 2, 3, 4, 6, 8)))]
    if kind == 4:
        return rng.choice((0.0, 1.0, -1.0, float("nan"), float("inf"), 1e30))
    if kind == 5:
        return rng.choice(TEXTS)
    return rng.choice((whole(1, 2), whole(), Array((2,), (0.5, 1.0)), Array((2**40, 2**40))))


def random_graph(rng: Random) -> bytes:
    """Return a graph of operators that do not fit together."""
    names = ["x", "w", "b", "n", "s", ""]
    nodes = []
    for place in range(rng.randint(1, 12)):
        inputs = [rng.choice(names) for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4, 5)))]
        if rng.random() < 0.6:
            inputs[:1] = [names[-1] or "x"]
        outputs = [f"t{place}", f"u{place}"][: rng.choice((1, 1, 1, 2, 0))]
        chosen = {rng.choice(ATTRIBUTES): anything(rng) for _ in range(rng.choice((0, 1, 1, 2, 4)))}
        domain = "com.example" if rng.random() < 0.03 else ""
        name = rng.choice(("", f"n{place}", "same"))
        nodes.append(node(rng.choice(OPERATORS), inputs, outputs, name, domain, **chosen))
        names += outputs
    arrays = weights(w=rng.choice(((4, 3, 3, 3), (8, 8), (3,), ())), b=(4,)) | {
        "n": whole(*[rng.choice(NUMBERS) for _ in range(rng.choice((0, 1, 2, 4)))]),
        "s": whole(rng.choice(NUMBERS), flat=False),
    }
    shapes: tuple[tuple[Size, ...], ...] = (
        (1, 3, 8, 8), ("N", 3, None, 8), (4, 8), (2, 6, 8), (), (None,), (1, 2**62, 2**62, 4),
        (1,) * 12,
    )  # fmt: skip
    output = rng.choice(names)
    return graph(nodes, {"x": rng.choice(shapes)}, {output: rng.choice(shapes)}, arrays)


def onnx_file(rng: Random) -> bytes:
    """Return a file: one of the networks above with bytes changed, or one of random operators."""
    kind = rng.random()
    made = random_graph(rng) if kind < 0.6 else rng.choice(GRAPHS)()
    raw = model(made, rng.choice(OPSETS), rng.choice((1, 3, 9)))
    if kind > 0.7:
        raw = mutations.flipped(rng, raw)
    if kind > 0.9:
        raw = raw[: rng.randint(0, len(raw))]
    return raw
