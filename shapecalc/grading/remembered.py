"""What is worked out once and may be wanted again: as much of it as a limit says, however long a
class is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar, cast

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


class Remembered(Generic[Key, Thing]):
    """Things by their keys, at most twice `most`: what was not asked for lately is forgotten.

    There are two generations. Once the younger is full the older one goes, and what is asked for in
    the older one moves to the younger: so what a whole class answers stays, and what one student
    alone answers does not push it out.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._young: dict[Key, Thing] = {}
        self._old: dict[Key, Thing] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: Key, make: Callable[[], Thing]) -> Thing:
        """Return the thing of a key, made if it is not known. What `make` raises passes."""
        found = self._young.get(key, self)  # a long key is hashed once
        if found is not self:
            return cast("Thing", found)
        thing = self._old.pop(key) if key in self._old else make()
        if len(self._young) >= self.most:
            self._old, self._young = self._young, {}
        self._young[key] = thing
        return thing
