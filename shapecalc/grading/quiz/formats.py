"""The formats that a quiz can be had in, by name."""

from __future__ import annotations

from collections.abc import Callable

from shapecalc.grading.quiz.build import Quiz
from shapecalc.registry import Registry

_HERE = "shapecalc.grading.quiz"
FORMATS: Registry[Callable[[Quiz], str]] = Registry(
    "format of a quiz",
    {
        "markdown": f"{_HERE}.markdown:render",
        "yaml": f"{_HERE}.yaml_text:render",
        "gift": f"{_HERE}.gift:render",
        "moodle-xml": f"{_HERE}.moodle_xml:render",
        "text2qti": f"{_HERE}.text2qti:render",
    },
    fits=callable,
    needs="a function",
)
