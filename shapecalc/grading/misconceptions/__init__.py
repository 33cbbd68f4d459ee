"""Typical mistakes, one small file each: every module but SHARED holds a MISCONCEPTION."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from shapecalc.grading.answers import Value, flat
from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong
from shapecalc.grading.question import Tolerance

NEAR = Tolerance()
SHARED = ("case", "pieces")


@cache
def misconceptions() -> tuple[Misconception, ...]:
    """Return all misconceptions, by the names of their files."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    found = (import_module(f"{__name__}.{name}") for name in names if name not in SHARED)
    return tuple(module.MISCONCEPTION for module in found)


def wrong_answers(case: Case) -> list[tuple[Misconception, Wrong]]:
    """Return what each misconception answers, where that is not right."""
    return [
        (misconception, wrong)
        for misconception in misconceptions()
        for wrong in misconception.model(case)
        if not _alike(case.right, wrong.value)
    ]


def explaining(
    answers: list[tuple[Misconception, Wrong]], given: Value
) -> tuple[Misconception, Wrong] | None:
    """Return the misconception that gives a number, if exactly one does."""
    found = [pair for pair in answers if _alike(pair[1].value, given)]
    return found[0] if len({pair[0].name for pair in found}) == 1 else None


def _alike(wrong: Any, given: Any) -> bool:
    """Say whether a number is given: floats rounded, a depth of 1 or equal sizes left out."""
    if wrong == given:
        return True
    if isinstance(wrong, tuple) and isinstance(given, tuple) and _whole(wrong):
        return given in (wrong[:1], wrong[:-1]) and (
            given * len(wrong) == wrong or (given == wrong[:-1] and wrong[-1] == 1)
        )
    if isinstance(wrong, bool | str) or isinstance(given, bool | str) or _whole(wrong):
        return False
    ours, theirs = flat(wrong), flat(given)
    return len(ours) == len(theirs) and all(map(NEAR.near, ours, theirs))


def _whole(value: Any) -> bool:
    """Say whether a value has no float in it: it is compared exactly."""
    return all(isinstance(number, int) for number in flat(value))
