"""Questions that need the size of an input for which a size that fits is asked: it is not told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.kinds.fitting_input import another
from shapecalc.grading.prompts import Secrets, is_ours
from shapecalc.grading.question import Question
from shapecalc.grading.subject import Subject
from shapecalc.grading.wording import questions_by
from shapecalc.tracing import walk


def sizes_needed(questions: Sequence[Question], numbers: Mapping[str, int]) -> Iterator[str]:
    """Yield which questions about one network have another answer at another size that fits."""
    secrets = Secrets(questions)
    for question in questions:
        query = question.query
        if query.kind != "fitting" or query.name not in secrets.open:
            continue
        other = _resized(question)
        for one in questions:
            if one.query.kind == "fitting":
                continue
            # A field follows from volumes, which our own text does not give.
            field = one.query.kind == "field" and is_ours(one, secrets)
            if field or (other is not None and _differs(one, other)):
                both = questions_by(sorted((numbers[one.id], numbers[question.id])))
                why = f"{one.query.path} hangs on the size of {query.name}"
                yield f"{both}: {why}, which is not told; ask for it about a network of its own"


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
