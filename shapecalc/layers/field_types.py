"""The types of a spec's fields, each with what reads it; paddings, words, axes and lists are read
here, numbers in read_numbers.py, volumes in read_volumes.py.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic_core import PydanticCustomError

from shapecalc.diagnostics import LIMIT, nearest
from shapecalc.edits import Change, Repair
from shapecalc.geometry import BORDERS, PADDING_POLICIES
from shapecalc.layers.read_numbers import (
    FACTOR,
    LONGEST_SIZES,
    MAX_SPATIAL,
    NATURAL,
    POSITIVE,
    REAL,
    FieldType,
    Schema,
    check_whole,
    crossed,
    crossed_schema,
    list_schema,
    natural,
    read_factors,
    read_fraction,
    read_integer,
    read_positive_real,
    read_real,
    read_real_from_zero,
    sizes_reader,
    sizes_schema,
    whole_reader,
    written_otherwise,
    wrong,
)
from shapecalc.layers.read_volumes import (
    STATED_VOLUME,
    VOLUME,
    read_stated_volume,
    read_target,
)
from shapecalc.volumes import MOST_AXES
from shapecalc.volumes import PartialVolume as PartialVolume
from shapecalc.volumes import Volume as Volume

NO_WORDS: Mapping[str, str] = {}
NAME = re.compile(r"[A-Za-z0-9_-]+")
LAYER_NAME = re.compile(r"[ -~]+")  # instances are in front; files of other formats have any
ROUNDING_WORDS: Mapping[str, str] = {  # other words for how steps are rounded
    "down": "floor", "trunc": "floor", "truncate": "floor", "up": "ceil", "ceiling": "ceil",
}  # fmt: skip
SLOPES = ("one", "per_slice", "per_value")
AXES = ("depth", "length", "height", "width", "frames", "units")


def _padding_schema(policies: Sequence[str], most: int) -> Schema:
    pair = {"type": "array", "items": NATURAL, "minItems": 2, "maxItems": 2}
    sides = list_schema({"anyOf": [NATURAL, pair]}, most)
    named = [{"enum": list(policies)}] if policies else []
    return {"anyOf": [NATURAL, *named, crossed_schema(0, 2, most), sides]}


def padding(*policies: str, most: int = MAX_SPATIAL) -> FieldType:
    """Return the type of a padding on up to `most` axes, which may be one of a few policies."""
    named = f", {', '.join(policies)}" if policies else ""
    wanted = f"0 or more, one per axis, [[before, after], ...]{named}"

    def one_axis(value: Any) -> int | tuple[int, int]:
        if isinstance(value, list | tuple) and len(value) == 2:
            return check_whole(value[0], 0, wanted), check_whole(value[1], 0, wanted)
        return check_whole(value, 0, wanted)

    def read(value: Any) -> Any:
        if type(value) is int and 0 <= value <= LIMIT:
            return value
        if isinstance(value, str):
            if value in policies:
                return str(value)
            sizes = crossed(value)
            if sizes is None or len(sizes) < 2:
                meant = _meant(value, policies)
                raise wrong(wanted, value, instead=meant or written_otherwise(value, 0))
            value = sizes
        if isinstance(value, list | tuple) and 1 <= len(value) <= most:
            return tuple(one_axis(side) for side in value)
        if type(value) is int:
            check_whole(value, 0, wanted)
        raise wrong(wanted, value, instead=written_otherwise(value, 0))

    return FieldType(read, _padding_schema(policies, most))


def read_truth(value: Any) -> bool:
    """Read true or false."""
    if isinstance(value, bool):
        return value
    raise wrong("true or false", value, instead=_meant_truth(value))


def _meant_truth(value: Any) -> bool | None:
    """Return the truth that may be meant: 0, yes, False in quotes, flase."""
    if not isinstance(value, str):
        return bool(value) if value in (0, 1) else None
    words = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
    word = value.lower()
    return words.get(word if word in words else _meant(value, ("true", "false")) or "")


def _factor_of_slices(value: Any) -> bool | float | tuple[float, ...]:
    if isinstance(value, bool):
        return value
    listed = isinstance(value, list | tuple)
    numbers = value if listed else [value]
    if numbers and all(type(n) in (int, float) and abs(n) <= LIMIT for n in numbers):
        return tuple(map(float, numbers)) if listed else float(value)
    raise wrong("true, false, a number, or a list with one for each slice", value)


def _meant(value: Any, names: Sequence[str]) -> str | None:
    """Return the word that may be meant."""
    return nearest(value, names) if isinstance(value, str) else None


def choice(*names: str, meant: Mapping[str, str] = NO_WORDS) -> FieldType:
    """Return the type of a field that takes one of a few words; others have a meaning."""

    return FieldType(lambda value: one_of(value, names, meant), {"enum": list(names)})


def _one_of(names: Sequence[str]) -> str:
    """Return words as a choice: zeros, reflect or circular."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def one_of(value: Any, names: Sequence[str], meant: Mapping[str, str] = NO_WORDS) -> str:
    """Return one of a few words, or raise the fitting error."""
    if isinstance(value, str) and value in names:
        return str(value)
    instead = meant.get(value) if isinstance(value, str) else None
    raise wrong(_one_of(names), value, instead=instead or _meant(value, names))


def _slopes(value: Any) -> str:
    if isinstance(value, bool):  # per_channel
        return "per_slice" if value else "one"
    return one_of(value, SLOPES, {"per_channel": "per_slice"})


