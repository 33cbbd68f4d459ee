"""A model of TensorFlow Lite as plain data: graphs of operators over tensors.

Weights are not read: of a tensor with data it is known how many bytes they are. Where they are
few, its numbers are read too: a size to reshape to, axes, paddings.

Source: TensorFlow, tensorflow/compiler/mlir/lite/schema/schema.fbs.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO, NamedTuple

from shapecalc.diagnostics import MAX_LAYERS, Path
from shapecalc.readers.tflite.flatbuffer import Block, Damaged, FlatBuffer, Table
from shapecalc.readers.tflite.operators import BUILTIN, CUSTOM, NAMES, OPTIONS

Shape = tuple[int | None, ...]  # with the batch; None is any size

VERSION = 3
MOST_AXES = 32
MOST_VALUES = 64  # that are read of a tensor's data
LONGEST_SCALES = 1_000_000  # one for each slice
MOST_ENDS = 10_000  # inputs or outputs of one operator


class Type(NamedTuple):
    """What a tensor's values are: a name, how many bits each has, and how struct reads them.

    0 bits are of no certain length.
    """

    name: str
    bits: int
    kind: str = ""


TYPES = (
    Type("float32", 32, "f"), Type("float16", 16, "e"), Type("int32", 32, "i"),
    Type("uint8", 8, "B"), Type("int64", 64, "q"), Type("string", 0), Type("bool", 8, "?"),
    Type("int16", 16, "h"), Type("complex64", 64), Type("int8", 8, "b"), Type("float64", 64, "d"),
    Type("complex128", 128), Type("uint64", 64, "Q"), Type("resource", 0), Type("variant", 0),
    Type("uint32", 32, "I"), Type("uint16", 16, "H"), Type("int4", 4), Type("bfloat16", 16),
    Type("int2", 2), Type("uint4", 4), Type("float8_e4m3fn", 8), Type("float8_e5m2", 8),
)  # fmt: skip


class Tensor(NamedTuple):
    """A tensor. Its shape is None where not even the number of axes is known.

    `buffer` is the number of the data that it has, None for what is computed; several tensors may
    have the same. `values` are the numbers where they are few, those that quantised ones stand for.
    """

    name: str
    shape: Shape | None
    type: Type
    buffer: int | None
    values: tuple[float, ...] | None
    variable: bool
    path: Path


class Operator(NamedTuple):
    """An operator by name, the tensors it takes (None is left out) and gives, and its options.

    Those of a custom one are its own affair: `custom` is how many bytes they are.
    """

    what: str
    inputs: tuple[int | None, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, Any]
    custom: int
    path: Path


@dataclass(frozen=True)
class Graph:
    """Operators in the order of computing, and the tensors that they share."""

    tensors: tuple[Tensor, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    operators: tuple[Operator, ...]
    path: Path


def read(stream: BinaryIO) -> Graph:
    """Return the main graph of a model, the first one: others are its branches and loops.

    Raises Damaged with the place; OSError where the stream cannot be read.
    """
    file = FlatBuffer(stream)
    root = file.root()
    version = root.whole(0, "version", "I")
    if version != VERSION:
        raise Damaged(f"version {version} of the schema, not {VERSION}", ("version",))
    codes = [_code(table) for table in root.tables(1, "operator_codes")]
    buffers = [_buffer(file, table) for table in root.tables(4, "buffers")]
    main = next(root.tables(2, "subgraphs"), None)
    if main is None:
        raise Damaged("the model has no graph", ("subgraphs",))
    return _Reading(file, codes, buffers).graph(main)


def _code(table: Table) -> str:
    """Return the name of a sort of operators: numbers above 127 have a field of their own."""
    number = max(table.whole(0, "deprecated_builtin_code", "b"), table.whole(3, "builtin_code"))
    if number == CUSTOM:
        name = table.text(1, "custom_code") or "CUSTOM"
        return f"custom {name}" if name in BUILTIN else name
    return NAMES[number] if 0 <= number < len(NAMES) else f"operator {number}"


def _buffer(file: FlatBuffer, table: Table) -> Block | None:
    """Return where data stands; None where there is none.

    Of a model of more than 2 GB it stands behind all tables, at an offset in the file.
    """
    at, size = table.whole(1, "offset", "Q"), table.whole(2, "size", "Q")
    if at > 1:
        file.check(at, size, table.path)
        return Block(at, size)
    block = table.block(0, "data")
    return block if block and block.size else None


class _Reading:
    """Reads graphs, whose tensors and operators refer to lists of the model."""

    def __init__(self, file: FlatBuffer, codes: list[str], buffers: list[Block | None]) -> None:
        self.file, self.codes, self.buffers = file, codes, buffers
        self.tells_ranks = False

    def graph(self, table: Table) -> Graph:
        """Return a graph. Raises Damaged where an operator takes what nothing has given."""
        tensors = tuple(self.tensor(inner) for inner in table.tables(0, "tensors"))
        if not self.tells_ranks:  # written before there was a field for it
            tensors = tuple(t._replace(shape=()) if t.shape is None else t for t in tensors)
        inputs = _references(table, 1, "inputs", len(tensors))
        outputs = _references(table, 2, "outputs", len(tensors))
        operators: list[Operator] = []
        for inner in table.tables(3, "operators"):
            if len(operators) == MAX_LAYERS:
                raise Damaged(f"more than {MAX_LAYERS:,} operators", inner.path)
            operators.append(self.operator(inner, len(tensors)))
        graph = Graph(tensors, inputs, outputs, tuple(operators), table.path)
        _check_order(graph)
        return graph

    # -- tensors -----------------------------------------------------------------------------------

    def tensor(self, table: Table) -> Tensor:
        """Return a tensor. Of one without axes it is not known how many it has, unless told."""
        number = table.whole(1, "type", "b")
        known = 0 <= number < len(TYPES)
        sort = TYPES[number] if known else Type(f"type {number}", 0)
        stored, shape = _shapes(table)
        buffer, block = self.data(table)
        values = None
        if block is not None and table.table(6, "sparsity") is None:
            values = self.values(table, block, sort, stored)
        ranked = bool(table.value(8, "has_rank", "?"))
        self.tells_ranks |= ranked
        return Tensor(
            table.text(3, "name") or f"tensor {table.path[-1]}",
            None if buffer is None and not stored and not ranked else shape,
            sort,
            buffer,
            values,
            bool(table.value(5, "is_variable", "?")),
            table.path,
        )

    def data(self, table: Table) -> tuple[int | None, Block | None]:
        """Return the number of a tensor's data, and where they stand; None where it has none.

        Data in a file beside this one are never looked at.
        """
        buffer, beside = table.whole(2, "buffer", "I"), table.whole(10, "external_buffer", "I")
        if beside:
            return len(self.buffers) + beside, None
        if buffer >= max(len(self.buffers), 1):
            message = f"buffer {buffer:,}, where there are {len(self.buffers):,}"
            raise Damaged(message, (*table.path, "buffer"))
        block = self.buffers[buffer] if buffer else None
        return (None if block is None else buffer), block

    def values(
        self, table: Table, block: Block, sort: Type, stored: tuple[int, ...]
    ) -> tuple[float, ...] | None:
        """Return the numbers in a tensor's data, where they are few.

        Raises Damaged where there are more or fewer bytes than its shape asks for.
        """
        if not sort.bits:
            return None
        count = prod(stored)
        wanted = -(-count * sort.bits // 8)
        if wanted != block.size:
            message = f"{block.size:,} bytes of data, where the shape asks for {wanted:,}"
            raise Damaged(message, (*table.path, "buffer"))
        if count > MOST_VALUES or not sort.kind:
            return None
        raw = self.file.read(block.at, block.size, table.path)
        return _real(table, struct.unpack(f"<{count}{sort.kind}", raw))

    # -- operators ---------------------------------------------------------------------------------

    def operator(self, table: Table, tensors: int) -> Operator:
        """Return an operator."""
        number = table.whole(0, "opcode_index", "I")
        if number >= len(self.codes):
            message = f"operator code {number:,}, where there are {len(self.codes):,}"
            raise Damaged(message, (*table.path, "opcode_index"))
        what = self.codes[number]
        inputs = _numbers(table, 1, "inputs", MOST_ENDS)
        for index in inputs:
            if not -1 <= index < tensors:
                raise Damaged(_beyond(index, tensors), (*table.path, "inputs"))
        taken = tuple(None if index < 0 else index for index in inputs)
        given = _references(table, 2, "outputs", tensors)
        block = table.block(5, "custom_options")
        custom = block.size if block else table.whole(10, "large_custom_options_size", "Q")
        return Operator(what, taken, given, _options(what, table), custom, table.path)


def _shapes(table: Table) -> tuple[tuple[int, ...], Shape]:
    """Return the shape of a tensor's data, with a 1 where a size is any, and the tensor's own."""
    stored = _numbers(table, 0, "shape", MOST_AXES)
    signature = _numbers(table, 7, "shape_signature", MOST_AXES) or stored
    if len(signature) != len(stored):
        message = f"a shape of {len(stored)} axes and a signature of {len(signature)}"
        raise Damaged(message, (*table.path, "shape_signature"))
    if min((*stored, *signature), default=0) < -1:
        raise Damaged("a size below 0", (*table.path, "shape"))
    return stored, tuple(None if size < 0 else size for size in signature)


def _real(table: Table, stored: tuple[float, ...]) -> tuple[float, ...] | None:
    """Return the numbers that quantised ones stand for; None where each slice has its own scale."""
    quantised = table.table(4, "quantization")
    scales = quantised and quantised.vector(2, "scale", "f", LONGEST_SCALES)
    if not quantised or not scales:
        return stored
    zeros = quantised.vector(3, "zero_point", "q", LONGEST_SCALES) or (0,)
    if len(scales) > 1 or len(zeros) > 1:
        return None
    return tuple(scales[0] * (number - zeros[0]) for number in stored)


def _options(what: str, table: Table) -> dict[str, Any]:
    """Return an operator's options by name; all defaults where it has those of another one."""
    known = OPTIONS.get(what)
    if known is None:
        return {}
    inner = None
    if table.whole(3, "builtin_options_type", "B") == known.number:
        inner = table.table(4, "builtin_options")
    found: dict[str, Any] = {}
    for name, (slot, kind, default) in known.fields.items():
        if kind == "list":
            found[name] = inner and inner.vector(slot, name, "i", MOST_AXES)
        else:
            found[name] = inner.value(slot, name, kind, default) if inner else default
    return found


