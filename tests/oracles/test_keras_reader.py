"""Keras 3 as a second opinion on models that it wrote: every volume, every count.

Models are saved as JSON, .keras and .h5, and given live; what Keras says of its own layers is what
is expected. Its total of parameters is ours and the values that are not trained.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import shapecalc
from shapecalc.executor import run
from shapecalc.tracing import Trace

torch = pytest.importorskip("torch")
os.environ["KERAS_BACKEND"] = "torch"  # before Keras is imported
keras = pytest.importorskip("keras")
h5py = pytest.importorskip("h5py")

L, ops = keras.layers, keras.ops

Volume = tuple[int | None, ...]


# -- what Keras says -------------------------------------------------------------------------------


def shapes(layer: Any) -> list[Volume]:
    """Return the shapes that a layer gives, without the batch."""
    outputs = layer.output if isinstance(layer.output, list | tuple) else [layer.output]
    return [tuple(output.shape)[1:] for output in outputs]


def same(ours: Volume | None, theirs: Volume, first: bool) -> bool:
    """Say whether volumes are the same; Keras leaves some sizes open that follow from others."""
    if first and len(theirs) > 1:
        theirs = (*theirs[1:], theirs[0])
    return ours is not None and len(ours) == len(theirs) and all(
        a == b or b is None for a, b in zip(ours, theirs, strict=True)
    )  # fmt: skip


def layers(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every layer under the name that it has in a report."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from layers(layer, f"{prefix}{layer.name}/")
        else:
            yield f"{prefix}{layer.name}", layer


def values(weights: Any) -> int:
    return sum(prod(weight.shape) for weight in weights)


def learned(counts: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Return what is trained and what is not, as Keras counts it: frozen parameters are not."""
    parameters, statistics = counts["parameters"], counts["non_trainable"]
    frozen = counts.get("frozen", 0)
    if None in (parameters, statistics, frozen):
        return None, None
    return parameters - frozen, statistics + frozen


def differences(model: Any, trace: Trace) -> list[str]:
    """Return where a trace is not what Keras says of a model."""
    found = []
    totals = trace.totals
    ours = learned(totals)
    theirs = (values(model.trainable_weights), values(model.non_trainable_weights))
    if ours != theirs:
        found.append(f"totals {ours}, not {theirs}")
    first = model.name.startswith("depth_first")
    for name, layer in layers(model):
        inner_input = isinstance(layer, L.InputLayer) and "/" in name
        if inner_input:
            continue  # gives way to what the model is called with
        volume = trace[name].output if name in trace else trace.inputs.get(name)
        if not same(volume, shapes(layer)[0] or (1,), first):
            found.append(f"{name} {volume}, not {shapes(layer)[0]}")
        if name in trace and trace[name].shares is None:
            counted = learned({key: getattr(trace[name], key) for key in totals})
            stored = values(layer.trainable_weights), values(layer.non_trainable_weights)
            if counted != stored:
                found.append(f"{name} has {counted}, not {stored}")
    is_open = any(None in (volume or ()) for volume in trace.inputs.values())
    if not trace.complete and not is_open:  # MACs depend on the length
        found.append(f"not complete: {[d.message for d in trace.diagnostics]}")
    return found


# -- models ----------------------------------------------------------------------------------------


def image(*more: int) -> Any:
    return keras.Input(more or (9, 9, 4), name="image")


def plain() -> Any:
    x = image()
    y = L.Conv2D(6, (3, 2), strides=(2, 1), padding="same", use_bias=False, activation="relu")(x)
    y = L.DepthwiseConv2D(3, depth_multiplier=2, dilation_rate=2, padding="same")(y)
    y = L.BatchNormalization()(y)
    y = L.MaxPooling2D(2)(y)
    y = L.Conv2D(8, 1, groups=4, activation=L.LeakyReLU(0.1))(y)
    y = L.AveragePooling2D(2, padding="same")(y)
    y = L.UpSampling2D((2, 1))(y)
    y = L.ZeroPadding2D(((1, 0), (2, 1)))(y)
    y = L.Cropping2D(((1, 0), (0, 1)))(y)
    y = L.SpatialDropout2D(0.1)(L.GaussianNoise(0.1)(y))
    y = L.Dense(5, activation="softmax")(L.Dropout(0.2)(L.Flatten()(y)))
    return keras.Model(x, y, name="plain")


