"""The last window alone: 3 for two convolutions of 3x3, which see 5."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


def model(case: Case) -> Iterable[Wrong]:
    """Yield the last window's size, or for the jump its stride."""
    if case.key in ("receptive_field", "jump") and case.windows:
        field, last = case.key == "receptive_field", case.windows[-1]
        value = tuple(fit.span if field else fit.S for fit in last)
        yield Wrong(value, f"{'F' if field else 'S'} = {value[0]}")


MISCONCEPTION = Misconception(
    "field_of_filter_only", "only the last layer was looked at, not those before it", model
)
