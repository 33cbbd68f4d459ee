"""Pieces that come several times with other sizes: a block says them once, with parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shapecalc.exporters.yaml_spec.elements import (
    ABSENT,
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
    values_of,
    with_values,
)
from shapecalc.exporters.yaml_spec.naming import Names
from shapecalc.exporters.yaml_spec.pieces import MOST_STEPS, Piece, Search, default_of, told_of
from shapecalc.exporters.yaml_spec.repeats import folded, sequences
from shapecalc.network.blocks import COMMON

MOST_BLOCKS = 12


class Blocks:
    """Finds the blocks of a network, the one that saves most lines first."""

    def __init__(
        self, chains: list[list[Element]], likeness: Likeness, names: Names, taste: float
    ) -> None:
        self.chains, self.likeness, self.names = chains, likeness, names
        self.search = Search(likeness, names, taste)
        self.found: list[Block] = []

    def find(self) -> list[Block]:
        """Put blocks in the place of pieces; return them, those that others use first."""
        while len(self.found) < MOST_BLOCKS and self.search.steps < MOST_STEPS:
            lists = [one for root in self._roots() for one in sequences(root)]
            piece = self.search.best(lists)
            if piece is None:
                break
            self._replace(piece)
        self._put_back()
        self.names.settle(self.found)
        return self.found

    def _roots(self) -> list[list[Element]]:
        return [*self.chains, *(block.layers for block in self.found)]

    # -- putting them in ---------------------------------------------------------------------------

    def _replace(self, piece: Piece) -> None:
        """Put instances of a new block in the place of a piece."""
        originals = [piece.at(place) for place in piece.places]
        table = [tuple(values_of(elements)) for elements in originals]
        told = told_of(table)
        held = [list(columns_of(elements)) for elements in originals]
        words = [self._word([row[first] for row in held]) for first, *_ in told]
        titles = _titles([held[0][first].field for first, *_ in told], words)
        template = list(table[0])
        parameters: dict[str, Any] = {}
        for title, columns in zip(titles, told, strict=True):
            values = [row[columns[0]] for row in table]
            parameters[title] = default_of(held[0][columns[0]], values)
            for column in columns:
                template[column] = Parameter(title)
        must = {title: value for title, value in parameters.items() if value is ABSENT}
        parameters = must | parameters  # what must be given comes first
        order = [told[titles.index(title)][0] for title in parameters]
        boundary = self.names.boundary
        layers = with_values(originals[0], iter(template))
        own = [
            Column(held[0][column].field, parameters[title], None, title)
            for title, column in zip(parameters, order, strict=True)
        ]
        name = self.names.of_block([list(leaves(elements)) for elements in originals], layers)
        block = Block(name, folded(layers, self.likeness, boundary), own, parameters)
        calls = [
            _call(block, elements, [row[column] for column in order])
            for elements, row in zip(originals, table, strict=True)
        ]
        for where, call in reversed(list(zip(piece.places, calls, strict=True))):
            where.elements[where.start : where.start + piece.length] = [call]
        for elements in {id(where.elements): where.elements for where in piece.places}.values():
            elements[:] = folded(elements, self.likeness, boundary)
        self.found.append(block)

    def _word(self, columns: Sequence[Column]) -> str:
        """Return the word for what a parameter is of, the same at all places; or nothing."""
        words = {column.title for column in columns}
        if words == {""}:
            words = {self.names.word(c.layer) for c in columns if c.layer is not None}
        word = words.pop() if len(words) == 1 else ""
        return "" if word[-1:].isdigit() or len(word) < 3 or word in COMMON else word

    # -- blocks that do not pay in the end ---------------------------------------------------------

    def _put_back(self) -> None:
        """Write out again what is used once, or is one line anyway; order the rest by their use."""
        done = False
        while not done:
            done = True
            for block in self.found:
                calls = [
                    (one, i)
                    for root in self._roots()
                    for one in sequences(root)
                    for i, element in enumerate(one)
                    if isinstance(element, Call) and element.block is block
                ]
                if len(calls) > 1 and not _is_slight(block):
                    continue
                for one, i in reversed(calls):
                    one[i : i + 1] = _written_out(one[i])
                self.found.remove(block)
                done = False
                break
        self.found = _by_use(self.found)


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


def _call(block: Block, elements: Sequence[Element], values: Sequence[Any]) -> Call:
    first, last = elements[0], elements[-1]
    call = Call(block, tuple(values), list(leaves(elements)))
    call.origin = getattr(first, "origin", None)
    call.named = getattr(last, "named", False)
    return call


def _written_out(call: Any) -> list[Element]:
    """Return the layers of a block with what one of its instances gives."""
    given = dict(zip(call.block.parameters, call.values, strict=True))
    values = [
        given[v.name] if isinstance(v, Parameter) else v for v in values_of(call.block.layers)
    ]
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
