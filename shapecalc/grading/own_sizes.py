"""One mistake that gives the same wrong volume of a student's own sizes as of the right ones, which
rounding hides: `same` with S=2 gives 6 of 12 as well as of 11.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

from shapecalc.grading.cause import Cause
from shapecalc.grading.frequency import SLIPS
from shapecalc.grading.misconceptions import wrong_answers
from shapecalc.grading.question import Question
from shapecalc.grading.ranking import Explanations
from shapecalc.grading.shown_sizes import tells_the_input
from shapecalc.grading.sizes_on_the_way import on_the_way
from shapecalc.grading.student_working import Working
from shapecalc.grading.subject import Subject
from shapecalc.grading.unpadded import SAME, UP, rounds_up
from shapecalc.grading.values import Value
from shapecalc.volumes import Volume

OF_WINDOWS = ("receptive_field", "jump")  # which no mistake takes a volume for


def of_own_sizes(
    question: Question,
    value: Value,
    found: Cause,
    supposed: Explanations,
    working: Working,
    *,
    again: bool,
) -> Cause | None:
    """Return a mistake as it is made with the sizes that a student has in front of them; None where
    these change nothing, or the right ones are meant. With these sizes rounding up may come to the
    same: it is not certain then which was done, unless the mistake is made `again`.
    """
    subject = supposed.context.subject
    if inputs(question, subject) == inputs(question, question.subject) or found.names <= SLIPS:
        return None
    if not _goes_by_own(question, subject, value, working):
        return None
    up = None
    if found.names == {SAME}:
        alike = (c for c in supposed.single if c.names == UP and c.wrong.value == value)
        up = next(alike, None)
        if up and rounds_up(working.unrounded, supposed.context, up):
            return up
    for _, wrong in wrong_answers(supposed.context, supposed.near, found.names):
        if wrong.value == value and wrong.arithmetic != found.wrong.arithmetic:
            there = found._replace(wrong=wrong)
            by_stride = any((fit.W, fit.S) in working.divided for fit in supposed.context.fits)
            if up is None or again or by_stride or working.agrees(supposed.context, there):
                return there
            return there._replace(sure=False, either=(there, up))
    return None


def taken_from_own(value: Value, supposed: Explanations, right: Explanations) -> frozenset[str]:
    """Return the mistakes that give an answer with a student's own sizes alone, which the right way
    takes none of: the mean of a slice is one number, however large that is.
    """
    if supposed.context.key in OF_WINDOWS:
        return frozenset()
    there = supposed.alone(value)
    return there - right.alone(value) if there else there


def inputs(question: Question, subject: Subject) -> tuple[Volume, ...]:
    """Return the volumes that the layer of a question takes in a network."""
    record = subject.records.get(question.query.name)
    return (record.input or ()) if record else ()


def has_size(explanations: Explanations, numbers: Collection[float]) -> bool:
    """Say whether the size that a window slides over is one of the numbers of a working."""
    return any(fit.W in numbers for fit in explanations.context.fits)


def _goes_by_own(question: Question, subject: Subject, value: Value, working: Working) -> bool:
    """Say whether a volume goes by the student's own sizes: its working has one on the way there
    that only their network has, or none that only the right one has, where the text of the question
    tells none.
    """
    volumes = (volume for volume in working.volumes if volume != value)
    shown = {*working.numbers, *chain(*volumes, *working.chains, *working.divided)}
    right, own = ({*on_the_way(s, question.query.name)} for s in (question.subject, subject))
    if not shown.isdisjoint(own - right):
        return True
    return shown.isdisjoint(right - own) and not tells_the_input(question)
