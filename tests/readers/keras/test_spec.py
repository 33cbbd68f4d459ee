"""Keras' layers in the spec language: kinds, names, counts, places; each model written by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shapecalc
from shapecalc import network
from shapecalc.executor.known_part import known_part
from shapecalc.readers import read_bytes, read_live
from shapecalc.tracing import Trace, known

Json = Any
NONE = None


def layer(
    class_name: str, name: str | None = None, *nodes: Json, **config: Json
) -> dict[str, Json]:
    """Return a layer as Keras 2 writes it; nodes are those of functional models."""
    made = {"class_name": class_name, "config": {"name": name or class_name.lower(), **config}}
    return made | {"name": made["config"]["name"], "inbound_nodes": list(nodes)}


def stack(*layers: Json, shape: Json = (None, 8, 8, 3)) -> Json:
    """Return a Sequential model."""
    first = layer("InputLayer", "image", batch_shape=list(shape))
    return {"class_name": "Sequential", "config": {"name": "net", "layers": [first, *layers]}}


def functional(*layers: Json, outputs: list[str], inputs: tuple[str, ...] = ("image",)) -> Json:
    """Return a functional model."""
    config = {
        "name": "net",
        "layers": list(layers),
        "input_layers": [[name, 0, 0] for name in inputs],
        "output_layers": [[name, 0, 0] for name in outputs],
    }
    return {"class_name": "Functional", "config": config}


def image(*shape: int | None, name: str = "image") -> Json:
    return layer("InputLayer", name, batch_input_shape=[None, *(shape or (8, 8, 3))])


def node(*names: str, **keywords: Json) -> Json:
    return [[name, 0, 0, keywords] for name in names]


def traced(model: Json, indent: int | None = None) -> Trace:
    """Return the trace of a model's JSON."""
    raw = json.dumps(model, indent=indent).encode()
    return shapecalc.trace(network.build(read_bytes(raw, "model.json")))


def rows(trace: Trace) -> dict[str, str]:
    """Return what each layer is."""
    return {record.name: record.summary for record in trace}


def codes(trace: Trace) -> list[str]:
    return [found.code for found in trace.diagnostics]


# -- dialects --------------------------------------------------------------------------------------

KERAS_1 = stack(
    layer("ZeroPadding2D", "pad", padding=[1, 1]),
    layer("Convolution2D", "conv", nb_filter=6, nb_row=3, nb_col=5, subsample=[2, 1], bias=False,
          border_mode="same", dim_ordering="tf", activation="relu", W_regularizer=None),
    layer("BatchNormalization", "norm", mode=0, axis=3, epsilon=1e-3),
    layer("MaxPooling2D", "pool", pool_size=[2, 2], strides=[2, 2], border_mode="valid"),
    layer("Dropout", "drop", p=0.25),
    layer("Flatten", "flat"),
    layer("Dense", "dense", output_dim=10, input_dim=None, activation="softmax"),
)  # fmt: skip
KERAS_2 = stack(
    layer("ZeroPadding2D", "pad", padding=[[1, 1], [1, 1]], data_format="channels_last"),
    layer("Conv2D", "conv", filters=6, kernel_size=[3, 5], strides=[2, 1], padding="same",
          use_bias=False, activation="relu", kernel_initializer={"class_name": "Zeros"}),
    layer("BatchNormalization", "norm", axis=[3], epsilon=1e-3, center=True, scale=True),
    layer("MaxPooling2D", "pool", pool_size=[2, 2], strides=None, padding="valid"),
    layer("Dropout", "drop", rate=0.25, seed=None, noise_shape=None),
    layer("Flatten", "flat", data_format="channels_last"),
    layer("Dense", "dense", units=10, use_bias=True, activation="softmax"),
)  # fmt: skip


@pytest.mark.parametrize("model", [KERAS_1, KERAS_2], ids=["1", "2"])
def test_one_network_in_the_words_of_two_versions(model: Json) -> None:
    trace = traced(model)
    volumes = {record.name: record.output for record in trace}
    assert volumes == {
        "pad": (10, 10, 3), "conv": (5, 10, 6), "conv/relu": (5, 10, 6), "norm": (5, 10, 6),
        "pool": (2, 5, 6), "drop": (2, 5, 6), "flat": (60,), "dense": (10,),
        "dense/softmax": (10,),
    }  # fmt: skip
    assert trace.totals.parameters == 3 * 5 * 3 * 6 + 2 * 6 + 60 * 10 + 10
    assert trace.totals.non_trainable == 2 * 6
    assert trace["conv/relu"].sources == ("conv",)
    assert trace["norm"].sources == ("conv/relu",)  # consumers take what comes behind
    assert list(trace.outputs) == ["dense/softmax"]
    assert (trace.name, codes(trace), trace.complete) == ("net", [], True)


