"""What a layer gives with a wrong hyperparameter: 19.67 windows with S=3, where there are 15."""

from __future__ import annotations

from shapecalc.grading.hyperparameters import changed
from shapecalc.grading.question import Question
from shapecalc.grading.values import Value, flat
from shapecalc.layers.base import aliases, show_value
from shapecalc.layers.window import Sliding, comes_to
from shapecalc.reports.sentences import sentence


def tried_out(question: Question, value: Value) -> str:
    """Return how large a layer's output is on the first axis where a wrong hyperparameter gives
    another size than the right one; empty where none does, or it is no whole number.
    """
    query, record = question.query, question.subject.records.get(question.query.name)
    if query.kind != "field" or record is None:
        return ""
    numbers = flat(value)
    if len(numbers) != len(flat(question.right)) or not all(type(n) is int for n in numbers):
        return ""
    layer, right = changed(record, query, value), record.layer
    if not isinstance(layer, Sliding) or not isinstance(right, Sliding) or not record.input:
        return ""
    begin = f"With {aliases(type(layer))[query.key]}={show_value(value)}"
    pairs = zip(layer.fits(record.input[0]).axes, right.fits(record.input[0]).axes, strict=True)
    for fit, good in pairs:
        odd = fit.remainder and fit.policy == "exact"
        if fit.size and (odd or fit.size != good.size):
            what = "the stride does not fit" if odd else f"the size is not {good.size}"
            found = comes_to(fit) if odd else sentence(fit.derivation())
            return f"{begin} {what}: {found}."
    return ""
