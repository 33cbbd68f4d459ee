"""Whether the sizes that a working shows are those that an answer follows from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shapecalc.grading.question import Question
from shapecalc.grading.subject import Subject


def goes_another_way(question: Question, subject: Subject, chains: Iterable[Sequence[int]]) -> bool:
    """Say whether sizes one after the other, `30 -> 15 -> 14 -> 7`, lead to an answer by others
    than a network has on the way there, 30, 15 and 7.
    """
    if question.query.key != "output":
        return False
    way = _sizes(subject, question.query.name)
    return any(
        chain[0] in way and chain[-1] == way[-1] and not {*chain} <= {*way} for chain in chains
    )


def _sizes(subject: Subject, name: str) -> list[int]:
    """Return the first size of each volume from the input to a layer; those of one way, where there
    are several.
    """
    found: list[int] = []
    record = subject.records.get(name)
    while record is not None and len(found) < len(subject.records):
        found += list(record.output or ())[:1]
        before = [*(record.input or ())][:1]
        record = subject.records.get((record.sources or ("",))[0])
        if record is None:
            found += [size for volume in before for size in list(volume)[:1]]
    return found[::-1]