@pytest.mark.parametrize(
    ("class_name", "config", "output"),
    [
        ("ZeroPadding2D", {"padding": [1, 2, 3, 4]}, (11, 15, 3)),
        ("ZeroPadding2D", {"padding": {"top_pad": 1, "right_pad": 4}}, (9, 12, 3)),
        ("AtrousConvolution2D", {"nb_filter": 4, "nb_row": 3, "nb_col": 3, "atrous_rate": [2, 2],
                                 "border_mode": "valid"}, (4, 4, 4)),
        ("Convolution2D", {"nb_filter": 4, "nb_row": 3, "nb_col": 3, "border_mode": "full"},
         (10, 10, 4)),
        ("AveragePooling2D", {"pool_size": [3, 3], "border_mode": "same"}, (3, 3, 3)),
        ("UpSampling2D", {"size": [2, 3], "dim_ordering": "tf"}, (16, 24, 3)),
        ("TimeDistributedDense", {"output_dim": 7}, (8, 8, 7)),
    ],
)  # fmt: skip
def test_layers_of_keras_1(class_name: str, config: Json, output: tuple[int, ...]) -> None:
    assert traced(stack(layer(class_name, **config))).output == output


@pytest.mark.parametrize(
    ("mode", "kind", "output"),
    [
        ("sum", "add", (8, 8, 3)), ("mul", "multiply", (8, 8, 3)), ("ave", "average", (8, 8, 3)),
        ("max", "maximum", (8, 8, 3)), ("concat", "concat", (8, 8, 6)),
    ],
)  # fmt: skip
def test_merges_of_keras_1(mode: str, kind: str, output: tuple[int, ...]) -> None:
    model = functional(
        image(), layer("Activation", "a", node("image"), activation="tanh"),
        layer("Merge", "m", node("a", "image"), mode=mode, concat_axis=-1), outputs=["m"],
    )  # fmt: skip
    trace = traced(model)
    assert (trace["m"].kind, trace["m"].sources, trace.output) == (kind, ("a", "image"), output)


# -- wiring ----------------------------------------------------------------------------------------


def test_a_layer_called_twice_has_its_weights_once() -> None:
    twice = layer("Dense", "d", node("a"), node("b"), units=4, activation="relu")
    model = functional(
        image(3, name="a"), image(3, name="b"), twice,
        layer("Add", "sum", [["d", 0, 0, {}], ["d", 1, 0, {}]]),
        inputs=("a", "b"), outputs=["sum"],
    )  # fmt: skip
    trace = traced(model)
    assert list(rows(trace)) == ["d", "d/relu", "d#2", "d#2/relu", "sum"]
    assert trace["d#2"].shares == "d"
    assert trace["sum"].sources == ("d/relu", "d#2/relu")
    assert (trace.totals.parameters, trace.totals.macs) == (3 * 4 + 4, 2 * 3 * 4)


def test_layers_of_a_model_inside_are_named_after_it() -> None:
    inner = stack(layer("Conv2D", "conv", filters=2, kernel_size=[3, 3]), layer("Flatten", "flat"))
    inner["config"]["name"] = "inner"
    assert list(rows(traced(stack(inner, layer("Dense", "d", units=1))))) == [
        "inner/conv", "inner/flat", "d",
    ]  # fmt: skip


def test_names_that_nothing_else_may_have_stay() -> None:
    names = ["loss", "input", "layer1/conv 1:0", "Ünïcode"]
    trace = traced(stack(*(layer("Activation", name, activation="relu") for name in names)))
    assert list(rows(trace)) == names


# -- fixed numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "shape", "what"),
    [
        (layer("Rescaling", scale=0.5, offset=-1), (None, 8, 8, 3), "scale weight=0.5 bias=-1"),
        (layer("Rescaling", scale=[0.5], offset=0), (None, 8, 8, 3), "scale weight=0.5"),
        (layer("Rescaling", scale=[1, 2, 4]), (None, 8, 8, 3), "scale weight=[1,2,4]"),
        (layer("Rescaling", scale=[1, 2, 4]), (None, 8, None, None), "scale weight=[1,2,4]"),
        # (x - 1)/2, (x - 2)/3, (x - 3)/4
        (layer("Normalization", axis=[-1], mean=[1, 2, 3], variance=[4, 9, 16]), (None, 8, 8, 3),
         "scale weight=[0.5,0.333333,0.25] bias=[-0.5,-0.666667,-0.75]"),
        (layer("Normalization", axis=3, mean=2, variance=4, invert=True), (None, 8, 8, 3),
         "scale weight=2 bias=2"),
        (layer("Normalization", axis=[1], mean=[1, 2], variance=[4, 9]), (None, 2, 8, 3),
         "operation Normalization"),
        (layer("Normalization", axis=-1, mean=None, variance=None), (None, 8, 8, 3),
         "operation Normalization"),
        (layer("Normalization", axis=-1, mean=[1, 2], variance=[-4, 9]), (None, 2),
         "operation Normalization"),
        (layer("Rescaling", scale=[1, 2]), (None, 8, 8, 3), "operation Rescaling"),
        (layer("Rescaling", scale=[True, False]), (None, 2), "operation Rescaling"),
        (layer("Rescaling", scale={"class_name": "__numpy__"}), (None, 2), "operation Rescaling"),
    ],
)  # fmt: skip
def test_fixed_numbers_are_a_scale(made: Json, shape: Json, what: str) -> None:
    trace = traced(stack(made, shape=shape))
    assert [record.summary for record in trace] == [what]
    assert not [code for code in codes(trace) if code.startswith("SC1")]
    if what.startswith("scale") and None not in shape[1:]:
        assert trace.layers[0].receptive_field == (1,) * (len(shape) - 2)


