"""The pages behind words: guides, topics, layer kinds and rules."""

from __future__ import annotations

from shapecalc import pages
from shapecalc.playground.bridge import Refused


def explain(topic: str) -> str:
    """Return the page about a word."""
    try:
        return pages.page(topic)
    except LookupError as error:
        raise Refused(str(error)) from None
