"""The report as bars: where the counts of a network are, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.diagnostics import briefly
from shapecalc.pictures.text import cut, share
from shapecalc.quantities import QUANTITIES
from shapecalc.reports import Format, Layout
from shapecalc.reports.columns import COLUMNS, UNKNOWN, Row, cell, rows_of
from shapecalc.reports.table import findings, heading, summary
from shapecalc.tracing import Trace
from shapecalc.volumes import plain

DEFAULT = ("name", "output", "macs", "parameters")
WIDTH = 80  # where nobody looks
GAP = "  "
LEAST = 4  # cells of a bar
BEHIND = 5  # a blank and `100%`
LONGEST_TEXT = 28
BLOCKS = " ▏▎▍▌▋▊▉█"  # by eighths
FULL, SLIVER = "#", "|"  # where there is but ASCII


def render(trace: Trace, layout: Layout) -> str:
    """Return a line for each layer: text columns as they are, and counts as bars with their shares.

    The bars of a column are drawn to the largest of them, and fill the width together.
    """
    keys = list(layout.columns or DEFAULT)
    rows = rows_of(trace, layout.depth, layout.memory)
    columns = [
        _Bars(key, rows, trace) if comparable(key, rows) else _text(key, rows) for key in keys
    ]
    taken = sum(len(column[0]) for column in columns if isinstance(column, list))
    taken += len(GAP) * (len(keys) - 1)
    bars = sum(isinstance(column, _Bars) for column in columns)
    room = ((layout.width or WIDTH) - taken) // bars if bars else 0
    drawn = [
        column.lines(max(LEAST, room - BEHIND), layout) if isinstance(column, _Bars) else column
        for column in columns
    ]
    lines = [GAP.join(line).rstrip() for line in zip(*drawn, strict=True)]
    parts = [heading(trace), "\n".join(lines), summary(trace)]
    parts += [str(asked) for asked in (layout.memory, layout.dialect) if asked is not None]
    if trace.diagnostics:
        parts.append(findings(briefly(trace.diagnostics)))
    text = "\n\n".join(parts)
    return f"{layout.file}\n{text}" if layout.file else text


def comparable(key: str, rows: Sequence[Row]) -> bool:
    """Say whether a column has counts that bars can be drawn to; formulas have no length."""
    if key not in QUANTITIES:
        return False
    counts = (row.total(QUANTITIES[key]) for row in rows)
    return all(count is None or plain(count) is not None for count in counts)


def _text(key: str, rows: Sequence[Row]) -> list[str]:
    """Return the title, a rule and the cells of a column, all of one width."""
    cells = [_cut(cell(row, key), keep_end=key == "name") for row in rows]
    title = COLUMNS[key].title
    width = max(map(len, [title, *cells]))
    return [text.ljust(width) for text in (title, "-" * width, *cells)]


def _cut(text: str, keep_end: bool) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    return f"...{text[3 - LONGEST_TEXT :]}" if keep_end else f"{text[: LONGEST_TEXT - 3]}..."


class _Bars:
    """A column of counts as bars."""

    def __init__(self, key: str, rows: Sequence[Row], trace: Trace) -> None:
        self.key = key
        self.counts = [row.total(QUANTITIES[key]) for row in rows]
        known = [plain(count) or 0 for count in self.counts]
        self.largest = max(known, default=0)
        self.sum = plain(trace.totals.get(key))  # None: then no share is known

    def lines(self, cells: int, layout: Layout) -> list[str]:
        """Return the title, a rule and the bars, of so many cells at most."""
        width = cells + BEHIND
        title = COLUMNS[self.key].title if self.key in COLUMNS else self.key
        bars = [self._line(count, cells, width, layout) for count in self.counts]
        return [title.ljust(width), "-" * width, *bars]

    def _line(self, count: int | None, cells: int, width: int, layout: Layout) -> str:
        if not count:
            return (UNKNOWN if count is None else "").ljust(width)
        if plain(count) is None:  # it depends on a named size
            return cut(str(count), width).ljust(width)
        bar = drawn(count, self.largest, cells, layout.ascii)
        part = "" if self.sum is None else share(count, self.sum)
        return layout.paint(bar, self.key) + f" {part}".ljust(width - len(bar))


def drawn(count: int, largest: int, cells: int, ascii_only: bool = False) -> str:
    """Return a bar for a count above 0, of `cells` for the largest one; never an empty one."""
    if ascii_only:
        return FULL * round(cells * count / largest) or SLIVER
    eighths = max(1, round(8 * cells * count / largest))
    whole, rest = divmod(eighths, 8)
    return BLOCKS[8] * whole + (BLOCKS[rest] if rest else "")


BARS = Format(render, between="\n\n\n", tells=True)
