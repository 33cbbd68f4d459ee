"""What elements are called, and the brackets under neighbours of one instance of a block."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.pictures.owners import Owners, first_part
from shapecalc.pictures.styles.volumes.flow import Bracket, Flow
from shapecalc.pictures.styles.volumes.glyph import Glyph
from shapecalc.pictures.text import cut


def add_names(flows: Iterable[Flow], owners: Owners) -> None:
    """Call glyphs that are the whole of an instance by its name: its only convolution has none."""
    for flow in flows:
        for element in flow.elements:
            if isinstance(element, Glyph):
                element.called = owners.drawn(element.singles())


def add_brackets(flow: Flow) -> None:
    """Put a bracket under neighbours that belong to one instance of a block."""
    first = 0
    spans = {(bracket.first, bracket.last) for bracket in flow.brackets}
    owners = [first_part(element.node.name) for element in flow.elements]
    while first < len(owners):
        end = first + 1
        while end < len(owners) and owners[end] == owners[first] != "":
            end += 1
        if end - first > 1 and (first, end - 1) not in spans:
            owner = owners[first]
            flow.brackets.append(Bracket(first, end - 1, cut(owner), owner))
        first = end
