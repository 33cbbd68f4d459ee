"""The picture of the network that the page shows."""

from __future__ import annotations

from typing import Any

from shapecalc import pictures
from shapecalc.playground.bridge import Refused
from shapecalc.playground.bridge.last import last


def picture(
    style: str, width: float | None, scheme: Any, depth: int | None = None, form: str = "svg"
) -> str:
    """Return the picture of the last network, as the text of a file."""
    try:
        return pictures.draw(last(), style, form, width, depth, scheme)
    except ValueError as error:
        raise Refused(f"There is no picture: {error}") from None
