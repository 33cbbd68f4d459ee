"""A framework's layer in our words, and ours in a framework's: for readers and exporters.

Both ways go through the same table of words. What is written is read back, so that nothing is said
to be written that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from shapecalc.frameworks.lookups import KERAS, PYTORCH, all_words, renamed
from shapecalc.frameworks.meanings import ACTIVATIONS, NOTHING, Meaning, Stated, Word
from shapecalc.volumes import titles_of

Fields = Mapping[str, Any]
Volume = tuple[int, ...]
# Layers of a framework that do as ours on a flat vector alone: PyTorch's LayerNorm and, without
# flatten, its Linear run along the last axis, its Unflatten takes one axis apart.
FOR_FLAT_VECTORS = {(PYTORCH, "layer_norm"), (PYTORCH, "rms_norm"), (PYTORCH, "reshape")}
Write = Callable[[Fields, Volume], Any]  # None leaves the parameter out


class Reading(NamedTuple):
    """A framework's layer in our words.

    `stated` is what it says of what comes in; `behind` the layer that it has behind it, an
    activation; `refused` what has no place here, with the hint what to do instead, and `unknown`
    what the vocabulary does not have, both by the framework's names.
    """

    kind: str
    fields: dict[str, Any]
    stated: tuple[Stated, ...]
    behind: Any
    refused: dict[str, Meaning]
    unknown: tuple[str, ...]


class Writing(NamedTuple):
    """A layer of ours in a framework's words; `left` are the fields that it cannot have there."""

    word: Word
    given: dict[str, Any]
    left: tuple[str, ...]


def read_layer(word: Word, given: Mapping[str, Any]) -> Reading | None:
    """Return a framework's layer with its parameters in our words; what is not given counts, too.

    None where the word says no kind: an Activation whose value is none of ours.
    """
    kind, fields = word.kind, dict[str, Any]()
    if not kind:
        name = given.get("activation")
        known = ACTIVATIONS.get(name) if isinstance(name, str) else None
        if known is None:
            return None
        kind, fields = known[0], dict(known[1])
    meanings = {key: word.fields[key](given[key], given) for key in given if key in word.fields}
    meanings |= {key: meaning for key, meaning in word.absent.items() if key not in given}
    refused = {key: found for key, found in meanings.items() if found.fault and not found.behind}
    for meaning in meanings.values():
        fields |= meaning.fields
    return Reading(
        kind,
        fields,
        tuple(stated for meaning in meanings.values() for stated in meaning.stated),
        next((meaning.behind for meaning in meanings.values() if meaning.behind), None),
        refused,
        tuple(key for key in given if key not in word.fields),
    )


def write_layer(
    framework: str,
    kind: str,
    fields: Mapping[str, Any],
    volume: Volume,
    defaults: Mapping[str, Any] = NOTHING,
) -> Writing | None:
    """Return a layer of ours in a framework's words; None where the framework has none.

    Of several that it may be, it is the first that has all of its fields.

    `fields` are all that have a value, `volume` is what comes in, depth last. A field that the
    framework's layer does not have counts as left unless it is as in `defaults`.
    """
    if _for_flat_vectors(framework, kind, fields, volume):
        return None
    ours = {name: _numbered(name, _listed(value), volume) for name, value in fields.items()}
    first = None
    for word in _words(framework, kind, len(volume) - 1):
        writing = _written(word, kind, ours, volume, defaults)
        if writing is not None and not writing.left:
            return writing
        first = first or writing
    return first


def _written(
    word: Word, kind: str, ours: Fields, volume: Volume, defaults: Mapping[str, Any]
) -> Writing | None:
    given = _given(word, kind, ours, volume)
    back = read_layer(word, given)
    if back is None:
        return None
    # a word without the parameter is as our default, unless leaving it out is refused
    known = NOTHING if back.refused else defaults
    left = (
        name
        for name, value in ours.items()
        if _shortest(back.fields.get(name, _listed(known.get(name)))) != _shortest(value)
    )
    return Writing(word, given, tuple(left))


def _for_flat_vectors(framework: str, kind: str, fields: Fields, volume: Volume) -> bool:
    """Say whether the framework's layer does as ours on flat vectors alone, and this is none."""
    along = (framework, kind) in FOR_FLAT_VECTORS and fields.get("over") != "all"
    positions = (framework, kind) == (PYTORCH, "dense") and fields.get("flatten") is False
    return len(volume) > 1 and (along or positions)


