"""What an ONNX file holds, as plain objects: the model, its graphs, nodes, tensors and types.

Of tensors the shape is kept, and the values of small ones. Numbers of types are those of
onnx.proto3 (https://github.com/onnx/onnx).
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

MOST_VALUES = 4096  # of a tensor, or an attribute, that are read
ALL_VALUES = 2_000_000  # that are kept of all tensors
MOST_AXES = 64

FLOAT, INT64, BOOL, FLOAT16 = 1, 7, 9, 10
# What struct calls values of a type; their bytes; bits of every type; whole numbers of few bits are
# no weights that are learned.
CODES = {
    1: "f", 2: "B", 3: "b", 4: "H", 5: "h", 6: "i", 7: "q", 9: "?", 10: "e", 11: "d", 12: "I",
    13: "Q",
}  # fmt: skip
SIZES = {code: struct.calcsize(f"<{code}") for code in CODES.values()}
BITS = {
    1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 9: 8, 10: 16, 11: 64, 12: 32, 13: 64, 14: 64,
    15: 128, 16: 16, 17: 8, 18: 8, 19: 8, 20: 8, 21: 4, 22: 4, 23: 4, 24: 8, 25: 2, 26: 2,
}  # fmt: skip
QUANTISED = frozenset((2, 3, 21, 22, 25, 26))  # whole numbers of 8 bits or fewer
FLOATING = frozenset((1, 10, 11, 14, 15, 16, 17, 18, 19, 20, 23, 24))
NAMES = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64",
    8: "string", 9: "bool", 10: "float16", 11: "float64", 12: "uint32", 13: "uint64",
    14: "complex64", 15: "complex128", 16: "bfloat16", 21: "uint4", 22: "int4", 23: "float4",
    25: "uint2", 26: "int2",
}  # fmt: skip


class Tensor(NamedTuple):
    """A tensor: its values in the order of the file where they are few, and None otherwise.

    `at` is the byte at which it begins, `stored` how many bytes of values there are; None where
    they stand in another file, or are written as numbers one by one.
    """

    name: str
    shape: tuple[int, ...]
    data_type: int
    values: list[Any] | None
    stored: int | None
    at: int


class Node:
    """A node: an operator with its attributes by name, as plain Python values.

    An attribute of too many values, or of a type that is not known, is None.
    """

    __slots__ = ("at", "attributes", "domain", "inputs", "name", "op", "outputs")

    def __init__(self, at: int) -> None:
        self.at = at
        self.op = self.domain = self.name = ""
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.attributes: dict[str, Any] = {}


class ValueInfo(NamedTuple):
    """What a file says of a tensor: its type and its shape, of which a size may be a name.

    A size that is left open is None, and so is the shape of what is no tensor, or has none.
    """

    name: str
    data_type: int
    shape: tuple[int | str | None, ...] | None


class Graph:
    """A graph: nodes in the order of computing, and the constants that it begins with."""

    __slots__ = ("initializers", "inputs", "name", "nodes", "outputs", "stated")

    def __init__(self) -> None:
        self.name = ""
        self.nodes: list[Node] = []
        self.initializers: dict[str, Tensor] = {}
        self.inputs: list[ValueInfo] = []
        self.outputs: list[ValueInfo] = []
        self.stated: list[ValueInfo] = []


class Function(NamedTuple):
    """A function of the model's own: a domain, a name, and how many nodes it has."""

    domain: str
    name: str
    nodes: int


class Model:
    """A model. `opsets` are versions of operators by domain, "" being ONNX' own."""

    __slots__ = ("functions", "graph", "ir_version", "opsets", "producer")

    def __init__(self) -> None:
        self.ir_version = 0
        self.producer = ""
        self.opsets: dict[str, int] = {}
        self.graph: Graph | None = None
        self.functions: dict[tuple[str, str], Function] = {}
