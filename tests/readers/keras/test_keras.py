"""Keras' dialects, one hand-written model each, and what is said of broken files."""

from __future__ import annotations

import contextlib
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapecalc.readers.keras.graph import Claim, Graph, Malformed, NoLayers, TensorRef
from shapecalc.readers.keras.model import read_bytes
from shapecalc.readers.keras.walk import Flattened, flatten

Json = Any


def entry(kind: str, name: str | None = None, *nodes: Json, **config: Json) -> dict[str, Json]:
    """Return a layer as Keras writes it."""
    named = {} if name is None else {"name": name}
    made = {"class_name": kind, "config": named | config}
    return made | {"name": name, "inbound_nodes": list(nodes)} if name and nodes else made


def functional(
    layers: list[Json], inputs: Json, outputs: Json, kind: str = "Model"
) -> dict[str, Json]:
    """Return a functional model."""
    ends = {"input_layers": inputs, "output_layers": outputs}
    return {"class_name": kind, "config": {"name": "net", "layers": layers} | ends}


def inp(name: str, *shape: int | None, word: str = "batch_input_shape") -> dict[str, Json]:
    """Return an input layer of a functional model."""
    made = {"class_name": "InputLayer", "config": {"name": name, word: [None, *shape]}}
    return made | {"name": name, "inbound_nodes": []}


def tensor(name: str, node: int = 0, index: int = 0, *shape: int | None) -> dict[str, Json]:
    """Return a tensor of Keras 3."""
    config = {"shape": [None, *shape], "dtype": "float32", "keras_history": [name, node, index]}
    return {"class_name": "__keras_tensor__", "config": config}


def call(*args: Json, **kwargs: Json) -> dict[str, Json]:
    """Return a call of Keras 3."""
    return {"args": list(args), "kwargs": kwargs}


def read(model: Json) -> Graph:
    """Read a model given as data."""
    return read_bytes(json.dumps(model).encode()).graph


def edges(flat: Flattened) -> dict[str, list[str]]:
    """Return what each call takes: names, with the number of the call and the output if not 0."""
    used: dict[str, list[str]] = {}
    for one in flat.calls:
        name = one.name + (f"#{one.earlier}" if one.earlier else "")
        used[name] = [label(flat, t.call, t.output) for t in one.inputs]
    return used


def label(flat: Flattened, call: int, output: int) -> str:
    """Name an output of a call."""
    one = flat.calls[call]
    number = f"#{one.earlier}" if one.earlier else ""
    return one.name + number + (f":{output}" if output else "")


def walked(model: Json) -> dict[str, list[str]]:
    """Return the flattened connections of a model given as data."""
    return edges(flatten(read(model)))


def outputs(model: Json) -> list[str]:
    """Return the flattened outputs of a model given as data."""
    flat = flatten(read(model))
    return [label(flat, *t) for t in flat.outputs]


# -- Sequential ------------------------------------------------------------------------------------

CHAIN = [entry("Conv2D", "conv", filters=4), entry("Flatten", "flat")]
FIRST = [entry("Conv2D", "conv", filters=4, batch_input_shape=[None, 28, 28, 1]), CHAIN[1]]
INPUT = entry("InputLayer", "image", batch_shape=[None, 28, 28, 1])
BUILD = {"build_config": {"input_shape": [None, 28, 28, 1]}}


@pytest.mark.parametrize(
    ("model", "name", "implied"),
    [
        ({"class_name": "Sequential", "config": FIRST}, "conv_input", True),
        (FIRST, "conv_input", True),
        ({"class_name": "Sequential", "config": {"layers": FIRST}}, "conv_input", True),
        ({"name": "s", "layers": FIRST}, "conv_input", True),
        ({"class_name": "Sequential", "config": {"layers": [INPUT, *CHAIN]}}, "image", False),
        ({"class_name": "Sequential", "config": [INPUT, *CHAIN]}, "image", False),
        (
            {
                "class_name": "Sequential",
                "config": {"layers": CHAIN, "build_input_shape": [None, 28, 28, 1]},
            },
            "conv_input",
            True,
        ),
        (
            {
                "class_name": "Sequential",
                "config": {
                    "layers": CHAIN,
                    "build_input_shape": {"class_name": "TensorShape", "items": [None, 28, 28, 1]},
                },
            },
            "conv_input",
            True,
        ),
        ({"class_name": "Sequential", "config": {"layers": CHAIN}} | BUILD, "conv_input", True),
        (
            {"class_name": "Sequential", "config": {"layers": [CHAIN[0] | BUILD, CHAIN[1]]}},
            "conv_input",
            True,
        ),
    ],
)
def test_a_sequential_model_in_all_forms(model: Json, name: str, implied: bool) -> None:
    graph = read(model)
    assert walked(model) == {name: [], "conv": [name], "flat": ["conv"]}
    assert graph.layers[name].batch_shape == (None, 28, 28, 1)
    assert graph.layers[name].implied is implied
    assert [end.tensor for end in graph.inputs] == [TensorRef(name, 0, 0)]
    assert [end.tensor for end in graph.outputs] == [TensorRef("flat", 0, 0)]


