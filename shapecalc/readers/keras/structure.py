"""Makes a graph of a model's configuration: Sequential or functional, models inside models."""

from __future__ import annotations

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from shapecalc.diagnostics import MAX_LAYERS, Path, quote
from shapecalc.readers.keras.graph import (
    MOST_GIVEN,
    MOST_REFERENCES,
    MOST_TENSORS,
    Claim,
    Endpoint,
    Graph,
    Layer,
    Malformed,
    Node,
    NoLayers,
    TensorRef,
    TooLarge,
    shape_of,
)
from shapecalc.readers.keras.nodes import (
    Written,
    WrittenNode,
    read_ends,
    read_node,
    replaced,
    tensors,
)

FUNCTIONAL = ("Functional", "Model", "Network", "Container")
LONGEST_NAME = 500
SHAPES = ("batch_shape", "batch_input_shape", "build_input_shape")


def read_model(data: Any, path: Path = ()) -> Graph:
    """Return the graph of a model: a mapping of class_name and config, or the config alone.

    Raises Malformed with the path, NoLayers where the model does not tell its layers.
    """
    if isinstance(data, list) and data and all(_is_entry(item) for item in data):
        data = {"class_name": "Sequential", "config": data}
    if not isinstance(data, dict):
        raise Malformed("this is no model of Keras", path, is_model=False)
    if "class_name" not in data and _is_config(data):
        class_name = "Functional" if "input_layers" in data else "Sequential"
        return _graph({"class_name": class_name, "config": data}, path, path)
    if not _is_entry(data):
        message = "a model has a class_name and a config, and this has not both"
        named = isinstance(data.get("class_name"), str) and "config" in data
        raise Malformed(message, path, is_model=named)
    config = data["config"]
    if not _is_model(data) and not (_has_layers(config) and all(map(_is_entry, config["layers"]))):
        class_name = quote(_class_of(data, path)[0])
        raise NoLayers(f"{class_name} is a class of its own that does not tell its layers", path)
    return _graph(data, path, (*path, "config"))


def _is_entry(value: Any) -> bool:
    """Say whether a value is written as layers and models are."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("class_name"), str)
        and isinstance(value.get("config"), dict | list)
    )


def _has_layers(config: Any) -> bool:
    return isinstance(config, dict) and isinstance(config.get("layers"), list)


def _is_config(data: Mapping[str, Any]) -> bool:
    """Say whether a mapping is the configuration of a model, and not a spec with layers."""
    layers = data.get("layers")
    first = layers[0] if isinstance(layers, list) and layers else None
    return _is_entry(first) and data.keys().isdisjoint(("input", "inputs"))


def _is_functional(config: Any) -> bool:
    return _has_layers(config) and "input_layers" in config and "output_layers" in config


def _is_model(entry: Mapping[str, Any]) -> bool:
    """Say whether a layer is a model: a class of Keras, or one of users' with Keras' own config."""
    class_name, config = _bare(entry["class_name"]), entry["config"]
    if class_name == "Sequential":
        return isinstance(config, list) or _has_layers(config)
    return _is_functional(config) or (class_name in FUNCTIONAL and _has_layers(config))


def _graph(entry: Mapping[str, Any], path: Path, config_path: Path) -> Graph:
    """Return the graph of a model whose configuration has layers."""
    config, class_name = entry["config"], _bare(entry["class_name"])
    listed = config if isinstance(config, list) else config["layers"]
    layers_path = config_path if isinstance(config, list) else (*config_path, "layers")
    if not listed:
        raise NoLayers("a model without layers", layers_path)
    if len(listed) > MAX_LAYERS:
        raise TooLarge(f"a model of more than {MAX_LAYERS:,} layers", layers_path)
    for index, item in enumerate(listed):
        if not _is_entry(item):
            message = "a layer has a class_name and a config, and this has not both"
            raise Malformed(message, (*layers_path, index))
    name = (config.get("name") if isinstance(config, dict) else None) or entry.get("name")
    name = _name(name, path) if name else ""
    claims = tuple(_claims(entry, path))
    if class_name in FUNCTIONAL and not _is_functional(config):
        raise Malformed("a model without input_layers or output_layers", config_path)
    if _is_functional(config):
        return _Functional(config, config_path).graph(name, class_name, path, claims)
    return _Sequential(listed, layers_path, claims).graph(name, class_name, path)


# -- one layer -------------------------------------------------------------------------------------


def _layer(entry: Mapping[str, Any], path: Path, name: str) -> Layer:
    """Return a layer without its calls."""
    class_name, module = _class_of(entry, path)
    config, shared = entry["config"], entry.get("shared_object_id")
    graph = _graph(entry, path, (*path, "config")) if _is_model(entry) else None
    return Layer(
        name,
        class_name,
        module,
        config if isinstance(config, dict) else {},
        path,
        graph=graph,
        claims=tuple(_claims(entry, path)),
        shared_id=shared if type(shared) is int else None,
    )


def _bare(class_name: str) -> str:
    """Return a class without package and module: of Custom>Net, keras.layers.Dense."""
    last = class_name.rpartition(">")[2]
    dotted = "." in last and re.fullmatch(r"\w+(\.\w+)+", last)
    return last.rpartition(".")[2] if dotted else last


def _class_of(entry: Mapping[str, Any], path: Path) -> tuple[str, str | None]:
    """Return a class' bare name and its module or package, as far as it is told."""
    written = _name(entry["class_name"], (*path, "class_name"))
    bare = _bare(written)
    module = entry.get("module") or written[: -len(bare)].rstrip(">.") or None
    return bare, module if isinstance(module, str) else None


