"""Pieces that come several times with other sizes: a block says them once, with parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from shapecalc.exporters.yaml_spec.elements import (
    ABSENT,
    NEVER_LEFT,
    VARIED,
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
from shapecalc.exporters.yaml_spec.repeats import between, folded, sequences
from shapecalc.layers import KINDS
from shapecalc.network.blocks import COMMON

LONGEST = 80  # elements of a piece
MOST_PARAMETERS = 8
MOST_BLOCKS = 12
LEAST_SAVED = 1.5  # lines
HEAD = 3  # lines of a block around its layers
PER_PARAMETER, PER_PAIR = 0.1, 0.03  # what parameters cost, in lines of an instance
LEAST_PARTED, MOST_PARTED = 0.3, 1.2  # by how much what stands apart is preferred
APART = 0.4  # how much what the names keep apart is liked
SLIGHT = 3  # lines
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

    def __init__(
        self, chains: list[list[Element]], likeness: Likeness, names: Names, taste: float
    ) -> None:
        self.chains, self.likeness, self.names = chains, likeness, names
        self.taste = taste
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
        """Return the piece whose block saves most; one of two lines only if there is no other."""
        best: dict[bool, Piece] = {}
        for elements, places in self._candidates():
            slight = lines_of(elements) < SLIGHT
            least = best[slight].saved if slight in best else 0.0
            piece = self._piece(elements, places, least)
            if piece is not None:
                best[slight] = piece
        return best.get(False) or best.get(True)

    def _candidates(self) -> Iterator[tuple[list[Element], list[Place]]]:
        """Yield all that comes twice, the short first, with its places."""
        lists = [one for root in self._roots() for one in sequences(root) if one]
        shapes = [[self.likeness.shape(element) for element in one] for one in lists]
        numbers = shapes  # of what begins at an element, so far of length 1
        at = [(i, j) for i, one in enumerate(lists) for j in range(len(one))]
        for length in range(1, LONGEST + 1):
            self.steps += len(at)
            found: dict[int, list[tuple[int, int]]] = {}
            for i, j in at:
                found.setdefault(numbers[i][j], []).append((i, j))
            again = [places for places in found.values() if len(places) > 1]
            if not again or self.steps > MOST_STEPS:
                return
            for places in again:
                i, j = places[0]
                first = lists[i][j : j + length]
                if length > 1 or not isinstance(first[0], Leaf | Call):
                    self.steps += len(places) * length
                    yield first, self._apart(lists, places, length)
            at = sorted((i, j) for places in again for i, j in places if j + length < len(lists[i]))
            longer: dict[tuple[int, int], int] = {}
            following = [[0] * len(one) for one in lists] if length == 1 else numbers
            for i, j in at:
                key = numbers[i][j], shapes[i][j + length]
                following[i][j] = longer.setdefault(key, len(longer))
            numbers = following

    def _apart(
        self, lists: Sequence[list[Element]], places: Sequence[tuple[int, int]], length: int
    ) -> list[Place]:
        """Return the places that do not overlap, and at which a block can stand."""
        found: list[Place] = []
        last = (-1, 0)
        for i, j in places:
            if (i != last[0] or j >= last[1]) and self._fits(lists[i][j : j + length]):
                found.append(Place(lists[i], j))
                last = i, j + length
        return found

    def _piece(self, first: list[Element], places: list[Place], least: float) -> Piece | None:
        """Return the piece at some places; None where a block saves no more than `least`."""
        length, once = len(first), lines_of(first)
        if len(places) < 2 or not any(map(_is_heavy, first)):
            return None
        liking = once**self.taste
        if len(places) * (once - 0.9) - once - HEAD <= least / MOST_PARTED / liking:
            return None
        piece = Piece(length, places, 0.0)
        together = [self.names.belong(list(leaves(piece.at(place)))) for place in places]
        share = sum(together) / len(together)
        if 0.6 < share < 1:  # what the names have apart is apart
            piece.places = [place for place, so in zip(places, together, strict=True) if so]
            if len(piece.places) < 2:
                return None
        saved = self._saved(piece, once) * self._parted(piece)
        if share <= 0.6 and self.names.telling:
            saved *= APART
        if saved < LEAST_SAVED:
            return None
        piece.saved = saved * liking
        return piece if piece.saved > least else None

    def _saved(self, piece: Piece, once: int) -> float:
        """Return how many lines a block of a piece saves; less than none where it cannot be."""
        table = [tuple(values_of(piece.at(place))) for place in piece.places]
        told = _told(list(zip(*table, strict=True)))
        if len(told) > MOST_PARAMETERS:
            return -1.0
        columns = list(columns_of(piece.at(piece.places[0])))
        given = [0] * len(table)
        for at, *_ in told:
            default = marked(_default(columns[at], [row[at] for row in table]))
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
                heavy = at == len(elements) or _is_heavy(elements[at])
                total += weight * (0.25 * heavy if not parted else 0.9 if parted == 1 else 1.0)
        return LEAST_PARTED + (MOST_PARTED - LEAST_PARTED) * total / len(piece.places)

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
        held = [list(columns_of(elements)) for elements in originals]
        words = [self._word([row[places[0]] for row in held]) for places in told]
        titles = _titles([columns[places[0]].field for places in told], words)
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
            Column(columns[place].field, parameters[title], None, title)
            for title, place in zip(parameters, order, strict=True)
        ]
        name = self.names.of_block([list(leaves(elements)) for elements in originals], layers)
        block = Block(name, layers, own, parameters)
        calls = [_call(block, elements, [row[place] for place in order]) for elements, row in
                 zip(originals, table, strict=True)]
        for place, call in reversed(list(zip(piece.places, calls, strict=True))):
            place.elements[place.start : place.start + piece.length] = [call]
        self.found.append(block)

    def _word(self, columns: Sequence[Column]) -> str:
        """Return the word for what a parameter is of, the same at all places; or nothing."""
        words = {column.title for column in columns}
        if words == {""}:
            words = {self.names.word(column.index) for column in columns if column.index is not None}
        word = words.pop() if len(words) == 1 else ""
        return "" if word[-1:].isdigit() or len(word) < 3 or word in COMMON else word

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


def _titles(fields: Sequence[str], words: Sequence[str]) -> list[str]:
    """Return names of parameters: the field's; where it needs several, the words of their layers
    where these differ, or else numbers.
    """
    spoken, counts, seen = Counter(words), Counter(fields), Counter[str]()
    titles = []
    for name, word in zip(fields, words, strict=True):
        if name not in ("K", "units") or spoken[word] > 1 or word in VARIED:
            word = ""
        if counts[name] > 1 and not word:
            seen[name] += 1
            word = f"{name}{seen[name]}"
        titles.append(word if counts[name] > 1 else name)
    return titles


def _is_heavy(element: Element) -> bool:
    """Say whether an element is more than a norm or an activation."""
    return not isinstance(element, Leaf) or KINDS[element.kind].multiplies


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
