"""What the exporters tell alike: a mark in words, and how much was reached."""

from __future__ import annotations

from shapecalc.grading.class_run import Graded
from shapecalc.grading.exports import number
from shapecalc.grading.marks import Mark


def feedback(mark: Mark) -> str:
    """Return what a student is told: the answer given, the slip behind it, the right working."""
    if mark.verdict in ("right", "blank"):
        return mark.feedback
    known = "" if mark.verdict != "unreadable" else f"; the right answer is {mark.right}"
    return f"{mark.verdict}: your answer {mark.answer}: {mark.feedback}{known}"


def reached(graded: Graded) -> str:
    """Return the score in words, or why there is none."""
    if not graded.gradable:
        return f"not gradable: {graded.marked.reason}"
    return f"{number(graded.marked.score)} of {number(graded.marked.possible)} points"
