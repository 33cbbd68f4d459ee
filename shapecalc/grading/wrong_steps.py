"""A step of a working that has a mistake, though the answer behind it follows: 9 of (21 - 2)/2,
without its + 1, comes to 4 behind a window of 3 at S=2, as 10 does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain
from typing import NamedTuple

from shapecalc.geometry import Fit
from shapecalc.grading.frequency import COMMON
from shapecalc.grading.misconceptions import misconceptions
from shapecalc.grading.misconceptions.question_context import title_of
from shapecalc.grading.misconceptions.variants import AS_IS, refit
from shapecalc.grading.own_totals import Followed
from shapecalc.grading.question import Question
from shapecalc.grading.shown_sizes import windows
from shapecalc.grading.student_working import Working
from shapecalc.grading.subject import Subject
from shapecalc.records import KnownRecord

CHANCE = "it is by chance that the answer comes out the same"


class WrongStep(NamedTuple):
    """What was done wrong at a layer, the size that it gives, and the right one."""

    title: str
    layer: str
    wrong: int
    right: int

    @property
    def hint(self) -> str:
        """The same in words, without its numbers."""
        return f"But in your working {self.title} at {self.layer}; {CHANCE}."

    @property
    def told(self) -> str:
        """The same in words."""
        gives = f"which gives {self.wrong} and not {self.right}"
        return f"But in your working {self.title} at {self.layer}, {gives}; {CHANCE}."


def wrong_step(question: Question, followed: Followed, working: Working) -> WrongStep | None:
    """Return the one common mistake that the working of an answer shows on the way from the
    student's own volumes: its formula and its size stand there, and the right ones do not.
    """
    sized = question.query.kind in ("record", "size")
    if followed.subject is None or not sized or not working.formulas:
        return None
    volumes = chain(*working.volumes, *working.chains, *working.divided)
    sizes = {*working.numbers, *working.unrounded, *volumes}
    own = {q.query.name for q, _ in followed.sources if q.query.key == "output"}
    found = {
        WrongStep(title, record.name, wrong.size, fit.size)
        for record in _on_the_way(followed.subject, question.query.name, own)
        for volume in record.input or ()
        for fit in {*windows(record.layer, volume)}
        if sizes.isdisjoint((fit.size, float(fit.fraction() if fit.remainder else fit.size)))
        for title, wrong in _mistakes(fit, working, sizes)
    }
    return found.pop() if len(found) == 1 else None


def _on_the_way(subject: Subject, name: str, own: set[str]) -> Iterator[KnownRecord]:
    """Yield the layers that lead to one from the student's own volumes, the last one first."""
    wanted = {name}
    for record in reversed(subject.trace.layers):
        if record.name in wanted and record.name not in own:
            yield record
            wanted.update(record.sources or ())


def _mistakes(fit: Fit, working: Working, sizes: Collection[float]) -> Iterator[tuple[str, Fit]]:
    """Yield the common mistakes with a window of which the formula and the size stand in a working
    that has not the right formula, and the window with each of them.
    """
    for misconception in misconceptions():
        change = misconception.change
        if change is None or change.rounding or misconception.name not in COMMON:
            continue
        wrong = refit(fit, change)
        wrong = wrong._replace(size=wrong.size - change.less)
        if wrong.size == fit.size or wrong.size not in sizes:
            continue
        if working.stands(fit, change) and not working.stands(fit, AS_IS):
            yield title_of(misconception.explanation), wrong
