"""Answers that a person has to look at first, since others may follow from them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from shapecalc.diagnostics import LayerError
from shapecalc.grading.answered import Read
from shapecalc.grading.any_volume import KINDS, may_lead_to
from shapecalc.grading.by_network import ByNetwork
from shapecalc.grading.dependence import leads_on
from shapecalc.grading.feedback import Told
from shapecalc.grading.marks import Mark
from shapecalc.grading.own_products import is_factor
from shapecalc.grading.own_sums import is_term, is_total
from shapecalc.grading.own_volumes import is_field_of_volumes, nearest
from shapecalc.grading.question import Question
from shapecalc.grading.stated_terms import stated_terms
from shapecalc.grading.values import Value

CHANGE = "if this follows from it, your points change"
MAY_CHANGE = "your points may change then"
STAY = "this may follow from it"
OF_WEIGHTS, MULTIPLIED = ("weights", "parameters"), ("macs", "flops")
OF_WINDOWS = ("receptive_field", "jump")  # which hang on no volume


class Pending:
    """The answers of one student that are to be looked at so far. `numbers` are the questions'."""

    def __init__(self, told: Told, numbers: Mapping[str, int]) -> None:
        self._told, self._numbers = told, numbers
        self._given: ByNetwork[str] = ByNetwork()  # the verdicts of what has an answer
        # Of those whose answers are to be looked at, by their ids the number of the one that is to
        # be looked at first: its own, or that of the answer for which it waits itself.
        self._unsettled: dict[str, int] = {}

    def behind(
        self,
        question: Question,
        mark: Mark,
        value: Value | None = None,
        read: Read | Mark | None = None,
    ) -> Mark:
        """Return the mark of an answer behind those, as it was `read`, which has a value if it is
        wrong. A wrong one that may follow from one of them is to be looked at as well, or told of
        it where a mistake is certainly behind it; not one of which it is told already that it goes
        on from that, whose own working shows the mistake or the right terms that hang on the other,
        to which with that mistake nothing in the place of the other leads, or that is right for
        answers which are read and stand nearer.
        """
        wrong = mark.verdict in ("wrong", "partly right", "followed through")
        before: list[Question] = []
        if wrong and self._unsettled:
            given = self._given.about(question.subject)
            before = _before(question, [q for q, _ in given])
            if _is_certain(mark):
                # What the mark says it goes on from stands for what that hangs on, as a right one.
                own = {q.id for q, _ in given if _goes_on_from(self._numbers[q.id], mark.source)}
                right = own | {q.id for q, verdict in given if verdict == "right"}
                before = _since_what_is_right(question, before, right)
        nearest_one = next((q for q in reversed(before) if q.id in self._unsettled), None)
        first = self._numbers[question.id]
        if nearest_one is not None and not mark.worked_out:
            number = self._numbers[nearest_one.id]
            told = _goes_on_from(number, mark.source)
            follows = told or self._follows(question, mark, before)
            unknown = [q for q in before if q.id in self._unsettled]
            sound = _is_certain(mark) and _has_right_terms(question, value, read, unknown)
            if not follows and not sound and not self._is_settled(question, mark, value, before):
                first = self._unsettled[nearest_one.id]
                mark = self._waiting(question, mark, first)
        if mark.verdict != "blank":
            self._given.add(question, mark.verdict)
        if mark.unread:
            self._unsettled[question.id] = first
        return mark

    def _follows(self, question: Question, mark: Mark, before: Sequence[Question]) -> bool:
        """Say whether an answer is right for earlier ones between which and it no other stands: for
        some of those `before` it, for its own terms or for fields of the layers that it hangs on.
        """
        nearer = {q.id for q in before}
        volumes = {q.query.name for q in before if q.query.key == "output"}
        passed = nearest(question, volumes)[1] if question.query.kind != "example" else ()
        given = [q for q, _ in self._given.about(question.subject)]
        for source in given if mark.follows else ():
            field = source.query.kind == "field" and source.query.name in passed
            if field or is_term(question, source):
                nearer.add(source.id)
        return bool(mark.follows) and nearer.issuperset(mark.follows)

    def _is_settled(
        self, question: Question, mark: Mark, value: Value | None, before: Sequence[Question]
    ) -> bool:
        """Say whether a mistake is certain with right numbers alone, and whatever is meant by the
        one answer that is to be looked at of those `before` it, none of it leads to the value.
        """
        if value is None or mark.source or not _is_certain(mark):
            return False
        ids = {q.id for q in before}
        sound = all(
            verdict == "right" or q.id in self._unsettled
            for q, verdict in self._given.about(question.subject)
            if q.id in ids or q.query.kind == "field"
        )
        unknown = [q for q in before if q.id in self._unsettled]
        if not sound or len(unknown) != 1:
            return False
        return not may_lead_to(question, unknown[0], value, self._right_weights(question))

    def _right_weights(self, question: Question) -> list[Question]:
        """Return the questions about a layer's weights, right answers to which stand before what it
        multiplies by them.
        """
        query = question.query
        return [
            q
            for q, verdict in self._given.about(question.subject)
            if verdict == "right" and q.query.kind == "record"
            if query.key in MULTIPLIED and q.query.name == query.name and q.query.key in OF_WEIGHTS
        ]

    def _waiting(self, question: Question, mark: Mark, number: int) -> Mark:
        """Return the mark of a wrong answer that may follow from that to a question."""
        if _is_certain(mark):
            then = _points_then(question, mark)
            told = f"{mark.feedback} {self._told.hangs_on(number, then)}".strip()
            return mark._replace(feedback=told, hangs=then != STAY)
        why = self._told.hangs_on(number, "")
        return mark._replace(
            verdict="needs a look", points=0.0, misconception=None, perhaps=False, feedback=why,
            note="", meant="", matter=f"it waits for the answer to question {number}",
        )  # fmt: skip


