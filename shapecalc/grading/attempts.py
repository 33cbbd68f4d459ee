"""Which of a student's attempts counts, and who cannot be told apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from shapecalc.grading.graded import Graded, Standing
from shapecalc.grading.moments import moment
from shapecalc.grading.question import Policy
from shapecalc.grading.spool import Spool

NOT_CHOSEN = {
    "latest": "a later attempt",
    "first": "a first attempt",
    "highest": "a better attempt",
}


class Attempt(NamedTuple):
    """What tells a student's attempts apart."""

    identity: str
    student: str
    when: str
    score: float
    gradable: bool


def _attempt(item: Graded) -> Attempt:
    who = item.identity.casefold(), item.student.casefold()
    return Attempt(*who, item.when, item.score, item.gradable)


def standings(policy: Policy, everything: Spool) -> dict[int, Standing]:
    """Return, by their places, how submissions stand of students who have more than one.

    Attempts are of one number or address and one name; of one name alone only where the author
    says which attempt counts. Whoever else has a name or number twice is a `duplicate`.
    """
    found = {place: _attempt(item) for place, item in everything.met_again()}
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, item in found.items():
        if item.identity or policy.attempts:
            groups[item.identity, item.student].append(at)
    standing: dict[int, Standing] = {}
    for places in groups.values():
        if len(places) > 1:
            chosen = _chosen(policy, [found[at] for at in places])
            for number, at in enumerate(places):
                why = "" if number == chosen else NOT_CHOSEN[policy.attempts or "latest"]
                standing[at] = Standing(why, len(places))
    left = {at: item for at, item in found.items() if not standing.get(at, Standing()).superseded}
    for at in _duplicates(left):
        standing[at] = standing.get(at, Standing())._replace(duplicate=True)
    return standing


def _chosen(policy: Policy, attempts: Sequence[Attempt]) -> int:
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


def _time(item: Attempt) -> datetime | None:
    try:
        return moment(item.when) if item.when else None
    except ValueError:
        return None


def _duplicates(attempts: Mapping[int, Attempt]) -> list[int]:
    """Return who is met twice: by one identity, or by one name if nothing tells them apart."""
    identities = Counter(item.identity for item in attempts.values() if item.identity)
    names = Counter(item.student for item in attempts.values())
    unsure = {item.student for item in attempts.values() if not item.identity}
    return [
        at
        for at, item in attempts.items()
        if identities[item.identity] > 1 or (names[item.student] > 1 and item.student in unsure)
    ]
