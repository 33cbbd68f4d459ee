"""Typical mistakes, one small file each: every module here but case.py holds a MISCONCEPTION."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path

from shapecalc.grading.answers import Value
from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong


@cache
def misconceptions() -> tuple[Misconception, ...]:
    """Return all misconceptions, by the names of their files."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    found = (import_module(f"{__name__}.{name}") for name in names if name != "case")
    return tuple(module.MISCONCEPTION for module in found)


def wrong_answers(case: Case) -> list[tuple[Misconception, Wrong]]:
    """Return what each misconception answers, where that is not right."""
    return [
        (misconception, wrong)
        for misconception in misconceptions()
        for wrong in misconception.model(case)
        if wrong.value != case.right
    ]


def explaining(
    answers: list[tuple[Misconception, Wrong]], given: Value
) -> tuple[Misconception, Wrong] | None:
    """Return the misconception that gives a number, if exactly one does."""
    found = [pair for pair in answers if pair[1].value == given]
    return found[0] if len({pair[0].name for pair in found}) == 1 else None