@pytest.mark.parametrize("module", [{"module": "keras.src.ops.numpy"}, {}])  # .h5 leaves it out
def test_arithmetic_with_numbers_is_a_scale(module: Json) -> None:
    """(2 - 0.5 * (x + 1)) / 4, and the sum of two tensors that are no list."""

    def done(what: str, name: str, *arguments: Json) -> Json:
        made = layer(what, name, {"args": list(arguments), "kwargs": {}})
        return {**made, "config": {"name": name}, **module}

    def of(name: str) -> Json:
        config = {"shape": [None, 8, 8, 3], "dtype": "float32", "keras_history": [name, 0, 0]}
        return {"class_name": "__keras_tensor__", "config": config}

    trace = traced(
        functional(
            image(),
            done("Add", "plus", of("image"), 1.0),
            done("Multiply", "half", 0.5, of("plus")),
            done("Subtract", "from", 2, of("half")),
            done("Divide", "part", of("from"), 4.0),
            done("Add", "sum", of("part"), of("plus")),
            outputs=["sum"],
        )
    )
    assert [record.summary for record in trace] == [
        "scale weight=false bias=1", "scale weight=0.5", "scale weight=-1 bias=2",
        "scale weight=0.25", "add",
    ]  # fmt: skip


# -- what has no kind ------------------------------------------------------------------------------


def operation(*layers: Json, shape: Json) -> Json:
    """Return the last layer's output, parameters and MACs."""
    trace = traced(stack(*layers, shape=shape))
    last = trace.layers[-1]
    return last.output, last.parameters, last.macs


