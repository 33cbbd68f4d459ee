"""What a network is written with: layers, composites, repeats and blocks, and when two are alike.

The shape of an element is all of it but the values that a block's parameters can stand for: its
kinds, how they are put together, and all other fields. Two elements of one shape and with the same
values are written the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, NamedTuple

from pydantic_core import PydanticUndefined

from shapecalc.layers import KINDS, Layer

VARIED = (  # fields that a block may have as parameters
    "K", "units", "F", "S", "P", "dilation", "groups", "multiplier", "rate", "scale", "output",
    "slope",
)  # fmt: skip
NEVER_LEFT = ("K", "units", "output", "times")  # what is told of every instance


class Parameter(NamedTuple):
    """Stands in a block for what its instances give."""

    name: str


class Named(NamedTuple):
    """Stands in a field for the name of a layer or input, by the number of its value."""

    value: int


class Column(NamedTuple):
    """A value of an element that a parameter can stand for: its field, and what it is if unsaid.

    `layer` is the index of the one whose field it is; None where it is an instance's, whose block
    calls it `title`.
    """

    field: str
    default: Any  # ABSENT where it is always written
    layer: int | None = None
    title: str = ""


ABSENT = PydanticUndefined
ROOM = 88  # characters in a line, beside what it is indented by
MOST_IN_LINE = 4  # layers in a composite of one line


@dataclass(eq=False, slots=True)
class Leaf:
    """A layer that holds no others. `fields` are those that are written, frozen."""

    kind: str
    fields: Mapping[str, Any]
    index: int  # of the layer in the trace
    alone: bool = False  # named by a field of another layer, or naming one: it stays where it is
    named: bool = False  # others take it by its name
    origin: tuple[int, ...] | None = None  # the values it takes, where that has to be said
    width: int = field(init=False, default=0)  # in characters, once it was asked for


@dataclass(eq=False, slots=True)
class Group:
    """A residual or parallel: branches and the layer that merges them."""

    kind: str
    merge: str
    branches: list[list[Element]]
    index: int  # of the layer that merges
    alone: bool = False
    named: bool = False
    origin: tuple[int, ...] | None = None


@dataclass(eq=False, slots=True)
class Repeat:
    """The same layers several times; `layers` are the first ones, `rest` indices of the others."""

    times: Any
    layers: list[Element]
    rest: list[int] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Block:
    """A piece that is written once. `defaults` has every parameter; ABSENT: it must be given."""

    name: str
    layers: list[Element]
    columns: list[Column]
    parameters: dict[str, Any]


@dataclass(eq=False, slots=True)
class Call:
    """An instance of a block: what it gives, in the order of the block's parameters."""

    block: Block
    values: tuple[Any, ...]
    inside: list[int]  # the layers that it stands for
    named: bool = False
    origin: tuple[int, ...] | None = None

    def said(self) -> dict[str, Any]:
        """Return the parameters that it gives: those that are not the block's own values."""
        pairs = zip(self.block.parameters.items(), self.values, strict=True)
        return {key: value for (key, own), value in pairs if marked(value) != marked(own)}


Element = Leaf | Group | Repeat | Call


def frozen(value: Any) -> Any:
    """Return a value of a field as one that can be compared and looked up."""
    if isinstance(value, Mapping):
        return Pairs((key, frozen(inner)) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(frozen, value))
    return value


def thawed(value: Any) -> Any:
    """Return a frozen value as a spec has it."""
    if isinstance(value, Parameter):
        return f"${value.name}"
    if isinstance(value, Pairs):
        return {key: thawed(inner) for key, inner in value}
    if isinstance(value, tuple):
        return [thawed(inner) for inner in value]
    return value


class Pairs(tuple[tuple[str, Any], ...]):
    """A mapping, frozen."""

    __slots__ = ()


def marked(value: Any) -> Hashable:
    """Return a frozen value with its type, so that 1, 1.0 and true are three."""
    if isinstance(value, tuple):
        return type(value).__name__, tuple(map(marked, value))
    return type(value).__name__, value


# -- columns ---------------------------------------------------------------------------------------


@cache
def _defaults(cls: type[Layer]) -> Mapping[str, Any]:
    """Return the fields of a kind that parameters can stand for, with what each is if unsaid."""
    fields = {name: cls.model_fields[name] for name in VARIED if name in cls.model_fields}
    return {
        name: ABSENT if field.default is None else frozen(field.default)
        for name, field in fields.items()
    }


def columns_of(elements: Iterable[Element]) -> Iterator[Column]:
    """Yield the columns of elements, in the order of their values."""
    for element in elements:
        if isinstance(element, Leaf):
            for name, default in _columns(element):
                yield Column(name, default, element.index)
        elif isinstance(element, Group):
            for branch in element.branches:
                yield from columns_of(branch)
        elif isinstance(element, Repeat):
            yield Column("times", ABSENT)
            yield from columns_of(element.layers)
        else:
            yield from element.block.columns


