"""A node as its operator's function sees it: what comes in, and arguments of the wanted types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from shapecalc.quantities import Role
from shapecalc.readers.onnx.constants import Constants, Known
from shapecalc.readers.onnx.evaluation.arrays import Unfit
from shapecalc.readers.onnx.model import Node as FileNode
from shapecalc.readers.tensors.layouts import Node
from shapecalc.readers.tensors.network import Network
from shapecalc.readers.tensors.values import Constant, Shape, Tensor

WHOLE = {int}


class Translation(Protocol):
    """The graph that a node stands in, as it is put into a spec (spec.py)."""

    network: Network
    constants: Constants
    tensors: dict[str, Tensor]
    files: dict[int, FileNode]
    same: dict[int, str]
    pools: dict[str, str]
    ends: frozenset[str]
    opset: int

    def stated(self, name: str) -> Shape | None:
        """Return the shape that the file states of a tensor."""

    def only_user(self, name: str, op: str) -> Node | None:
        """Return the only node that takes a tensor, if it is of an operator, and no output is."""

    def forget(self, *names: str) -> None:
        """Leave out what the file states of tensors between the steps of one layer."""


class Call:
    """A node of a graph. What it is asked for and has not raises Unfit: it is no such operator."""

    __slots__ = ("at", "given", "network", "node", "translation")

    def __init__(
        self, translation: Translation, node: FileNode, at: Node, given: Mapping[str, Any]
    ) -> None:
        self.translation, self.node, self.at, self.given = translation, node, at, given
        self.network: Network = translation.network

    # -- what comes in -----------------------------------------------------------------------------

    def has(self, place: int) -> bool:
        """Say whether an input is given."""
        return place < len(self.node.inputs) and self.node.inputs[place] != ""

    def tensor(self, place: int) -> Tensor:
        """Return an input that is computed."""
        found = self.maybe(place)
        if found is None:
            raise Unfit
        return found

    def maybe(self, place: int) -> Tensor | None:
        """Return an input that is computed, or None where it is constant or left out."""
        inputs = self.node.inputs
        return self.translation.tensors.get(inputs[place]) if place < len(inputs) else None

    def tensors(self) -> list[Tensor]:
        """Return all inputs that are computed."""
        found = self.translation.tensors
        return [found[name] for name in self.node.inputs if name in found]

    def known(self, place: int) -> Known | None:
        """Return an input that is constant, or None where it is computed or left out."""
        inputs = self.node.inputs
        return self.translation.constants.found.get(inputs[place]) if place < len(inputs) else None

    def weight(self, place: int, role: Role = "weight") -> Constant:
        """Return an input that is an array which the layer keeps."""
        known = self.known(place)
        found = None if known is None else known.weight(role)
        if found is None:
            raise Unfit
        return found

    def maybe_weight(self, place: int, role: Role = "weight") -> Constant | None:
        """Return an array that may be left out."""
        return self.weight(place, role) if self.has(place) else None

    def kept(self, bearing: bool = True) -> list[Constant]:
        """Return all arrays among the inputs that are counted here, and behind them."""
        arrays: list[Constant] = []
        for place in range(len(self.node.inputs)):
            known = self.known(place)
            if known is not None:
                arrays += known.counted(bearing)
        return arrays

    @property
    def stated(self) -> Shape | None:
        """The shape that the file states of the first output."""
        return self.translation.stated(self.node.outputs[0]) if self.node.outputs else None

    # -- arguments ---------------------------------------------------------------------------------

    def whole(self, name: str, usual: int) -> int:
        """Return a whole number."""
        value = self.given.get(name, usual)
        if type(value) is not int:
            raise Unfit
        return value

    def number(self, name: str, usual: float) -> float:
        """Return a number."""
        value = self.given.get(name, usual)
        if not isinstance(value, int | float):
            raise Unfit
        return value

    def text(self, name: str, usual: str) -> str:
        """Return a text."""
        value = self.given.get(name, usual)
        if not isinstance(value, str):
            raise Unfit
        return value

    def listed(self, name: str, usual: list[int] | None = None) -> list[int]:
        """Return whole numbers."""
        value = self.given.get(name, usual)
        if type(value) is not list or not {*map(type, value)} <= WHOLE:
            raise Unfit
        return value

    def each(self, name: str, axes: int, usual: int) -> list[int]:
        """Return a whole number for each of some axes."""
        found = self.listed(name, [usual] * axes)
        if len(found) != axes:
            raise Unfit
        return found

    def padding(self, axes: int) -> list[tuple[int, int]] | str:
        """Return paddings of windows: a pair for each axis, or our word for it."""
        how = self.text("auto_pad", "NOTSET")
        if how in ("SAME_UPPER", "SAME_LOWER"):
            return "same" if how == "SAME_UPPER" else "same_lower"
        if how == "VALID":
            return [(0, 0)] * axes
        pads = self.each("pads", 2 * axes, 0)
        return [*zip(pads[:axes], pads[axes:], strict=True)]


Handler = Callable[[Call], "Tensor | Sequence[Tensor] | None"]
