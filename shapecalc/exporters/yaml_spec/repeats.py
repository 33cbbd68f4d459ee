"""Runs of layers that are written several times, one after the other: a repeat says it once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from shapecalc.exporters.yaml_spec.elements import (
    Call,
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

Boundary = Callable[[int], int]  # how much a layer, by its index, looks like the first of a piece


def folded(elements: list[Element], likeness: Likeness, boundary: Boundary) -> list[Element]:
    """Return layers with runs as repeats, those inside composites first."""
    for element in elements:
        if isinstance(element, Group):
            element.branches = [folded(b, likeness, boundary) for b in element.branches]
        elif isinstance(element, Repeat):
            element.layers = folded(element.layers, likeness, boundary)
    numbers = [likeness.same(element) for element in elements]
    coming = _distances(numbers)
    found: list[Element] = []
    start = 0
    while start < len(elements):
        length, times = _best(numbers, coming, elements, start)
        if not length:
            found.append(elements[start])
            start += 1
            continue
        turn = _turned(numbers, elements, start, length, times, boundary)
        found += elements[start : start + turn]
        start += turn
        found.append(_repeat(elements[start : start + length * times], length))
        start += length * times
    return found


def _distances(numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """Return for each element how far away the next ones are that are the same."""
    last: dict[int, int] = {}
    following = [0] * len(numbers)
    for index in range(len(numbers) - 1, -1, -1):
        following[index] = last.get(numbers[index], 0)
        last[numbers[index]] = index
    found = []
    for index in range(len(numbers)):
        distances, at = [], index
        while len(distances) < TRIED and following[at] and following[at] - index <= LONGEST:
            at = following[at]
            distances.append(at - index)
        found.append(tuple(distances))
    return found


def _best(
    numbers: Sequence[int], coming: Sequence[tuple[int, ...]], elements: Sequence[Element], start: int
) -> tuple[int, int]:
    """Return the length of a run from `start` on, and how often it comes; 0 where none pays."""
    best, found = LEAST_SAVED - 1, (0, 0)
    for length in coming[start]:
        times = _run(numbers, start, length) // length + 1
        if times < 2:
            continue
        once = lines_of(elements[start : start + length])
        saved = once * times - (1 if once <= 3 else 3 + once)
        if saved > best:
            best, found = saved, (length, times)
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
    return max(range(spare + 1), key=lambda turn: (beginning(elements[start + turn], boundary), -turn))


def beginning(element: Element, boundary: Boundary) -> int:
    """Return how well a piece begins with an element: where names change, or with weights."""
    first = next(leaves([element]), None)
    named = 0 if first is None else 2 * boundary(first)
    if isinstance(element, Group | Call | Repeat):
        return named + 1
    if isinstance(element, Leaf):
        return named + KINDS[element.kind].multiplies
    return named


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
