"""What an answer can mean as one to its question: parts of a count, a percentage of a probability,
the plane that a unit sees.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shapecalc.grading.answers import LONGEST, Reading, readings
from shapecalc.grading.question import Question
from shapecalc.grading.stated_sums import told_sum
from shapecalc.grading.values import Value, flat
from shapecalc.grading.written_numbers import Unreadable

RESULTS = ("answer", "value", "result")  # a mapping of one of them alone is what it has
PERCENT = re.compile(r"(?<![\w.,])(\d{1,9}(?:[.,]\d{1,9})?) ?(?:%|per ?cent\b)")
FIELD = re.compile(r"\b([A-Z]) ?= ?(\d{1,9})\b")
IN_FRONT = re.compile(  # of a field's value and its reason: P=2 because (5-1)/2
    r"([a-z]) ?= ?(?=\d{1,9}[\s,;:.(-]*\b(?:because|since|as|for|so that)\b)", re.IGNORECASE
)
TOLD_TWICE = re.compile(r"(\d{0,9}[.,]?\d{1,9}) ?\((\d{0,9}[.,]?\d{1,9})\)")  # 0.5 (50 %)
NEAR = 0.0051  # 73 % is 0.731, too


def readings_for(question: Question, answer: Any) -> list[Reading]:
    """Return what an answer can mean, the likeliest first. Raises Unreadable."""
    if isinstance(answer, Mapping) and len(answer) == 1:
        ((name, value),) = answer.items()
        answer = value if name in (*RESULTS, question.id, question.query.path) else answer
    if question.query.kind == "field" and _is_text(answer):
        answer = _of_fields(question.query.key, answer)
    parts = told_sum(question, answer)
    return _in_form(question, answer) if parts is None else [parts]


def _of_fields(key: str, text: str) -> str:
    """Return what a field is by its letter, where a text gives several and nothing else,
    `P = 0, S = 1`; and its value and the reason without the letter, `P=2 because (5-1)/2`.
    """
    letter = IN_FRONT.match(text.strip())
    if letter is not None and letter[1].upper() == key:
        return text.strip()[letter.end() :]
    found = FIELD.findall(text)
    if len(found) < 2 or FIELD.sub("", text).strip(" ,;."):
        return text
    values = {value for letter, value in found if letter == key}
    return values.pop() if len(values) == 1 else text


def _in_form(question: Question, answer: Any) -> list[Reading]:
    """Read an answer in its form; a percentage of values as a part of 1, and the only value of an
    array also as a number, with words and units around it. Raises Unreadable.
    """
    form = question.query.form
    percent = PERCENT.search(answer) if question.query.executed and _is_text(answer) else None
    if percent:
        answer = TOLD_TWICE.sub(_once, PERCENT.sub(_part_of_one, answer))
    try:
        found = readings(answer, form)
    except Unreadable as error:
        if form != "array" or len(flat(question.right)) != 1:
            raise
        try:
            found = [r._replace(value=_as_array(r.value)) for r in readings(answer, "number")]
        except Unreadable:
            raise error from None
    if percent:
        told = f"{percent[0]} is {_part_of_one(percent)}"
        found = [r._replace(note=f"{r.note}; {told}" if r.note else told) for r in found]
    return found


def _is_text(answer: Any) -> bool:
    return isinstance(answer, str) and len(answer) <= LONGEST


def _once(told: re.Match[str]) -> str:
    """Return the longer one of a value and the same one in brackets; both where they differ."""
    number, again = (float(one.replace(",", ".")) for one in told.groups())
    return max(told.groups(), key=len) if abs(number - again) <= NEAR else told[0]


def _part_of_one(percent: re.Match[str]) -> str:
    return f"{float(percent[1].replace(',', '.')) / 100:.15g}"


def _as_array(value: Value) -> Value:
    return (float(value),) if isinstance(value, int | float) else value


def of_the_plane(question: Question, reading: Reading) -> Reading:
    """Return a receptive field without the depth of the input, which it has in the words of
    lectures, "the neuron sees 11x11x3", and which is not asked for.
    """
    query, right, value = question.query, question.right, reading.value
    if query.key != "receptive_field" or query.form != "sizes" or not isinstance(right, tuple):
        return reading
    depths = {volume and volume[-1] for volume in question.subject.trace.inputs.values()}
    if not isinstance(value, tuple) or len(value) != len(right) + 1 or len(depths) != 1:
        return reading
    (depth,) = depths
    if depth not in (value[0], value[-1]) or value in question.accepted:
        return reading
    plane = value[:-1] if value[-1] == depth else value[1:]
    told = f"the depth of the input, {depth}, is not asked for"
    return reading._replace(value=plane, note=f"{reading.note}; {told}" if reading.note else told)
