"""What a framework's field means in our words, or why it has no place here.

A field is a function of its value and of all fields beside it. It never raises: a value that it
does not know is passed on under our name, and our own field says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

from shapecalc.volumes import readings

NOTHING: Mapping[str, Any] = {}


class Stated(NamedTuple):
    """What a field says of the volume that comes in; it is compared and has no other effect."""

    what: Literal["depth", "values", "axes", "volume"]
    value: Any


class Meaning(NamedTuple):
    """Our fields for one of a framework's; `fault` is a hint where there are none.

    `harmless` says that what cannot be done touches neither volumes nor counts, `known` that other
    values of the field are read, `behind` the layer of its own that does it, `instead` the kind
    that does it with fields of ours, `removed` that the field may be left out.
    """

    fields: Mapping[str, Any] = NOTHING
    stated: tuple[Stated, ...] = ()
    fault: str = ""
    harmless: bool = False
    known: bool = False
    behind: Any = None
    instead: tuple[str, Mapping[str, Any]] | None = None
    removed: bool = False


Field = Callable[[Any, Mapping[str, Any]], Meaning]
Fields = Mapping[str, Field]


class Word(NamedTuple):
    """A framework's layer: the kind it is, and what its fields mean.

    `axes` holds the numbers of spatial axes that it is for, none where it is for all. `absent` is
    what a field means that is not written, where our default is another; or one that it does not
    have, by our name, where the layer's own name says it. `shorthand` is the
    framework's field that a bare value is for. `but` is said where the other framework's layer of
    the same name may be meant and differs.
    """

    name: str
    framework: str
    kind: str
    fields: Fields
    axes: tuple[int, ...] = ()
    absent: Mapping[str, Meaning] = {}
    shorthand: str | None = None
    but: str = ""


# -- kinds of fields ---------------------------------------------------------------------------


@cache
def reads(name: str) -> Field:
    """A field of ours under another name."""
    return lambda value, _: Meaning({name: value})


def ignored(value: Any, _: Mapping[str, Any]) -> Meaning:
    """A field that changes neither volumes, nor counts, nor results."""
    return Meaning()


def only(*values: Any, hint: str, harmless: bool = True, removed: bool = False) -> Field:
    """A field that may be left out at some values, and has no place here at others.

    `removed` says that the hint is to leave it out at these as well.
    """

    def read(value: Any, _: Mapping[str, Any]) -> Meaning:
        same = any(value == v and isinstance(value, bool) == isinstance(v, bool) for v in values)
        return Meaning() if same or value is None else refused

    refused = Meaning(fault=hint, harmless=harmless, removed=removed)
    return read


def unless_none(name: str) -> Field:
    """A field of ours under another name, which may be written as none."""
    return unless(name, None)


def unless(name: str, usual: object) -> Field:
    """A field of ours under another name, which may be left out at its usual value."""
    return lambda value, _: Meaning() if value == usual else Meaning({name: value})


ALPHA = only(1, hint="elu has alpha 1 here")


def depth(value: Any, _: Mapping[str, Any]) -> Meaning:
    """The depth of what comes in."""
    return _number("depth", value)


def values(value: Any, _: Mapping[str, Any]) -> Meaning:
    """The number of values that come in."""
    return _number("values", value)


def seen_by_a_unit(value: Any, fields: Mapping[str, Any]) -> Meaning:
    """The inputs of a dense layer's units: all values, or the depth where it works along that."""
    return _number("depth" if fields.get("flatten") is False else "values", value)


def _number(what: Literal["depth", "values"], value: Any) -> Meaning:
    if value is None:
        return Meaning()
    if type(value) is int and value > 0:
        return Meaning(stated=(Stated(what, value),))
    hint = "it is a positive whole number, and may be left out"
    return Meaning(fault=hint, harmless=True, known=True)


def volume(value: Any, _: Mapping[str, Any]) -> Meaning:
    """The volume that comes in, as Keras has it."""
    found = readings(value if isinstance(value, str) else list(_items(value)))
    if len(found) == 1:
        return Meaning(stated=(Stated("volume", found[0].volume),))
    hint = "leave it out: the volume follows from the input"
    return Meaning(fault=hint, harmless=True, known=True, removed=True)


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]


def rounding(value: Any, _: Mapping[str, Any]) -> Meaning:
    """PyTorch's ceil_mode."""
    if isinstance(value, bool):
        return Meaning({"rounding": "ceil" if value else "floor"})
    return Meaning(fault="it is true or false", known=True)


