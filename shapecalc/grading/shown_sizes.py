"""Whether an answer goes by the sizes that its working shows, or its question tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from shapecalc.geometry import Fit
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.sizes_on_the_way import on_the_way
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value
from shapecalc.layers.window import Sliding
from shapecalc.volumes import Volume, show

if TYPE_CHECKING:
    from shapecalc.grading.student_working import Working

CROSS = regex(r"(?<=\d)\s*(?:[xX\u00d7*]|\bby\b)\s*(?=\d)")


def tells(question: Question, volume: Volume) -> bool:
    """Say whether a question has a volume in its text, as `8x8x16` or `8 by 8 by 16`; one of an
    author's own may have its depth last where that is asked for first.
    """
    spelled = {show(volume), question.written(volume)} if volume else ()
    return any(_stands_in(sizes, question) for sizes in spelled)


def _stands_in(sizes: str, question: Question) -> bool:
    stands = rf"(?<![\w.]){sizes}(?![\w.]*\w)"
    return bool(sizes) and re.search(stands, CROSS.sub("x", question.prompt)) is not None


def tells_the_input(question: Question) -> bool:
    """Say whether a question has the volumes in its text that its layer takes."""
    record = question.subject.records.get(question.query.name)
    volumes = (record.input or ()) if record else ()
    return bool(volumes) and all(tells(question, volume) for volume in volumes)


def tells_the_output(question: Question) -> bool:
    """Say whether a question has the volume in its text that its layer gives, or the sizes of it
    without the depth.
    """
    record = question.subject.records.get(question.query.name)
    volume = (record.output or ()) if record else ()
    return bool(volume) and (tells(question, volume) or _stands_in(show(volume[:-1]), question))


def starts_from_own(
    question: Question, subject: Subject, value: Value, working: Working
) -> bool | None:
    """Say whether the working of a value starts from the input that a student's own network has for
    a layer, `7 - 2`, or from the right one, `8 - 2` or `8x8x16`; None if it shows neither.
    """
    right = question.subject.records.get(question.query.name)
    own = subject.records.get(question.query.name)
    if right is None or own is None or not right.input or not own.input or not any(working):
        return None
    known, given = right.input[0], own.input[0]
    if known == given:
        return None
    pairs = zip(windows(right.layer, given), windows(right.layer, known), strict=False)
    axes = [(ours, theirs) for ours, theirs in pairs if ours.W != theirs.W]
    if given in working.volumes or any(working.slides(ours) for ours, _ in axes):
        return True
    shown = known != value and known in working.volumes
    return False if shown or any(working.slides(theirs) for _, theirs in axes) else None


def goes_another_way(question: Question, subject: Subject, chains: Iterable[Sequence[int]]) -> bool:
    """Say whether sizes one after the other, `30 -> 15 -> 14 -> 7`, lead to an answer by others
    than a network has on the way there, 30, 15 and 7.
    """
    if question.query.key != "output":
        return False
    way = on_the_way(subject, question.query.name)
    return any(
        chain[0] in way and chain[-1] == way[-1] and not {*chain} <= {*way} for chain in chains
    )


def windows(layer: object, volume: Volume) -> tuple[Fit, ...]:
    """Return how a layer's window slides over a volume; nothing of a layer that has none."""
    return layer.fits(volume).axes if isinstance(layer, Sliding) and len(volume) > 1 else ()
