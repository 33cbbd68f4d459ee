"""One stride left out: 5 + 2*2 + 2*2 = 13 for 5x5 S=2, 3x3 S=2 and 3x3, which see 17."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from shapecalc.geometry import Fit
from shapecalc.grading.misconceptions.fields import of_windows
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.records import KnownRecord

BEHIND = "it counts for every layer behind it"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the field with the stride of one layer before taken as 1, of each that has one; where
    one layer alone has, that is all strides ignored.
    """
    before = [record.name for record, there in context.way_back[1:] if _strides(there.fits)]
    found: dict[Wrong, list[str]] = {}
    for name in reversed(before) if len(before) > 1 else ():
        windows, _ = context.windows_without(lambda record: False, _without(name))
        if windows:
            found.setdefault(of_windows(windows), []).append(name)
    for wrong in found:
        names = [n for other, some in found.items() if other.value == wrong.value for n in some]
        told = f"the stride of {' or '.join(names)} was left out; {BEHIND}"
        yield wrong._replace(explanation=told)


def _strides(fits: Iterable[Fit]) -> bool:
    return any(fit.S > 1 for fit in fits)


def _without(name: str) -> Callable[[KnownRecord, Fit], Fit]:
    """Return what takes the stride of one layer as 1."""

    def change(record: KnownRecord, fit: Fit) -> Fit:
        return fit._replace(S=1) if record.name == name else fit

    return change


MISCONCEPTION = Misconception(
    "field_one_stride_ignored",
    f"the stride of a layer was left out; {BEHIND}",
    model,
    parts=("field_stride_ignored",),
    others=("the stride was left out",),
    keys=("receptive_field",),
)