def along_axes() -> Any:
    x = image()
    y = L.Dense(7, activation="gelu")(x)
    y = L.LayerNormalization()(y)
    y = L.BatchNormalization(axis=1)(y)
    y = L.BatchNormalization(scale=False)(L.BatchNormalization(center=False)(y))
    y = L.LayerNormalization(axis=[1, 2, 3])(y)
    y = L.Concatenate(axis=1)([y, y])
    y = L.Softmax(axis=2)(y)
    y = L.PReLU()(L.PReLU(shared_axes=[1, 2])(y))
    y = L.Permute((3, 1, 2))(y)
    y = L.Reshape((7, -1))(y)
    y = L.GroupNormalization(groups=6)(L.UnitNormalization()(y))
    return keras.Model(x, y)


def pools() -> Any:
    x = image()
    flat = [L.GlobalAveragePooling2D()(x), L.GlobalMaxPooling2D()(x)]
    kept = L.GlobalAveragePooling2D(keepdims=True)(x)
    gate = L.Multiply()([x, L.Dense(4, activation="sigmoid")(kept)])
    return keras.Model(x, [L.Concatenate()(flat), L.Add()([gate, x]), L.Average()([x, gate])])


def transposed() -> Any:
    x = image()
    outputs = [
        L.Conv2DTranspose(3, size, strides=stride, padding=padding)(x)
        for size, stride in ((3, 2), (2, 3), (4, 2), (1, 1))
        for padding in ("same", "valid")
    ]
    outputs.append(L.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1)(x))
    return keras.Model(x, outputs)


def separable() -> Any:
    x = image()
    y = L.SeparableConv2D(5, 3, depth_multiplier=2, padding="same", activation="silu")(x)
    return keras.Model(x, L.SeparableConv2D(6, 3, strides=2, use_bias=False)(y))


def one_axis() -> Any:
    x = keras.Input((20, 3))
    y = L.Conv1D(4, 3, padding="causal", dilation_rate=2)(x)
    y = L.Conv1D(4, 3, padding="causal", strides=2)(y)
    y = L.MaxPooling1D(2)(L.ZeroPadding1D((1, 2))(y))
    y = L.Cropping1D(1)(L.UpSampling1D(3)(y))
    return keras.Model(x, L.GlobalAveragePooling1D()(L.SeparableConv1D(5, 2)(y)))


def three_axes() -> Any:
    x = keras.Input((6, 8, 8, 2))
    y = L.Conv3D(4, 3, padding="same", activation="relu")(x)
    y = L.BatchNormalization()(L.MaxPooling3D((1, 2, 2))(y))
    return keras.Model(x, L.GlobalMaxPooling3D()(L.Conv3DTranspose(3, 2, strides=2)(y)))


def depth_first() -> Any:
    x = keras.Input((3, 16, 12), name="image")
    first = {"data_format": "channels_first"}
    y = L.Conv2D(8, 3, padding="same", strides=2, **first)(x)
    y = L.BatchNormalization(axis=1)(y)
    y = L.ReLU(max_value=6)(y)
    y = L.Concatenate(axis=1)([y, L.Conv2D(4, 1, **first)(y)])
    y = L.MaxPooling2D(2, **first)(y)
    y = L.GlobalAveragePooling2D(**first)(y)
    return keras.Model(x, L.Dense(2)(y), name="depth_first")


def shared() -> Any:
    a, b = keras.Input((8, 8, 3), name="a"), keras.Input((8, 8, 3), name="b")
    stem = L.Conv2D(4, 3, activation="relu", name="stem")
    return keras.Model([a, b], L.Subtract()([stem(a), stem(b)]))


def nested() -> Any:
    p = keras.Input((8, 8, 3))
    inner = keras.Model(p, L.BatchNormalization()(L.Conv2D(4, 3)(p)), name="inner")
    head = keras.Sequential([L.Flatten(), L.Dense(3, activation="tanh")], name="head")
    x = image(8, 8, 3)
    return keras.Model(x, [head(inner(x)), L.GlobalAveragePooling2D()(inner(x))])


def frozen() -> Any:
    base = keras.Sequential([keras.Input((8, 8, 3)), L.Conv2D(4, 3), L.BatchNormalization()])
    base.trainable = False
    return keras.Sequential([keras.Input((8, 8, 3)), base, L.Flatten(), L.Dense(2)])


