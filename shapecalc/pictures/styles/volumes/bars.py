"""Bars under a row: where the multiply-accumulates and the parameters are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shapecalc.pictures.network import summed
from shapecalc.pictures.scene import Group, Line, Part, Rect, Text
from shapecalc.pictures.styles.volumes.element import Element
from shapecalc.pictures.styles.volumes.flow import Row
from shapecalc.pictures.text import share, short
from shapecalc.volumes import plain

BAR, BAR_WIDTH = 44.0, 18.0


class Bars:
    """Where the multiply-accumulates and the parameters are: a bar of each under an element."""

    def __init__(self, elements: Sequence[Element]) -> None:
        counts = [_summed(element) for element in elements]
        formula = any(n is not None and plain(n) is None for pair in counts for n in pair)
        counts = [] if formula else counts  # bars are of numbers
        self.known = all(None not in pair for pair in counts)
        self.whole = [sum(pair[side] or 0 for pair in counts) for side in (0, 1)]
        self.most = [max([1, *(pair[side] or 0 for pair in counts)]) for side in (0, 1)]
        self.any = any(self.whole)

    def draw(
        self, line: Sequence[tuple[float, Row]], left: float, top: float
    ) -> tuple[list[Part], float]:
        """Return the bars under rows that stand side by side, and where they end."""
        shown = [_summed(element) for _, row in line for element in row.elements]
        up = max(BAR * (pair[1] or 0) / self.most[1] for pair in shown)
        down = max(BAR * (pair[0] or 0) / self.most[0] for pair in shown)
        middle = top + max(up, 8) + 14
        parts = [part for x, row in line for part in self._under(row, left + x, middle)]
        return parts, middle + max(down, 8) + 14

    def _under(self, row: Row, x: float, middle: float) -> Iterator[Part]:
        yield Line(((x, middle), (x + row.width, middle)), "axis")
        if self.titled(row):
            yield Text(x, middle - 6, "MACs", "small", "start")
            yield Text(x, middle + 13, "parameters", "small", "start")
        for at, element in zip(row.xs, row.elements, strict=True):
            pair = _summed(element)
            if pair != (0, 0):
                yield self._pair(x + at + element.right / 2, middle, pair, element.node.name)

    def titled(self, row: Row) -> bool:
        """Say whether there is room for the words beside the first bar of a row."""
        for x, element in zip(row.xs, row.elements, strict=True):
            if _summed(element) != (0, 0):
                return x + element.right / 2 - BAR_WIDTH > 52
        return False

    def _pair(self, x: float, y: float, pair: tuple[int | None, int | None], name: str) -> Group:
        parameters, macs = pair
        up = BAR * (macs or 0) / self.most[1]
        down = BAR * (parameters or 0) / self.most[0]
        parts: list[Part] = []
        if macs:
            parts.append(Rect(x - BAR_WIDTH / 2, y - max(up, 0.8), BAR_WIDTH, max(up, 0.8), "macs"))
        if parameters:
            parts.append(Rect(x - BAR_WIDTH / 2, y, BAR_WIDTH, max(down, 0.8), "parameters"))
        parts.append(Text(x, y - up - 4, self._told(macs, 1), "small"))
        parts.append(Text(x, y + down + 10, self._told(parameters, 0), "small"))
        counts = (f"{'?' if n is None else f'{n:,}'}" for n in (macs, parameters))
        told = "{}: {} MACs, {} parameters".format(name, *counts)
        return Group(tuple(parts), told, "bars")

    def _told(self, count: int | None, side: int) -> str:
        if count is None or not self.known:
            return short(count)
        return share(count, self.whole[side])


def _summed(element: Element) -> tuple[int | None, int | None]:
    """Return the parameters and the multiply-accumulates of all that an element stands for."""
    counts = [node.counts for single in element.counted() for node in single.like]
    parameters, macs = zip(*counts, strict=True)
    return summed(parameters), summed(macs)
