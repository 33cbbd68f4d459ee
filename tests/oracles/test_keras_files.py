"""Keras 3 as a second opinion on its own files: which layer is called with what.

Each model is saved as JSON, .keras and .h5. What is read is compared with Keras' own nodes, and,
with models inside models opened, with what runs: every call is watched while the model computes.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from shapecalc.checkpoints.hdf5 import HDF5File
from shapecalc.readers.keras.graph import Graph, TensorRef
from shapecalc.readers.keras.model import read, read_bytes
from shapecalc.readers.keras.walk import flatten

torch = pytest.importorskip("torch")
os.environ["KERAS_BACKEND"] = "torch"  # before Keras is imported
keras = pytest.importorskip("keras")
h5py = pytest.importorskip("h5py")

L = keras.layers

FORMS = ("json", "keras", "h5")


# -- models ----------------------------------------------------------------------------------------


def sequential() -> Any:
    stack = [L.Conv2D(4, 3), L.BatchNormalization(), L.ReLU(), L.Flatten(), L.Dense(3)]
    return keras.Sequential([keras.Input((8, 8, 3)), *stack])


def built_late() -> Any:
    model = keras.Sequential([L.Dense(4), L.Dropout(0.5), L.Dense(2)])
    model.build((None, 6))
    return model


def residual() -> Any:
    x = keras.Input((8, 8, 3), name="image")
    y = L.Conv2D(3, 3, padding="same")(x)
    return keras.Model(x, L.Add()([y, x]), name="residual")


def shared_layer() -> Any:
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    dense = L.Dense(5, name="shared")
    return keras.Model([a, b], L.Subtract()([dense(b), dense(a)]))


def back_and_forth() -> Any:
    x = keras.Input((4,))
    one, other = L.Dense(4, name="one"), L.Dense(4, name="other")
    return keras.Model(x, one(other(one(other(x)))))


def tower(name: str = "tower") -> Any:
    x = keras.Input((4,))
    return keras.Model(x, L.ReLU()(L.Dense(4)(x)), name=name)


def shared_model() -> Any:
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    inner = tower()
    mixed = L.Concatenate()([inner(b), inner(a)])
    return keras.Model([a, b], [inner(L.Dense(4)(mixed)), mixed])


def model_given_as_output() -> Any:
    x = keras.Input((4,))
    inner = tower()
    first = inner(x)
    return keras.Model(x, [first, inner(first)])


def sequential_inside() -> Any:
    x = keras.Input((4,))
    head = keras.Sequential([L.Dense(4), L.ReLU()], name="head")
    early = keras.Sequential([keras.Input((4,)), L.Dense(4)], name="early")
    return keras.Model(x, early(head(early(head(x)))))


def three_deep() -> Any:
    middle = keras.Sequential([tower("deep"), L.Dense(4)], name="middle")
    return keras.Sequential([keras.Input((4,)), middle, tower("beside"), L.Dense(2)])


def mappings() -> Any:
    a, b = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    total = L.Add(name="total")([a, b])
    return keras.Model({"l": a, "r": b}, {"z": total, "more": L.Dense(2)(total)})


def several_inputs_inside() -> Any:
    p, q = keras.Input((4,), name="p"), keras.Input((4,), name="q")
    inner = keras.Model([p, q], [L.Subtract()([q, p]), p], name="inner")
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    return keras.Model([a, b], L.Add()(inner([b, a])))


def mapping_inside() -> Any:
    p, q = keras.Input((4,), name="p"), keras.Input((4,), name="q")
    inner = keras.Model({"y": p, "x": q}, L.Subtract()([p, q]), name="inner")
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    return keras.Model([a, b], inner({"x": L.ReLU()(a), "y": b}))


def states() -> Any:
    x = keras.Input((5, 3))
    sequence, hidden, cell = L.LSTM(4, return_sequences=True, return_state=True)(x)
    second = L.LSTM(4)(sequence, initial_state=[hidden, cell])
    return keras.Model(x, L.Concatenate()([second, cell]))


def attention() -> Any:
    x, y = keras.Input((5, 8)), keras.Input((6, 8))
    return keras.Model([x, y], L.MultiHeadAttention(2, 4)(x, value=y, key=L.Dense(8)(y)))


def operations() -> Any:
    x = keras.Input((6, 4))
    y = keras.ops.mean(x * 2.0 + 1.0, axis=1, keepdims=True)
    z = keras.ops.concatenate([x[:, 1:3], y], axis=1)
    return keras.Model(x, keras.ops.matmul(z, keras.ops.transpose(z, (0, 2, 1))))


def wrappers() -> Any:
    steps = keras.Input((5, 8, 8, 3))
    each = L.TimeDistributed(L.Conv2D(2, 3))(steps)
    return keras.Model(steps, L.Bidirectional(L.GRU(3))(L.TimeDistributed(L.Flatten())(each)))


def mobile_net() -> Any:
    return keras.applications.MobileNetV2((32, 32, 3), weights=None, classes=5)


MODELS: list[Callable[[], Any]] = [
    sequential, built_late, residual, shared_layer, back_and_forth, shared_model,
    model_given_as_output, sequential_inside, three_deep, mappings, several_inputs_inside,
    mapping_inside, states, attention, operations, wrappers, mobile_net,
]  # fmt: skip


# -- what is read ----------------------------------------------------------------------------------


def stored(model: Any, form: str, folder: Path) -> Graph:
    """Save a model; return what is read of the file."""
    if form == "json":
        return read_bytes(model.to_json().encode()).graph
    path = folder / f"model.{form}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)
    with path.open("rb") as stream:
        return read(stream).graph


def ours(graph: Graph) -> list[tuple[str, tuple[str, ...]]]:
    """Return each call of a flattened graph: its layer, and where its inputs come from."""
    flat = flatten(graph)
    names = [made.layer.name for made in flat.calls]
    given = {t.call: f"input {i}" for i, t in enumerate(flat.inputs)}
    labels = [given.get(i, f"{name}") for i, name in enumerate(names)]
    return sorted(
        (made.layer.name, tuple(f"{labels[t.call]}:{t.output}" for t in made.inputs))
        for index, made in enumerate(flat.calls)
        if index not in given
    )


# -- what Keras does -------------------------------------------------------------------------------


class Watch:
    """Notes every call of a layer or operation that is no model, and where its inputs are from."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[str, ...]]] = []
        self.producers: dict[int, str] = {}
        self.kept: list[Any] = []  # so that no tensor's identity is used again
        self.layers: dict[int, Any] = {}
        self.inside = False

    def call(self, original: Callable[..., Any], layer: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a layer."""
        opened = isinstance(layer, keras.Model)
        if self.inside or opened or isinstance(layer, L.InputLayer):
            return original(layer, *args, **kwargs)
        given = [
            self.producers[id(t)] for t in self.tensors((args, kwargs)) if id(t) in self.producers
        ]
        self.inside = True
        try:
            result = original(layer, *args, **kwargs)
        finally:
            self.inside = False
        result = keras.tree.map_structure(lambda t: t.clone() if torch.is_tensor(t) else t, result)
        for index, tensor in enumerate(self.tensors(result)):
            self.note(tensor, f"{layer.name}:{index}")
        self.calls.append((layer.name, tuple(given)))
        self.layers[id(layer)] = layer
        return result

    def tensors(self, value: Any) -> list[Any]:
        """Return the tensors of a structure."""
        return [t for t in keras.tree.flatten(value) if torch.is_tensor(t)]

    def note(self, tensor: Any, producer: str) -> None:
        """Remember where a tensor comes from."""
        self.producers[id(tensor)] = producer
        self.kept.append(tensor)


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch all calls."""
    from keras.src.ops.operation import Operation

    watch = Watch()
    originals = {cls: cls.__call__ for cls in (Operation, L.Layer)}

    def patched(original: Callable[..., Any]) -> Callable[..., Any]:
        return lambda layer, *args, **kwargs: watch.call(original, layer, *args, **kwargs)

    for cls, original in originals.items():
        cls.__call__ = patched(original)
    try:
        yield watch
    finally:
        for cls, original in originals.items():
            cls.__call__ = original


def run(model: Any) -> Watch:
    """Run a model on zeros; return what was watched."""
    with watched() as watch:
        given = []
        for index, tensor in enumerate(model.inputs):
            given.append(torch.zeros((2, *tensor.shape[1:])))
            watch.note(given[-1], f"input {index}:0")
        functional = hasattr(model, "_inputs_struct")
        model(keras.tree.pack_sequence_as(model._inputs_struct, given) if functional else given[0])
    return watch


def nodes(model: Any) -> dict[str, list[list[TensorRef]]]:
    """Return what each operation of a functional model is called with, by Keras' own records."""
    kept: dict[int, tuple[str, int]] = {}
    found: dict[str, list[list[TensorRef]]] = {}
    own = {id(node) for depth in model._nodes_by_depth.values() for node in depth}
    for operation in model.operations:
        mine = [node for node in operation._inbound_nodes if id(node) in own]
        kept |= {id(node): (operation.name, index) for index, node in enumerate(mine)}
        found[operation.name] = []
    for operation in model.operations:
        for node in operation._inbound_nodes:
            if id(node) not in own:
                continue
            refs = []
            for tensor in node.input_tensors:
                producer, index, output = tensor._keras_history
                name, number = kept[id(producer._inbound_nodes[index])]
                refs.append(TensorRef(name, number, output))
            found[operation.name].append(refs)
    return found


# -- the comparison --------------------------------------------------------------------------------


@pytest.fixture(params=MODELS, ids=lambda build: build.__name__)
def model(request: pytest.FixtureRequest) -> Any:
    """Give each model."""
    keras.backend.clear_session()
    return request.param()


@pytest.mark.parametrize("form", FORMS)
def test_layers_and_connections_are_those_of_keras(model: Any, form: str, tmp_path: Path) -> None:
    graph = stored(model, form, tmp_path)
    assert graph.class_name == type(model).__name__
    read_layers = {n: x.class_name for n, x in graph.layers.items() if not x.implied}
    listed = model.operations if hasattr(model, "operations") else model._layers
    assert read_layers == {op.name: type(op).__name__ for op in listed}
    assert ours(graph) == sorted(run(model).calls)
    shapes = [graph.layers[end.tensor.layer].batch_shape for end in graph.inputs]
    assert shapes == [tuple(tensor.shape) for tensor in model.inputs]
    if hasattr(model, "_nodes_by_depth"):
        assert {
            name: [list(node.inputs) for node in layer.nodes]
            for name, layer in graph.layers.items()
        } == nodes(model)


def test_stated_shapes_are_those_that_keras_computes(model: Any, tmp_path: Path) -> None:
    if not hasattr(model, "_nodes_by_depth"):
        pytest.skip("only functional models state shapes of tensors")
    graph = stored(model, "keras", tmp_path)
    compared = 0
    for operation in model.operations:
        for node, made in zip(
            (
                n
                for n in operation._inbound_nodes
                if any(n in d for d in model._nodes_by_depth.values())
            ),
            graph.layers[operation.name].nodes,
            strict=True,
        ):
            assert list(made.shapes) == [tuple(t.shape) for t in node.input_tensors]
            compared += len(made.shapes)
    assert compared


def test_weights_count_once(model: Any) -> None:
    flat = flatten(read_bytes(model.to_json().encode()).graph)
    inputs = {tensor.call for tensor in flat.inputs}
    once = [c.layer.name for i, c in enumerate(flat.calls) if not c.earlier and i not in inputs]
    called = run(model).layers.values()
    assert sorted(once) == sorted(layer.name for layer in called)
    assert sum(layer.count_params() for layer in called if isinstance(layer, L.Layer)) == (
        model.count_params()
    )


@pytest.mark.parametrize("form", ["h5", "weights.h5"])
def test_datasets_and_attributes_are_those_of_h5py(model: Any, form: str, tmp_path: Path) -> None:
    path = tmp_path / f"model.{form}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (model.save if form == "h5" else model.save_weights)(path)
    wanted = {}
    with h5py.File(path) as file:

        def note(name: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset):
                wanted[name] = (item.shape, str(item.dtype))

        file.visititems(note)
        names = {key: [*map(str, file.attrs[key])] for key in file.attrs if key == "layer_names"}
        config = file.attrs.get("model_config")
    with path.open("rb") as stream:
        read_file = HDF5File(stream)
        assert {d.name: (d.shape, d.type) for d in read_file.datasets()} == wanted
        assert read_file.attribute("model_config") == config
        assert names == {} or list(read_file.attribute("layer_names") or ()) == names["layer_names"]
    assert len(wanted) >= len(model.weights)


def test_a_connection_that_is_wrong_is_noticed() -> None:
    keras.backend.clear_session()
    model = residual()
    text = model.to_json()
    assert ours(read_bytes(text.encode()).graph) == sorted(run(model).calls)
    history = '"keras_history": ["image", 0, 0]'
    first, second, rest = text.split(history)
    planted = first + history + second + history.replace("image", "conv2d") + rest
    assert ours(read_bytes(planted.encode()).graph) != sorted(run(model).calls)
