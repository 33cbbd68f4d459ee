"""Writes a class' marks for people, spreadsheets and platforms: one file a format.

Each has render(class_run), which returns the text with its last line break, or yields it part by
part: a class may be large.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from shapecalc.grading.graded import ClassRun
from shapecalc.registry import Registry

FORMATS: Registry[Callable[[ClassRun], str | Iterable[str]]] = Registry(
    "format of marks",
    {
        "table": f"{__name__}.table:render",
        "json": f"{__name__}.json_text:render",
        "csv": f"{__name__}.gradebook:render",
        "gradescope": f"{__name__}.gradescope:render",
        "prairielearn": f"{__name__}.prairielearn:render",
    },
    fits=callable,
    needs="a function",
)
OF_ONE = ("gradescope", "prairielearn")  # formats of a single submission


def render(form: str, class_run: ClassRun) -> str:
    """Return a class' marks in one of the formats."""
    return "".join(parts(form, class_run))


def parts(form: str, class_run: ClassRun) -> Iterator[str]:
    """Yield a class' marks in one of the formats, part by part."""
    text = FORMATS[form](class_run)
    yield from [text] if isinstance(text, str) else text


def number(value: float) -> int | float:
    """Return points as they are written: 2, not 2.0."""
    return int(value) if float(value).is_integer() else value


def two_decimals(mean: float) -> str:
    """Return a mean of points to two decimals, half up: 10.395 is 10.40."""
    return str(Decimal(repr(round(mean, 6))).quantize(Decimal("0.01"), ROUND_HALF_UP))
