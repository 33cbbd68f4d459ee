"""Files of Keras, mutated: the JSON of Keras 1, 2 and 3, .keras archives and .h5 files."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from random import Random
from typing import Any

import mutations

Json = dict[str, Any]
SIGNATURE = b"\x89HDF\r\n\x1a\n"
UNDEFINED = b"\xff" * 8
CLASSES = (
    "Conv2D", "Dense", "MaxPooling2D", "LSTM", "Lambda", "Reshape", "Concatenate",
    "TimeDistributed",
    "Bidirectional", "Permute", "Dot", "UpSampling2D", "Sequential", "Functional", "InputLayer",
    "TFOpLambda", "SlicingOpLambda", "MultiHeadAttention", "EinsumDense", "Custom>Mine",
    "BatchNormalization", "ZeroPadding2D", "Cropping2D", "Resizing", "PReLU", "Embedding",
)  # fmt: skip


def layer(class_name: str, name: str, *calls: Any, **config: Any) -> Json:
    """Return a layer with its calls."""
    made = {"class_name": class_name, "name": name, "config": {"name": name, **config}}
    return made | {"inbound_nodes": list(calls)}


def of_1_or_2(*names: str, keywords: tuple[Json, ...] = ()) -> Any:
    """Return a call as Keras 1 and 2 write it."""
    return [[name, 0, 0, *keywords] for name in names]


def of_3(*names: str) -> Any:
    """Return a call as Keras 3 writes it."""
    tensors = [
        {
            "class_name": "__keras_tensor__",
            "config": {"dtype": "f", "keras_history": [name, 0, 0]},
        }
        for name in names
    ]
    return {"args": [tensors] if len(names) > 1 else tensors, "kwargs": {}}


def functional(call: Callable[..., Any], shape: str, stride: str) -> Json:
    """Return a model with a branch, a model inside, an operation and a layer without a kind."""
    inner = [
        layer("InputLayer", "i", **{shape: [None, 6, 6, 3]}),
        layer("SeparableConv2D", "s", call("i"), filters=3, kernel_size=[3, 3], padding="same"),
    ]
    ends = {"input_layers": [["i", 0, 0]], "output_layers": [["s", 0, 0]]}
    layers = [
        layer("InputLayer", "x", **{shape: [None, 6, 6, 3]}),
        layer("Conv2D", "c", call("x"), filters=3, kernel_size=[3, 3], padding="same",
              activation="relu", **{stride: [1, 1]}),
        layer("BatchNormalization", "b", call("c"), axis=-1),
        layer("Add", "a", call("b", "x")),
        layer("Functional", "m", call("a"), layers=inner, **ends),
        layer("Reshape", "r", call("a"), target_shape=[36, 3]),
        layer("Bidirectional", "l", call("r"), layer=layer("LSTM", "k", units=2)),
        layer("Lambda", "f", call("l"), function=["4wEAAAA=", None, None]),
        layer("Dense", "d", call("f"), units=4),
    ]  # fmt: skip
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["d", 0, 0]]}
    return {"class_name": "Functional", "config": {"name": "n", "layers": layers, **ends}}


def sequential() -> Json:
    """Return a Sequential model of Keras 1, in its words."""
    layers = [
        {"class_name": "Convolution2D",
         "config": {"name": "c", "nb_filter": 3, "nb_row": 3, "nb_col": 3, "border_mode": "same",
                    "dim_ordering": "th", "batch_input_shape": [None, 3, 6, 6]}},
        {"class_name": "MaxPooling2D", "config": {"pool_size": [2, 2], "dim_ordering": "th"}},
        {"class_name": "Flatten", "config": {}},
        {"class_name": "Dense", "config": {"output_dim": 4, "activation": "softmax"}},
    ]  # fmt: skip
    return {"class_name": "Sequential", "keras_version": "1.2.2", "config": layers}


MODELS: tuple[Json, ...] = (
    sequential(),
    functional(of_1_or_2, "batch_input_shape", "strides"),
    functional(lambda *n: of_1_or_2(*n, keywords=({},)), "batch_input_shape", "strides"),
    functional(of_3, "batch_shape", "strides"),
)


def archive(config: bytes, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a .keras archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as file:
        file.writestr(zipfile.ZipInfo("metadata.json"), b'{"keras_version": "3.1.0"}')
        file.writestr(zipfile.ZipInfo("config.json"), config)
    return made.getvalue()


def hdf5(config: bytes) -> bytes:
    """Return an HDF5 file of old: a root whose attribute model_config is the text."""
    kind = struct.pack("<B3sI", 0x13, b"\0\0\0", len(config))
    name, space = b"model_config\0".ljust(16, b"\0"), struct.pack("<BBB5x", 1, 0, 0)
    message = struct.pack("<BxHHH", 1, 13, len(kind), len(space)) + name + kind + space + config
    message += bytes(-len(message) % 8)
    body = struct.pack("<HHB3x", 12, len(message), 0) + message
    root = struct.pack("<BBHII4x", 1, 0, 1, 1, len(body)) + body
    head = SIGNATURE + bytes([0, 0, 0, 0, 0, 8, 8, 0]) + struct.pack("<HHI", 4, 16, 0)
    head += struct.pack("<Q", 0) + UNDEFINED + struct.pack("<Q", 96 + len(root)) + UNDEFINED
    return head + struct.pack("<QQI20x", 0, 96, 0) + root


def keras_file(rng: Random) -> tuple[str, bytes]:
    """Return a mutated file: its ending and its bytes."""
    data: Any = rng.choice(MODELS)
    if rng.random() < 0.75:
        data = mutations.mutated(rng, data, MODELS)
        for place in mutations.containers(data):
            if isinstance(place, dict) and "class_name" in place and rng.random() < 0.04:
                place["class_name"] = rng.choice(CLASSES)
    raw = mutations.encoded(json.dumps(data, indent=rng.choice((None, 1))))
    ending = rng.choice((".json", ".json", ".keras", ".h5"))
    if ending == ".keras":
        raw = archive(raw, rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))
    elif ending == ".h5" and len(raw) < 60_000:  # what a message holds at most
        raw = hdf5(raw)
    kind = rng.random()
    if kind < 0.15:
        raw = raw[: rng.randint(0, len(raw))]
    elif kind < 0.35:
        raw = mutations.flipped(rng, raw)
    elif kind < 0.45 and ending == ".json":
        raw = mutations.file_of(rng, raw)
    return ending, raw
