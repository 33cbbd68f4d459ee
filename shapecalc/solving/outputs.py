"""Which inputs give an output that is wanted, and which outputs there are near it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from shapecalc.diagnostics import quote
from shapecalc.solving.axes import Axis, AxisSizes, inputs
from shapecalc.solving.passing import Passed
from shapecalc.solving.sets import Progression
from shapecalc.volumes import Volume, show, titles_of
from shapecalc.walking import walk

MOST_STEPS = 2**40


class WantedOutput:
    """An output of some spatial sizes; `example` are inputs at which the network fits.

    Raises ValueError for an output that is not there, or has other axes.
    """

    def __init__(
        self,
        passed: Passed,
        axes: Sequence[AxisSizes],
        letters: Mapping[Axis, str],
        example: Mapping[str, Volume],
        output: Sequence[int],
        name: str | None,
    ) -> None:
        self.passed, self.axes, self.letters, self.output = passed, axes, letters, output
        self.names = passed.names
        volumes = passed.volumes
        if name is None:
            if len(volumes) != 1:
                raise ValueError(f"say which output: {', '.join(map(quote, volumes))}")
            (name,) = volumes
        if name not in volumes:
            raise ValueError(
                f"there is no output {quote(name)}, but {', '.join(map(quote, volumes))}"
            )
        volume = volumes[name]
        if volume is None:
            raise ValueError(f"the size of the output {quote(name)} is not known")
        if len(output) not in (len(volume), len(volume) - 1) or not output:
            raise ValueError(self._other_axes(name, volume))
        self.name, self.volume = name, volume
        self.written = {one.axis: example[one.axis.input][one.axis.number] for one in axes}

    def _other_axes(self, name: str, volume: tuple[Any, ...]) -> str:
        """Say which axes an output has, with one that there is."""
        there = [self.names.number(size) for size in volume]
        if len(volume) == 1:
            return f"the output {quote(name)} is flat, for example {show(there)}"
        titles = " x ".join(titles_of(volume)[:-1])
        return f"the output {quote(name)} has {titles}, for example {show(there[:-1])}"

    # -- exactly this output -----------------------------------------------------------------------

    def inputs(self) -> dict[str, Volume] | None:
        """Return inputs that give the output, the nearest to the present ones; None: none do."""
        return self._inputs_for(self.output)

    def _inputs_for(self, output: Sequence[int]) -> dict[str, Volume] | None:
        chosen: dict[Axis, int] = {}
        for wanted, size in zip(output, self.volume, strict=False):
            if isinstance(size, int):
                if size != wanted:
                    return None
                continue
            own = self._axis_of(size)
            if own is None:
                return None
            W = self._size_for(size, own, wanted)
            if W is None:
                return None
            chosen[own.axis] = W
        sizes = {**self.written, **chosen}
        for one in self.axes:  # of axes with one letter, one was chosen
            same = [a for a in chosen if self.letters[a] == self.letters[one.axis]]
            if one.axis not in chosen and same:
                sizes[one.axis] = chosen[same[0]]
        spec = self.passed.spec
        found = {k: v for k, v in inputs(spec, sizes).items() if v is not None}
        traced = walk(replace(spec, inputs=found, example=None, findings=()))
        given = traced.outputs[self.name] or ()
        wrong = any(one.rule.structural for one in traced.findings)
        return None if wrong or tuple(given[: len(output)]) != tuple(output) else found

    def _axis_of(self, size: Any) -> AxisSizes | None:
        """Return the axis that a size of the output depends on; None where there are several."""
        letter = self.names.letter_of(size)
        return next((one for one in self.axes if self.letters[one.axis] == letter), None)

    def _gives(self, size: Any, axis: AxisSizes) -> Callable[[int], int]:
        """Return what gives a size of the output for one of the input."""
        letter = self.letters[axis.axis]
        return lambda W: self.names.number_at(size, letter, W)

    def _size_for(self, size: Any, axis: AxisSizes, wanted: int) -> int | None:
        """Return the size that fits and gives the wanted one: the present, or the roundest."""
        gives = self._gives(size, axis)
        found = [W for part in axis.fits.parts for W in _giving(gives, part, wanted)]
        present = axis.present
        if present is not None and axis.fits.has(present) and gives(present) == wanted:
            return present
        return min(found, key=lambda W: (-(W & -W), W), default=None)

    # -- outputs near it ---------------------------------------------------------------------------

    def nearest(self) -> list[tuple[Volume, dict[str, Volume]]]:
        """Return the outputs below and above along every axis, with inputs that give them."""
        columns: list[tuple[int | None, int | None]] = []
        for wanted, size in zip(self.output, self.volume, strict=False):
            if isinstance(size, int):
                columns.append((size, size))
                continue
            own = self._axis_of(size)
            if own is None:
                return []
            columns.append(_around(self._gives(size, own), own, wanted))
        found: dict[Volume, dict[str, Volume]] = {}
        for column in zip(*columns, strict=True):
            sizes = tuple(size for size in column if size is not None)
            given = self._inputs_for(sizes) if len(sizes) == len(column) else None
            if given is not None:
                found[sizes] = given
        return list(found.items())


def _around(
    gives: Callable[[int], int], axis: AxisSizes, wanted: int
) -> tuple[int | None, int | None]:
    """Return the outputs below and above the wanted one; that one twice where it is one."""
    below: list[int] = []
    above: list[int] = []
    for part in axis.fits.parts:
        low, step = part.first, part.step or 1
        end = _end(gives, part, wanted)
        if end is None:
            continue
        at = [low, low + end * step]
        k = _first(lambda k, at=low, by=step: gives(at + k * by) > wanted, end)  # type: ignore[misc]
        at += [low + n * step for n in (k - 1, k) if 0 <= n <= end]
        below += [size for W in at if (size := gives(W)) <= wanted]
        above += [size for W in at if (size := gives(W)) >= wanted]
    return max(below, default=None), min(above, default=None)


def _giving(gives: Callable[[int], int], part: Progression, wanted: int) -> Iterator[int]:
    """Yield the first and the last size of some that gives what is wanted; it never falls."""
    low, step = part.first, part.step or 1
    end = _end(gives, part, wanted)
    if end is None:
        return
    first = _first(lambda k: gives(low + k * step) >= wanted, end)
    after = _first(lambda k: gives(low + k * step) > wanted, end)
    for k in (first, after, after - 1):
        if k >= 0 and gives(low + k * step) == wanted:
            yield low + k * step


def _end(gives: Callable[[int], int], part: Progression, wanted: int) -> int | None:
    """Return how many steps there are until more than what is wanted is given; None: too many."""
    low, step = part.first, part.step or 1
    if part.last is not None or not part.step:
        return ((low if part.last is None else part.last) - low) // step
    end = 1
    while gives(low + end * step) <= wanted:
        end *= 2
        if end > MOST_STEPS:
            return None
    return end


def _first(holds: Callable[[int], bool], end: int) -> int:
    """Return the first k up to `end` for which something holds that holds from there on."""
    low, high = 0, end
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
