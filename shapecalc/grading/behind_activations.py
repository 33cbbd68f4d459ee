"""The way back from a max pool to what stands before it: through ReLUs, and into the filters of a
convolution.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from shapecalc.grading.filter_windows import gradient_of_windows, seen_by_windows
from shapecalc.grading.query import Query
from shapecalc.grading.subject import Subject
from shapecalc.grading.tied_pools import array_in, pool_after
from shapecalc.records import KnownRecord


class WayBack(NamedTuple):
    """The `pool` that what is asked for comes back through, where its gradient goes on (`open`, 0
    where a ReLU before the pool stops it), and what a gradient of its input is `carried` to.
    """

    pool: KnownRecord
    open: Any
    carried: Callable[[Any], Any]

    @property
    def source(self) -> str:
        """What goes into the pool."""
        return (self.pool.sources or ("",))[0]


def way_from_pool(subject: Subject, query: Query) -> WayBack | None:
    """Return the way from a max pool to a gradient that is asked for: of what it takes, of what
    ReLUs before it take, or of the filters that make this. None where something else lies between.
    """
    if query.kind != "example" or not query.key.endswith(".grad"):
        return None
    owner, _, parameter = query.name.rpartition(".")
    of_filters = query.name not in subject.records and owner in subject.records
    if of_filters and parameter != "weight":
        return None
    name = owner if of_filters else query.name
    pool, passed = pool_after(subject, name)
    inner = [name, *(record.name for record in passed)][0 if of_filters else 1 :]
    supposed = subject.otherwise.get("supposed", {})
    if pool is None or any(f"{one}.grad" in supposed for one in inner):
        return None  # a student's own gradient stands for what comes back through the pool
    is_open: Any = 0 * array_in(subject, (pool.sources or ("",))[0]) == 0  # each of them, so far
    for record in passed:
        is_open &= array_in(subject, record.name) > 0
    if not of_filters:
        return WayBack(pool, is_open, lambda gradient: gradient * is_open)
    seen = seen_by_windows(subject, subject.records[owner])
    if seen is None:
        return None

    def into_filters(gradient: Any) -> Any:
        terms = gradient_of_windows(gradient * is_open, seen)
        return terms.sum(axis=tuple(range(gradient.ndim - 2)))

    return WayBack(pool, is_open, into_filters)