def test_a_sequential_model_of_unknown_size() -> None:
    graph = read({"class_name": "Sequential", "config": {"layers": CHAIN}})
    assert graph.layers["conv_input"].batch_shape is None
    assert graph.layers["conv_input"].config == {}


def test_only_the_first_shape_of_a_sequential_model_counts() -> None:
    later = entry("Dense", "dense", units=2, batch_input_shape=[None, 16])
    graph = read({"class_name": "Sequential", "config": [*FIRST, later]})
    assert graph.layers["conv_input"].batch_shape == (None, 28, 28, 1)
    claims = graph.layers["dense"].claims
    assert [(c.what, c.shape) for c in claims] == [("batch_input_shape", (None, 16))]


def test_layers_without_names_get_some() -> None:
    layers = [entry("Conv2D"), entry("Conv2D"), entry("MaxPooling2D")]
    names = [*read({"class_name": "Sequential", "config": layers}).layers]
    assert names == ["conv2d_1_input", "conv2d_1", "conv2d_2", "max_pooling2d_1"]


def test_a_layer_twice_in_a_sequential_model_is_shared() -> None:
    dense = entry("Dense", "dense", units=8, batch_input_shape=[None, 8])
    model = {"class_name": "Sequential", "config": [dense, entry("ReLU", "relu"), dense]}
    assert walked(model) == {
        "dense_input": [],
        "dense": ["dense_input"],
        "relu": ["dense"],
        "dense#1": ["relu"],
    }


def test_models_of_keras_1_that_begin_with_a_merge() -> None:
    left = {
        "class_name": "Sequential",
        "config": [entry("Dense", "a", batch_input_shape=[None, 3])],
    }
    right = {
        "class_name": "Sequential",
        "config": [entry("Dense", "b", batch_input_shape=[None, 5])],
    }
    merge = entry("Merge", "merge", mode="concat", layers=[left, right])
    model = {"class_name": "Sequential", "config": [merge, entry("Dense", "out")]}
    assert walked(model) == {
        "sequential_1_input": [],
        "sequential_1/a": ["sequential_1_input"],
        "sequential_2_input": [],
        "sequential_2/b": ["sequential_2_input"],
        "merge": ["sequential_1/a", "sequential_2/b"],
        "out": ["merge"],
    }
    shapes = [read(model).layers[end.tensor.layer].batch_shape for end in read(model).inputs]
    assert shapes == [(None, 3), (None, 5)]


# -- functional ------------------------------------------------------------------------------------


def residual(node: Callable[..., Json]) -> list[Json]:
    """Return the layers of a small model, with calls written in some way."""
    return [
        inp("x", 8, 8, 3),
        entry("Conv2D", "conv", node("x")),
        entry("Add", "add", node("conv", "x")),
    ]


KERAS_1 = functional(
    residual(lambda *names: [[n, 0, 0] for n in names]), [["x", 0, 0]], [["add", 0, 0]]
)
KERAS_2 = functional(
    residual(lambda *names: [[n, 0, 0, {}] for n in names]), [["x", 0, 0]], [["add", 0, 0]]
)
KERAS_3 = functional(
    residual(lambda *n: call(tensor(*n) if len(n) == 1 else [tensor(m) for m in n])),
    ["x", 0, 0],
    ["add", 0, 0],
    "Functional",
)


@pytest.mark.parametrize("model", [KERAS_1, KERAS_2, KERAS_3], ids=["1", "2", "3"])
def test_a_functional_model_of_each_version(model: Json) -> None:
    assert walked(model) == {"x": [], "conv": ["x"], "add": ["conv", "x"]}
    assert outputs(model) == ["add"]
    assert [end.tensor.layer for end in read(model).inputs] == ["x"]


def one(*nodes: Json) -> Json:
    """Return a model of one layer that is called in some way with the tensors a and b."""
    layers = [inp("a", 4), inp("b", 4), entry("TFOpLambda", "op", *nodes)]
    return functional(layers, [["a", 0, 0], ["b", 0, 0]], [["op", 0, 0]], "Functional")


