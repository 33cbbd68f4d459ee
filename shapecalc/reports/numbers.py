"""Numbers and volumes as a page shows them: `62.4 M`, `250 MB`, `55×55×96`."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.quantities import BYTES
from shapecalc.reports.columns import UNKNOWN
from shapecalc.volumes import PartialVolume, show

PREFIXES = ("", "k", "M", "G", "T", "P", "E")
EXACT = 10_000  # numbers below are written out


def exact(value: int | None) -> str:
    """Return a number with its thousands separated."""
    return UNKNOWN if value is None else f"{value:,}"


def short(value: int | None) -> str:
    """Return a number with three digits that count: `62.4 M`."""
    return exact(value) if value is None or value < EXACT else scaled(value).rstrip()


def size(values: int | None) -> str:
    """Return the bytes of values in single precision: `250 MB`."""
    if values is None:
        return UNKNOWN
    return f"{scaled(values * BYTES)}B"


def scaled(value: int) -> str:
    """Return a number with three digits and a prefix, behind which a unit may stand."""
    rest, step = float(value), 0
    while rest >= 999.5 and step < len(PREFIXES) - 1:
        rest, step = rest / 1000, step + 1
    digits = f"{rest:#.3g}".rstrip(".") if rest < 999.5 else f"{rest:,.0f}"
    return f"{digits} {PREFIXES[step]}"


def volume(sizes: PartialVolume | None) -> str:
    """Return a volume with crosses; a flat one with its thousands separated."""
    if sizes is None:
        return UNKNOWN
    if len(sizes) == 1 and isinstance(sizes[0], int):
        return f"{sizes[0]:,}"
    return crossed(show(sizes))


def crossed(text: str) -> str:
    """Return sizes, `55x55x96`, with crosses for each x."""
    return text.replace("x", "×")


def volumes(listed: Iterable[PartialVolume | None]) -> str:
    """Return several volumes."""
    return ", ".join(map(volume, listed))


def percent(part: int, whole: int) -> str:
    """Return a share: `39%`, `<1%`."""
    if not part:
        return "0%"
    share = 100 * part / whole
    return "<1%" if share < 1 else f"{share:.0f}%"


def count(number: int, one: str, many: str | None = None) -> str:
    """Return how many there are: `1 layer`, `24 layers`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
