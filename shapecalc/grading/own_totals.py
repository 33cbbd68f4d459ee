"""What follows from a student's own counts and volumes for a total of counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import product
from types import MappingProxyType
from typing import Any, NamedTuple

from shapecalc.grading.comparison import as_asked, same
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.own_networks import OwnNetworks
from shapecalc.grading.own_sums import (
    Alike,
    Term,
    added,
    has_terms,
    in_all,
    is_term,
    is_total,
    mixed,
    of_its_layer,
    right_from,
    terms,
)
from shapecalc.grading.own_values import OwnNetwork
from shapecalc.grading.question import Question
from shapecalc.grading.stated_terms import stated_terms
from shapecalc.grading.student_working import Working
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Number, Value, flat
from shapecalc.records import KnownRecord


class Followed(NamedTuple):
    """The earlier answers that another follows from; `rounded` are the layers on the way that
    have their sizes rounded down for that, since the stride does not fit there; `right_from` is the
    layer from which on it has right terms. `subject` is the network that has the answers in place.
    `also` are the layers for which some of them hold as well, by the ids of their questions.
    """

    sources: list[Answered]
    rounded: Sequence[KnownRecord] = ()
    right_from: str = ""
    subject: Subject | None = None
    also: Mapping[str, Sequence[str]] = MappingProxyType({})


class OwnTotals(OwnNetworks):
    """What follows from one student's answers so far for a total."""

    def terms_of(self, question: Question) -> list[Answered]:
        """Return the answers, right and wrong, that are terms of what a question asks for."""
        if not has_terms(question):
            return []
        given = [*self._others(question), *self._given.right(question.subject)]
        return [(q, v) for q, v in given if is_term(question, q)]

    def _alike(self, question: Question, other: Question) -> Sequence[str]:
        """Return the layers for which a count holds as well in a total: those that are counted from
        the same numbers, also with the student's own volumes, and have no answer of their own.
        """
        if not is_total(question):
            return []
        query, right = other.query, question.subject
        found = set(right.counted_alike(query))
        if found:
            found -= {query.name, *(q.query.name for q, _ in self.terms_of(question))}
        networks = [network.subject for network in self.with_volumes(question)] if found else []
        with suppress(Exception):  # the student's own volumes may lead anywhere
            if any(subject.answer(query) != right.answer(query) for subject in networks):
                return []  # the others may have other volumes
            found = found.intersection(*(subject.counted_alike(query) for subject in networks))
            return [name for name in right.counted_alike(query) if name in found]
        return []

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
                    order = list(network.subject.records)
                    wrong = order[: order.index(name)]
                    rounded = [r for r in network.rounded(question.query) if r.name in wrong]
                    return Followed(sources, rounded, name)
        return None

    def _with_counts(self, question: Question, value: Value) -> Followed | None:
        """Return the volumes and the counts that a total is right for, which needs both."""
        own = self.terms_of(question)

        def total(subject: Subject, alike: Alike = of_its_layer) -> Any:
            right: Any = subject.answer(question.query)
            return right + added(in_all(terms(question, subject, own), alike))

        ways = (of_its_layer, partial(self._alike, question))
        for network, alike in product(self.with_volumes(question) if own else (), ways):
            try:
                if not is_corrected(question, total(network.subject, alike), value):
                    continue
                there = partial(total, alike=alike)
                sources, needed = self._with_terms(question, network, there)
                also = {
                    q.id: names for q, _ in sources if is_term(question, q) and (names := alike(q))
                }
                return Followed(sources, needed.rounded(question.query), also=also)
            except Exception:  # as above
                continue
        return None

    def _with_terms(
        self, question: Question, network: OwnNetwork, total: Callable[[Subject], Any]
    ) -> tuple[list[Answered], OwnNetwork]:
        """Return the volumes that a total needs, and the counts in it, and the network with these
        volumes: a count that follows from one no longer does where this is not needed.
        """
        found, subject = self._fewest(question, network, total)
        own = terms(question, subject, self.terms_of(question))
        given = self._given_among(found, network, question)
        sources = [*given, *(term.answered for term in own)]
        return sources, network._replace(subject=subject)

    def _term_by_term(self, question: Question, value: Value, working: Working) -> Followed | None:
        """Return the answers that the terms of a total follow from each by itself, if its working
        has one for each layer, which others beside them do not go on from.
        """
        stated = stated_terms(question, value, working)
        right = question.subject.terms(question.query.key) if stated else {}
        found: dict[str, Answered] = {}
        also: dict[str, list[str]] = {}
        for layer, term in stated.items():
            sources = self.behind_term(question, layer, term) if term != right[layer] else []
            if term != right[layer] and not sources:
                return None
            found |= {q.id: (q, v) for q, v in sources}
            for q, _ in sources:
                if is_term(question, q) and q.query.name != layer:
                    also.setdefault(q.id, []).append(layer)
        return Followed([*found.values()], also=also) if found else None

    def behind_term(self, question: Question, layer: str, term: Number) -> list[Answered]:
        """Return the answers that a wrong term of a total is right for: to a layer's count or to
        parts of it, or to those of one that is counted alike, or else the volumes that it follows
        from; none where it is wrong for all.
        """
        query = question.query._replace(name=layer)
        own = terms(question, question.subject, self.terms_of(question))
        names = dict.fromkeys(one.answered[0].query.name for one in own)
        right = question.subject.terms(query.key)[layer]
        for name in sorted(names, key=lambda name: name != layer):  # its own count first
            counted = [one for one in own if one.answered[0].query.name == name]
            if right + sum(one.more for one in counted) != term:
                continue
            sources = [one.answered for one in counted]
            if name == layer or all(layer in self._alike(question, q) for q, _ in sources):
                return sources
        for network in self.with_volumes(question):
            with suppress(Exception):  # as above
                if network.subject.answer(query) == term:
                    return self.needed(question, network, lambda subject: subject.answer(query))
        return []


def held_for(own: Sequence[Term]) -> dict[str, Sequence[str]]:
    """Return the layers for which own counts hold as well, by the ids of their questions."""
    return {term.answered[0].id: term.also for term in own if term.also}


def is_corrected(question: Question, corrected: Value, value: Value) -> bool:
    """Say whether an answer is what the right way makes of other answers that are wrong."""
    if corrected == question.right:
        return False
    if question.query.executed and any(flat(value)):  # no digits are wanted of a number of zeros
        question = replace(question, tolerance=as_asked(question))
    return same(question, corrected, value)
