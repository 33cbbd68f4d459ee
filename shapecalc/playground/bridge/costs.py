"""What the network that the page shows takes in memory."""

from __future__ import annotations

from typing import Any

from shapecalc.footprint import DTYPES, OPTIMIZERS, estimate, read_bytes
from shapecalc.playground.bridge import Refused
from shapecalc.playground.bridge.last import last
from shapecalc.reports.memory import NOT_COUNTED, remarks, rows


def memory(batch: int | None, dtype: str, optimizer: str, fit: str) -> dict[str, Any]:
    """Return the memory of the last network; with `fit`, as 8GiB, the batch that fits as well."""
    try:
        limit = read_bytes(fit) if fit.strip() else None
        found = estimate(last(), batch=batch, dtype=dtype, optimizer=optimizer, limit=limit)
    except ValueError as error:
        raise Refused(str(error)) from None
    return {
        "rows": list(rows(found)),
        "remarks": list(remarks(found)),
        "bound": " ".join(NOT_COUNTED),
        "batch": found.batch,
        "dtypes": list(DTYPES),
        "optimizers": list(OPTIMIZERS),
    }
