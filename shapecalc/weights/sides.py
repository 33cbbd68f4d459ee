"""What a network keeps and what a weight file holds, layer by layer."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shapecalc.checkpoints.base import Checkpoint, Tensor, natural
from shapecalc.checkpoints.keras import CONTAINER, VARIABLES, group_of
from shapecalc.diagnostics import LayerError
from shapecalc.frameworks.parameters import COUNTERS
from shapecalc.records import KnownRecord
from shapecalc.volumes import all_known

Shape = tuple[int, ...]
NUMBERED = re.compile(r"(?:^|_)\d+$")


@dataclass(frozen=True, eq=False)
class Owner:
    """A layer of the network with the shapes of its parameters, in PyTorch's order of axes.

    An opaque one has them as its own file does. What is `shared` need not be in a weight file: it
    is another layer's.
    """

    record: KnownRecord
    shapes: Mapping[str, Shape]
    shared: bool = False
    opaque: bool = False
    optional: tuple[str, ...] = ()  # parameters that are another layer's

    @property
    def name(self) -> str:
        """The layer's full name."""
        return self.record.name

    @property
    def kind(self) -> str:
        """The layer's kind."""
        return self.record.kind


@dataclass(frozen=True, eq=False)
class Module:
    """The tensors of one layer of a weight file, by the last part of their names.

    `path` are the parts of the names in front; `layer` is the layer's name where the file has it.
    """

    path: tuple[str, ...]
    layer: str | None = None
    tensors: dict[str, Tensor] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """The class by which Keras 3 names the group: conv2d for conv2d_12."""
        return NUMBERED.sub("", self.path[-1]) if self.path else ""


def owners_of(records: Iterable[KnownRecord]) -> list[Owner]:
    """Return every layer whose parameters are known."""
    found = []
    for record in records:
        layer = record.layer
        if layer is None or not layer.has_weights:
            continue
        inputs = record.input or ()
        if not layer.opaque and (not inputs or not all_known(inputs)):
            continue
        try:
            parameters = layer.parameters(inputs)
        except LayerError:
            continue
        if not parameters:
            continue
        one = record.shares_one
        optional = () if one is None else (one.name,)
        shapes = {name: own.shape for name, own in parameters.items() if name not in optional}
        found.append(Owner(record, shapes, record.shares is not None, layer.opaque, optional))
    return found


def modules_of(checkpoint: Checkpoint) -> list[Module]:
    """Return the layers of a weight file in its order; what is there twice is left out."""
    found: dict[tuple[str, ...], Module] = {}
    seen: dict[Hashable, tuple[str, ...]] = {}
    for tensor in checkpoint.tensors:
        *path, part = _parts(tensor.name, checkpoint)
        if part in COUNTERS:
            continue
        if checkpoint.is_keras_3:
            path, part = _of_keras_3(path, part)
        else:
            part = _own_part(part, tensor.layer)
        key = tuple(path) or (() if tensor.layer is None else (tensor.layer,))
        if tensor.identity is not None and seen.setdefault(tensor.identity, key) != key:
            continue
        module = found.setdefault(key, Module(key, tensor.layer))
        module.tensors[part] = tensor
    if checkpoint.ordered:
        return list(found.values())
    return sorted(found.values(), key=lambda module: natural("/".join(module.path)))


def _parts(name: str, checkpoint: Checkpoint) -> list[str]:
    """Return the parts of a name: between points, or between slashes where there are some."""
    if checkpoint.layout == "keras" or "/" in name:
        return name.removesuffix(":0").strip("/").split("/")
    return name.split(".")


def _of_keras_3(path: list[str], part: str) -> tuple[list[str], str]:
    """Return the path of the layer and the name in it: groups in a layer are parts of it."""
    inside = len(group_of("/".join((*path, part))).split("/"))
    found = [name for name in path[:inside] if name != CONTAINER]
    rest = [name for name in path[inside:] if name != VARIABLES]
    return found, ".".join((*rest, part))


def _own_part(part: str, layer: str | None) -> str:
    """Return a parameter's name without the layer's in front, which Keras 1 writes."""
    return part.removeprefix(f"{layer}_") if layer else part


def without_prefix(modules: Sequence[Module]) -> list[Module]:
    """Return the modules without the first part of their paths."""
    return [Module(module.path[1:], module.layer, module.tensors) for module in modules]
