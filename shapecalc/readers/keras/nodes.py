"""Which tensors a layer is called with, in each of the ways that Keras has written it.

Keras 1         [[["conv1", 0, 0], ["conv2", 0, 0]]]                a list a call
Keras 2         [[["conv1", 0, 0, {"mask": ...}]]]                  keywords behind each tensor
tf.keras        [["dense", 0, 0, {"y": ["other", 0, 0]}]]           operations: one tensor a call
                [[["_CONSTANT_VALUE", -1, 2.0, {}], ["a", 0, 0]]]   a constant among tensors
                [{"left": ["a", 0, 0, {}], "right": [...]}]         whatever structure was given
Keras 3         [{"args": [tensor, [tensor, 2.0]], "kwargs": {}}]   a tensor is a __keras_tensor__
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple, TypeGuard

from shapecalc.diagnostics import Path, quote
from shapecalc.readers.keras.graph import MOST_TENSORS, Malformed, Shape, TensorRef, shape_of

TENSOR = "__keras_tensor__"
CONSTANT = "_CONSTANT_VALUE"


class Written(NamedTuple):
    """A reference as the file has it.

    `listed` are those that are lists; they count the calls of a model from 1 where the model's own
    building was the first. The others, of Keras 3, leave that one out.
    """

    layer: str
    node: int
    tensor: int
    listed: bool
    path: Path
    shape: Shape | None = None


class WrittenNode(NamedTuple):
    """A call as the file has it, with Written in place of its tensors."""

    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    path: Path


def read_node(value: Any, names: Collection[str], path: Path) -> WrittenNode:
    """Read one call of a layer. `names` are those of the graph's layers."""
    if isinstance(value, dict) and "args" in value:
        arguments, keywords = value["args"], value.get("kwargs") or {}
        if not isinstance(arguments, list) or not isinstance(keywords, dict):
            raise Malformed("a call without a list of arguments or a mapping of keywords", path)
        return WrittenNode(
            tuple(_revived(arguments, (*path, "args"))),
            _revived(keywords, (*path, "kwargs")),
            path,
        )
    keywords = {}
    structure = _listed(value, path, keywords)
    if isinstance(structure, list) and len(structure) == 1:
        (structure,) = structure
    return WrittenNode((structure,), _tensors_among(keywords, names, path), path)


def read_ends(value: Any, path: Path) -> Iterator[tuple[str, Written]]:
    """Yield the inputs or outputs of a model, each with its key: one, lists of them, mappings."""
    yield from _ends(value, path, "")


def _ends(value: Any, path: Path, key: str) -> Iterator[tuple[str, Written]]:
    if _is_reference(value):
        yield key, _reference(value, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _ends(item, (*path, index), f"{key}[{index}]" if key else "")
    elif isinstance(value, dict):
        for name in sorted(value):  # as Keras does
            yield from _ends(value[name], (*path, name), f"{key}.{name}" if key else name)
    elif value is not None:
        raise Malformed(f"{quote(value)} is no input or output", path)


def tensors(value: Any) -> Iterator[Any]:
    """Yield the tensors of a structure, Written or TensorRef: of mappings by key, as Keras does."""
    if isinstance(value, Written | TensorRef):
        yield value
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from tensors(value[key])
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tensors(item)


def replaced(value: Any, new: Callable[[Written], Any]) -> Any:
    """Return a structure with its tensors replaced."""
    if isinstance(value, Written):
        return new(value)
    if isinstance(value, dict):
        return {key: replaced(item, new) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(replaced(item, new) for item in value)
    return value


def _is_reference(value: Any) -> TypeGuard[list[Any]]:
    """Say whether a value is a reference in a list: a name, two numbers, perhaps keywords."""
    return (
        isinstance(value, list)
        and 3 <= len(value) <= 4
        and isinstance(value[0], str)
        and type(value[1]) is int
        and (type(value[2]) is int or value[0] == CONSTANT)
        and (len(value) == 3 or isinstance(value[3], dict))
    )


def _reference(value: list[Any], path: Path) -> Written:
    layer, node, tensor = value[:3]
    if node < 0 or not 0 <= tensor < MOST_TENSORS:
        raise Malformed(f"{quote(value[:3])} is no output of a layer", path)
    return Written(layer, node, tensor, True, path)


def _listed(value: Any, path: Path, keywords: dict[str, Any]) -> Any:
    """Return a structure of references in lists; `keywords` takes those behind the first."""
    if _is_reference(value):
        if len(value) == 4 and not keywords:
            keywords.update(value[3])
        if value[0] == CONSTANT:
            return value[2]
        return _reference(value, path)
    if isinstance(value, list):
        return [_listed(item, (*path, index), keywords) for index, item in enumerate(value)]
    if isinstance(value, dict):
        return {key: _listed(item, (*path, key), keywords) for key, item in value.items()}
    raise Malformed(f"{quote(value)} is no tensor that a layer can be called with", path)


def _tensors_among(value: Any, names: Collection[str], path: Path) -> Any:
    """Return keywords of Keras 2 with the references in them; other lists stay as they are."""
    if _is_reference(value):
        if value[0] == CONSTANT:
            return value[2]
        if value[0] in names and value[1] >= 0:
            return _reference(value, path)
    if isinstance(value, dict):
        return {key: _tensors_among(item, names, path) for key, item in value.items()}
    if isinstance(value, list):
        return [_tensors_among(item, names, path) for item in value]
    return value


def _revived(value: Any, path: Path) -> Any:
    """Return arguments of Keras 3 with the tensors in them."""
    if isinstance(value, list):
        return [_revived(item, (*path, index)) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") != TENSOR:
        return {key: _revived(item, (*path, key)) for key, item in value.items()}
    config = value.get("config")
    history = config.get("keras_history") if isinstance(config, dict) else None
    if not isinstance(config, dict) or not _is_reference(history):
        raise Malformed("a tensor that does not say where it comes from", path)
    found = _reference(history, path)
    return found._replace(listed=False, shape=shape_of(config.get("shape")))
