"""What is told of sizes that are rounded down for an answer to follow from a student's own volumes:
the strides do not fit there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shapecalc.grading.shown_sizes import windows
from shapecalc.grading.wording import in_a_row
from shapecalc.layers.window import comes_to
from shapecalc.records import KnownRecord

MOST_TOLD = 4  # layers


def rounded_at(records: Sequence[KnownRecord], *, hides: bool) -> str:
    """Return at which layers sizes are rounded down, with their formulas unless numbers are
    hidden.
    """
    first, more = records[:MOST_TOLD], len(records[MOST_TOLD:])
    at = in_a_row([record.name for record in first] + ([f"{more} more"] if more else []))
    formulas = "" if hides else "; ".join(formula for one in first for formula in _odd(one))
    working = f": {formulas}" if formulas else ""
    if len(records) == 1:
        return f"A size is rounded down at {at}, for the stride does not fit{working}."
    return f"Sizes are rounded down at {at}, for the strides do not fit{working}."


def _odd(record: KnownRecord) -> Iterator[str]:
    """Yield the formula of the first axis on which the stride of a layer does not fit."""
    fits = (fit for volume in record.input or () for fit in windows(record.layer, volume))
    odd = next((fit for fit in fits if fit.remainder), None)
    if odd:
        yield comes_to(odd)
