"""Typical mistakes, one small file each: every module but SHARED holds a MISCONCEPTION.

A plug-in adds its own by `register`.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path

from shapecalc.grading.comparison import alike
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong

SHARED = ("question_context", "variants")

_registered: list[Misconception] = []


def register(misconception: Misconception) -> None:
    """Add a misconception: it is then named as a cause, and gives partial credit by its name.

    Raises ValueError for a name that is taken, so that no mark depends on who came first.
    """
    if any(misconception.name == other.name for other in misconceptions()):
        raise ValueError(f"there already is a misconception {misconception.name}")
    _registered.append(misconception)


def misconceptions() -> tuple[Misconception, ...]:
    """Return all misconceptions: our own by the names of their files, then the registered ones."""
    return (*_own(), *_registered)


@cache
def _own() -> tuple[Misconception, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    found = (import_module(f"{__name__}.{name}") for name in names if name not in SHARED)
    return tuple(module.MISCONCEPTION for module in found)


def wrong_answers(context: QuestionContext) -> list[tuple[Misconception, Wrong]]:
    """Return what each misconception answers, where that is not right."""
    return [
        (misconception, wrong)
        for misconception in misconceptions()
        for wrong in misconception.model(context)
        if not alike(context.right, wrong.value)
    ]