@pytest.mark.parametrize(
    ("node", "inputs", "arguments", "keywords"),
    [
        (["a", 0, 0, {"axis": 1}], ["a"], ("a",), {"axis": 1}),
        (
            ["a", 0, 0, {"y": ["b", 0, 0], "name": None}],
            ["a", "b"],
            ("a",),
            {"y": "b", "name": None},
        ),
        ([["_CONSTANT_VALUE", -1, 2.0, {}], ["b", 0, 0, {}]], ["b"], ([2.0, "b"],), {}),
        ([["a", 0, 0, {"training": False}]], ["a"], ("a",), {"training": False}),
        ([["a", 0, 0, {"p": [["b", 0, 0]]}]], ["a", "b"], ("a",), {"p": ["b"]}),
        ([["a", 0, 0, {"slices": ["c", 0, 0]}]], ["a"], ("a",), {"slices": ["c", 0, 0]}),
        ({"l": ["a", 0, 0, {}], "r": ["b", 0, 0, {}]}, ["a", "b"], ({"l": "a", "r": "b"},), {}),
        ([[["a", 0, 0, {}]], ["b", 0, 0, {}]], ["a", "b"], ([["a"], "b"],), {}),
        (call(tensor("a"), 2.0), ["a"], ("a", 2.0), {}),
        (call([tensor("a"), tensor("b")], axis=-1), ["a", "b"], (["a", "b"],), {"axis": -1}),
        (call(tensor("a"), value=tensor("b")), ["a", "b"], ("a",), {"value": "b"}),
        (call({"k": [tensor("b"), tensor("a")]}), ["b", "a"], ({"k": ["b", "a"]},), {}),
        (call(tensor("a"), tensor("a")), ["a", "a"], ("a", "a"), {}),
    ],
)
def test_the_ways_to_write_a_call(
    node: Json, inputs: list[str], arguments: Json, keywords: Json
) -> None:
    def named(value: Json) -> Json:
        if isinstance(value, TensorRef):
            return value.layer
        if isinstance(value, dict):
            return {key: named(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(map(named, value))
        return value

    (made,) = read(one(node)).layers["op"].nodes
    assert [ref.layer for ref in made.inputs] == inputs
    assert named(made.arguments) == arguments
    assert named(made.keywords) == keywords
    assert walked(one(node))["op"] == inputs


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        (["add", 0, 0], [""]),
        ([["add", 0, 0], ["conv", 0, 0]], ["", ""]),
        ([[["add", 0, 0]], ["conv", 0, 0]], ["", ""]),
        ({"y": ["add", 0, 0], "features": ["conv", 0, 0]}, ["features", "y"]),
        ({"y": [["add", 0, 0], ["conv", 0, 0]]}, ["y[0]", "y[1]"]),
    ],
)
def test_outputs_in_all_dialects(written: Json, keys: list[str]) -> None:
    model = json.loads(json.dumps(KERAS_3))
    model["config"]["output_layers"] = written
    assert [end.key for end in read(model).outputs] == keys


def test_shapes_that_keras_3_states() -> None:
    layers = [
        inp("x", 4, word="batch_shape"),
        entry("Dense", "d", call(tensor("x", 0, 0, 4)))
        | {"build_config": {"input_shape": [None, 4]}},
        entry("Dense", "e", call(tensor("d", 0, 0, 7)))
        | {"build_config": {"shapes_dict": {"a_shape": [None, 7], "b": [[2], [3, "x"]]}}},
    ]
    graph = read(functional(layers, ["x", 0, 0], ["e", 0, 0], "Functional"))
    assert graph.layers["e"].nodes[0].shapes == ((None, 7),)
    where = ("config", "layers", 1, "build_config", "input_shape")
    assert graph.layers["d"].claims == (Claim("build_config.input_shape", (None, 4), where),)
    assert [(c.what, c.shape) for c in graph.layers["e"].claims] == [
        ("build_config.shapes_dict.a_shape", (None, 7)),
        ("build_config.shapes_dict.b.0", (2,)),
    ]
    assert graph.layers["x"].batch_shape == (None, 4)


