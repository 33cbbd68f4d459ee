"""Pieces that come several times with other sizes: a block says them once, with parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from shapecalc.exporters.yaml_spec.elements import (
    ABSENT,
    NEVER_LEFT,
    Block,
    Call,
    Column,
    Element,
    Group,
    Leaf,
    Likeness,
    Parameter,
    Repeat,
    columns_of,
    leaves,
    lines_of,
    marked,
    values_of,
    with_values,
)
from shapecalc.exporters.yaml_spec.naming import Names
from shapecalc.exporters.yaml_spec.repeats import beginning, between, folded, sequences

LONGEST = 80  # elements of a piece
MOST_PARAMETERS = 8
MOST_BLOCKS = 12
LEAST_SAVED = 1.5  # lines
HEAD = 3  # lines of a block around its layers
PER_PARAMETER, PER_PAIR = 0.1, 0.03  # what parameters cost, in lines of an instance
MOST_STEPS = 3_000_000  # looks at elements, in all: hostile files end here


class Place(NamedTuple):
    """Where a piece stands: in which list, and from which element on."""

    elements: list[Element]
    start: int


@dataclass(slots=True)
class Piece:
    """The places of one piece, and the lines that a block of it saves."""

    length: int
    places: list[Place]
    saved: float

    def at(self, place: Place) -> list[Element]:
        """Return the elements at one of the places."""
        return place.elements[place.start : place.start + self.length]


class Blocks:
    """Finds the blocks of a network, the one that saves most lines first."""

    def __init__(self, chains: list[list[Element]], likeness: Likeness, names: Names) -> None:
        self.chains, self.likeness, self.names = chains, likeness, names
        self.found: list[Block] = []
        self.steps = 0

    def find(self) -> list[Block]:
        """Put blocks in the place of pieces; return them, those that others use first."""
        while len(self.found) < MOST_BLOCKS and self.steps < MOST_STEPS:
            piece = self._best()
            if piece is None:
                break
            self._replace(piece)
            for elements in self._roots():
                elements[:] = folded(elements, self.likeness, self.names.boundary)
        self._put_back()
        return self.found

    def _roots(self) -> list[list[Element]]:
        return [*self.chains, *(block.layers for block in self.found)]

    # -- candidates --------------------------------------------------------------------------------

    def _best(self) -> Piece | None:
        best = None
        for piece in self._pieces():
            if piece.saved >= LEAST_SAVED and (best is None or piece.saved > best.saved):
                best = piece
        return best

    def _pieces(self) -> Iterator[Piece]:
        """Yield all pieces that come twice, the short ones first."""
        lists = [one for root in self._roots() for one in sequences(root) if one]
        shapes = [[self.likeness.shape(element) for element in one] for one in lists]
        numbers = shapes  # of the pieces that begin at an element, so far of length 1
        at = [(i, j) for i, one in enumerate(lists) for j in range(len(one))]
        for length in range(1, LONGEST + 1):
            self.steps += len(at)
            places: dict[int, list[tuple[int, int]]] = {}
            for i, j in at:
                places.setdefault(numbers[i][j], []).append((i, j))
            again = [listed for listed in places.values() if len(listed) > 1]
            if not again or self.steps > MOST_STEPS:
                return
            for listed in again:
                piece = self._piece(lists, listed, length)
                if piece is not None:
                    yield piece
            at = sorted((i, j) for listed in again for i, j in listed if j + length < len(lists[i]))
            longer: dict[tuple[int, int], int] = {}
            following: list[list[int]] = [[0] * len(one) for one in lists] if length == 1 else numbers
            for i, j in at:
                key = numbers[i][j], shapes[i][j + length]
                following[i][j] = longer.setdefault(key, len(longer))
            numbers = following

    def _piece(
        self, lists: Sequence[list[Element]], listed: Sequence[tuple[int, int]], length: int
    ) -> Piece | None:
        """Return the piece at some places, as far as they do not overlap."""
        places: list[Place] = []
        last = (-1, 0)
        for i, j in listed:
            if i == last[0] and j < last[1]:
                continue
            if self._fits(lists[i][j : j + length]):
                places.append(Place(lists[i], j))
                last = i, j + length
        if len(places) < 2:
            return None
        piece = Piece(length, places, 0.0)
        first = piece.at(places[0])
        if length == 1 and isinstance(first[0], Leaf | Call):
            return None
        self.steps += len(places) * length
        table = [tuple(values_of(piece.at(place))) for place in places]
        parameters = len(_told(list(zip(*table, strict=True))))
        if parameters > MOST_PARAMETERS:
            return None
        once = lines_of(first)
        call = 1 + PER_PARAMETER * parameters + PER_PAIR * parameters**2
        saved = len(places) * (once - call) - once - HEAD
        if saved < LEAST_SAVED:
            return None
        piece.saved = saved * (0.7 + 0.5 * self._parted(piece))
        return piece

    def _parted(self, piece: Piece) -> float:
        """Return how well a piece is parted from what is around it by the names in the file: 0
        to 1.
        """
        boundary, total = self.names.boundary, 0
        for elements, start in piece.places:
            total += beginning(elements, start, boundary)
            total += 2 * between(elements, start + piece.length, boundary)
        return total / (9 * len(piece.places))

    def _fits(self, elements: Sequence[Element]) -> bool:
        """Say whether elements can be in a block: only the last one may be known by its name, and
        only the first say what it takes.
        """
        if any(getattr(element, "named", False) for element in elements[:-1]):
            return False
        if any(getattr(element, "origin", None) is not None for element in elements[1:]):
            return False
        return not any(getattr(element, "alone", False) for element in elements)

    # -- putting them in ---------------------------------------------------------------------------

    def _replace(self, piece: Piece) -> None:
        """Put instances of a new block in the place of a piece."""
        originals = [piece.at(place) for place in piece.places]
        table = [tuple(values_of(elements)) for elements in originals]
        columns = list(columns_of(originals[0]))
        told = _told(list(zip(*table, strict=True)))
        titles = _titles([columns[places[0]].field for places in told])
        template = list(table[0])
        parameters: dict[str, Any] = {}
        for title, places in zip(titles, told, strict=True):
            for place in places:
                template[place] = Parameter(title)
            parameters[title] = _default(columns[places[0]], [row[places[0]] for row in table])
        first = {t: p for t, p in parameters.items() if p is ABSENT}
        parameters = first | parameters  # what must be given comes first
        order = [told[titles.index(title)][0] for title in parameters]
        layers = with_values(originals[0], iter(template))
        own = [
            Column(_field(columns[place]), parameters[title])
            for title, place in zip(parameters, order, strict=True)
        ]
        name = self.names.of_block([list(leaves(elements)) for elements in originals], layers)
        block = Block(name, layers, own, parameters)
        calls = [_call(block, elements, [row[place] for place in order]) for elements, row in
                 zip(originals, table, strict=True)]
        for place, call in reversed(list(zip(piece.places, calls, strict=True))):
            place.elements[place.start : place.start + piece.length] = [call]
        self.found.append(block)

    # -- blocks that do not pay in the end ---------------------------------------------------------

    def _put_back(self) -> None:
        """Write out again what is used once, or is one line anyway; order the rest by their use."""
        done = False
        while not done:
            done = True
            for block in self.found:
                calls = [(one, i) for root in self._roots() for one in sequences(root)
                         for i, element in enumerate(one)
                         if isinstance(element, Call) and element.block is block]
                if len(calls) > 1 and not _is_slight(block):
                    continue
                for one, i in reversed(calls):
                    one[i : i + 1] = _written_out(one[i])
                self.found.remove(block)
                done = False
                break
        self.found = _by_use(self.found)


def _told(columns: Sequence[Sequence[Any]]) -> list[list[int]]:
    """Return which columns need a parameter, those with equal values together: where instances
    differ, or where they pass on a parameter of their own.
    """
    found: dict[Any, list[int]] = {}
    for index, column in enumerate(columns):
        key = tuple(map(marked, column))
        passed = any(isinstance(value, Parameter) for value in column)
        if passed or any(value != key[0] for value in key):
            found.setdefault(key, []).append(index)
    return list(found.values())


def _field(column: Column) -> str:
    return column.field


def _titles(fields: Sequence[str]) -> list[str]:
    """Return names of parameters, numbered where a field needs several."""
    counts, seen = Counter(fields), Counter[str]()
    titles = []
    for name in fields:
        seen[name] += 1
        titles.append(f"{name}{seen[name]}" if counts[name] > 1 else name)
    return titles


def _default(column: Column, values: Sequence[Any]) -> Any:
    """Return what a parameter is where an instance does not say it; ABSENT where each must."""
    if column.field in NEVER_LEFT:
        return ABSENT
    known = [value for value in values if not isinstance(value, Parameter)]
    keys = Counter(map(marked, known))
    key, times = max(keys.items(), key=lambda item: item[1], default=(None, 0))
    if 2 * times > len(values) > 2:
        return next(value for value in known if marked(value) == key)
    return column.default if marked(column.default) in keys else ABSENT


def _call(block: Block, elements: Sequence[Element], values: Sequence[Any]) -> Call:
    first, last = elements[0], elements[-1]
    call = Call(block, tuple(values), list(leaves(elements)))
    call.origin = getattr(first, "origin", None)
    call.named = getattr(last, "named", False)
    return call


def _written_out(call: Any) -> list[Element]:
    """Return the layers of a block with what one of its instances gives."""
    given = dict(zip(call.block.parameters, call.values, strict=True))
    values = [given[v.name] if isinstance(v, Parameter) else v for v in values_of(call.block.layers)]
    elements = with_values(call.block.layers, iter(values))
    placed = _placed(elements, iter(call.inside))
    if call.origin is not None:
        placed[0].origin = call.origin  # type: ignore[union-attr]
    if call.named:
        placed[-1].named = True  # type: ignore[union-attr]
    return placed


def _placed(elements: list[Element], inside: Iterator[int]) -> list[Element]:
    """Give elements the indices of the layers that they stand for."""
    for element in elements:
        if isinstance(element, Leaf):
            element.index = next(inside)
        elif isinstance(element, Group):
            for branch in element.branches:
                _placed(branch, inside)
            element.index = next(inside)
        elif isinstance(element, Repeat):
            count = len(list(leaves(element.layers)))
            times = element.times if isinstance(element.times, int) else 1
            _placed(element.layers, inside)
            element.rest = [next(inside) for _ in range(count * (times - 1))]
        else:
            element.inside = [next(inside) for _ in element.inside]
    return elements


def _is_slight(block: Block) -> bool:
    """Say whether a block is nothing but another layer or block in one line."""
    return len(block.layers) == 1 and isinstance(block.layers[0], Call | Leaf)


def _by_use(blocks: Sequence[Block]) -> list[Block]:
    """Return blocks in an order in which each stands behind those that it uses."""
    used: Mapping[str, list[Block]] = {
        block.name: [
            element.block
            for one in sequences(block.layers)
            for element in one
            if isinstance(element, Call)
        ]
        for block in blocks
    }
    found: list[Block] = []

    def visit(block: Block) -> None:
        if block not in found:
            for other in used[block.name]:
                visit(other)
            found.append(block)

    for block in blocks:
        visit(block)
    return found
