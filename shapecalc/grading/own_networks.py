"""A network with a student's own numbers in place: which there are, and what each of them needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from math import prod
from typing import Any, NamedTuple

from shapecalc.grading.by_network import WrongAndRight
from shapecalc.grading.marks import Verdict
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.own_sums import SUMMED, is_total
from shapecalc.grading.own_values import (
    OwnNetwork,
    with_all_values,
    with_nearest_values,
    with_own_sizes,
    with_values,
)
from shapecalc.grading.own_volumes import (
    as_meant,
    for_question,
    has_answer,
    is_volume,
    nearest,
    some_of,
    with_answers,
)
from shapecalc.grading.query import Query
from shapecalc.grading.question import Question
from shapecalc.grading.subject import Subject
from shapecalc.grading.told_outputs import ToldOutputs
from shapecalc.grading.values import Value

MOST_WALKED = 100_000  # layers of networks with one student's own volumes
MOST_GONE_ON_WITH = 60  # networks with one student's own values: three for each of 20 answers
WALKS_A_RUN = 30  # that computing an example takes as long as
OF_FILTERS = ("parameters", "weights")  # of a layer, at however many positions


class Effort(NamedTuple):
    """What looking for the causes of answers takes."""

    walked: int = 0  # layers
    gone_on: int = 0  # networks with own values, in which mistakes are looked for

    def and_(self, other: Effort) -> Effort:
        """Return both together."""
        return Effort(self.walked + other.walked, self.gone_on + other.gone_on)


class OwnNetworks:
    """The networks of one student's own answers so far: wrong ones, and the right volumes, which
    lead to nothing wrong, whatever stands before them.
    """

    def __init__(self, told: ToldOutputs | None = None) -> None:
        self._told = told or ToldOutputs()
        self._given = WrongAndRight()
        self._accepted: set[str] = set()  # ids of wrong ones that count as right
        self.followed: frozenset[str] = frozenset()  # of those that follow from others
        # Of volumes that have their depth first, and of arrays that have their rows as columns.
        self.turned: frozenset[str] = frozenset()
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

    def add(
        self,
        question: Question,
        value: Value,
        verdict: Verdict = "wrong",
        *,
        turned: bool = False,
    ) -> None:
        """Remember a wrong answer, or one that followed through; also what is not computed but
        accepted as right, or follows from that.

        A volume with its sizes in another order goes on as the right one, another that is `turned`
        with its first size as the depth, and an array that is also with its rows as columns.
        """
        self._in_networks.clear()
        self._given.add(question, value, right=False)
        if verdict == "right":
            self._accepted.add(question.id)
        if verdict == "followed through":
            self.followed |= {question.id}
        if turned:
            self.turned |= {question.id}
        if question.query.key == "output" and as_meant(question, value) == question.right:
            self._given.add(question, question.right, right=True)

    def add_right(self, question: Question, value: Value) -> None:
        """Remember that an answer was right; of an example as it was given, perhaps rounded."""
        self._in_networks.clear()
        query = question.query
        if query.kind == "example":
            self._given.add(question, value, right=True)
        elif query.key == "output" or query.key in SUMMED or self._told.tell(question):
            self._given.add(question, question.right, right=True)

    def networks(self, question: Question) -> Iterator[OwnNetwork]:
        """Yield a question's network with the student's own volumes or values in place, with the
        last of these on the way, if there are any.
        """
        yield from self.with_volumes(question)
        if question.query.kind != "example":
            return
        wrong, right = self._given.wrong(question.subject), self._given.right(question.subject)
        for network in with_values(question, wrong, right, self.turned):
            if not self._may_compute(question):
                return
            yield network
        yield from with_own_sizes(question, self._others(question))

    def nearest(self, question: Question) -> Iterator[OwnNetwork]:
        """Yield the same, of values only with those that a student would have gone on from."""
        if question.query.kind != "example":
            yield from self.networks(question)
            return
        wrong, right = self._given.wrong(question.subject), self._given.right(question.subject)
        network = with_nearest_values(question, wrong, right)
        if network is not None and self._may_compute(question):
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

    def known_in_part(self, question: Question) -> Iterator[OwnNetwork]:
        """Yield the network with the nearest values where some of these arrays were given only in
        part.
        """
        if question.query.kind != "example" or self.exhausted[1]:
            return
        wrong, right = self._given.wrong(question.subject), self._given.right(question.subject)
        network = with_nearest_values(question, wrong, right)
        if network is not None and network.others and self._may_compute(question):
            self.effort = self.effort.and_(Effort(gone_on=1))
            yield network

    def gone_on_unrounded(self, question: Question) -> Iterator[OwnNetwork]:
        """Yield the same networks for values with what these were before they were written: what
        follows from other answers left out where the answer hangs on it directly, then all of it.
        """
        whole = self._with_direct(question) if self.followed else None
        sources = {q.id for q, _ in whole.sources} if whole is not None else frozenset()
        for left_out in dict.fromkeys((self.followed & sources, self.followed)):
            network = None
            if not self.exhausted[1] and self.followed & sources:
                network = self._with_direct(question, left_out)
            if network is not None:
                self.effort = self.effort.and_(Effort(gone_on=1))
                yield network

    def followed_through(self, question: Question) -> Iterator[tuple[Question, Value, Subject]]:
        """Yield the answers about a question's network that follow from others, each with the
        network that has in place what it hangs on directly.
        """
        for other, value in self._given.wrong(question.subject):
            network = self._with_direct(other) if other.id in self.followed else None
            if network is not None and network.subject is not other.subject:
                yield other, value, network.subject

    def with_volumes(self, question: Question) -> list[OwnNetwork]:
        """Return the network with the student's volumes and fields, such as a padding, and which of
        these are on the way; then with the volumes alone, and with those as they were written that
        are turned. None for a question about an example.
        """
        if question.query.kind == "example":
            return []
        if question.id not in self._in_networks:
            self._in_networks[question.id] = self._with_volumes(question)
        return self._in_networks[question.id]

    def nearest_volumes(self, question: Question) -> OwnNetwork | None:
        """Return the network with the nearest volumes and fields, also where nothing follows from
        these for the question; None where all of them are right.
        """
        found = self._in_place(question, *self._wrong_in(question), unanswered=True)
        return next(found, None)

    def _wrong_in(self, question: Question) -> tuple[dict[str, Answered], list[Answered]]:
        """Return the wrong volumes in a question's network, by their layers, and the fields."""
        wrong = {
            q.query.name: (q, v)
            for q, v in self._given.volumes(question.subject)
            if q.query != question.query
        }
        return wrong, [(q, v) for q, v in self._others(question) if q.query.kind == "field"]

    def _with_volumes(self, question: Question) -> list[OwnNetwork]:
        wrong, fields = self._wrong_in(question)
        if not wrong and not fields:
            return []
        found = [*self._in_place(question, wrong, fields)]
        if len(wrong) + len(fields) > 1 and not all(found):  # what leads nowhere stops no others
            wrong = {name: (q, v) for name, (q, v) in wrong.items() if self._goes_on(q, v)}
            fields = [(q, v) for q, v in fields if self._goes_on(q, v)]
            found = [*self._in_place(question, wrong, fields)]
        given = [network for network in found if network]
        if any(q.id in self.turned for network in given for q, _ in network.sources):
            written = self._in_place(question, wrong, fields, turned=frozenset())
            given += [network for network in written if network]
        return given

    def _in_place(
        self,
        question: Question,
        wrong: dict[str, Answered],
        fields: Sequence[Answered],
        turned: frozenset[str] | None = None,
        *,
        unanswered: bool = False,
    ) -> Iterator[OwnNetwork | None]:
        """Yield the network with the nearest of the wrong and the right volumes, of which some are
        `turned`, with the fields and without, where it goes on from what the student can have had;
        None where it has no answer to the question, unless it may be `unanswered`.
        """
        turned = self.turned if turned is None else turned
        sound = self._given.right(question.subject)
        outputs = [a for a in sound if a[0].query.key == "output"]
        right = {q.query.name: (q, v) for q, v in outputs if q.query != question.query}
        answered, settled = right | wrong, {q.id for q, _ in sound}
        for some in [fields, []] if fields else [[]]:
            told = self._told.gone_on_from(question, answered, some, settled, turned)
            known = right | told | wrong
            last, passed = nearest(question, known)
            volumes = [known[name] for name in last]
            slips = [wrong[name] for name in last if name in wrong]
            own = [(q, v) for q, v in some if q.query.name in passed]
            if (slips and not some) or own:
                given = [*volumes, *own]
                supposed = self._supposed(question, given, turned)
                if supposed is None or not (unanswered or has_answer(supposed, question)):
                    yield None
                else:
                    yield OwnNetwork(supposed, [*slips, *own], volumes=given, turned=turned)

    def with_output(self, question: Question, value: Value) -> Iterator[OwnNetwork]:
        """Yield a layer's network with its own wrong output as well, where its weights are asked
        for and their number may be one at each position: they hang on no output, but who counts a
        filter for each position takes the own one.
        """
        query = question.query
        own = [
            (q, v)
            for q, v in (self._others(question) if query.key in OF_FILTERS else ())
            if (q.query.name, q.query.key) == (query.name, "output") and _is_at_each(value, v)
        ]
        before = self.with_volumes(question)[:1] if own else []
        volumes = [*(answered for network in before for answered in network.volumes), *own]
        supposed = self._supposed(question, volumes, self.turned) if own else None
        if supposed is not None and has_answer(supposed, question):
            sources = [*(answered for network in before for answered in network.sources), *own]
            yield OwnNetwork(supposed, sources, volumes=volumes, turned=self.turned)

    def _with_some(self, question: Question) -> Iterator[OwnNetwork]:
        """Yield a question's network with some of the student's volumes that it hangs on directly:
        who counts at an own output may have known the depth of the input.
        """
        whole = self.with_volumes(question)
        if not whole or is_total(question):
            return
        for sources, volumes in some_of(whole[0]):
            supposed = self._supposed(question, volumes, self.turned)
            if supposed and self._told.agree(supposed, question, whole[0].subject):
                yield OwnNetwork(supposed, sources, volumes=volumes, turned=self.turned)

    def _with_direct(self, question: Question, left_out: Collection[str] = ()) -> OwnNetwork | None:
        """Return the network with the values in place that an answer about an example hangs on
        directly, but for those that are `left_out`; None where none of these is wrong.
        """
        if question.query.kind != "example":
            return None
        wrong, right = self._given.wrong(question.subject), self._given.right(question.subject)
        return with_all_values(question, [a for a in wrong if a[0].id not in left_out], right)

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
            supposed = self._supposed(question, rest, network.turned)
            if supposed is None or not self._told.agree(supposed, question, network.subject):
                continue
            with suppress(Exception):  # nothing may follow: branches that no longer agree
                if answer(supposed) == wanted:
                    found, subject = rest, supposed
        return found, subject

    def _given_among(
        self, volumes: Sequence[Answered], network: OwnNetwork, question: Question
    ) -> list[Answered]:
        """Return those of a network's volumes that the student gave as they stand there."""
        given = {q.id for q, _ in (*network.sources, *self._given.right(question.subject))}
        return [(q, v) for q, v in volumes if q.id in given]

    def _others(self, question: Question) -> list[Answered]:
        """Return the wrong answers about the same network that are to something else, each once."""
        wrong = {q.query: (q, v) for q, v in self._given.wrong(question.subject)}
        return [(q, v) for q, v in wrong.values() if q.query != question.query]

    def _goes_on(self, question: Question, value: Value) -> bool:
        """Say whether all layers take what follows from an answer."""
        subject = question.subject
        if len(self._given.wrong(subject)) * len(subject.records) > MOST_WALKED:
            return False
        key = subject, question.query, question.id
        if key not in self._taken:
            supposed = with_answers(subject, [(question, value)], self.turned)
            self._taken[key] = supposed is not None and all(
                record.output is None or supposed.records[name].output is not None
                for name, record in subject.records.items()
            )
        return self._taken[key]

    def _supposed(
        self, question: Question, answers: Sequence[Answered], turned: Collection[str]
    ) -> Subject | None:
        """Return a question's network with a student's volumes and fields, while that does not take
        too long.
        """
        subject = question.subject
        may_walk = self._may_walk(len(subject.records))
        found = with_answers(subject, answers, turned) if may_walk else None
        return None if found is None else for_question(question, found)

    def _may_walk(self, layers: int) -> bool:
        """Count layers that are walked; say whether they still may be."""
        self.effort = self.effort.and_(Effort(walked=layers))
        return self.effort.walked <= MOST_WALKED and not self.exhausted[0]

    def _may_compute(self, question: Question) -> bool:
        """Count an example that is computed for an answer; say whether it still may be."""
        return self._may_walk(len(question.subject.records) * WALKS_A_RUN * _runs(question))


def _is_at_each(value: Value, output: Value) -> bool:
    """Say whether a count may be the same one at each position of a volume."""
    if not isinstance(value, int) or not is_volume(output):
        return False
    positions = prod(output[:-1]) if isinstance(output, tuple) else 1
    return positions > 1 and value % positions == 0


def _runs(question: Question) -> int:
    """Return how often an example is computed for an answer: anew for each step down."""
    example = question.subject.trace.spec.example
    return example.steps if example and question.query.key.endswith(".next") else 1
