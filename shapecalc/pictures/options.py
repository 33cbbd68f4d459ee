"""What is asked of a picture."""

from __future__ import annotations

from typing import NamedTuple


class Options(NamedTuple):
    """`width` is the space there is in px, None for what suits the style; instances of blocks
    nested deeper than `depth` are drawn as one thing each, None for none.
    """

    width: float | None = None
    depth: int | None = None
