"""Pieces of a network that come several times, and how much a block of one would save."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from shapecalc.exporters.yaml_spec.elements import (
    ABSENT,
    NEVER_LEFT,
    Call,
    Column,
    Element,
    Leaf,
    Likeness,
    Parameter,
    columns_of,
    leaves,
    lines_of,
    marked,
    values_of,
)
from shapecalc.exporters.yaml_spec.naming import Names
from shapecalc.exporters.yaml_spec.repeats import between
from shapecalc.layers import KINDS

LONGEST = 80  # elements of a piece
MOST_PARAMETERS = 8
MOST_PASSED_ON = 3  # parameters of a block of nothing but other blocks
LEAST_SAVED = 1.5  # lines
HEAD = 3  # lines of a block around its layers
PER_PARAMETER, PER_PAIR = 0.1, 0.03  # what parameters cost, in lines of an instance
LEAST_PARTED, MOST_PARTED = 0.3, 1.2  # how much what stands apart is preferred
TOGETHER = 0.6  # of the places: where more have names that belong together, all are to
APART = 0.4  # how much what the names keep apart is liked
SLIGHT = 3  # lines
MOST_STEPS = 1_000_000  # looks at elements, in all: hostile files end here


class Place(NamedTuple):
    """Where a piece stands: in which list, and from which element on."""

    elements: list[Element]
    start: int


@dataclass(slots=True)
class Piece:
    """The places of one piece, and how good a block of it would be."""

    length: int
    places: list[Place]
    worth: float = 0.0

    def at(self, place: Place) -> list[Element]:
        """Return the elements at one of the places."""
        return place.elements[place.start : place.start + self.length]


class Search:
    """Looks for the piece that is most worth a block."""

    def __init__(self, likeness: Likeness, names: Names, taste: float) -> None:
        self.likeness, self.names, self.taste = likeness, names, taste
        self.steps = 0

    def best(self, lists: Sequence[list[Element]]) -> Piece | None:
        """Return the best piece of some lists; one of two lines only if there is no other."""
        best: dict[bool, Piece] = {}
        candidates = _Candidates([one for one in lists if one], self)
        for piece, once in candidates.all():
            slight = once < SLIGHT
            self._judge(piece, once, best[slight].worth if slight in best else 0.0)
            if piece.worth:
                best[slight] = piece
        return best.get(False) or best.get(True)

    def _judge(self, piece: Piece, once: int, least: float) -> None:
        """Say what a piece is worth, if it is more than `least`; it may lose some places."""
        liking = once**self.taste
        if len(piece.places) * (once - 0.9) - once - HEAD <= least / MOST_PARTED / liking:
            return
        together = [self.names.belong(list(leaves(piece.at(place)))) for place in piece.places]
        share = sum(together) / len(together)
        if TOGETHER < share < 1:
            piece.places = [place for place, so in zip(piece.places, together, strict=True) if so]
        apart = share <= TOGETHER and self.names.telling
        if len(piece.places) < 2 or (apart and len(piece.places) == 2):
            return
        saved = self._saved(piece, once) * self._parted(piece)
        if apart:
            saved *= APART
        if saved >= LEAST_SAVED and saved * liking > least:
            piece.worth = saved * liking

    def _saved(self, piece: Piece, once: int) -> float:
        """Return how many lines a block of a piece saves; less than none where it cannot be."""
        table = [tuple(values_of(piece.at(place))) for place in piece.places]
        told = told_of(table)
        columns = list(columns_of(piece.at(piece.places[0])))
        given = [0] * len(table)
        for at, *_ in told:
            default = marked(default_of(columns[at], [row[at] for row in table]))
            for number, row in enumerate(table):
                given[number] += marked(row[at]) != default
        calls = sum(1 + PER_PARAMETER * n + PER_PAIR * n**2 for n in given)
        return len(table) * once - calls - once - HEAD

    def _parted(self, piece: Piece) -> float:
        """Return how well a piece is parted from what is around it, by the names in the file or by
        what it begins with: about 1.
        """
        boundary, total = self.names.boundary, 0.0
        for elements, start in piece.places:
            end = start + piece.length
            for at, weight in ((start, 0.6), (end, 0.4)):
                parted = between(elements, at, boundary)
                heavy = at == len(elements) or is_heavy(elements[at])
                total += weight * (0.25 * heavy if not parted else 0.9 if parted == 1 else 1.0)
        return LEAST_PARTED + (MOST_PARTED - LEAST_PARTED) * total / len(piece.places)


class _Candidates:
    """All runs of shapes that come twice in some lists; sums up to each element are kept."""

    def __init__(self, lists: Sequence[list[Element]], search: Search) -> None:
        self.lists, self.search = lists, search
        self.shapes = [[search.likeness.shape(element) for element in one] for one in lists]
        self.lines = self._sums(lambda element: lines_of([element]))
        self.heavy = self._sums(is_heavy)
        self.alone = self._sums(lambda element: getattr(element, "alone", False))
        self.named = self._sums(lambda element: getattr(element, "named", False))
        self.told = self._sums(lambda element: getattr(element, "origin", None) is not None)
        self.calls = self._sums(lambda element: isinstance(element, Call))
        self.marks: dict[int, tuple[Any, ...]] = {}

    def _sums(self, count: Callable[[Element], int]) -> list[list[int]]:
        return [list(accumulate(map(count, one), initial=0)) for one in self.lists]

    def all(self) -> Iterator[tuple[Piece, int]]:
        """Yield all that can be blocks, the short first, with the lines of the first."""
        numbers = self.shapes  # of what begins at an element, so far of length 1
        hopeless: dict[int, int] = {}  # by number: the places of what needs too many parameters
        at = [(i, j) for i, one in enumerate(self.lists) for j in range(len(one))]
        for length in range(1, LONGEST + 1):
            self.search.steps += len(at)
            found: dict[int, list[tuple[int, int]]] = {}
            for i, j in at:
                found.setdefault(numbers[i][j], []).append((i, j))
            again = {number: places for number, places in found.items() if len(places) > 1}
            if not again or self.search.steps > MOST_STEPS:
                return
            for number, places in again.items():
                if 4 * len(places) >= 3 * hopeless.get(number, len(places) * 2):
                    continue
                piece = Piece(length, self._apart(places, length))
                i, j = places[0]
                if len(piece.places) < 2 or not self._is_block(i, j, length):
                    continue
                if self._takes(piece, i, j):
                    yield piece, self.lines[i][j + length] - self.lines[i][j]
                else:
                    hopeless[number] = len(places)
            at = sorted(
                (i, j)
                for places in again.values()
                for i, j in places
                if j + length < len(self.lists[i])
            )
            longer: dict[tuple[int, int], int] = {}
            if length == 1:
                numbers = [[*one] for one in self.shapes]
            before, hopeless = hopeless, {}
            for i, j in at:
                key = numbers[i][j], self.shapes[i][j + length]
                if key not in longer:
                    longer[key] = len(longer)
                    if key[0] in before:
                        hopeless[longer[key]] = before[key[0]]
                numbers[i][j] = longer[key]

    def _is_block(self, i: int, j: int, length: int) -> bool:
        """Say whether a block of some elements is more than a layer, or norms and activations."""
        if length == 1 and isinstance(self.lists[i][j], Leaf | Call):
            return False
        return self.heavy[i][j + length] > self.heavy[i][j]

    def _apart(self, places: Sequence[tuple[int, int]], length: int) -> list[Place]:
        """Return the places that do not overlap and at which a block can stand: only its last
        element may be known by its name, only its first say what it takes.
        """
        found: list[Place] = []
        last, end = -1, 0
        for i, j in places:
            stop = j + length
            if (i == last and j < end) or self.alone[i][stop] > self.alone[i][j]:
                continue
            if (
                self.named[i][stop - 1] > self.named[i][j]
                or self.told[i][stop] > self.told[i][j + 1]
            ):
                continue
            found.append(Place(self.lists[i], j))
            last, end = i, stop
        return found

    def _takes(self, piece: Piece, i: int, j: int) -> bool:
        """Say whether a block of a piece would not have too many parameters."""
        stop = j + piece.length
        calls_only = self.calls[i][stop] - self.calls[i][j] == piece.length
        most = MOST_PASSED_ON if calls_only else MOST_PARAMETERS
        told: set[Any] = set()
        for offset in range(piece.length):
            self.search.steps += len(piece.places)
            rows = [self._marks(elements[start + offset]) for elements, start in piece.places]
            told.update(column for column in zip(*rows, strict=True) if needs_parameter(column))
            if len(told) > most:
                return False
        return True

    def _marks(self, element: Element) -> tuple[Any, ...]:
        known = self.marks.get(id(element))
        if known is None:
            known = self.marks[id(element)] = tuple(map(marked, values_of([element])))
        return known


def needs_parameter(column: Sequence[Any]) -> bool:
    """Say whether the marks of a value at all places need a parameter: they differ, or pass on a
    parameter of where they stand.
    """
    first = column[0]
    return any(mark != first or mark[0] == Parameter.__name__ for mark in column)


def told_of(table: Sequence[Sequence[Any]]) -> list[list[int]]:
    """Return which columns of a table of values need a parameter, those that are equal together."""
    found: dict[Any, list[int]] = {}
    for index, column in enumerate(zip(*table, strict=True)):
        marks = tuple(map(marked, column))
        if needs_parameter(marks):
            found.setdefault(marks, []).append(index)
    return list(found.values())


def default_of(column: Column, values: Sequence[Any]) -> Any:
    """Return what a parameter is where an instance does not say it; ABSENT where each must."""
    if column.field in NEVER_LEFT:
        return ABSENT
    known = [value for value in values if not isinstance(value, Parameter)]
    keys = Counter(map(marked, known))
    key, times = max(keys.items(), key=lambda item: item[1], default=(None, 0))
    if 2 * times > len(values) > 2:
        return next(value for value in known if marked(value) == key)
    return column.default if marked(column.default) in keys else ABSENT


def is_heavy(element: Element) -> bool:
    """Say whether an element is more than a norm or an activation."""
    return not isinstance(element, Leaf) or KINDS[element.kind].multiplies
