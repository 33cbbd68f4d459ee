"""Keras 3: the last lines of model.summary(); model.count_params() is the first of them.

Source: Keras, summary_utils.py (count_params).
"""

from __future__ import annotations

from shapecalc.reports.dialects.figures import Figure, Term, figure
from shapecalc.tracing import Trace

STATISTICS = "running means and variances of batch norms"
BYTES = 4


def figures(trace: Trace) -> list[Figure]:
    """Return Keras' three totals."""
    totals = trace.totals
    kept = totals["non_trainable"]
    running = [] if kept is None else [Term(STATISTICS, kept)]
    total, trained, frozen = (totals[key] for key in ("parameters", "trainable", "frozen"))
    return [
        figure("Total params", _shown, "parameters", None if kept is None else total, running),
        figure("Trainable params", _shown, "trainable", trained),
        figure("Non-trainable params", _shown, "frozen", None if kept is None else frozen, running),
    ]


def _shown(count: int) -> str:
    """Return a count with its memory in single precision, as Keras writes it."""
    size = float(BYTES * count)
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024 or unit == "TB":
            break
        size /= 1024
    return f"{count:,} ({size:.2f} {unit})"
