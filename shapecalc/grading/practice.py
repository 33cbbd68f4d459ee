"""Which mistakes one student makes and does not make, as all the answers together show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import permutations
from types import MappingProxyType

from shapecalc.grading.frequency import FROM_ONE, OTHERWISE_IN_FIELDS, SLIPS, UNCERTAIN
from shapecalc.grading.marks import Mark
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.question import Question
from shapecalc.grading.subject import Subject

Names = Mapping[str, frozenset[str]]  # of mistakes, by the id of a question
NOTHING: Names = MappingProxyType({})
NO_NAMES: frozenset[str] = frozenset()


class Practice:
    """What a student's right and wrong answers show of the mistakes, by their names."""

    def __init__(
        self,
        right: Names = NOTHING,
        wrong: Names = NOTHING,
        alone: Names = NOTHING,
        certain: Names = NOTHING,
        possible: Names = NOTHING,
        sound: Mapping[tuple[Subject, str], frozenset[str]] = MappingProxyType({}),
        by_heart: frozenset[str] = NO_NAMES,
        fields: frozenset[str] = NO_NAMES,
        placed: frozenset[str] = NO_NAMES,
    ) -> None:
        """Of each question, `right` are the mistakes that would have given another answer than the
        right one; `wrong` those that give the wrong one, `alone` without another beside it;
        `certain` and `possible` those that are certainly or perhaps behind it, or made on the way
        there. `sound` are the layers of each network of which the right `output` or count, such as
        `parameters`, was given. Answers `by_heart`, such as the padding that keeps a size, need
        no formula: they say little of which one is used elsewhere. `fields` ask for receptive ones,
        questions that are `placed` for a value at a place, and not at the first one.
        """
        self._right, self._made, self._alone = right, _by_name(wrong), _by_name(alone)
        self._certain, self._possible, self._sound = certain, possible, sound
        self._by_heart, self._fields, self._placed = by_heart, fields, placed
        self._unmade = NO_NAMES.union(*right.values())
        self._not_made = self._unmade.difference(self._made)
        by_formula = (names for question, names in right.items() if question not in by_heart)
        self._doubted = self._unmade.difference(*by_formula)
        self.denied = UNCERTAIN & self._unmade  # mistakes that one right answer is enough against
        self._beside: Names = {}  # mistakes with values that are certain in later answers alone
        self._withdrawn: set[str] = set()  # mistakes, where an answer follows from others
        self._unsupported: set[str] = set()  # those of them that right answers speak against now

    def has_followed(self, question: str, *, executed: bool = False) -> None:
        """Note that a wrong answer follows from others: no mistake was made there. Of an `executed`
        one it was chance that two mistakes at once would have given it.
        """
        if question in self._placed:
            self.denied |= {FROM_ONE}
        for name, questions in self._alone.items():
            if question in questions:
                questions.remove(question)
                self._withdrawn.add(name)
        for name, questions in self._made.items() if executed else ():
            if question in questions:
                questions.remove(question)
                if name in self._unmade and len(questions) < 2:
                    self._unsupported.add(name)
        self._not_made = self._unmade.difference(n for n, wrong in self._made.items() if wrong)

    def learns(self, marks: Iterable[tuple[Question, Mark]], own: OwnAnswers) -> bool:
        """Note the mistakes that are certain in what a student's own numbers lead to: only marking
        tells. Say whether one of them may be behind another answer where it is not named, or one
        that was not made where an answer follows, or is named where right answers speak against it.
        """
        wrong = [(q, one) for q, one in marks if one.verdict in ("wrong", "partly right")]
        sure = {question.id: _certainly(one) for question, one in wrong}
        unsure = {other for other, names in sure.items() if not names}
        found = any(not unsure.isdisjoint(self._made.get(n, ())) for n in self._withdrawn)
        found = found or not self._unsupported.isdisjoint(NO_NAMES.union(*sure.values()))
        self._beside = _certain_behind(wrong, sure)
        found = found or bool(self._beside)
        for question, _ in wrong:
            names = sure[question.id]
            others = ((n, other) for n in names for other in self._made.get(n, ()))
            if question.query.executed or all(n in sure.get(other, names) for n, other in others):
                continue
            if own.change(question):
                before = self._certain.get(question.id, NO_NAMES)
                self._certain = {**self._certain, question.id: names | before}
                found = True
        return found

    def against(self, question: str) -> frozenset[str]:
        """Return the mistakes that are hardly behind one answer: right ones speak against them, and
        no wrong one but this for them.
        """
        here_alone = (n for n, wrong in self._made.items() if wrong == {question})
        found = self._not_made.union(self._unmade.intersection(here_alone))
        return found - OTHERWISE_IN_FIELDS if question in self._fields else found

    def doubted(self, question: str) -> frozenset[str]:
        """Return those of these that only answers by heart speak against."""
        return self.against(question) & self._doubted if self._doubted else NO_NAMES

    def made_beside(self, question: str) -> frozenset[str]:
        """Return the mistakes that are certainly behind wrong answers to other questions."""
        return _of_others(self._certain, question)

    def certain_beside(self, question: str) -> frozenset[str]:
        """Return the mistake that may be behind a value, and is certain in a later answer."""
        return self._beside.get(question, NO_NAMES)

    def suspected_beside(self, question: str) -> frozenset[str]:
        """Return the mistakes that may be behind wrong answers to other questions."""
        return _of_others(self._possible, question)

    def sound(self, subject: Subject, key: str = "output") -> frozenset[str]:
        """Return the layers of a network of which the right volume, or a count, was given."""
        return self._sound.get((subject, key), frozenset())

    def outdone(self, question: str, suspected: Iterable[str]) -> frozenset[tuple[str, str]]:
        """Return pairs of the mistakes that one answer is `suspected` of, the second the likelier:
        it explains more of the other wrong answers whole, and all that the first does; or the
        same ones, and fewer of the right answers speak against it.
        """
        made = {name: self._alone.get(name, set()) - {question} for name in suspected}
        formulas = self._right.keys() - self._by_heart
        unmade = {name: {q for q in formulas if name in self._right[q]} for name in made}
        return frozenset(
            (a, b)
            for a, b in permutations(made, 2)
            if made[a] < made[b] or (made[a] == made[b] and unmade[a] > unmade[b])
        )


def _certainly(mark: Mark) -> frozenset[str]:
    """Return the mistakes that a mark names as certain."""
    if mark.perhaps or not mark.misconception:
        return NO_NAMES
    return frozenset(mark.misconception.split(", ")) - SLIPS


def _certain_behind(wrong: Iterable[tuple[Question, Mark]], sure: Names) -> Names:
    """Return the mistakes that may be behind values and are certain in later answers alone."""
    certain, told, found = NO_NAMES.union(*sure.values()), NO_NAMES, {}
    for question, mark in wrong:
        name = mark.misconception
        if question.query.executed and mark.perhaps and name in certain - told:
            found[question.id] = frozenset((name,))
        told |= sure[question.id]
    return found


def _of_others(found: Names, question: str) -> frozenset[str]:
    return frozenset().union(*(names for other, names in found.items() if other != question))


def _by_name(names: Names) -> dict[str, set[str]]:
    """Return the questions by the names that each has."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for question, own in names.items():
        for name in own:
            found[name].add(question)
    return dict(found)
