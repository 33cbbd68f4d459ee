"""The arithmetic of one output value: which values a window sees, and what it makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, product
from math import sqrt
from typing import NamedTuple

from shapecalc.derivations import Expression, Operation, over, plus, text, times
from shapecalc.playground.bridge import made_up
from shapecalc.playground.bridge.window_axis import WindowAxis

Place = tuple[int, ...]
NOTHING = "the window lies wholly in the padding"
Source = Callable[[int, int], int | None]  # a place and W: the pixel whose value it has


class Seen(NamedTuple):
    """One tap of a window: where it lies, its value there, and the weight if there is one."""

    tap: Place
    place: Place
    value: int
    inside: bool  # on the input, not on the padding
    weight: int = 1


class Line(NamedTuple):
    """One line of working; `text` is the arithmetic, `value` what it comes to."""

    title: str
    text: str
    value: str


class Output(NamedTuple):
    """One output value, what it is made of, and how it follows."""

    value: int | float
    seen: tuple[tuple[Seen, ...], ...]  # by slice
    lines: tuple[tuple[Line, ...], ...]  # by slice: its sums row by row
    total: str  # the last step, with its result
    chosen: Place | None = None  # the largest value's place, of a max pool


def _zero(place: int, W: int) -> int | None:
    return place if 0 <= place < W else None


def _reflected(place: int, W: int) -> int:
    return abs(place) if place < W else 2 * (W - 1) - place


SOURCES: Mapping[str, Source] = {
    "zeros": _zero,
    "reflect": _reflected,
    "replicate": lambda place, W: min(max(0, place), W - 1),
    "circular": lambda place, W: place % W,
}


class Window(NamedTuple):
    """What looks at an input: its axes, what the padding is filled with, and its numbers."""

    axes: tuple[WindowAxis, ...]
    mode: str = "zeros"
    weighted: bool = False
    local: bool = False  # with weights of its own at every output

    def at(self, slice_: int, place: Place) -> int:
        """Return the value at a place, also of the padding."""
        found = [
            SOURCES[self.mode](at, axis.fit.W) for at, axis in zip(place, self.axes, strict=True)
        ]
        pixel = tuple(at for at in found if at is not None)
        return made_up.value(slice_, pixel) if len(pixel) == len(found) else 0

    def weight(self, slice_: int, tap: Place, output: Place) -> int:
        """Return the weight of a tap; 1 where there are no weights."""
        if not self.weighted:
            return 1
        return made_up.weight(slice_, (*tap, *output) if self.local else tap)

    def inside(self, place: Place) -> bool:
        """Say whether a place is on the input."""
        return all(0 <= at < axis.fit.W for at, axis in zip(place, self.axes, strict=True))

    def seen(self, slice_: int, output: Place) -> Iterator[Seen]:
        """Yield what an output sees of a slice, row by row."""
        along = [axis.taps(at) for axis, at in zip(self.axes, output, strict=True)]
        for taps in product(*along):
            tap, place = tuple(t for t, _ in taps), tuple(at for _, at in taps)
            weight = self.weight(slice_, tap, output)
            yield Seen(tap, place, self.at(slice_, place), self.inside(place), weight)


def summed(window: Window, slices: int, bias: bool, output: Place) -> Output:
    """Return an output of a convolution: the products of all slices, added up, and the bias."""
    seen = [tuple(window.seen(number, output)) for number in range(slices)]
    sums = [sum(_products(each)) for each in seen]
    terms = sums if slices > 1 else [sum(_products(row)) for row in _by_row(seen[0])]
    return _added(seen, terms, sum(sums), bias)


def separable(window: Window, slices: int, bias: bool, output: Place) -> Output:
    """Return an output of a separable convolution: the sum of each slice, which is one output of
    the depthwise part, times its weight in the filter of 1x1.
    """
    seen = [tuple(window.seen(number, output)) for number in range(slices)]
    pairs = [(sum(_products(each)), made_up.pointwise(at)) for at, each in enumerate(seen)]
    terms = [times(total, weight) for total, weight in pairs]
    return _added(seen, terms, sum(total * weight for total, weight in pairs), bias)


def _added(
    seen: Sequence[tuple[Seen, ...]], terms: Sequence[Expression], value: int, bias: bool
) -> Output:
    """Return an output that adds terms, and the bias."""
    value += made_up.BIAS if bias else 0
    added = plus(*terms, made_up.BIAS) if bias else plus(*terms or [0])
    lines = [_rows(each, lambda one: times(one.value, one.weight)) for each in seen]
    return Output(value, tuple(seen), tuple(lines), f"{text(added)} = {value}")


def largest(window: Window, output: Place) -> Output:
    """Return an output of a max pool. Padding is never the largest; of several it is the first."""
    seen = tuple(window.seen(0, output))
    inside = [one for one in seen if one.inside]
    if not inside:
        return Output(0, (seen,), ((),), NOTHING)
    best = max(inside, key=lambda one: one.value)
    total = f"{text(Operation('max', *(one.value for one in inside)))} = {best.value}"
    return Output(best.value, (seen,), ((),), total, best.place)


def mean(window: Window, padding_counts: bool, output: Place) -> Output:
    """Return an output of an average pool: the sum over how many values count."""
    seen = tuple(window.seen(0, output))
    counted = [one for one in seen if one.inside or padding_counts]
    if not counted:
        return Output(0, (seen,), ((),), NOTHING)
    value = sum(one.value for one in counted) / len(counted)
    mean_of = over(plus(*(one.value for one in counted)), len(counted))
    return Output(value, (seen,), ((),), f"{text(mean_of)} = {number(value)}")


def root(window: Window, output: Place) -> Output:
    """Return an output of an L2 pool: the root of the sum of squares."""
    seen = tuple(window.seen(0, output))
    inside = [one.value for one in seen if one.inside]
    if not inside:
        return Output(0, (seen,), ((),), NOTHING)
    value = sqrt(sum(one**2 for one in inside))
    added = text(plus(*(Operation("^", one, 2) for one in inside)))
    return Output(value, (seen,), ((),), f"sqrt({added}) = {number(value)}")


def number(value: int | float) -> str:
    """Return a value as a cell shows it: whole, or with two decimals at most."""
    return str(int(value)) if value == int(value) else f"{value:.2f}".rstrip("0")


def _by_row(seen: Sequence[Seen]) -> list[list[Seen]]:
    """Return the taps by their row: what agrees in all axes but the last."""
    return [list(row) for _, row in groupby(seen, key=lambda one: one.tap[:-1])]


def _products(row: Sequence[Seen]) -> list[int]:
    return [one.value * one.weight for one in row]


def _rows(seen: Sequence[Seen], term: Callable[[Seen], Expression]) -> tuple[Line, ...]:
    """Return the sum of each row of a window."""
    return tuple(
        Line(
            f"row {row[0].tap[0]} of the window" if len(row[0].tap) > 1 else "the window",
            text(plus(*map(term, row))),
            str(sum(_products(row))),
        )
        for row in _by_row(seen)
    )