def operations() -> Any:
    x = image()
    y = 3 - (x * 2 + 1) / 2
    y = ops.relu(ops.hard_sigmoid(y))
    pooled = ops.mean(y, axis=(1, 2), keepdims=True)
    left, right = ops.split(y, 2, axis=-1)
    y = ops.concatenate([left, right, y[:, :, :, 1:3]], axis=-1)
    y = ops.reshape(ops.transpose(y, (0, 2, 1, 3)), (-1, 81, 6))
    scores = ops.softmax(ops.matmul(y, ops.transpose(y, (0, 2, 1))), axis=-1)
    rows = ops.squeeze(ops.expand_dims(ops.max(scores, axis=-1), 1), 1)
    return keras.Model(x, [pooled, scores, rows, ops.mean(x, axis=(1, 2)), x[:, 2]])


def sequences() -> Any:
    ids = keras.Input((12,), name="ids")
    y = L.Embedding(50, 6)(ids)
    y = L.Bidirectional(L.LSTM(5, return_sequences=True))(y)
    y = L.GRU(4, return_sequences=True, reset_after=False)(L.GRU(7, return_sequences=True)(y))
    y = L.TimeDistributed(L.Dense(6, activation="relu"))(y)
    y = L.Add()([y, L.MultiHeadAttention(2, 3, value_dim=4)(y, y)])
    y = L.EinsumDense("abc,cd->abd", output_shape=(None, 8), bias_axes="d")(y)
    y, h, c = L.LSTM(3, return_state=True)(y)
    y = L.SimpleRNN(4)(L.RepeatVector(5)(L.Concatenate()([y, h, c])))
    return keras.Model(ids, L.Dense(2)(y))


def frames() -> Any:
    x = keras.Input((5, 8, 8, 3))
    y = L.TimeDistributed(L.Conv2D(4, 3, activation="relu"))(x)
    y = L.TimeDistributed(L.Flatten())(L.TimeDistributed(L.MaxPooling2D(2))(y))
    return keras.Model(x, L.LSTM(6)(y))


def unusual() -> Any:
    x = image()
    y = L.Conv2D(3, 3, activation="celu")(L.Rescaling(1 / 255, offset=-1)(x))
    y = L.Activation("hard_silu")(L.Activation("squareplus")(y))
    y = L.Resizing(4, 6)(L.Normalization(mean=[1, 2, 3], variance=[1, 1, 1])(y))
    return keras.Model(x, L.Minimum()([y, y]))


def wrapped() -> Any:
    step = keras.Sequential([keras.Input((8, 8, 3)), L.Conv2D(4, 3), L.BatchNormalization(),
                             L.Flatten(), L.Dense(3, activation="relu")])  # fmt: skip
    x = keras.Input((5, 8, 8, 3), name="frames")
    y = L.RNN([L.LSTMCell(4), L.GRUCell(3)], return_sequences=True)(L.TimeDistributed(step)(x))
    y = L.AdditiveAttention()([y, y])
    y = L.Attention(use_scale=True)([y, y])
    y = L.RNN(L.SimpleRNNCell(4))(L.GroupQueryAttention(3, 4, 2)(y, y))
    z = L.SpectralNormalization(L.Conv2D(3, 3, activation="relu"))(x[:, 0])
    z = L.SpectralNormalization(L.Dense(2))(L.Flatten()(z))
    u = L.ConvLSTM2D(4, 3, padding="same", return_sequences=True)(x)
    u = L.Flatten()(L.ConvLSTM2D(2, 3, strides=2, data_format="channels_last")(u))
    return keras.Model(x, L.Concatenate()([y, z, u]))


def slopes() -> Any:
    x = image(5, 7, 3)
    y = L.PReLU(shared_axes=[1])(x)
    for shared in ([2], [3], [1, 3], [1, 2], [1, 2, 3], None):
        y = L.PReLU(shared_axes=shared)(y)
    return keras.Model(x, y)


def any_length() -> Any:
    ids = keras.Input((None,), name="ids")
    y = L.SpatialDropout1D(0.1)(L.Masking()(L.Embedding(50, 16)(ids)))
    y = L.Bidirectional(L.LSTM(5, return_sequences=True))(y)
    y = L.MultiHeadAttention(2, 3)(y, y)
    return keras.Model(ids, L.GRU(4)(y))


