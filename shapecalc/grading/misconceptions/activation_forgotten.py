"""The value before the activation: -2 for relu1's 0, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import altered_on_the_way, with_kernels
from shapecalc.grading.values import shown
from shapecalc.layers.activation import Elementwise, PRelu

MISTAKE = "activation_left_out"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example without its activations, and the value that goes into the last one."""
    record, query = context.record, context.query
    activated = record is not None and isinstance(record.layer, Elementwise | PRelu)
    if activated and record is not None and record.sources:
        before = record.sources[0]
        found = context.of(before, before) if query.key == record.name else None
        if found is not None:
            told = f"the dropout {record.name} was left out" if record.kind == "dropout" else ""
            yield Wrong(found, f"{before} = {shown(found)}", told)
    found = with_kernels(context, MISTAKE)
    if found is not None:
        text = f"without the activation it would be {shown(found)}"
        yield Wrong(found, text, _left_out(context))


def _left_out(context: QuestionContext) -> str:
    """Return which activations were left out on the way to what is asked for."""
    names = [record.name for record in altered_on_the_way(context, MISTAKE)]
    if context.query.key.endswith((".grad", ".next")):
        which = names[0] if len(names) == 1 else "the activations"
        return f"the gradient was worked out as if {which} were not there"
    what = f"the activation {names[0]} was" if len(names) == 1 else "the activations were"
    return f"{what} left out"


MISCONCEPTION = Misconception(
    "activation_forgotten", "the activation was left out", model, kinds=("example",)
)
