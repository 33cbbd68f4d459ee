"""The formats that a quiz can be had in, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shapecalc.grading.quiz import gift, markdown, moodle_xml, text2qti, yaml_text
from shapecalc.grading.quiz.build import Quiz

FORMATS: Mapping[str, Callable[[Quiz], str]] = {
    "markdown": markdown.render,
    "yaml": yaml_text.render,
    "gift": gift.render,
    "moodle-xml": moodle_xml.render,
    "text2qti": text2qti.render,
}
