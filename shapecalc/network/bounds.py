"""Claims that are right for more than one number: `<= 5M`, `3.8G`, `{min: 1M, max: 5M}`.

k, M, G and T are powers of 1,000, Ki, Mi, Gi and Ti of 1,024. A number with one of them is right
for all that round to it, with as many digits as it has: 3.8G from 3.75 to 3.85 thousand million.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic_core import PydanticCustomError

from shapecalc.diagnostics import LIMIT
from shapecalc.layers.read_numbers import NATURAL, Schema, natural, wrong

UNITS: dict[str, int] = {
    unit: int(base**power)
    for base, end in ((1000, ""), (1024, "i"))
    for power, letter in enumerate("kMGT", 1)
    for unit in {letter + end, letter.upper() + end}
}
DIGITS = r"\d{1,20}(?:\.\d{1,10})?"
UNIT = r"[kKMGT]i?"
NUMBER = rf"({DIGITS})\s*({UNIT})?"
CLAIM = re.compile(rf"(<=|>=|<|>)?\s*{NUMBER}")
WANTED = "a whole number, a rounded one as 3.8G, a bound as <= 5M, or {min: 1M, max: 5M}"
BOUNDS_SCHEMA: Schema = {
    "anyOf": [
        NATURAL,
        {"type": "string", "pattern": rf"^\s*([<>]=?\s*{NUMBER}|{DIGITS}\s*{UNIT})\s*$"},
        {
            "type": "object",
            "minProperties": 1,
            "properties": {
                key: {"anyOf": [NATURAL, {"type": "string", "pattern": rf"^\s*{NUMBER}\s*$"}]}
                for key in ("min", "max")
            },
            "additionalProperties": False,
        },
    ]
}


class Bounds(NamedTuple):
    """The numbers for which a claim is right, both ends included; `written` is how it was made.

    `unit` and `digits` are those of a rounded number, for which another one can be written.
    """

    least: Decimal
    most: Decimal
    written: str
    unit: str = ""
    digits: int | None = None

    def hold(self, number: int) -> bool:
        """Say whether a number is right."""
        return self.least <= number <= self.most

    def rounded(self, number: int) -> str | None:
        """Return another number as this one was rounded; None where this is no rounded one."""
        if self.digits is None:
            return None
        return f"{Decimal(number) / UNITS[self.unit]:.{self.digits}f}{self.unit}"


def read_count(value: Any) -> int | Bounds:
    """Read a claim about a count. Raises SC104 for what is none."""
    if isinstance(value, str):
        found = CLAIM.fullmatch(value.strip())
        if found is not None and (found[1] or found[3]):
            return _bounds(found[1] or "", found[2], found[3] or "", value.strip())
    elif isinstance(value, Mapping):
        return _between(value)
    try:
        return natural(value)
    except PydanticCustomError:
        raise wrong(WANTED, value) from None


def _bounds(sign: str, digits: str, unit: str, written: str) -> Bounds:
    number = Decimal(digits) * UNITS.get(unit, 1)
    if sign:
        strictly = Decimal(1) if len(sign) == 1 else Decimal(0)  # counts are whole
        if sign[0] == "<":
            return Bounds(Decimal(0), number - strictly, written)
        return Bounds(number + strictly, Decimal(LIMIT), written)
    places = len(digits.partition(".")[2])
    half = Decimal(UNITS[unit]).scaleb(-places) / 2
    return Bounds(number - half, number + half, written, unit, places)


def _between(value: Mapping[Any, Any]) -> Bounds:
    if not value or not value.keys() <= {"min", "max"}:
        raise wrong(WANTED, value)
    ends = {key: _end(written, value) for key, written in value.items()}
    least, most = ends.get("min", Decimal(0)), ends.get("max", Decimal(LIMIT))
    if least > most:
        raise wrong("a min that is not above max", value)
    shown = [f"{word} {value[key]}" for key, word in (("min", ">="), ("max", "<=")) if key in value]
    return Bounds(least, most, " and ".join(shown))


def _end(written: Any, value: Any) -> Decimal:
    if isinstance(written, str):
        found = re.fullmatch(NUMBER, written.strip())
        if found is None:
            raise wrong(WANTED, value)
        return Decimal(found[1]) * UNITS.get(found[2] or "", 1)
    return Decimal(int(natural(written)))
