"""A window's gradient of a max pool at another pixel: 5, 0, 0, 0 where the third one is largest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from shapecalc.grading.behind_activations import WayBack, way_from_pool
from shapecalc.grading.comparison import alike
from shapecalc.grading.gradient_parts import Place, without_noise
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.tied_pools import Window, array_in, windows_of
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
MOST_CARRIED = 24  # of these where it comes back further, which takes longer


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradient of a max pool's input with that of every window put at a pixel by a wrong
    rule, then with that of one window at any other pixel; or what follows from that on the way back
    through ReLUs into the filters of a convolution.
    """
    way = None if context.query.place else way_from_pool(context.subject, context.query)
    if way is None:
        return
    x = array_in(context.subject, way.source)
    windows = [w for w in windows_of(context.subject, way.pool) if w.back and w.largest]
    largest = [window.largest[0] for window in windows]
    if not windows or not alike(_carried(way, x, windows, largest), tuple(flat(context.right))):
        return  # as with a weight decay

    most, where = MOST, ""
    if context.query.name != way.source:
        one = len(flat(context.right)) == 1  # which one of so many gives by chance
        most, where = 0 if one else MOST_CARRIED, f", in {way.pool.name}"

    def put(targets: Sequence[Place], said: str) -> Wrong:
        value = nested_as(context.right, [*_carried(way, x, windows, targets)])
        return Wrong(value, f"it would be {shown(value)}", said.replace(";", f"{where};"))

    for said, rule in _rules(x).items():
        targets = [rule(window) for window in windows]
        moved = (at for at, w in zip(targets, windows, strict=True) if at not in w.largest)
        if any(way.open[at] for at in moved):
            yield put(targets, said)
    pixels = [(n, at) for n, w in enumerate(windows) for at in w.pixels if at not in w.largest]
    others = [(n, at) for n, at in pixels if way.open[at]]
    for number, at in others if len(others) <= most else ():
        yield put([*largest[:number], at, *largest[number + 1 :]], OF_ONE)


def _carried(
    way: WayBack, x: Any, windows: Sequence[Window], targets: Sequence[Place]
) -> tuple[float, ...]:
    """Return what comes to be asked for, one number after the other, where each window's gradient
    was put at a pixel.
    """
    gradient = 0.0 * x
    for window, at in zip(windows, targets, strict=True):
        gradient[at] += window.back
    return tuple(flat(without_noise(way.carried(gradient)).tolist()))


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
