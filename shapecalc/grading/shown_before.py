"""The mistake on the way that sizes in a working show, `23x19, then 11x9`, where one made in what
is asked gives the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapecalc.grading.cause import Cause
    from shapecalc.grading.misconceptions.question_context import QuestionContext

Sizes = tuple[int, ...]


def shown_before(
    found: Cause, others: Iterable[Cause], context: QuestionContext, volumes: Iterable[Sizes]
) -> Cause:
    """Return the only one of other mistakes on the way that has some of these volumes, which are
    neither right anywhere nor what the answer comes from; the one that is found, not certain, where
    there are several, and as it is where there is none. Their depth may stand first or be left out.
    """
    records = context.subject.trace.layers
    right = {v[:-1] for r in records for v in (r.output, *(r.input or ())) if v}
    given = {*volumes, *(v[1:] for v in volumes), *(v[:-1] for v in volumes)}
    shown = [
        cause
        for cause in others
        if (way := cause.wrong.way) is not None
        and cause.names != found.names
        and any(len(v) > 2 and v[:-1] in given - right - {way.wrong[:-1]} for v in way.between)
    ]
    if not shown:
        return found
    names = {cause.misconception.name for cause in shown}
    return shown[0] if len(names) == 1 else found._replace(sure=False)
