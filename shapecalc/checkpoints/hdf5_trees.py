"""Trees and heaps of HDF5: how a group finds its members, and an object its many attributes.

Groups of old (all that Keras writes) have a B-tree of version 1 whose leaves hold names as offsets
into a local heap. Large groups of newer files, and objects with many attributes, have a B-tree of
version 2 whose records point into a fractal heap. Texts of any length lie in global heaps.

Checksums are not compared: what is damaged shows in what is read, or does not matter here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from shapecalc.checkpoints.base import Damaged, Unsupported
from shapecalc.checkpoints.hdf5_bytes import Bytes, Fields

DEEPEST = 64  # levels of a tree, each of which has at least twice the entries of the one below


class Seen:
    """The addresses that were met in one structure: a second time means a circle."""

    def __init__(self) -> None:
        self._met: set[int] = set()

    def add(self, address: int, what: str, file: Bytes) -> None:
        """Note an address. Raises Damaged where it was met before."""
        if address in self._met:
            raise Damaged(f"{what} leads back to itself", file.base + address)
        self._met.add(address)


# -- groups of old: B-tree version 1 and local heap ------------------------------------------------


def symbols(file: Bytes, tree: int, heap: int) -> Iterator[tuple[str, int]]:
    """Yield the name and address of each hard link of an old-style group."""
    names = _local_heap(file, heap)
    seen = Seen()
    waiting: list[tuple[int, int | None]] = [(tree, None)]
    while waiting:
        address, level = waiting.pop()
        seen.add(address, "a group's tree", file)
        if level == -1:
            yield from _symbol_node(file, address, names)
            continue
        head = file.fields(address, 8 + 2 * file.offset_size, "a group's tree", b"TREE")
        if head.number(1) != 0:
            raise Damaged("a group's tree is of another kind", head.offset - 1)
        below = head.number(1)
        if level is not None and below != level:
            raise Damaged("a group's tree has levels out of order", head.offset - 1)
        used = head.number(2)
        size = used * (file.length_size + file.offset_size)
        entries = file.fields(address + len(head.block), size, "a group's tree")
        children = []
        for _ in range(used):
            entries.length()  # the key, which only a search needs
            children.append((entries.needed(), below - 1))
        waiting += reversed(children)


def _local_heap(file: Bytes, address: int) -> Fields:
    head = file.fields(address, 8 + 2 * file.length_size + file.offset_size, "a heap", b"HEAP")
    head.version(0)
    head.take(3)
    size = head.length()
    head.length()  # the first free block
    return file.fields(head.needed(), size, "a heap of names")


def _symbol_node(file: Bytes, address: int, names: Fields) -> Iterator[tuple[str, int]]:
    head = file.fields(address, 8, "a node of a group", b"SNOD")
    head.version(1)
    head.take(1)
    count = head.number(2)
    each = 2 * file.offset_size + 24
    entries = file.fields(address + 8, count * each, "a node of a group")
    for _ in range(count):
        file.spend()
        name_at = entries.number(file.offset_size)
        target = entries.address()
        kind = entries.number(4)
        entries.take(20)
        if target is not None and kind != 2:  # 2 is a link by name
            yield _name_at(names, name_at), target


def _name_at(names: Fields, at: int) -> str:
    end = names.block.find(b"\0", at)
    if not 0 <= at < len(names.block) or end < 0:
        raise Damaged("a name is outside its heap", names.start)
    names.file.spend(end - at)
    return names.block[at:end].decode("utf-8", "replace")


# -- B-tree version 2 ------------------------------------------------------------------------------


class _Level(NamedTuple):
    """What a node of one level of a tree may hold."""

    most: int  # records in a node
    below: int  # records in a node and all under it
    width: int  # bytes of a number up to `below`


def _width(limit: int) -> int:
    """Return how many bytes HDF5 takes for a number up to a limit."""
    return max(limit.bit_length() - 1, 0) // 8 + 1


def records(file: Bytes, address: int) -> Iterator[tuple[int, Fields]]:
    """Yield the type of a tree of version 2 and a record, for each record."""
    what = "a tree of records"
    head = file.fields(address, 22 + file.offset_size + file.length_size, what, b"BTHD")
    head.version(0)
    kind, node_size, size, depth = (head.number(n) for n in (1, 4, 2, 2))
    head.take(2)  # when to split and merge nodes
    root, count = head.address(), head.number(2)
    if size == 0 or depth > DEEPEST:
        raise Damaged(f"{what} has impossible sizes", head.start)
    levels = _levels(file, node_size, size, depth)
    seen = Seen()
    waiting = [] if root is None else [(root, count, depth)]
    while waiting:
        at, count, level = waiting.pop()
        seen.add(at, what, file)
        if count > levels[level].most:
            raise Damaged(f"a node of {what} says it holds {count:,} records", file.base + at)
        node = file.fields(at, node_size, what, b"BTIN" if level else b"BTLF")
        node.version(0)
        node.take(1)
        for _ in range(count):
            file.spend()
            yield kind, node.part(size, "a record")
        if level:
            for _ in range(count + 1):
                child, inside = node.needed(), node.number(levels[0].width)
                if level > 1:
                    node.take(levels[level - 1].width)
                waiting.append((child, inside, level - 1))


def _levels(file: Bytes, node_size: int, size: int, depth: int) -> list[_Level]:
    """Return what nodes hold, leaves first: the widths of numbers in them follow from it."""
    most = max(node_size - 10, 0) // size
    levels = [_Level(most, most, _width(most))]
    for level in range(1, depth + 1):
        before = levels[-1]
        pointer = file.offset_size + levels[0].width + (before.width if level > 1 else 0)
        most = max(node_size - 10 - pointer, 0) // (size + pointer)
        below = (most + 1) * before.below + most
        levels.append(_Level(most, below, _width(below)))
    return levels


# -- fractal heap ----------------------------------------------------------------------------------


@dataclass
class FractalHeap:
    """A heap whose blocks double in size, row by row; objects are found by what a record says."""

    file: Bytes
    id_size: int
    offset_width: int
    length_width: int
    table_width: int
    first_size: int  # bytes of a block of the first two rows
    largest_size: int  # bytes of the largest block that holds objects itself
    root: int | None
    rows: int  # of the root; 0 where it is a block of objects
    huge: int | None  # the tree of objects too large for a block

    @classmethod
    def at(cls, file: Bytes, address: int) -> FractalHeap:
        """Read a heap's header."""
        what = "a fractal heap"
        size = 22 + 12 * file.length_size + 3 * file.offset_size
        head = file.fields(address, size, what, b"FRHP")
        head.version(0)
        id_size, filters = head.number(2), head.number(2)
        if filters:
            raise Unsupported(f"{what} that is compressed", head.start)
        head.take(1)
        most_managed = head.number(4)
        head.length()
        huge = head.address()
        head.length()
        head.address()
        head.take(8 * file.length_size)  # amounts of space and numbers of objects
        width, first, largest = head.number(2), head.length(), head.length()
        bits = head.number(2)
        head.take(2)
        root, rows = head.address(), head.number(2)
        if not (width and first and largest) or bits > 64 or (width | first | largest) >> 40:
            raise Damaged(f"{what} has impossible sizes", head.start)
        if any(n & (n - 1) for n in (width, first, largest)) or largest < first or rows > 256:
            raise Damaged(f"{what} has impossible sizes", head.start)
        length_width = min((largest.bit_length() + 6) // 8, _width(most_managed))
        return cls(
            file, id_size, (bits + 7) // 8, length_width, width, first, largest, root, rows, huge
        )

    def object(self, id_: Fields) -> Fields:
        """Return the object that a record's identifier stands for."""
        kind = id_.number(1) >> 4 & 3
        if kind == 0:
            offset, length = id_.number(self.offset_width), id_.number(self.length_width)
            return self._managed(offset, length, id_.start)
        if kind == 1:
            return self._huge(id_)
        if kind == 2 and self.id_size <= 17:
            return id_.part((id_.block[0] & 15) + 1, "a small object")
        raise Unsupported("a kind of object in a heap", id_.start)

    def _managed(self, offset: int, length: int, asked_at: int) -> Fields:
        """Find the block that holds an offset of the heap, from the root down."""
        what = "a block of a heap"
        address, rows, start = self.root, self.rows, 0
        block_size = self.first_size if not rows else 0
        for _ in range(DEEPEST):
            if address is None:
                break
            if not rows:
                if offset - start + length > max(block_size, self.first_size):
                    break
                return self.file.fields(address + offset - start, length, "an object of a heap")
            row, column, row_start, block_size = self._row(offset - start)
            if row >= rows:
                break
            entry = 5 + self.file.offset_size + self.offset_width
            entry += (row * self.table_width + column) * self.file.offset_size
            self.file.fields(address, 4, what, b"FHIB")
            address = self.file.fields(address + entry, self.file.offset_size, what).address()
            start += row_start + column * block_size
            rows = 0
            if block_size > self.largest_size:
                first_row = self.table_width * self.first_size
                rows = block_size.bit_length() - first_row.bit_length() + 1
                if rows < 1:
                    break
        raise Damaged("an object is outside its heap", asked_at)

    def _row(self, offset: int) -> tuple[int, int, int, int]:
        """Return row and column of a block, the offset of its row, and the block's size."""
        first_row = self.table_width * self.first_size
        row = (offset // first_row).bit_length()
        row_start = first_row << row >> 1 if row else 0
        size = self.first_size << row >> 1 if row else self.first_size
        return row, (offset - row_start) // size, row_start, size

    def _huge(self, id_: Fields) -> Fields:
        """Return an object with a place of its own, by its number or by what the record says."""
        what = "a large object"
        direct = self.file.offset_size + self.file.length_size
        if self.id_size - 1 >= direct:
            return self.file.fields(id_.needed(), id_.length(), what)
        number = id_.number(id_.left)
        if self.huge is not None:
            for kind, record in records(self.file, self.huge):
                if kind != 1:
                    break
                address, length = record.needed(), record.length()
                if record.length() == number:
                    return self.file.fields(address, length, what)
        raise Damaged(f"{what} is not in its heap", id_.start)


# -- global heaps ----------------------------------------------------------------------------------


class GlobalHeaps:
    """Texts of any length, each in a collection that is found by its address."""

    def __init__(self, file: Bytes) -> None:
        self._file = file
        self._collections: dict[int, dict[int, tuple[int, int]]] = {}

    def text(self, address: int, index: int, length: int) -> bytes:
        """Return a text. Raises Damaged where the collection has none of that number."""
        found = self._collections.get(address)
        if found is None:
            found = self._collections[address] = self._collection(address)
        if index not in found:
            raise Damaged(f"no text {index} in a heap", self._file.base + address)
        at, size = found[index]
        if length > size:
            raise Damaged(f"a text of {length:,} bytes in {size:,}", self._file.base + at)
        return self._file.read(at, length, "a text")

    def _collection(self, address: int) -> dict[int, tuple[int, int]]:
        """Return where each object of a collection begins, and its size; contents stay unread."""
        file = self._file
        head = file.fields(address, 8 + file.length_size, "a heap of texts", b"GCOL")
        head.version(1)
        head.take(3)
        end = address + head.length()
        at, found = address + len(head.block), {}
        while at + 8 + file.length_size <= end:
            entry = file.fields(at, 8 + file.length_size, "a heap of texts")
            index = entry.number(2)
            if index == 0:  # free space, which comes last
                break
            entry.take(6)
            size = entry.length()
            at += len(entry.block)
            found[index] = (at, size)
            at += size + -size % 8
        return found