@pytest.mark.parametrize(
    ("written", "bare", "module"),
    [
        ("Conv2D", "Conv2D", None),
        ("keras.layers.Conv2D", "Conv2D", "keras.layers"),
        ("Custom>QDense", "QDense", "Custom"),
        ("my.package>Layer", "Layer", "my.package"),
        ("tf.Keras>my.Layer", "Layer", "tf.Keras>my"),
        ("TensorFlowOpLayer", "TensorFlowOpLayer", None),
        ("SlicingOpLambda", "SlicingOpLambda", None),
    ],
)
def test_class_names_without_their_modules(written: str, bare: str, module: str | None) -> None:
    layer = read([entry(written, "x")]).layers["x"]
    assert (layer.class_name, layer.module) == (bare, module)
    given = read([entry(written, "x") | {"module": "keras.src.ops.numpy"}]).layers["x"]
    assert (given.class_name, given.module) == (bare, "keras.src.ops.numpy")


def test_code_of_users_stays_text() -> None:
    marshalled = ["4wEAAAAAAAAAAQ==", None, None]
    layer = entry("Lambda", "twice", function=marshalled, function_type="lambda")
    assert read([layer]).layers["twice"].config["function"] == marshalled


# -- shared layers and models in models ------------------------------------------------------------


def siamese(first: int, listed: bool = True, kind: str = "Model") -> Json:
    """Return a model that calls another one twice, counting its calls from 0 or from 1."""
    node = (lambda *n: [list(n)]) if listed else (lambda *n: call(tensor(*n)))
    pair = (
        [["tower", first, 0], ["tower", first + 1, 0]]
        if listed
        else call([tensor("tower", first, 0), tensor("tower", first + 1, 0)])
    )
    dense = entry("Dense", "dense", node("in", 0, 0))
    tower = functional([inp("in", 4), dense], [["in", 0, 0]], [["dense", 0, 0]], kind)
    if kind == "Sequential":
        tower = {
            "class_name": kind,
            "config": [entry("Dense", "dense", batch_input_shape=[None, 4])],
        }
    tower |= {"name": "tower", "inbound_nodes": [node("a", 0, 0), node("b", 0, 0)]}
    layers = [inp("a", 4), inp("b", 4), tower, entry("Subtract", "diff", pair)]
    return functional(layers, [["a", 0, 0], ["b", 0, 0]], [["diff", 0, 0]], "Model")


@pytest.mark.parametrize("kind", ["Model", "Functional", "Sequential"])
@pytest.mark.parametrize(("first", "listed"), [(0, True), (1, True), (0, False)])
def test_a_shared_model_is_opened_at_each_call(kind: str, first: int, listed: bool) -> None:
    model = siamese(first, listed, kind)
    flat = flatten(read(model))
    assert edges(flat) == {
        "a": [],
        "b": [],
        "tower/dense": ["a"],
        "tower/dense#1": ["b"],
        "diff": ["tower/dense", "tower/dense#1"],
    }
    assert sum(c.earlier == 0 for c in flat.calls if c.layer.class_name == "Dense") == 1


def test_one_call_of_a_model_is_the_first_or_the_second() -> None:
    """Keras 3 counts from 1 where the model gives an output, and from 0 where others take it."""
    tower = functional(
        [inp("in", 4), entry("Dense", "dense", call(tensor("in")))], ["in", 0, 0], ["dense", 0, 0]
    )
    tower |= {"name": "tower", "inbound_nodes": [call(tensor("a")), call(tensor("relu"))]}
    relu = entry("ReLU", "relu", call(tensor("tower", 0)))
    ends = ["a", 0, 0], [["tower", 2, 0], ["relu", 0, 0]]
    model = functional([inp("a", 4), tower, relu], *ends, "Functional")
    assert walked(model)["tower/dense#1"] == ["relu"]
    assert outputs(model) == ["tower/dense#1", "relu"]


def test_a_shared_layer() -> None:
    dense = entry("Dense", "dense", [["a", 0, 0, {}]], [["b", 0, 0, {}]])
    add = entry("Add", "add", [["dense", 1, 0, {}], ["dense", 0, 0, {}]])
    model = functional(
        [inp("a", 4), inp("b", 4), dense, add], [["a", 0, 0], ["b", 0, 0]], [["add", 0, 0]]
    )
    assert walked(model)["add"] == ["dense#1", "dense"]
    assert [c.name for c in flatten(read(model)).calls if not c.earlier] == [
        "a",
        "b",
        "dense",
        "add",
    ]


def test_layers_of_one_object_in_two_models_are_one() -> None:
    dense = entry("Dense", "dense", units=2) | {"shared_object_id": 7}
    models = [
        {"class_name": "Sequential", "config": {"name": name, "layers": [dense]}} for name in "ab"
    ]
    calls = flatten(read({"class_name": "Sequential", "config": models})).calls
    assert [(c.name, c.earlier) for c in calls] == [("a_input", 0), ("a/dense", 0), ("b/dense", 1)]


