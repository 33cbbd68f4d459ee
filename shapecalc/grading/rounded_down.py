"""What is told of sizes that are rounded down for an answer to follow from a student's own volumes:
the strides do not fit there.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    formulas = [formula for one in first for formula in _odd(one)]
    working = f": {'; '.join(formulas)}" if formulas and not hides else ""
    strides = "stride does" if len(records) == 1 else "strides do"
    sizes = "A size is" if len(records) == 1 and len(formulas) < 2 else "Sizes are"
    return f"{sizes} rounded down at {at}, for the {strides} not fit{working}."


def _odd(record: KnownRecord) -> list[str]:
    """Return the formulas of the axes on which the stride of a layer does not fit, each once."""
    fits = (fit for volume in record.input or () for fit in windows(record.layer, volume))
    return [*dict.fromkeys(comes_to(fit) for fit in fits if fit.remainder)]
