"""HDF5 files built byte by byte, as h5py and Keras write them, old and new."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence

from shapecalc.checkpoints import hdf5

UNDEFINED = b"\xff" * 8
FLOAT32 = struct.pack("<B3sI HHBBBB I", 0x11, b"\x20\x1f\0", 4, 0, 32, 23, 8, 0, 23, 127)
TEXT = (
    struct.pack("<B3sI", 0x19, b"\1\0\0", 16) + struct.pack("<B3sI", 0x10, b"\0\0\0", 1) + bytes(4)
)


def padded(raw: bytes) -> bytes:
    """Fill up to whole words of eight bytes."""
    return raw + bytes(-len(raw) % 8)


def fixed(size: int) -> bytes:
    """Return the type of texts of one length."""
    return struct.pack("<B3sI", 0x13, b"\0\0\0", size)


def shape(*sizes: int, version: int = 1) -> bytes:
    """Return a message that states a shape."""
    head = struct.pack("<BBB5x", 1, len(sizes), 0)
    if version == 2:
        head = struct.pack("<BBBB", 2, len(sizes), 0, 1 if sizes else 0)
    return head + b"".join(struct.pack("<Q", size) for size in sizes)


def attribute(name: str, type_: bytes, space: bytes, data: bytes) -> tuple[int, bytes]:
    """Return a message of an attribute, as old files have it."""
    raw = name.encode() + b"\0"
    head = struct.pack("<BxHHH", 1, len(raw), len(type_), len(space))
    return 0x0C, head + padded(raw) + padded(type_) + padded(space) + data


class Builder:
    """Writes a file piece by piece; every piece has the address at which it was added."""

    def __init__(self, head: int) -> None:
        self.raw = bytearray(head)

    def add(self, piece: bytes) -> int:
        """Add a piece; return its address."""
        self.raw += bytes(-len(self.raw) % 8)
        address = len(self.raw)
        self.raw += piece
        return address

    def texts(self, *texts: bytes) -> int:
        """Add a global heap."""
        objects = b"".join(
            struct.pack("<HH4xQ", index, 1, len(text)) + padded(text)
            for index, text in enumerate(texts, 1)
        )
        return self.add(
            b"GCOL" + struct.pack("<B3xQ", 1, 16 + len(objects) + 16) + objects + bytes(16)
        )

    def long_text(self, name: str, *texts: bytes) -> tuple[int, bytes]:
        """Return an attribute whose texts lie in a global heap."""
        heap = self.texts(*texts)
        data = b"".join(struct.pack("<IQI", len(t), heap, i) for i, t in enumerate(texts, 1))
        return attribute(name, TEXT, shape() if len(texts) == 1 else shape(len(texts)), data)

    # -- old files ---------------------------------------------------------------------------------

    def header(self, messages: Sequence[tuple[int, bytes]]) -> int:
        """Add an object's header of version 1."""
        body = b"".join(
            struct.pack("<HHB3x", kind, len(padded(data)), 0) + padded(data)
            for kind, data in messages
        )
        return self.add(struct.pack("<BBHII4x", 1, 0, len(messages), 1, len(body)) + body)

    def dataset(self, *sizes: int) -> int:
        """Add a dataset of float32 whose values are nowhere."""
        layout = struct.pack("<BB", 3, 1) + UNDEFINED + struct.pack("<Q", 4 * math.prod(sizes))
        return self.header([(1, shape(*sizes)), (3, FLOAT32), (8, layout)])

    def group(
        self, members: Mapping[str, int], attributes: Sequence[tuple[int, bytes]] = ()
    ) -> int:
        """Add a group: a heap of names, a node of symbols, a tree, a header."""
        names, entries = bytearray(8), b""
        for name in sorted(members):
            entries += struct.pack("<QQI20x", len(names), members[name], 0)
            names += padded(name.encode() + b"\0")
        data = self.add(bytes(names))
        heap = self.add(b"HEAP" + struct.pack("<B3xQQQ", 0, len(names), 1, data))
        node = self.add(b"SNOD" + struct.pack("<BxH", 1, len(members)) + entries)
        tree = b"TREE" + struct.pack("<BBH", 0, 0, 1) + UNDEFINED * 2
        tree_at = self.add(tree + struct.pack("<QQQ", 0, node, 0))
        return self.header([(0x11, struct.pack("<QQ", tree_at, heap)), *attributes])

    def old(self, root: int) -> bytes:
        """Return the file with a superblock of version 0."""
        head = hdf5.SIGNATURE + bytes([0, 0, 0, 0, 0, 8, 8, 0]) + struct.pack("<HHI", 4, 16, 0)
        head += struct.pack("<Q", 0) + UNDEFINED + struct.pack("<Q", len(self.raw)) + UNDEFINED
        head += struct.pack("<QQI20x", 0, root, 0)
        self.raw[: len(head)] = head
        return bytes(self.raw)

    # -- new files ---------------------------------------------------------------------------------

    def new_header(self, messages: Sequence[tuple[int, bytes]], split: int | None = None) -> int:
        """Add an object's header of version 2; messages from `split` on stand in another block."""
        packed = [struct.pack("<BHB", kind, len(data), 0) + data for kind, data in messages]
        first = b"".join(packed[:split])
        if split is not None:
            more = b"OCHK" + b"".join(packed[split:]) + bytes(4)
            block = self.add(more)
            first += struct.pack("<BHB", 0x10, 16, 0) + struct.pack("<QQ", block, len(more))
        return self.add(b"OHDR" + struct.pack("<BBI", 2, 2, len(first)) + first + bytes(4))

    def new(self, root: int) -> bytes:
        """Return the file with a superblock of version 2."""
        head = hdf5.SIGNATURE + bytes([2, 8, 8, 0]) + struct.pack("<Q", 0) + UNDEFINED
        head += struct.pack("<QQI", len(self.raw), root, 0)
        self.raw[: len(head)] = head
        return bytes(self.raw)


def link(name: str, target: int) -> tuple[int, bytes]:
    """Return a message of a link."""
    return 6, struct.pack("<BBB", 1, 0, len(name)) + name.encode() + struct.pack("<Q", target)