def test_models_in_models_in_models() -> None:
    inner = {"class_name": "Sequential", "config": {"name": "in", "layers": [INPUT, *CHAIN]}}
    middle = {
        "class_name": "Sequential",
        "config": {"name": "mid", "layers": [inner, entry("ReLU", "r")]},
    }
    outer = {
        "class_name": "Sequential",
        "config": {"name": "out", "layers": [middle, entry("Dense", "d")]},
    }
    assert walked(outer) == {
        "mid_input": [],
        "mid/in/conv": ["mid_input"],
        "mid/in/flat": ["mid/in/conv"],
        "mid/r": ["mid/in/flat"],
        "d": ["mid/r"],
    }
    assert read(outer).layers["mid_input"].batch_shape == (None, 28, 28, 1)


@pytest.mark.parametrize(
    ("ends", "given"),
    [
        ({"p": ["p", 0, 0], "q": ["q", 0, 0]}, {"q": tensor("b"), "p": tensor("a")}),
        ([["p", 0, 0], ["q", 0, 0]], {"q": tensor("b"), "p": tensor("a")}),
        ([["p", 0, 0], ["q", 0, 0]], [tensor("a"), tensor("b")]),
        ({"p": ["p", 0, 0], "q": ["q", 0, 0]}, [tensor("a"), tensor("b")]),
        ([["p", 0, 0], ["q", 0, 0]], {"y": tensor("b"), "x": tensor("a")}),
    ],
)
def test_a_model_called_with_several_tensors(ends: Json, given: Json) -> None:
    layers = [inp("p", 4), inp("q", 4), entry("Subtract", "sub", call([tensor("p"), tensor("q")]))]
    inner = functional(layers, ends, [["sub", 0, 0], ["p", 0, 0]], "Functional")
    inner |= {"name": "inner", "inbound_nodes": [call(given, mask=None)]}
    last = entry("Add", "add", call([tensor("inner", 0, 0), tensor("inner", 0, 1)]))
    model = functional(
        [inp("a", 4), inp("b", 4), inner, last], [["a", 0, 0], ["b", 0, 0]], ["add", 0, 0]
    )
    assert walked(model)["inner/sub"] == ["a", "b"]
    assert walked(model)["add"] == ["inner/sub", "a"]


def test_several_outputs_of_a_layer() -> None:
    lstm = entry("LSTM", "lstm", call(tensor("x")), return_state=True)
    use = entry("Concatenate", "cat", call([tensor("lstm", 0, 2), tensor("lstm", 0, 0)]))
    flat = flatten(read(functional([inp("x", 5, 3), lstm, use], ["x", 0, 0], ["cat", 0, 0])))
    assert edges(flat)["cat"] == ["lstm:2", "lstm"]
    assert len(flat.calls[1].outputs) == 3


def test_calls_come_after_what_they_need() -> None:
    layers = [entry("ReLU", f"r{i}", [[f"r{i - 1}" if i else "x", 0, 0]]) for i in range(50)]
    model = functional([*reversed(layers), inp("x", 4)], [["x", 0, 0]], [["r49", 0, 0]])
    assert [*walked(model)] == ["x", *(f"r{i}" for i in range(50))]


# -- files -----------------------------------------------------------------------------------------


def archive(members: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip file."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", how) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return raw.getvalue()


TEXT = json.dumps(KERAS_2).encode()
YAML = b"""class_name: Sequential
keras_version: 2.1.6
config:
- class_name: Conv2D
  config:
    name: conv
    kernel_size: !!python/tuple [3, 3]
    batch_input_shape: !!python/tuple
    - null
    - 8
"""


@pytest.mark.parametrize(
    "raw",
    [
        TEXT,
        b"\xef\xbb\xbf" + TEXT,
        json.dumps(TEXT.decode()).encode(),
        json.dumps(json.dumps(TEXT.decode())).encode(),
        json.dumps({"modelTopology": {"model_config": KERAS_2}}).encode(),
        json.dumps({"modelTopology": KERAS_2}).encode(),
        json.dumps({"modelTopology": {"model_config": TEXT.decode()}}).encode(),
        json.dumps({"modelTopology": json.dumps(KERAS_2)}).encode(),
        archive({"config.json": TEXT, "metadata.json": b"{}"}),
        archive({"config.json": TEXT}, zipfile.ZIP_DEFLATED),
    ],
)
def test_one_model_in_every_wrapping(raw: bytes) -> None:
    model = read_bytes(raw)
    assert edges(flatten(model.graph)) == {"x": [], "conv": ["x"], "add": ["conv", "x"]}


