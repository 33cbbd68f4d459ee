"""Numbers and sizes of a spec's fields: how each is read, and what may be meant by a wrong one.

Numbers are strict: text is not a number, true is not 1. A validator raises an error whose type is
the diagnostic's code, so one place (network/validation.py) turns all of them into findings. Beside
each stands the JSON Schema (draft-07) of the values that it takes.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from pydantic_core import PydanticCustomError, core_schema

from shapecalc import rules
from shapecalc.diagnostics import LIMIT, quote
from shapecalc.rules import Rule
from shapecalc.volumes import Volume

MAX_SPATIAL = 3  # axes that a window slides along
LONGEST_SIZES = 400  # characters of a text with crosses
CROSSED = re.compile(r"\s*[0-9]+(?:\s*[xX×]\s*[0-9]+)*\s*")
SIZE_NAME = r"[A-WYZa-wyz][0-9]{0,8}"
# Compiled when they are first needed: most values are written as they should be.
LISTED = r"\s*[\[(]?\s*[0-9]{1,18}(?:(?:\s*,\s*|\s+)[0-9]{1,18}){1,5}\s*[\])]?\s*"
WRITTEN = r"[+-]?[0-9]{1,18}(?:\.[0-9]{0,18})?(?:[eE][+-]?[0-9]{1,2})?"
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


POSITIVE = _whole_schema(1)
NATURAL = _whole_schema(0)


def list_schema(item: Schema, most: int) -> Schema:
    """Return the schema of a list of one to `most` items."""
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


def sizes_schema(least: int, title: str) -> Schema:
    """Return the schema of one size for every axis, or one an axis."""
    whole = _whole_schema(least)
    text = crossed_schema(least, 2, MAX_SPATIAL)
    return {"title": title, "anyOf": [whole, text, list_schema(whole, MAX_SPATIAL)]}


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


def written_otherwise(value: object, least: int) -> int | list[int] | None:
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


def whole_reader(least: int) -> Callable[[Any], int]:
    """Return what reads a whole number of at least `least`."""
    wanted = "a positive whole number" if least else "a whole number, 0 or more"
    return lambda value: check_whole(value, least, wanted)


def crossed(text: str) -> list[int] | None:
    """Read `3x5` as [3, 5] (also `3×5`, `3 X 5`); None where the text is no size."""
    if len(text) > LONGEST_SIZES or not CROSSED.fullmatch(text):
        return None
    return [int(digits) for digits in re.findall(r"[0-9]+", text)]


def sizes_reader(least: int) -> Callable[[Any], int | Volume]:
    """Return what reads one size for every axis, or one an axis, of at least `least` each."""
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
        raise wrong(wanted, value, instead=written_otherwise(value, least))

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


def read_fraction(value: Any) -> float:
    """Read a number from 0 up to, not including, 1."""
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


def read_real(value: Any) -> float:
    """Read a finite number."""
    if type(value) in (int, float) and abs(value) <= LIMIT:  # refuses NaN and infinity too
        return float(value)
    raise wrong(
        "a finite number", value, instead=number_of(value) if isinstance(value, str) else None
    )


def read_real_from_zero(value: Any) -> float:
    """Read a finite number, 0 or more."""
    number = read_real(value)
    if number >= 0:
        return number
    raise wrong("a number, 0 or more", value)


def read_positive_real(value: Any) -> float:
    """Read a finite number above 0."""
    number = read_real(value)
    if number > 0:
        return number
    raise wrong("a number above 0", value)


def read_integer(value: Any) -> int:
    """Read a whole number of either sign."""
    if type(value) is int and abs(value) <= LIMIT:
        return value
    raise wrong("a whole number", value, instead=meant_whole(value, 0))


REAL: Schema = {"type": "number", "minimum": -LIMIT, "maximum": LIMIT}
natural = whole_reader(0)
FACTOR: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": LIMIT}
