"""Receptive fields as somebody computes them who takes the windows on the way otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from operator import mul

from shapecalc.geometry import Fit
from shapecalc.grading.misconceptions.question_context import QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import terms

Refit = Callable[[Fit], Fit]


def refitted(context: QuestionContext, change: Refit) -> Iterator[QuestionContext]:
    """Yield the question about a field with other windows: of all layers on the way, and of the
    last one alone.
    """
    if context.key != "receptive_field" or not context.windows:
        return
    *before, last = context.windows
    changed = tuple(map(change, last))
    known = [context.windows]
    for windows in ([*(tuple(map(change, fits)) for fits in before), changed], [*before, changed]):
        if windows not in known:
            known.append(windows)
            there = QuestionContext(context.subject, context.query, _field(windows))
            there.windows = windows
            yield there


def fields(context: QuestionContext, change: Refit) -> Iterator[Wrong]:
    """Yield the receptive field with other windows."""
    yield from (of_windows(there.windows) for there in refitted(context, change))


def of_windows(windows: Sequence[tuple[Fit, ...]]) -> Wrong:
    """Return the receptive field that windows on the way give."""
    field = _field(windows)
    return Wrong(field, f"{terms(['1', *_terms(windows)])} = {field[0]}")


def without_one(context: QuestionContext) -> Iterator[Wrong]:
    """Yield the receptive field without the 1 that is widened."""
    if context.key == "receptive_field" and context.windows:
        field = tuple(size - 1 for size in _field(context.windows))
        if all(field):
            yield Wrong(field, f"{terms(_terms(context.windows))} = {field[0]}")


def _field(windows: Sequence[tuple[Fit, ...]]) -> tuple[int, ...]:
    """Return the receptive field along each axis."""
    axes = zip(*windows, strict=True)
    return tuple(1 + sum(more * jump for more, jump in _widened(axis)) for axis in axes)


def _terms(windows: Sequence[tuple[Fit, ...]]) -> list[str]:
    """Return by how much each layer widens the field along the first axis: `2*4` for 3 at a jump
    of 4.
    """
    widened = _widened([fits[0] for fits in windows])
    return [f"{more}*{jump}" if jump > 1 else str(more) for more, jump in widened if more]


def _widened(axis: Sequence[Fit]) -> list[tuple[int, int]]:
    """Return F - 1 of each window, and the jump before it."""
    jumps = accumulate((fit.S for fit in axis), mul, initial=1)
    return [(fit.span - 1, jump) for fit, jump in zip(axis, jumps, strict=False)]
