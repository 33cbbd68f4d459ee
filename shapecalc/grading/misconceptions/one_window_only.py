"""One window that is not the first alone: x*dy of the last position for the sum over all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from shapecalc.grading.comparison import alike
from shapecalc.grading.filter_windows import gradient_of_windows, seen_by_windows
from shapecalc.grading.gradient_parts import Place, meetings, pixels_of
from shapecalc.grading.misconceptions import first_window_only
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.subject import Subject
from shapecalc.grading.tied_pools import array_in, pool_after
from shapecalc.grading.values import flat, nested_as, shown

MOST = 100  # windows
FREE = 3  # wrong numbers, below which anybody may come to a window's


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradient of a convolution's filters from each of its windows alone, then from those
    of which a max pool behind it keeps one in each slice.
    """
    subject, query = context.subject, context.query
    name, _, parameter = query.name.rpartition(".")
    record = subject.records.get(name)
    if record is None or parameter != "weight" or query.place or not query.key.endswith(".grad"):
        return
    seen = seen_by_windows(subject, record)
    if seen is None:
        return
    terms = gradient_of_windows(array_in(subject, f"{name}.grad"), seen)
    windows = [*product(*map(range, terms.shape[: seen.ndim // 2 - 1]))]
    each = [terms[at] for at in windows]
    whole = tuple(flat(sum(each).tolist())) if 1 < len(windows) <= MOST else ()
    if not alike(whole, tuple(flat(context.right))):
        return  # as with a weight decay
    told = [wrong.value for wrong in first_window_only.MISCONCEPTION.answers(context)]
    kept = [sum(terms[at] for at in among) for among in _kept(subject, name)]
    for gradient in (*each, *kept):
        value = nested_as(context.right, flat(gradient.tolist()))
        if _says_enough(context, value) and not any(alike(one, value) for one in told):
            yield Wrong(value, f"from a single window it would be {shown(value)}")


def _says_enough(context: QuestionContext, value: Any) -> bool:
    """Say whether a window's gradient is told from chance: not by a few numbers, nor by one that is
    in it again and again.
    """
    cells = zip(flat(context.right), flat(value), strict=True)
    wrong = [abs(b) for a, b in cells if b and not alike(a, b)]
    return len(wrong) >= FREE and len(set(wrong)) > 1


def _kept(subject: Subject, name: str) -> Iterator[list[Place]]:
    """Yield the windows that each one of a max pool's chooses from, where these do not overlap."""
    pool, _ = pool_after(subject, name)
    if pool is None:
        return
    axes: Any = meetings(pool)
    ends = ({window for window, _, _ in axis} for axis in axes)
    found = [pixels_of(axes, at) for at in product(*ends)]
    pixels = [pixel for among in found for pixel in among]
    if len(pixels) == len(set(pixels)):
        yield from found


MISCONCEPTION = Misconception(
    "one_window_only",
    first_window_only.ONE,
    model,
    kinds=("example",),
)
