"""Everybody's marks, in a temporary file as soon as they are many: a class needs no more memory
than a few students.

Marks have most of their texts in common, so a chunk of them packs well, and packing is left to the
process that marks it.
"""

from __future__ import annotations

import pickle
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import pairwise
from tempfile import SpooledTemporaryFile
from typing import NamedTuple

from shapecalc.grading.graded import Graded, Standing

IN_MEMORY = 2**20  # bytes, before there is a file
DIGEST = 8  # bytes


class Packed(NamedTuple):
    """Some submissions, and a number for the name and one for the identity of each, or 0."""

    marks: bytes
    names: array[int]
    identities: array[int]


def packed(graded: Sequence[Graded]) -> Packed:
    """Return submissions as they are kept, and sent from one process to another."""
    names = array("Q", (0 if item.skipped else digest(item.student) for item in graded))
    identities = array("Q", (0 if item.skipped else digest(item.identity) for item in graded))
    return Packed(zlib.compress(pickle.dumps(graded, protocol=5), 1), names, identities)


def digest(name: str) -> int:
    """Return a number that stands for a name whatever its case, the same in every process."""
    folded = name.casefold().encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(folded, digest_size=DIGEST).digest(), "big") if name else 0


class Spool:
    """Submissions in their order, which can be gone through any number of times."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it is kept open
        self._starts = array("Q", [0])
        self._counts = array("Q")
        self._names, self._identities = array("Q"), array("Q")
        self.standings: Mapping[int, Standing] = {}  # by place, where one is not the usual one

    def add(self, chunk: Packed) -> None:
        """Keep some more."""
        self._file.seek(self._starts[-1])
        self._file.write(chunk.marks)
        self._starts.append(self._starts[-1] + len(chunk.marks))
        self._counts.append(len(chunk.names))
        self._names.extend(chunk.names)
        self._identities.extend(chunk.identities)

    def __iter__(self) -> Iterator[Graded]:
        """Yield every submission, with how it stands among its student's others."""
        place = 0
        for chunk in range(len(self._counts)):
            for item in self._unpacked(chunk):
                standing = self.standings.get(place)
                yield item if standing is None else item._replace(**standing._asdict())
                place += 1

    def _unpacked(self, chunk: int) -> Sequence[Graded]:
        start, end = self._starts[chunk], self._starts[chunk + 1]
        self._file.seek(start)
        found: Sequence[Graded] = pickle.loads(zlib.decompress(self._file.read(end - start)))
        return found

    def met_again(self) -> Iterator[tuple[int, Graded]]:
        """Yield submissions, by their places, whose name or number another one has as well."""
        several = _several(self._names), _several(self._identities)
        place = 0
        for chunk, count in enumerate(self._counts):
            places = range(place, place + count)
            place += count
            here = [
                at
                for at in places
                if self._names[at] in several[0] or self._identities[at] in several[1]
            ]
            if here:
                found = self._unpacked(chunk)
                yield from ((at, found[at - places.start]) for at in here)


def _several(numbers: array[int]) -> frozenset[int]:
    """Return the numbers that are there more than once, but for 0."""
    ordered = sorted(numbers)
    return frozenset(a for a, b in pairwise(ordered) if a == b and a)