@pytest.mark.usefixtures("parser")
def test_yaml_with_the_tags_of_python() -> None:
    model = read_bytes(YAML)
    assert model.graph.layers["conv_input"].batch_shape == (None, 8)
    assert model.graph.layers["conv"].config["kernel_size"] == [3, 3]
    assert model.keras_version == "2.1.6"
    assert model.place(model.graph.layers["conv"].path) == (4, 3)


def test_numbers_that_only_python_writes() -> None:
    text = json.dumps([entry("ReLU", "relu", max_value=float("inf"), slope=float("nan"))])
    config = read_bytes(text.encode()).graph.layers["relu"].config
    assert config["max_value"] == float("inf")
    assert config["slope"] != config["slope"]


def test_who_wrote_a_file() -> None:
    plain = read_bytes(
        json.dumps(KERAS_2 | {"keras_version": "2.2.4", "backend": "theano"}).encode()
    )
    assert (plain.keras_version, plain.backend) == ("2.2.4", "theano")
    zipped = read_bytes(
        archive({"config.json": TEXT, "metadata.json": b'{"keras_version": "3.1.0"}'})
    )
    assert zipped.keras_version == "3.1.0"
    weights = [{"weights": [{"name": "conv/kernel", "shape": [3, 3, 3, 3]}, {"name": 1}, 5]}, None]
    topology = {"model_config": KERAS_2, "keras_version": "tfjs-layers 4.2"}
    browser = read_bytes(
        json.dumps({"modelTopology": topology, "weightsManifest": weights}).encode()
    )
    assert browser.keras_version == "tfjs-layers 4.2"
    assert browser.weights == (("conv/kernel", (3, 3, 3, 3)),)


def test_places_are_lines_where_there_are_lines() -> None:
    model = read_bytes(json.dumps(KERAS_2, indent=2).encode())
    line, column = model.place(model.graph.layers["conv"].path) or (0, 0)
    assert json.dumps(KERAS_2, indent=2).split("\n")[line - 1][column - 1] == "{"
    assert '"Conv2D"' in json.dumps(KERAS_2, indent=2).split("\n")[line]
    assert read_bytes(TEXT).place(model.graph.layers["conv"].path) is None


# -- broken files ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "neither JSON nor YAML"),
        (b"hello", "neither JSON nor YAML"),
        (b"\xff\xfe", "not UTF-8"),
        (b"{", r"not JSON.*line 1, column 2"),
        (b"[1, 2]", "no model of Keras"),
        (b"{}", "class_name and a config"),
        (b'{"class_name": "Model", "class_name": "Model", "config": {}}', "twice|more than once"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}", "nested deeper"),
        (
            json.dumps({"class_name": "Model", "config": {"layers": [INPUT]}}).encode(),
            "input_layers",
        ),
        (json.dumps({"class_name": "Sequential", "config": [7]}).encode(), r"config\[0\]"),
        (b"PK\x03\x04" + bytes(100), "damaged archive"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "damaged HDF5"),
        (archive({"config.json": b"[" * 10}), r"not JSON.*config\.json"),
        (archive({"config.json": b" " * 40_000_000}, zipfile.ZIP_DEFLATED), "larger than"),
    ],
)
def test_files_that_are_no_model(raw: bytes, message: str) -> None:
    with pytest.raises(Malformed, match=message) as caught:
        read_bytes(raw)
    assert not isinstance(caught.value, NoLayers)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (json.dumps(entry("VAE", "vae", latent=2)).encode(), "VAE is a class of its own"),
        (json.dumps(entry("MLP", "mlp", layers=[64, 32])).encode(), "MLP is a class of its own"),
        (b'{"class_name": "Sequential", "config": []}', "without layers"),
        (archive({"data.pkl": b""}), r"without config\.json"),
        (b'{"modelTopology": {"node": []}}', "TensorFlow's operations"),
    ],
)
def test_files_that_tell_no_layers(raw: bytes, message: str) -> None:
    with pytest.raises(NoLayers, match=message):
        read_bytes(raw)