def read_axis(value: Any) -> str | int:
    """Read one axis: its name, or its number from 0 in written order."""
    if type(value) is int and 0 <= value < MOST_AXES:
        return value
    if isinstance(value, str) and value in AXES[:-1]:
        return str(value)
    last = type(value) is int and value == -1  # as frameworks count
    wanted = f"{', '.join(AXES[:-1])}, or a number from 0 in written order"
    raise wrong(wanted, value, instead="depth" if last else _meant(value, AXES[:-1]))


def read_axes(value: Any) -> tuple[int, ...] | tuple[str, ...]:
    """Read an order of axes: each once, by name or by number from 0."""
    wanted = "every axis once, by name ([width, height, depth]) or by number from 0 ([1, 0, 2])"
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= MOST_AXES:
        raise wrong(wanted, value)
    numbers = all(type(axis) is int for axis in value)
    names = all(isinstance(axis, str) and axis in AXES for axis in value)
    if not (numbers or names) or len(set(value)) < len(value):
        raise wrong(wanted, list(value))
    if numbers and set(value) != set(range(len(value))):
        raise wrong(wanted, list(value))
    return tuple(value)


def _list(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(value)
    error = wrong("a list of layers", value)
    context = {"message": error.message(), "repairs": dashes(value)}
    raise PydanticCustomError(error.type, "{message}", context)


def dashes(value: Any) -> tuple[Repair, ...]:
    """Return what makes a list of layers of one layer, or of several written as a mapping."""
    layers: list[Any] = [value] if isinstance(value, str) else []
    if isinstance(value, Mapping):
        layers = [key if inner is None else {key: inner} for key, inner in value.items()]
    return (Repair("begin each layer with a dash", Change("set", layers)),) if layers else ()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    raise wrong("text", value)


def read_layer_name(value: Any) -> str:
    """Read the name of another layer; a name given to a block stays what it is."""
    if isinstance(value, str) and len(value) <= LONGEST_SIZES and LAYER_NAME.fullmatch(value):
        return value
    raise wrong("the name of an earlier layer", value)


Positive = Annotated[int, FieldType(whole_reader(1), POSITIVE)]
Natural = Annotated[int, FieldType(natural, NATURAL)]
Sizes = Annotated[int | Volume, FieldType(sizes_reader(1), sizes_schema(1, "sizes"))]
Factors = Annotated[
    int | float | tuple[int | float, ...],
    FieldType(
        read_factors,
        {"anyOf": [FACTOR, crossed_schema(1, 2, MAX_SPATIAL), list_schema(FACTOR, MAX_SPATIAL)]},
    ),
]
Offsets = Annotated[int | Volume, FieldType(sizes_reader(0), sizes_schema(0, "sizes or 0"))]
Pads = Annotated[int | str | tuple[Any, ...], padding(*PADDING_POLICIES)]
Border = Annotated[int | tuple[Any, ...], padding(most=MOST_AXES - 1)]
StatedVolume = Annotated[PartialVolume, FieldType(read_stated_volume, STATED_VOLUME)]
VolumeField = Annotated[Volume, FieldType(read_target, VOLUME)]
Rate = Annotated[
    float, FieldType(read_fraction, {"type": "number", "minimum": 0, "exclusiveMaximum": 1})
]
Real = Annotated[float, FieldType(read_real, REAL)]
RealFromZero = Annotated[
    float, FieldType(read_real_from_zero, {"type": "number", "minimum": 0, "maximum": LIMIT})
]
PositiveReal = Annotated[
    float,
    FieldType(read_positive_real, {"type": "number", "exclusiveMinimum": 0, "maximum": LIMIT}),
]
Truth = Annotated[bool, FieldType(read_truth, {"type": "boolean"})]
FactorOfSlices = Annotated[
    bool | float | tuple[float, ...],
    FieldType(
        _factor_of_slices,
        {"anyOf": [{"type": "boolean"}, REAL, {"type": "array", "items": REAL, "minItems": 1}]},
    ),
]
Slopes = Annotated[str, FieldType(_slopes, {"enum": [*SLOPES, True, False]})]
BORDER_WORDS: Mapping[str, str] = {  # other tools' words for what padding is filled with
    "constant": "zeros", "zero": "zeros", "mirror": "reflect", "reflection": "reflect",
    "edge": "replicate", "replication": "replicate", "nearest": "replicate", "wrap": "circular",
}  # fmt: skip
BorderMode = Annotated[str, choice(*BORDERS, meant=BORDER_WORDS)]
Text = Annotated[str, FieldType(_text, {"type": "string"})]
LayerName = Annotated[
    str,
    FieldType(
        read_layer_name,
        {"type": "string", "pattern": rf"^{LAYER_NAME.pattern}$(?!\n)", "maxLength": LONGEST_SIZES},
    ),
]
Integer = Annotated[
    int, FieldType(read_integer, {"type": "integer", "minimum": -LIMIT, "maximum": LIMIT})
]
AxisField = Annotated[
    str | int,
    FieldType(
        read_axis,
        {
            "anyOf": [
                {"enum": list(AXES[:-1])},
                {"type": "integer", "minimum": 0, "maximum": MOST_AXES - 1},
            ]
        },
    ),
]
AxisOrder = Annotated[
    tuple[int, ...] | tuple[str, ...],
    FieldType(
        read_axes,
        {
            "anyOf": [
                {**list_schema({"enum": list(AXES)}, MAX_SPATIAL + 1), "uniqueItems": True},
                *(
                    {
                        "type": "array",
                        "items": {"type": "integer", "minimum": 0, "maximum": axes - 1},
                        "minItems": axes,
                        "maxItems": axes,
                        "uniqueItems": True,
                    }
                    for axes in range(1, MOST_AXES + 1)
                ),
            ]
        },
    ),
]
LAYERS: Schema = {"title": "layers", "type": "array"}
LayerList = Annotated[list[Any], FieldType(_list, LAYERS)]
