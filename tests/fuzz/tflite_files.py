"""Files of TensorFlow Lite, written by hand.

Numbers of operators, of their options and of the slots are the schema's: TensorFlow,
tensorflow/compiler/mlir/lite/schema/schema.fbs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from math import prod
from random import Random
from typing import Any

from flatbuffers_written import Fields, Numbers, Scalar, byte, whole, written

FLOAT32, FLOAT16, INT32, INT64, INT8, INT4 = 0, 1, 2, 4, 9, 17
BITS = {FLOAT32: 32, FLOAT16: 16, INT32: 32, INT64: 64, INT8: 8, INT4: 4}
CODES = {
    "ADD": 0, "AVERAGE_POOL_2D": 1, "CONCATENATION": 2, "CONV_2D": 3, "DEPTHWISE_CONV_2D": 4,
    "DEPTH_TO_SPACE": 5, "DEQUANTIZE": 6, "EMBEDDING_LOOKUP": 7, "FLOOR": 8, "FULLY_CONNECTED": 9,
    "L2_NORMALIZATION": 11, "L2_POOL_2D": 12, "LOCAL_RESPONSE_NORMALIZATION": 13, "LOGISTIC": 14,
    "MAX_POOL_2D": 17, "MUL": 18, "RELU": 19, "RELU_N1_TO_1": 20, "RELU6": 21, "RESHAPE": 22,
    "RESIZE_BILINEAR": 23, "SOFTMAX": 25, "SPACE_TO_DEPTH": 26, "TANH": 28, "CUSTOM": 32,
    "PAD": 34, "GATHER": 36, "TRANSPOSE": 39, "MEAN": 40, "SUB": 41, "DIV": 42, "SQUEEZE": 43,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": 44, "STRIDED_SLICE": 45, "EXP": 47, "SPLIT": 49,
    "LOG_SOFTMAX": 50, "BIDIRECTIONAL_SEQUENCE_LSTM": 52, "CAST": 53, "PRELU": 54, "MAXIMUM": 55,
    "MINIMUM": 57, "PADV2": 60, "SLICE": 65, "TRANSPOSE_CONV": 67, "EXPAND_DIMS": 70, "SUM": 74,
    "SHAPE": 77, "REDUCE_MAX": 82, "PACK": 83, "UNPACK": 88, "RESIZE_NEAREST_NEIGHBOR": 97,
    "LEAKY_RELU": 98, "SQUARED_DIFFERENCE": 99, "MIRROR_PAD": 100, "SPLIT_V": 102, "ELU": 111,
    "QUANTIZE": 114, "HARD_SWISH": 117, "BATCH_MATMUL": 126, "BROADCAST_TO": 130, "CONV_3D": 132,
    "GELU": 150, "LOG": 73, "RANDOM_UNIFORM": 148, "FILL": 94, "REDUCE_PROD": 81,
}  # fmt: skip


class Writer:
    """A model as it is put together: tensors and operators, each called by number."""

    def __init__(self) -> None:
        self.tensors: list[Fields] = []
        self.buffers: list[Fields] = [Fields()]
        self.codes: list[Fields] = []
        self.operators: list[Fields] = []
        self.inputs: list[int] = []
        self.outputs: list[int] = []  # where none is named, those of the last operator
        self.last: Sequence[int] = ()

    def tensor(
        self,
        name: str,
        *shape: int,
        sort: int = FLOAT32,
        data: bytes | None = None,
        signature: Sequence[int] = (),
        **more: Any,
    ) -> int:
        """Add a tensor; return its number. `more` are fields by slot: s5=byte(1)."""
        fields = Fields({0: Numbers(shape), 1: byte(sort), 3: name})
        if data is not None:
            self.buffers.append(Fields({0: data}))
            fields[2] = whole(len(self.buffers) - 1)
        if signature:
            fields[7] = Numbers(signature)
        fields.update({int(slot[1:]): value for slot, value in more.items()})
        self.tensors.append(fields)
        return len(self.tensors) - 1

    def input(self, name: str, *shape: int, **more: Any) -> int:
        """Add an input of the network."""
        self.inputs.append(self.tensor(name, *shape, **more))
        return self.inputs[-1]

    def weight(self, name: str, *shape: int, sort: int = FLOAT32, **more: Any) -> int:
        """Add a tensor with as much data as its shape asks for."""
        data = bytes(-(-prod(shape) * BITS[sort] // 8))
        return self.tensor(name, *shape, sort=sort, data=data, **more)

    def numbers(self, *values: int, shape: Sequence[int] | None = None) -> int:
        """Add a tensor of whole numbers."""
        shape = (len(values),) if shape is None else shape
        data = struct.pack(f"<{len(values)}i", *values)
        return self.tensor(f"const{len(self.tensors)}", *shape, sort=INT32, data=data)

    def add(
        self,
        what: str,
        inputs: Sequence[int],
        outputs: Sequence[int],
        options: tuple[int, dict[int, Any]] | None = None,
        **more: Any,
    ) -> None:
        """Add an operator, its options with their number in the union of all.

        What is no operator of the schema is a custom one.
        """
        code = CODES.get(what, CODES["CUSTOM"])
        fields = Fields({0: byte(min(code, 127)), 3: whole(code)})
        if what not in CODES:
            fields[1] = what
        self.codes.append(fields)
        made = Fields({0: whole(len(self.codes) - 1), 1: Numbers(inputs), 2: Numbers(outputs)})
        if options:
            made |= Fields({3: byte(options[0]), 4: Fields(options[1])})
        made.update({int(slot[1:]): value for slot, value in more.items()})
        self.operators.append(made)
        self.last = outputs

    def root(self) -> Fields:
        """Return the model."""
        graph = Fields(
            {
                0: self.tensors,
                1: Numbers(self.inputs),
                2: Numbers(self.outputs or self.last),
                3: self.operators,
                4: "main",
            }
        )
        return Fields({0: whole(3), 1: self.codes, 2: [graph], 3: "by hand", 4: self.buffers})

    def bytes(self) -> bytes:
        """Return the file."""
        return written(self.root(), b"TFL3")


def small(sort: int = FLOAT32) -> Writer:
    """Return a network of a convolution, a pool, a flattening and a dense layer."""
    made = Writer()
    bias = FLOAT32 if sort == FLOAT32 else INT32
    x = made.input("image", 1, 8, 8, 3, sort=sort, signature=(-1, 8, 8, 3))
    filters = made.weight("filters", 4, 3, 3, 3, sort=sort)
    biases = made.weight("biases", 4, sort=bias)
    a = made.tensor("net/conv/Relu;net/conv/Conv2D", 1, 4, 4, 4, sort=sort)
    strides = {0: byte(0), 1: whole(2), 2: whole(2)}
    made.add("CONV_2D", [x, filters, biases], [a], (1, strides | {3: byte(1)}))
    b = made.tensor("net/pool", 1, 2, 2, 4, sort=sort)
    made.add("MAX_POOL_2D", [a], [b], (5, strides | {3: whole(2), 4: whole(2)}))
    c = made.tensor("net/flat", 1, 16, sort=sort)
    made.add("RESHAPE", [b, made.numbers(-1, 16)], [c])
    d = made.tensor("net/dense", 1, 10, sort=sort)
    made.add(
        "FULLY_CONNECTED",
        [c, made.weight("matrix", 10, 16, sort=sort), made.weight("bias", 10, sort=bias)],
        [d],
        (8, {0: byte(0)}),
    )
    made.outputs.append(made.tensor("net/softmax", 1, 10, sort=sort))
    made.add("SOFTMAX", [d], [made.outputs[0]], (9, {}))
    return made


def branches() -> Writer:
    """Return a network of parts, joins, tables, an LSTM, a transposed convolution and sizes."""
    made = Writer()
    x = made.input("x", 1, 4, 6, 8, signature=(-1, 4, 6, 8))
    parts = [made.tensor(f"part{n}", 1, 4, 6, 4) for n in range(2)]
    made.add("SPLIT", [made.numbers(3, shape=()), x], parts, (35, {0: whole(2)}))
    wide = made.tensor("wide", 1, 8, 12, 4)
    strides = {0: byte(0), 1: whole(2), 2: whole(2)}
    inputs = [made.numbers(1, 8, 12, 4), made.weight("w", 4, 3, 3, 4), parts[0]]
    made.add("TRANSPOSE_CONV", inputs, [wide], (49, dict(strides)))
    grown = made.tensor("grown", 1, 8, 12, 4)
    made.add("RESIZE_BILINEAR", [parts[1], made.numbers(8, 12)], [grown], (15, {3: byte(1)}))
    sums = made.tensor("sums", 1, 8, 12, 4)
    made.add("ADD", [wide, grown], [sums], (11, {0: byte(3)}))
    both = made.tensor("both", 1, 8, 12, 8)
    made.add("CONCATENATION", [sums, wide], [both], (10, {0: whole(-1)}))
    cut = made.tensor("cut", 1, 4, 12, 8)
    lists = [made.numbers(0, 2), made.numbers(1, 6), made.numbers(1, 1)]
    made.add("STRIDED_SLICE", [both, *lists], [cut], (32, {0: whole(1), 1: whole(1)}))
    padded = made.tensor("padded", 1, 5, 14, 8)
    made.add("PAD", [cut, made.numbers(0, 0, 1, 0, 1, 1, 0, 0)], [padded])
    turned = made.tensor("turned", 1, 14, 5, 8)
    made.add("TRANSPOSE", [padded, made.numbers(0, 2, 1, 3)], [turned])
    shape = made.tensor("shape", 4, sort=INT32)
    made.add("SHAPE", [turned], [shape], (55, {}))
    depth, target = made.tensor("depth", 1, sort=INT32), made.tensor("target", 3, sort=INT32)
    lists = [made.numbers(3), made.numbers(4), made.numbers(1)]
    made.add("STRIDED_SLICE", [shape, *lists], [depth], (32, {}))
    made.add("CONCATENATION", [made.numbers(1, -1), depth], [target], (10, {}))
    steps = made.tensor("steps", 1, 70, 8)
    made.add("RESHAPE", [turned, target], [steps])
    lstm = made.tensor("lstm", 1, 70, 5)
    gates = [made.weight(f"g{n}", 5, size) for n, size in enumerate((8, 8, 8, 8, 5, 5, 5, 5))]
    biases = [made.weight(f"b{n}", 5) for n in range(4)]
    made.add(
        "UNIDIRECTIONAL_SEQUENCE_LSTM", [steps, *gates, -1, -1, -1, *biases, *[-1] * 8], [lstm],
        (71, {}),
    )  # fmt: skip
    mean = made.tensor("mean", 1, 5)
    made.add("MEAN", [lstm, made.numbers(1)], [mean], (27, {0: byte(0)}))
    made.add("MyOwn", [mean, made.weight("own", 5, 3)], [made.tensor("y", 1, 3)], s5=b"{}")
    return made


MODELS = (small, lambda: small(INT8), branches)


def tflite_file(rng: Random) -> bytes:
    """Return the bytes of a mutated file."""
    made: Writer = rng.choice(MODELS)()
    root = made.root()
    for _ in range(rng.choice((0, 1, 1, 2, 5))):
        _mutate(rng, rng.choice(list(_tables(root))), made)
    raw = written(root, b"TFL3")
    kind = rng.random()
    if kind < 0.1:
        return raw[: rng.randint(0, len(raw))]
    if kind < 0.5:
        changed = bytearray(raw)
        for _ in range(rng.choice((1, 2, 5, 20))):
            place = rng.randrange(8, len(raw))
            changed[place] = rng.choice((0, 1, 4, 127, 128, 255, rng.randrange(256)))
        return bytes(changed)
    return raw


def _tables(fields: Fields) -> Iterator[Fields]:
    """Yield a table and all inside it."""
    yield fields
    for value in fields.values():
        for inner in value if type(value) is list else [value]:
            if isinstance(inner, Fields):
                yield from _tables(inner)


WHOLE = (-(2**31), -2, -1, 0, 1, 2, 3, 5, 7, 33, 127, 1000, 65536, 2**31 - 1)


def _mutate(rng: Random, fields: Fields, made: Writer) -> None:
    """Change one field of a table."""
    if not fields:
        return
    slot = rng.choice(sorted(fields))
    value: Any = fields[slot]
    if rng.random() < 0.15:
        del fields[slot]
    elif isinstance(value, Scalar):
        least, most = (-128, 127) if value.kind == "b" else (-(2**31), 2**31 - 1)
        number = rng.choice((*WHOLE, rng.randrange(len(made.tensors))))
        fields[slot] = value._replace(number=min(max(number, least), most))
    elif isinstance(value, Numbers):
        listed = list(value) or [1]
        listed[rng.randrange(len(listed))] = rng.choice((*WHOLE, rng.randrange(12)))
        if rng.random() < 0.3:
            listed = listed[1:] if rng.random() < 0.5 else listed + listed
        fields[slot] = Numbers(listed)
    elif isinstance(value, bytes):
        fields[slot] = struct.pack("<i", rng.choice(WHOLE)) * (len(value) // 4) or b"\1"
    elif isinstance(value, str):
        fields[slot] = rng.choice(("", "x" * 3000, "image", "\x1b[31m", "net/flat", "é", "a;b"))
    elif type(value) is list and value:
        rng.shuffle(value) if rng.random() < 0.5 else value.append(rng.choice(value))
