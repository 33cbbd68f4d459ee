"""What is behind the wrong terms of a total: what would be behind the same number as the answer to
the question about its layer alone, where the other terms are the answers to theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.cause import Cause
from shapecalc.grading.diagnosis import Diagnosis
from shapecalc.grading.evidence import Evidence
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.frequency import SLIPS
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.places import elsewhere
from shapecalc.grading.question import Question
from shapecalc.grading.reading import Reading
from shapecalc.grading.repeated import NOT_GONE_ON_WITH, Repeated, occasions, repeated
from shapecalc.grading.stated_terms import terms_of_total
from shapecalc.grading.student_working import Working
from shapecalc.grading.values import Number
from shapecalc.layers.dense import Dense

MOST_LAYERS = 12  # with a term, of a total whose terms are looked into
MOST_WRONG = 3  # terms whose mistakes are told
SEVERAL = 2  # that follow from one mistake
OF_OUTPUT = ("macs", "activations")  # which no wrong volume leaves right

Terms = Mapping[str, Number]  # by their layers


class BehindTerms:
    """The mistakes behind the wrong ones of the terms that a total is `given` with."""

    def __init__(
        self,
        question: Question,
        given: Terms,
        own: OwnAnswers,
        evidence: Evidence,
        diagnosis: Diagnosis,
    ) -> None:
        self._question, self._given, self._own = question, given, own
        self._evidence, self._diagnosis = evidence, diagnosis
        few = len(given) <= MOST_LAYERS and not question.choices
        asked = {name: _of_layer(question, name) for name in given} if few else {}
        self._asked = {name: one for name, one in asked.items() if one is not None}
        if len(self._asked) < len(given):
            self._asked = {}
        self._good = {n: one.right for n, one in self._asked.items() if given[n] == one.right}

    def causes(self, wrong: Sequence[str]) -> list[tuple[list[str], Cause]]:
        """Return the mistakes behind wrong terms that are no answers of the student's own, and the
        layers of each: one that several of them follow from, and then those of single ones. One
        that would change a right term is none.
        """
        found: list[tuple[list[str], Cause]] = []
        several = self._of_several(wrong) if self._asked and len(wrong) > 1 else None
        if several is not None:
            found.append(several)
            wrong = [name for name in wrong if name not in several[0]]
        for name in wrong if self._asked and len(wrong) <= MOST_WRONG else ():
            sure = (cause.names for _, cause in found if cause.sure)
            cause = self._cause(name, wrong, frozenset(chain(*sure)) - SLIPS)
            if cause is not None:
                found.append(([name], cause))
        told = self._evidence.told
        return [(names, cause.after(told)) for names, cause in found]

    def _of_several(self, wrong: Sequence[str]) -> tuple[list[str], Cause] | None:
        """Return the one mistake in volumes that most of the wrong terms follow from, and these;
        None where there is no such, or it is not clear which or where.
        """
        found: dict[tuple[str, tuple[str, ...]], tuple[list[str], Repeated]] = {}
        explained = [(self._diagnosis.explanations(self._asked[n]), self._given[n]) for n in wrong]
        mistakes = {m for e, term in explained for m in e.on_the_way(term) | e.alone(term)}
        mistakes -= NOT_GONE_ON_WITH
        for name in reversed(wrong):
            asked, term = self._asked[name], self._given[name]
            for mistake in sorted(mistakes):
                for one in _anywhere(asked, mistake):
                    way, terms = one.wrong.way, one.subject.terms(asked.query.key)
                    if way is None or not self._evidence.sound.isdisjoint(way.layers):
                        continue
                    if one.wrong.value == term and self._good.items() <= terms.items():
                        by_it = [n for n in wrong if terms.get(n) == self._given[n]]
                        found[mistake, way.at] = by_it, one
        most = max((len(by_it) for by_it, _ in found.values()), default=0)
        best = [(by_it, one) for by_it, one in found.values() if len(by_it) == most]
        if most < SEVERAL or len(best) > 1:
            return None
        by_it, one = best[0]
        numbers = {self._given[name] for name in by_it}  # a volume and its relu have one
        sure = len(numbers) >= SEVERAL and one.misconception.name not in self._evidence.unmade
        return by_it, Cause(one.misconception, one.wrong._replace(arithmetic=one.told), sure=sure)

    def are_by(self, cause: Cause) -> bool:
        """Say whether all wrong terms are answers of the student's own or have the mistakes of a
        cause, so that this may be behind the total: each of them somewhere, if there are several.
        """
        off = [name for name in self._asked if name not in self._good]
        behind = self._own.behind_term
        wrong = [n for n in off if not behind(self._question, n, self._given[n])]
        made = [self._made(name, wrong, cause) for name in wrong]
        all_made = frozenset().union(*made) >= _mistakes(cause) or bool(cause.either)
        return all(made) and (not wrong or len(wrong) < len(off) or all_made)

    def _made(self, name: str, wrong: Sequence[str], cause: Cause) -> frozenset[str]:
        """Return which mistakes of a cause a term has; none where it has others."""
        explanations = self._diagnosis.explanations(self._asked[name])
        either = cause.either or (cause,)
        among = frozenset[str]().union(*map(_mistakes, either))
        single = ((frozenset((n,)), frozenset((n,))) for n in among)
        for names, mistakes in (*single, *((one.names, _mistakes(one)) for one in either)):
            if explanations.gives(names, self._given[name]):
                return mistakes
        there = self._cause(name, wrong)
        made = _mistakes(there) if there is not None else frozenset[str]()
        return made if made <= among else frozenset()

    def _cause(
        self, name: str, wrong: Sequence[str], made: frozenset[str] = frozenset()
    ) -> Cause | None:
        """Return what is behind a wrong term; the mistakes that are certainly `made` in others."""
        asked, term = self._asked[name], self._given[name]
        others = [other for other in wrong if other != name]
        evidence = self._evidence_but(name, others)
        evidence = evidence._replace(made=evidence.made | made)
        cause = self._diagnosis.cause(asked, term, self._own, evidence)
        if cause is None or not self._hang_on(cause):
            return cause
        return _beside(self._good, cause, asked, term)

    def _hang_on(self, cause: Cause) -> bool:
        """Say whether right terms may hang on the wrong volumes that a cause goes by."""
        wrong = cause.wrong.way.layers if cause.wrong.way is not None else frozenset()
        records = [self._asked[name].subject.records[name] for name in self._good]
        return any(not wrong.isdisjoint((one.name, *(one.sources or ()))) for one in records)

    def _evidence_but(self, name: str, others: Iterable[str]) -> Evidence:
        """Return what tells between the causes of a wrong term: right terms speak against mistakes
        as right answers do, unless these may be behind `others` that are wrong as well.
        """
        explained = self._diagnosis.explanations
        against = (explained(self._asked[good]).unmade for good in self._good)
        suspected = (explained(self._asked[one]).suspected(self._given[one]) for one in others)
        evidence = self._evidence
        unmade = {*evidence.unmade, *chain(*against)}.difference(evidence.made, *suspected)
        return evidence._replace(
            unmade=frozenset(unmade),
            working=_of_term(evidence.working, self._given[name]),
            sound=evidence.sound | frozenset(self._sound()),
            counted=frozenset(),
        )

    def _sound(self) -> Iterator[str]:
        """Yield layers whose volumes are right as right terms are: all of a dense layer's input
        goes into its weights.
        """
        for name in self._good:
            asked = self._asked[name]
            record = asked.subject.records[name]
            if asked.query.key in OF_OUTPUT:
                yield name
            elif isinstance(record.layer, Dense):
                yield from record.sources or ()


def caused(
    question: Question,
    reading: Reading,
    own: OwnAnswers,
    evidence: Evidence,
    diagnosis: Diagnosis,
    found: Cause | None,
) -> Cause | None:
    """Return the cause that was `found` of an answer; None of a total whose terms are wrong by
    other mistakes: it has that sum by chance.
    """
    given = terms_of_total(question, reading, evidence.working) if found else {}
    if found is None or not given:
        return found
    return found if BehindTerms(question, given, own, evidence, diagnosis).are_by(found) else None


def _mistakes(cause: Cause) -> frozenset[str]:
    """Return the mistakes of a cause, each by itself where one name stands for two."""
    return frozenset(cause.misconception.parts) or cause.names


def _of_layer(question: Question, name: str) -> Question | None:
    """Return the question about the count of one layer, of which a total is the sum."""
    query = question.query._replace(name=name, path=f"{name}.{question.query.key}")
    try:
        right = question.subject.answer(query)
    except Unanswerable:
        return None
    if right != question.subject.terms(query.key)[name]:
        return None
    return replace(question, id=f"{question.id}: {name}", query=query, right=right, accepted=())


def _of_term(working: Working, term: Number) -> Working:
    """Return what of a working comes to a term."""
    return Working(tuple(text for text in working.formulas if worked_out(text) == term))


def _anywhere(asked: Question, mistake: str) -> Iterator[Repeated]:
    """Yield what a mistake gives at other layers on the way, at whichever it is made."""
    context = QuestionContext(
        asked.subject, asked.query, asked.right, depth_first=asked.depth_first
    )
    yield from elsewhere(context, mistake, tuple(occasions(context, mistake)))
    yield from repeated(context, (mistake,))


def _beside(good: Terms, cause: Cause, asked: Question, term: Number) -> Cause | None:
    """Return a cause that was made on the way to a wrong term, at a place where it leaves the right
    ones as they are: the only one, or the cause as it is if there are several; None for no such.
    """
    if cause.source or cause.either or len(cause.names) > 1:  # of which not all places are known
        return None
    left = {
        one.wrong.way.at: one.wrong
        for one in _anywhere(asked, cause.misconception.name)
        if one.wrong.way is not None
        and one.wrong.value == term
        and good.items() <= one.subject.terms(asked.query.key).items()
    }
    if not left:
        return None
    return cause if len(left) > 1 else cause._replace(wrong=next(iter(left.values())))
