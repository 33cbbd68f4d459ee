"""What follows from a student's own wrong answers: other volumes in the network, other sums."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from shapecalc.grading.by_network import WrongAndRight
from shapecalc.grading.comparison import as_asked, each_right, same
from shapecalc.grading.own_sums import (
    SUMMED,
    is_term,
    is_total,
    mixed,
    right_from,
    sum_of,
    terms,
)
from shapecalc.grading.own_values import (
    Answered,
    OwnNetwork,
    as_written,
    is_worked_with,
    lie_between,
    with_all_values,
    with_own_sizes,
    with_values,
)
from shapecalc.grading.own_volumes import (
    as_meant,
    for_question,
    has_answer,
    nearest,
    some_of,
    with_answers,
)
from shapecalc.grading.query import Query
from shapecalc.grading.question import Question
from shapecalc.grading.subject import Subject
from shapecalc.grading.tied_pools import is_subgradient
from shapecalc.grading.values import Value, flat
from shapecalc.records import KnownRecord

MOST_WALKED = 100_000  # layers of networks with one student's own volumes
MOST_GONE_ON_WITH = 12  # networks with one student's own values
WALKS_A_RUN = 30  # that computing an example takes as long as


class Followed(NamedTuple):
    """The earlier answers that another follows from; `rounded` is the layer, if there is one, that
    has its size rounded down for that, since the stride does not fit there; `right_from` is the
    layer from which on it has right terms. `subject` is the network that has the answers in place.
    """

    sources: list[Answered]
    rounded: KnownRecord | None = None
    right_from: str = ""
    subject: Subject | None = None


class Effort(NamedTuple):
    """What looking for the causes of answers takes."""

    walked: int = 0  # layers
    gone_on: int = 0  # networks with own values, in which mistakes are looked for

    def and_(self, other: Effort) -> Effort:
        """Return both together."""
        return Effort(self.walked + other.walked, self.gone_on + other.gone_on)


class OwnAnswers:
    """The wrong answers of one student so far, and the right volumes: those lead to nothing wrong,
    whatever stands before them.
    """

    def __init__(self) -> None:
        self._given = WrongAndRight()
        self._accepted: set[str] = set()  # ids of wrong ones that count as right
        # Whether a network goes on with an answer, by that and the question.
        self._taken: dict[tuple[Subject, Query, str], bool] = {}
        self._in_networks: dict[str, list[OwnNetwork]] = {}  # by the id of a question about them
        self._before = Effort()  # that earlier answers took
        self.effort = Effort()  # that this one took so far

    @property
    def exhausted(self) -> tuple[bool, bool]:
        """Whether earlier answers took so much that no more layers are walked, and no more networks
        gone on with, for a further one. What these took counts where it is remembered as well, or
        marks would hang on who was marked before.
        """
        walked, gone_on = self._before
        return walked > MOST_WALKED, gone_on >= MOST_GONE_ON_WITH

    def next_answer(self, effort: Effort | None = None) -> None:
        """Go on to another answer behind one that took this `effort`, or as much as was counted."""
        self._before = self._before.and_(self.effort if effort is None else effort)
        self.effort = Effort()

    def _may_walk(self, layers: int) -> bool:
        """Count layers that are walked; say whether they still may be."""
        self.effort = self.effort.and_(Effort(walked=layers))
        return self.effort.walked <= MOST_WALKED and not self.exhausted[0]

    def add(self, question: Question, value: Value, accepted: bool = False) -> None:
        """Remember a wrong answer, or one that followed through; also what is not computed but
        accepted, or follows from that.

        A volume with its sizes in another order goes on as the right one.
        """
        self._in_networks.clear()
        self._given.add(question, value, right=False)
        if accepted:
            self._accepted.add(question.id)
        if question.query.key == "output" and as_meant(question, value) == question.right:
            self._given.add(question, question.right, right=True)

    def are_no_slips(self, answers: Sequence[Answered]) -> bool:
        """Say whether earlier answers are right: each accepted, or what follows from such."""
        return all(q.id in self._accepted or v == q.right for q, v in answers)

    def add_right(self, question: Question, value: Value) -> None:
        """Remember that an answer was right; of an example as it was given, perhaps rounded."""
        self._in_networks.clear()
        query = question.query
        if query.kind == "example":
            self._given.add(question, value, right=True)
        elif query.key == "output" or query.key in SUMMED:
            self._given.add(question, question.right, right=True)

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
        they are written; nothing where there are not as many.
        """
        good = each_right(question, value)
        written = None if all(good) else self.with_rounded(question)
        with suppress(Exception):  # as above
            return lie_between(question, written, value) if written is not None else good
        return good

    def with_rounded(self, question: Question) -> Subject | None:
        """Return the network with the right answers as they are written; None if all are exact."""
        with suppress(Exception):  # as above
            found = as_written(question, self._given.right(question.subject))
            return found[0] if found is not None else None
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

    def lead_to(self, question: Question, value: Value) -> Followed | None:
        """Return the earlier answers that a wrong answer is right for; None if there are none."""
        query = question.query
        summed = sum_of(question, self.terms_of(question), value)
        if summed:
            return Followed(summed)
        for network in chain(self.networks(question), self._with_some(question)):
            try:
                corrected = network.subject.answer(query)
                follows = _is_corrected(question, corrected, value) or (
                    query.executed
                    and corrected != question.right
                    and (
                        network.leads_to(question, corrected, value)
                        or is_subgradient(network.subject, query, value, as_asked(question))
                    )
                )
                if not follows or not network.determines(query, corrected):
                    continue
                sources = self.needed(question, network)
                return Followed(sources, network.rounded(query), subject=network.subject)
            except Exception:  # the student's own numbers may lead anywhere
                continue
        if not is_total(question):
            return None
        return self._with_counts(question, value) or self._right_at_the_end(question, value)

    def leads_near(
        self, question: Question, near: Callable[[Question], bool]
    ) -> tuple[Question, list[Answered]] | None:
        """Return the question with what follows from earlier answers in the place of what is right,
        where that is `near` an answer, and these answers; None if nothing is.
        """
        for network in self.networks(question):
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

    def _right_at_the_end(self, question: Question, value: Value) -> Followed | None:
        """Return the volumes that the first terms of a total follow from, the others being right:
        who misses a question may know the sizes from there on.
        """
        for network in self.with_volumes(question):
            self._may_walk(len(question.subject.records))
            with suppress(Exception):  # as above
                name = right_from(question, network.subject, value)
                if name:
                    sources = self.needed(question, network, partial(mixed, question, name=name))
                    return Followed(sources, network.rounded(question.query), name)
        return None

    def _with_counts(self, question: Question, value: Value) -> Followed | None:
        """Return the volumes and the counts that a total is right for, which needs both."""
        counts = self.terms_of(question)

        def total(subject: Subject) -> Any:
            right: Any = subject.answer(question.query)
            return right + sum(term.more for term in terms(question, subject, counts))

        for network in self.with_volumes(question) if counts else ():
            try:
                if not _is_corrected(question, total(network.subject), value):
                    continue
                found, subject = self._fewest(question, network, total)
                # A count that follows from a volume no longer does where this is not needed.
                own = [term.answered for term in terms(question, subject, counts)]
                needed = network._replace(subject=subject)
                return Followed(
                    [*self._given_among(found, network, question), *own],
                    needed.rounded(question.query),
                )
            except Exception:  # as above
                continue
        return None

    def needed(
        self,
        question: Question,
        network: OwnNetwork,
        answer: Callable[[Subject], Any] | None = None,
    ) -> list[Answered]:
        """Return those of the answers in a network without which something else would follow."""
        answer = answer or (lambda subject: subject.answer(question.query))
        if network.own:
            return network.needed(question)
        if len(network.volumes) < 2:
            return network.sources
        found, _ = self._fewest(question, network, answer)
        return self._given_among(found, network, question)

    def _fewest(
        self, question: Question, network: OwnNetwork, answer: Callable[[Subject], Any]
    ) -> tuple[list[Answered], Subject]:
        """Return those of a network's volumes without which an `answer` would be another one, and
        the network with these alone. A field goes first: where the volumes lead there without it,
        they are what was gone on with.
        """
        found, subject = list(network.volumes), network.subject
        wanted = answer(subject)
        for source in sorted(
            network.volumes, key=lambda answered: answered[0].query.kind != "field"
        ):
            rest = [other for other in found if other is not source]
            supposed = self._supposed(question, rest)
            if supposed is not None and answer(supposed) == wanted:
                found, subject = rest, supposed
        return found, subject

    def _given_among(
        self, volumes: Sequence[Answered], network: OwnNetwork, question: Question
    ) -> list[Answered]:
        """Return those of a network's volumes that the student gave as they stand there."""
        given = {q.id for q, _ in (*network.sources, *self._given.right(question.subject))}
        return [(q, v) for q, v in volumes if q.id in given]

    def terms_of(self, question: Question) -> list[Answered]:
        """Return the answers, right and wrong, that are terms of what a question asks for."""
        given = [*self._others(question), *self._given.right(question.subject)]
        return [(q, v) for q, v in given if is_term(question, q)]

    def repeated(self, question: Question, value: Value) -> Question | None:
        """Return the question about another layer that had the same wrong volume for an answer."""
        if not isinstance(value, tuple) or len(value) < 2 or question.query.key != "output":
            return None
        others = self._others(question)
        return next((q for q, v in others if v == value and q.query.key == "output"), None)

    def _others(self, question: Question) -> list[Answered]:
        """Return the wrong answers about the same network that are to something else, each once."""
        wrong = {q.query: (q, v) for q, v in self._given.wrong(question.subject)}
        return [(q, v) for q, v in wrong.values() if q.query != question.query]

    def networks(self, question: Question) -> Iterator[OwnNetwork]:
        """Yield a question's network with the student's own volumes or values in place, with the
        last of these on the way, if there are any.
        """
        yield from self.with_volumes(question)
        if question.query.kind != "example":
            return
        wrong, right = self._given.wrong(question.subject), self._given.right(question.subject)
        for network in with_values(question, wrong, right):
            if not self._may_compute(question):
                return
            yield network
        yield from with_own_sizes(question, self._others(question))

    def gone_on_with(self, question: Question) -> Iterator[OwnNetwork]:
        """Yield the networks in which another mistake is looked for: with the student's volumes, or
        with all values that the answer hangs on directly.
        """
        yield from self.with_volumes(question)
        network = None if self.exhausted[1] else self._with_direct(question)
        if network is not None:
            self.effort = self.effort.and_(Effort(gone_on=1))
            yield network

    def are_worked_with(self, question: Question, numbers: Collection[float]) -> bool:
        """Say whether the numbers of an answer's working are wrong ones of the student's own that
        it hangs on: no mistake with the right ones is behind it then.
        """
        with suppress(Exception):  # as above
            network = self._with_direct(question) if numbers else None
            return network is not None and is_worked_with(question, network, numbers)
        return False

    def lead_elsewhere(self, question: Question) -> bool:
        """Say whether something else than the right value follows for a value of an example."""
        with suppress(Exception):  # as above
            network = self._with_direct(question)
            if network is not None and self._may_compute(question):
                return network.subject.answer(question.query) != question.right
        return False

    def _with_direct(self, question: Question) -> OwnNetwork | None:
        """Return the network with the values in place that an answer about an example hangs on
        directly; None where none of these is wrong.
        """
        if question.query.kind != "example":
            return None
        wrong, right = self._given.wrong(question.subject), self._given.right(question.subject)
        return with_all_values(question, wrong, right)

    def _may_compute(self, question: Question) -> bool:
        """Count an example that is computed for an answer; say whether it still may be."""
        return self._may_walk(len(question.subject.records) * WALKS_A_RUN * _runs(question))

    def with_volumes(self, question: Question) -> list[OwnNetwork]:
        """Return the network with the student's volumes and fields, such as a padding, and which of
        these are on the way; then with the volumes alone. None for a question about an example.
        """
        if question.query.kind == "example":
            return []
        if question.id not in self._in_networks:
            self._in_networks[question.id] = self._with_volumes(question)
        return self._in_networks[question.id]

    def _with_volumes(self, question: Question) -> list[OwnNetwork]:
        wrong = {
            q.query.name: (q, v)
            for q, v in self._given.volumes(question.subject)
            if q.query != question.query
        }
        fields = [(q, v) for q, v in self._others(question) if q.query.kind == "field"]
        if not wrong and not fields:
            return []
        found = [*self._in_place(question, wrong, fields)]
        if len(wrong) + len(fields) > 1 and not all(found):  # what leads nowhere stops no others
            wrong = {name: (q, v) for name, (q, v) in wrong.items() if self._goes_on(q, v)}
            fields = [(q, v) for q, v in fields if self._goes_on(q, v)]
            found = [*self._in_place(question, wrong, fields)]
        return [network for network in found if network]

    def _in_place(
        self, question: Question, wrong: dict[str, Answered], fields: Sequence[Answered]
    ) -> Iterator[OwnNetwork | None]:
        """Yield the network with the nearest of the wrong and the right volumes, with the fields
        and without; None where it has no answer to the question.
        """
        right = {
            q.query.name: (q, v)
            for q, v in self._given.right(question.subject)
            if q.query != question.query and q.query.key == "output"
        }
        known = right | wrong
        last, passed = nearest(question, known)
        volumes = [known[name] for name in last]
        slips = [wrong[name] for name in last if name in wrong]
        fields = [(q, v) for q, v in fields if q.query.name in passed]
        for own in [fields, []] if fields else [[]]:
            if slips or own:
                supposed = self._supposed(question, [*volumes, *own])
                if supposed is None or not has_answer(supposed, question):
                    yield None
                else:
                    yield OwnNetwork(supposed, [*slips, *own], volumes=[*volumes, *own])

    def _with_some(self, question: Question) -> Iterator[OwnNetwork]:
        """Yield a question's network with some of the student's volumes that it hangs on directly:
        who counts at an own output may have known the depth of the input.
        """
        whole = self.with_volumes(question)
        if not whole or is_total(question):
            return
        for sources, volumes in some_of(whole[0]):
            supposed = self._supposed(question, volumes)
            if supposed is not None:
                yield OwnNetwork(supposed, sources, volumes=volumes)

    def _goes_on(self, question: Question, value: Value) -> bool:
        """Say whether all layers take what follows from an answer."""
        subject = question.subject
        if len(self._given.wrong(subject)) * len(subject.records) > MOST_WALKED:
            return False
        key = subject, question.query, question.id
        if key not in self._taken:
            supposed = with_answers(subject, [(question, value)])
            self._taken[key] = supposed is not None and all(
                record.output is None or supposed.records[name].output is not None
                for name, record in subject.records.items()
            )
        return self._taken[key]

    def _supposed(self, question: Question, answers: Sequence[Answered]) -> Subject | None:
        """Return a question's network with a student's volumes and fields, while that does not take
        too long.
        """
        subject = question.subject
        found = with_answers(subject, answers) if self._may_walk(len(subject.records)) else None
        return None if found is None else for_question(question, found)


def _runs(question: Question) -> int:
    """Return how often an example is computed for an answer: anew for each step down."""
    example = question.subject.trace.spec.example
    return example.steps if example and question.query.key.endswith(".next") else 1


def _is_corrected(question: Question, corrected: Value, value: Value) -> bool:
    """Say whether an answer is what the right way makes of other answers that are wrong."""
    if corrected == question.right:
        return False
    if question.query.executed and any(flat(value)):  # no digits are wanted of a number of zeros
        question = replace(question, tolerance=as_asked(question))
    return same(question, corrected, value)
