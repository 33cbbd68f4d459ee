"""Another class than the target: -ln p[1] for the class 0, whose loss is -ln p[0]."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_target
from shapecalc.grading.values import flat, shown
from shapecalc.network.example import OF_CLASSES, Numbers

MOST_CLASSES = 4  # each is one more number that may be met by chance


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss, or a gradient or step of it, with each other class, where one is given."""
    trace = context.subject.trace
    example = trace.spec.example
    if example is None or example.loss_kind not in OF_CLASSES:
        return
    targets = [at for numbers in example.loss.values() for at in flat(numbers.values)]
    count = prod(trace.output or ())
    if len(targets) != 1 or not 1 < count <= MOST_CLASSES:
        return
    for other in range(count):
        if other != targets[0]:
            change = partial(_at, other)
            found = with_target(context, f"other_class {other}", change)
            if found is not None:
                told = f"class {other} was taken; the target is class {targets[0]:g}"
                yield Wrong(found, f"with class {other} it would be {shown(found)}", told)


def _at(other: int, numbers: Numbers) -> Numbers:
    alone = not isinstance(numbers.values, list | tuple)
    return numbers._replace(values=other if alone else type(numbers.values)([other]))


MISCONCEPTION = Misconception(
    "other_class", "another class was taken than the target", model, kinds=("example",)
)