@pytest.mark.parametrize(
    ("made", "shape", "expected"),
    [
        # 4 gates: (4 + 5)*5 weights and 5 biases each
        (layer("LSTM", units=5), (None, 10, 4), ((5,), 200, 10 * 180)),
        (layer("LSTM", output_dim=5, return_sequences=True), (None, 10, 4), ((10, 5), 200, 1800)),
        (layer("CuDNNLSTM", units=5), (None, 10, 4), ((5,), 220, 1800)),
        (layer("GRU", units=5, reset_after=True), (None, 10, 4), ((5,), 165, 1350)),
        (layer("GRU", units=5), (None, 10, 4), ((5,), 150, 1350)),
        (layer("SimpleRNN", units=5, use_bias=False), (None, 10, 4), ((5,), 45, 450)),
        (layer("Bidirectional", merge_mode="concat",
               layer=layer("LSTM", units=5, return_sequences=True)),
         (None, 10, 4), ((10, 10), 400, 3600)),
        (layer("Bidirectional", merge_mode="sum", layer=layer("GRU", units=5, reset_after=True)),
         (None, 10, 4), ((5,), 330, 2700)),
        (layer("Embedding", input_dim=50, output_dim=6), (None, 12), ((12, 6), 300, 0)),
        # 3*(4*6 + 6) and 6*4 + 4; the projections of 10 positions, and two products of 10*10*6
        (layer("MultiHeadAttention", num_heads=2, key_dim=3), (None, 10, 4),
         ((10, 4), 118, 10 * 4 * 24 + 2 * 10 * 10 * 6)),
        (layer("EinsumDense", equation="...x,xy->...y", output_shape=7, bias_axes="y"),
         (None, 5, 4), ((5, 7), 35, 5 * 4 * 7)),
        (layer("Normalization", axis=[-1], mean=None), (None, 8, 8, 3), ((8, 8, 3), 0, 0)),
        (layer("BatchNormalization", axis=1), (None, 6, 5, 4), ((6, 5, 4), 12, 0)),
        (layer("TimeDistributed", layer=layer("Conv2D", filters=2, kernel_size=[3, 3])),
         (None, 5, 8, 8, 3), ((5, 6, 6, 2), 56, 5 * 36 * 54)),
        (layer("TimeDistributed", layer=layer("Dense", units=7)), (None, 5, 4), ((5, 7), 35, 140)),
        (layer("TimeDistributed", layer=layer("LSTM", units=5)), (None, 3, 10, 4),
         ((3, 5), 200, 3 * 1800)),
        (layer("TimeDistributed", layer=stack(
            layer("Conv2D", filters=2, kernel_size=[3, 3], activation="relu"), layer("Flatten"),
            layer("Dense", units=3))),
         (None, 5, 8, 8, 3), ((5, 3), 56 + 219, 5 * (36 * 54 + 216))),
        (layer("RNN", cell=layer("LSTMCell", units=5)), (None, 10, 4), ((5,), 200, 1800)),
        # 8*12 + 12 values of a GRU of 4, behind it 3*(4*2 + 2*2 + 2*2) of one of 2
        (layer("RNN", return_sequences=True, cell=layer("StackedRNNCells", cells=[
            layer("GRUCell", units=4), layer("GRUCell", units=2, reset_after=True)])),
         (None, 10, 4), ((10, 2), 108 + 48, 10 * (96 + 36))),
        # 9 values for each of 4 gates of 4 filters, on 3 and on 4 slices
        (layer("ConvLSTM2D", filters=4, kernel_size=[3, 3], padding="same", return_sequences=True),
         (None, 5, 16, 16, 3), ((5, 16, 16, 4), 9 * 7 * 16 + 16, 5 * 256 * 9 * 7 * 16)),
        (layer("ConvLSTM1D", filters=2, kernel_size=[3], strides=[2], use_bias=False),
         (None, 5, 9, 3), ((4, 2), 3 * 5 * 8, 5 * 4 * 3 * 5 * 8)),
        (layer("SpectralNormalization", layer=layer("Conv2D", filters=8, kernel_size=[3, 3])),
         (None, 8, 8, 3), ((6, 6, 8), 224, 36 * 216)),
        (layer("AdditiveAttention"), (None, 10, 4), ((10, 4), 4, 10 * 10 * 8)),
        (layer("Attention", use_scale=True), (None, 10, 4), ((10, 4), 1, 10 * 10 * 8)),
        (layer("GroupedQueryAttention", head_dim=3, num_query_heads=4, num_key_value_heads=2),
         (None, 10, 4), ((10, 4), 2 * (48 + 24) + 12 + 12 + 4, 10 * 144 + 2 * 100 * 12)),
        (layer("CategoryEncoding", num_tokens=9, output_mode="one_hot"), (None, 1), ((9,), 0, 0)),
        (layer("CategoryEncoding", num_tokens=9, output_mode="one_hot"), (None, 4),
         ((4, 9), 0, 0)),
        (layer("CategoryEncoding", num_tokens=9), (None, 4), ((9,), 0, 0)),
        (layer("Discretization", bin_boundaries=[0.0, 1.0]), (None, 4), ((4,), 0, 0)),
        (layer("Discretization", bin_boundaries=[0.0, 1.0], output_mode="one_hot"), (None, 1),
         ((3,), 0, 0)),
        (layer("Hashing", num_bins=7, output_mode="multi_hot"), (None, 4), ((7,), 0, 0)),
        (layer("StringLookup", vocabulary_size=6, output_mode="count"), (None, 4), ((6,), 0, 0)),
        (layer("TextVectorization", output_sequence_length=20), (None, 1), ((20,), 0, 0)),
        (layer("RepeatVector", n=9), (None, 4), ((9, 4), 0, 0)),
        (layer("Resizing", height=4, width=6), (None, 8, 8, 3), ((4, 6, 3), 0, 0)),
        (layer("GaussianNoise", stddev=0.1), (None, 8, 8, 3), ((8, 8, 3), 0, 0)),
        (layer("Activation", activation="quantized_relu(4)"), (None, 9), ((9,), 0, 0)),
    ],
    ids=lambda value: value["class_name"] if isinstance(value, dict) else "",
)  # fmt: skip
def test_numbers_of_layers_without_a_kind(made: Json, shape: Json, expected: Json) -> None:
    assert operation(made, shape=shape) == expected


@pytest.mark.parametrize(
    ("shared", "shape", "kind", "slopes"),
    [
        (None, (5, 7, 3), "prelu", 5 * 7 * 3),
        ([1, 2], (5, 7, 3), "prelu", 3),
        ([2, 1], (None, None, 3), "prelu", 3),
        ([-3, 2], (5, 7, 3), "prelu", 3),
        ([1, 2, 3], (5, 7, 3), "prelu", 1),
        ([1], (9,), "prelu", 1),
        ([1], (5, 7, 3), "operation", 7 * 3),
        ([2], (5, 7, 3), "operation", 5 * 3),
        ([3], (5, 7, 3), "operation", 5 * 7),
        ([1, 3], (5, 7, 3), "operation", 7),
        ([1], (None, 7, 3), "operation", 7 * 3),
        ([2], (None, 7, 3), "operation", None),
        ([0, 1, 2], (5, 7, 3), "operation", None),  # the batch: Keras has no such layer
        ([7], (5, 7, 3), "operation", None),
        (["depth"], (5, 7, 3), "operation", None),
    ],
)
def test_slopes_are_shared_along_axes(
    shared: Json, shape: Json, kind: str, slopes: int | None
) -> None:
    trace = traced(stack(layer("PReLU", "prelu", shared_axes=shared), shape=(None, *shape)))
    assert (trace["prelu"].kind, trace["prelu"].parameters) == (kind, slopes)


