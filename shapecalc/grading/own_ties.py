"""What follows from a student's own numbers where another one of a window's equal values gets what
comes back to a max pool, or they share it (see tied_pools.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shapecalc.grading.own_values import OwnNetwork
from shapecalc.grading.question import Question
from shapecalc.grading.tied_pools import by_conventions, other_answers, tied_pools
from shapecalc.grading.values import Value, flat


def by_each_convention(
    question: Question, network: OwnNetwork
) -> Iterator[tuple[Question, OwnNetwork]]:
    """Yield a question and a network with own numbers; then both by each of the other conventions,
    if the answer comes back through a max pool with equal values.
    """
    yield question, network
    if not _meets_a_tie(question, network):
        return
    ways = [network.subject, *network.others]
    for subject, *others in zip(*map(by_conventions, (question.subject, *ways)), strict=True):
        right = subject.answer(question.query)  # what follows from nothing that is wrong
        asked = replace(question, subject=subject, right=right)
        yield asked, network._replace(subject=others[0], others=tuple(others[1:]))


def each_by_a_convention(
    question: Question, network: OwnNetwork | None, value: Value, good: Sequence[bool]
) -> list[bool]:
    """Say of each value of a wrong array whether it is `good`, or is right or follows from own
    numbers by any convention; nothing where none is said to be good or not.
    """
    near, given, found = question.tolerance.near, flat(value), [*good]
    for other in other_answers(question.subject, question.query) if good else ():
        right = map(near, flat(other), given)
        found = [a or b for a, b in zip(found, right, strict=True)]
    for asked, there in by_each_convention(question, network) if network is not None else ():
        follows = there.each_follows(asked, there.subject.answer(asked.query), value)
        found = [a or b for a, b in zip(found, follows, strict=True)]
    return found


def _meets_a_tie(question: Question, network: OwnNetwork) -> bool:
    """Say whether equal values decide what an answer is: not those of a pool before which the
    student's own gradient stands.
    """
    query = question.query
    if query.kind != "example" or not query.key.endswith((".grad", ".next")):
        return False
    backs = [f"{name}.grad" for name in tied_pools(network.subject)]
    own = [key for key in network.arrays if key not in backs]
    # What comes back out of a pool is asked for by a gradient before it, on the way to its own.
    return bool(backs) and not {*backs}.isdisjoint(
        question.subject.way_back(query.key, (*own, *backs)).keys
    )