def _is_certain(mark: Mark) -> bool:
    return mark.misconception is not None and not mark.perhaps


def _points_then(question: Question, mark: Mark) -> str:
    """Return what happens to the points of an answer with a certain mistake once another one is
    read. It may have the same mistake in what follows from that, as where it has it in what follows
    from one before; only what follows without any has others for certain.
    """
    if not question.follow_through and not question.partial:
        return STAY
    gains = mark.points < question.points * question.follow_through
    return CHANGE if gains and not mark.source else MAY_CHANGE


def _has_right_terms(
    question: Question, value: Value | None, read: Read | Mark | None, unknown: Sequence[Question]
) -> bool:
    """Say whether a total adds up the right terms of all layers that hang on answers which are not
    known yet: whatever is meant by these, it does not go on from it.
    """
    if value is None or not isinstance(read, Read) or not is_total(question):
        return False
    terms = stated_terms(question, value, read.working)
    right = question.subject.terms(question.query.key)
    wrong = [layer for layer in right if terms.get(layer) != right[layer]]
    return bool(terms) and not any(
        _hangs_on(question, layer, q) for layer in wrong for q in unknown
    )


def _hangs_on(question: Question, layer: str, other: Question) -> bool:
    """Say whether a layer's term of a total hangs on the answer to another question."""
    if other.query.key != "output":
        return other.query.name == layer
    term = replace(question, query=question.query._replace(name=layer))
    return other.query.name in nearest(term, {other.query.name})[0]


def _goes_on_from(number: int, source: str) -> bool:
    return re.search(rf"question {number}\b", source) is not None


def _before(question: Question, given: Sequence[Question]) -> list[Question]:
    """Return those of the questions with answers, about the same network, from which another's may
    follow directly: about the last volumes on each way to it, or the last numbers of the example.
    """
    subject, query = question.subject, question.query
    others = [q for q in given if q.query != query]
    if query.kind == "example":
        values = [q for q in others if q.query.kind == "example" and leads_on(q.query.key)]
        keys = {q.query.key: q.query.key for q in values}
        for key in [*keys]:  # an answer to a gradient is one to another that has the same values
            keys.setdefault(subject.equal_gradient(key) or key, key)
        ends = subject.way_back(query.key, sorted(keys)).keys
        return [q for q in values if q.query.key in {keys[end] for end in ends}]
    hangs = query.kind in KINDS and query.key not in OF_WINDOWS
    if not hangs and not is_field_of_volumes(question):
        return []
    last = nearest(question, {q.query.name for q in others if q.query.key == "output"})[0]
    whole = {q.query.name for q in others if q.query.key == query.key}
    return [
        q
        for q in others
        if (q.query.key == "output" and q.query.name in last)
        or is_factor(question, q)
        or (is_term(question, q) and (q.query.key == query.key or q.query.name not in whole))
    ]


def _since_what_is_right(
    question: Question, before: list[Question], right: Collection[str]
) -> list[Question]:
    """Return those of the questions `before` another from which it may follow where a mistake is
    behind it for certain: what stands in front of the output of its layer is right where that is,
    and so is what a right term of a sum hangs on. `right` are the ids of right answers. A field is
    what makes the output of the sizes before it.
    """
    query = question.query
    if query.kind == "field":
        return before
    if is_total(question):
        return _but_for_terms(question, before, right)
    own = [q for q in before if (q.query.name, q.query.key) == (query.name, "output")]
    sound = [q for q in own if q.id in right]
    return [q for q in before if q in sound or is_factor(question, q)] if sound else before


def _but_for_terms(
    question: Question, before: list[Question], right: Collection[str]
) -> list[Question]:
    """Return the questions `before` a total without volumes on which only its right terms hang."""
    query = question.query
    known = {q.query.name for q in before if q.query.key == query.key and q.id in right}
    volumes = {q.query.name for q in before if q.query.key == "output"}
    needed: set[str] = set()
    open_ = question.subject.terms(query.key).keys() - known
    for layer in open_:
        term = replace(question, query=query._replace(name=layer))
        needed.update(nearest(term, volumes)[0])
    needed = {name for name in needed if _changes(question, name, open_)}
    return [q for q in before if q.query.key != "output" or q.query.name in needed]


def _changes(question: Question, name: str, layers: Collection[str]) -> bool:
    """Say whether another output of a layer changes a total's terms of some layers: units behind
    units have as many weights, whatever stands before these.
    """
    subject, key = question.subject, question.query.key
    output = subject.records[name].output
    if not output:
        return True
    terms = subject.terms(key)
    try:
        changed = subject.supposing({name: tuple(2 * size for size in output)}).terms(key)
    except LayerError:  # a layer behind it does not take that
        return True
    return any(changed.get(layer) != terms[layer] for layer in layers)
