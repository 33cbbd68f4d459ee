"""Max pools of an example in whose windows the largest value stands several times.

What comes back to such a window may go to any of these, or be shared: each is a subgradient, and
the tools differ. A student's way is right, whichever it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.gradient_parts import MAXIMA, Place, meetings, pixels_of, window_of
from shapecalc.grading.query import Query
from shapecalc.grading.question import Tolerance
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value, flat
from shapecalc.layers.activation import Relu
from shapecalc.records import KnownRecord

MOST_VALUES = 2000  # of a volume that is looked through
NOTE = "of equal values in a window, any one may get the gradient"
_OTHERWISE: WeakKeyDictionary[Subject, list[Subject]] = WeakKeyDictionary()
_TIED: WeakKeyDictionary[Subject, frozenset[str]] = WeakKeyDictionary()


class Window(NamedTuple):
    """One window of one slice: its pixels, the largest of them, and what comes back to it."""

    pixels: list[Place]
    largest: list[Place]
    back: float

    @property
    def tied(self) -> bool:
        """Whether it is open which pixel gets the gradient."""
        return len(self.largest) > 1 and self.back != 0


def decided_by_a_tie(subject: Subject, query: Query) -> bool:
    """Say whether what comes back to a max pool's input is asked for, and a window is tied."""
    pool = pool_behind(subject, query)
    return pool is not None and any(w.tied for w in windows_of(subject, pool))


def any_tied(subject: Subject) -> bool:
    """Say whether a max pool of the example has a tied window."""
    return bool(tied_pools(subject))


def tied_pools(subject: Subject) -> frozenset[str]:
    """Return the names of the max pools of the example that have a tied window."""
    if subject not in _TIED:
        pools = [r for r in subject.trace.layers if isinstance(r.layer, MAXIMA)]
        tied = (pool.name for pool in pools if any(w.tied for w in windows_of(subject, pool)))
        _TIED[subject] = frozenset(tied)
    return _TIED[subject]


def other_answers(subject: Subject, query: Query) -> Iterator[Value]:
    """Yield the answers where the last of equal values gets the gradient, and where they share it;
    none where no window is tied.
    """
    if query.kind != "example" or not query.key.endswith((".grad", ".next")):
        return
    for other in by_conventions(subject) if any_tied(subject) else ():
        try:
            yield other.answer(query)
        except Unanswerable:
            return


def by_conventions(subject: Subject) -> list[Subject]:
    """Return the network with its example computed by each of the other conventions, in turn."""
    from shapecalc.executor.tied_pools import CONVENTIONS  # NumPy, if asked for

    if subject not in _OTHERWISE:
        _OTHERWISE[subject] = [subject.computing(kernel=c) for c in CONVENTIONS.values()]
    return _OTHERWISE[subject]


def is_subgradient(subject: Subject, query: Query, value: Value, near: Tolerance) -> bool:
    """Say whether what was given for the gradient of a max pool's input, or of what ReLUs make this
    of, is one: each window's comes whole to its largest values, in whatever parts.
    """
    windows = _windows_behind(subject, query)
    seen = [pixel for window in windows for pixel in window.pixels]
    if len(seen) != len(set(seen)) or not any(window.tied for window in windows):
        return False  # of windows that overlap it is not told what came from which
    x, numbers, place = array_in(subject, query.name), flat(value), query.place
    if len(numbers) != (1 if place else x.size):
        return False
    if not all(isinstance(number, int | float) for number in numbers):
        return False
    if place:
        at = (*(0 for _ in range(x.ndim - len(place))), *place)
        own = next((window for window in windows if window.tied and at in window.largest), None)
        return own is not None and any(near.near(n, numbers[0]) for n in (0, own.back))
    given = dict(zip(places_of(x), map(float, numbers), strict=True))
    unseen = set(given).difference(seen)
    return not any(given[at] for at in unseen) and all(
        _goes_to_the_largest(window, given, near) for window in windows
    )


def _goes_to_the_largest(window: Window, given: dict[Place, float], near: Tolerance) -> bool:
    """Say whether a window's gradient comes to its largest values, none with another sign."""
    back = window.back
    low, high = min(back, 0.0), max(back, 0.0)
    total = sum(given[at] for at in window.largest)
    inside = all(near.near(min(max(given[at], low), high), given[at]) for at in window.largest)
    others = [given[at] for at in window.pixels if at not in window.largest]
    return inside and near.near(back, total) and not any(others)


def pool_behind(subject: Subject, query: Query) -> KnownRecord | None:
    """Return the max pool whose input's gradient is asked for, if nothing else reads that."""
    if query.kind != "example" or query.key != f"{query.name}.grad":
        return None
    readers = [r for r in subject.trace.layers if query.name in (r.sources or ())]
    example = subject.trace.spec.example
    if len(readers) != 1 or example is None or query.name in example.upstream:
        return None
    return readers[0] if isinstance(readers[0].layer, MAXIMA) else None


def _windows_behind(subject: Subject, query: Query) -> list[Window]:
    """Return the windows of the max pool whose input's gradient is asked for, or that of what goes
    into ReLUs before it, which let nothing back to values that are not above 0; otherwise none.
    """
    if query.kind != "example" or query.key != f"{query.name}.grad":
        return []
    pool, passed = pool_after(subject, query.name)
    supposed = subject.otherwise.get("supposed", {})
    if pool is None or any(f"{record.name}.grad" in supposed for record in passed):
        return []  # a student's own gradient stands for what comes back through the pool
    above = [array_in(subject, record.name) > 0 for record in passed]
    return [
        w if all(one[at] for one in above for at in w.largest) else w._replace(back=0.0)
        for w in windows_of(subject, pool)
    ]


def pool_after(subject: Subject, name: str) -> tuple[KnownRecord | None, list[KnownRecord]]:
    """Return the max pool that takes a value, if nothing else does, and the ReLUs between them."""
    passed: list[KnownRecord] = []
    example = subject.trace.spec.example
    while example is not None and name not in example.upstream:
        readers = [r for r in subject.trace.layers if name in (r.sources or ())]
        one = readers[0] if len(readers) == 1 else None
        if one is None or one in passed:
            return None, []
        if isinstance(one.layer, MAXIMA):
            return one, passed
        if one.layer != Relu():
            return None, []
        passed.append(one)
        name = one.name
    return None, []


def windows_of(subject: Subject, pool: KnownRecord) -> Iterator[Window]:
    """Yield the windows of a max pool over its input, slice by slice."""
    x = array_in(subject, (pool.sources or ("",))[0])
    back = array_in(subject, f"{pool.name}.grad")
    if x.size > MOST_VALUES:
        return
    from shapecalc.executor.tied_pools import ROUNDING  # NumPy, which only values need

    axes = meetings(pool)
    for at in places_of(back):
        pixels = [(*at[:2], *pixel) for pixel in pixels_of(axes, window_of(pool, at[2:]))]
        most = max((float(x[pixel]) for pixel in pixels), default=0.0)
        largest = [pixel for pixel in pixels if abs(float(x[pixel]) - most) <= ROUNDING * abs(most)]
        yield Window(pixels, largest, float(back[at]))


def array_in(subject: Subject, key: str) -> Any:
    """Return an array of the example, or what a student has in its place."""
    supposed = subject.otherwise.get("supposed", {})
    computed = subject.computed
    return supposed[key] if key in supposed else computed.array(computed.session.names.find(key))


def places_of(array: Any) -> list[Place]:
    """Return the places of an array's values, row by row."""
    return [*product(*map(range, array.shape))]
