"""Repairs for a window that does not fit: the nearest S, P and F that do, each one tried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, Self

from shapecalc.edits import Repair, set_field
from shapecalc.geometry import FAR, Fit, completed, effective, fits, near
from shapecalc.layers.base import show, show_value
from shapecalc.layers.field_types import Volume

Candidate = tuple[str, str, Any]  # how it is written, the field, its value


class Slides(Protocol):
    """A layer whose window slides: what repairs need of it."""

    @property
    def F(self) -> Any:
        """The filter's size as written."""

    @property
    def S(self) -> Any:
        """The stride as written; None where it follows from F."""

    def output_if_valid(self, volume: Volume) -> Volume | None:
        """Return the output volume if everything fits, otherwise None."""

    def model_copy(self, *, update: dict[str, Any]) -> Self:
        """Return the layer with other values for some fields."""


def repairs_of(layer: Slides, volume: Volume, found: Sequence[Fit]) -> tuple[Repair, ...]:
    """Return repairs such as `S=1 gives 8x8` or `P=[[0,1],[0,1]] gives 5x5`, nearest first.

    A repair is offered only if the layer with it takes the volume.
    """
    offers: dict[str, Repair] = {}
    for text, field, value in candidates(layer, volume, found):
        output = layer.model_copy(update={field: value}).output_if_valid(volume)
        if output:
            offer = f"{text} gives {show(output[:-1])}"
            offers.setdefault(offer, Repair(offer, set_field(field, value)))
    return tuple(offers.values())


def candidates(layer: Slides, volume: Volume, found: Sequence[Fit]) -> Iterator[Candidate]:
    """Yield what may be changed.

    A filter that covers more than one pixel stays one: of 1x1 it sees no neighbours, and a pool of
    1x1 does nothing. Nor is a stride to skip pixels that it did not.
    """
    yield from _field(layer, volume, found, "S", lambda fit: fit.S, _with_S)
    yield from _paddings(layer, volume, found)
    with_F = _with_F_and_S if layer.S is None else _with_F
    yield from _field(layer, volume, found, "F", lambda fit: fit.F, with_F)
    if not all(fit.size for fit in found):
        yield from _smaller(layer, volume, found)
    elif any(fit.remainder for fit in found):
        yield "rounding: floor", "rounding", "floor"


def _with_S(fit: Fit, S: int) -> bool:
    skips = max(fit.span, fit.S) < S
    return not skips and fits(fit.W, fit.F, S, (fit.before, fit.after), fit.dilation)


def _with_F(fit: Fit, F: int) -> bool:
    span, widest = effective(F, fit.dilation), max(fit.before, fit.after)
    worse = span < fit.S <= fit.span or span <= widest < fit.span
    return F > 1 and not worse and fits(fit.W, F, fit.S, (fit.before, fit.after), fit.dilation)


def _with_F_and_S(fit: Fit, F: int) -> bool:
    """A pool whose stride is not written moves by its own size."""
    return F > 1 and fits(fit.W, F, F, (fit.before, fit.after), fit.dilation)


def _with_P(fit: Fit, P: int) -> bool:
    """No window may see padding alone."""
    empty = fit.span <= P
    return not empty and fits(fit.W, fit.F, fit.S, P, fit.dilation)


def _field(
    layer: Slides,
    volume: Volume,
    found: Sequence[Fit],
    name: str,
    value: Callable[[Fit], int],
    passes: Callable[[Fit, int], bool],
) -> Iterator[Candidate]:
    """One value for all axes where the spec has one, otherwise the nearest for each axis."""
    if not isinstance(getattr(layer, name), tuple):
        start = value(found[0])
        tries = [*near(start, 1), *([_largest_filter(found)] if name == "F" else [1])]
        fitting = (v for v in tries if all(passes(fit, v) for fit in found))
        yield from _first(layer, volume, name, fitting)
        return
    choices = []
    for fit in found:
        start = value(fit)
        tries = [start, *near(start, 1)]
        choices.append(next((v for v in tries if passes(fit, v)), start))
    yield f"{name}={show_value(tuple(choices))}", name, tuple(choices)


def _first(layer: Slides, volume: Volume, name: str, values: Iterable[int]) -> Iterator[Candidate]:
    """The first value that the layer takes: a pool's padding, for one, has a limit of its own."""
    for value in values:
        if layer.model_copy(update={name: value}).output_if_valid(volume) is not None:
            yield f"{name}={value}", name, value
            return


def _largest_filter(found: Sequence[Fit]) -> int:
    """The largest F that spans no more than any padded axis."""
    return min((fit.W + fit.before + fit.after - 1) // fit.dilation + 1 for fit in found)


def _smaller(layer: Slides, volume: Volume, found: Sequence[Fit]) -> Iterator[Candidate]:
    """What else makes a filter small enough: the one that its padding keeps the size with, and the
    largest dilation that fits, where there is one.
    """
    first = found[0]
    if (
        isinstance(layer.F, int)
        and first.before == first.after
        and 1 < 2 * first.before + 1 < layer.F
    ):
        F = 2 * first.before + 1
        if all(_with_F(fit, F) for fit in found):
            yield f"F={F}", "F", F
    dilation = first.dilation
    if dilation > 1 and all(fit.dilation == dilation for fit in found):
        values = range(dilation - 1, max(0, dilation - 1 - FAR), -1)
        yield from _first(layer, volume, "dilation", values)


def _paddings(layer: Slides, volume: Volume, found: Sequence[Fit]) -> Iterator[Candidate]:
    """The nearest P that serves both sides alike, and the zeros that complete the last window."""
    if all(fit.before == fit.after == found[0].before for fit in found):
        needed = [-(-(fit.span - fit.W) // 2) for fit in found if not fit.size]
        tries = [*near(found[0].before, 0), *needed]
        fitting = (v for v in tries if all(_with_P(fit, v) for fit in found))
        alike = list(_first(layer, volume, "P", fitting))
        if alike:
            yield from alike
            return
    sides = []
    for fit in found:
        if fit.size:
            sides.append(completed(fit))
        else:
            missing = fit.span - fit.W
            sides.append((missing // 2, missing - missing // 2))
    yield f"P={show_value(tuple(sides))}", "P", tuple(sides)
