"""Which of a student's attempts counts, and who cannot be told apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from shapecalc.grading.graded import Graded
from shapecalc.grading.moments import moment
from shapecalc.grading.question import Policy

NOT_CHOSEN = {
    "latest": "a later attempt",
    "first": "a first attempt",
    "highest": "a better attempt",
}
K = TypeVar("K")


def attempts_counted(policy: Policy, graded: Sequence[Graded]) -> list[Graded]:
    """Return submissions with all but one of each student's attempts marked as not counted.

    Attempts are of one number or address and one name; of one name alone only where the author
    says which attempt counts. Whoever else has a name or number twice is a `duplicate`.
    """
    found = list(graded)
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, item in enumerate(found):
        if item.skipped or not (item.identity or policy.attempts):
            continue
        groups[item.identity.casefold(), item.student.casefold()].append(at)
    for places in groups.values():
        if len(places) > 1:
            chosen = _chosen(policy, [found[at] for at in places])
            for number, at in enumerate(places):
                why = "" if number == chosen else NOT_CHOSEN[policy.attempts or "latest"]
                found[at] = found[at]._replace(superseded=why, attempts=len(places))
    return _duplicates_told(found)


def _chosen(policy: Policy, attempts: Sequence[Graded]) -> int:
    """Return the place of the attempt that counts; what cannot be graded only if nothing can."""
    times = [_time(item) for item in attempts]
    order: list[datetime | int] = list(range(len(attempts)))
    known = [time for time in times if time is not None]
    if len(known) == len(times) and len({time.tzinfo is None for time in known}) == 1:
        order = list(known)
    places = [n for n, item in enumerate(attempts) if item.gradable] or list(range(len(attempts)))
    if policy.attempts == "first":
        return min(places, key=lambda n: (order[n], n))
    if policy.attempts == "highest":
        return max(places, key=lambda n: (attempts[n].score, -n))
    return max(places, key=lambda n: (order[n], n))


def _time(item: Graded) -> datetime | None:
    try:
        return moment(item.when) if item.when else None
    except ValueError:
        return None


def _duplicates_told(graded: Sequence[Graded]) -> list[Graded]:
    """Flag submissions of one student: of one identity, or of one name if nothing tells apart."""
    counted = [item for item in graded if not item.skipped and not item.superseded]
    identities = Counter(item.identity.casefold() for item in counted if item.identity)
    names = Counter(item.student.casefold() for item in counted)
    unsure = {item.student.casefold() for item in counted if not item.identity}
    return [
        item
        if item.skipped or item.superseded
        else item._replace(
            duplicate=identities[item.identity.casefold()] > 1
            or (names[item.student.casefold()] > 1 and item.student.casefold() in unsure)
        )
        for item in graded
    ]
