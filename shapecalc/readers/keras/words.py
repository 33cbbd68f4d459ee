"""Which word of the vocabulary a class of Keras is, and what its configuration tells under it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from shapecalc.frameworks.keras import WORDS
from shapecalc.frameworks.keras1 import FIELDS, modern
from shapecalc.frameworks.meanings import Word, ignored
from shapecalc.readers.keras.graph import Layer

KERAS = ("keras", "tensorflow", "tf_keras", "tf", "qkeras")  # packages whose classes are known
# What is settled here and not word by word: axes are those of the file's order.
SETTLED = ("name", "trainable", "dtype", "data_format", "axis", "shared_axes", "input_shape",
           "input_dim", "batch_input_shape")  # fmt: skip


@cache
def _words() -> Mapping[str, Word]:
    return {word.name: word for word in WORDS}


@cache
def _telling(name: str) -> tuple[str, ...]:
    """Return the fields of a word that tell anything."""
    fields = _words()[name].fields
    return tuple(key for key, read in fields.items() if read is not ignored and key not in SETTLED)


def given(word: Word, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a configuration tells under the fields of a word; nothing is as left out."""
    return {key: config[key] for key in _telling(word.name) if config.get(key) is not None}


def is_own(layer: Layer) -> bool:
    """Say whether a layer's class is one of Keras', and not of the same name from elsewhere."""
    return layer.module is None or layer.module.partition(".")[0] in KERAS


def word_of(class_name: str) -> Word | None:
    """Return the word for a class; QKeras' classes are Keras' with a Q before and quantizers."""
    words = _words()
    return words.get(class_name) or words.get(class_name.removeprefix("Q"))


def field_key(layer: Layer, field: str) -> str | None:
    """Return the key under which a layer's configuration has a field of ours, or None."""
    class_name, config = modern(layer.class_name, layer.config)
    word = word_of(class_name)
    for key, read in word.fields.items() if word else ():
        if key in config and field in read(config[key], config).fields:
            if key in layer.config:
                return key
            return next((old for old in layer.config if FIELDS.get(old) == key), None)
    return None
