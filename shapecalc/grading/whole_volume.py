"""How all sizes of a volume follow, for whoever was asked for it: beside a formula of some of them
where the others come from.
"""

from __future__ import annotations

from shapecalc.grading.question import Question
from shapecalc.grading.record_derivation import depth_derivation
from shapecalc.layers.merge import Concat
from shapecalc.records import KnownRecord
from shapecalc.reports import sentences
from shapecalc.volumes import show


def of_all_sizes(question: Question, working: str) -> str:
    """Return a working of the right answer, of a volume with where its other sizes come from."""
    record, right = question.subject.records.get(question.query.name), question.right
    if record is None or question.query.key != "output" or not isinstance(right, tuple):
        return working
    if len(right) < 2 or not record.input:
        return working
    if "depth" in working:
        joined = _joined(record)
        return f"{joined}; {working}" if joined else working
    told = depth_derivation(record)
    return f"{working}; {sentences.sentence(told)}" if told else working


def _joined(record: KnownRecord) -> str:
    """Return the sizes that all volumes of a concat along the depth have; empty for others."""
    volumes, layer = record.input or (), record.layer
    if not isinstance(layer, Concat) or layer.joined(volumes[0]) != len(volumes[0]) - 1:
        return ""
    sizes = volumes[0][:-1]
    length = "a length of " if len(sizes) == 1 else ""
    return f"{'both' if len(volumes) == 2 else 'all'} have {length}{show(sizes)}"
