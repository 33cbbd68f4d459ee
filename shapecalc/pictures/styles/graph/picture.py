"""The style graph: cards of consecutive layers from top to bottom, branches beside each other.

The longest branch is the main way, straight and grey; the others are coloured and at its sides. An
edge that leaves its branch runs in a lane at the right. Equal runs are drawn once, in a frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from shapecalc.pictures.heading import (
    MARGIN,
    described,
    finished,
    heading,
    least_width,
    nothing,
)
from shapecalc.pictures.network import network_of, summed
from shapecalc.pictures.options import Options
from shapecalc.pictures.scene import Point, Scene, extent, moved
from shapecalc.pictures.styles.graph.blocks import GAP, Column
from shapecalc.pictures.styles.graph.fork import Fork
from shapecalc.pictures.styles.graph.maker import Maker
from shapecalc.pictures.styles.graph.painter import LANE, Painter
from shapecalc.pictures.text import volume_text
from shapecalc.pictures.tree import tree_of
from shapecalc.tracing import Trace
from shapecalc.volumes import PartialVolume, plain

WIDTH = 1400.0  # where nothing else is asked for
TALLEST = 1000.0  # a longer way is cut into columns, where there is room beside it
COLUMNS_APART = 56.0
UNEVEN = 1.35  # times the mean height that the highest of several columns may have


def draw(trace: Trace, options: Options) -> Scene:
    """Return the scene of a network as a graph."""
    network = network_of(trace, options.depth)
    if not network.nodes:
        return nothing(trace, options.width or 600.0)
    tree = tree_of(network)
    main = tree.folded()
    maker = Maker(network, tree.targets, tree.sources)
    column = maker.column(main, False)
    if not isinstance(column.blocks[-1], Fork) or column.blocks[-1].merge is not None:
        maker.end(column)
    singles = [single for item in main.items for single in item.nodes()]
    most = max(1, *(plain(summed([n.counts[1] for n in s.like])) or 0 for s in singles))
    room = (options.width or WIDTH) - 2 * MARGIN
    column.fit(room - (LANE * len(tree.further) if tree.further else 0))
    columns = [column] if tree.further else _cut(column, room)
    painter = Painter(network, most)
    _paint(painter, columns)
    parts = [*painter.ways, *painter.things, *painter.texts]
    if tree.further:
        painter.lanes(tree.further, extent(parts).right)
        parts = [*painter.ways, *painter.things, *painter.texts]
    box = extent(parts)
    width = max(box.right - box.left + 2 * MARGIN, least_width(trace))
    families = [single.node.family for single in singles]
    head, top = heading(trace, [*families, *painter.roles], width)
    shift = MARGIN - box.left + (width - 2 * MARGIN - box.right + box.left) / 2
    placed = [moved(part, shift, top + 14 - box.top) for part in parts]
    bottom = top + 14 + box.bottom - box.top
    layers = [
        f"{record.name} from {', '.join(record.sources or ('?',))}: {volume_text(record.output)}"
        for record in trace.layers
    ]
    return finished(trace, width, bottom, described(layers), head + placed)


def _cut(column: Column, room: float) -> list[Column]:
    """Cut a column into several that stand beside each other: as few as are short enough, and of
    about one height.
    """
    found = [column]
    while max(part.height for part in found) > TALLEST:
        more = _cut_into(column, len(found) + 1)
        width = sum(part.width for part in more) + COLUMNS_APART * (len(more) - 1)
        uneven = max(part.height for part in more) > UNEVEN * column.height / len(more)
        if len(more) == len(found) or uneven or width > room:
            break
        found = more
    return found


def _cut_into(column: Column, number: int) -> list[Column]:
    """Return at most so many columns, the highest as low as can be: it is tried, by halves."""
    low, high = column.height / number, column.height
    found = [column]
    for _ in range(12):
        middle = (low + high) / 2
        parts = [*_parts(column, middle)]
        if len(parts) <= number:
            found, high = parts, middle
        else:
            low = middle
    return found


def _parts(column: Column, height: float) -> Iterator[Column]:
    """Yield columns no higher than that, where blocks are not; an unlinked block stays under the
    one before, and so does what belongs to it.
    """
    first, reached = 0, 0.0
    blocks, linked = column.blocks, column.linked
    for place, block in enumerate(blocks):
        ahead = block.height + GAP
        after = blocks[place + 1] if place + 1 < len(blocks) else None
        if after is not None and after.light:
            ahead += after.height + GAP  # they stay together
        free = linked[place] and not block.light
        if place > first and free and reached + ahead > height + GAP:
            yield Column(blocks[first:place], linked[first:place])
            first, reached = place, 0.0
        reached += block.height + (0.0 if block.led else GAP)
    last = Column(blocks[first:], linked[first:])
    last.output = column.output
    last.measure()
    yield last


def _paint(painter: Painter, columns: Sequence[Column]) -> None:
    """Draw columns beside each other, and the ways from one's end to the next one's beginning."""
    x = columns[0].left
    volume: PartialVolume | None = None
    ends: list[Point] = []
    heads: list[float] = [x]
    for number, column in enumerate(columns):
        end, volume = painter.column(column, x, 0.0, volume)
        ends.append((x, end))
        if number + 1 < len(columns):
            x += column.right + COLUMNS_APART + columns[number + 1].left
            heads.append(x)
    for (_, there), (start, end), (column, after) in zip(
        pairwise(heads), ends, pairwise(columns), strict=False
    ):
        between = start + column.right + COLUMNS_APART / 2
        way = ((start, end), (start, end + 16), (between, end + 16), (between, -22), (there, -22))
        painter.way(*way, (there, 0.0), arrow=not after.blocks[0].led)
    painter.ends(columns[-1], *ends[-1])
