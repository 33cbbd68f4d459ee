"""Volumes of a student who writes the depth first: 12x8x7 of 12 slices, though it is wrong besides.

Who does so elsewhere means the first size for the depth, where that is the right one and the last
is not.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from shapecalc.grading.alternatives import differing
from shapecalc.grading.cause import Cause
from shapecalc.grading.combinations import joined
from shapecalc.grading.differences import are_or_is
from shapecalc.grading.evidence import Evidence
from shapecalc.grading.misconceptions import depth_first
from shapecalc.grading.misconceptions.question_context import Wrong
from shapecalc.grading.own_volumes import has_depth_first
from shapecalc.grading.practice import Practice
from shapecalc.grading.question import Question
from shapecalc.grading.ranking import Explanations
from shapecalc.grading.values import Value
from shapecalc.grading.volume_order import depth_last
from shapecalc.grading.wording import volume_axes

FIRST = depth_first.MISCONCEPTION


def is_turned(question: Question, value: Value, practice: Practice, told: Collection[str]) -> bool:
    """Say whether a wrong volume goes on with its first size as the depth: where that was certainly
    written first in it or in another one, as the student was `told`, or by their practice.
    """
    meant = has_depth_first(question, value)
    return meant and _is_among(practice.made_beside(question.id), told)


def besides(
    question: Question, value: Value, evidence: Evidence, explanations: Explanations
) -> Cause | None:
    """Return the mistake that is certain in a volume once its depth goes last, as one with that
    this was written first, where the student certainly does so elsewhere.
    """
    if not _is_meant(question, value, evidence):
        return None
    found = explanations.cause_of(depth_last(value), two=False, evidence=evidence)
    if found is None or not found.sure or found.before:
        return None
    arithmetic = f"{found.wrong.arithmetic}, depth first"
    return Cause(joined(found.misconception, FIRST), Wrong(value, arithmetic))


def alone(question: Question, value: Value, evidence: Evidence) -> Cause | None:
    """Return that the depth was written first in a volume whose other sizes are wrong as well, for
    no known reason, where the student certainly writes it first elsewhere.
    """
    if not _is_meant(question, value, evidence):
        return None
    right: Any = question.right
    axes = volume_axes(len(right))
    wrong = [axes[at] for at in sorted(differing(right, depth_last(value)))]
    return Cause(FIRST, Wrong(value, ""), unexplained=f"{are_or_is(wrong)} wrong, too")


def _is_meant(question: Question, value: Value, evidence: Evidence) -> bool:
    known = _is_among(evidence.made, evidence.told)
    return known and has_depth_first(question, value) and depth_last(value) != question.right


def _is_among(made: Collection[str], told: Collection[str]) -> bool:
    """Say whether one of a student's mistakes is that the depth was written first."""
    return FIRST.name in made or any(FIRST.name in one.split(", ") for one in told)
