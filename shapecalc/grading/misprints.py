"""What is wrong with a printed number: the computed one, the mistake behind it, what it is right
for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from shapecalc.diagnostics import LayerError
from shapecalc.grading.comparison import each_right, is_right
from shapecalc.grading.differences import first_wrong
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.question import Question
from shapecalc.grading.ranking import Explanations
from shapecalc.grading.values import Value, flat, shown
from shapecalc.layers.field_types import Volume
from shapecalc.layers.window import Sliding
from shapecalc.records import KnownRecord

TRIED = {"S": range(1, 9), "P": range(9), "F": range(1, 12)}  # other values of a field
NEAR = 8  # other input sizes, up or down


def false_key(question: Question, given: Value) -> str:
    """Return what is wrong with a printed answer; empty if it is right."""
    if is_right(question, given):
        return ""
    said = f"{question.query.path}: the key says {_differing(question, given)}"
    context = QuestionContext(
        question.subject, question.query, question.right, depth_first=question.depth_first
    )
    why = explanation(context, given)
    return f"{said}; {why}" if why else said


def _differing(question: Question, given: Value) -> str:
    """Return what is printed and what is computed; of arrays the first value that differs."""
    right = question.right
    if question.query.form == "array" and len(flat(right)) == len(flat(given)) > 1:
        at = first_wrong(right, each_right(question, given))
        wrong: Any = flat(given)[_flat_place(right, at)]
        for index in at:
            right = right[index]  # type: ignore[index]
        place = ",".join(map(str, at))
        return f"{shown(wrong)} at [{place}], counted from 0, where {shown(right)} is computed"
    return f"{question.shown(given)}, {question.shown(right)} is computed"


def _flat_place(array: Any, index: Sequence[int]) -> int:
    """Return which of an array's values, one after the other, an index is."""
    place = 0
    for at in index:
        place += sum(len(flat(part)) for part in array[:at])
        array = array[at]
    return place


def explanation(context: QuestionContext, given: Value, sure: bool = True) -> str:
    """Return the mistake that gives a printed number, or what it would be right for.

    Not `sure` is one that leaves something else unexplained.
    """
    said = _mistake(context, given, sure)
    return "; or ".join([*said, *_fitting(context, given, fields=True)])


def cause(context: QuestionContext, given: Value) -> str:
    """Return the mistake that gives a claimed number, or the input that it is right for.

    Fields that it is right for are left to the repairs, which are edits.
    """
    return "; or ".join([*_mistake(context, given), *_fitting(context, given, fields=False)])


def _mistake(context: QuestionContext, given: Value, sure: bool = True) -> list[str]:
    """Return the sentence about the mistake behind a number, if there is one."""
    found = Explanations(context).cause_of(given)
    return [found._replace(sure=found.sure and sure).told] if found else []


def _fitting(context: QuestionContext, given: Value, *, fields: bool) -> list[str]:
    """Return the sentence that says what a printed volume is right for, if there is anything."""
    if context.key != "output" or context.record is None or not isinstance(given, tuple):
        return []
    fitting = list(islice(_right_for(context.record, given), 3))
    if not fields:
        fitting = [text for text in fitting if "=" not in text]
    if not fitting:
        return []
    *first, last = fitting
    listed = f"{', '.join(first)} or {last}" if first else last
    return [f"perhaps the layer was meant to have {listed}"]


def _right_for(record: KnownRecord, printed: tuple[Any, ...]) -> Iterator[str]:
    """Yield other single numbers of a sliding layer with which the printed volume is its output."""
    layer, inputs = record.layer, record.input
    if not isinstance(layer, Sliding) or not inputs:
        return
    (volume,) = inputs
    for field, values in TRIED.items():
        for value in values:
            changed = layer.model_copy(update={field: value})
            if value != getattr(layer, field) and _gives(changed, volume, printed):
                yield f"{field}={value}"
                break
    sizes = volume[:-1]
    if len(set(sizes)) == 1:
        for step in sorted(range(-NEAR, NEAR + 1), key=abs):
            size = sizes[0] + step
            if step and size > 0 and _gives(layer, (*[size] * len(sizes), volume[-1]), printed):
                yield f"an input of {'x'.join(map(str, (*[size] * len(sizes), volume[-1])))}"
                break


def _gives(layer: Sliding, volume: Volume, printed: tuple[Any, ...]) -> bool:
    try:
        return layer.volume([volume]) == printed
    except LayerError:
        return False