def _name(value: Any, path: Path) -> str:
    if not isinstance(value, str) or not value:
        raise Malformed(f"{quote(value)} is no name", path)
    if len(value) > LONGEST_NAME:
        raise TooLarge(f"a name of more than {LONGEST_NAME} characters", path)
    return value


class _Layers(dict[str, Layer]):
    """The layers of a graph by their names."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers: Counter[str] = Counter()
        self.references = 0  # to tensors, with those of the models inside

    def count(self, references: int, path: Path) -> None:
        """Count references to tensors. Raises TooLarge where there are too many."""
        self.references += references
        if self.references > MOST_REFERENCES:
            raise TooLarge(f"more than {MOST_REFERENCES:,} references to tensors", path)

    def read(self, entry: Mapping[str, Any], path: Path) -> Layer:
        """Return a layer without its calls, which is not yet one of these."""
        layer = _layer(entry, path, self.name_of(entry, path))
        if layer.graph is not None:
            self.count(layer.graph.references, path)
        return layer

    def name_of(self, entry: Mapping[str, Any], path: Path) -> str:
        """Return a layer's name; one without gets what Keras would give: conv2d_1."""
        config = entry["config"]
        name = entry.get("name") or (config.get("name") if isinstance(config, dict) else None)
        if name is not None:
            return _name(name, path)
        class_name = _class_of(entry, path)[0]
        words = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", class_name)
        return self.numbered(re.sub("([a-z])([A-Z])", r"\1_\2", words).lower())

    def numbered(self, stem: str) -> str:
        """Return a name that no other layer has so far."""
        while True:
            self._numbers[stem] += 1
            name = f"{stem}_{self._numbers[stem]}"
            if name not in self:
                return name


def _claims(entry: Mapping[str, Any], path: Path) -> Iterable[Claim]:
    """Yield the shapes that a layer's entry states."""
    config = entry["config"]
    for word in SHAPES if isinstance(config, dict) else ():
        if word in config:
            yield from _shapes_in(config[word], word, (*path, "config", word))
    build = entry.get("build_config")
    for word, value in build.items() if isinstance(build, dict) else ():
        yield from _shapes_in(value, f"build_config.{word}", (*path, "build_config", word))