def broken(change: Callable[[Json], object], model: Json = KERAS_2) -> Json:
    """Return a model with a fault."""
    copy = json.loads(json.dumps(model))
    change(copy["config"])
    return copy


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda c: c["layers"].pop(1),
            r"no layer conv \(config.layers\[1\].inbound_nodes\[0\]\[0\]",
        ),
        (lambda c: c["layers"].append(c["layers"][1]), r"two layers are called conv .*layers\[3\]"),
        (lambda c: c["layers"][1].update(inbound_nodes=[[["add", 0, 0]]]), "conv waits for itself"),
        (
            lambda c: c["layers"][1].update(inbound_nodes=[[["conv", 0, 0]]]),
            "conv waits for itself",
        ),
        (
            lambda c: c["layers"][1].update(inbound_nodes=[[["x", 3, 0]]]),
            "call 3 of layer x, which is called once",
        ),
        (lambda c: c["layers"][1].update(inbound_nodes=[[["x", -1, 0]]]), "no output of a layer"),
        (lambda c: c["layers"][1].update(inbound_nodes=[[["x", 0, 2]]]), "output 2 of x"),
        (
            lambda c: c["layers"][1].update(inbound_nodes=[[["x", 0, 10**9]]]),
            "no output of a layer",
        ),
        (lambda c: c["layers"][1].update(inbound_nodes=[["x"]]), "x is no tensor"),
        (lambda c: c["layers"][1].update(inbound_nodes={"x": 1}), "list of calls"),
        (lambda c: c["layers"][1].update(inbound_nodes=[]), "conv, which is never called"),
        (lambda c: c["layers"][1].update(name=5), "5 is no name"),
        (lambda c: c["layers"][1].update(name="n" * 501), "more than 500"),
        (lambda c: c["layers"][1].update(class_name=None), "class_name and a config"),
        (lambda c: c["layers"][1].update(inbound_nodes=[{"args": 5}]), "list of arguments"),
        (
            lambda c: c["layers"][1].update(
                inbound_nodes=[{"args": [{"class_name": "__keras_tensor__", "config": {}}]}]
            ),
            "where it comes from",
        ),
        (
            lambda c: c.update(output_layers=[["gone", 0, 0]]),
            r"no layer gone \(config.output_layers\[0\]\)",
        ),
        (lambda c: c.update(output_layers="add"), "add is no input or output"),
        (lambda c: c.update(input_layers=[["conv", 0, 0]]), "conv is no input layer"),
    ],
)
def test_models_with_a_fault(change: Callable[[Json], object], message: str) -> None:
    with pytest.raises(Malformed, match=message):
        read(broken(change))


def test_a_circle_is_named_by_one_of_its_layers() -> None:
    """What only comes after the circle waits, too, and is not blamed."""
    layers = [
        entry("ReLU", "after", [["one", 0, 0]]),
        inp("x", 4),
        entry("Add", "one", [["x", 0, 0], ["two", 0, 0]]),
        entry("ReLU", "two", [["one", 0, 0]]),
    ]
    with pytest.raises(Malformed, match=r"layer (one|two) waits for itself"):
        read(functional(layers, [["x", 0, 0]], [["after", 0, 0]]))


def test_two_layers_of_one_name_in_a_sequential_model() -> None:
    same = [entry("Dense", "d", units=1), entry("Dense", "d", units=2)]
    with pytest.raises(Malformed, match="two layers are called d"):
        read(same)
    models = [{"class_name": "Sequential", "config": [layer], "name": "s"} for layer in same]
    with pytest.raises(Malformed, match="two layers are called s"):
        read(models)


@pytest.mark.slow
def test_a_layer_many_times_over() -> None:
    layer = entry("ReLU", "relu", max_value=6)
    assert len(read([layer] * 10_000).layers["relu"].nodes) == 10_000
    with pytest.raises(Malformed, match="more than 100,000 layers"):
        read([layer] * 100_001)


def test_a_fault_has_its_line() -> None:
    text = json.dumps(broken(lambda c: c["layers"].pop(1)), indent=1)
    with pytest.raises(Malformed, match="there is no layer conv") as caught:
        read_bytes(text.encode())
    line, _ = caught.value.place or (0, 0)
    assert "[" in text.split("\n")[line - 1]
    assert '"conv"' in text.split("\n")[line]


def test_a_model_called_with_too_few_tensors() -> None:
    inner = KERAS_2 | {"name": "inner", "inbound_nodes": [[["a", 0, 0], ["a", 0, 0]]]}
    model = functional([inp("a", 4), inner], [["a", 0, 0]], [["inner", 1, 0]])
    with pytest.raises(Malformed, match="inner is called with 2 tensors, but has 1 inputs"):
        walked(model)


