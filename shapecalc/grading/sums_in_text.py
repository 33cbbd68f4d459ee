"""What the sides of a working come to: sums, bare sums of squares, and `max(0, 3 - 2 + 1)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.regex import regex

MOST_FORMULAS = 8  # sides of one answer
SQUARED = regex(r"\(([^()]+)\)\s*(?:\^\s*2|\*\*\s*2|²)(?![\d.])")
SQUARES = regex(rf"\s*{SQUARED.pattern}(?:\s*\+\s*{SQUARED.pattern})+\s*")
WHOLE = regex(r"\s*[-−]?\d[\d,]*(?: [a-z]+)?[\s.]*", re.IGNORECASE)
SUM = regex(r"\d[\s)\]]*[-+*·×−]\s*[\s(\[a-z]*\d", re.IGNORECASE)
BROKEN = regex(r"\d\.\d|[/÷^√%½]|\b(?:e|exp|ln|log|sqrt|half|mean|average)\b", re.IGNORECASE)
HINGE = regex(r"max ?\( ?0 ?[,;]([\d\s.+*/−-]+)\)", re.IGNORECASE)


def is_whole(text: str) -> bool:
    """Say whether whole numbers are added or multiplied, and come to a whole number."""
    above, _, result = text.rpartition("=")
    if not WHOLE.fullmatch(result) or not SUM.search(above):
        return False
    return BROKEN.search(above) is None


def sums_in(text: str) -> Iterator[float]:
    """Yield what each side of a working comes to, `max(0, 3-2+1) + 0.1*9` as well."""
    for side in text.split("=")[:MOST_FORMULAS]:
        found = worked_out(HINGE.sub(_not_negative, side).strip())
        if found is not None:
            yield float(found)


def _not_negative(hinge: re.Match[str]) -> str:
    """Return what max(0, 3-2+1) comes to; what is no sum as it is."""
    found = worked_out(f"({hinge[1].strip()}) + 0")
    return hinge[0] if found is None else f"({max(found, 0)})"


def of_squares(text: str) -> float | None:
    """Return what `(14 - 16)^2 + (4 - 3)^2` comes to; None for a text that is anything else."""
    if not SQUARES.fullmatch(text):
        return None
    values = [worked_out(inside) for inside in SQUARED.findall(text)]
    known = [float(value) for value in values if value is not None]
    return sum(value * value for value in known) if len(known) == len(values) else None
