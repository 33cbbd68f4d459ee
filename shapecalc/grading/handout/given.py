"""What a worked example gives, in words for a sheet: its arrays, its loss, its rate.

Arrays are depth first, as lectures print their slices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from shapecalc.grading.steps_in_words import rule
from shapecalc.network.example import Example, Numbers
from shapecalc.worked_example import MASK

MOST_VALUES = 200  # of an array that is printed
LOSSES: Mapping[str, str] = {
    "squared_error": "the sum of the squares of output - target, for the target {}",
    "half_squared_error": "half the sum of the squares of output - target, for the target {}",
    "mean_squared_error": "the mean of the squares of output - target, for the target {}",
    "cross_entropy": "the cross-entropy, -ln of the softmax, for class {}, counted from 0",
    "svm": "the hinge loss with margin 1 for class {}, counted from 0",
}


def given(example: Example) -> Iterator[str]:
    """Yield a line for each array, for the loss or the gradient that comes back, for the rate."""
    for name, array in example.given.items():
        mask = ", where 1 stays and is divided by 1 - rate" if name.endswith(f".{MASK}") else ""
        yield f"given: {name} = {printed(array)}{mask}"
    for output, target in example.loss.items():
        whose = f" of {output}" if output else ""
        decay = f", plus {example.weight_decay:g}/2 times the sum of all squared weights"
        loss = LOSSES[example.loss_kind or ""].format(printed(target))
        yield f"loss{whose}: {loss}{decay if example.weight_decay else ''}"
    for name, array in example.upstream.items():
        yield f"gradient of the loss with respect to {name}: {printed(array)}"
    if example.rate is not None:
        yield f"learning rate: {example.rate:g}"
        yield from filter(None, [rule(example)])


def printed(array: Numbers) -> str:
    """Return an array as nested lists, or its shape where that is long."""
    if prod(array.shape) > MOST_VALUES:
        return f"an array of {'x'.join(map(str, array.shape))} that is handed out beside this sheet"
    return _text(array.values)


def _text(values: Any) -> str:
    if isinstance(values, list | tuple):
        return f"[{', '.join(map(_text, values))}]"
    return f"{values:.12g}" if isinstance(values, int | float) else "?"