def _words(framework: str, kind: str, axes: int) -> list[Word]:
    """Return the framework's layers of a kind; Keras has many an activation by its name alone."""
    words = [word for word in all_words() if word.framework == framework]
    fitting = [w for w in words if w.kind == kind and (not w.axes or axes in w.axes)]
    return fitting or [w for w in words if not w.kind and _activation(kind)]


def _given(word: Word, kind: str, ours: Fields, volume: Volume) -> dict[str, Any]:
    """Return a layer's parameters as the framework has them, as far as it has them."""
    if not word.kind:
        return {"activation": _activation(kind)}
    same = renamed(word)
    given: dict[str, Any] = {}
    taken: set[str] = set()
    for key in word.fields:
        places = ((word.framework, kind, key), (word.framework, "", key))
        special = next((WRITTEN[place] for place in places if place in WRITTEN), None)
        name = same.get(key, "")
        if special is not None:
            value = special(ours, volume)
        elif name in taken:  # alpha beside negative_slope
            continue
        else:
            value = ours.get(name)
            taken.add(name)
        if value is not None:
            given[key] = value
    return given


def _activation(kind: str) -> str | None:
    """Return the name of an activation without fields, as Keras has it."""
    found = (name for name, (meant, fields) in ACTIVATIONS.items() if meant == kind and not fields)
    return next(found, None)


def _shortest(value: Any) -> Any:
    """Return a value with [[1, 1], [2, 2]] as [1, 2]."""
    if not isinstance(value, list):
        return value
    return [v[0] if isinstance(v, list) and len(v) == 2 and v[0] == v[1] else v for v in value]


def _listed(value: Any) -> Any:
    return [_listed(inner) for inner in value] if isinstance(value, list | tuple) else value


def _numbered(name: str, value: Any, volume: Volume) -> Any:
    """Return a field's value with axes by their numbers; a lone depth keeps its name."""
    if name not in ("axis", "axes"):
        return value
    numbers = {title: number for number, title in enumerate(titles_of(volume))}
    if isinstance(value, list):
        return [numbers.get(axis, 0 if axis == "units" else axis) for axis in value]
    return value if value == "depth" else numbers.get(value, value)


# -- values that are not the same in both ---------------------------------------------------------


def _depth(_: Fields, volume: Volume) -> int:
    return volume[-1]


def _values(_: Fields, volume: Volume) -> int:
    return prod(volume)


def _always(value: Any) -> Write:
    return lambda fields, volume: value


def _pairs(P: Any, axes: int) -> list[list[int]]:
    """Return a padding in numbers as before and after on every axis."""
    sides: Sequence[Any] = P if isinstance(P, list) else [P] * axes
    return [side if isinstance(side, list) else [side, side] for side in sides]


def _torch_padding(fields: Fields, volume: Volume) -> Any:
    """The same number before and after on an axis."""
    P = fields.get("P")
    if isinstance(P, str):
        return None
    if isinstance(P, list):
        return [side[0] for side in _pairs(P, 0)] if all(a == b for a, b in _pairs(P, 0)) else None
    return P


def _conv_padding(fields: Fields, volume: Volume) -> Any:
    """As elsewhere, or a policy: PyTorch's same is for no stride but 1."""
    P, S = fields.get("P"), fields.get("S", 1)
    if P == "valid" or (P == "same" and S in (1, [1] * (len(volume) - 1))):
        return P
    return _torch_padding(fields, volume)


def _torch_border(fields: Fields, volume: Volume) -> Any:
    P = fields["P"]
    if not isinstance(P, list):
        return P
    return [side for pair in reversed(_pairs(P, len(volume) - 1)) for side in pair]


def _keras_padding(fields: Fields, volume: Volume) -> str | None:
    P = fields.get("P")
    return P if P in ("same", "valid") else None


def _keras_conv_padding(fields: Fields, volume: Volume) -> str | None:
    """Keras 3 has causal in its plain convolution alone."""
    return "causal" if fields.get("P") == "causal" else _keras_padding(fields, volume)


