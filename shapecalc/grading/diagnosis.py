"""What explains one student's wrong answer: a mistake in the right network, or in one that has the
student's own numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import Any

from shapecalc.grading import written_depth_first
from shapecalc.grading.alternatives import differing
from shapecalc.grading.before_rounding import before_rounding
from shapecalc.grading.cause import Cause
from shapecalc.grading.comparison import alike, may_be_rounded
from shapecalc.grading.evidence import Evidence
from shapecalc.grading.frequency import AS_OF_0
from shapecalc.grading.given_again import given_again
from shapecalc.grading.known_in_part import is_determined
from shapecalc.grading.misconceptions import (
    MISCONCEPTIONS,
    bias_not_added,
    does_not_fit,
    layer_left_out,
    loss_base,
    neighbour,
)
from shapecalc.grading.misconceptions.question_context import QuestionContext, Wrong
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.own_branches import goes_on_from_one
from shapecalc.grading.own_sizes import has_size, inputs, of_own_sizes, taken_from_own
from shapecalc.grading.own_sums import with_the_mistake, wrong_terms
from shapecalc.grading.own_totals import Followed
from shapecalc.grading.question import Question
from shapecalc.grading.ranking import Explanations
from shapecalc.grading.reading import Reading
from shapecalc.grading.remembered import Remembered
from shapecalc.grading.rounded_counts import rounded_count
from shapecalc.grading.rounded_up import rounded_up
from shapecalc.grading.rounding import made_whole
from shapecalc.grading.stated_logarithms import to_another_base
from shapecalc.grading.student_working import Working
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value, flat, nested_as
from shapecalc.grading.wording import holds_for, in_a_row

MOST_TOLD = 12  # values of an array that is told again
MOST_NETWORKS = 50  # with students' own volumes


class Diagnosis:
    """Finds the causes of wrong answers; what it works out is kept for the next student.

    `numbers` are those of the questions, by their ids.
    """

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self.numbers = numbers
        self._explained: dict[str, Explanations] = {}
        self._supposed: Remembered[Any, Explanations | None] = Remembered(MOST_NETWORKS)

    def cause(
        self, question: Question, value: Value, own: OwnAnswers, evidence: Evidence
    ) -> Cause | None:
        """Return what explains a wrong answer, for the right network or the student's own: this
        alone where the working has its numbers.

        Two mistakes at once are tried last, where one explains nothing.
        """
        why = question.subject.why_wrong(question.query, value)
        if why:
            return Cause(does_not_fit.MISCONCEPTION, Wrong(value, why))
        if own.are_worked_with(question, evidence.working.numbers):
            return self._in_own(question, value, own, evidence, again=False)
        explanations = self.explanations(question)
        found = explanations.cause_of(value, question.partial, two=False, evidence=evidence)
        if found is None or found.misconception.name not in question.partial:
            if goes_on_from_one(question, value, own):
                return None
            found = self._repeated(question, value, own, found) or found
        if found is not None and question.query.kind == "field":
            with_own = self._shown_with_own(question, value, own, evidence, found)
            if with_own is not None:
                return with_own
        one = found is not None and (found.tied or not found.either)
        alone = found is not None and one and not found.before
        if found and alone:
            return self._told_from_own(question, value, own, evidence, found)
        in_own = self._in_own(question, value, own, evidence, again=False)
        in_own = in_own or written_depth_first.besides(question, value, evidence, explanations)
        if in_own is not None:
            told = not in_own.either or in_own.tied or any(c.before for c in in_own.either)
            if told or found is None:
                return in_own
        behind = own.with_rounded(question) or evidence.from_right if found is None else None
        if behind is not None:  # a mistake in what follows from right numbers as they were written
            supposed = self._explanations_in(question, behind)
            found = supposed.cause_of(value, evidence=evidence) if supposed else None
            if found is not None:
                return found
        found = self._of_another_logarithm(question, value, evidence.working) or found
        found = found or self._elsewhere(question, value, own, evidence.working)
        found = found or self._two(question, value, own, evidence)
        if found is not None or own.change(question):
            return found
        return written_depth_first.alone(question, value, evidence)

    def _two(
        self, question: Question, value: Value, own: OwnAnswers, evidence: Evidence
    ) -> Cause | None:
        """Return what explains a wrong answer in the right network, two mistakes, too; none where
        one in the student's own values gives it, though that is not certain.
        """
        explanations = self.explanations(question)
        found = explanations.cause_of(value, question.partial, evidence=evidence)
        if found is None or len(found.names) < 2 or not question.query.executed:
            return found
        for network in own.gone_on_with(question):
            supposed = self._explanations_in(question, network.subject)
            if supposed is not None and supposed.names_alone(value, evidence):
                return None
        return found

    def _told_from_own(
        self, question: Question, value: Value, own: OwnAnswers, evidence: Evidence, found: Cause
    ) -> Cause:
        """Return the cause of a wrong answer in the right network; in the student's own that which
        other answers show as well.
        """
        unbiased = found.names == {bias_not_added.MISCONCEPTION.name}
        if unbiased and question.query.key.endswith(".next"):
            return self._after_a_step(question, value, own, evidence, found)
        if question.query.executed:
            return self._of_values(question, value, own, evidence, found)
        sized = question.query.kind in ("record", "size")
        stated = self.explanations(question).is_stated(value, evidence.working)
        if sized and evidence.made and not evidence.shows(found) and not stated:
            there = self._in_own(question, value, own, evidence, again=True)
            if there and found.share(question.partial) > there.share(question.partial):
                return found._replace(sure=False)  # which a teacher expects
            if there and there.names == found.names:  # one of two, with own sizes as with the right
                return found._replace(sure=found.sure and there.sure)
            return there or found
        if question.query.key == "output" and not stated and not found.either:
            return self._of_own_sizes(question, value, own, evidence, found) or found
        if sized and evidence.working.formulas and not stated:
            causes = self._in_each_own(question, value, own, evidence, again=False)
            shown = (c for c, there in causes if there.is_stated(value, evidence.working))
            return next((c for c in shown if c.names == found.names), found)
        return found

    def _of_values(
        self, question: Question, value: Value, own: OwnAnswers, evidence: Evidence, found: Cause
    ) -> Cause:
        """Return the same for values: in the student's own network what is certain there alone. Who
        has other values than the right ones goes on from these: no mistake with those is certain
        then, unless a working shows it, and of several numbers it is meant with the own ones. Of
        one number that is meant which has more credit.
        """
        elsewhere = own.lead_elsewhere(question) if found.sure else None
        several = len({abs(number) for number in flat(value)} - {0}) > 1
        there = None
        logged = elsewhere is not None and bool(evidence.working.logs)  # of an own probability
        if (
            logged
            or not found.sure
            or (several and elsewhere is not None and not alike(elsewhere, value))
        ):
            there = self._in_own(question, value, own, evidence, again=False)
        known = logged or not found.sure or (there is not None and there.names == found.names)
        if there is not None and there.sure and known:
            return there
        if elsewhere is None or self.is_worked_out(question, found, evidence.working):
            return found
        if question.partial and not several:
            there = self._in_own(question, value, own, evidence, again=False)
            if there is not None and there.share(question.partial) > found.share(question.partial):
                found = there  # which a teacher expects
        return found._replace(sure=False)

    def _of_own_sizes(
        self, question: Question, value: Value, own: OwnAnswers, evidence: Evidence, found: Cause
    ) -> Cause | None:
        """Return the mistake behind a volume as it gives the same with the student's own sizes."""
        working, again = evidence.working, evidence.shows(found)
        for network in own.gone_on_with(question):
            supposed = self._explanations_in(question, network.subject)
            there = supposed and of_own_sizes(
                question, value, found, supposed, working, again=again
            )
            if there:
                sources = own.needed(question, network, partial(inputs, question))
                return there._replace(source=self.sources(sources))
        return None

    def _shown_with_own(
        self, question: Question, value: Value, own: OwnAnswers, evidence: Evidence, found: Cause
    ) -> Cause | None:
        """Return the cause of a field, of those it may have, that a working shows with the
        student's own sizes, of which the same value is right: 15 - 3 + 2 + 1 = 15.
        """
        among = [cause.names for cause in found.either or (found,)]
        numbers = evidence.working.numbers
        if found.sure and (not numbers or has_size(self.explanations(question), numbers)):
            return None
        for network in own.gone_on_with(question):
            supposed = self._explanations_in(question, network.subject)
            there = supposed.cause_of(value, evidence=evidence) if supposed else None
            if supposed is None or there is None or there.names not in among:
                continue
            meant = not found.sure or has_size(supposed, numbers)
            if meant and there.sure and evidence.working.agrees(supposed.context, there):
                return there._replace(source=self.sources(network.sources))
        return None

    def _after_a_step(
        self, question: Question, value: Value, own: OwnAnswers, evidence: Evidence, found: Cause
    ) -> Cause:
        """Return the cause of a parameter after a step, where `found` is that no bias was added: in
        the student's own network the step alone gives as much. That is meant which the working
        shows, or else either; and where a step stands alone in it, none is certain by itself.
        """
        there = self._in_own(question, value, own, evidence, again=False)
        if there is not None and there.sure and there.names <= AS_OF_0:
            return there
        both = {name for cause in there.either for name in cause.names} if there else set()
        if there is not None and both == AS_OF_0:
            return there._replace(source="")  # from which only one of them follows
        context = self.explanations(question).context
        alone = evidence.working.has_lone_step(context)
        return found._replace(sure=found.sure and not alone)

    def _in_own(
        self,
        question: Question,
        value: Value,
        own: OwnAnswers,
        evidence: Evidence,
        *,
        again: bool,
    ) -> Cause | None:
        """Return what explains a wrong answer in the student's own network: what other answers show
        `again`, or anything. Where that takes several mistakes with all of the own numbers, it is
        what takes the fewest with some of them; of a working with formulas, if these are there.
        One of a few mistakes with values is meant where none is by itself.
        """
        causes = self._in_each_own(question, value, own, evidence, again=again)
        first, _ = next(causes, (None, None))
        if first is not None and question.query.executed:
            alone = (cause for cause, _ in causes if not cause.either)
            return first if first.tied or not first.either else next(alone, first)
        if first is None or first.made == 1:
            return first
        working = evidence.working
        others = (
            c for c, there in causes if not working.formulas or there.is_stated(value, working)
        )
        return min([first, *others], key=lambda cause: cause.made)

    def _in_each_own(
        self,
        question: Question,
        value: Value,
        own: OwnAnswers,
        evidence: Evidence,
        *,
        again: bool,
    ) -> Iterator[tuple[Cause, Explanations]]:
        """Yield the same for each network with own numbers, in turn; of values then for those that
        were gone on with before they were written.
        """
        for network in () if again else own.known_in_part(question):
            supposed = self._explanations_in(question, network.subject)
            found = supposed and supposed.cause_of(value, question.partial, evidence=evidence)
            if supposed and found and is_determined(question, network, found):
                sources = own.needed(question, network) or network.sources
                yield found._replace(source=self.sources(sources)), supposed
        networks = own.gone_on_with(question), own.with_output(question, value)
        for network in chain(*networks, own.gone_on_unrounded(question)):
            supposed = self._explanations_in(question, network.subject)
            if supposed is None:
                continue
            same = supposed.right == question.right and not question.query.executed  # as 0 often is
            right = self.explanations(question)
            from_own = taken_from_own(value, supposed, right) if same else frozenset()
            shown = evidence.working.formulas or evidence.working.chains
            if same and not (from_own or evidence.made or shown):
                continue  # their own numbers change nothing here
            if again:
                found = supposed.made_elsewhere(value, question.partial, evidence, two=True)
            else:
                found = supposed.cause_of(value, question.partial, evidence=evidence)
                found = found or before_rounding(question, network, supposed, value, evidence)
                found = found or given_again(network, supposed, value, evidence)
            if found is None:
                continue
            if found.unexplained and differing(supposed.right, value) != differing(
                question.right, value
            ):
                continue  # other sizes are told to be wrong than those that are
            unlike = not same or found.before or found.names <= from_own
            if not unlike and not supposed.is_stated(value, evidence.working):
                continue
            takes = partial(self._takes_own, question, value, found.names) if from_own else None
            sources = own.needed(question, network, takes) or network.sources
            yield found._replace(source=self.sources(sources)), supposed

    def _takes_own(
        self, question: Question, value: Value, names: frozenset[str], subject: Subject
    ) -> bool:
        """Say whether mistakes give an answer with the numbers of a student's own network."""
        supposed = self._explanations_in(question, subject)
        return supposed is not None and names <= supposed.alone(value)

    def rounded(
        self, question: Question, value: Value, own: OwnAnswers, evidence: Evidence
    ) -> Cause | None:
        """Return the mistake that a wrong answer may have in what follows from earlier ones, and
        which is rounded too far besides.
        """
        for network in own.gone_on_with(question):
            supposed = self._explanations_in(question, network.subject)
            found = supposed.rounded(value, evidence) if supposed else None
            if found is not None:
                sources = own.needed(question, network) or network.sources
                return found._replace(source=self.sources(sources))
        return None

    def shown_beside(
        self, question: Question, value: Value, followed: Followed, evidence: Evidence
    ) -> Cause | None:
        """Return the mistake that the working of a field or a volume shows though that follows from
        earlier answers: 3.5 without the + 1 there, or 2.5 for half of F, of which 3 was made.
        """
        working = evidence.working
        broken = [n for n in working.unrounded if n != int(n)]
        if question.query.key == "output" and followed.subject and working.up:
            own = self._explanations_in(question, followed.subject)
            made = {*evidence.made, *evidence.told}
            up = rounded_up(own.context, value, working, made) if own else None
            return up and up._replace(source=self.sources(followed.sources))
        if question.query.kind != "field" or not broken or type(value) is not int:
            return None
        supposed = self._explanations_in(question, followed.subject) if followed.subject else None
        source = self.sources(followed.sources)
        for explanations, of in ((supposed, source), (self.explanations(question), "")):
            found = made_whole(explanations.single, value, broken) if explanations else None
            if found is not None:
                return found._replace(source=of)
        return None

    def _elsewhere(
        self, question: Question, value: Value, own: OwnAnswers, working: Working
    ) -> Cause | None:
        """Return the mistake of the student's own counts that a total has in its other terms, or
        that one of its layers is missing beside them.
        """
        given = own.terms_of(question)
        wrong = [(q, v) for q, v in given if v != q.right]
        suspected = {q.query.name: self.explanations(q).suspected(v) for q, v in wrong}
        made = with_the_mistake(question, given, suspected, value)
        if made is not None:
            name, wrong_sum = made
            alone = [self.explanations(q).alone(v) for q, v in wrong_terms(question, given)]
            throughout = all(name in names for names in alone)
            source = self.sources(wrong)
            return Cause(MISCONCEPTIONS[name], wrong_sum, source=source, throughout=throughout)
        left = own.without_a_layer(question, value, working)
        if left is None:
            return None
        found, sources = left
        source = self.sources(sources)
        return Cause(layer_left_out.MISCONCEPTION, found.wrong, sure=found.sure, source=source)

    def _of_another_logarithm(
        self, question: Question, value: Value, working: Working
    ) -> Cause | None:
        """Return that a working takes a logarithm to another base, of a probability that is wrong:
        of one that is right, or follows, it has the cause by its number.
        """
        context = self.explanations(question).context
        if not isinstance(value, float) or not loss_base.is_of_logarithm(context):
            return None
        found = to_another_base(working.logs, value)
        if found is None:
            return None
        told = Wrong(value, "", loss_base.to_base(found[1]))
        wrong_too = f"the probability {found[0]} is wrong, too"
        return Cause(loss_base.MISCONCEPTION, told, unexplained=wrong_too)

    def _repeated(
        self, question: Question, value: Value, own: OwnAnswers, found: Cause | None
    ) -> Cause | None:
        """Return that another layer's wrong volume was given again, if not by the same mistake."""
        other = own.repeated(question, value)
        if other is None:
            return None
        first = self.explanations(other).cause_of(value, two=False)
        if first and found and first.misconception.name == found.misconception.name:
            return None
        number = self.numbers[other.id]
        return Cause(neighbour.MISCONCEPTION, Wrong(value, f"your answer to question {number}"))

    def sources(
        self, followed: Sequence[Answered], also: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> str:
        """Return the student's own answers that another follows from, by their numbers, and `also`
        the layers for which some of them hold as well.
        """
        alone = len(followed) == 1
        return in_a_row([
            f"your answer {f'{q.shown(_nested(q, v))} ' if len(flat(v)) <= MOST_TOLD else ''}to"
            f" question {self.numbers[q.id]}"
            f"{holds_for(also[q.id], alone=alone) if q.id in also else ''}"
            for q, v in followed
        ])  # fmt: skip

    def rounds_a_credited_one(self, question: Question, reading: Reading) -> bool:
        """Say whether a number that is written as a rounded one, `9.4 million`, may be what a
        mistake with credit gives.
        """
        if not reading.off:
            return False
        credited = (c for c in self.explanations(question).single if c.names & {*question.partial})
        return any(may_be_rounded(c.wrong.value, reading) for c in credited)

    def rounds_a_common_one(
        self, question: Question, reading: Reading, own: OwnAnswers, evidence: Evidence
    ) -> Cause | None:
        """Return the common mistake that a number which is written as a rounded one may have; none
        where that may follow from earlier answers.
        """
        found = rounded_count(self.explanations(question), reading, evidence)
        if found is None or own.leads_near(question, lambda q: may_be_rounded(q.right, reading)):
            return None
        return found

    def is_worked_out(self, question: Question, cause: Cause, working: Working) -> bool:
        """Say whether the working of an answer shows the mistake behind it, in the network
        itself.
        """
        context = self.explanations(question).context
        return not cause.source and bool(working.agrees(context, cause))

    def is_further(self, question: Question, value: Value, cause: Cause) -> bool:
        """Say whether a mistake in what follows from earlier answers is one more than is behind
        these: not all of them have it alone, nor would it give the answer by itself, made from the
        network's input on.
        """
        if not cause.source or cause.throughout:
            return False
        explanations = self.explanations(question)
        return not any(explanations.gives(c.names, value) for c in cause.either or (cause,))

    def explanations(self, question: Question) -> Explanations:
        """Return what explains answers to a question."""
        if question.id not in self._explained:
            subject, query = question.subject, question.query
            first, right = question.depth_first, subject.answer(query)
            context = QuestionContext(subject, query, right, depth_first=first)
            chosen = bool(question.choices)
            self._explained[question.id] = Explanations(context, chosen=chosen)
        return self._explained[question.id]

    def _explanations_in(self, question: Question, subject: Subject) -> Explanations | None:
        """Return what explains answers to a question about a student's own network."""
        return self._supposed.get((question.id, subject), lambda: _supposed(question, subject))


def _nested(question: Question, value: Value) -> Value:
    """Return an array, which a text may list value by value, in the lists of the right one."""
    numbers, right = flat(value), question.right
    listed = isinstance(value, tuple) and len(value) == len(numbers) == len(flat(right))
    if question.query.form != "array" or not listed:
        return value
    found: Value = nested_as(right, numbers)
    return found


def _supposed(question: Question, subject: Subject) -> Explanations | None:
    """Return what explains answers about a student's own numbers, which may lead anywhere."""
    with suppress(Exception):
        first, right = question.depth_first, subject.answer(question.query)
        context = QuestionContext(subject, question.query, right, depth_first=first)
        return Explanations(context, own=True, chosen=bool(question.choices))
    return None
