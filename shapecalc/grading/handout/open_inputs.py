"""Questions that need the size of an input for which a size that fits is asked: it is not told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.kinds.fitting_input import another, written
from shapecalc.grading.prompts import Secrets, is_ours
from shapecalc.grading.question import Question
from shapecalc.grading.subject import Subject
from shapecalc.grading.wording import questions_by
from shapecalc.layers.base import show
from shapecalc.walking import walk


def sizes_needed(questions: Sequence[Question], numbers: Mapping[str, int]) -> Iterator[str]:
    """Yield which questions about one network have another answer at another size that fits."""
    secrets = Secrets(questions)
    for question in questions:
        query = question.query
        if query.kind != "fitting" or query.name not in secrets.open:
            continue
        other = _resized(question)
        needy = [
            numbers[one.id]
            for one in questions
            # A field follows from volumes, which our own text does not give.
            if (one.query.kind == "field" and is_ours(one, secrets))
            or (other is not None and one.query.kind != "fitting" and _differs(one, other))
        ]
        if needy:
            number, size = numbers[question.id], show(written(question.subject.layers, query)[:-1])
            yield (
                f"question {number} hides the size of {query.name}, on which {questions_by(needy)}"
                f" {'hangs' if len(needy) == 1 else 'hang'}; "
                + (
                    f"with `exclude: {size}` question {number} asks for another size, and the size"
                    f" of {query.name} is told"
                    if other is not None
                    else f"ask question {number} about another network"
                )
            )


def _resized(question: Question) -> Subject | None:
    """Return the network at another size that fits, if there is one."""
    subject, query = question.subject, question.query
    volume = another(subject.layers, query)
    if volume is None:
        return None
    spec = subject.trace.spec
    inputs = {**spec.inputs, query.name: volume}
    return Subject(walk(replace(spec, inputs=inputs, example=None, findings=())))


def _differs(question: Question, other: Subject) -> bool:
    if question.query.executed:
        return False
    try:
        return other.answer(question.query) != question.right
    except Unanswerable:
        return True