@pytest.mark.slow
def test_models_that_double_at_every_level() -> None:
    """Each of 50 models calls the one inside twice: 2^50 calls."""
    model = {
        "class_name": "Sequential",
        "config": [entry("Dense", "d", batch_input_shape=[None, 4])],
    }
    for _ in range(50):
        inner = model | {"name": "m", "inbound_nodes": [[["x", 0, 0]], [["m", 0, 0]]]}
        model = functional([inp("x", 4), inner], [["x", 0, 0]], [["m", 1, 0]])
    with pytest.raises(Malformed, match=r"more than 100,000 calls|too large|nested deeper"):
        walked(model)


def test_a_doubling_that_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shapecalc.readers.keras.walk.MOST_STEPS", 20_000)
    model = functional([inp("x", 4)], [["x", 0, 0]], [["x", 0, 0]])
    for _ in range(40):
        inner = model | {"name": "m", "inbound_nodes": [[["x", 0, 0]], [["m", 0, 0]]]}
        model = functional([inp("x", 4), inner], [["x", 0, 0]], [["m", 1, 0]])
    with pytest.raises(Malformed, match="too large to be followed"):
        walked(model)


@pytest.mark.slow
def test_an_archive_of_zeros_takes_no_memory() -> None:
    raw = archive({"config.json": bytes(100_000_000)}, zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    with pytest.raises(Malformed, match="larger than"):
        read_bytes(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000_000


def test_an_archive_that_says_its_list_is_huge() -> None:
    raw = bytearray(archive({"config.json": TEXT}))
    end = raw.rindex(b"PK\x05\x06")
    raw[end + 12 : end + 16] = (1 << 30).to_bytes(4, "little")
    with pytest.raises(Malformed, match="too many members"):
        read_bytes(bytes(raw))


def test_an_archive_with_two_members_of_one_name() -> None:
    raw = archive({"config.json": TEXT, "config.jsom": b"{}"})
    with pytest.raises(Malformed, match="one name"):
        read_bytes(raw.replace(b"config.jsom", b"config.json"))


# -- mutations -------------------------------------------------------------------------------------

MODELS = [
    *(KERAS_1, KERAS_2, KERAS_3, siamese(1), siamese(0, False), siamese(1, True, "Sequential")),
    {"class_name": "Sequential", "config": {"layers": [INPUT, *CHAIN]}},
    one(["a", 0, 0, {"y": ["b", 0, 0]}]),
]
VALUES = [None, True, 0, -1, 1, 3, 10**30, 1.5, "", "x", "conv", "Sequential", "__keras_tensor__"]


def places(value: Json) -> list[tuple[Json, Json]]:
    """Return every container with every key."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = [(value, key) for key, _ in items]
    for container, key in list(found):
        if isinstance(container[key], dict | list):
            found += places(container[key])
    return found


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@given(st.data())
def test_mutated_models_are_read_or_refused(data: st.DataObject) -> None:
    model = json.loads(json.dumps(data.draw(st.sampled_from(MODELS))))
    other = data.draw(st.sampled_from(MODELS))
    for _ in range(data.draw(st.integers(1, 4))):
        found = places(model)
        if not found:
            break
        container, key = data.draw(st.sampled_from(found))
        how = data.draw(st.sampled_from(["value", "delete", "part", "wrap", "double"]))
        if how == "value":
            container[key] = data.draw(st.sampled_from(VALUES))
        elif how == "delete":
            del container[key]
        elif how == "part":
            donor, step = data.draw(st.sampled_from(places(json.loads(json.dumps(other)))))
            container[key] = donor[step]
        elif how == "wrap":
            container[key] = [container[key]]
        elif isinstance(container, list):
            container.append(json.loads(json.dumps(container[key])))
    said, calls = "", ()
    try:
        calls = flatten(read(model)).calls
    except Malformed as error:
        said = str(error)
    assert said.isprintable()
    for position, made in enumerate(calls):
        assert all(t.call < position for t in made.inputs)
        assert all(t.output < len(calls[t.call].outputs) for t in made.inputs)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.sampled_from(MODELS), st.floats(0, 1), st.binary(max_size=3))
def test_cut_and_spoilt_texts_are_read_or_refused(model: Json, where: float, junk: bytes) -> None:
    for raw in (json.dumps(model).encode(), archive({"config.json": json.dumps(model).encode()})):
        at = int(where * len(raw))
        for spoilt in (raw[:at], raw[:at] + junk + raw[at + len(junk) :]):
            with contextlib.suppress(Malformed):
                flatten(read_bytes(spoilt).graph)
