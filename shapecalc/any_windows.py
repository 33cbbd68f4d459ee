"""Fields of a window that say `any` together: which F, S, P and dilation fit, found by arithmetic.

What is tried is a filter, a padding and a dilation; the strides that fit are the divisors of the
way that the window goes, so none is tried. Only what is listed is made a layer. Imported only where
a layer has several such fields.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any, NamedTuple

from shapecalc.diagnostics import LayerError
from shapecalc.geometry import Windows, effective, fitting_strides
from shapecalc.layers.pool import Pool
from shapecalc.layers.window import Sliding
from shapecalc.volumes import Volume
from shapecalc.wildcards import PLACEHOLDERS

FIELDS = ("F", "S", "P", "dilation")
MOST_TRIED = 30_000  # filters with a padding and a dilation

Ranges = Mapping[str, Sequence[int]]
Rank = tuple[bool, int, tuple[int, ...]]  # what keeps the size first, then the smaller values


class Found(NamedTuple):
    """The values that come first, by the names of the fields, and how many fit in all."""

    values: list[dict[str, int]]
    total: int


def searchable(layer: Any, fields: Sequence[str]) -> bool:
    """Say whether the fields that say any can be searched here: a window with one number a field,
    whose strides are to divide.
    """
    if not isinstance(layer, Sliding) or layer.rounding not in (None, "exact"):
        return False
    numbers = [layer.values().get(name, 1) for name in FIELDS if name not in fields]
    wanted = sum(name in fields for name in FIELDS) > 1
    return wanted and all(type(number) is int for number in numbers)


def search(
    layer: Sliding, fields: Sequence[str], ranges: Ranges, volume: Volume, most: int
) -> Found:
    """Return up to `most` values that a layer takes on a volume, the likelier first."""
    names = [name for name in fields if name in FIELDS]
    best: list[tuple[Rank, tuple[int, ...]]] = []
    count = 0
    for one in islice(_windows(layer, fields, ranges, volume), MOST_TRIED):
        strides = _strides(layer, fields, one)
        if not strides:
            continue
        count += len(strides)
        first = _rank(one, strides[0], names, volume)
        if len(best) == most and first > best[-1][0]:  # larger strides are farther still
            continue
        for S in strides:
            values = {"F": one.F, "S": S, "P": one.P, "dilation": one.dilation}
            insort(best, (_rank(one, S, names, volume), tuple(values[name] for name in names)))
            del best[most:]
    return Found([dict(zip(names, values, strict=True)) for _, values in best], count)


def _windows(
    layer: Sliding, fields: Sequence[str], ranges: Ranges, volume: Volume
) -> Iterator[Windows]:
    """Yield every filter with a padding and a dilation that has room; the small ones first."""
    written = layer.values()
    choice = {
        name: ranges[name] if name in fields else (written.get(name, PLACEHOLDERS[name]),)
        for name in FIELDS
    }
    largest = max((*choice["S"], *choice["F"]))
    room = max(volume[:-1]) + 2 * max(choice["P"])
    for F, dilation in product(choice["F"], choice["dilation"]):
        span = effective(F, dilation)
        if span > room or (F == 1 < dilation and "dilation" in fields):  # alike
            continue
        widest = _widest(layer, F, dilation, volume, choice["P"]) if "P" in fields else None
        for P in choice["P"]:
            if widest is not None and widest < P:
                break
            found = fitting_strides(volume[:-1], F, P, dilation, largest)
            if found is not None:
                yield found


def _widest(layer: Sliding, F: int, dilation: int, volume: Volume, paddings: Sequence[int]) -> int:
    """Return the most padding that is of use and that the layer's kind allows with a filter."""
    least, most = 0, min(max(paddings), effective(F, dilation) - 1)
    while least < most:  # what is too wide is so with more, too
        P = (least + most + 1) // 2
        made = layer.model_copy(update={"F": F, "P": P, "S": 1, "dilation": dilation})
        try:
            too_wide = made.too_wide(made.fits(volume)) is not None
        except LayerError:
            too_wide = True
        least, most = (least, P - 1) if too_wide else (P, most)
    return least


def _strides(layer: Sliding, fields: Sequence[str], one: Windows) -> Sequence[int]:
    """Return the strides that a window may have: any that fit, the written one, or its own size.

    A pool of 1x1 with stride 1 does nothing, and is none unless it is written so.
    """
    if "S" in fields:
        return one.strides[1:] if one.F == 1 and isinstance(layer, Pool) else one.strides
    S = one.F if layer.S is None else layer.S
    does_nothing = "F" in fields and S == one.F == 1 and isinstance(layer, Pool)
    return (S,) if S in one.strides and not does_nothing else ()


def _rank(one: Windows, S: int, names: Sequence[str], volume: Volume) -> Rank:
    values = {"F": one.F, "S": S, "P": one.P, "dilation": one.dilation}
    chosen = tuple(values[name] for name in names)
    simple = sum(abs(values[name] - PLACEHOLDERS[name]) for name in names)
    return one.sizes(S) != volume[:-1], simple, chosen
