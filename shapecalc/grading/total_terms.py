"""Which terms of a total are right, and which go on from the student's own answers, where an answer
adds up one for each layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shapecalc.grading.answers import Reading
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.own_sums import is_total
from shapecalc.grading.own_values import Answered
from shapecalc.grading.question import Question
from shapecalc.grading.stated_terms import stated_terms
from shapecalc.grading.student_working import Working, working_in
from shapecalc.grading.values import Number
from shapecalc.grading.wording import in_a_row, questions_by

MOST_NAMED = 4  # layers
Terms = Mapping[str, Number]  # by their layers


def right_terms(
    question: Question,
    reading: Reading,
    working: Working,
    own: OwnAnswers,
    numbers: Mapping[str, int],
) -> str:
    """Return which terms of a wrong total are right, in a sentence, and which are the student's own
    answers or follow from them; empty where none is, or where neither its working nor what is read
    of `conv1: 760, dense1: 17283` has one for each layer that has some of what is counted.
    `numbers` are those of the questions, by their ids.
    """
    if not is_total(question):
        return ""
    texts = (working, working_in(reading.note))
    given = next(filter(None, (stated_terms(question, reading.value, t) for t in texts)), None)
    if given is None:
        return ""
    right = question.subject.terms(question.query.key)
    wrong = {name: term for name, term in given.items() if term != right[name]}
    good = len(given) - len(wrong)
    said = [f"{good} of {len(given)} terms {'is' if good == 1 else 'are'} right"] if good else []
    own_ones: list[str] = []
    for names, verbs, of in _of_own(question, wrong, own):
        asked = questions_by(sorted({numbers[q.id] for q, _ in of}))
        answers = "your answer" if asked.startswith("question ") else "your answers"
        own_ones.append(f"{_those(names, *verbs)} {answers} to {asked}")
        wrong = {name: term for name, term in wrong.items() if name not in names}
    if not (said or own_ones) or not wrong:
        return ""
    that = " right" if own_ones else ""
    told = f"{_in_clauses([*said, *own_ones])}; {_those([*wrong], 'is not', 'are not')}{that}."
    return told if good else f"Of its terms, {told}"


def _of_own(
    question: Question, wrong: Terms, own: OwnAnswers
) -> Iterator[tuple[list[str], tuple[str, str], list[Answered]]]:
    """Yield the layers whose terms are the student's own answers, then those whose terms follow
    from these, with how that is told of one and of several, and the answers.
    """
    found = {name: own.behind_term(question, name, term) for name, term in wrong.items()}
    given, follow = ("is", "are"), ("follows from", "follow from")
    for direct, verbs in ((True, given), (False, follow)):
        of = {n: s for n, s in found.items() if s and _is_whole(question, n, s) == direct}
        if of:
            yield [*of], verbs, [answered for source in of.values() for answered in source]


def _is_whole(question: Question, layer: str, source: Sequence[Answered]) -> bool:
    """Say whether answers are but the one to the count of a layer."""
    return [(q.query.name, q.query.key) for q, _ in source] == [(layer, question.query.key)]


def _those(names: Sequence[str], one: str, several: str) -> str:
    """Return `that of conv1 is`, or `those of conv1 and conv2 are`."""
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    named = in_a_row([*names[:MOST_NAMED], *more])
    return f"that of {named} {one}" if len(names) == 1 else f"those of {named} {several}"


def _in_clauses(said: Sequence[str]) -> str:
    *first, last = said
    return f"{', '.join(first)}, and {last}" if first else last
