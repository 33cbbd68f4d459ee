"""Numbers and volumes as a page shows them: `62,378,344`, `250 MB`, `55×55×96`."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.pictures.text import short, volume_text
from shapecalc.quantities import BYTES
from shapecalc.reports.columns import UNKNOWN
from shapecalc.volumes import PartialVolume, plain


def exact(value: int | None) -> str:
    """Return a number with its thousands separated."""
    return UNKNOWN if value is None else f"{value:,}"


def of_unit(value: int | None, unit: str) -> str:
    """Return a number with three digits that count, and its unit: `250 MB`."""
    number = short(value)
    prefixed = plain(value) is not None and " " in number
    return f"{number}{unit}" if prefixed else f"{number} {unit}"


def size(values: int | None) -> str:
    """Return the bytes of values in single precision: `250 MB`."""
    return of_unit(None if values is None else values * BYTES, "B")


def crossed(text: str) -> str:
    """Return sizes, `55x55x96`, with crosses for each x."""
    return text.replace("x", "×")


def volumes(listed: Iterable[PartialVolume | None]) -> str:
    """Return several volumes."""
    return ", ".join(map(volume_text, listed))


def count(number: int, one: str, many: str | None = None) -> str:
    """Return how many there are: `1 layer`, `24 layers`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
