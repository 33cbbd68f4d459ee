"""Which terms of a total are right, which go on from the student's own answers, and what is behind
the others, where an answer adds up one for each layer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from shapecalc.grading.cause import Cause
from shapecalc.grading.misconceptions.question_context import AND, title_of
from shapecalc.grading.number_words import SMALL
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.question import Question
from shapecalc.grading.values import Number
from shapecalc.grading.wording import in_a_row, questions_by

MOST_NAMED = 4  # layers
Terms = Mapping[str, Number]  # by their layers


class InTerms(NamedTuple):
    """What is `told` of a wrong total's terms, the `matter` with them in short, for whoever looks
    at a whole class, and the names of the `mistakes` that are certain; empty where that is not
    known.
    """

    told: str = ""
    matter: str = ""
    mistakes: tuple[str, ...] = ()


def right_terms(
    question: Question,
    given: Terms,
    own: OwnAnswers,
    numbers: Mapping[str, int],
    behind: Callable[[Sequence[str]], Sequence[tuple[Sequence[str], Cause]]],
    *,
    hides: bool,
) -> InTerms:
    """Return which of a wrong total's terms are right, in sentences, which are the student's own
    answers or follow from them, and what is `behind` the others; nothing where none is right or
    own. `numbers` are those of the questions, by their ids; `hides` keeps other numbers back.
    """
    right = question.subject.terms(question.query.key) if given else {}
    wrong = {name: term for name, term in given.items() if term != right[name]}
    good = len(given) - len(wrong)
    said = [f"{good} of {len(given)} terms {'is' if good == 1 else 'are'} right"] if good else []
    own_ones: list[str] = []
    for names, verbs, of in _of_own(question, wrong, own):
        asked = questions_by(sorted({numbers[q.id] for q, _ in of}))
        answers = "your answer" if asked.startswith("question ") else "your answers"
        own_ones.append(f"{_those(names, *verbs)} {answers} to {asked}")
        wrong = {name: term for name, term in wrong.items() if name not in names}
    causes = behind([*wrong]) if wrong else ()
    if not (said or own_ones or causes) or not wrong:
        return InTerms()
    that = " right" if own_ones else ""
    not_right = f"{_those([*wrong], 'is not', 'are not')}{that}."
    if not (said or own_ones):
        told = "None of its terms is right."
    else:
        told = f"{_in_clauses([*said, *own_ones])}; {not_right}"
        told = told if good else f"Of its terms, {told}"
    parts = {name: _own_part(question, name, term, own) for name, term in wrong.items()}
    of_parts = {name: questions_by([numbers[q.id]]) for name, q in parts.items() if q is not None}
    of_causes = (_of_cause(names, one, of_parts, hides) for names, one in causes)
    sure = dict.fromkeys(cause.misconception.name for _, cause in causes if cause.sure)
    return InTerms(" ".join([told, *of_causes]), _matter(causes, wrong), tuple(sure))


def _matter(causes: Sequence[tuple[Sequence[str], Cause]], wrong: Terms) -> str:
    """Return what is the matter with wrong terms: each mistake, and in how many of them."""
    found: Counter[str] = Counter()
    for layers, cause in causes:
        perhaps = "" if cause.sure else "perhaps "
        found[f"{perhaps}{title_of(cause.matter)}"] += len(layers)
    others = len(wrong) - found.total()
    said = [f"{mistake}, in {_terms(count)} of the sum" for mistake, count in found.items()]
    if said and others:
        said.append(f"{_terms(others, 'more ')} {'is' if others == 1 else 'are'} wrong")
    return AND.join(said)


def _terms(count: int, more: str = "") -> str:
    number = SMALL[count] if count < len(SMALL) else str(count)
    return f"{number} {more}{'term' if count == 1 else 'terms'}"


def _of_cause(layers: Sequence[str], cause: Cause, of_parts: Mapping[str, str], hides: bool) -> str:
    """Return what is behind wrong terms as a sentence. `of_parts` are the questions of which they
    are the answers, though these ask for a part of them.
    """
    told = cause.hint if hides else cause.told
    if len(layers) == 1:
        asked = of_parts.get(layers[0])
        part = f"which is your answer to {asked}, " if asked else ""
        return f"In that of {layers[0]}, {part}{told}."
    return f"One mistake is behind those of {_few(layers)}: {told}."


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


def _own_part(question: Question, layer: str, term: Number, own: OwnAnswers) -> Question | None:
    """Return the question for a part of a layer's count whose wrong answer is the whole term."""
    parts = (q for q, v in own.terms_of(question) if q.query.name == layer and v == term != q.right)
    return next((q for q in parts if q.query.key != question.query.key), None)


def _is_whole(question: Question, layer: str, source: Sequence[Answered]) -> bool:
    """Say whether answers are but the one to the count of a layer."""
    return [(q.query.name, q.query.key) for q, _ in source] == [(layer, question.query.key)]


def _those(names: Sequence[str], one: str, several: str) -> str:
    """Return `that of conv1 is`, or `those of conv1 and conv2 are`."""
    named = _few(names)
    return f"that of {named} {one}" if len(names) == 1 else f"those of {named} {several}"


def _few(names: Sequence[str]) -> str:
    """Return the names in a row, of many the first ones."""
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return in_a_row([*names[:MOST_NAMED], *more])


def _in_clauses(said: Sequence[str]) -> str:
    *first, last = said
    return f"{', '.join(first)}, and {last}" if first else last
