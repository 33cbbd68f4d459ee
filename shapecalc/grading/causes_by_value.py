"""Causes by what they give, and those of them that an answer may have."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.cause import Cause
from shapecalc.grading.comparison import alike, spellings, whole_numbers
from shapecalc.grading.question import Tolerance
from shapecalc.grading.values import Value, flat
from shapecalc.grading.written import is_rounded_from, may_stand_for


class Causes:
    """Causes by what they give: whole numbers are looked up, others compared one by one.

    A depth of 1 is left out only by who leaves out the right one: two sizes in place of three are
    no volume with one slice.
    """

    def __init__(self, causes: Iterable[Cause], near: Tolerance, right: Value) -> None:
        self.causes, self.near = list(causes), near
        self._whole: dict[Value, list[Cause]] = {}
        self._others = []
        for cause in self.causes:
            if not whole_numbers(cause.wrong.value):
                self._others.append(cause)
                continue
            for value in spellings(cause.wrong.value):
                if value == cause.wrong.value or _shortened(right) or len(flat(value)) == 1:
                    self._whole.setdefault(value, []).append(cause)

    def giving(self, given: Value) -> list[Cause]:
        """Return the causes of an answer: of what it may stand for as exactly as it is written, and
        where some give just what is written, these.
        """
        found = list(self._whole.get(given, ()))
        close = [c for c in self._others if alike(c.wrong.value, given, self.near)]
        if not close:
            return found
        if isinstance(given, str | bool):
            return found + close
        numbers = flat(given)
        close = [c for c in close if may_stand_for(numbers, flat(c.wrong.value))]
        exact = [c for c in close if is_rounded_from(numbers, flat(c.wrong.value))]
        return found + (exact or close)


def _shortened(right: Value) -> bool:
    return isinstance(right, tuple) and right[-1] == 1
