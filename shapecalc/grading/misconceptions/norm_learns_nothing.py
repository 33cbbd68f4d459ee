"""A normalization taken to learn nothing: 0 for the 2*16 = 32 parameters of a batch norm."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.layers.normalization import Normalization


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield none, for what a normalization learns."""
    record = context.record
    if record and isinstance(record.layer, Normalization) and record.weights and record.biases:
        yield Wrong(0, "none = 0")


MISCONCEPTION = Misconception(
    "norm_learns_nothing",
    "a normalization was taken to learn nothing; it learns a scale (gamma) and a shift (beta)",
    model,
    keys=("parameters", "weights", "biases", "trainable"),
)
