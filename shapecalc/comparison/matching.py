"""Which layers of two networks belong together.

First those that compute the same from the inputs on, whatever they are called, and of these first
those that are used alike; then those that
stand at the same place, behind layers of the same kinds and widths. Behind something that differs,
those with the same kind, fields and depth that come in the same order; then those of
the same name and kind; then those of a kind, in their order.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from shapecalc.comparison.canonical import Step

MOST_COMPARED = 100_000_000  # bits, one for each pair of layers that are looked at for their order

Pairs = dict[int, int]  # indices of layers, old to new


def matched(old: Sequence[Step], new: Sequence[Step], names: Sequence[Sequence[str]]) -> Pairs:
    """Return the pairs of layers, by their indices; `names` are those of both networks.

    Folded layers have no pair.
    """
    left = [[index for index, step in enumerate(side) if not step.folded] for side in (old, new)]
    pairs: Pairs = {}

    def pair(found: Iterable[tuple[int, int]]) -> None:
        pairs.update(found)
        taken = {*pairs.values()}
        left[:] = [[i for i in left[0] if i not in pairs], [i for i in left[1] if i not in taken]]

    def keys(of: Callable[[int, int], Hashable]) -> list[list[Hashable]]:
        return [[of(side, index) for index in left[side]] for side in (0, 1)]

    sides = old, new
    pair(_equal(left, keys(lambda side, i: (sides[side][i].key, sides[side][i].use))))
    pair(_equal(left, keys(lambda side, i: sides[side][i].key)))
    pair(_equal(left, keys(lambda side, i: (sides[side][i].place, sides[side][i].kind))))
    pair(_in_order(left, keys(lambda side, i: repr(_local(sides[side][i])))))
    pair(_equal(left, keys(lambda side, i: (names[side][i], sides[side][i].kind))))
    pair(_in_order(left, keys(lambda side, i: sides[side][i].kind)))
    return dict(sorted(pairs.items()))


def _equal(
    indices: Sequence[Sequence[int]], keys: Sequence[Sequence[Hashable]]
) -> Iterator[tuple[int, int]]:
    """Yield the layers whose keys are equal, the first with the first."""
    waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for index, key in zip(indices[0], keys[0], strict=True):
        waiting[key].append(index)
    for index, key in zip(indices[1], keys[1], strict=True):
        if waiting.get(key):
            yield waiting[key].popleft(), index


def _in_order(
    indices: Sequence[Sequence[int]], keys: Sequence[Sequence[Hashable]]
) -> Iterator[tuple[int, int]]:
    """Yield the layers whose keys are equal in the order in which most of them come."""
    one, other = keys
    least = min(len(one), len(other))
    front = next((n for n in range(least) if one[n] != other[n]), least)
    most = least - front
    back = next((n for n in range(most) if one[-1 - n] != other[-1 - n]), most)
    ends = len(one) - back, len(other) - back
    yield from zip(indices[0][:front], indices[1][:front], strict=True)
    yield from zip(indices[0][ends[0] :], indices[1][ends[1] :], strict=True)
    for a, b in _longest(one[front : ends[0]], other[front : ends[1]]):
        yield indices[0][front + a], indices[1][front + b]


def _longest(one: Sequence[Hashable], other: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    """Yield the places of a longest common subsequence, from its end; none of what is too long.

    A row of the table of lengths is one integer, whose bits are 0 where the length grows, so that
    the time is bounded whatever repeats. Source: H. Hyyrö, "Bit-Parallel LCS-length Computation
    Revisited", AWOCA 2004.
    """
    if len(one) * len(other) > MOST_COMPARED:
        return
    places: defaultdict[Hashable, int] = defaultdict(int)
    for place, key in enumerate(other):
        places[key] |= 1 << place
    every = (1 << len(other)) - 1
    row, rows = every, []
    for key in one:
        met = row & places.get(key, 0)
        row = ((row + met) | (row - met)) & every
        rows.append(row)
    a, b = len(one) - 1, len(other) - 1
    while a >= 0 and b >= 0:
        if rows[a] >> b & 1:
            b -= 1
        elif a and not rows[a - 1] >> b & 1:
            a -= 1
        else:
            yield a, b
            a, b = a - 1, b - 1


def _local(step: Step) -> tuple[str, object, object]:
    """Return what a layer is apart from what stands in front of it."""
    return step.kind, step.fields, step.depth