def test_slopes_of_depth_first_files_are_shared_along_their_own_axes() -> None:
    first = {"filters": 4, "kernel_size": [3, 3], "data_format": "channels_first"}
    trace = traced(
        stack(
            layer("PReLU", "one", shared_axes=[2, 3]), layer("Conv2D", "conv", **first),
            layer("PReLU", "two", shared_axes=[1, 2]), shape=(None, 3, 8, 7),
        )
    )  # fmt: skip
    assert [record.parameters for record in trace] == [3, 9 * 3 * 4 + 4, 5]
    assert trace.output == (6, 5, 4)


@pytest.mark.parametrize(
    "kept",
    [
        layer("GaussianNoise", "kept", stddev=0.1), layer("Activation", "kept", activation="celu"),
        layer("BatchNormalization", "kept", axis=2), layer("Normalization", "kept", axis=1),
    ],
    ids=lambda value: value["class_name"],
)  # fmt: skip
@pytest.mark.parametrize("size", [8, None])
def test_what_keeps_its_volume_keeps_the_order_of_axes(kept: Json, size: int | None) -> None:
    conv = {"filters": 4, "kernel_size": [3, 3], "data_format": "channels_first"}
    trace = traced(stack(layer("Conv2D", "conv", **conv), kept, shape=(None, 3, size, 7)))
    assert trace["kept"].output == trace["conv"].output


def test_an_adapted_normalization_keeps_mean_variance_and_count() -> None:
    trace = traced(stack(layer("Normalization", axis=[-1]), shape=(None, 8, 8, 3)))
    assert (trace.totals.parameters, trace.totals.non_trainable) == (0, 7)


LSTM_8 = layer("LSTM", "lstm", units=8, return_sequences=True)


@pytest.mark.parametrize(
    ("before", "made", "shape", "parameters"),
    [
        # 4*((64 + 20)*20 + 20), as the totals that Keras prints
        (layer("Embedding", "e", input_dim=5000, output_dim=64),
         layer("LSTM", "last", units=20), (None,), 6800),
        (layer("Masking", "m"), layer("LSTM", "last", units=8), (None, 6), 480),
        (LSTM_8, layer("LSTM", "last", units=8), (None, 6), 544),
        (LSTM_8, layer("Bidirectional", "last", layer=layer("GRU", units=3, reset_after=True)),
         (None, 6), 2 * (8 * 9 + 3 * 9 + 18)),
        (layer("SpatialDropout1D", "s"), layer("GRU", "last", units=3), (None, 6), 90),
        (layer("Embedding", "e", input_dim=100, output_dim=16),
         layer("MultiHeadAttention", "last", num_heads=2, key_dim=8), (None,), 1088),
        (layer("Conv1D", "c", filters=8, kernel_size=[3], padding="causal"),
         layer("LSTM", "last", units=8), (None, 6), 544),
        (layer("RepeatVector", "r", n=5), layer("LSTM", "last", units=8), (6,), 480),
        (layer("GaussianNoise", "n"), layer("Conv2D", "last", filters=4, kernel_size=[3, 3]),
         (None, None, 5), 184),
        (layer("RandomFlip", "f"), layer("BatchNormalization", "last"), (None, None, 5), 10),
    ],
    ids=lambda value: value["class_name"] if isinstance(value, dict) else "",
)  # fmt: skip
def test_parameters_that_depend_on_the_depth_are_known_at_any_length(
    before: Json, made: Json, shape: Json, parameters: int
) -> None:
    trace = traced(stack(before, made, shape=(None, *shape)))
    assert trace["last"].parameters == parameters
    assert trace.output is not None
    assert trace.output[-1] is not None


def test_a_normalized_kernel_keeps_a_vector() -> None:
    wrapped = layer("Conv2D", filters=8, kernel_size=[3, 3], activation="relu")
    trace = traced(stack(layer("SpectralNormalization", "sn", layer=wrapped)))
    assert (trace.totals.parameters, trace.totals.non_trainable) == (224, 8)
    assert list(rows(trace)) == ["sn", "sn/relu"]


def test_a_frozen_layer_in_a_model_in_a_layer_leaves_its_parameters_unknown() -> None:
    model = stack(layer("Dense", "d", units=3, trainable=False), shape=(None, 4))
    trace = traced(stack(layer("TimeDistributed", layer=model), shape=(None, 5, 4)))
    assert trace.layers[-1].parameters is None


def test_verify_asks_for_the_size_that_a_sequential_model_leaves_out() -> None:
    layers = [layer("Conv2D", "c", filters=2, kernel_size=[3, 3]), layer("Flatten", "f")]
    trace = traced({"class_name": "Sequential", "config": {"name": "net", "layers": layers}})
    with pytest.raises(shapecalc.SpecError) as caught:
        known_part(known(trace))
    assert ["--input" in (found.hint or "") for found in caught.value.diagnostics] == [True]