def _keras_border(fields: Fields, volume: Volume) -> Any:
    P = fields["P"]
    return P[0] if isinstance(P, list) and len(volume) == 2 else P


def _ceil(fields: Fields, _: Volume) -> bool | None:
    rounding = fields.get("rounding")
    return None if rounding not in ("floor", "ceil") else rounding == "ceil"


def _linear(fields: Fields, volume: Volume) -> Any:
    by_axes = {2: "linear", 3: "bilinear", 4: "trilinear"}
    return by_axes.get(len(volume)) if fields.get("mode") == "bilinear" else fields.get("mode")


def _two_axes_mode(fields: Fields, volume: Volume) -> Any:
    return fields.get("mode") if len(volume) == 3 else None  # the others of Keras have none


def _whole_factor(fields: Fields, _: Volume) -> Any:
    """Keras takes no fraction."""
    scale = fields.get("scale")
    whole = scale if isinstance(scale, list) else [scale]
    return scale if all(isinstance(factor, int) for factor in whole) else None


def _slopes(fields: Fields, volume: Volume) -> int:
    return volume[-1] if fields.get("slopes") == "per_slice" else 1


def _shared(fields: Fields, volume: Volume) -> list[int] | None:
    return list(range(1, len(volume))) if fields.get("slopes") == "per_slice" else None


def _depth_first(fields: Fields, _: Volume) -> list[int]:
    *sizes, depth = fields["output"]
    return [depth, *sizes]


def _dims(fields: Fields, volume: Volume) -> list[int]:
    """The order of axes, numbered from 1."""
    return [1 + axis for axis in fields["axes"] if isinstance(axis, int)]


def _joined(first: int, depth: int | None) -> Write:
    """The axis of a concat, whose first spatial one has a number, and its depth another or none."""

    def write(fields: Fields, volume: Volume) -> int | None:
        axis = fields.get("axis", "depth")
        if axis in ("depth", len(volume) - 1):
            return depth
        return first + axis if isinstance(axis, int) else None

    return write


def _learned(name: str) -> Write:
    """Whether Keras' norm has a gamma or a beta, neither of which there is without affine."""
    return lambda fields, volume: fields.get("affine") and fields.get(name, True)


def _normalized(fields: Fields, volume: Volume) -> Any:
    *spatial, D = volume
    return [D, *spatial] if fields.get("over") == "all" and spatial else D


def _normalized_axes(fields: Fields, volume: Volume) -> list[int] | None:
    return list(range(1, len(volume) + 1)) if fields.get("over") == "all" else None


# By framework, our kind (any where it is empty) and the framework's parameter.
WRITTEN: Mapping[tuple[str, str, str], Write] = {
    (PYTORCH, "", "in_channels"): _depth,
    (PYTORCH, "", "num_features"): _depth,
    (PYTORCH, "", "num_channels"): _depth,
    (PYTORCH, "", "normalized_shape"): _normalized,
    (PYTORCH, "", "in_features"): _values,
    (PYTORCH, "", "padding"): _torch_padding,
    (PYTORCH, "conv", "padding"): _conv_padding,
    (PYTORCH, "pad", "padding"): _torch_border,
    (PYTORCH, "", "ceil_mode"): _ceil,
    (PYTORCH, "l2_pool", "norm_type"): _always(2),
    (PYTORCH, "", "mode"): _linear,
    (PYTORCH, "", "num_parameters"): _slopes,
    (PYTORCH, "", "dim"): _always(1),
    (PYTORCH, "concat", "dim"): _joined(2, 1),
    (KERAS, "concat", "axis"): _joined(1, None),
    (PYTORCH, "", "unflattened_size"): _depth_first,
    (KERAS, "", "padding"): _keras_padding,
    (KERAS, "conv", "padding"): _keras_conv_padding,
    (KERAS, "pad", "padding"): _keras_border,
    (KERAS, "crop", "cropping"): _keras_border,
    (KERAS, "", "interpolation"): _two_axes_mode,
    (KERAS, "upsample", "size"): _whole_factor,
    (KERAS, "", "center"): _learned("center"),
    (KERAS, "", "scale"): _learned("scale"),
    (KERAS, "layer_norm", "axis"): _normalized_axes,
    (KERAS, "", "shared_axes"): _shared,
    (KERAS, "transpose", "dims"): _dims,
}