def _shapes_in(value: Any, what: str, path: Path) -> Iterable[Claim]:
    shape = shape_of(value)
    if shape:
        yield Claim(what, shape, path)
    elif isinstance(value, list | dict):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            if isinstance(item, list | dict):
                yield from _shapes_in(item, f"{what}.{key}", (*path, key))


def _order(layers: Mapping[str, Layer]) -> tuple[tuple[Layer, int], ...]:
    """Return all calls so that each comes after those it needs, otherwise as they are written.

    Raises Malformed where some wait for one another in a circle.
    """
    calls = [(layer, n) for layer in layers.values() for n in range(len(layer.nodes))]
    position = {(layer.name, n): index for index, (layer, n) in enumerate(calls)}
    waits = [0] * len(calls)
    users: defaultdict[int, list[int]] = defaultdict(list)
    for index, (layer, n) in enumerate(calls):
        for needed in {position[ref.layer, ref.node] for ref in layer.nodes[n].inputs}:
            users[needed].append(index)
            waits[index] += 1
    ready = [index for index, count in enumerate(waits) if not count]
    done = []
    while ready:
        index = heapq.heappop(ready)
        done.append(calls[index])
        for user in users[index]:
            waits[user] -= 1
            if not waits[user]:
                heapq.heappush(ready, user)
    if len(done) < len(calls):
        index, seen = next(index for index, count in enumerate(waits) if count), set[int]()
        while index not in seen:  # from a call that waits to one that it waits for: into the circle
            seen.add(index)
            layer, n = calls[index]
            before = (position[ref.layer, ref.node] for ref in layer.nodes[n].inputs)
            index = next(other for other in before if waits[other])
        layer, n = calls[index]
        raise Malformed(f"layer {quote(layer.name)} waits for itself", layer.nodes[n].path)
    return tuple(done)


# -- functional ------------------------------------------------------------------------------------


