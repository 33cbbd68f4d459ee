"""One axis of a layer whose window is looked at: where its taps lie, and which part is shown.

A `place` is a pixel of the input, below 0 or from W on one of the padding.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import NamedTuple

from shapecalc.geometry import Fit, TransposedFit

WIDEST = 32  # places that are drawn at most
MOVES = 2  # that a wide window is shown to make


class Part(NamedTuple):
    """What is shown of an axis: some outputs, and the places that they look at."""

    outputs: range
    places: range


@dataclass(frozen=True)
class WindowAxis(ABC):
    """How the outputs along one axis look at the input."""

    fit: Fit | TransposedFit

    @property
    @abstractmethod
    def padded(self) -> bool:
        """Whether places lie beside the input."""

    @abstractmethod
    def taps(self, output: int) -> list[tuple[int, int]]:
        """Return the taps that count for an output, each with its place."""

    @abstractmethod
    def part(self, output: int, room: int) -> Part:
        """Return what is shown around an output where there is room for so many places."""


@dataclass(frozen=True)
class SlidingAxis(WindowAxis):
    """The axis of a convolution or a pool. Its window stands `fit.S` places further each time."""

    fit: Fit

    @property
    def padded(self) -> bool:
        """Whether there is padding."""
        return self.fit.before > 0 or self.fit.after > 0

    def taps(self, output: int) -> list[tuple[int, int]]:
        """Return the taps that count; under `ceil` those behind the padding do not."""
        end = self.fit.W + self.fit.after
        return [(tap, at) for tap, at in enumerate(self.fit.places(output)) if at < end]

    def part(self, output: int, room: int) -> Part:
        """Return a block of outputs: the window goes through it before the next block is shown.

        Where the window alone fills the room, there is more, so that it can be seen to move.
        """
        fit = self.fit
        room = max(room, min(fit.span + MOVES * fit.S, WIDEST))
        first, last = fit.places(0), fit.places(fit.size - 1)
        whole = range(first.start, max(last.stop, fit.W + fit.after))
        if len(whole) <= room:
            return Part(range(fit.size), whole)
        count = 1
        while count < fit.size and fit.places(count).stop - first.start <= room:
            count += 1
        start = min(output - output % count, fit.size - count)
        outputs = range(start, start + count)
        return Part(outputs, range(fit.places(start).start, fit.places(outputs[-1]).stop))


@dataclass(frozen=True)
class TransposedAxis(WindowAxis):
    """The axis of a transposed convolution: every input writes F outputs, S further each time."""

    fit: TransposedFit

    @property
    def padded(self) -> bool:
        """Never: what P stands for here is cropped from the output."""
        return False

    def taps(self, output: int) -> list[tuple[int, int]]:
        """Return the taps that write an output, each with the input that they multiply."""
        return list(self.fit.added(output))

    def part(self, output: int, room: int) -> Part:
        """Return a block of outputs, with the inputs that write them."""
        count = min(self.fit.size, room)
        start = min(output - output % count, self.fit.size - count)
        outputs = range(start, start + count)
        if room >= self.fit.W:
            return Part(outputs, range(self.fit.W))
        reached = [self.fit.reach(one) for one in outputs]
        low, high = min(r.start for r in reached), max(r.stop for r in reached)
        if low >= high:  # a stride that is larger than the filter: no input writes any of them
            low = min(max(0, high - 1), self.fit.W - 1)
            high = low + 1
        return Part(outputs, range(low, high))
