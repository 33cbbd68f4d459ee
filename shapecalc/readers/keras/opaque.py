"""Layers of Keras that have no kind: their volumes, parameters and MACs by formula.

Shapes are as the file has them, without the batch. What is not known is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

from shapecalc.diagnostics import LIMIT
from shapecalc.readers.items import Sizes
from shapecalc.readers.opaque import UNKNOWN, Opaque, Shapes

Config = Mapping[str, Any]


EQUATION = r"(\.{0,3}[a-zA-Z]+),([a-zA-Z]+)->(\.{0,3}[a-zA-Z]+)"
LONGEST_EQUATION = 100
Formula = Callable[[Config, Sequence[Sizes | None]], Opaque]


def inner_of(config: Config, key: str = "layer") -> tuple[str, Config] | None:
    """Return the class and configuration of a layer inside another."""
    from shapecalc.frameworks.keras1 import modern  # only wrapped layers need it here

    written = config.get(key)
    if not isinstance(written, Mapping):
        return None
    class_name, inner = written.get("class_name"), written.get("config")
    if not isinstance(class_name, str) or not isinstance(inner, Mapping):
        return None
    return modern(class_name.rpartition(">")[2], inner)


def whole(value: Any) -> int | None:
    """Return a positive whole number, or None for anything else."""
    return value if type(value) is int and 0 < value <= LIMIT else None


def product(*sizes: int | None) -> int | None:
    """Return a product; None where a factor is not known."""
    known = [size for size in sizes if size is not None]
    return prod(known) if len(known) == len(sizes) else None


# -- what keeps its volume -------------------------------------------------------------------------


def kept(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """The volume that comes in, without weights."""
    return _keeping(inputs[0], {})


def _keeping(
    volume: Sizes | None, parameters: Shapes | None, statistics: Shapes | None = None
) -> Opaque:
    return Opaque((volume,), parameters, 0, statistics, keeps=True)


def without_weights(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """An output that does not follow, without weights."""
    return Opaque((None,), {})


def normalization(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """Mean and variance of the data, and how many there were; nothing where they are given."""
    (volume, *_) = inputs
    if config.get("mean") is not None:
        return _keeping(volume, {})
    shape = _sizes_along(volume, config.get("axis", -1))
    if shape is None:
        return _keeping(volume, None)
    return _keeping(volume, {}, {"mean": shape, "variance": shape, "count": []})


def norm(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """A norm along other axes than the depth: a gamma and a beta for each of their sizes."""
    (volume, *_) = inputs
    shape = _sizes_along(volume, config.get("axis", -1))
    if shape is None:
        return _keeping(volume, None)
    learned = (("gamma", "scale"), ("beta", "center"))
    names = {name: "bias" if name == "beta" else name for name, _ in learned}
    return _keeping(volume, {names[name]: shape for name, key in learned if config.get(key, True)})


def batch_norm(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """A norm, and the mean and variance that it keeps along the same axes."""
    found = norm(config, inputs)
    shape = _sizes_along(inputs[0], config.get("axis", -1))
    if shape is None:
        return found
    return found._replace(statistics={"moving_mean": shape, "moving_variance": shape})


def prelu(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """A slope for each value, one for all those along the axes that share it."""
    (volume, *_) = inputs
    shared = config.get("shared_axes") or []
    axes = shared if isinstance(shared, list) else [shared]
    if volume is None or _sizes_along((1,) * len(volume), axes) is None:
        return _keeping(volume, None)
    places = {axis % (len(volume) + 1) - 1 for axis in axes}
    sizes = [1 if place in places else size for place, size in enumerate(volume)]
    known = [size for size in sizes if size is not None]
    return _keeping(volume, {"alpha": known} if len(known) == len(sizes) else None)


def _sizes_along(volume: Sizes | None, axes: Any) -> list[int] | None:
    """Return a volume's sizes along axes, of which 0 is the batch; None where one is not known."""
    listed = axes if isinstance(axes, list) else [] if axes is None else [axes]
    if volume is None or any(type(axis) is not int for axis in listed):
        return None
    places = [axis if axis < 0 else axis - 1 for axis in listed]
    if any(not -len(volume) <= place < len(volume) for place in places) or 0 in listed:
        return None
    known = [size for place in places if (size := volume[place]) is not None]
    return known if len(known) == len(places) else None


