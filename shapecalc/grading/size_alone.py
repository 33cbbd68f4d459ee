"""Whether a stride fits, found by dividing the size alone: `40 is divisible by 2`."""

from __future__ import annotations

from shapecalc.grading.question import Question
from shapecalc.grading.student_working import Working
from shapecalc.layers.window import Sliding


def divided_alone(question: Question, working: Working) -> str:
    """Return what S has to divide where a working divides W alone; empty where it does not."""
    record = question.subject.records.get(question.query.name)
    if question.query.form != "truth" or record is None or not record.input:
        return ""
    if not working.divided or not isinstance(record.layer, Sliding):
        return ""
    axes = record.layer.fits(record.input[0]).axes
    if not any((fit.W, fit.S) in working.divided for fit in axes):
        return ""
    return "The size W alone was divided by S; it is W - F + 2P that S has to divide."