class _Functional:
    """A model whose layers say what they are called with."""

    def __init__(self, config: Mapping[str, Any], path: Path) -> None:
        self.config, self.path = config, path
        self.layers = _Layers()
        self.written: dict[str, list[WrittenNode]] = {}
        self.starts: dict[str, int] = {}
        self.ends: set[str] = set()  # layers that are inputs

    def graph(self, name: str, class_name: str, path: Path, claims: tuple[Claim, ...]) -> Graph:
        """Return the graph."""
        entries = self.config["layers"]
        for index, entry in enumerate(entries):
            where = (*self.path, "layers", index)
            layer = self.layers.read(entry, where)
            if layer.name in self.layers:
                raise Malformed(f"two layers are called {quote(layer.name)}", where)
            self.layers[layer.name] = layer
        for (layer_name, layer), entry in zip(self.layers.items(), entries, strict=True):
            self.written[layer_name] = self._nodes(entry, layer)
        inputs = list(read_ends(self.config["input_layers"], (*self.path, "input_layers")))
        outputs = list(read_ends(self.config["output_layers"], (*self.path, "output_layers")))
        self.layers.count(len(inputs) + len(outputs), self.path)
        self._called_without_inputs(inputs)
        self._count_from(inputs + outputs)
        for layer_name, nodes in self.written.items():
            made = tuple(self._node(node) for node in nodes)
            self.layers[layer_name] = replace(self.layers[layer_name], nodes=made)
        return Graph(
            name,
            class_name,
            self.layers,
            tuple(Endpoint(key, self._resolved(end)) for key, end in inputs),
            tuple(Endpoint(key, self._resolved(end)) for key, end in outputs),
            _order(self.layers),
            path,
            claims,
            self.layers.references,
        )

    def _nodes(self, entry: Mapping[str, Any], layer: Layer) -> list[WrittenNode]:
        path = (*layer.path, "inbound_nodes")
        nodes = entry.get("inbound_nodes") or []
        if not isinstance(nodes, list):
            raise Malformed("inbound_nodes is a list of calls", path)
        found = []
        for index, written in enumerate(nodes):
            node = read_node(written, self.layers, (*path, index))
            count = sum(1 for _ in tensors([node.arguments, node.keywords]))
            if count > MOST_GIVEN:
                raise TooLarge(f"a call with more than {MOST_GIVEN:,} tensors", node.path)
            self.layers.count(count, node.path)
            found.append(node)
        return found

    def _called_without_inputs(self, inputs: Sequence[tuple[str, Written]]) -> None:
        """Give inputs the one call that files leave out."""
        self.ends = {end.layer for _, end in inputs}
        for name, layer in self.layers.items():
            if not self.written[name] and (layer.class_name == "InputLayer" or name in self.ends):
                self.written[name].append(WrittenNode((), {}, layer.path))
        for _, end in inputs:
            nodes = self.written.get(end.layer, ())
            if len(nodes) > 1 or any(True for node in nodes for _ in tensors(node)):
                raise Malformed(f"{quote(end.layer)} is no input layer: it has inputs", end.path)

    def _count_from(self, ends: Sequence[tuple[str, Written]]) -> None:
        """Find out for models whether references in lists count their calls from 0 or 1.

        From 1 where the building of the model was its first call: always in functional models,
        in Sequential ones of Keras 1 and 2 unless they were built late. The references tell.
        """
        if all(layer.graph is None for layer in self.layers.values()):
            return
        listed: defaultdict[str, set[int]] = defaultdict(set)
        for nodes in self.written.values():
            for ref in tensors([[node.arguments, node.keywords] for node in nodes]):
                if ref.listed:
                    listed[ref.layer].add(ref.node)
        for _, end in ends:
            listed[end.layer].add(end.node)
        for name, indices in listed.items():
            layer = self.layers.get(name)
            if layer is None or layer.graph is None or 0 in indices:
                continue
            newest = not any(ref.listed for node in self.written[name] for ref in tensors(node))
            calls = len(self.written[name])
            if max(indices) >= calls or not (newest and layer.graph.class_name == "Sequential"):
                self.starts[name] = 1

    def _resolved(self, ref: Written) -> TensorRef:
        """Return a reference that counts from 0. Raises Malformed where there is no such call."""
        layer = self.layers.get(ref.layer)
        if layer is None:
            raise Malformed(f"there is no layer {quote(ref.layer)}", ref.path)
        node = ref.node - (self.starts.get(ref.layer, 0) if ref.listed else 0)
        calls = len(self.written[ref.layer])
        if not 0 <= node < calls:
            times = "once" if calls == 1 else f"{calls} times"
            called = f"is called {times}" if calls else "is never called"
            message = f"output of call {ref.node} of layer {quote(ref.layer)}, which {called}"
            raise Malformed(message, ref.path)
        outputs = 1 if ref.layer in self.ends else MOST_TENSORS
        if layer.graph is not None:
            outputs = len(layer.graph.outputs)
        if ref.tensor >= outputs:
            message = f"output {ref.tensor} of {quote(ref.layer)}, which has fewer"
            raise Malformed(message, ref.path)
        return TensorRef(ref.layer, node, ref.tensor)

    def _node(self, node: WrittenNode) -> Node:
        if not node.keywords and len(node.arguments) == 1:  # as most layers are called
            (only,) = node.arguments
            if isinstance(only, Written):
                ref = self._resolved(only)
                return Node((ref,), (ref,), node.keywords, (only.shape,), node.path)
        written = [*tensors(node.arguments), *tensors(node.keywords)]
        return Node(
            tuple(self._resolved(ref) for ref in written),
            replaced(node.arguments, self._resolved),
            replaced(node.keywords, self._resolved),
            tuple(ref.shape for ref in written),
            node.path,
        )


# -- Sequential ------------------------------------------------------------------------------------