def padding(value: Any, _: Mapping[str, Any]) -> Meaning:
    """The padding of a window; the policies in any case."""
    if isinstance(value, str) and value.lower() in ("same", "valid", "causal"):
        return Meaning({"P": value.lower()})
    return Meaning({"P": value})


def innermost_first(axes: int) -> Field:
    """PyTorch's padding of a layer of its own: left, right, top, bottom, the last axis first."""

    def read(value: Any, _: Mapping[str, Any]) -> Meaning:
        sides = list(_items(value))
        if len(sides) != 2 * axes:
            return Meaning({"P": value})
        pairs = [sides[start : start + 2] for start in range(0, 2 * axes, 2)]
        return Meaning({"P": pairs[::-1]})

    return read


def two_sides(value: Any, _: Mapping[str, Any]) -> Meaning:
    """Keras' border in one dimension: a number, or before and after."""
    if isinstance(value, list | tuple) and len(value) == 2 and all(type(v) is int for v in value):
        return Meaning({"P": [list(value)]})
    return Meaning({"P": value})


def permutation(value: Any, _: Mapping[str, Any]) -> Meaning:
    """Keras' order of axes, numbered from 1."""
    if isinstance(value, list | tuple) and all(type(axis) is int for axis in value):
        return Meaning({"axes": [axis - 1 for axis in value]})
    return Meaning({"axes": value})


def depth_axis(*, keras: bool) -> Field:
    """The axis that a layer works along: ours is the depth.

    In PyTorch the depth is axis 1 or counted from the end, in Keras the last.
    """

    def read(value: Any, _: Mapping[str, Any]) -> Meaning:
        axis = value[0] if isinstance(value, list | tuple) and len(value) == 1 else value
        if axis is None or axis == (-1 if keras else 1):
            return Meaning()
        if type(axis) is int and 1 <= (axis if keras else -axis) <= 4:
            return Meaning(stated=(Stated("axes", (abs(axis) - 1,)),))
        return Meaning(
            fault="leave it out: it works along the depth here", known=True, removed=True
        )

    return read


def joined_axis(*, keras: bool) -> Field:
    """The axis that volumes are joined along.

    Keras' 3 and 4 are the depth of an image and of a film; nearly nobody joins films sideways.
    """
    along_depth = depth_axis(keras=keras)

    def read(value: Any, fields: Mapping[str, Any]) -> Meaning:
        first, end = (1, 3) if keras else (2, 5)
        axis = value[0] if isinstance(value, list | tuple) and len(value) == 1 else value
        if type(axis) is int and first <= axis < end:
            return Meaning({"axis": axis - first})
        return along_depth(value, fields)

    return read


def center(value: Any, fields: Mapping[str, Any]) -> Meaning:
    """Whether Keras' norm has a beta; affine says it where it has neither that nor a gamma."""
    if value is False and fields.get("scale") is False:
        return Meaning({"affine": False})
    return Meaning() if value is True or value is None else Meaning({"center": value})


def scale(value: Any, fields: Mapping[str, Any]) -> Meaning:
    """Whether Keras' norm has a gamma; center says it where it has no beta either."""
    neither = value is False and fields.get("center") is False
    return Meaning() if neither or value is True or value is None else Meaning({"scale": value})


def normalized_shape(value: Any, fields: Mapping[str, Any]) -> Meaning:
    """What PyTorch's LayerNorm runs over: the depth, or all of a volume, depth first."""
    sizes = _items(value)
    if len(sizes) < 2 or not all(type(size) is int and size > 0 for size in sizes):
        return normalized_depth(value, fields)
    first, *rest = sizes
    return Meaning({"over": "all"}, (Stated("volume", (*rest, first)),))


def normalized_depth(value: Any, fields: Mapping[str, Any]) -> Meaning:
    """What PyTorch's RMSNorm runs over."""
    sizes = _items(value)
    if len(sizes) == 1:
        return depth(sizes[0], fields)
    return Meaning(fault="it runs over the depth at each position, not over the whole volume")


def normalized_axes(value: Any, fields: Mapping[str, Any]) -> Meaning:
    """What Keras' LayerNormalization runs over: the last axis, or all behind the batch."""
    axes = sorted(value) if _whole_numbers(value) and len(value) > 1 else []
    n = len(axes)
    if axes and axes in ([*range(1, n + 1)], [*range(-n, 0)]):
        return Meaning({"over": "all"}, (Stated("axes", (n - 1,)),))
    return depth_axis(keras=True)(value, fields)