def test_classes_of_others_are_operations_whatever_their_names() -> None:
    own = layer("Conv2D", "own", filters=4, kernel_size=[3, 3]) | {"module": "my.layers"}
    code = layer("Lambda", "code", function=["4wEAAAAAAAAA", None, None], function_type="lambda")
    trace = traced(stack(own, code, layer("Dense", "d", units=2)))
    assert rows(trace) | {"d": ""} == {
        "own": "operation Conv2D",
        "code": "operation Lambda",
        "d": "",
    }
    assert trace["own"].parameters is None
    assert trace["code"].parameters == 0
    assert not trace.complete
    assert codes(trace).count("SC602") == 2


def test_a_volume_that_the_file_states_goes_on() -> None:
    def tensor(name: str, *shape: int) -> Json:
        config = {"shape": [None, *shape], "dtype": "float32", "keras_history": [name, 0, 0]}
        return {"class_name": "__keras_tensor__", "config": config}

    def called(name: str, *shape: int) -> Json:
        return {"args": [tensor(name, *shape)], "kwargs": {}}

    model = functional(
        image(), layer("Lambda", "code", called("image", 8, 8, 3)),
        layer("Conv2D", "conv", called("code", 4, 4, 9), filters=2, kernel_size=[3, 3]),
        outputs=["conv"],
    )  # fmt: skip
    trace = traced(model)
    assert (trace["code"].output, trace.output) == ((4, 4, 9), (2, 2, 2))
    assert codes(trace)[0] == "SC601"


TFOP = "TFOpLambda"


@pytest.mark.parametrize(
    ("made", "kind", "output"),
    [
        (layer(TFOP, "op", ["image", 0, 0, {"y": 2.0}], function="math.multiply"), "scale",
         (8, 8, 4)),
        (layer(TFOP, "op", [["_CONSTANT_VALUE", -1, 3, {"y": ["image", 0, 0]}]],
               function="math.subtract"), "scale", (8, 8, 4)),
        (layer(TFOP, "op", ["image", 0, 0, {}], function="nn.relu6"), "relu6", (8, 8, 4)),
        (layer(TFOP, "op", ["image", 0, 0, {"shape": [-1, 64, 4]}], function="reshape"),
         "reshape", (64, 4)),
        (layer(TFOP, "op", ["image", 0, 0, {"perm": [0, 3, 1, 2]}],
               function="transpose"), "transpose", (4, 8, 8)),
        (layer(TFOP, "op", ["image", 0, 0, {"axis": [1, 2], "keepdims": True}],
               function="math.reduce_mean"), "global_avg_pool", (1, 1, 4)),
        (layer(TFOP, "op", ["image", 0, 0, {"axis": 1}], function="expand_dims"), "reshape",
         (1, 8, 8, 4)),
        (layer("SlicingOpLambda", "op", ["image", 0, 0, {"slice_spec": [
            {"start": None, "stop": None, "step": None}, {"start": 2, "stop": None, "step": None},
        ]}], function="__operators__.getitem"), "slice", (6, 8, 4)),
        (layer(TFOP, "op", ["image", 0, 0, {}], function="image.adjust_gamma"), "operation", None),
    ],
    ids=lambda value: value["config"].get("function", "") if isinstance(value, dict) else "",
)  # fmt: skip
def test_operations_of_tensorflow(made: Json, kind: str, output: Json) -> None:
    trace = traced(functional(image(8, 8, 4), made, outputs=["op"]))
    assert (trace["op"].kind, trace.output) == (kind, output)


# -- axes ------------------------------------------------------------------------------------------


def test_depth_first_files_are_turned() -> None:
    first = {"data_format": "channels_first"}
    trace = traced(
        stack(
            layer("Activation", "tanh", activation="tanh"),
            layer("Conv2D", "conv", filters=6, kernel_size=[3, 3], padding="same", **first),
            layer("BatchNormalization", "norm", axis=1),
            layer("ZeroPadding2D", "pad", padding=[[1, 0], [0, 0]], **first),
            layer("Reshape", "flat", target_shape=[6, -1]),
            layer("Permute", "turned", dims=[2, 1]),
            shape=(None, 3, 8, 5),
        )
    )
    assert [record.output for record in trace] == [
        (8, 5, 3), (8, 5, 6), (8, 5, 6), (9, 5, 6), (6, 45), (45, 6),
    ]  # fmt: skip
    assert trace.totals.parameters == 9 * 3 * 6 + 6 + 12
    assert trace.inputs == {"image": (8, 5, 3)}


def test_a_layer_that_takes_the_depth_from_the_wrong_end_does_so_here() -> None:
    """A pool without data_format in a depth first network pools the depth and the height."""
    trace = traced(
        stack(
            layer("Conv2D", "conv", filters=6, kernel_size=[1, 1], data_format="channels_first"),
            layer("MaxPooling2D", "pool", pool_size=[2, 2], data_format="channels_last"),
            shape=(None, 3, 8, 5),
        )
    )
    assert trace["conv"].output == (8, 5, 6)
    assert trace.output == (3, 4, 5)  # as Keras prints it: depth, height, width


