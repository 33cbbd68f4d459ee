"""Questions with answers to choose from: by a letter, or by writing one of them down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from string import ascii_lowercase
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import quote
from shapecalc.grading.answers import SEVERAL, Form, Reading, Unreadable, read_answer, readings
from shapecalc.grading.question import Question, depth_last
from shapecalc.grading.section import Section
from shapecalc.grading.values import Value

FORMS = ("sizes", "number", "field", "ranges", "formula")
FEWEST = 2
LETTER = re.compile(
    r"(?:(?:option|choice|answer|antwort)\b[ :]*)?\(?([a-z])(?:[.):\]]+\s*|\s+|$)(.*)",
    re.IGNORECASE | re.DOTALL,
)


def read_choices(section: Section, form: Form, depth_first: bool) -> tuple[Value, ...]:
    """Return the answers that an author gives to choose from; what are none is reported."""
    written = section.data.get("choices")
    if written is None:
        return ()
    example = "for example [55x55x96, 54x54x96]"
    if form not in FORMS:
        message = "a list of values and a yes or no have no choices"
        section.wrong(rules.WRONG_ASSIGNMENT_VALUE, message, "leave choices out", "choices")
        return ()
    if not isinstance(written, list | tuple) or not FEWEST <= len(written) <= len(ascii_lowercase):
        message = f"choices must be a list of {FEWEST} to {len(ascii_lowercase)} answers"
        section.wrong(rules.WRONG_ASSIGNMENT_VALUE, message, example, "choices")
        return ()
    try:
        found = [read_answer(answer, form) for answer in written]
    except Unreadable as error:
        section.wrong(rules.WRONG_ASSIGNMENT_VALUE, f"choices: {error}", example, "choices")
        return ()
    return tuple(depth_last(value) if depth_first else value for value in found)


def listed(question: Question) -> Iterator[str]:
    """Yield the choices as a sheet has them, `(a) 55x55x96`."""
    for letter, value in zip(ascii_lowercase, question.choices, strict=False):
        yield f"({letter}) {question.shown(value)}"


def chosen(question: Question, answer: Any) -> Reading | None:
    """Return the choice that a letter names; None where an answer has no letter in front.

    Raises Unreadable where another answer stands behind it.
    """
    match = LETTER.fullmatch(answer.strip()) if isinstance(answer, str) else None
    place = ascii_lowercase.index(match[1].lower()) if match else len(question.choices)
    if match is None or place >= len(question.choices):
        return None
    value, rest = question.choices[place], match[2].strip()
    if rest and value not in _meant(question, rest):
        raise Unreadable(SEVERAL)
    return Reading(value, f"({match[1].lower()}) is {question.shown(value)}")


def _meant(question: Question, text: str) -> Sequence[Value]:
    """Return what a text can mean, in the order of sizes that is compared."""
    try:
        found = [reading.value for reading in readings(text, question.query.form)]
    except Unreadable:
        raise Unreadable(f"{quote(text)} is none of the choices") from None
    return [depth_last(value) for value in found] if question.depth_first else found
