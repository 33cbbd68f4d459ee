"""Reads one model: finds its configuration in whatever holds it, and makes a graph of it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from shapecalc.diagnostics import Path
from shapecalc.readers.keras.graph import Graph, Malformed, Shape, shape_of
from shapecalc.readers.keras.sources import Source, open_source
from shapecalc.readers.keras.structure import read_model


class StoredWeight(NamedTuple):
    """A weight that a model.json of TensorFlow.js lists, with its shape."""

    name: str
    shape: Shape


@dataclass(frozen=True)
class Model:
    """What a file says: the graph, who wrote it, the weights it lists, where it was read from."""

    graph: Graph
    source: Source
    keras_version: str | None
    backend: str | None
    weights: tuple[StoredWeight, ...] = ()

    def place(self, path: Path) -> tuple[int, int] | None:
        """Return line and column of a path, where the file is a text of several lines."""
        return self.source.place(path)


def read_bytes(raw: bytes) -> Model:
    """Return the model in a file's bytes. Raises Malformed, or NoLayers where it holds none."""
    return read(io.BytesIO(raw))


def read(stream: BinaryIO) -> Model:
    """Return the model in an open file, of which weights are never read.

    Raises Malformed with the place, or NoLayers where the file holds no layers; OSError where the
    stream cannot be read.
    """
    source = open_source(stream)
    try:
        return Model(
            read_model(source.data, source.path),
            source,
            _text(source.stated.get("keras_version")),
            _text(source.stated.get("backend")),
            tuple(_weights(source.stated.get("weightsManifest"))),
        )
    except Malformed as error:
        error.place = source.place(error.path)
        error.member = source.member
        raise


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _weights(manifest: Any) -> list[StoredWeight]:
    """Return the weights of a manifest, without those that are not understood."""
    found = []
    for group in manifest if isinstance(manifest, list) else ():
        weights = group.get("weights") if isinstance(group, dict) else None
        for weight in weights if isinstance(weights, list) else ():
            name = weight.get("name") if isinstance(weight, dict) else None
            shape = shape_of(weight["shape"]) if name and "shape" in weight else None
            if isinstance(name, str) and shape is not None:
                found.append(StoredWeight(name, shape))
    return found
