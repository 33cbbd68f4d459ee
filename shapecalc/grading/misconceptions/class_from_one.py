"""Classes counted from 1: -ln p[0] for the class 1, which is the second one, -ln p[1]."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_target
from shapecalc.grading.values import flat, shown
from shapecalc.network.example import OF_CLASSES, Numbers


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss, or a gradient or step of it, with the class before each; 0 has none."""
    example = context.subject.trace.spec.example
    if example is None or example.loss_kind not in OF_CLASSES:
        return
    classes = [at for numbers in example.loss.values() for at in flat(numbers.values)]
    found = with_target(context, "class_from_one", _before) if min(classes) > 0 else None
    if found is not None:
        named = f"class {classes[0] - 1:g}" if len(classes) == 1 else "the classes before"
        yield Wrong(found, f"with {named}, counted from 0, it would be {shown(found)}")


def _before(numbers: Numbers) -> Numbers:
    return numbers._replace(values=_lowered(numbers.values))


def _lowered(classes: Any) -> Any:
    return [*map(_lowered, classes)] if isinstance(classes, Sequence) else classes - 1


MISCONCEPTION = Misconception(
    "class_from_one",
    "the classes were counted from 1; here they are counted from 0",
    model,
    kinds=("example",),
)
