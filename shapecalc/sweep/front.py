"""The Pareto front: rows that no other row beats, when less is better."""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.sweep.rows import Row
from shapecalc.volumes import plain


def front_of(rows: Sequence[Row], keys: Sequence[str]) -> set[int]:
    """Return the numbers of the rows on the front.

    A row is beaten by one that is nowhere larger, and somewhere smaller; of equal ones all stay.
    Rows that do not fit, or of which a number is not known, are not on it.
    """
    points: dict[tuple[int, ...], list[int]] = {}
    for number, row in enumerate(rows):
        totals = [plain(row.numbers.get(key)) for key in keys]
        known = tuple(value for value in totals if value is not None)
        if row.fits and len(known) == len(keys):
            points.setdefault(known, []).append(number)
    front: list[tuple[int, ...]] = []
    for point in sorted(points):  # whatever beats a point comes before it
        if not any(all(a <= b for a, b in zip(other, point, strict=True)) for other in front):
            front.append(point)
    return {number for point in front for number in points[point]}
