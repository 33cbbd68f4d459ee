"""The value before the activation: -2 for relu1's 0, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import with_kernels
from shapecalc.grading.values import shown
from shapecalc.layers.activation import Elementwise, PRelu
from shapecalc.layers.base import AlongDepth, Layer

THROUGHOUT = "the activation was left out, on the way forward and back"


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example without its activations, and the value that goes into the last one."""
    record, query = context.record, context.query
    activated = record is not None and isinstance(record.layer, Elementwise | PRelu)
    if query.kind == "example" and activated and record is not None and record.sources:
        before = record.sources[0]
        found = context.of(before, before) if query.key == record.name else None
        if found is not None:
            yield Wrong(found, f"{before} = {shown(found)}")
    found = with_kernels(context, "activation_left_out")
    if found is not None:
        text = f"without the activation it would be {shown(found)}"
        backward = query.key.endswith((".grad", ".next"))
        yield Wrong(found, text, THROUGHOUT if backward else _left_out(context))


def _left_out(context: QuestionContext) -> str:
    """Return which activation is left out in front of a layer, where it is a single one."""
    layers = context.subject.trace.layers
    way = context.subject.way_back(context.query.key, ()).layers
    names = [layers[at].name for at in way if _is_activation(layers[at].layer)]
    single = len(names) == 1 and names != [context.query.name]
    return f"the activation {names[0]} was left out" if single else ""


def _is_activation(layer: Layer | None) -> bool:
    """Say whether a layer is left out as one: softmax is not, which divides by a sum."""
    return isinstance(layer, Elementwise) and not isinstance(layer, AlongDepth)


MISCONCEPTION = Misconception("activation_forgotten", "the activation was left out", model)
