"""A Keras model as plain data: layers, their calls, and what the file says of its own shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from shapecalc.diagnostics import LIMIT, MAX_LAYERS, Path, where

Shape = tuple[int | None, ...]  # the batch is the first axis; None is any size

MOST_AXES = 32
MOST_TENSORS = 1000  # that one call returns
MOST_GIVEN = 10_000  # that one call is given
MOST_REFERENCES = 2 * MAX_LAYERS  # to tensors, in a file: as many as the spec language allows


class Malformed(ValueError):
    """A file that is no Keras model, or a broken one.

    `path` leads into the JSON; `place` is line and column where the file is a text of several
    lines; `member` names the part of a file of another kind that holds the JSON. `is_model` is
    False where nothing says that the file is one of Keras at all.
    """

    def __init__(
        self,
        message: str,
        path: Path = (),
        place: tuple[int, int] | None = None,
        *,
        is_model: bool = True,
    ) -> None:
        super().__init__(message)
        self.message, self.path, self.place, self.is_model = message, path, place, is_model
        self.member: str | None = None

    def __str__(self) -> str:
        places = [self.member] if self.member else []
        if self.place:
            places.append(f"line {self.place[0]}, column {self.place[1]}")
        elif self.path:
            places.append(where(self.path))
        return f"{self.message} ({', '.join(places)})" if places else self.message


class TooLarge(Malformed):
    """A file that holds more than is read of any, sound or not."""


class NoLayers(Malformed):
    """A sound file that does not say which layers there are: weights alone, a class of its own."""


class TensorRef(NamedTuple):
    """An output of a layer of the same graph: of which of its calls, and which of its outputs.

    Both count from 0, whatever the file's version counts from.
    """

    layer: str
    node: int
    tensor: int


class Claim(NamedTuple):
    """A shape that the file states: under which words, and where."""

    what: str
    shape: Shape
    path: Path


class Node(NamedTuple):
    """One call of a layer.

    `inputs` are all tensors it is given, those in `arguments` before those in `keywords`, of
    mappings in the order of their keys, each as often as it is given. Both hold them in their
    places, as TensorRefs among constants. `shapes` are what the file says of the inputs' shapes,
    None where it says nothing.
    """

    inputs: tuple[TensorRef, ...]
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    shapes: tuple[Shape | None, ...]
    path: Path


class Endpoint(NamedTuple):
    """An input or output of a graph; `key` is its name where the model takes or gives a mapping."""

    key: str
    tensor: TensorRef


@dataclass(frozen=True)
class Layer:
    """A layer, an operation, or a model inside a model (then `graph` is what it is made of).

    `class_name` is bare: module and package stand in `module`. `implied` are input layers that
    the file leaves out. Layers with one `shared_id` are one, though written in several models.
    """

    name: str
    class_name: str
    module: str | None
    config: Mapping[str, Any]
    path: Path
    nodes: tuple[Node, ...] = ()
    graph: Graph | None = None
    claims: tuple[Claim, ...] = ()
    implied: bool = False
    shared_id: int | None = None

    @property
    def batch_shape(self) -> Shape | None:
        """The input shape that its configuration states, under the name of any version."""
        for word in ("batch_shape", "batch_input_shape"):
            shape = shape_of(self.config.get(word))
            if shape is not None:
                return shape
        return None


@dataclass(frozen=True)
class Graph:
    """Layers by name as the file lists them, and every call of theirs in the order of computing.

    `references` counts those to tensors, with the ones of the models inside.
    """

    name: str
    class_name: str
    layers: Mapping[str, Layer]
    inputs: tuple[Endpoint, ...]
    outputs: tuple[Endpoint, ...]
    order: tuple[tuple[Layer, int], ...]
    path: Path
    claims: tuple[Claim, ...] = ()
    references: int = 0

    @cached_property
    def output_counts(self) -> dict[tuple[str, int], int]:
        """How many outputs of each call are in use; a call that nobody uses has one."""
        used = [
            ref for layer in self.layers.values() for node in layer.nodes for ref in node.inputs
        ]
        counts: dict[tuple[str, int], int] = {}
        for ref in (*used, *(endpoint.tensor for endpoint in self.outputs)):
            key = ref.layer, ref.node
            counts[key] = max(counts.get(key, 1), ref.tensor + 1)
        return counts


def shape_of(value: Any) -> Shape | None:
    """Return a shape as JSON writes it, or None where it is none.

    TensorFlow also writes {"class_name": "TensorShape", "items": [...]}, and __tuple__ likewise.
    """
    if isinstance(value, dict) and value.get("class_name") in ("TensorShape", "__tuple__"):
        value = value.get("items")
    if not isinstance(value, list) or len(value) > MOST_AXES:
        return None
    for size in value:
        if size is not None and (not _is_int(size) or not 0 <= size <= LIMIT):
            return None
    return tuple(value)


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
