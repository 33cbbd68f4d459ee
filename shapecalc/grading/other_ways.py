"""Sizes one after the other in a working, `24 -> 12 -> 6`, that are none on the way to an answer as
a cause has it: behind 23 and 11 a pool gives 6 with a padding, but nobody shows a 12 then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from shapecalc.grading.another_layers import is_no_others
from shapecalc.grading.sizes_on_the_way import on_the_way
from shapecalc.grading.unpadded import pads_nothing

if TYPE_CHECKING:
    from shapecalc.grading.cause import Cause
    from shapecalc.grading.misconceptions.question_context import QuestionContext


def excludes(
    formulas: Collection[str],
    chains: Collection[Sequence[int]],
    context: QuestionContext,
    cause: Cause,
) -> bool:
    """Say whether an answer is worked out in another way than by a cause: as no other layer's, with
    no zeros where these are to be the cause, or by other sizes. Those behind a mistake that was
    made before do not count, as it may have been made at fewer layers.
    """
    if is_no_others(formulas, chains, context, cause) or pads_nothing(formulas, context, cause):
        return True
    return cause.wrong.way is None and goes_by_others(chains, context, cause)


def goes_by_others(chains: Iterable[Sequence[int]], context: QuestionContext, cause: Cause) -> bool:
    """Say whether sizes lead to a wrong volume by others than are on the way there: those of the
    layers, with the mistake where it was made before, or what a window slides over with its zeros.
    """
    padded = {fit.W + fit.before + fit.after for fit in context.fits}
    known = _on_the_way(context, cause) | padded
    return any(not known.issuperset(chain[:-1]) for chain in _to(chains, context, cause))


def shows_the_way(chains: Iterable[Sequence[int]], context: QuestionContext, cause: Cause) -> bool:
    """Say whether sizes that lead to a wrong volume are those of a mistake that was made before,
    with each wrong one on the way, and not all right ones.
    """
    right = {*on_the_way(context.subject, context.query.name)}
    known, way = _on_the_way(context, cause), cause.wrong.way
    between = {volume[0] for volume in way.between} if way else set()
    wrong = (chain for chain in _to(chains, context, cause) if not right.issuperset(chain[:-1]))
    return any(known.issuperset(chain) and between.issubset(chain) for chain in wrong)


def _to(
    chains: Iterable[Sequence[int]], context: QuestionContext, cause: Cause
) -> list[Sequence[int]]:
    """Return the chains that end with a size of a wrong volume."""
    value = cause.wrong.value
    if context.key != "output" or not isinstance(value, tuple):
        return []
    return [chain for chain in chains if chain[-1] in value[:-1]]


def _on_the_way(context: QuestionContext, cause: Cause) -> set[int]:
    way = cause.wrong.way
    return {*(way.sizes if way else on_the_way(context.subject, context.query.name))}
