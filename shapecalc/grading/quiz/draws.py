"""Draws numbers that are the same on every machine and in every Python version.

`random.Random` promises the same numbers for few of its methods only; a counter hashed with SHA-256
promises them all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")
RANGE = 2**64  # of one hash, as far as it is used


class Draws:
    """An endless sequence of draws, told apart from others by its key."""

    def __init__(self, *key: str | int) -> None:
        self._key = json.dumps(["shapecalc quiz 1", *key]).encode("ascii")
        self._count = 0

    def below(self, bound: int) -> int:
        """Return one of 0 to bound - 1, all as likely as one another."""
        fair = RANGE - RANGE % bound
        while True:
            digest = sha256(self._key + b"/%d" % self._count).digest()
            self._count += 1
            value = int.from_bytes(digest[:8], "big")
            if value < fair:
                return value % bound

    def between(self, least: int, most: int) -> int:
        """Return a whole number, both ends included."""
        return least + self.below(most - least + 1)

    def one_of(self, values: Sequence[T]) -> T:
        """Return one of some values; one that is listed twice is twice as likely."""
        return values[self.below(len(values))]

    def several(self, count: int, least: int, most: int) -> list[int]:
        """Return a list of whole numbers."""
        return [self.between(least, most) for _ in range(count)]

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """Return the values in another order."""
        left = list(values)
        return [left.pop(self.below(len(left))) for _ in range(len(left))]
