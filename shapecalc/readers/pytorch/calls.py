"""One call of an operator: its arguments as layers take them, and what it gives.

What a layer cannot have raises Unfit: the call is an operation then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from shapecalc.diagnostics import LIMIT
from shapecalc.readers.pytorch.arguments import arguments_of, operator_of
from shapecalc.readers.pytorch.program import Ref, Value, Written
from shapecalc.readers.tensors.layouts import Node
from shapecalc.readers.tensors.network import Network
from shapecalc.readers.tensors.values import Constant, Shape, Tensor


class Unfit(Exception):
    """An argument that is none of those that a layer has."""


class Fixed(NamedTuple):
    """An array that does not depend on the inputs: held, or made of what is.

    `bases` are the arrays that count; `whole` says that it has all values of its only one, which
    may lie in another shape and order.
    """

    shape: Shape | None
    bases: tuple[Constant, ...] = ()
    whole: bool = False


Given = Tensor | Fixed


class Graph(Protocol):
    """The graph that a call stands in, as it is put into a spec (graph.py)."""

    network: Network
    values: dict[str, Given]
    numbers: dict[str, Any]
    wanted: set[str]

    def shape(self, given: Given | None) -> Shape | None:
        """Return the shape of a tensor or an array as far as it is known."""

    def stated(self, name: str) -> Shape | None:
        """Return the shape of a tensor as the file has it: it holds for the file's own inputs."""


@dataclass(slots=True)
class Call:
    """A node of the program with its arguments, and the node of the spec that it becomes."""

    graph: Graph
    written: Written
    node: Node
    args: dict[str, Value]

    @classmethod
    def of(cls, graph: Graph, written: Written, node: Node) -> Call:
        """Return the call of a node, with the arguments that the file leaves out."""
        return cls(graph, written, node, arguments_of(written))

    @property
    def network(self) -> Network:
        """What layers are added to."""
        return self.graph.network

    @property
    def operator(self) -> str:
        """The name of the operator."""
        return operator_of(self.written.target)

    # -- arguments ---------------------------------------------------------------------------------

    def given(self, name: str) -> Given | None:
        """Return a tensor or an array; None for nothing."""
        value = self.args.get(name)
        return self.graph.values.get(value.name) if isinstance(value, Ref) else None

    def listed(self, name: str) -> list[Given]:
        """Return a list of tensors and arrays; places that are left empty are left out."""
        value = self.args.get(name)
        listed = value if isinstance(value, list) else [value]
        found = (self.graph.values.get(one.name) for one in listed if isinstance(one, Ref))
        return [one for one in found if one is not None]

    def tensor(self, name: str) -> Tensor:
        """Return a tensor that is computed."""
        found = self.given(name)
        if not isinstance(found, Tensor):
            raise Unfit
        return found

    def constant(self, name: str) -> Constant:
        """Return an array that is held."""
        return whole(self.given(name))

    def optional(self, name: str) -> Constant | None:
        """Return an array that is held; None for nothing."""
        return None if self.args.get(name) is None else self.constant(name)

    def value(self, name: str) -> Any:
        """Return a plain argument, a number that is computed, too; None where it is not known."""
        value = self.args.get(name)
        return self.graph.numbers.get(value.name) if isinstance(value, Ref) else value

    def integer(self, name: str) -> int:
        """Return a whole number."""
        return _whole(self.value(name))

    def ints(self, name: str, axes: int = 0) -> list[int]:
        """Return whole numbers; a single one stands for as many `axes` as there are."""
        found = [_whole(value) for value in self.sizes(name)]
        if axes and len(found) == 1:
            found *= axes
        if axes and len(found) != axes:
            raise Unfit
        return found

    def sizes(self, name: str) -> list[int | None]:
        """Return whole numbers, None for those that are not known."""
        value = self.args.get(name)
        listed = value if isinstance(value, list) else [value]
        found = [
            self.graph.numbers.get(one.name) if isinstance(one, Ref) else one for one in listed
        ]
        return [None if one is None else _whole(one) for one in found]

    # -- what comes out ----------------------------------------------------------------------------

    def stated(self, number: int = 0) -> Shape | None:
        """Return the shape of an output as the file has it."""
        outputs = self.written.outputs
        name = outputs[number] if number < len(outputs) else None
        return None if name is None else self.graph.stated(name)

    @property
    def used(self) -> int:
        """How many outputs there are up to the last one that anything takes; one at least."""
        outputs = self.written.outputs
        wanted = (n for n, name in enumerate(outputs) if name in self.graph.wanted)
        return 1 + max(wanted, default=0)

    @property
    def tensors(self) -> list[Tensor]:
        """All tensors among the arguments, in their order."""
        return [one for one in self._all() if isinstance(one, Tensor)]

    @property
    def bases(self) -> list[Constant]:
        """All arrays that count among the arguments, in their order."""
        return bases_of(self._all())

    def _all(self) -> list[Given]:
        return [one for name in self.args for one in self.listed(name)]


def whole(given: Given | None) -> Constant:
    """Return an array with all values of one that is held, learned ones or statistics."""
    if not isinstance(given, Fixed) or not given.whole or given.shape is None:
        raise Unfit
    sizes = [size for size in given.shape if size is not None]
    if len(sizes) < len(given.shape) or len(given.bases) != 1:
        raise Unfit
    return given.bases[0].reshaped(sizes)


def bases_of(given: Sequence[Given]) -> list[Constant]:
    """Return the arrays that count, each once."""
    found = {base.key: base for one in given if isinstance(one, Fixed) for base in one.bases}
    return list(found.values())


def _whole(value: Any) -> int:
    if type(value) is not int or abs(value) > LIMIT:
        raise Unfit
    return value
