"""Writes a class' marks for people, spreadsheets and platforms: one file a format.

Each has render(class_run) -> str, with its last line break.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from shapecalc.grading.class_run import ClassRun

FORMATS = {
    "table": "table",
    "json": "json_text",
    "csv": "gradebook",
    "gradescope": "gradescope",
    "prairielearn": "prairielearn",
}
OF_ONE = ("gradescope", "prairielearn")  # formats of a single submission


def render(form: str, class_run: ClassRun) -> str:
    """Return a class' marks in one of the formats."""
    module = import_module(f"{__name__}.{FORMATS[form]}")
    written: Callable[[ClassRun], str] = module.render
    return written(class_run)


def number(value: float) -> int | float:
    """Return points as they are written: 2, not 2.0."""
    return int(value) if float(value).is_integer() else value
