"""Which layers of two networks belong together.

First those that compute the same from the inputs on, whatever they are called; then those that
stand at the same place, behind layers of the same kinds and widths. Behind something that differs,
those with the same kind, fields and depth that come in the same order; then those of
the same name and kind; then those of a kind, in their order.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from shapecalc.comparison.canonical import Step

MOST_COMPARED = 4_000_000  # pairs of layers that are looked at for their order

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
    if len(one) * len(other) > MOST_COMPARED:
        return
    for a, b, size in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        yield from zip(indices[0][a : a + size], indices[1][b : b + size], strict=True)


def _local(step: Step) -> tuple[str, object, object]:
    """Return what a layer is apart from what stands in front of it."""
    return step.kind, step.fields, step.depth
