"""HDF5 files without h5py: groups, attributes, and datasets' names, shapes and types.

Values of datasets are never read, so a file of gigabytes takes as long as its structure alone.
All that h5py and Keras write by default is read, of old and of new versions of the format. What
is not: links to other files, compressed heaps, shared header messages, checksums.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from shapecalc.checkpoints.base import Damaged, Unreadable, Unsupported
from shapecalc.checkpoints.hdf5_bytes import Bytes, Fields
from shapecalc.checkpoints.hdf5_trees import FractalHeap, GlobalHeaps, Seen, records, symbols
from shapecalc.checkpoints.hdf5_values import (
    Attribute,
    Type,
    Value,
    read_shape,
    read_type,
    value_of,
)

__all__ = ["Damaged", "Dataset", "HDF5File", "Unreadable", "Unsupported", "is_hdf5"]

SIGNATURE = b"\x89HDF\r\n\x1a\n"
LAST_PLACE = 1 << 24  # the superblock stands at 0, 512, 1024 and so on, behind a user's own block
MOST_NESTED = 100  # groups in groups
MOST_OBJECTS = 200_000
LONGEST_NAME = 4096  # of a whole path

# Kinds of header messages.
SHAPE, LINK_INFO, TYPE, LINK, LAYOUT, GROUP_INFO = 0x01, 0x02, 0x03, 0x06, 0x08, 0x0A
ATTRIBUTE, CONTINUATION, SYMBOL_TABLE, ATTRIBUTE_INFO = 0x0C, 0x10, 0x11, 0x15
SHARED = 2  # a flag: the message stands elsewhere
BY_ORDER = 6  # the type of a tree of links in the order of their creation


class Dataset(NamedTuple):
    """A dataset's path without a leading slash, its shape (None: it is empty), and its type."""

    name: str
    shape: tuple[int, ...] | None
    type: str  # as NumPy names it: float32, int64, bool; otherwise string, compound, ...


class _Message(NamedTuple):
    kind: int
    flags: int
    body: Fields


def is_hdf5(beginning: bytes) -> bool:
    """Say whether a file begins as HDF5 files do."""
    return beginning.startswith(SIGNATURE)


