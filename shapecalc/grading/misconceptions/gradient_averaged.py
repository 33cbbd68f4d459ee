"""The mean over the positions: 12/4 = 3 for a bias' gradient 1 + 2 + 4 + 5 = 12."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.comparison import alike
from shapecalc.grading.mean_in_working import positions_of
from shapecalc.grading.misconceptions import loss_halved, loss_mean
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.variants import scaled, stepped
from shapecalc.grading.values import Value, flat, shown
from shapecalc.layers.conv import Conv, DepthwiseConv

TAKEN = "the mean over the positions was taken; the gradient of a"
OF_BIAS, OF_FILTER = (f"{TAKEN} {what} is the sum over them" for what in ("bias", "filter"))


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the gradient of a convolution's biases or filters over the number of its positions, or
    a step with that.
    """
    name, _, parameter = context.query.name.rpartition(".")
    record = context.subject.records.get(name)
    if record is None or not isinstance(record.layer, Conv | DepthwiseConv) or record.shared:
        return
    count = positions_of(context)
    value = _over(context, count) if count > 1 else None
    losses = (loss_mean, loss_halved)  # which are likelier where these are as many
    told = (wrong.value for one in losses for wrong in one.MISCONCEPTION.answers(context))
    if value is not None and not any(alike(one, value) for one in told):
        said = f"the mean over the {count:,} positions would be {shown(value)}"
        if context.query.key.endswith(".next"):
            said = f"with the mean over the {count:,} positions it would be {shown(value)}"
        yield Wrong(value, said, OF_FILTER if parameter == "weight" else OF_BIAS)


def _over(context: QuestionContext, count: int) -> Value | None:
    """Return what is asked for with the gradient over a count; None where that is another gradient,
    one of the student's own, or has a weight decay in it.
    """
    query, example = context.query, context.subject.trace.spec.example
    supposed = context.subject.otherwise.get("supposed", {})
    if example is None or not example.plain or example.weight_decay:
        return None
    if query.key == f"{query.name}.grad":
        found: Value = scaled(context.right, 1 / count)
        return found
    if query.key != f"{query.name}.next" or f"{query.name}.grad" in supposed:
        return None
    if len(flat(context.right)) == 1:
        return None  # a step that many mistakes may give
    old = context.of(query.name, query.name)
    return None if old is None else stepped(old, context.right, 1 / count)


MISCONCEPTION = Misconception(
    "gradient_averaged",
    OF_BIAS,
    model,
    others=(OF_FILTER,),
    kinds=("example",),
)
