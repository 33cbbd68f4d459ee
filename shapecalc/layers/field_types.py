"""The values that fields of a spec take, and how each is read; volumes first among them.

Numbers are strict: text is not a number, true is not 1. A validator raises an error whose type is
the diagnostic's code, so one place (network/validation.py) turns all of them into findings. Beside
each stands the JSON Schema (draft-07) of the values that it takes.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from pydantic_core import PydanticCustomError, core_schema

from shapecalc import rules
from shapecalc.diagnostics import LIMIT, nearest, quote
from shapecalc.edits import Change, Repair
from shapecalc.geometry import BORDERS, PADDING_POLICIES
from shapecalc.rules import Rule
from shapecalc.volumes import MOST_AXES, Reading, offers, readings, show
from shapecalc.volumes import PartialVolume as PartialVolume
from shapecalc.volumes import Volume as Volume

MAX_SPATIAL = 3  # axes that a window slides along
LONGEST_SIZES = 400  # characters of a text with crosses
NO_WORDS: Mapping[str, str] = {}
CROSSED = re.compile(r"\s*[0-9]+(?:\s*[xX×]\s*[0-9]+)*\s*")
# A size, one that is not known, or the name of one: a letter other than x, perhaps with digits.
SIZE = r"[A-WYZa-wyz][0-9]*|[0-9]+|\?"
OPEN = rf"\s*(?:{SIZE})(?:\s*[xX×]\s*(?:{SIZE}))*\s*"
SIZE_NAME = r"[A-WYZa-wyz][0-9]{0,8}"
BATCHES = ("n", "b")  # a name in front of three sizes that is no size
# Compiled when they are first needed: most values are written as they should be.
LISTED = r"\s*[\[(]?\s*[0-9]{1,18}(?:(?:\s*,\s*|\s+)[0-9]{1,18}){1,5}\s*[\])]?\s*"
WRITTEN = r"[+-]?[0-9]{1,18}(?:\.[0-9]{0,18})?(?:[eE][+-]?[0-9]{1,2})?"
NAME = re.compile(r"[A-Za-z0-9_-]+")
LAYER_NAME = re.compile(r"[ -~]+")  # instances are in front; files of other formats have any
ROUNDING_WORDS: Mapping[str, str] = {  # other words for how steps are rounded
    "down": "floor", "trunc": "floor", "truncate": "floor", "up": "ceil", "ceiling": "ceil",
}  # fmt: skip
AXIS_NAMES = (
    ("units",),
    ("length", "depth"),
    ("height", "width", "depth"),
    ("frames", "height", "width", "depth"),
)

SLOPES = ("one", "per_slice", "per_value")
AXES = ("depth", "length", "height", "width", "frames", "units")

Schema = dict[str, Any]


class FieldType:
    """What reads a value, and the JSON Schema of the values it takes; stands in an Annotated type.

    A schema that several fields share has a title.
    """

    __slots__ = ("read", "schema")

    def __init__(self, read: Callable[[Any], Any], schema: Schema) -> None:
        self.read, self.schema = read, schema

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Schema:
        return dict(self.schema)


def _whole_schema(least: int) -> Schema:
    title = "positive whole number" if least else "whole number"
    return {"title": title, "type": "integer", "minimum": least, "maximum": LIMIT}


POSITIVE, NATURAL = _whole_schema(1), _whole_schema(0)


def _listed(item: Schema, most: int) -> Schema:
    return {"type": "array", "items": item, "minItems": 1, "maxItems": most}


def crossed_schema(least: int, fewest: int, most: int, *, partial: bool = False) -> Schema:
    """Return the schema of a text such as 3x5, of so many sizes of up to 19 digits.

    With `partial` a size may be `?`, and all but the last a name.
    """
    last = size = "0*[1-9][0-9]{0,18}" if least else "0*[0-9]{1,19}"
    if partial:
        size, last = rf"({last}|\?|{SIZE_NAME})", rf"({last}|\?)"
    cross = r"\s*[xX×]\s*"
    pattern = rf"^\s*({size}{cross}){{{fewest - 1},{most - 1}}}{last}\s*$"
    return {"type": "string", "pattern": pattern, "maxLength": LONGEST_SIZES}


def _sizes_schema(least: int, title: str) -> Schema:
    whole = _whole_schema(least)
    text = crossed_schema(least, 2, MAX_SPATIAL)
    return {"title": title, "anyOf": [whole, text, _listed(whole, MAX_SPATIAL)]}


def _padding_schema(policies: Sequence[str], most: int) -> Schema:
    pair = {"type": "array", "items": NATURAL, "minItems": 2, "maxItems": 2}
    sides = _listed({"anyOf": [NATURAL, pair]}, most)
    named = [{"enum": list(policies)}] if policies else []
    return {"anyOf": [NATURAL, *named, crossed_schema(0, 2, most), sides]}


def _volume_schema(title: str, *, partial: bool = False, stated: bool = False) -> Schema:
    size: Schema = POSITIVE
    if partial:
        name = {"type": "string", "pattern": f"^{SIZE_NAME}$"}
        size = {"anyOf": [POSITIVE, {"type": "null"}, name]}
    text, listed = crossed_schema(1, 1, MOST_AXES, partial=partial), _listed(size, MOST_AXES)
    if partial:  # where only the first is open, it is a batch
        text["not"] = {"pattern": r"^\s*\?(\s*[xX×]\s*[0-9]+){3,}\s*$"}
    if partial and not stated:
        batch = {"items": [{"type": "null"}], "additionalItems": POSITIVE, "minItems": 4}
        listed["not"] = batch
    return {
        "title": title,
        "anyOf": [
            POSITIVE,
            text,
            listed,
            *(
                {
                    "type": "object",
                    "properties": dict.fromkeys(names, size),
                    "required": list(names),
                    "additionalProperties": False,
                }
                for names in AXIS_NAMES
            ),
        ],
    }


VOLUME = _volume_schema("volume")
PARTIAL_VOLUME = _volume_schema("volume, known in part or whole", partial=True)
STATED_VOLUME = _volume_schema("volume that a file states", partial=True, stated=True)


def wrong(
    wanted: str, value: object, rule: Rule = rules.WRONG_VALUE, *, instead: Any = None
) -> PydanticCustomError:
    """Return the error of a value that is not what is wanted; `instead` is one that may be."""
    text = quote(value)
    if isinstance(value, str):
        text = f'"{text}"'
    message = f"must be {wanted}, not {text}"
    return PydanticCustomError(rule.code, "{message}", {"message": message, "instead": instead})


def check_whole(value: object, least: int, wanted: str) -> int:
    """Return a strict whole number of at least `least`, or raise the fitting error."""
    if type(value) is int:
        if value > LIMIT:
            raise wrong("at most 2^63 - 1", value, rules.LIMIT_PASSED)
        if value >= least:
            return value
    raise wrong(wanted, value, instead=meant_whole(value, least))


def meant_whole(value: object, least: int) -> int | None:
    """Return the whole number that may be meant: the same one written otherwise, or rounded.

    A sign too much is left out; 0 where it may not be stands for no other number.
    """
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        value = number_of(value)
    if isinstance(value, float) and abs(value) <= LIMIT:
        value = round(value)
    if type(value) is int and least <= abs(value) <= LIMIT:
        return abs(value)
    return None


def number_of(text: str) -> int | float | None:
    """Return the number that a text holds and nothing else: quotes or a percent sign too much."""
    text = text.strip()
    percent = text.endswith("%")
    if not re.fullmatch(WRITTEN, text.rstrip("% ")):
        return None
    number = float(text.rstrip("% ")) / (100 if percent else 1)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def numbers_of(value: object) -> list[int] | None:
    """Return the whole numbers that a text holds: `3, 5` as [3, 5]; None for anything else."""
    if not isinstance(value, str) or len(value) > 100 or not re.fullmatch(LISTED, value):
        return None
    return [int(digits) for digits in re.findall(r"[0-9]+", value)]


def _written_otherwise(value: object, least: int) -> int | list[int] | None:
    """Return what may be meant by something that is no size: `3, 5`, "3", 3.0."""
    listed = numbers_of(value)
    if listed is not None:
        return _one_by_one(listed, least)
    if isinstance(value, float) and not value.is_integer():
        return None
    return None if isinstance(value, list | tuple) else meant_whole(value, least)


def _one_by_one(sizes: Sequence[Any], least: int) -> list[int] | None:
    """Return sizes as they may be meant; None where one of them is none in any spelling."""
    meant = [meant_whole(size, least) for size in sizes]
    whole = [size for size in meant if size is not None]
    return whole if len(whole) == len(meant) <= MAX_SPATIAL else None


def _whole(least: int) -> Callable[[Any], int]:
    wanted = "a positive whole number" if least else "a whole number, 0 or more"
    return lambda value: check_whole(value, least, wanted)


def crossed(text: str) -> list[int] | None:
    """Read `3x5` as [3, 5] (also `3×5`, `3 X 5`); None where the text is no size."""
    if len(text) > LONGEST_SIZES or not CROSSED.fullmatch(text):
        return None
    return [int(digits) for digits in re.findall(r"[0-9]+", text)]


def _sizes(least: int) -> Callable[[Any], int | Volume]:
    kind = "positive whole number" if least else "whole number"
    wanted = f"a {kind}, or one per axis as [3, 5] or 3x5"

    def read(value: Any) -> int | Volume:
        if type(value) is int and least <= value <= LIMIT:
            return value
        sizes = value
        if isinstance(value, str):
            sizes = crossed(value)
            if sizes is not None and len(sizes) < 2:
                raise wrong(
                    f"{wanted} (a number is written without quotes)",
                    value,
                    instead=meant_whole(value, least),
                )
        if isinstance(sizes, list | tuple) and 1 <= len(sizes) <= MAX_SPATIAL:
            for size in sizes:
                if type(size) is not int or size < least:
                    raise wrong(wanted, size, instead=_one_by_one(sizes, least))
            return tuple(check_whole(size, least, wanted) for size in sizes)
        if type(value) is int:
            check_whole(value, least, wanted)
        raise wrong(wanted, value, instead=_written_otherwise(value, least))

    return read


def read_factors(value: Any) -> int | float | tuple[int | float, ...]:
    """Read a factor, or one an axis; whole ones are whole numbers, however they are written."""
    wanted = "a positive number, or one per axis as [2, 1.5] or 2x3"
    factors = value
    if isinstance(value, str):
        factors = crossed(value)
        if factors is None or len(factors) < 2:
            raise wrong(wanted, value, instead=_meant_factor(value))
    if not isinstance(factors, list | tuple):
        return _factor(value, wanted)
    if not 1 <= len(factors) <= MAX_SPATIAL:
        raise wrong(wanted, value, instead=_meant_factor(value))
    return tuple([_factor(factor, wanted) for factor in factors])


def _factor(value: Any, wanted: str) -> int | float:
    if type(value) is int:
        return check_whole(value, 1, wanted)
    if type(value) is float and 0 < value <= LIMIT:  # refuses NaN, too
        return int(value) if value.is_integer() else value
    raise wrong(wanted, value, instead=_meant_factor(value))


def _meant_factor(value: object) -> int | float | list[int] | None:
    """Return the factor that may be meant: one in quotes, or with a sign too much."""
    listed = numbers_of(value)
    if listed is not None:
        return _one_by_one(listed, 1)
    number = number_of(value) if isinstance(value, str) else value
    if type(number) not in (int, float) or not isinstance(number, int | float):
        return None
    meant = abs(number)
    return meant if 0 < meant <= LIMIT else None


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
                raise wrong(wanted, value, instead=meant or _written_otherwise(value, 0))
            value = sizes
        if isinstance(value, list | tuple) and 1 <= len(value) <= most:
            return tuple(one_axis(side) for side in value)
        if type(value) is int:
            check_whole(value, 0, wanted)
        raise wrong(wanted, value, instead=_written_otherwise(value, 0))

    return FieldType(read, _padding_schema(policies, most))


def read_volume(value: Any) -> Volume:
    """Read a volume as `227x227x3`, [227, 227, 3], 784 or a mapping of its axes' names.

    Where it can be told what was written, a batch in front for one, the error's context holds
    repairs and, if there is one reading alone, under `meant` the volume to go on with.
    """
    try:
        return _volume(value)
    except PydanticCustomError as error:
        meant = readings(value)
        context: dict[str, Any] = {"message": error.message(), "repairs": rewritings(meant)}
        if isinstance(value, str) and value[:1] == "(" and ")" not in value:
            context["hint"] = "write it with crosses, as 32x32x3: in { } a comma ends a value"
        if len(meant) == 1:
            context["meant"] = meant[0].volume
        raise PydanticCustomError(error.type, "{message}", context) from None


def read_partial_volume(value: Any) -> PartialVolume:
    """Read a volume of which sizes may be left open: `?x?x3`, [null, null, 3], {height: null, ...}.

    Where only the first of four sizes is open, it is a volume behind a batch (Keras), and none of
    ours; a mapping says which axis it is. A spatial size may have a name: `HxWx3`, [H, W, 3].
    """
    sizes: Any = None
    if isinstance(value, str):
        short = len(value) <= LONGEST_SIZES
        if short and not CROSSED.fullmatch(value) and re.fullmatch(OPEN, value):
            sizes = [_open_size(size) for size in re.findall(SIZE, value)]
    elif isinstance(value, list | tuple) and any(_is_open(size) for size in value):
        sizes = value
    if isinstance(value, Mapping) and any(_is_open(size) for size in value.values()):
        sizes = _named_axes(value)
    if sizes is not None and any(isinstance(size, str) for size in sizes):
        return _with_names(value, sizes)
    if isinstance(value, Mapping):
        pass  # it says which axis is open
    elif sizes is not None and len(sizes) > MAX_SPATIAL and None not in sizes[1:]:
        sizes = None
    if sizes is None:
        return read_volume(value)
    return _partly_known(sizes)


def read_stated_volume(value: Any) -> PartialVolume:
    """Read a volume as a reader of another format states it: it has no batch in front."""
    if isinstance(value, list | tuple) and None in value:
        return _partly_known(value)
    return read_partial_volume(value)


def _partly_known(sizes: Sequence[Any]) -> PartialVolume:
    known = _volume([1 if _is_open(size) else size for size in sizes])
    return tuple(size if _is_open(size) else k for k, size in zip(known, sizes, strict=True))


def _open_size(text: str) -> int | str | None:
    if text == "?":
        return None
    return int(text) if text.isdigit() else text


def _is_open(size: object) -> bool:
    """Say whether a size is not known, or has a name."""
    return size is None or (isinstance(size, str) and re.fullmatch(SIZE_NAME, size) is not None)


def _with_names(value: Any, sizes: Sequence[Any]) -> PartialVolume:
    """Return a volume whose spatial sizes have names, as far as they are axes of ours."""
    batch = len(sizes) > MAX_SPATIAL and str(sizes[0]).lower() in BATCHES
    if batch and isinstance(value, str) and not any(isinstance(s, str) for s in sizes[1:]):
        return read_volume(value)  # says what is meant
    message = hint = ""
    if batch:
        message = f"must be a volume without a batch, not {quote(value)}"
        hint = f"write {show(sizes[1:])}"
    elif isinstance(sizes[-1], str):
        message = f"must be a volume whose depth is a number or ?, not {quote(value)}"
        hint = "spatial sizes have names, as in HxWx3"
    if message:
        context = {"message": message, "hint": hint}
        raise PydanticCustomError(rules.WRONG_VALUE.code, "{message}", context)
    return _partly_known(sizes)


def rewritings(meant: Sequence[Reading]) -> tuple[Repair, ...]:
    """Return what may be written in the place of sizes that are no volume here, or hardly one."""
    return tuple(
        Repair(offer, Change("set", show(volume) if len(volume) > 1 else volume[0]))
        for offer, volume in offers(meant)
    )


def _volume(value: Any) -> Volume:
    wanted = "a volume such as 32x32x3 (height x width x depth), 10x1 or 784"
    if isinstance(value, Mapping):
        value = _named_axes(value)
    elif isinstance(value, str):
        sizes = crossed(value)
        if sizes is None:
            raise wrong(wanted, value)
        value = sizes
    elif not isinstance(value, list | tuple):
        value = [value]
    if not 1 <= len(value) <= MOST_AXES:
        raise wrong(f"{wanted}: one to eight sizes", value)
    return tuple(check_whole(size, 1, "positive whole numbers") for size in value)


def read_target(value: Any) -> Volume:
    """Read the volume that a reshape gives. -1 may be a batch or a size to be worked out."""
    sizes = value if isinstance(value, list | tuple) else [value]
    if any(size == -1 or (isinstance(size, str) and "-1" in size) for size in sizes):
        message = wrong("a volume with every size written", value).message()
        hint = "-1 is not worked out: write the size itself, and no batch"
        raise PydanticCustomError(
            rules.WRONG_VALUE.code, "{message}", {"message": message, "hint": hint}
        )
    return read_volume(value)


def _named_axes(value: Mapping[Any, Any]) -> list[Any]:
    for names in AXIS_NAMES:
        if set(names) == set(value):
            return [value[name] for name in names]
    named = quote(", ".join(map(str, value)))
    wanted = "a volume by name: height, width, depth (or length, frames, units)"
    raise PydanticCustomError(
        rules.WRONG_VALUE.code, "{message}", {"message": f"must be {wanted}, not one of {named}"}
    )


def _fraction(value: Any) -> float:
    if type(value) in (int, float) and 0 <= value < 1:
        return float(value)
    meant = number_of(value) if isinstance(value, str) else value
    if not isinstance(meant, int | float) or isinstance(meant, bool):
        meant = None
    elif 5 <= meant < 100:  # percent
        meant = meant / 100
    fits = meant is not None and 0 <= meant < 1
    wanted = "a number from 0 up to, not including, 1"
    raise wrong(wanted, value, instead=meant if fits else None)


def _real(value: Any) -> float:
    if type(value) in (int, float) and abs(value) <= LIMIT:  # refuses NaN and infinity too
        return float(value)
    raise wrong(
        "a finite number", value, instead=number_of(value) if isinstance(value, str) else None
    )


def _real_from_zero(value: Any) -> float:
    number = _real(value)
    if number >= 0:
        return number
    raise wrong("a number, 0 or more", value)


def _positive_real(value: Any) -> float:
    number = _real(value)
    if number > 0:
        return number
    raise wrong("a number above 0", value)


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


def _integer(value: Any) -> int:
    if type(value) is int and abs(value) <= LIMIT:
        return value
    raise wrong("a whole number", value, instead=meant_whole(value, 0))


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


_REAL: Schema = {"type": "number", "minimum": -LIMIT, "maximum": LIMIT}

Positive = Annotated[int, FieldType(_whole(1), POSITIVE)]
natural = _whole(0)
Natural = Annotated[int, FieldType(natural, NATURAL)]
Sizes = Annotated[int | Volume, FieldType(_sizes(1), _sizes_schema(1, "sizes"))]
_FACTOR: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": LIMIT}
Factors = Annotated[
    int | float | tuple[int | float, ...],
    FieldType(
        read_factors,
        {"anyOf": [_FACTOR, crossed_schema(1, 2, MAX_SPATIAL), _listed(_FACTOR, MAX_SPATIAL)]},
    ),
]
Offsets = Annotated[int | Volume, FieldType(_sizes(0), _sizes_schema(0, "sizes or 0"))]
Pads = Annotated[int | str | tuple[Any, ...], padding(*PADDING_POLICIES)]
Border = Annotated[int | tuple[Any, ...], padding(most=MOST_AXES - 1)]
StatedVolume = Annotated[PartialVolume, FieldType(read_stated_volume, STATED_VOLUME)]
VolumeField = Annotated[Volume, FieldType(read_target, VOLUME)]
Rate = Annotated[
    float, FieldType(_fraction, {"type": "number", "minimum": 0, "exclusiveMaximum": 1})
]
Real = Annotated[float, FieldType(_real, _REAL)]
RealFromZero = Annotated[
    float, FieldType(_real_from_zero, {"type": "number", "minimum": 0, "maximum": LIMIT})
]
PositiveReal = Annotated[
    float,
    FieldType(_positive_real, {"type": "number", "exclusiveMinimum": 0, "maximum": LIMIT}),
]
Truth = Annotated[bool, FieldType(read_truth, {"type": "boolean"})]
FactorOfSlices = Annotated[
    bool | float | tuple[float, ...],
    FieldType(
        _factor_of_slices,
        {"anyOf": [{"type": "boolean"}, _REAL, {"type": "array", "items": _REAL, "minItems": 1}]},
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
    int, FieldType(_integer, {"type": "integer", "minimum": -LIMIT, "maximum": LIMIT})
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
                {**_listed({"enum": list(AXES)}, MAX_SPATIAL + 1), "uniqueItems": True},
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
