"""Sets of sizes as people read them: W = 188 + 16k, from 188; 7; 32 to 63."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from math import lcm
from typing import NamedTuple

from shapecalc.solving.classes import Class

LONGEST_PERIOD = 100_000


class Progression(NamedTuple):
    """The sizes offset + step*k from `first` on, up to `last` (None: without end).

    `offset` is the smallest; a step of 0 is that one size.
    """

    step: int
    first: int
    last: int | None = None

    def has(self, W: int) -> bool:
        """Say whether a size is one of them."""
        if self.first > W or (self.last is not None and self.last < W):
            return False
        return not (W - self.first) % self.step if self.step else self.first == W

    def below(self, W: int) -> int | None:
        """Return the largest that is not above a size."""
        if self.first > W:
            return None
        W = W if self.last is None else min(W, self.last)
        return W - (W - self.first) % self.step if self.step else self.first

    def above(self, W: int) -> int | None:
        """Return the smallest that is not below a size."""
        if self.first >= W:
            return self.first
        if not self.step:
            return None
        found = W + (self.first - W) % self.step
        return found if self.has(found) else None


class Sizes(NamedTuple):
    """A set of sizes; those without end come first."""

    parts: tuple[Progression, ...]

    def has(self, W: int) -> bool:
        """Say whether a size is in it."""
        return any(part.has(W) for part in self.parts)

    def nearest(self, W: int) -> tuple[int | None, int | None]:
        """Return the largest that is not above a size, and the smallest that is not below it."""
        below = [found for part in self.parts if (found := part.below(W)) is not None]
        above = [found for part in self.parts if (found := part.above(W)) is not None]
        return max(below, default=None), min(above, default=None)

    def smallest(self) -> int | None:
        """Return the smallest size."""
        return min((part.first for part in self.parts), default=None)

    def text(self, letter: str) -> str:
        """Return the set in words; empty where there is none."""
        return "; ".join(self._told(letter, _by_formula))

    def in_members(self, letter: str) -> str:
        """Return the set in words without a formula, `W: 16, 24, 32, ...`."""
        return "; ".join(self._told(letter, _by_members))

    def _told(self, letter: str, endless_one: Callable[[Progression, str], str]) -> Iterator[str]:
        endless = [part for part in self.parts if part.last is None and part.step]
        together = _together(endless, letter)
        if together:
            yield together
        for part in () if together else endless:
            if part.step == 1:
                yield f"every {letter} from {part.first}"
            else:
                yield endless_one(part, letter)
        limited = sorted(set(self.parts) - set(endless), key=lambda part: part.first)
        for part in limited:
            if not part.step or part.last == part.first:
                yield f"{letter} = {part.first}"
            elif part.step == 1:
                yield f"{letter} = {part.first} to {part.last}"
            else:
                yield f"{letter} = {part.first} to {part.last} in steps of {part.step}"

    def listed(self) -> list[dict[str, int]]:
        """Return the set as JSON has it; those with an end one by one."""
        found = []
        for part in self.parts:
            if part.last is None and part.step:
                found.append({"offset": part.first, "step": part.step, "from": part.first})
            else:
                last = part.first if part.last is None else part.last
                for W in range(part.first, last + 1, part.step or 1):
                    found.append({"offset": W, "step": 0, "from": W})
        return found


def union(classes: Sequence[Class]) -> Sizes:
    """Return the sizes of some classes in as few parts as their least period takes."""
    endless = [one for one in classes if one.high is None]
    limited = {W for one in classes if one.high is not None for W in _members(one)}
    parts: list[Progression] = []
    if endless:
        period = lcm(*(one.step for one in endless))
        if period * len(endless) > LONGEST_PERIOD:
            parts = [Progression(one.step, one.first) for one in endless]
        else:
            parts = _least(_firsts(endless, period), period)
    parts = _downward(parts, limited)
    taken = [W for W in sorted(limited) if not any(part.has(W) for part in parts)]
    return Sizes((*parts, *_runs(taken)))


def _together(parts: Sequence[Progression], letter: str) -> str:
    """Return progressions of one step in one sentence; empty where they begin far apart, or are
    few.
    """
    if len(parts) < 3:
        return ""
    step, first = parts[0].step, min(part.first for part in parts)
    if any(part.step != step or part.first >= first + step for part in parts):
        return ""
    rests = _runs(sorted(part.first % step for part in parts))
    told = [f"{run.first} to {run.last}" if run.step else str(run.first) for run in rests]
    *others, last = told
    listed = f"{', '.join(others)} or {last}" if others else last
    return f"{letter} leaves {listed} when divided by {step}, from {first}"


def _by_formula(part: Progression, letter: str) -> str:
    return f"{letter} = {part.first} + {part.step}k, from {part.first}"


def _by_members(part: Progression, letter: str) -> str:
    members = (str(part.first + part.step * k) for k in range(3))
    return f"{letter}: {', '.join(members)}, ..."


MOST_MEMBERS = 100_000


def _members(one: Class) -> Iterator[int]:
    last = one.last
    assert last is not None
    yield from range(one.first, min(last, one.first + one.step * MOST_MEMBERS) + 1, one.step)


def _firsts(classes: Sequence[Class], period: int) -> dict[int, int]:
    """Return by what they leave over the smallest sizes from which all are in a class."""
    found: dict[int, int] = {}
    for one in classes:
        for first in range(one.first, one.first + period, one.step):
            rest = first % period
            found[rest] = min(found.get(rest, first), first)
    return found


def _least(firsts: dict[int, int], period: int) -> list[Progression]:
    """Return progressions of the least step that have the same sizes."""
    for step in range(1, period + 1):
        if period % step or any((rest + step) % period not in firsts for rest in firsts):
            continue
        starts: dict[int, list[int]] = {}
        for first in sorted(firsts.values()):
            starts.setdefault(first % step, []).append(first)
        if all(b - a == step for firsts in starts.values() for a, b in itertools.pairwise(firsts)):
            return [Progression(step, one[0]) for one in starts.values()]
    return [Progression(period, first) for first in sorted(firsts.values())]


def _downward(parts: Sequence[Progression], limited: set[int]) -> list[Progression]:
    """Let progressions begin earlier where the sizes before them are there one by one."""
    found = []
    for part in parts:
        first = part.first
        while first - part.step in limited:
            first -= part.step
        found.append(part._replace(first=first))
    return found


def _runs(sizes: Sequence[int]) -> Iterator[Progression]:
    """Yield sizes in order as runs of neighbours."""
    start = 0
    for place in range(1, len(sizes) + 1):
        if place == len(sizes) or sizes[place] != sizes[place - 1] + 1:
            first, last = sizes[start], sizes[place - 1]
            yield Progression(1 if last > first else 0, first, last)
            start = place
