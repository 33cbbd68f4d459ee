"""The layers of a spec as they are made, and what is known of their volumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from shapecalc.diagnostics import LayerError, Path
from shapecalc.geometry import Rounding
from shapecalc.layers import KINDS, Layer
from shapecalc.layers.base import value_of

Sizes = tuple[int | None, ...]  # of a volume, without a batch; None is any size
ROUNDING: Rounding = "floor"  # the frameworks' own
TRIED = (5040, 7200)  # for sizes that are left open: where both give the same, it is known


@dataclass(slots=True)
class Item:
    """A layer of the spec. `path` leads to the layer in the file, `claims` to what it claims."""

    name: str
    kind: str
    fields: dict[str, Any]
    sources: tuple[str, ...]
    path: Path
    beside: dict[str, Any] = field(default_factory=dict)  # share, trainable, expect
    claim_path: Path = ()


class Items:
    """All layers so far, by name, with the rank of their outputs where it is known.

    Values are called by the layer or input that gives them. Volumes have the depth last;
    `first` holds the values whose depth comes first in the file, `own` what the file has
    of an input, or its layers take. `rounding` is the network's.
    """

    def __init__(self, rounding: Rounding = ROUNDING) -> None:
        self.rounding = rounding
        self.inputs: dict[str, Sizes | None] = {}
        self.input_paths: dict[str, Path] = {}
        self.own: dict[str, Sizes] = {}
        self.listed: list[Item] = []
        self.ranks: dict[str, int | None] = {}
        self.first: set[str] = set()
        self._by_name: dict[str, Item] = {}
        self._numbers: dict[str, int] = {}  # the last one behind each name
        self._volumes: dict[str, Sizes | None] = {}
        self._built: dict[str, Layer | None] = {}  # by what is written of them

    def free(self, name: str) -> str:
        """Return a name like another that nothing has yet."""
        if name not in self.ranks:
            return name
        number = self._numbers.get(name, 1) + 1
        while f"{name}_{number}" in self.ranks:
            number += 1
        self._numbers[name] = number  # a million layers of one name are numbered in one go
        return f"{name}_{number}"

    def add_input(self, name: str, volume: Sizes | None, path: Path) -> str:
        """Add an input of the network."""
        name = self.free(name)
        self.inputs[name] = self._volumes[name] = volume
        self.input_paths[name] = path
        self.ranks[name] = None if volume is None else len(volume)
        return name

    def add(self, item: Item, rank: int | None, *, first: bool = False) -> str:
        """Add a layer, under a name of its own; return that name."""
        item.name = self.free(item.name)
        self.listed.append(item)
        self._by_name[item.name] = item
        self.ranks[item.name] = rank
        if first:
            self.first.add(item.name)
        return item.name

    def producer(self, value: str) -> Item | None:
        """Return the layer that gives a value; None for an input."""
        return self._by_name.get(value)

    def volume(self, value: str) -> Sizes | None:
        """Return a value's volume as far as it follows from the inputs, worked out once asked for.

        Most files never need it: what comes out is left to who traces the network.
        """
        waiting = [value]
        while waiting:
            name = waiting[-1]
            if name in self._volumes:
                waiting.pop()
                continue
            item = self._by_name[name]
            read = self._read(item)
            before = [source for source in read if source not in self._volumes]
            if before:
                waiting += before
                continue
            layer = self._layer(item)
            if layer is not None:
                self._volumes[name] = _volume(layer, [self._volumes[source] for source in read])
            else:  # the spec says what is wrong
                self._volumes[name] = None
            waiting.pop()
        return self._volumes[value]

    def _read(self, item: Item) -> tuple[str, ...]:
        """Return the values that a layer's volume depends on: its sources, and one that it names.

        Of what it names the sources, where it is for one kind alone.
        """
        cls = KINDS[item.kind]
        named = item.fields.get(cls.reference) if cls.reference else None
        if named is None:
            return item.sources
        return (*item.sources, *((named,) if cls.refers_to() is None else self._named(named)))

    def _named(self, name: str) -> tuple[str, ...]:
        item = self.producer(name)
        return () if item is None else item.sources

    def _layer(self, item: Item) -> Layer | None:
        written = f"{item.kind} {item.fields}"  # blocks of a network repeat their layers
        if written not in self._built:
            self._built[written] = self._validated(item)
        layer = self._built[written]
        if layer is None or layer.refers_to() is None:
            return layer
        named = self.producer(value_of(layer, layer.reference or ""))
        pool = None if named is None else self._layer(named)
        return None if pool is None else layer.bound(pool)

    def _validated(self, item: Item) -> Layer | None:
        try:
            return KINDS[item.kind].model_validate(item.fields).with_rounding(self.rounding)
        except ValidationError:
            return None

    def layers(self) -> list[dict[str, Any]]:
        """Return the layers as a spec has them; `from` is left out where it is the one before."""
        inputs = list(self.inputs)
        before = inputs[0] if len(inputs) == 1 else None
        layers = []
        for item in self.listed:
            fields: dict[str, Any] = {"name": item.name}
            if item.sources != (before,):
                one = len(item.sources) == 1
                fields["from"] = item.sources[0] if one else list(item.sources)
            layers.append({item.kind: fields | item.beside | item.fields})
            before = item.name
        return layers

    def file_volume(self, value: str) -> Sizes | None:
        """Return a value's volume in the order of axes that the file has."""
        volume = self.volume(value)
        return turned(volume) if volume is not None and value in self.first else volume


def turned(volume: Sizes) -> Sizes:
    """Return a volume with its depth first."""
    return volume[-1:] + volume[:-1]


def turned_back(sizes: Sizes) -> Sizes:
    """Return sizes whose first is the depth as a volume."""
    return sizes[1:] + sizes[:1]


def _volume(layer: Layer, inputs: Sequence[Sizes | None]) -> Sizes | None:
    """Return what a layer gives; sizes that follow from ones that are left open are open, too."""
    known = [volume for volume in inputs if volume is not None]
    if layer.opaque:
        stated: Sizes | None = getattr(layer, "output", None)
        return stated
    if len(known) < len(inputs):
        return layer.known_volume()
    one = _tried(layer, known, TRIED[0])
    if all(None not in volume for volume in known):
        return one
    other = _tried(layer, known, TRIED[1])
    if one is None or other is None or len(one) != len(other):
        return None
    return tuple(a if a == b else None for a, b in zip(one, other, strict=True))


def _tried(layer: Layer, inputs: Sequence[Sizes], size: int) -> tuple[int, ...] | None:
    """Return what a layer gives with a size in the place of those that are not known."""
    filled = [tuple(size if s is None else s for s in volume) for volume in inputs]
    try:
        return layer.volume(filled)
    except LayerError as error:
        return error.output