def _columns(leaf: Leaf) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a layer that parameters can stand for: written, or known if they are
    not.
    """
    for name, default in _defaults(KINDS[leaf.kind]).items():
        if default is not ABSENT or name in leaf.fields:
            yield name, default


def values_of(elements: Iterable[Element]) -> Iterator[Any]:
    """Yield the values in the columns of elements."""
    for element in elements:
        if isinstance(element, Leaf):
            for name, default in _columns(element):
                yield element.fields.get(name, default)
        elif isinstance(element, Group):
            for branch in element.branches:
                yield from values_of(branch)
        elif isinstance(element, Repeat):
            yield element.times
            yield from values_of(element.layers)
        else:
            yield from element.values


def with_values(elements: Iterable[Element], values: Iterator[Any]) -> list[Element]:
    """Return copies of elements with other values in their columns."""
    return [_with_values(element, values) for element in elements]


def _with_values(element: Element, values: Iterator[Any]) -> Element:
    if isinstance(element, Leaf):
        fields = dict(element.fields)
        for name, default in _columns(element):
            value = next(values)
            if marked(value) == marked(default):
                fields.pop(name, None)
            else:
                fields[name] = value
        return Leaf(element.kind, in_order(fields), element.index)
    if isinstance(element, Group):
        branches = [with_values(branch, values) for branch in element.branches]
        return Group(element.kind, element.merge, branches, element.index)
    if isinstance(element, Repeat):
        times = next(values)
        return Repeat(times, with_values(element.layers, values), element.rest)
    given = tuple(next(values) for _ in element.values)
    return Call(element.block, given, element.inside)


def in_order(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields in the order in which people write them: K, F, S, P first."""
    first = [name for name in VARIED if name in fields]
    return {name: fields[name] for name in (*first, *(n for n in fields if n not in first))}


def copied(elements: Iterable[Element]) -> list[Element]:
    """Return elements of their own, which may be changed."""
    found: list[Element] = []
    for element in elements:
        if isinstance(element, Group):
            found.append(replace(element, branches=list(map(copied, element.branches))))
        elif isinstance(element, Repeat):
            found.append(replace(element, layers=copied(element.layers)))
        else:
            found.append(replace(element))
    return found


def leaves(elements: Iterable[Element]) -> Iterator[int]:
    """Yield the indices of all layers that elements stand for, in the order they are read in."""
    for element in elements:
        if isinstance(element, Leaf):
            yield element.index
        elif isinstance(element, Group):
            for branch in element.branches:
                yield from leaves(branch)
            yield element.index
        elif isinstance(element, Repeat):
            yield from leaves(element.layers)
            yield from element.rest
        else:
            yield from element.inside


# -- what is alike ---------------------------------------------------------------------------------


class Likeness:
    """Numbers for shapes, and for elements that are written the same."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._leaves: dict[int, tuple[int, Leaf]] = {}  # the shapes of layers, by their identity

    def _number(self, key: Hashable) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def shape(self, element: Element) -> int:
        """Return the number of an element's shape."""
        if isinstance(element, Leaf):
            known = self._leaves.get(id(element))
            if known is None:
                known = self._leaves[id(element)] = self._leaf(element), element
            return known[0]
        if isinstance(element, Group):
            if element.alone:
                return self._number(("alone", element.index))
            branches = tuple(tuple(map(self.shape, branch)) for branch in element.branches)
            return self._number((element.kind, element.merge, branches))
        if isinstance(element, Repeat):
            return self._number(("repeat", tuple(map(self.shape, element.layers))))
        return self._number(("call", element.block.name))

    def _leaf(self, leaf: Leaf) -> int:
        if leaf.alone:
            return self._number(("alone", leaf.index))
        defaults = dict(_columns(leaf))
        rest = [(k, marked(v)) for k, v in leaf.fields.items() if k not in defaults]
        said = [k for k, default in defaults.items() if default is ABSENT]
        return self._number((leaf.kind, tuple(sorted(rest, key=str)), tuple(said)))

    def same(self, element: Element) -> int:
        """Return a number that only elements have that may stand for each other in a repeat."""
        if getattr(element, "named", False) or getattr(element, "origin", None) is not None:
            return self._number(("itself", id(element)))
        values = tuple(map(marked, values_of([element])))
        return self._number(("same", self.shape(element), values))


# -- how long it gets ------------------------------------------------------------------------------


def lines_of(elements: Sequence[Element]) -> int:
    """Return about how many lines elements take."""
    return sum(map(_lines, elements))


def _lines(element: Element) -> int:
    width = _width(element)
    if isinstance(element, Leaf | Call):
        return 1 if width <= ROOM else 2
    lists = element.branches if isinstance(element, Group) else [element.layers]
    if width <= ROOM and sum(map(len, lists)) <= MOST_IN_LINE:
        return 1
    inner = [_branch_lines(one) for one in lists]
    if isinstance(element, Repeat):
        return 3 + lines_of(element.layers)
    if element.kind == "residual":
        return 1 + sum(inner) + (inner[1] > 0)
    return 1 + 2 * (element.merge != "concat") + sum(max(1, one) for one in inner)


def _branch_lines(elements: Sequence[Element]) -> int:
    """Return how many lines a list in a composite takes: one where it is short."""
    width = sum(map(_width, elements))
    return 1 if elements and len(elements) <= 2 and width <= ROOM else lines_of(elements)


def _width(element: Element) -> int:
    """Return about how many characters an element takes in a single line."""
    if isinstance(element, Leaf):
        if not element.width:
            element.width = len(element.kind) + 6 + _pairs_width(element.fields)
        return element.width
    if isinstance(element, Call):
        return len(element.block.name) + 6 + _pairs_width(element.said())
    if isinstance(element, Repeat):
        return 32 + sum(map(_width, element.layers))
    return 14 + sum(_width(inner) for branch in element.branches for inner in branch)


def _pairs_width(fields: Mapping[str, Any]) -> int:
    return sum(len(key) + len(str(thawed(value))) + 4 for key, value in fields.items())