def test_a_document_with_other_inputs_is_worked_out_for_them() -> None:
    built = {"build_config": {"input_shape": [None, 8, 8, 3]}}
    model = stack(
        layer("GaussianNoise", "noise") | built, layer("Reshape", "rest", target_shape=[-1, 3])
    )
    document = read_bytes(json.dumps(model).encode(), "model.json")
    assert shapecalc.trace(network.build(document)).output == (64, 3)
    other = shapecalc.trace(network.build(document, inputs={"image": (4, 5, 3)}))
    assert (other["noise"].output, other.output) == ((4, 5, 3), (20, 3))
    assert other.complete


def test_sizes_that_a_file_leaves_open_can_be_given() -> None:
    model = stack(
        layer("Conv2D", "conv", filters=6, kernel_size=[3, 3], padding="same"),
        layer("GlobalAveragePooling2D", "pool"), layer("Dense", "d", units=2),
        shape=(None, None, None, 3),
    )  # fmt: skip
    trace = traced(model)
    assert (trace["conv"].output, trace.output) == ((None, None, 6), (2,))
    assert (trace.totals.parameters, trace.totals.macs) == (168 + 14, None)
    assert codes(trace) == ["SC604"]
    sized = shapecalc.trace(trace.spec, inputs="8x8x3")
    assert sized.totals.macs == 8 * 8 * 27 * 6 + 12


@pytest.mark.parametrize("shape", [(None, 8, 8, 3), (None, None, None, 3), None])
@pytest.mark.parametrize(
    ("given", "hint"),
    [("9x9", "9x9x"), ("1x9x9x3", "9x9x3"), ("9", "9x"), ([2, None, 9, 3], "?x9x3")],
)
def test_a_given_size_with_other_axes_is_refused(shape: Json, given: Json, hint: str) -> None:
    conv = layer("Conv2D", "conv", filters=6, kernel_size=[3, 3])
    bare = {"class_name": "Sequential", "config": {"name": "net", "layers": [conv]}}
    trace = traced(bare if shape is None else stack(conv, shape=shape))
    with pytest.raises(shapecalc.SpecError, match="height x width x depth") as caught:
        shapecalc.trace(trace.spec, inputs=given)
    (found,) = caught.value.diagnostics
    assert hint in found.hint
    offered = found.hint.rpartition(" ")[2]
    assert shapecalc.trace(trace.spec, inputs=offered)["conv"].output is not None


def test_what_has_no_kind_is_known_as_far_as_open_sizes_let_it() -> None:
    sequence = traced(
        stack(
            layer("Embedding", "words", input_dim=50, output_dim=6),
            layer("Dense", "d", units=4),
            layer("LSTM", "lstm", units=5, return_sequences=True),
            layer("GRU", "gru", units=3),
            layer("Dense", "out", units=2),
            shape=(None, None),
        )
    )
    assert sequence["lstm"].parameters == 4 * (4 + 5 + 1) * 5
    assert (sequence["gru"].output, sequence.output) == ((3,), (2,))
    assert sequence.totals.parameters == 300 + 28 + 200 + 3 * (5 + 3 + 1) * 3 + 8
    picture = traced(
        stack(
            layer("Normalization", "norm", axis=[-1], mean=None),
            layer("Conv2D", "conv", filters=4, kernel_size=[3, 3]),
            shape=(None, None, None, 3),
        )
    )
    assert picture.totals.parameters == 112
    assert picture.output == (None, None, 4)


# -- places and claims -----------------------------------------------------------------------------


def line_of(model: Json, text: str) -> int:
    lines = json.dumps(model, indent=1).splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.mark.parametrize(
    ("model", "key"),
    [
        (stack(layer("Conv2D", filters=-7, kernel_size=[3, 3])), '"filters": -7'),
        (stack(layer("Convolution2D", nb_filter=0, nb_row=3, nb_col=3)), '"nb_filter": 0'),
    ],
    ids=["2", "1"],
)
def test_a_fault_points_to_its_line(model: Json, key: str) -> None:
    (found,) = traced(model, indent=1).diagnostics
    assert (found.code, found.line) == ("SC104", line_of(model, key))
    (alone,) = traced(model).diagnostics  # in one line, the name is what helps
    assert (alone.line, alone.where) == (None, model["config"]["layers"][1]["config"]["name"])


def test_a_false_claim_points_to_who_makes_it() -> None:
    model = stack(
        layer("Conv2D", "conv", filters=6, kernel_size=[3, 3]),
        layer("ReLU", "relu") | {"build_config": {"input_shape": [None, 6, 6, 7]}},
    )
    (found,) = traced(model, indent=1).diagnostics
    assert found.code == "SC301"
    assert "6x6x7" in found.message
    assert "6x6x6" in found.message
    assert found.line == line_of(model, '"input_shape"')


def test_a_file_that_says_two_things_is_wrong_in_one() -> None:
    model = stack(
        layer("ReLU", "relu") | {"build_config": {"input_shape": [None, 8, 8, 4]}},
    )
    (found,) = traced(model, indent=1).diagnostics
    assert (found.code, found.line) == ("SC301", line_of(model, '"input_shape"'))
    assert "8x8x4" in found.message
    assert "8x8x3" in found.message