def _numbers(table: Table, slot: int, name: str, most: int) -> tuple[int, ...]:
    return table.vector(slot, name, "i", most) or ()


def _references(table: Table, slot: int, name: str, tensors: int) -> tuple[int, ...]:
    """Return a list of tensors by number. Raises Damaged where there is no such tensor."""
    found = _numbers(table, slot, name, MOST_ENDS)
    for index in found:
        if not 0 <= index < tensors:
            raise Damaged(_beyond(index, tensors), (*table.path, name))
    return found


def _beyond(index: int, tensors: int) -> str:
    return f"tensor {index:,}, where there are {tensors:,}"


def _check_order(graph: Graph) -> None:
    """Raise Damaged where an operator takes or gives a tensor at the wrong time.

    Custom operators have memory of their own among their inputs.
    """
    given = {index for operator in graph.operators for index in operator.outputs}
    known = set(graph.inputs)
    for number, tensor in enumerate(graph.tensors):
        is_empty = tensor.shape is not None and 0 in tensor.shape and number not in given
        if tensor.buffer is not None or tensor.variable or is_empty:
            known.add(number)
    for operator in graph.operators:
        builtin = operator.what in BUILTIN
        for index in operator.inputs:
            if index is not None and index not in known and (builtin or index in given):
                message = f"tensor {index:,} is taken before an operator gives it"
                raise Damaged(message, (*operator.path, "inputs"))
        for index in operator.outputs:
            if index in known and not graph.tensors[index].variable:
                message = f"tensor {index:,} is given twice"
                raise Damaged(message, (*operator.path, "outputs"))
            known.add(index)
    for index in graph.outputs:
        if index not in known:
            raise Damaged(f"tensor {index:,} is given by no operator", (*graph.path, "outputs"))