def _whole_numbers(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(type(one) is int for one in value)


def scale_factor(value: Any, _: Mapping[str, Any]) -> Meaning:
    """A factor, which frameworks also write as a fraction."""
    if value is None:
        return Meaning()
    if isinstance(value, list | tuple):
        return Meaning({"scale": [_whole(factor) for factor in value]})
    return Meaning({"scale": _whole(value)})


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def recomputed(value: Any, fields: Mapping[str, Any]) -> Meaning:
    """Whether PyTorch takes the factor anew from the sizes, which tells for a fraction."""
    if value is True and not _is_whole(fields.get("scale_factor")):
        hint = "write output, the sizes that the factor gives"
        return Meaning(fault=hint, harmless=True, known=True)
    return Meaning()


def _is_whole(factor: Any) -> bool:
    return all(one is None or type(_whole(one)) is int for one in _items(factor))


INTERPOLATIONS = {
    "nearest": ("nearest", None), "nearest-exact": ("nearest", None), "linear": ("bilinear", 1),
    "bilinear": ("bilinear", None), "trilinear": ("bilinear", 3),
}  # fmt: skip


def interpolation(value: Any, fields: Mapping[str, Any]) -> Meaning:
    """How values are made up in between; ours is bilinear on every axis."""
    if value == "nearest-exact" and ("size" in fields or not _is_whole(fields.get("scale_factor"))):
        hint = "nearest takes the pixel in which an output starts, not the one in its centre"
        return Meaning(fault=hint, harmless=True, known=True)
    found = INTERPOLATIONS.get(value) if isinstance(value, str) else None
    if found is None:
        return Meaning(fault="mode is nearest or bilinear here", harmless=True, known=True)
    mode, axes = found
    return Meaning({"mode": mode}, (Stated("axes", (axes,)),) if axes else ())


def depth_first_output(value: Any, _: Mapping[str, Any]) -> Meaning:
    """A volume with its depth first."""
    if isinstance(value, list | tuple) and len(value) > 1:
        return Meaning({"output": [*value[1:], value[0]]})
    return Meaning({"output": value})


def output_size(value: Any, _: Mapping[str, Any]) -> Meaning:
    """The spatial sizes of an adaptive pool."""
    if value is None or None in _items(value):
        return Meaning(fault="none for the input's own size is not read", known=True)
    return Meaning({"output": value})


def slopes(value: Any, fields: Mapping[str, Any]) -> Meaning:
    """The number of PyTorch's PReLU's slopes."""
    if value == 1:
        return Meaning()
    return Meaning({"slopes": "per_slice"}, depth(value, fields).stated)


def shared_axes(value: Any, _: Mapping[str, Any]) -> Meaning:
    """The axes along which Keras' PReLU has one slope: all but the depth, or none."""
    axes = [] if value is None else list(_items(value))
    if not axes:
        return PER_VALUE
    if axes == list(range(1, len(axes) + 1)):
        return Meaning({"slopes": "per_slice"}, (Stated("axes", (len(axes),)),))
    return Meaning(fault="slopes are one in all, per_slice or per_value here", known=True)


PER_VALUE = Meaning({"slopes": "per_value"})

ACTIVATIONS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    **{
        name: (name, NOTHING)
        for name in (
            "relu", "relu6", "sigmoid", "tanh", "softmax", "log_softmax", "softplus", "elu", "selu",
            "gelu", "silu", "mish", "hard_sigmoid", "hard_swish", "hard_tanh", "glu",
        )
    },
    "softsign": ("softsign", NOTHING),
    "exponential": ("exp", NOTHING),
    "swish": ("silu", NOTHING),
    "hard_silu": ("hard_swish", NOTHING),
    "leaky_relu": ("leaky_relu", {"slope": 0.2}),  # Keras' function, whose layer has 0.3
}  # fmt: skip


def activation(value: Any, _: Mapping[str, Any]) -> Meaning:
    """An activation inside another layer."""
    if value is None or value == "linear":
        return Meaning()
    if not isinstance(value, str) or value not in ACTIVATIONS:
        return Meaning(fault="write the activation as a layer of its own behind it", harmless=True)
    kind, fields = ACTIVATIONS[value]
    shown = f"{kind}: {{{_listed(fields)}}}" if fields else kind
    hint = f"write the activation as a layer of its own behind it: - {shown}"
    return Meaning(fault=hint, harmless=True, behind={kind: dict(fields)} if fields else kind)


def _listed(fields: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in fields.items())
