"""A trace as a DataFrame, for those who have pandas."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from shapecalc.quantities import REPORTED

if TYPE_CHECKING:
    from shapecalc.tracing import Trace


def of_trace(trace: Trace) -> Any:
    """Return a row for each layer, by its name. Raises ImportError where pandas is not installed.

    Counts are pandas' whole numbers with gaps, so that none is rounded where another is not known;
    counts that are formulas, or past 64 bits, stay Python's.
    """
    frame = import_module("pandas").DataFrame([record.to_dict() for record in trace], dtype=object)
    for key in (quantity.key for quantity in REPORTED):
        if key in frame:
            try:
                frame[key] = frame[key].astype("Int64")
            except (TypeError, ValueError, OverflowError):
                continue
    return frame.set_index("name") if len(frame) else frame
