"""What tests of repairs do with the text of a network."""

from __future__ import annotations

from pathlib import Path

import shapecalc
from shapecalc import Diagnostic
from shapecalc.diagnostics import unfolded


def found_in(text: str, path: Path) -> list[Diagnostic]:
    """Return everything that is found in a text, consequences beside the rest."""
    path.write_text(text, encoding="utf-8", newline="")
    return list(unfolded(shapecalc.trace(path).diagnostics))
