"""Runs of layers that are written several times, one after the other: a repeat says it once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from shapecalc.exporters.yaml_spec.elements import (
    Element,
    Group,
    Leaf,
    Likeness,
    Repeat,
    leaves,
    lines_of,
)
from shapecalc.layers import KINDS

LONGEST = 64  # elements of a run
TRIED = 4  # lengths of runs from one element on
LEAST_SAVED = 2  # lines
MOST_ROUNDS = 24

Boundary = Callable[[int | None, int], int]  # how much two layers, by index, differ in their names


def folded(elements: list[Element], likeness: Likeness, boundary: Boundary) -> list[Element]:
    """Return layers with runs as repeats, those inside composites and the short ones first."""
    for element in elements:
        if isinstance(element, Group):
            element.branches = [folded(b, likeness, boundary) for b in element.branches]
        elif isinstance(element, Repeat):
            element.layers = folded(element.layers, likeness, boundary)
    numbers = [likeness.same(element) for element in elements]
    for _ in range(MOST_ROUNDS):
        runs = list(_runs(numbers, elements))
        if not runs:
            break
        shortest = min(length for _, length, _ in runs)
        found: list[Element] = []
        known: list[int] = []
        done = 0
        for start, length, times in runs:
            if length != shortest or start < done:
                continue
            start += _turned(numbers, elements, start, length, times, boundary)
            found += elements[done:start]
            known += numbers[done:start]
            done = start + length * times
            found.append(_repeat(elements[start:done], length))
            known.append(likeness.same(found[-1]))
        elements, numbers = found + elements[done:], known + numbers[done:]
    return elements


def _runs(numbers: Sequence[int], elements: Sequence[Element]) -> Iterator[tuple[int, int, int]]:
    """Yield where a run that pays begins, how long what it repeats is, and how often it comes."""
    skipped: dict[int, int] = {}  # by length, the end of the run before
    for start, distances in enumerate(_distances(numbers)):
        for length in distances:
            if start < skipped.get(length, 0):
                continue
            same = _run(numbers, start, length)
            skipped[length] = start + same
            times = same // length + 1
            if times > 1 and _pays(elements[start : start + length], times):
                yield start, length, times


def _pays(once: Sequence[Element], times: int) -> bool:
    """Say whether a repeat of some layers is shorter; one of other repeats is harder to read."""
    lines = lines_of(once)
    least = 2 * LEAST_SAVED if any(isinstance(one, Repeat) for one in once) else LEAST_SAVED
    return lines * times - (1 if lines <= 3 else 3 + lines) >= least


def _distances(numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """Return for each element how far away the next ones are that are the same."""
    last: dict[int, int] = {}
    following = [0] * len(numbers)
    for index in range(len(numbers) - 1, -1, -1):
        following[index] = last.get(numbers[index], 0)
        last[numbers[index]] = index
    found = []
    for index in range(len(numbers)):
        distances: list[int] = []
        at = index
        while len(distances) < TRIED and following[at] and following[at] - index <= LONGEST:
            at = following[at]
            distances.append(at - index)
        found.append(tuple(distances))
    return found


def _run(numbers: Sequence[int], start: int, length: int) -> int:
    """Return how many elements from `start` on are the same as those `length` further on."""
    end, most = start, len(numbers) - length
    while end < most and numbers[end] == numbers[end + length]:
        end += 1
    return end - start


def _turned(
    numbers: Sequence[int],
    elements: Sequence[Element],
    start: int,
    length: int,
    times: int,
    boundary: Boundary,
) -> int:
    """Return by how many elements the run begins later where that reads better."""
    spare = _run(numbers, start, length) + length - length * times
    return max(
        range(spare + 1),
        key=lambda turn: (beginning(elements, start + turn, boundary), -turn),
    )


def beginning(elements: Sequence[Element], index: int, boundary: Boundary) -> int:
    """Return how well a piece begins with an element: where names change, or with weights."""
    element = elements[index]
    named = 2 * between(elements, index, boundary)
    if isinstance(element, Leaf):
        return named + KINDS[element.kind].multiplies
    return named + 1


def between(elements: Sequence[Element], index: int, boundary: Boundary) -> int:
    """Return how much the names differ before an element and behind: 0 to 2, 2 at the ends."""
    if index <= 0 or index >= len(elements):
        return 2
    *_, before = leaves([elements[index - 1]])
    return boundary(before, next(leaves([elements[index]])))


def _repeat(elements: Sequence[Element], length: int) -> Repeat:
    """Return the elements of a whole run as a repeat."""
    first, rest = list(elements[:length]), list(leaves(elements[length:]))
    if length == 1 and isinstance(first[0], Repeat):  # a repeat of nothing but a repeat
        inner = first[0]
        times = inner.times * (len(elements) // length)
        return Repeat(times, inner.layers, [*inner.rest, *rest])
    return Repeat(len(elements) // length, first, rest)


def sequences(elements: list[Element]) -> Iterator[list[Element]]:
    """Yield a list of elements, and all those inside it."""
    waiting = [elements]
    while waiting:
        one = waiting.pop()
        yield one
        for element in one:
            if isinstance(element, Group):
                waiting += element.branches
            elif isinstance(element, Repeat):
                waiting.append(element.layers)
