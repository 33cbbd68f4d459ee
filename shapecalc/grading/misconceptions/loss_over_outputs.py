"""A cross entropy or svm loss over the number of classes: -ln(p)/2 for -ln p of one of two."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import scaled_loss
from shapecalc.grading.values import shown
from shapecalc.network.example import OF_CLASSES


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the loss, or a gradient or step of it, over the number of outputs; an svm loss over
    that of the other classes, too.
    """
    trace = context.subject.trace
    example = trace.spec.example
    if example is None or example.loss_kind not in OF_CLASSES:
        return
    count = prod(trace.output or ())
    others = [count - 1] if example.loss_kind == "svm" else []
    for outputs in [count, *others]:
        found = scaled_loss(context, 1 / outputs) if outputs > 1 else None
        if found is not None:
            of = "outputs" if outputs == count else "other classes"
            yield Wrong(found, f"over {outputs} {of} it would be {shown(found)}")


MISCONCEPTION = Misconception(
    "loss_over_outputs",
    "the loss was averaged over the classes; here it is not",
    model,
    kinds=("example",),
)
