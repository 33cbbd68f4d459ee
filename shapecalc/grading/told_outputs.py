"""Outputs that a question about a layer's field tells, `P=? and gives 11x11x32`: who goes on behind
such a layer has the output from there, or from an own input and an own field, and from nothing
else. The right field they do not have, so what it makes of an own input is nobody's number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from shapecalc.grading.hyperparameters import changed
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.own_volumes import is_field_of_volumes, nearest, with_answers
from shapecalc.grading.query import Query
from shapecalc.grading.question import Question
from shapecalc.grading.shown_sizes import tells_the_output
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value
from shapecalc.volumes import Volume

Ids = Collection[str]  # of questions
TOLD = ""  # the id of what no student answered


class ToldOutputs:
    """The outputs in the texts of an assignment's questions about fields."""

    def __init__(self, questions: Iterable[Question] = ()) -> None:
        self._asking: dict[Subject, list[Question]] = {}
        for question in questions:
            if is_field_of_volumes(question) and tells_the_output(question):
                self._asking.setdefault(question.subject, []).append(question)

    def tell(self, question: Question) -> bool:
        """Say whether a question asks for a field and tells the output."""
        return any(asking.id == question.id for asking in self._asking.get(question.subject, ()))

    def gone_on_from(
        self,
        question: Question,
        volumes: Mapping[str, Answered],
        fields: Sequence[Answered],
        right: Ids,
        turned: Ids,
    ) -> dict[str, Answered]:
        """Return the outputs, by their layers, that a student goes on from, as if they had answered
        these: but where they have a field of the layer that is `right`, by the question's id, or
        one that makes another output of what they have in front.
        """
        found: dict[str, Answered] = {}
        for asking in self._asking.get(question.subject, ()):
            query, output = asking.query, _output(question.subject, asking.query.name)
            of_it = question.query.name == query.name and question.query.kind == "field"
            if asking.id in right or of_it or not output:
                continue
            asked = Query(f"{query.name}.output", "record", "sizes", query.name, "output")
            told = replace(asking, id=TOLD, right=output, query=asked)
            own = [(q, v) for q, v in fields if _is_of(asking, q, v)]
            if not own or _made(told, volumes, own, turned) == output:
                found[query.name] = told, output
        return found

    def agree(self, subject: Subject, question: Question, whole: Subject) -> bool:
        """Say whether a network with some of the answers that are in a `whole` one has only outputs
        of it or told ones, where there are told ones.
        """
        names = {asking.query.name for asking in self._asking.get(question.subject, ())}
        return all(
            _output(subject, name) in (_output(whole, name), _output(question.subject, name))
            for name in names
        )


def _is_of(asking: Question, question: Question, value: Value) -> bool:
    """Say whether an answer is a field that the layer of another question can have."""
    name = asking.query.name
    record = asking.subject.records[name]
    return question.query.name == name and changed(record, question.query, value) is not None


def _made(
    told: Question, volumes: Mapping[str, Answered], fields: Sequence[Answered], turned: Ids
) -> Volume | None:
    """Return the output that a student's own fields of a layer make of what they have in front."""
    name = told.query.name
    last, _ = nearest(told, [other for other in volumes if other != name])
    made = with_answers(told.subject, [*(volumes[other] for other in last), *fields], turned)
    return _output(made, name) if made is not None else None


def _output(subject: Subject, name: str) -> Volume | None:
    return subject.records[name].output
