"""Names: how layers are numbered, and how `from` and `share` find an earlier layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from shapecalc.network.blocks import Argument
from shapecalc.network.values import Sources


@dataclass(slots=True)
class Instance:
    """Layers that belong together: a block's instance, a residual or a parallel."""

    name: str
    kind: str
    path: tuple[str | int, ...]
    first: int  # index of its first layer
    end: int = 0  # one past its last
    sources: Sources | None = None  # what its name means: its last output
    scope: Scope | None = None
    expectations: Any = None
    depth: int = 1


@dataclass(slots=True)
class Scope:
    """The names of a network or of one instance of a block."""

    prefix: str = ""
    parent: Scope | None = None
    inputs: Sources | None = ()  # what `input` means here; None where that is unknown
    names: dict[str, int | Instance | None] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)  # names that the spec gives
    repeats: int = 0  # how many repeats of more than one the layer stands in
    owner: str | None = (
        None  # the instance whose names they are, if any: its faults are the owner's
    )
    open: bool = False  # what lies further out is not known: any name may be there
    exact: bool = False  # the names are a file's own: a dot or `input` in one means nothing

    def numbered(self, kind: str) -> str:
        """Return the name of the next unnamed layer of a kind; named ones count too."""
        number = self.counters.get(kind, 0) + 1
        name = f"{kind}{number}"
        while name in self.names and (self.exact or name not in self.written):
            number += 1  # relu6 and a kind called relu: the sixty-first relu would be relu61, too
            name = f"{kind}{number}"
        self.counters[kind] = number
        return name

    def free(self, name: str) -> str:
        """Return a name like another that nothing has yet."""
        number = 2
        while f"{name}_{number}" in self.names:
            number += 1
        return f"{name}_{number}"

    def find(self, name: str) -> int | Instance | Sources | None:
        """Return what a name means here or further out. Raises KeyError where it means nothing."""
        if isinstance(name, Argument) and isinstance(name.scope, Scope):
            try:
                return name.scope.find(str(name))
            except KeyError:
                if name.strict:
                    raise
        first, *rest = str(name).split(".")
        scope: Scope | None = self
        while scope is not None:
            if scope.exact:
                return scope.names[name]
            if first == "input" and not rest and scope.inputs != ():
                return scope.inputs
            if first in scope.names:
                found = scope.names[first]
                return _inside(found, rest) if rest else found
            if scope.open:
                return None
            scope = scope.parent
        raise KeyError(name)

    def known(self) -> Iterator[str]:
        """Yield every name that `find` would find, the innermost and latest first."""
        if self.inputs != ():
            yield "input"
        yield from reversed(self.names)
        if self.parent is not None:
            yield from self.parent.known()


def _inside(found: int | Instance | None, rest: list[str]) -> int | Instance | None:
    for name in rest:
        if not isinstance(found, Instance) or found.scope is None:
            raise KeyError(name)
        found = found.scope.names[name]
    return found
