"""Which part of the input, and of what lies around it, is shown, and how large."""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.pictures.styles.field.seen import Span

OVER = 0.6  # of the input that is shown beyond its border at most


class View:
    """The pixels of one axis that are shown, in so many px from `origin` on.

    `reach` is what all outputs see; `cut` says that they see more than is shown.
    """

    def __init__(self, size: int, reach: Span, px: float = 1.0) -> None:
        over = max(1.0, OVER * size)
        low, high = min(reach[0], 0.0), max(reach[1] + 1, float(size))
        self.low, self.high = max(low, -over) - 0.5, min(high, size + over) + 0.5
        self.cut = low < -over or high > size + over
        self.size, self.origin = size, 0.0
        self.scale = px / self.span

    @property
    def span(self) -> float:
        """How many pixels are shown."""
        return self.high - self.low

    def at(self, pixel: float) -> float:
        """Return where a pixel begins; the edge of what is shown for one beyond it."""
        return self.origin + (min(max(pixel, self.low), self.high) - self.low) * self.scale

    def ends(self, span: Span) -> tuple[float, float]:
        """Return where some pixels begin and end, the last one included."""
        return self.at(span[0]), self.at(span[1] + 1)


def widest(spans: Sequence[Span]) -> Span:
    """Return the span that covers all."""
    return min(low for low, _ in spans), max(high for _, high in spans)
