"""The style volumes: the network as boxes from left to right, their sides the sizes of volumes.

What keeps a volume is a band of the glyph before it; an identity or a single layer beside a branch
is an arc over it; other branches lie one above the other. Under it stand bars: where the
multiply-accumulates and the parameters are.
"""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.pictures.families import FUSED
from shapecalc.pictures.heading import (
    BARS,
    MARGIN,
    described,
    finished,
    heading,
    least_width,
    nothing,
)
from shapecalc.pictures.network import network_of
from shapecalc.pictures.options import Options
from shapecalc.pictures.owners import Owners
from shapecalc.pictures.scene import Line, Part, Scene
from shapecalc.pictures.styles.volumes.bars import Bars
from shapecalc.pictures.styles.volumes.flow import Flow, Row
from shapecalc.pictures.styles.volumes.jumps import add_jumps, all_flows, loose_arcs
from shapecalc.pictures.styles.volumes.maker import MODULES_FROM, Maker
from shapecalc.pictures.styles.volumes.names import add_brackets, add_names
from shapecalc.pictures.styles.volumes.windows import windows
from shapecalc.pictures.text import volume_text
from shapecalc.pictures.tree import tree_of
from shapecalc.tracing import Trace

WIDTH = 1400.0  # where nothing else is asked for
WIDEST = 1600.0  # of a picture in one row
ROWS_APART = 26.0
FLOWS_APART = 56.0  # those that stand side by side


def draw(trace: Trace, options: Options) -> Scene:
    """Return the scene of a network as volumes."""
    network = network_of(trace, options.depth)
    if not network.nodes:
        return nothing(trace, options.width or 600.0)
    tree = tree_of(network)
    main = tree.folded()
    modules = sum(single.node.family not in FUSED for single in main.nodes()) >= MODULES_FROM
    maker = Maker(network, tree.sources | tree.targets, modules)
    flows = [maker.flow(main)]
    flows += maker.rests
    add_jumps(flows, loose_arcs(maker, flows, tree.further), maker.numbers)
    room, most = (asked - 2 * MARGIN for asked in _widths(options))
    add_names(all_flows(flows), Owners(network.nodes))
    for flow in flows:
        add_brackets(flow)
        flow.wrap(room, most, maker.numbers)
    rows = [row for flow in flows for row in flow.rows]
    lines = _lines(flows, room)
    ends = [line[-1][0] + line[-1][1].width for line in lines]
    width = max([end + 2 * MARGIN + 12 for end in ends] + [least_width(trace)])
    elements = [element for flow in flows for element in flow.elements]
    families = [single.node.family for element in elements for single in element.counted()]
    bars = Bars(elements)
    if bars.any and not any(map(bars.titled, rows)):
        families += BARS
    families += {role for flow in all_flows(flows) for row in flow.rows for role in row.roles}
    parts, y = heading(trace, families, width)
    for number, line in enumerate(lines):
        axis = y + 12 + max(row.up for _, row in line)
        y = axis + max(row.down for _, row in line)
        for left, row in line:
            x = MARGIN + left
            end = width if row is line[-1][1] else x + row.width + FLOWS_APART
            parts += [*_rest(row, x, end, axis), *row.draw(x, axis), *windows(row, x, axis)]
        if bars.any:
            drawn, y = bars.draw(line, MARGIN, y + 10)
            parts += drawn
        y += ROWS_APART if number < len(lines) - 1 else 0
    volumes = [f"{name} {volume_text(volume)}" for name, volume in trace.inputs.items()]
    volumes += [f"{record.name} {volume_text(record.output)}" for record in trace.layers]
    return finished(trace, width, y, described(volumes), parts)


def _lines(flows: Sequence[Flow], room: float) -> list[list[tuple[float, Row]]]:
    """Return what stands side by side, each with where it begins: short flows share a line."""
    lines: list[list[tuple[float, Row]]] = []
    for flow in flows:
        for number, row in enumerate(flow.rows):
            short = len(flow.rows) == 1 and lines and number == 0
            if short and len(lines[-1][-1][1].flow.rows) == 1:
                left, before = lines[-1][-1]
                left += before.width + FLOWS_APART
                if left + row.width <= room:
                    lines[-1].append((left, row))
                    continue
            lines.append([(0.0, row)])
    return lines


def _widths(options: Options) -> tuple[float, float]:
    """Return how wide rows may be, and a picture of a single row."""
    return (options.width or WIDTH), (options.width or WIDEST)


def _rest(row: Row, x: float, room: float, y: float) -> list[Part]:
    """Return the line that leads into a row, and the arrow that leads out of it."""
    start = x + row.xs[-1] + row.elements[-1].right
    parts: list[Part] = [Line(((start, y), (min(start + 18, room - 6), y)), "flow", True)]
    if row.first and row.flow.linked[row.first]:
        parts.append(Line(((4, y), (x + row.xs[0], y)), "flow"))
    return parts
