"""Several mistakes behind one answer, of which it cannot be told which is meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from shapecalc.grading import combinations
from shapecalc.grading.cause import Cause
from shapecalc.grading.differences import are_or_is
from shapecalc.grading.evidence import Evidence
from shapecalc.grading.frequency import ALIKE, COMMON, MORE_SPECIFIC
from shapecalc.grading.misconceptions.question_context import Misconception
from shapecalc.grading.values import Value
from shapecalc.grading.wording import volume_axes

MOST_ALTERNATIVES = 2  # of which one is said to be meant
MOST_COMMON = 3  # the same of common mistakes in sizes, such as in the formula (W - F + 2P)/S + 1


def perhaps(causes: Sequence[Cause]) -> Cause | None:
    """Return the only one of causes as one that is not certain; None where there are several."""
    names = {cause.misconception.name for cause in causes}
    return causes[0]._replace(sure=False) if len(names) == 1 else None


def with_credited(
    found: Cause | None, every: Sequence[Cause], credited: Collection[str]
) -> Cause | None:
    """Return the cause that is found, or one of those that fit as well and are `credited`: both of
    them, if one was found, since nothing tells which it is; so of a window's size with all others
    that give it.
    """
    names = {cause.misconception.name for cause in (found.either or (found,))} if found else set()
    expected = [cause for cause in every if cause.misconception.name in credited]
    if not expected or not names.isdisjoint(credited):
        return found
    if found is None and expected[0].misconception.change is not None:
        return _of_windows(every) or expected[0]._replace(sure=False)
    alone = found is None or len(names) >= MOST_ALTERNATIVES
    return expected[0]._replace(sure=False) if alone or not found else either([expected[0], found])


def of_two(found: Cause, other: Cause, credited: Collection[str]) -> Cause:
    """Return two causes that would be certain each without the other as one, or that of them which
    alone is `credited`.
    """
    here, there = (bool(cause.names & {*credited}) for cause in (other, found))
    if here == there:
        return either([found, other])
    return other._replace(sure=False) if here else found


def _of_windows(causes: Sequence[Cause]) -> Cause | None:
    """Return a few common mistakes in a window's formula as one; None where there is but one."""
    found = {c.misconception.name: c for c in causes if c.misconception.change is not None}
    common = [cause for name, cause in found.items() if name in COMMON]
    return either(common) if 1 < len(common) <= MOST_COMMON else None


def credited_of(pairs: Sequence[Cause], credited: Collection[str]) -> Cause | None:
    """Return the pair of mistakes that are both `credited`, or the several such as one."""
    found = [cause for cause in pairs if cause.names <= {*credited}]
    return perhaps(found) or (either(found) if found else None)


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


def specific_pairs(pairs: Sequence[Cause]) -> list[Cause]:
    """Return the pairs of mistakes behind a volume or values of which none is less specific than
    the one in its place in another: there each is seen in its own sizes, and in a sum it is not.
    """
    names = {cause.names for cause in pairs}
    return [cause for cause in pairs if names.isdisjoint(_more_specific(cause.names))]


def _more_specific(pair: frozenset[str]) -> Iterator[frozenset[str]]:
    """Yield pairs with one of the mistakes as a more specific one."""
    for name in pair:
        yield from (pair - {name} | {other} for other in MORE_SPECIFIC.get(name, ()))


def shared(
    pairs: Sequence[Cause], single: Iterable[Cause], right: Value, given: Value
) -> Iterator[tuple[Cause, Value]]:
    """Yield what all pairs of mistakes have in common that give a volume, and the right one with
    those sizes that show it; `single` are those of one mistake.
    """
    if not isinstance(right, tuple) or not isinstance(given, tuple) or len(right) != len(given):
        return
    names = frozenset.intersection(*(cause.names for cause in pairs)) if pairs else ()
    for cause in single:
        name, wrong = cause.misconception.name, cause.wrong.value
        rest = differing(given, wrong)
        own = differing(right, wrong) - rest
        if name in names and own and rest:
            axes = volume_axes(len(right))
            axes = (axes[-1], *axes[:-1]) if name == "depth_first" else axes
            others = [axes[at] for at in sorted(rest)]
            seen = tuple(given[at] if at in own else size for at, size in enumerate(right))
            yield cause._replace(unexplained=f"{are_or_is(others)} wrong, too"), seen


def differing(one: Any, other: Any) -> frozenset[int]:
    """Return the places at which two volumes differ: all of the first one's, where they have not as
    many sizes.
    """
    if not isinstance(other, tuple) or len(one) != len(other):
        return frozenset(range(len(one)))
    return frozenset(at for at, size in enumerate(one) if size != other[at])


def left_beside(found: Cause, tried: Sequence[Cause], evidence: Evidence) -> list[Cause]:
    """Return what may be tried in the place of a cause: right answers leave fewer mistakes, and of
    volumes on the way those alone that have no other size wrong than that has.
    """
    left = [cause for cause in evidence.behind(tried) if not evidence.speaks_against(cause)]
    way = found.wrong.way
    if way is None or not (evidence.unmade or evidence.sound):
        return left
    sizes, ways = differing(way.right, way.wrong), ((cause, cause.wrong.way) for cause in left)
    return [c for c, other in ways if other is None or differing(way.right, other.wrong) <= sizes]


def specific(causes: Sequence[Cause]) -> list[Cause]:
    """Return the causes of one answer that no more specific one explains as well."""
    if len(causes) < 2:
        return [*causes]
    names = {cause.misconception.name for cause in causes}
    outdone = {name for name in names if not names.isdisjoint(MORE_SPECIFIC.get(name, ()))}
    return [cause for cause in causes if cause.misconception.name not in outdone]
