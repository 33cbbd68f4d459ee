"""Edges that leave their branch: an arc where it can be drawn, else a number at both ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shapecalc.pictures.styles.volumes.flow import Flow
from shapecalc.pictures.styles.volumes.maker import Maker
from shapecalc.pictures.styles.volumes.references import Reference
from shapecalc.pictures.styles.volumes.stack import Stack
from shapecalc.pictures.tree import Branches, Item


def loose_arcs(
    maker: Maker, flows: Sequence[Flow], further: Sequence[tuple[int, Item]]
) -> list[tuple[int, Item]]:
    """Draw the arcs that start within another branch; return the edges that are left."""
    place = {number: where for flow in flows for number, where in _places(flow)}
    left = []
    for source, target in further:
        if id(target) not in maker.loose:
            left.append((source, target))
            continue
        flow, arc = maker.loose[id(target)]
        start, at = place.get(source, (flow, arc.start))
        if start is flow and at < arc.end:
            flow.arcs.append(arc._replace(start=at))
        else:
            number = next(maker.numbers)
            start.jumps.setdefault(at, []).append(Reference(number, role=arc.role))
            flow.lands.setdefault(arc.end, []).append(Reference(number, arc.label, arc.role))
    return left


def add_jumps(
    flows: Sequence[Flow], further: Sequence[tuple[int, Item]], numbers: Iterator[int]
) -> None:
    """Mark both ends of edges that leave their branch with a number."""
    place = {number: where for flow in flows for number, where in _places(flow)}
    arcs = {
        arc.last: (flow, arc) for flow in all_flows(flows) for arc in flow.arcs if arc.last >= 0
    }
    given: dict[int, Reference] = {}
    for source, target in further:
        heads = [place[single.number] for single in target.nodes() if single.number in place]
        if not heads or not (source in place or source in arcs):
            continue
        if source in given:
            there = given[source]
        elif source in arcs:  # its end is elsewhere, too: it gets a number and is not drawn
            start, arc = arcs[source]
            there = start.cut_arc(arc, next(numbers))
        else:
            there = Reference(next(numbers))
            start, at = place[source]
            start.jumps.setdefault(at, []).append(there)
        given[source] = there
        end, reader = heads[-1] if isinstance(target, Branches) else heads[0]
        known = end.lands.setdefault(reader, [])
        if there not in known:
            known.append(there)


def all_flows(flows: Sequence[Flow]) -> Iterator[Flow]:
    """Yield flows and those inside of them."""
    for flow in flows:
        yield flow
        for element in flow.elements:
            if isinstance(element, Stack):
                yield from all_flows(element.rows)


def _places(flow: Flow) -> Iterator[tuple[int, tuple[Flow, int]]]:
    """Yield each node's number with the flow that it stands in, and with its place there."""
    for number, element in enumerate(flow.elements):
        own = element.singles()
        if isinstance(element, Stack):
            for row in element.rows:
                yield from _places(row)
            own = element.merge.singles()
        yield from ((single.number, (flow, number)) for single in own)