def joined(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """Values of one rank behind each other along an axis."""
    known = [volume for volume in inputs if volume is not None]
    axis = config.get("axis", -1)
    rank = len(known[0]) if known else 0
    if len(known) < len(inputs) or type(axis) is not int or not -rank <= axis <= rank or not axis:
        return Opaque((None,), {}, 0)
    place = axis % rank if axis < 0 else axis - 1
    if any(len(volume) != rank for volume in known):
        return Opaque((None,), {}, 0)
    sizes = [size for volume in known if (size := volume[place]) is not None]
    total = sum(sizes) if len(sizes) == len(known) else None
    return Opaque(((*known[0][:place], total, *known[0][place + 1 :]),), {}, 0)


def stretching(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """The volume of values of one rank whose axes of size 1 are stretched."""
    return Opaque((stretched(inputs),), {}, 0)


def stretched(volumes: Sequence[Sizes | None]) -> Sizes | None:
    """Return the volume of values of one rank whose axes of size 1 are stretched."""
    known = [volume for volume in volumes if volume is not None]
    if len(known) < len(volumes) or len({len(volume) for volume in known}) != 1:
        return None
    return tuple(
        next((size for size in sizes if size != 1), 1) for sizes in zip(*known, strict=True)
    )


# -- embeddings and equations ----------------------------------------------------------------------


def embedding(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """A row of the table for each number that comes in: input_dim times output_dim values."""
    rows, depth = whole(config.get("input_dim")), whole(config.get("output_dim"))
    volume = inputs[0] if inputs else None
    output = None if volume is None else (*volume, depth)
    if rows is None or depth is None:
        return Opaque((output,))
    return Opaque((output,), {"embeddings": [rows, depth]}, 0)


def einsum(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """A dense layer by an equation: abc,cd->abd has c times d weights, a being the batch.

    Axes in front of those that the equation names (...) are kept. Source: Keras,
    layers.EinsumDense.
    """
    found = re.fullmatch(EQUATION, str(config.get("equation", ""))[:LONGEST_EQUATION])
    volume = inputs[0] if inputs else None
    if found is None or volume is None:
        return UNKNOWN
    given, kernel, out = (part.replace("...", "") for part in found.groups())
    open_front = "..." in found[1]
    axes, behind = (given, out) if open_front else (given[1:], out[1:])
    if len(volume) < len(axes) or (not open_front and len(volume) > len(axes)):
        return UNKNOWN
    front = volume[: len(volume) - len(axes)]
    sizes: dict[str, int | None] = dict(zip(axes, volume[len(front) :], strict=True))
    stated = config.get("output_shape")
    listed = stated if isinstance(stated, list) else [stated]
    for label, size in zip(reversed(behind), reversed(listed), strict=False):
        if sizes.get(label) is None:
            sizes[label] = whole(size)
    output = (*front, *(sizes.get(label) for label in behind))
    shapes: Shapes = {}
    bias = config.get("bias_axes")
    for name, labels in (("kernel", kernel), ("bias", bias if isinstance(bias, str) else "")):
        shape = [size for label in labels if (size := sizes.get(label)) is not None]
        if len(shape) < len(labels):
            return Opaque((output,))
        if labels:
            shapes[name] = shape
    every = set(axes + kernel + behind)
    return Opaque((output,), shapes, product(*front, *(sizes.get(label) for label in every)))


# -- shapes ----------------------------------------------------------------------------------------


def repeated(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """A flat vector n times."""
    volume = inputs[0] if inputs else None
    output = None if volume is None else (whole(config.get("n")), *volume)
    return Opaque((output,), {}, 0)


def resized(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """An image of another height and width."""
    volume = inputs[0] if inputs else None
    sizes = whole(config.get("height")), whole(config.get("width"))
    if volume is None or len(volume) != 3:
        return Opaque((None,), {}, 0)
    first = config.get("data_format") == "channels_first"
    return Opaque((volume[:1] + sizes if first else sizes + volume[-1:],), {}, 0)