# -- files that are not what they should be --------------------------------------------------------


def test_a_damaged_file_is_one_finding_with_its_place() -> None:
    model = stack(layer("Conv2D", "conv", filters=6, kernel_size=[3, 3]))
    text = json.dumps(model, indent=1)
    del model["config"]["layers"][1]["class_name"]
    for raw, line in ((text[:-30], None), (json.dumps(model, indent=1), 11)):
        trace = shapecalc.trace(network.build(read_bytes(raw.encode(), "model.json")))
        (found,) = trace.diagnostics
        assert (found.code, trace.complete) == ("SC603", False)
        assert found.line is not None
        assert line is None or found.where == "config.layers[1]"


@pytest.mark.parametrize(
    "model",
    [
        {"class_name": "VAE", "config": {"latent": 2}},
        {"class_name": "Sequential", "config": {"layers": []}},
    ],
)
def test_a_model_that_tells_no_layers_is_said_to_be_one(model: Json) -> None:
    document = read_bytes(json.dumps(model).encode(), "model.json")
    (found,) = shapecalc.trace(network.build(document)).diagnostics
    assert found.code == "SC101"
    assert "layers" in found.message
    assert not document.is_spec  # in a folder it is skipped


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        ('{"input": 8, "layers": [{"class_name": "Dense", "config": {"units": 3}}]}', "spec"),
        ('{"class_name": 3, "input": 8, "layers": ["relu"]}', "spec"),
        ("class_name: of a text\nand: more", "spec"),
        ('# notes\n"class_name": the class', "spec"),
        ('{"cells": [{"source": ["\\"class_name\\": 1"]}], "nbformat": 4}', "spec"),
        ('{"layers": [{"class_name": "Dense", "config": {"units": 3}}]}', "keras"),
        ('"{\\"class_name\\": \\"Sequential\\", \\"config\\": []}"', "keras"),
        ("class_name: Sequential\nconfig:\n- class_name: Dense\n  config: {units: 3}\n", "keras"),
    ],
)
def test_only_models_are_taken_for_models(text: str, format_: str) -> None:
    assert read_bytes(text.encode(), "some.json").format == format_


# -- live models -----------------------------------------------------------------------------------


class Live:
    """What a model of Keras has."""

    def __init__(self, text: Any) -> None:
        self.text = text

    def get_config(self) -> Any:
        return {}

    def to_json(self) -> Any:
        if isinstance(self.text, Exception):
            raise self.text
        return self.text


def test_a_live_model_is_traced() -> None:
    assert shapecalc.trace(Live(json.dumps(KERAS_2))).output == (10,)
    assert read_live({}) is None
    with pytest.raises(TypeError, match="not a int"):
        shapecalc.trace(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", [NotImplementedError("no get_config"), "{}", None, "[1"])
def test_a_live_model_that_cannot_be_written_is_a_finding(text: Any) -> None:
    (found,) = shapecalc.trace(Live(text)).diagnostics
    assert found.severity == "error"


# -- hostile files ---------------------------------------------------------------------------------

VALUES = st.sampled_from(
    [None, True, 0, -1, 3, 10**30, 2**63, 1.5, "", "same", "channels_first", [], [1, 2], {},
     [[1, 1], [2, 2]], {"class_name": "Dense", "config": {"units": 3}}]
)  # fmt: skip
MODELS = [
    KERAS_1,
    functional(
        image(8, 8, 4),
        layer(TFOP, "op", ["image", 0, 0, {"axis": [1]}], function="math.reduce_max"),
        layer("Concatenate", "join", node("op", "op"), axis=-1),
        layer("MultiHeadAttention", "mha", node("join"), num_heads=2, key_dim=3),
        layer("Bidirectional", "bi", node("mha"), layer=layer("LSTM", units=5)),
        outputs=["bi"],
    ),
    stack(
        layer("Conv2D", "conv", filters=6, kernel_size=[3, 3], data_format="channels_first"),
        layer("Permute", "turned", dims=[2, 3, 1]), layer("Reshape", "flat", target_shape=[-1, 6]),
        layer("TimeDistributed", "td", layer=layer("Dense", units=7)),
    ),
]  # fmt: skip


def places(value: Json) -> list[tuple[Json, Json]]:
    """Return every place of a value in a container."""
    found: list[tuple[Json, Json]] = []
    waiting = [value]
    while waiting:
        container = waiting.pop()
        pairs = container.items() if isinstance(container, dict) else enumerate(container)
        for key, inner in pairs:
            found.append((container, key))
            if isinstance(inner, dict | list):
                waiting.append(inner)
    return found


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutated_models_are_traced_without_an_exception(data: st.DataObject) -> None:
    model = json.loads(json.dumps(data.draw(st.sampled_from(MODELS))))
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(model)))
        if key in container or isinstance(container, list):
            container[key] = json.loads(json.dumps(data.draw(VALUES)))
    trace = traced(model)
    assert trace.diagnostics is not None
    json.dumps(trace.to_dict())
