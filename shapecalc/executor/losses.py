"""Losses: a number to minimise, and where its gradient enters the network.

squared_error is the sum of (a - y)^2, without a half; half_squared_error has the half, and
mean_squared_error is the mean over the output's values. cross_entropy is -ln softmax(logits)[class]
and svm the sum of max(0, s_j - s_class + 1) over the other classes j, classes from 0. All of them
are averaged over the batch. A final softmax or log_softmax is not applied twice: behind a softmax
the gradient p - y enters at its input, where nothing is divided by p. A weight decay adds rate/2
times the squares of all weights that learn.

Source: Stanford CS231n, "Linear Classification" and "Neural Networks Part 2".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from shapecalc.executor.buffers import Array
from shapecalc.executor.kernels.activation import log_softmax
from shapecalc.network import Node


class Loss(NamedTuple):
    """A loss of one output, and the gradient of the value, `at` an index, where it enters.

    `shown` is the gradient of the output itself where the gradient enters before it.
    """

    value: float
    output: int
    at: int
    gradient: Array
    shown: Array | None = None


Share = Callable[[Array], float]  # of an output's sum of squares (N x spatial x D) that counts

SQUARES: dict[str, Share] = {
    "squared_error": lambda output: 1 / len(output),
    "half_squared_error": lambda output: 0.5 / len(output),
    "mean_squared_error": lambda output: 1 / output.size,
}


def squares(kind: str, output: Array, index: int, wanted: Array) -> Loss:
    """Return the sum of squares of output - wanted (N x spatial x D), times the kind's share."""
    difference, share = output - wanted, SQUARES[kind](output)
    value = float(np.sum(np.square(difference, dtype=np.float64))) * share
    return Loss(value, index, index, difference * output.dtype.type(2 * share))


def svm(scores: Array, index: int, classes: Array, margin: float = 1) -> Loss:
    """Return the multiclass hinge loss with a margin, summed over positions, averaged over N.

    `classes` holds a class for each example and position. Where a margin is exactly 0 nothing is
    sent back.
    """
    count = scores.dtype.type(len(scores))
    own = np.take_along_axis(scores, classes[..., None], axis=-1)
    margins = np.maximum(scores - own + scores.dtype.type(margin), 0)
    np.put_along_axis(margins, classes[..., None], 0, axis=-1)
    over = (margins > 0).astype(scores.dtype)
    np.put_along_axis(over, classes[..., None], -over.sum(axis=-1, keepdims=True), axis=-1)
    value = float(np.sum(margins, dtype=np.float64)) / len(scores)
    return Loss(value, index, index, over / count)


def cross_entropy(
    output: Array, index: int, node: Node | None, classes: Array, logits: Array
) -> Loss:
    """Return -ln softmax(logits)[class], summed over positions and averaged over the batch.

    `classes` holds a class for each example and position. `logits` is the input of a final softmax,
    otherwise the output itself.
    """
    count = len(output)
    kind = node.kind if node else ""
    logs = output if kind == "log_softmax" else log_softmax(logits)
    chosen = np.zeros(logs.shape, logs.dtype)
    np.put_along_axis(chosen, classes[..., None], 1, axis=-1)
    value = -float(np.sum(logs * chosen, dtype=np.float64)) / count
    scale = logs.dtype.type(1 / count)
    if kind == "log_softmax":
        return Loss(value, index, index, -chosen * scale)
    gradient = (np.exp(logs) - chosen) * scale
    if kind != "softmax" or node is None or node.sources is None:
        return Loss(value, index, index, gradient)
    with np.errstate(divide="ignore", over="ignore"):  # of a probability that is 0, or nearly
        shown = -chosen * scale / np.where(chosen > 0, output, 1)
    return Loss(value, index, node.sources[0], gradient, shown)
