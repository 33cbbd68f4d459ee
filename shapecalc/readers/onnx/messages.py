"""Reads the messages of an ONNX file: bytes in, a model out.

Numbers of fields are those of onnx.proto3 (https://github.com/onnx/onnx). Values of large tensors
are never read, nor is any other file opened.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from math import prod
from typing import Any

from shapecalc.diagnostics import MAX_NESTING
from shapecalc.readers.onnx.model import (
    ALL_VALUES,
    BOOL,
    CODES,
    FLOAT16,
    FLOATING,
    MOST_AXES,
    MOST_VALUES,
    SIZES,
    Function,
    Graph,
    Model,
    Node,
    Tensor,
    ValueInfo,
)
from shapecalc.readers.onnx.wire import BYTES, Data, Malformed, field, fields, packed, signed, text

FEW = 16  # floating-point values that are read: scales and limits, no weights
MOST_ENTRIES = 1_000_000  # of inputs, outputs, attributes, tensors and types in a file
MOST_DEPTH = MAX_NESTING // 4  # of graphs in one another
LARGE = 2**16  # bytes of a node whose fields are counted first
SHORT = 64  # bytes of an attribute that is remembered: most nodes have the same few
PLAIN = frozenset((int, float, str))  # values that say nothing of their place


def read_model(data: Data) -> Model:
    """Return the model of a file. Raises Malformed."""
    try:
        return _Reader(data).model()
    except IndexError:
        raise Malformed("it ends within a field", len(data)) from None
    except UnicodeDecodeError as error:
        raise Malformed("a name is not UTF-8 text", max(data.find(error.object), 0)) from None


class _Reader:
    """Reads the messages of one file, and counts what it makes of them."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.left = MOST_ENTRIES
        self.values_left = ALL_VALUES
        self.remembered: dict[bytes, tuple[str, Any]] = {}  # attributes by their bytes

    def model(self) -> Model:
        data, model = self.data, Model()
        for tag, at, end in fields(data, 0, len(data)):
            if tag == 0x08:
                model.ir_version = signed(at)
            elif tag == 0x12:
                model.producer = text(data, at, end)
            elif tag == 0x3A:
                model.graph = model.graph or Graph()
                self.graph(model.graph, at, end, 0)
            elif tag == 0x42:
                domain, version = self.opset(at, end)
                model.opsets[domain] = version
            elif tag == 0xCA:
                function = self.function(at, end)
                model.functions[function.domain, function.name] = function
        return model

    def opset(self, at: int, end: int) -> tuple[str, int]:
        """Return a domain and its version; ai.onnx is another name of ONNX' own."""
        domain, version = "", 0
        for tag, start, stop in fields(self.data, at, end):
            if tag == 0x0A:
                domain = text(self.data, start, stop)
            elif tag == 0x10:
                version = signed(start)
        return "" if domain == "ai.onnx" else domain, version

    def function(self, at: int, end: int) -> Function:
        domain, name, nodes = "", "", 0
        for tag, start, stop in fields(self.data, at, end):
            if tag == 0x0A:
                name = text(self.data, start, stop)
            elif tag == 0x52:
                domain = text(self.data, start, stop)
            elif tag == 0x3A:
                nodes += 1
        self.count(1, at)
        return Function(domain, name, nodes)

    def graph(self, graph: Graph, at: int, end: int, depth: int) -> None:
        """Read a graph. Raises Malformed where graphs are nested too deep."""
        if depth > MOST_DEPTH:
            raise Malformed(f"graphs are nested deeper than {MOST_DEPTH}", at)
        data, nodes = self.data, graph.nodes
        initializers = graph.initializers
        values = {0x5A: graph.inputs, 0x62: graph.outputs, 0x6A: graph.stated}
        for tag, start, stop in fields(data, at, end):
            if tag == 0x0A:
                nodes.append(self.node(start, stop, depth))
            elif tag == 0x2A:
                tensor = self.tensor(start, stop)
                initializers[tensor.name] = tensor
            elif tag in values:
                values[tag].append(self.value_info(start, stop))
            elif tag == 0x12:
                graph.name = text(data, start, stop)
            elif tag == 0x7A:
                tensor = self.sparse_tensor(start, stop)
                initializers[tensor.name] = tensor

    def count(self, entries: int, at: int) -> None:
        """Count what takes memory. Raises Malformed where a file has more than any network."""
        self.left -= entries
        if self.left < 0:
            raise Malformed(f"the file has more than {MOST_ENTRIES:,} parts", at)

    def node(self, at: int, end: int, depth: int) -> Node:
        """Return a node. Most are short, and so are their fields: for those this is the loop."""
        data, node, begin = self.data, Node(at), at
        inputs, outputs, remembered = node.inputs, node.outputs, self.remembered
        if end - at > LARGE:
            self.count(sum(1 for _ in self.few(at, end)), at)
        while at < end:
            tag, size = data[at], data[at + 1]
            if tag < 128 and tag & 7 == BYTES and size < 128:
                start = at + 2
                at = stop = start + size
            else:
                tag, start, stop, at = field(data, at, end)
            if tag == 0x2A:
                written = data[start:stop] if stop - start <= SHORT else b""
                found = remembered.get(written)
                if found is None:
                    found = self.attribute(start, stop, depth)
                    if written and _plain(found[1]):
                        remembered[written] = found
                node.attributes[found[0]] = found[1]
            elif tag == 0x0A:
                inputs.append(data[start:stop].decode())
            elif tag == 0x12:
                outputs.append(data[start:stop].decode())
            elif tag == 0x1A:
                node.name = data[start:stop].decode()
            elif tag == 0x22:
                node.op = data[start:stop].decode()
            elif tag == 0x3A:
                domain = text(data, start, stop)
                node.domain = "" if domain == "ai.onnx" else domain
        if at > end:
            raise Malformed("a node's field ends behind the node", begin)
        self.left -= 1 + len(inputs) + len(outputs)
        if self.left < 0:
            self.count(0, begin)
        return node

    def few(self, at: int, end: int) -> Iterator[int]:
        """Yield the tags of a message. Raises Malformed as soon as there are too many."""
        for number, (tag, _, _) in enumerate(fields(self.data, at, end)):
            if number > self.left:
                raise Malformed(f"the file has more than {MOST_ENTRIES:,} parts", at)
            yield tag

    # -- attributes --------------------------------------------------------------------------------

    def attribute(self, at: int, end: int, depth: int) -> tuple[str, Any]:
        """Return the name and the value of an attribute.

        Its type is what tells which field holds the value; files of IR version 1 have none.
        """
        data, name, kind, begin = self.data, "", 0, at
        value: Any = None
        listed: list[Any] = []
        numbers = 0
        while at < end:
            tag, start = data[at], data[at + 1]
            if tag == 0x0A and start < 128:
                at += 2 + start
                name = data[at - start : at].decode()
                continue
            if tag == 0xA0 and start == 1 and data[at + 2] < 128:
                kind = data[at + 2]
                at += 3
                continue
            if start < 128 and (tag == 0x40 or tag == 0x18):
                at += 2
            else:
                tag, start, stop, at = field(data, at, end)
            if tag == 0x40:
                numbers += 1
                if numbers <= MOST_VALUES:
                    listed.append(signed(start))
            elif tag == 0x18:
                value = signed(start)
            elif tag == 0xA0:
                kind = start
            elif tag == 0x0A:
                name = data[start:stop].decode()
            elif tag == 0x42:  # ints that are packed
                found = packed(data, start, stop, MOST_VALUES + 1)
                numbers += len(found)
                listed += found
            elif tag in ATTRIBUTES:
                value = ATTRIBUTES[tag](self, start, stop, depth)
            elif tag in LISTED:
                numbers += 1
                if numbers <= MOST_VALUES:
                    listed.append(LISTED[tag](self, start, stop, depth))
            elif tag == 0x3A:  # floats that are packed
                size = (stop - start) // 4
                numbers += size
                if numbers <= MOST_VALUES:
                    listed += struct.unpack(f"<{size}f", data[start : start + 4 * size])
            elif tag == 0xAA:  # the attribute of a function's caller
                value = None
        if at > end:
            raise Malformed("an attribute's field ends behind the attribute", begin)
        self.values_left -= numbers
        if numbers > MOST_VALUES or self.values_left < 0:
            return name, None
        if listed or kind in (6, 7, 8, 9, 10):
            return name, listed
        if value is None and kind in ABSENT:
            return name, ABSENT[kind]
        return name, value

    def string(self, at: int, end: int, depth: int) -> str:
        return text(self.data, at, min(end, at + LARGE))

    def float(self, at: int, end: int, depth: int) -> float:
        value: float = struct.unpack_from("<f", self.data, at)[0]
        return _shortest(value)

    def inner_tensor(self, at: int, end: int, depth: int) -> Tensor:
        return self.tensor(at, end)

    def inner_graph(self, at: int, end: int, depth: int) -> Graph:
        graph = Graph()
        self.graph(graph, at, end, depth + 1)
        return graph

    def inner_sparse_tensor(self, at: int, end: int, depth: int) -> Tensor:
        return self.sparse_tensor(at, end)

    # -- tensors -----------------------------------------------------------------------------------

    def tensor(self, at: int, end: int) -> Tensor:
        """Return a tensor; its values where they are few."""
        data, begin = self.data, at
        name, data_type, external = "", 0, False
        dims: list[int] = []
        listed: list[Any] = []  # values one by one
        raw: tuple[int, int] | None = None
        code = None
        while at < end:
            tag, start = data[at], data[at + 1]
            if start < 128 and (tag == 0x08 or tag == 0x10):
                at += 2
            else:
                tag, start, stop, at = field(data, at, end)
            if tag == 0x08:
                dims.append(signed(start))
            elif tag == 0x10:
                data_type = start
            elif tag == 0x42:
                name = data[start:stop].decode()
            elif tag == 0x4A:
                raw = (start, stop)
            elif tag == 0x0A:
                dims += packed(data, start, stop, MOST_AXES + 1)
            elif tag == 0x70:
                external = external or start == 1
            elif tag == 0x6A:
                external = True
            elif tag in LISTS:
                listed += packed(data, start, stop, MOST_VALUES + 1 - len(listed))
            elif tag in WHOLES:
                if len(listed) <= MOST_VALUES:
                    listed.append(signed(start))
            elif tag in PACKED:
                code, raw = PACKED[tag], (start, stop)
            elif tag in SINGLES and len(listed) <= MOST_VALUES:
                listed += struct.unpack_from(SINGLES[tag], data, start)
        if at > end:
            raise Malformed("a tensor's field ends behind the tensor", begin)
        if len(dims) > MOST_AXES:
            raise Malformed(f"a tensor has more than {MOST_AXES} axes", begin)
        if dims and min(dims) < 0:
            raise Malformed("a tensor has a negative size", begin)
        stored = None if raw is None or code is not None or external else raw[1] - raw[0]
        values = None
        if not external:
            values = self.values(dims, data_type, raw, code, listed)
        return Tensor(name, tuple(dims), data_type, values, stored, begin)

    def values(
        self,
        dims: list[int],
        data_type: int,
        raw: tuple[int, int] | None,
        code: str | None,
        listed: list[Any],
    ) -> list[Any] | None:
        """Return the values of a small tensor; None where they are not what its shape asks for.

        `code` is what the values are written as where that is not their type.
        """
        size = prod(dims)
        if size > (FEW if data_type in FLOATING else MOST_VALUES) or size > self.values_left:
            return None
        self.values_left -= size
        if raw is None:
            return _of_type(listed, data_type) if len(listed) == size else None
        start, stop = raw
        code = code or CODES.get(data_type)
        if code is None or stop - start != size * SIZES[code]:
            return None
        found = struct.unpack(f"<{size}{code}", self.data[start:stop])
        return [_shortest(value) for value in found] if code == "f" else list(found)

    def sparse_tensor(self, at: int, end: int) -> Tensor:
        """Return a tensor of which only some values are stored."""
        name, data_type = "", 0
        dims: list[int] = []
        for tag, start, stop in fields(self.data, at, end):
            if tag == 0x0A:
                tensor = self.tensor(start, stop)
                name, data_type = tensor.name, tensor.data_type
            elif tag == 0x18:
                dims.append(signed(start))
            elif tag == 0x1A:
                dims += packed(self.data, start, stop, MOST_AXES + 1)
            if len(dims) > MOST_AXES or any(size < 0 for size in dims[-1:]):
                raise Malformed("a tensor has no such shape", at)
        return Tensor(name, tuple(dims), data_type, None, None, at)

    # -- types -------------------------------------------------------------------------------------

    def value_info(self, at: int, end: int) -> ValueInfo:
        data, name, data_type = self.data, "", 0
        shape: tuple[int | str | None, ...] | None = None
        for tag, start, stop in fields(data, at, end):
            if tag == 0x0A:
                name = data[start:stop].decode()
            elif tag == 0x12:
                for inner, begin, close in fields(data, start, stop):
                    if inner == 0x0A:
                        data_type, shape = self.tensor_type(begin, close)
        self.count(1 + len(shape or ()), at)
        return ValueInfo(name, data_type, shape)

    def tensor_type(self, at: int, end: int) -> tuple[int, tuple[int | str | None, ...] | None]:
        data, data_type = self.data, 0
        sizes: list[int | str | None] | None = None
        for tag, start, stop in fields(data, at, end):
            if tag == 0x08:
                data_type = start
            elif tag == 0x12:
                sizes = []
                for inner, begin, close in fields(data, start, stop):
                    if inner != 0x0A:
                        continue
                    size: int | str | None = None
                    for kind, first, last in fields(data, begin, close):
                        if kind == 0x08:
                            size = signed(first)
                        elif kind == 0x12:
                            size = text(data, first, last)
                    sizes.append(size)
                    if len(sizes) > MOST_AXES:
                        raise Malformed(f"a tensor has more than {MOST_AXES} axes", at)
        return data_type, None if sizes is None else tuple(sizes)


