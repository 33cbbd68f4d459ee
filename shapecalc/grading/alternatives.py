"""Several mistakes behind one answer, of which it cannot be told which is meant."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from shapecalc.grading import combinations
from shapecalc.grading.cause import Cause
from shapecalc.grading.frequency import ALIKE
from shapecalc.grading.misconceptions.question_context import Misconception

MOST_ALTERNATIVES = 2  # of which one is said to be meant


def perhaps(causes: Sequence[Cause]) -> Cause | None:
    """Return the only one of causes as one that is not certain; None where there are several."""
    names = {cause.misconception.name for cause in causes}
    return causes[0]._replace(sure=False) if len(names) == 1 else None


def with_credited(
    found: Cause | None, every: Sequence[Cause], credited: Collection[str]
) -> Cause | None:
    """Return the cause that is found, or one of those that fit as well and are `credited`: both of
    them, if one was found, since nothing tells which it is.
    """
    names = {cause.misconception.name for cause in (found.either or (found,))} if found else set()
    expected = [cause for cause in every if cause.misconception.name in credited]
    if not expected or not names.isdisjoint(credited):
        return found
    alone = found is None or len(names) >= MOST_ALTERNATIVES
    return expected[0]._replace(sure=False) if alone or not found else either([expected[0], found])


def as_one(causes: list[Cause]) -> list[Cause]:
    """Return causes with those as one that no number tells apart."""
    for pair in ALIKE:
        tied = [
            cause
            for cause in causes
            if len(mine := cause.names & pair) == 1
            and any(cause.names - mine | pair - mine == other.names for other in causes)
        ]
        if len(tied) > 1:
            rest = [c for c in causes if all(c is not one for one in tied)]
            causes = [either(tied)._replace(tied=True), *rest]
    return causes


def either(causes: Sequence[Cause]) -> Cause:
    """Return several causes as one, of which their number cannot tell which it is."""
    causes = sorted(causes, key=lambda cause: cause.misconception.name)
    name = combinations.OR.join(cause.misconception.name for cause in causes)
    told = Misconception(name, ", or ".join(cause.title for cause in causes), lambda _: ())
    return Cause(told, causes[0].wrong, sure=False, either=tuple(causes))
