"""What the workings of gradients are made of: values by their places, and which pixels a window
meets.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import isfinite, prod
from typing import TYPE_CHECKING, Any, NamedTuple

from shapecalc.derivations import Expression
from shapecalc.grading.worked_out import MOST
from shapecalc.layers.pool import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    AdaptivePool,
    AvgPool,
    GlobalAvgPool,
    GlobalMaxPool,
    GlobalPool,
    MaxPool,
)
from shapecalc.records import KnownRecord
from shapecalc.resampling import bin_reach

if TYPE_CHECKING:
    from shapecalc.executor.example_check import ComputedExample

NOISE = 1e-15  # of the largest value
MEANS = (AvgPool, GlobalAvgPool, AdaptiveAvgPool)  # pools of each kind
MAXIMA = (MaxPool, GlobalMaxPool, AdaptiveMaxPool)
Place = tuple[int, ...]
Gradient = tuple[str, Place]  # of what, and where


class Worked(NamedTuple):
    """The arithmetic behind a number, its formula in words, and the gradients that it has in it."""

    formula: str
    expression: Expression
    uses: tuple[Gradient, ...] = ()


def array_of(computed: ComputedExample, key: str) -> Any:
    """Return an array of the example by its name."""
    array = computed.array(computed.session.names.find(key))
    return without_noise(array) if key.endswith(".grad") else array


def without_noise(gradient: Any) -> Any:
    """Return a gradient with 0 for what rounding leaves of a sum that is 0: 0.1*0.3 - 0.1*0.3."""
    largest = float(abs(gradient).max(initial=0))
    tiny = abs(gradient) <= NOISE * largest
    if not isfinite(largest) or not (tiny & (gradient != 0)).any():
        return gradient
    found = gradient.copy()
    found[tiny] = 0
    return found


def parameter_of(computed: ComputedExample, record: KnownRecord, name: str) -> Any:
    """Return the array of a layer's parameter, which it may have from another."""
    one = record.shares_one
    if one is not None and one.name == name:
        array = array_of(computed, one.of)
        return array.T if one.transposed else array
    return array_of(computed, f"{record.shares or record.name}.{name}")


def placed(array: Any, place: Sequence[int]) -> tuple[int, ...]:
    """Return a place with the leading axes of 1 that a question may leave out."""
    return (*(0 for _ in range(array.ndim - len(place))), *place)


def used_at(record: KnownRecord, places: Sequence[tuple[int, ...]]) -> tuple[Gradient, ...]:
    """Return the gradients of a layer at some places."""
    return tuple((record.name, place) for place in places)


def summed_over(formula: str, count: int, things: str) -> str:
    """Return a formula as that of a sum over a `count` of things, unless that is 1."""
    return formula if count == 1 else f"sum of {formula} over the {things}"


def meetings(record: KnownRecord) -> list[list[tuple[int, int, int]]]:
    """Return, for each axis, each window with its taps and the pixels that they lie on; of a pool
    whose windows do not slide its bins, of a global one all of the axis.
    """
    layer: Any = record.layer
    volume = (record.input or ((),))[0]
    if isinstance(layer, GlobalPool):
        return [[(0, pixel, pixel) for pixel in range(W)] for W in volume[:-1]]
    if isinstance(layer, AdaptivePool):
        return [_in_bins(W, bins) for W, bins, _ in layer.bins(volume)]
    return [
        [(window, tap, pixel) for window in range(fit.size) for tap, pixel in fit.seen(window)]
        for fit in layer.fits(volume).axes
    ]


def _in_bins(W: int, bins: int) -> list[tuple[int, int, int]]:
    reaches = enumerate(bin_reach(j, W, bins) for j in range(bins))
    return [(j, n - first, n) for j, (first, last) in reaches for n in range(first, last + 1)]


def window_of(record: KnownRecord, at: Place) -> Place:
    """Return the window behind a place of a pool's output: the only one of a flat global one."""
    return at or (0,) * (len((record.input or ((),))[0]) - 1)


def paired(axes: Sequence[Sequence[tuple[int, int]]]) -> list[tuple[Place, Place]] | None:
    """Return two places from pairs of their numbers on each axis; None where there are many."""
    if prod(map(len, axes)) > MOST:
        return None
    return [(tuple(a for a, _ in pairs), tuple(b for _, b in pairs)) for pairs in product(*axes)]


def pixels_of(axes: Sequence[Sequence[tuple[int, int, int]]], window: Place) -> list[Place]:
    """Return the pixels of a window."""
    seen = ([p for w, _, p in axis if w == n] for axis, n in zip(axes, window, strict=True))
    return list(product(*seen))