def encoded() -> Any:
    x = keras.Input((1,), name="category", dtype="int32")
    one = L.CategoryEncoding(num_tokens=9, output_mode="one_hot")(x)
    bins = L.Discretization(bin_boundaries=[0.0, 1.0], output_mode="one_hot")(x)
    return keras.Model(x, L.Dense(2)(L.Concatenate()([one, bins])))


MODELS: list[Callable[[], Any]] = [
    plain, along_axes, pools, transposed, separable, one_axis, three_axes, depth_first, shared,
    nested, frozen, operations, sequences, frames, unusual, wrapped, slopes, any_length,
    encoded,
]  # fmt: skip
FORMS = ("json", "keras", "h5", "live")


def saved(model: Any, form: str, folder: Path) -> Any:
    """Return a model as it can be traced."""
    if form == "live":
        return model
    path = folder / f"model.{form}"
    if form == "json":
        path.write_text(model.to_json(), encoding="utf-8")
    else:
        model.save(path)
    return path


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_a_model_is_what_keras_says(make: Callable[[], Any], form: str, tmp_path: Path) -> None:
    model = make()
    assert differences(model, shapecalc.trace(saved(model, form, tmp_path))) == []


# -- keras.applications ----------------------------------------------------------------------------

APPLICATIONS = sorted(
    name for name in dir(keras.applications) if name[0].isupper() and name != "NASNetMobile"
)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*APPLICATIONS, "NASNetMobile"])
def test_a_published_model_is_what_keras_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "NASNetMobile":  # refused with PyTorch behind it, for its computing alone
        from keras.src.applications import nasnet

        monkeypatch.setattr(nasnet.backend, "backend", lambda: "numpy")
    model = getattr(keras.applications, name)(weights=None)
    assert differences(model, shapecalc.trace(model)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["MobileNetV3Large", "MobileNetV3Small"])
def test_sizes_that_a_published_model_leaves_open_can_be_given(name: str) -> None:
    make = getattr(keras.applications, name)
    model, sized = make(weights=None), make(weights=None, input_shape=(224, 224, 3))
    assert None in shapes(model.layers[0])[0]
    trace, whole = shapecalc.trace(model, inputs=(224, 224, 3)), shapecalc.trace(sized)
    assert differences(sized, whole) == []
    assert [record.output for record in trace] == [record.output for record in whole]
    assert trace.totals == whole.totals


# -- the checker itself ----------------------------------------------------------------------------


def test_a_planted_difference_is_found(tmp_path: Path) -> None:
    model = plain()
    path = saved(model, "json", tmp_path)
    path.write_text(path.read_text().replace('"filters": 6', '"filters": 5'), encoding="utf-8")
    assert differences(model, shapecalc.trace(path))


@pytest.mark.parametrize(
    "made",
    [
        lambda: L.Rescaling(1 / 255, offset=-1),
        lambda: L.Rescaling([0.5, 2.0, -1.0]),
        lambda: L.Rescaling([0.5, 2.0, -1.0], offset=[1.0, 2.0, 3.0]),
        lambda: L.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 1e-20, 9.0]),
        lambda: L.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 0.5, 9.0], invert=True),
        lambda: L.Normalization(axis=None, mean=2.0, variance=4.0),
        lambda: L.Normalization(axis=3, mean=[1.0, 2.0, 3.0], variance=[4.0, 1.0, 2.0]),
    ],
)
def test_fixed_scales_give_what_keras_gives(made: Callable[[], Any]) -> None:
    model = keras.Sequential([keras.Input((2, 4, 3)), made()])
    x = np.random.default_rng(0).normal(size=(2, 2, 4, 3)).astype("float32")
    trace = shapecalc.trace(model)
    assert [record.kind for record in trace.layers] == ["scale"]
    assert trace.layers[0].receptive_field == (1, 1)
    given = np.moveaxis(x, -1, 1)
    found = run(trace.spec, inputs=given, dtype="float64").outputs[trace.layers[0].name]
    wanted = keras.ops.convert_to_numpy(model(x))
    np.testing.assert_allclose(np.moveaxis(found, 1, -1), wanted, rtol=1e-4, atol=1e-6)
