"""Weights of Keras: HDF5 of all versions, and what is in a .keras archive.

Keras 1 and 2 have a group a layer, by the layers' names and in their order. Keras 3 calls groups by
the layers' classes, counted: their order over all classes is lost, and newer ones have the layer's
name beside its variables, which are numbered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from shapecalc.checkpoints.archives import Archive
from shapecalc.checkpoints.base import (
    MOST_TENSORS,
    Checkpoint,
    Damaged,
    Tensor,
    Unreadable,
    Unsupported,
    checked_shape,
    natural,
    shown,
)
from shapecalc.checkpoints.hdf5 import SIGNATURE, Dataset, HDF5File

title = "an HDF5 file (.h5), as Keras saves weights"
ZIP = b"PK\x03\x04"
IN_ARCHIVE = "model.weights.h5"
ARCHIVE = re.compile(rb"PK\x03\x04.{26}(?:metadata|config|model)\.", re.DOTALL)
WITH_NETWORK = "model_weights"  # the group where the file holds the architecture, too
SKIPPED = ("optimizer", "optimizer_weights")  # of the training that has been
CONTAINER, VARIABLES = "layers", "vars"  # parts of names that Keras 3 writes


def claims(start: bytes, name: str) -> bool:
    """Say whether a file is HDF5, or an archive that begins as those of Keras do."""
    return start.startswith(SIGNATURE) or ARCHIVE.match(start) is not None


def read(stream: BinaryIO, path: Path | None) -> Checkpoint | None:
    """Return the variables of all layers; what an optimizer keeps is left out.

    None where an archive holds no weights.
    """
    stream.seek(0)
    if stream.read(4) == ZIP:
        archive = Archive(stream)
        if IN_ARCHIVE not in archive.sizes:
            return None
        stream = cast("BinaryIO", archive.window(IN_ARCHIVE))
    return _variables(HDF5File(stream))


def _variables(file: HDF5File) -> Checkpoint:
    root = WITH_NETWORK if WITH_NETWORK in file else ""
    layers = _texts(file, "layer_names", root)
    if layers is not None:
        tensors = list(_in_order(file, root, layers))
        return Checkpoint(tuple(tensors), "keras")
    found = [d for d in file.datasets(root or "/") if d.name.split("/")[0] not in SKIPPED]
    if len(found) > MOST_TENSORS:
        raise Unsupported(f"more than {MOST_TENSORS:,} variables")
    found.sort(key=lambda dataset: natural(dataset.name))
    names: dict[str, str | None] = {}
    return Checkpoint(
        tuple(_tensor(d, d.name, _layer_of(file, d.name, names)) for d in found),
        "keras",
        ordered=False,
    )


def _in_order(file: HDF5File, root: str, layers: tuple[str, ...]) -> Iterator[Tensor]:
    """Yield the weights of layers whose names are listed, as Keras 1 and 2 write them."""
    for layer in layers:
        group = f"{root}/{layer}".strip("/")
        try:
            weights = _texts(file, "weight_names", group) or ()
            found = {dataset.name: dataset for dataset in file.datasets(group)}
        except KeyError:
            raise Damaged(f"the file has no weights of the layer {shown(layer)}") from None
        for weight in weights:
            dataset = found.get(f"{group}/{weight.strip('/')}")
            if dataset is None:
                raise Damaged(f"the file has no weights {shown(weight)}")
            yield _tensor(dataset, weight, layer)


def _texts(file: HDF5File, name: str, path: str) -> tuple[str, ...] | None:
    """Return an attribute that is a list of texts; None where there is none."""
    value = file.attribute(name, path or "/")
    if isinstance(value, tuple) and all(isinstance(part, str) for part in value):
        return tuple(map(str, value))
    return () if value == () else None


def _layer_of(file: HDF5File, name: str, known: dict[str, str | None]) -> str | None:
    """Return the name of the layer that newer versions have beside its variables, if any."""
    group = group_of(name)
    if group not in known:
        try:
            stated = file.attribute("name", f"{group}/{VARIABLES}") if group else None
        except (KeyError, Unreadable):
            stated = None
        known[group] = stated if isinstance(stated, str) else None
    return known[group]


def group_of(name: str) -> str:
    """Return the group of a layer: layers/bidirectional of all that is in it."""
    parts = name.split("/")
    end = 0
    while parts[end : end + 1] == [CONTAINER] and len(parts) > end + 2:
        end += 2
    return "/".join(parts[:end])


def _tensor(dataset: Dataset, name: str, layer: str | None) -> Tensor:
    called = shown(name)
    if dataset.shape is None:
        raise Damaged(f"{called} has no values")
    return Tensor(name, checked_shape(dataset.shape, called), dataset.type, layer)
