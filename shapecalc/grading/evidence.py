"""What the student's working and other answers tell of the causes of one answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from shapecalc.grading.cause import Cause
from shapecalc.grading.frequency import SLIPS
from shapecalc.grading.misconceptions import layer_left_out
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.stated_terms import has_what_is_missing
from shapecalc.grading.student_working import Working
from shapecalc.grading.subject import Subject


class Evidence(NamedTuple):
    """What else of the student's tells between causes."""

    unmade: Collection[str] = ()  # mistakes that right answers to other questions speak against
    working: Working = Working()
    made: frozenset[str] = frozenset()  # mistakes that are certainly behind other wrong answers
    maybe: frozenset[str] = frozenset()  # mistakes that may be behind other wrong answers
    outdone: Collection[tuple[str, str]] = ()  # by a second one, which explains more of the answers
    told: Collection[str] = ()  # mistakes that were told of before, as certain
    beside: frozenset[str] = frozenset()  # a mistake that is certain in another answer
    sound: frozenset[str] = frozenset()  # layers of which the student has the right volume
    counted: frozenset[str] = frozenset()  # layers of whose count, in a total, the same holds
    doubted: frozenset[str] = frozenset()  # of the unmade ones, those that little speaks against
    denied: frozenset[str] = frozenset()  # mistakes that are told of no more where one is right
    from_right: Subject | None = None  # the network with the right arrays in place that it hangs on
    ruled_out: frozenset[str] = frozenset()  # mistakes that these rule out

    def leaves(self, causes: Sequence[Cause], *, own: bool) -> list[Cause]:
        """Return those of the causes of one answer that may be behind it at all, in the right
        network or in one with the student's own numbers.
        """
        never = self.denied if own else self.denied | self.ruled_out
        return [cause for cause in causes if cause.names.isdisjoint(never)]

    def shows(self, cause: Cause) -> bool:
        """Say whether the student makes all the mistakes of a cause elsewhere, too."""
        return self.made >= cause.names

    def behind(self, causes: Sequence[Cause]) -> list[Cause]:
        """Return those of the causes of one answer that lead through no volume which is right."""
        ways = ((cause, cause.wrong.way) for cause in causes)
        return [c for c, way in ways if way is None or self.sound.isdisjoint(way.layers)]

    def between(self, causes: Sequence[Cause]) -> list[Cause]:
        """Return those of the causes of one answer that the other answers leave: none that right
        ones speak against, unless they do of each, and none that explains less than another.
        """
        if not causes:
            return []
        left = [cause for cause in causes if not self.speaks_against(cause)] or causes
        names = {cause.misconception.name for cause in left} - SLIPS
        outdone = {one for one, other in self.outdone if other in names}
        return [cause for cause in left if cause.misconception.name not in outdone]

    def speaks_against(self, cause: Cause) -> bool:
        """Say whether the student's right answers to other questions speak against a cause."""
        return any(name in self.unmade and name not in self.doubted for name in cause.names)

    def doubts(self, cause: Cause) -> bool:
        """Say whether little speaks against a cause: enough for it not to be certain."""
        return not cause.names.isdisjoint(self.doubted)

    def as_worked_out(self, context: QuestionContext, causes: list[Cause]) -> list[Cause]:
        """Return those of several causes that the student's own working agrees with, if any, and
        none that it shows otherwise.
        """
        working = self.working
        if not causes or not any(working):
            return causes
        causes = [cause for cause in causes if not working.contradicts(context, cause)]
        if context.total and working.formulas:
            causes = [cause for cause in causes if not self._has_all_terms(context, cause)]
        agrees = [working.agrees(context, cause) for cause in causes]
        shown = [cause for cause, same in zip(causes, agrees, strict=True) if same]
        left = [cause for cause, same in zip(causes, agrees, strict=True) if same is not False]
        return shown or left or causes

    def _has_all_terms(self, context: QuestionContext, cause: Cause) -> bool:
        """Say whether the working has the layer which was left out of a total by a cause."""
        left_out = cause.names == {layer_left_out.MISCONCEPTION.name}
        return left_out and has_what_is_missing(context, cause.wrong.value, self.working)


NOTHING_ELSE = Evidence()