def _plain(value: Any) -> bool:
    """Whether an attribute is numbers or texts, the same wherever it stands."""
    return type(value) in PLAIN or (type(value) is list and {*map(type, value)} <= PLAIN)


def _shortest(value: float) -> float:
    """Return a number of 32 bits as it was written: 0.1, not 0.10000000149."""
    return float(f"{value:.7g}")


def _of_type(values: list[Any], data_type: int) -> list[Any] | None:
    """Return values that are written as other numbers than they are; None for bits of types
    that Python does not have.
    """
    if data_type == BOOL:
        return [bool(value) for value in values]
    if data_type in FLOATING and any(type(value) is int for value in values):
        if data_type != FLOAT16:
            return None
        bits = struct.pack(f"<{len(values)}H", *(value & 0xFFFF for value in values))
        return list(struct.unpack(f"<{len(values)}e", bits))
    return values


_Read = Callable[[_Reader, int, int, int], Any]
ATTRIBUTES: dict[int, _Read] = {
    0x15: _Reader.float, 0x22: _Reader.string, 0x2A: _Reader.inner_tensor,
    0x32: _Reader.inner_graph, 0xB2: _Reader.inner_sparse_tensor,
}  # fmt: skip
LISTED: dict[int, _Read] = {
    0x3D: _Reader.float, 0x4A: _Reader.string, 0x52: _Reader.inner_tensor,
    0x5A: _Reader.inner_graph,
}  # fmt: skip
ABSENT = {1: 0.0, 2: 0, 3: ""}  # a number that is 0 may be left out
LISTS = frozenset((0x2A, 0x3A, 0x5A))  # int32_data, int64_data and uint64_data, packed
WHOLES = frozenset((0x28, 0x38, 0x58))  # and one by one
PACKED = {0x22: "f", 0x52: "d"}  # float_data and double_data
SINGLES = {0x25: "<f", 0x51: "<d"}
