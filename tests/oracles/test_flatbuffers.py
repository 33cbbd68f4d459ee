"""Files of TensorFlow Lite as the tests write them, read by the FlatBuffers library."""

from __future__ import annotations

import struct

import pytest

pytest.importorskip("flatbuffers")

from flatbuffers.table import Table
from tflite_files import small


def inside(table: Table, slot: int, number: int) -> Table:
    """Return a table of a vector."""
    return Table(table.Bytes, table.Indirect(table.Vector(table.Offset(4 + 2 * slot)) + 4 * number))


def test_the_library_reads_what_the_tests_write() -> None:
    made = small()
    raw = bytearray(made.bytes())
    assert raw[4:8] == b"TFL3"
    root = Table(raw, struct.unpack_from("<I", raw)[0])
    graph = inside(root, 2, 0)
    assert graph.VectorLen(graph.Offset(4)) == len(made.tensors)
    for number, written in enumerate(made.tensors):
        tensor = inside(graph, 0, number)
        assert tensor.String(tensor.Pos + tensor.Offset(4 + 2 * 3)).decode() == written[3]
        shape = tensor.Offset(4)
        start = tensor.Vector(shape)
        sizes = struct.unpack_from(f"<{tensor.VectorLen(shape)}i", raw, start)
        assert sizes == written[0]
