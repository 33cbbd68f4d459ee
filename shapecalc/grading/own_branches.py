"""A merge of branches that do not agree with a student's own earlier volumes in place: nothing
follows from these there, and who goes on from one branch alone is told of the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import LayerError
from shapecalc.grading.frequency import ANOTHERS
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.question import Question
from shapecalc.grading.rounded_down import rounded_at
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value
from shapecalc.grading.wording import in_a_row, questions_by
from shapecalc.layers.base import Layer
from shapecalc.layers.merge import Concat, Merge
from shapecalc.records import KnownRecord
from shapecalc.volumes import Volume, show

CANNOT = {
    "concat": "cannot be joined",
    "add": "cannot be added",
    "subtract": "cannot be subtracted",
    "multiply": "cannot be multiplied",
}


class OwnBranches(NamedTuple):
    """The sizes of the branches, each once, the answers that lead to these, and the layers that
    have sizes rounded down for it; what is not possible with the branches.
    """

    sizes: str
    sources: list[Answered]
    rounded: Sequence[KnownRecord]
    cannot: str

    def told(self, numbers: Mapping[str, int], *, hides: bool) -> str:
        """Return as sentences why an answer does not follow, by the numbers of the questions."""
        found = sorted({numbers[question.id] for question, _ in self.sources})
        if len(found) == 1:
            said = f"Your answer to {questions_by(found)} leads to branches"
        else:
            said = f"Your answers to {questions_by(found)} lead to branches"
        if hides:
            return f"{said} that {self.cannot}."
        said = f"{said} of {self.sizes}, which {self.cannot}."
        return f"{said} {rounded_at(self.rounded, hides=False)}" if self.rounded else said


def own_branches(question: Question, value: Value, own: OwnAnswers) -> OwnBranches | None:
    """Return the branches of a merge that do not agree, where a wrong output of it has the sizes of
    one of them; otherwise None.
    """
    record = question.subject.records.get(question.query.name)
    layer = record.layer if record is not None else None
    if question.query.key != "output" or not isinstance(layer, Merge):
        return None
    network = own.nearest_volumes(question)
    inputs = _inputs(network.subject, question) if network is not None else ()
    if network is None or not isinstance(value, tuple) or not _disagree(layer, inputs):
        return None
    if any(len(volume) != len(value) for volume in inputs):
        return None
    if _agreeing(layer, value) not in [_agreeing(layer, volume) for volume in inputs]:
        return None
    by_depth = isinstance(layer, Concat) and layer.joined(value) == len(value) - 1
    shown = [show(v[:-1]) if by_depth else question.shown(v) for v in inputs]
    sizes = in_a_row([*dict.fromkeys(shown)])
    sizes = f"length {sizes}" if by_depth and len(value) == 2 else sizes
    rounded = network.rounded(question.query, lambda subject: _inputs(subject, question))
    cannot = CANNOT.get(record.kind if record else "", "do not agree")
    return OwnBranches(sizes, [*network.volumes], rounded, cannot)


def goes_on_from_one(question: Question, value: Value, own: OwnAnswers) -> bool:
    """Say whether an answer is the own output of one such branch, which an addition keeps as it is;
    not where who gives another layer's volume gets points for that.
    """
    if own.repeated(question, value) is None or ANOTHERS in question.partial:
        return False
    return own_branches(question, value, own) is not None


def _inputs(subject: Subject, question: Question) -> tuple[Volume, ...]:
    return subject.records[question.query.name].input or ()


def _disagree(layer: Merge, inputs: Sequence[Volume]) -> bool:
    try:
        return bool(inputs) and not layer.volume(inputs)
    except LayerError as error:
        return error.rule is rules.DISAGREEMENT


def _agreeing(layer: Layer, volume: Volume) -> Volume:
    """Return the sizes of a volume that have to be the same in each branch."""
    if not isinstance(layer, Concat):
        return volume
    joined = layer.joined(volume)
    return (*volume[:joined], *volume[joined + 1 :])