class HDF5File:
    """An open HDF5 file. The stream has to stay open, and is only read and sought in.

    Every method raises Unreadable: Damaged where the file is wrong, Unsupported where it is of a
    kind that is not read; and KeyError for a path that is not there. Paths are as in h5py: "/",
    "model_weights/conv1".
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._file = Bytes(stream)
        self._heaps = GlobalHeaps(self._file)
        self._groups: dict[int, dict[str, int]] = {}  # that a path led through
        self._root = self._superblock()

    def attributes(self, path: str = "/") -> dict[str, Value]:
        """Return the attributes of a group or dataset; None for values that are not read."""
        found: dict[str, Value] = {}
        for attribute in self._attributes(self._find(path)):
            try:
                found[attribute.name] = value_of(attribute, self._heaps)
            except Unsupported:
                found[attribute.name] = None
        return found

    def attribute(self, name: str, path: str = "/") -> Value:
        """Return one attribute, or None. Parts that Keras numbers (name0, name1) are joined."""
        stored = {a.name: a for a in self._attributes(self._find(path))}
        if name in stored:
            return value_of(stored[name], self._heaps)
        parts: list[Value] = []
        while f"{name}{len(parts)}" in stored:
            parts.append(value_of(stored[f"{name}{len(parts)}"], self._heaps))
        if parts and all(isinstance(part, str) for part in parts):
            return "".join(map(str, parts))
        if parts and all(isinstance(part, tuple) for part in parts):
            return tuple(item for part in parts if isinstance(part, tuple) for item in part)
        return None

    def members(self, path: str = "/") -> list[str]:
        """Return the names in a group, sorted; links by name and to other files are left out."""
        return sorted(self._links(self._find(path)))

    def __contains__(self, path: str) -> bool:
        return self._look_up(path) is not None

    def datasets(self, path: str = "/") -> Iterator[Dataset]:
        """Yield every dataset in a group and the groups inside, by name.

        An object with several names comes once, and a group that contains itself is no danger.
        """
        start = path.strip("/")
        seen: set[int] = set()
        waiting = [(start, self._find(path), 0)]
        while waiting:
            name, address, depth = waiting.pop()
            if address in seen:
                continue
            seen.add(address)
            if len(seen) > MOST_OBJECTS:
                raise Unsupported(f"the file has more than {MOST_OBJECTS:,} objects")
            messages = self._messages(address)
            if any(message.kind == LAYOUT for message in messages):
                yield self._dataset(name, address, messages)
                continue
            links = self._links_of(messages)
            if links and depth >= MOST_NESTED:
                raise Unsupported(f"groups are nested deeper than {MOST_NESTED}")
            for member in sorted(links, reverse=True):
                full = f"{name}/{member}" if name else member
                if len(full) > LONGEST_NAME:
                    raise Unsupported(f"a name is longer than {LONGEST_NAME:,} characters")
                self._file.spend(len(full))
                waiting.append((full, links[member], depth + 1))

    # -- where things are --------------------------------------------------------------------------

    def _superblock(self) -> int:
        """Find the superblock; return the address of the root group."""
        file, place = self._file, 0
        while file.read(place, 8, "the file's signature") != SIGNATURE:
            place = max(2 * place, 512)
            if place > LAST_PLACE or place + 8 > file.size:
                raise Damaged("no HDF5 signature in the file")
        file.base = place
        head = file.fields(0, 9, "the superblock", SIGNATURE)
        version = head.version(0, 1, 2, 3)
        old = version < 2
        head = file.fields(0, 16 if old else 12, "the superblock", SIGNATURE)
        head.take(5 if old else 1)
        file.offset_size, file.length_size = head.number(1), head.number(1)
        if not {file.offset_size, file.length_size} <= {2, 4, 8}:
            raise Unsupported("addresses of an unusual size", place)
        before = (24 if version == 0 else 28) if old else 12
        # Four addresses: the base, free space or an extension, the end; a driver or the root. In
        # files of old the root is an entry of a symbol table: the offset of its name comes first.
        addresses = 6 if old else 4
        rest = file.fields(before, addresses * file.offset_size, "the superblock")
        rest.take((addresses - 1) * file.offset_size)
        return rest.needed()

    def _find(self, path: str) -> int:
        address = self._look_up(path)
        if address is None:
            raise KeyError(path)
        return address

    def _look_up(self, path: str) -> int | None:
        address = self._root
        for name in path.strip("/").split("/") if path.strip("/") else ():
            target = self._links(address).get(name)
            if target is None:
                return None
            address = target
        return address

    # -- object headers ----------------------------------------------------------------------------

    def _messages(self, address: int) -> list[_Message]:
        """Return the messages of an object's header, in all of its blocks."""
        if self._file.read(address, 4, "an object") == b"OHDR":
            return self._new_header(address)
        return self._old_header(address)

    def _old_header(self, address: int) -> list[_Message]:
        head = self._file.fields(address, 16, "an object's header")
        if head.number(1) != 1:
            raise Damaged("no object's header here", head.start)
        head.take(7)
        size = head.number(4)
        blocks, seen, found = [(address + 16, size)], Seen(), list[_Message]()
        for at, length in blocks:
            seen.add(at, "an object's header", self._file)
            block = self._file.fields(at, length, "an object's header")
            while block.left >= 8:
                kind, length, flags = block.number(2), block.number(2), block.number(1)
                block.take(3)
                self._message(kind, flags, block.part(length, "a message"), found, blocks)
        return found

    def _new_header(self, address: int) -> list[_Message]:
        head = self._file.fields(address, 6, "an object's header", b"OHDR")
        head.version(2)
        flags = head.number(1)
        skipped = (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        more = self._file.fields(address + 6, skipped + width, "an object's header")
        more.take(skipped)
        size = more.number(width)
        first = address + 6 + skipped + width
        blocks, seen, found = [(first, size)], Seen(), list[_Message]()
        for at, length in blocks:
            seen.add(at, "an object's header", self._file)
            if at == first:
                block = self._file.fields(at, length, "an object's header")
            else:
                block = self._file.fields(at, length, "an object's header", b"OCHK")
                block = block.part(max(block.left - 4, 0), "an object's header")
            ordered = 2 if flags & 4 else 0
            while block.left >= 4 + ordered:
                kind, length, own = block.number(1), block.number(2), block.number(1)
                block.take(ordered)
                self._message(kind, own, block.part(length, "a message"), found, blocks)
        return found

    def _message(
        self,
        kind: int,
        flags: int,
        body: Fields,
        found: list[_Message],
        blocks: list[tuple[int, int]],
    ) -> None:
        """Keep a message; one that says where the header goes on adds a block."""
        self._file.spend()
        if kind == CONTINUATION:
            blocks.append((body.needed(), body.length()))
        elif kind:  # 0 is room for more
            found.append(_Message(kind, flags, body))

    # -- groups ------------------------------------------------------------------------------------

    def _links(self, address: int) -> dict[str, int]:
        if address not in self._groups:
            self._groups[address] = self._links_of(self._messages(address))
        return self._groups[address]

    def _links_of(self, messages: list[_Message]) -> dict[str, int]:
        """Return the members of a group by name: the address of each one's header."""
        found: dict[str, int] = {}
        for kind, _, body in messages:
            if kind == SYMBOL_TABLE:
                found.update(symbols(self._file, body.needed(), body.needed()))
            elif kind == LINK:
                self._file.spend()
                found.update(_link(body))
            elif kind == LINK_INFO:
                body.version(0)
                if body.number(1) & 1:
                    body.take(8)
                for tree, record, heap in self._stored_densely(body):
                    record.take(8 if tree == BY_ORDER else 4)  # the order, or the name's hash
                    found.update(_link(heap.object(record.part(heap.id_size, "a link"))))
            if len(found) > MOST_OBJECTS:
                raise Unsupported(f"a group has more than {MOST_OBJECTS:,} members")
        return found

    def _stored_densely(self, info: Fields) -> Iterator[tuple[int, Fields, FractalHeap]]:
        """Yield the records of links or attributes that have a heap, each with its tree's type."""
        heap_at, tree = info.address(), info.address()
        if heap_at is None or tree is None:
            return
        heap = FractalHeap.at(self._file, heap_at)
        for kind, record in records(self._file, tree):
            yield kind, record, heap

    # -- attributes and datasets -------------------------------------------------------------------

    def _attributes(self, address: int) -> Iterator[Attribute]:
        for kind, flags, body in self._messages(address):
            if kind == ATTRIBUTE and not flags & SHARED:
                yield self._attribute(body)
            elif kind == ATTRIBUTE_INFO:
                body.version(0)
                if body.number(1) & 1:
                    body.take(2)
                for _, record, heap in self._stored_densely(body):
                    id_ = record.part(heap.id_size, "an attribute")
                    if not record.number(1) & SHARED:
                        yield self._attribute(heap.object(id_))

    def _attribute(self, body: Fields) -> Attribute:
        body.what = "an attribute"
        version = body.version(1, 2, 3)
        flags = body.number(1)
        name_size, type_size, shape_size = (body.number(2) for _ in range(3))
        if version == 3:
            body.take(1)  # the name's encoding: all are read as UTF-8
        pad = 8 if version == 1 else 1
        parts = []
        for size in (name_size, type_size, shape_size):
            parts.append(body.part(size, "an attribute"))
            body.take(min(-size % pad, body.left))
        name, type_, shape = parts
        shared = flags & 1 if version > 1 else 0
        return Attribute(
            name.block.partition(b"\0")[0].decode("utf-8", "replace"),
            self._type(type_, shared=bool(shared)),
            read_shape(shape),
            body,
        )

    def _dataset(self, name: str, address: int, messages: list[_Message]) -> Dataset:
        by_kind = {message.kind: message for message in messages}
        shape, type_ = by_kind.get(SHAPE), by_kind.get(TYPE)
        if shape is None or type_ is None:
            raise Damaged("a dataset without a shape or a type", self._file.base + address)
        if shape.flags & SHARED:
            raise Unsupported("a shape that is shared", shape.body.start)
        kind = self._type(type_.body, shared=bool(type_.flags & SHARED))
        return Dataset(name, read_shape(shape.body), kind.name)

    def _type(self, body: Fields, *, shared: bool) -> Type:
        """Read a type, which may be an object of its own that others point to."""
        if not shared:
            return read_type(body)
        version = body.version(1, 2, 3)
        if body.number(1) != 2 and version == 3:
            raise Unsupported("a type in a heap of shared messages", body.start)
        if version == 1:
            body.take(6)
        target = body.needed()
        for kind, flags, found in self._messages(target):
            if kind == TYPE and not flags & SHARED:
                return read_type(found)
        raise Damaged("no type where one should be", self._file.base + target)


def _link(body: Fields) -> Iterator[tuple[str, int]]:
    """Yield the name and address of a link, if it leads to an object of this file."""
    body.version(1)
    flags = body.number(1)
    kind = body.number(1) if flags & 8 else 0
    body.take((8 if flags & 4 else 0) + (1 if flags & 16 else 0))
    name = body.take(body.number(1 << (flags & 3))).decode("utf-8", "replace")
    if kind == 0:
        yield name, body.needed()