class _Sequential:
    """A list of layers, each called with what the one before gives."""

    def __init__(self, entries: Sequence[Any], path: Path, claims: Sequence[Claim]) -> None:
        self.entries, self.path, self.claims = entries, path, claims
        self.layers = _Layers()
        self.nodes: defaultdict[str, list[Node]] = defaultdict(list)
        self.inputs: list[Endpoint] = []

    def graph(self, name: str, class_name: str, path: Path) -> Graph:
        """Return the graph."""
        before: list[TensorRef] = []
        first = self.entries[0]
        if _bare(first["class_name"]) == "Merge" and isinstance(first["config"], dict):
            before = self._branches(first)
        for index, entry in enumerate(self.entries):
            where = (*self.path, index)
            layer = self.layers.read(entry, where)
            if not before and layer.class_name != "InputLayer":
                before = [self._implied(layer)]
            before = [self._called(layer, before)]
            if layer.class_name == "InputLayer" and index == 0:
                self.inputs.append(Endpoint("", before[0]))
        for layer_name, nodes in self.nodes.items():
            self.layers[layer_name] = replace(self.layers[layer_name], nodes=tuple(nodes))
        outputs = (Endpoint("", before[0]),)
        order = _order(self.layers)
        return Graph(
            name, class_name, self.layers, tuple(self.inputs), outputs, order, path,
            tuple(self.claims), self.layers.references,
        )  # fmt: skip

    def _called(self, layer: Layer, inputs: list[TensorRef]) -> TensorRef:
        """Add a layer, or another call of one that is listed before: Keras 1 shared them so."""
        known = self.layers.setdefault(layer.name, layer)
        same = known.class_name == layer.class_name and known.config == layer.config
        if known is not layer and (not same or known.implied or not layer.config):
            raise Malformed(f"two layers are called {quote(layer.name)}", layer.path)
        if layer.graph is not None and len(layer.graph.outputs) != 1:
            raise Malformed(f"model {quote(layer.name)} in a Sequential gives several outputs",
                            layer.path)  # fmt: skip
        given: Any = inputs[0] if len(inputs) == 1 else list(inputs)
        node = Node(
            tuple(inputs), (given,) if inputs else (), {}, (None,) * len(inputs), layer.path
        )
        self.nodes[layer.name].append(node)
        self.layers.count(len(inputs), layer.path)
        return TensorRef(layer.name, len(self.nodes[layer.name]) - 1, 0)

    def _implied(self, layer: Layer, index: int = 0) -> TensorRef:
        """Add the input layer that the file leaves out, with the shape that it tells elsewhere.

        Where the first layer is a model, `index` is that of the model's input.
        """
        shape = layer.batch_shape
        if shape is None and layer.graph is not None and index < len(layer.graph.inputs):
            shape = layer.graph.layers[layer.graph.inputs[index].tensor.layer].batch_shape
        for claim in (*self.claims, *layer.claims):
            if shape is None:
                shape = claim.shape
        config = {} if shape is None else {"batch_shape": list(shape)}
        name = f"{layer.name}_input"
        name = name if name not in self.layers else self.layers.numbered(name)
        self.layers[name] = Layer(name, "InputLayer", None, config, layer.path, implied=True)
        self.nodes[name].append(Node((), (), {}, (), layer.path))
        ref = TensorRef(name, 0, 0)
        self.inputs.append(Endpoint("", ref))
        return ref

    def _branches(self, merge: Mapping[str, Any]) -> list[TensorRef]:
        """Add the models that Keras 1 wrote into a Merge at the beginning; return their outputs."""
        listed = merge["config"].get("layers")
        found = []
        for number, entry in enumerate(listed if isinstance(listed, list) else ()):
            where = (*self.path, 0, "config", "layers", number)
            if not _is_entry(entry):
                raise Malformed("a branch has a class_name and a config", where)
            layer = self.layers.read(entry, where)
            count = len(layer.graph.inputs) if layer.graph is not None else 1
            given = [self._implied(layer, index) for index in range(count)]
            found.append(self._called(layer, given))
        return found
