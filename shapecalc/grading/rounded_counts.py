"""A mistake behind a count that is written as a rounded one: `124k` where 124,416 is without the
biases.
"""

from __future__ import annotations

from shapecalc.grading.alternatives import MOST_ALTERNATIVES, as_one, either, specific
from shapecalc.grading.cause import Cause
from shapecalc.grading.evidence import Evidence
from shapecalc.grading.frequency import COMMON
from shapecalc.grading.ranking import SURE, Explanations
from shapecalc.grading.reading import Reading
from shapecalc.grading.values import Value


def rounded_count(explanations: Explanations, reading: Reading, evidence: Evidence) -> Cause | None:
    """Return the common mistake that gives a count but for its rounding, or which two it may be, if
    chance is less likely: among as many numbers as have so few digits. It is not certain.
    """
    given, right = reading.value, explanations.right
    if not reading.off or not isinstance(given, int | float) or type(right) is not int:
        return None
    common = [c for c in explanations.single if c.misconception.name in COMMON]
    fitting = [c for c in common if _is_near(c.wrong.value, given, reading.off)]
    found = evidence.as_worked_out(explanations.context, specific(evidence.between(fitting)))
    found = as_one([cause for cause in found if not evidence.speaks_against(cause)])
    numbers = right / reading.off  # up to twice the right one, of which each is so far off
    if not 0 < len(found) <= MOST_ALTERNATIVES:
        return None
    if len({c.wrong.value for c in common}) > SURE * numbers:
        return None
    return (found[0] if len(found) == 1 else either(found)).rounded(given)


def _is_near(count: Value, given: float, off: float) -> bool:
    return type(count) is int and abs(count - given) <= off
