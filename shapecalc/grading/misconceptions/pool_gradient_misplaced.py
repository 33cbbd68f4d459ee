"""A window's gradient of a max pool at another pixel: 5, 0, 0, 0 where the third one is largest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from shapecalc.grading.gradient_parts import Place
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.tied_pools import Window, array_in, places_of, pool_behind, windows_of
from shapecalc.grading.values import flat, nested_as, shown

ONLY = "; only the largest gets it"
OF_ONE = f"the gradient of a window was put at another pixel than the largest{ONLY}"
FIRST, LAST, SMALLEST = (
    f"the gradient was put at the {which} pixel of its window{ONLY}"
    for which in ("first", "last", "smallest")
)
SWAPPED = (
    "row and column of the largest pixel were swapped within its window; the gradient goes to the"
    " largest one itself"
)
MOST = 100  # pixels at which the gradient of one window may be by mistake


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradient of a max pool's input with that of every window put at a pixel by a wrong
    rule, then with that of one window at any other pixel.
    """
    pool = pool_behind(context.subject, context.query)
    if pool is None or context.query.place:
        return
    x = array_in(context.subject, context.query.name)
    windows = [w for w in windows_of(context.subject, pool) if w.back and w.largest]
    if not windows or len(flat(context.right)) != x.size:
        return

    def put(targets: Sequence[Place], said: str) -> Wrong:
        found = dict.fromkeys(places_of(x), 0.0)
        for window, at in zip(windows, targets, strict=True):
            found[at] += window.back
        value = nested_as(context.right, [*found.values()])
        return Wrong(value, f"it would be {shown(value)}", said)

    for said, rule in _rules(x).items():
        yield put([rule(window) for window in windows], said)
    largest = [window.largest[0] for window in windows]
    others = [(n, at) for n, w in enumerate(windows) for at in w.pixels if at not in w.largest]
    for number, at in others if len(others) <= MOST else ():
        yield put([*largest[:number], at, *largest[number + 1 :]], OF_ONE)


def _rules(x: Any) -> dict[str, Callable[[Window], Place]]:
    """Return which pixel of each window gets the gradient by mistake, by how that is told."""
    return {
        FIRST: lambda window: window.pixels[0],
        LAST: lambda window: window.pixels[-1],
        SMALLEST: lambda window: min(window.pixels, key=lambda at: float(x[at])),
        SWAPPED: _swapped,
    }


def _swapped(window: Window) -> Place:
    """Return the pixel of a window whose row in it is the column of the largest, and the other way
    round; the largest itself where there is no such one.
    """
    *_, top, left = window.pixels[0]
    at = window.largest[0]
    *front, row, column = at
    swapped = (*front, top + column - left, left + row - top)
    return swapped if swapped in window.pixels else at


MISCONCEPTION = Misconception(
    "pool_gradient_misplaced",
    OF_ONE,
    model,
    others=(FIRST, LAST, SMALLEST, SWAPPED),
    kinds=("example",),
)
