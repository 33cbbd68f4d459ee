"""A model's calls in the order of computing, with models inside models opened up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shapecalc.diagnostics import MAX_LAYERS, Path, quote
from shapecalc.readers.keras.graph import Graph, Layer, Malformed, Node, TensorRef, TooLarge
from shapecalc.readers.keras.nodes import tensors

MOST_STEPS = 10 * MAX_LAYERS  # calls and their inputs, with those of models that are opened
OPENING = 20  # steps that opening a model takes, however little is in it
LONGEST_NAME = 1000


class Tensor(NamedTuple):
    """An output of a call, by the call's position among all."""

    call: int
    output: int


class Call(NamedTuple):
    """A layer called once. The name of a layer inside a model is prefixed: encoder/conv1.

    `inputs` follow `node.inputs`, so `node.arguments` and `node.keywords` tell what each is for.
    `outputs` are those that are in use. `earlier` tells how often this layer was called before: its
    weights count where it is 0.
    """

    name: str
    layer: Layer
    node: Node
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    earlier: int


@dataclass(frozen=True)
class Flattened:
    """All calls, each after those that it needs, and the inputs and outputs of the whole."""

    calls: tuple[Call, ...]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


def flatten(graph: Graph) -> Flattened:
    """Return a graph's calls. Input layers of models inside give way to what those are called with.

    Raises Malformed where a model is called with too few or too many inputs, TooLarge where there
    are more than 100,000 calls.
    """
    flattening = _Flattening()
    outputs = flattening.open(graph, "", None)
    return Flattened(tuple(flattening.calls), tuple(flattening.inputs), tuple(outputs))


class _Flattening:
    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.inputs: list[Tensor] = []
        self.counts: dict[str | int, int] = {}  # calls of each layer
        self.steps = 0

    def open(self, graph: Graph, prefix: str, given: Sequence[Tensor] | None) -> list[Tensor]:
        """Add the calls of a graph that is given its inputs; return its outputs."""
        known: dict[tuple[str, int], Sequence[Tensor]] = {}
        if given is not None:
            for endpoint, tensor in zip(graph.inputs, given, strict=True):
                known[endpoint.tensor.layer, endpoint.tensor.node] = (tensor,)
        for layer, number in graph.order:
            node = layer.nodes[number]
            self._step(1 + len(node.inputs), node.path)
            key = layer.name, number
            if key in known:
                continue
            if layer.graph is not None:
                self._step(OPENING, node.path)
                inner = [known[ref[:2]][ref.tensor] for ref in _given(layer, node)]
                known[key] = self.open(layer.graph, f"{prefix}{layer.name}/", inner)
            else:
                inputs = tuple(known[ref[:2]][ref.tensor] for ref in node.inputs)
                count = graph.output_counts.get(key, 1)
                known[key] = self._call(layer, node, prefix, inputs, count)
        if given is None:
            self.inputs = [known[end.tensor[:2]][end.tensor.tensor] for end in graph.inputs]
        return [known[end.tensor[:2]][end.tensor.tensor] for end in graph.outputs]

    def _call(
        self, layer: Layer, node: Node, prefix: str, inputs: tuple[Tensor, ...], count: int
    ) -> tuple[Tensor, ...]:
        name = f"{prefix}{layer.name}"
        if len(name) > LONGEST_NAME:
            raise TooLarge(f"a name of more than {LONGEST_NAME:,} characters", layer.path)
        identity = name if layer.shared_id is None else layer.shared_id
        earlier = self.counts.get(identity, 0)
        self.counts[identity] = earlier + 1
        position = len(self.calls)
        outputs = tuple(Tensor(position, index) for index in range(count))
        self._step(count, node.path)
        self.calls.append(Call(name, layer, node, inputs, outputs, earlier))
        if len(self.calls) > MAX_LAYERS:
            raise TooLarge(f"more than {MAX_LAYERS:,} calls of layers", node.path)
        return outputs

    def _step(self, count: int, path: Path) -> None:
        self.steps += count
        if self.steps > MOST_STEPS:
            raise TooLarge("models inside models make it too large to be followed", path)


def _given(layer: Layer, node: Node) -> list[TensorRef]:
    """Return what a model inside a model is called with, in the order of its own inputs."""
    assert layer.graph is not None
    first = node.arguments[0] if node.arguments else node.keywords.get("inputs")
    ends = layer.graph.inputs
    keys = [end.key or end.tensor.layer for end in ends]
    if isinstance(first, dict) and set(keys) <= set(first):
        found = list(tensors([first[key] for key in keys]))
    else:
        found = list(tensors(first))
    if len(found) != len(ends):
        message = f"model {quote(layer.name)} is called with {len(found)} tensors, but has"
        raise Malformed(f"{message} {len(ends)} inputs", node.path)
    return found
