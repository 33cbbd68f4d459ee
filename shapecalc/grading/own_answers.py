"""What follows from a student's own wrong answers: other volumes in the network, other sums."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence, Set
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from shapecalc.grading.comparison import as_asked, each_right
from shapecalc.grading.hyperparameters import needs_rounding
from shapecalc.grading.left_out_of_sum import (
    Lacking,
    counts,
    left_out,
    those_in_sums,
)
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.own_products import is_factor, is_product, weights_of
from shapecalc.grading.own_sums import (
    SUMMED,
    is_term,
    is_total,
    sum_of,
    terms,
)
from shapecalc.grading.own_ties import by_each_convention, each_by_a_convention
from shapecalc.grading.own_totals import Followed, OwnTotals, held_for, is_corrected
from shapecalc.grading.own_values import (
    OwnNetwork,
    as_written,
    is_worked_with,
    lie_between,
    with_right_values,
)
from shapecalc.grading.own_volumes import is_field_of_volumes
from shapecalc.grading.question import Question
from shapecalc.grading.rounding import NO_WORKING
from shapecalc.grading.student_working import Working
from shapecalc.grading.subject import Subject
from shapecalc.grading.tied_pools import is_subgradient
from shapecalc.grading.turned_arrays import is_turned
from shapecalc.grading.values import Value, flat


class OwnAnswers(OwnTotals):
    """What follows from one student's answers so far for another one."""

    def are_no_slips(self, answers: Sequence[Answered]) -> bool:
        """Say whether earlier answers are right: each accepted, or what follows from such."""
        return all(q.id in self._accepted or v == q.right for q, v in answers)

    def rounded(self, question: Question, value: Value) -> list[Answered]:
        """Return the right answers that an answer follows from as they are written; none if it does
        not.
        """
        with suppress(Exception):  # they may lead anywhere, where the author accepts others
            found = as_written(question, self._given.right(question.subject))
            if found is not None:
                good = lie_between(question, found[0], value)
                return found[1] if good and all(good) else []
        return []

    def each_right(self, question: Question, value: Value) -> list[bool]:
        """Say of each value of an array whether it is right, or follows from the right answers as
        they are written; nothing where there are not as many, or these are in another order.
        """
        good = [] if is_turned(question, value) else each_right(question, value)
        written = None if all(good) else self.with_rounded(question)
        with suppress(Exception):  # as above
            return lie_between(question, written, value) if written is not None else good
        return good

    def each_followed(self, question: Question, value: Value, good: list[bool]) -> list[bool]:
        """Say of each value of a wrong array whether it is `good` or follows from the student's own
        earlier answers: the mistake is where neither holds. As before where each is one of both.
        """
        network = self._with_direct(question) if good else None
        with suppress(Exception):  # as above
            either = each_by_a_convention(question, network, value, good)
            return good if all(either) else either
        return good

    def with_rounded(self, question: Question) -> Subject | None:
        """Return the network with the right answers as they are written; None if all are exact."""
        with suppress(Exception):  # as above
            found = as_written(question, self._given.right(question.subject))
            return found[0] if found is not None else None
        return None

    def with_right(self, question: Question) -> Subject | None:
        """Return the network with the right answers in place that an answer hangs on directly, as
        they are computed; None if there are none.
        """
        with suppress(Exception):  # as above
            return with_right_values(question, self._given.right(question.subject))
        return None

    def about(self, question: Question) -> tuple[tuple[str, Value], ...]:
        """Return the answers about a question's network that count, by the questions' ids."""
        wrong = [(q.id, v) for q, v in self._given.wrong(question.subject)]
        right = self._given.right(question.subject)
        if wrong:
            total = is_total(question)
            counts = ((q.id, v) for q, v in right if q.query.key not in SUMMED or total)
            return (*wrong, *counts)
        # Only what is not exact changes anything in an example.
        values = ((q, v) for q, v in right if q.query.kind == "example")
        return tuple((q.id, v) for q, v in values if flat(v) != flat(q.right))

    def change(self, question: Question) -> bool:
        """Say whether something else than the right answer follows for another question."""
        if is_total(question) or any(is_term(question, q) for q, _ in self._others(question)):
            return bool(self._others(question))
        for network in self.with_volumes(question):
            with suppress(Exception):  # the student's own numbers may lead anywhere
                if network.subject.answer(question.query) != question.right:
                    return True
        return False

    def lead_to(
        self, question: Question, value: Value, working: Working = NO_WORKING
    ) -> Followed | None:
        """Return the earlier answers that a wrong answer is right for; None if there are none."""
        query = question.query
        alike = partial(self._alike, question)
        summed = sum_of(question, self.terms_of(question), value, alike)
        if summed:
            return Followed([term.answered for term in summed], also=held_for(summed))
        multiplied = self._with_weights(question, value)
        if multiplied is not None:
            return multiplied
        for network in chain(self.networks(question), self._with_some(question)):
            with suppress(Exception):  # the student's own numbers may lead anywhere
                found = _leading_to(question, network, value)
                if found is None:
                    continue
                nearest = self._with_direct(question) if len(network.own) == 1 else None
                nearer = _leading_to(question, nearest, value) if nearest is not None else None
                asked, network = nearer or found  # what is between follows from the same answers
                sources = self.needed(asked, network)
                return Followed(sources, network.rounded(query), subject=network.subject)
        if not is_total(question):
            return None
        total = self._with_counts(question, value) or self._right_at_the_end(question, value)
        return total or self._term_by_term(question, value, working)

    def _with_weights(self, question: Question, value: Value) -> Followed | None:
        """Return the weights that a layer's MACs are right for, with volumes if need be."""
        weights = weights_of(question, self._given.wrong(question.subject))
        if weights is None:
            return None
        if is_product(question, weights, question.subject, value):
            return Followed([weights])
        for network in self.networks(question):
            with suppress(Exception):  # as above
                if is_product(question, weights, network.subject, value):
                    sources = [*self.needed(question, network), weights]
                    rounded = network.rounded(question.query)
                    return Followed(sources, rounded, subject=network.subject)
        return None

    def leads_near(
        self, question: Question, near: Callable[[Question], bool]
    ) -> tuple[Question, list[Answered]] | None:
        """Return the question with what follows from earlier answers, the nearest on the way, in
        the place of what is right, where that is `near` an answer, and these; otherwise None.
        """
        for network in self.nearest(question):
            with suppress(Exception):  # as above
                corrected = network.subject.answer(question.query)
                supposed = replace(question, right=corrected)
                if corrected == question.right or not network.determines(question.query, corrected):
                    continue
                if near(supposed):
                    return supposed, self.needed(question, network)
        own = (
            terms(question, question.subject, self.terms_of(question)) if is_total(question) else []
        )
        right = question.right
        if own and isinstance(right, int | float):
            supposed = replace(question, right=right + sum(term.more for term in own))
            if near(supposed):
                return supposed, [term.answered for term in own]
        return None

    def without_a_layer(
        self, question: Question, value: Value, working: Working
    ) -> tuple[Lacking, list[Answered]] | None:
        """Return that a layer is missing in a total of the student's own counts, and the answers
        that it goes on from: all counts, those of them that stand in its working, or counts and
        volumes.
        """
        own = self.terms_of(question) if is_total(question) else []
        found = left_out(question, question.subject, own, value, working) if own else None
        if found is not None:
            return found, [term.answered for term in terms(question, question.subject, own)]
        for some in those_in_sums(question, own, value, working):
            found = left_out(question, question.subject, some, value, working)
            if found is not None and found.sure:
                return found, some
        for network in self.with_volumes(question) if own else ():
            with suppress(Exception):  # as above
                found = left_out(question, network.subject, own, value, working)
                if found is None:
                    continue

                def total(subject: Subject) -> Any:
                    return sum(counts(question, subject, own).values())

                return found, self._with_terms(question, network, total)[0]
        return None

    def parts_of(self, question: Question) -> list[Answered]:
        """Return the wrong answers to the weights or biases that a layer's count is made of."""
        if is_total(question):
            return []
        others = self._others(question)
        return [(q, v) for q, v in others if is_term(question, q) or is_factor(question, q)]

    def repeated(self, question: Question, value: Value) -> Question | None:
        """Return the question about another layer that had the same wrong volume for an answer."""
        if not isinstance(value, tuple) or len(value) < 2 or question.query.key != "output":
            return None
        others = self._others(question)
        return next((q for q, v in others if v == value and q.query.key == "output"), None)

    def are_worked_with(self, question: Question, numbers: Collection[float]) -> bool:
        """Say whether the numbers of an answer's working are wrong ones of the student's own that
        it hangs on: no mistake with the right ones is behind it then.
        """
        with suppress(Exception):  # as above
            network = self._with_direct(question) if numbers else None
            return network is not None and is_worked_with(question, network, numbers)
        return False

    def are_passed_over(self, question: Question, followed: Followed, numbers: Set[float]) -> bool:
        """Say whether the working of a step goes on from the own gradient, of which it has a value,
        where only other answers lead to its result: it took the value of another weight.
        """
        step, _, after = question.query.key.rpartition(".")
        example = question.subject.trace.spec.example
        if after != "next" or question.query.form != "number" or example is None:
            return False
        if f"{step}.grad" in {q.query.key for q, _ in followed.sources}:
            return False
        with suppress(Exception):  # as above
            (old,) = flat(question.subject.answer(question.query._replace(key=step)))
            gradients = numbers - {abs(old), example.rate}
            network = self._with_direct(question)
            if network is not None and f"{step}.grad" in network.own:
                return is_worked_with(question, network, gradients)
        return False

    def lead_elsewhere(self, question: Question) -> Value | None:
        """Return what follows for a value of an example; None where that is right."""
        with suppress(Exception):  # as above
            network = self._with_direct(question)
            if network is not None and self._may_compute(question):
                found = network.subject.answer(question.query)
                return found if found != question.right else None
        return None


def _leading_to(
    question: Question, network: OwnNetwork, value: Value
) -> tuple[Question, OwnNetwork] | None:
    """Return a question and a network that lead to an answer, by the first convention that does."""
    ways = by_each_convention(question, network)
    return next((way for way in ways if _leads_to(*way, value)), None)


def _leads_to(question: Question, network: OwnNetwork, value: Value) -> bool:
    """Say whether an answer is what the right way makes of the numbers in a network, as they were
    written or before that.
    """
    query = question.query
    corrected = network.subject.answer(query)
    if is_field_of_volumes(question) and needs_rounding(network.subject.records[query.name]):
        return False  # only nearly: no such value makes the stride fit
    follows = is_corrected(question, corrected, value) or (
        query.executed
        and corrected != question.right
        and (
            network.leads_to(question, corrected, value)
            or is_subgradient(network.subject, query, value, as_asked(question))
        )
    )
    return follows and network.determines(query, corrected)
