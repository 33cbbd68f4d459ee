"""The style volumes: the network as boxes from left to right, their sides the sizes of volumes.

What keeps a volume is a band of the glyph before it; an identity or a single layer beside a branch
is an arc over it; other branches lie one above the other. Under it stand bars: where the
multiply-accumulates and the parameters are.
"""

from __future__ import annotations

from shapecalc.pictures.families import FUSED
from shapecalc.pictures.heading import (
    BARS,
    MARGIN,
    footing,
    heading,
    least_width,
    loose_faults,
    nothing,
    title_of,
)
from shapecalc.pictures.network import network_of
from shapecalc.pictures.options import Options
from shapecalc.pictures.owners import Owners
from shapecalc.pictures.scene import Line, Part, Scene
from shapecalc.pictures.styles.volumes.bars import Bars
from shapecalc.pictures.styles.volumes.flow import Row
from shapecalc.pictures.styles.volumes.jumps import add_jumps, all_flows, loose_arcs
from shapecalc.pictures.styles.volumes.maker import MODULES_FROM, Maker
from shapecalc.pictures.styles.volumes.names import add_brackets, add_names
from shapecalc.pictures.styles.volumes.windows import windows
from shapecalc.pictures.text import volume_text
from shapecalc.pictures.tree import drawable, folded, tree_of
from shapecalc.tracing import Trace

WIDTH = 1400.0  # where nothing else is asked for
WIDEST = 1600.0  # of a picture in one row
ROWS_APART = 26.0


def draw(trace: Trace, options: Options) -> Scene:
    """Return the scene of a network as volumes."""
    network = network_of(trace, options.depth)
    if not network.nodes:
        return nothing(trace, options.width or 600.0)
    tree = tree_of(network)
    kept = {source for source, _ in tree.further}
    kept |= {single.number for _, item in tree.further for single in item.nodes()}
    main = drawable(folded(tree.main, kept))
    modules = sum(single.node.family not in FUSED for single in main.nodes()) >= MODULES_FROM
    maker = Maker(network, kept, modules)
    flows = [maker.flow(main)]
    flows += maker.rests
    add_jumps(flows, loose_arcs(maker, flows, tree.further), maker.numbers)
    room, most = (asked - 2 * MARGIN for asked in _widths(options))
    add_names(all_flows(flows), Owners(network.nodes))
    for flow in flows:
        add_brackets(flow)
        flow.wrap(room, most, maker.numbers)
    rows = [row for flow in flows for row in flow.rows]
    width = max([row.width + 2 * MARGIN + 12 for row in rows] + [least_width(trace)])
    elements = [element for flow in flows for element in flow.elements]
    families = [single.node.family for element in elements for single in element.counted()]
    bars = Bars(elements)
    if bars.any and not any(map(bars.titled, rows)):
        families += BARS
    families += {role for row in rows for role in row.roles}
    parts, y = heading(trace, families, width)
    for number, row in enumerate(rows):
        axis = y + 12 + row.up
        parts += _rest(row, width, axis)
        parts += row.draw(MARGIN, axis)
        parts += windows(row, MARGIN, axis)
        y = axis + row.down
        if bars.any:
            drawn, y = bars.draw(row, y + 10)
            parts += drawn
        y += ROWS_APART if number < len(rows) - 1 else 0
    drawn, y = footing(loose_faults(trace), width, y)
    return Scene(width, y + 16, title_of(trace), _description(trace), tuple(parts + drawn))


def _widths(options: Options) -> tuple[float, float]:
    """Return how wide rows may be, and a picture of a single row."""
    return (options.width or WIDTH), (options.width or WIDEST)


def _description(trace: Trace) -> str:
    volumes = [f"{name} {volume_text(volume)}" for name, volume in trace.inputs.items()]
    volumes += [f"{record.name} {volume_text(record.output)}" for record in trace.layers[:200]]
    more = len(trace.layers) - 200
    return "; ".join(volumes) + (f"; and {more:,} more layers" if more > 0 else "")


def _rest(row: Row, width: float, y: float) -> list[Part]:
    """Return the line that leads into a row, and the arrow that leads out of it."""
    start = MARGIN + row.xs[-1] + row.elements[-1].right
    parts: list[Part] = [Line(((start, y), (min(start + 18, width - 6), y)), "flow", True)]
    if row.first and row.flow.linked[row.first]:
        parts.append(Line(((4, y), (MARGIN + row.xs[0], y)), "flow"))
    return parts
