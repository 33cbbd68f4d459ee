"""What a worked example gives, in words for a sheet: its arrays, its loss, its rate.

Arrays are depth first, as lectures print their slices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from shapecalc.grading.array_axes import array_axes
from shapecalc.grading.loss_derivation import MOST_NAMED
from shapecalc.grading.steps_in_words import rule
from shapecalc.grading.wording import in_a_row
from shapecalc.layers.dense import Dense
from shapecalc.layers.reshape import Flatten
from shapecalc.network.example import Example, Numbers
from shapecalc.records import KnownRecord
from shapecalc.tracing import KnownTrace
from shapecalc.worked_example import MASK, Names

MOST_VALUES = 200  # of an array that is printed
LOSSES: Mapping[str, str] = {
    "squared_error": "the sum of the squares of output - target, for the target {}",
    "half_squared_error": "half the sum of the squares of output - target, for the target {}",
    "mean_squared_error": "the mean of the squares of output - target, for the target {}",
    "cross_entropy": "the cross-entropy, -ln of the softmax, for class {}, counted from 0",
    "svm": "the hinge loss with margin 1 for class {}, counted from 0",
}
OF_PROBABILITIES: Mapping[str, str] = {  # the cross-entropy, by the kind of the last layer
    "softmax": "the cross-entropy, -ln of the output of {}, for class {}, counted from 0",
    "log_softmax": "the cross-entropy, minus the output of {}, for class {}, counted from 0",
}
OF_AXES = "arrays: lists in lists; their axes are in brackets behind the name, the outermost first"


def given(trace: KnownTrace, example: Example) -> Iterator[str]:
    """Yield a line for each array, for the loss or the gradient that comes back, for the rate, and
    how volumes are flattened.
    """
    yield from flattened(trace)
    arrays = [*example.given.items(), *example.upstream.items()]
    axes = {name: array_axes(trace, name, len(array.shape)) for name, array in arrays}
    told = {name: f" ({', '.join(words)})" if words[1:] else "" for name, words in axes.items()}
    if any(told.values()):
        yield OF_AXES
    for name, array in example.given.items():
        mask = ", where 1 stays and is divided by 1 - rate" if name.endswith(f".{MASK}") else ""
        yield f"given: {name}{told[name]} = {printed(array)}{mask}"
    for output, target in example.loss.items():
        whose = f" of {output}" if output else ""
        decay = f", plus {_decay(trace, example)}" if example.weight_decay and not output else ""
        loss = _loss(trace, output, str(example.loss_kind), printed(target))
        yield f"loss{whose}: {loss}{decay}"
    if example.weight_decay and None not in example.loss:
        yield f"to the sum of these losses is added {_decay(trace, example)}"
    for name, array in example.upstream.items():
        yield f"gradient of the loss with respect to {name}{told[name]}: {printed(array)}"
    if example.rate is not None:
        yield f"learning rate: {example.rate:g}"
        yield from filter(None, [rule(example)])


def _decay(trace: KnownTrace, example: Example) -> str:
    """Return what a weight decay adds: it is of all layers' weights, and of no biases."""
    at = dict.fromkeys(index for index, _ in Names(trace.spec, trace.layers).decaying())
    layers = [trace.layers[index].name for index in at]
    whose = in_a_row(layers) if len(layers) <= MOST_NAMED else f"all {len(layers)} layers"
    weights = f"the sum of all squared weights of {whose}, without biases"
    return f"{example.weight_decay:g}/2 times {weights}"


def flattened(trace: KnownTrace) -> Iterator[str]:
    """Yield a line for each layer that flattens a volume: in which order."""
    for record in trace.layers:
        volume = record.input[0] if record.input else ()
        if _flattens(record) and volume and len(volume) > 1:
            rows = "row by row" if len(volume) > 2 else "from its beginning"
            slices = f"slice by slice, each {rows}" if volume[-1] != 1 else rows
            yield f"order of {record.name}: it takes the values {slices}"


def _flattens(record: KnownRecord) -> bool:
    layer = record.layer
    return isinstance(layer, Flatten) or (isinstance(layer, Dense) and layer.flatten)


def _loss(trace: KnownTrace, output: str | None, kind: str, target: str) -> str:
    """Return a loss in words: of probabilities it takes no second softmax."""
    outputs = trace.spec.outputs
    index = outputs.get(output) if output else next(iter(outputs.values()), None)
    layer = None if index is None else trace.spec.values.producer(index)
    last = None if layer is None else trace.layers[layer]
    if kind == "cross_entropy" and last is not None and last.kind in OF_PROBABILITIES:
        return OF_PROBABILITIES[last.kind].format(last.name, target)
    return LOSSES[kind].format(target)


def printed(array: Numbers) -> str:
    """Return an array as nested lists, or its shape where that is long."""
    if prod(array.shape) > MOST_VALUES:
        return f"an array of {'x'.join(map(str, array.shape))} that is handed out beside this sheet"
    return _text(array.values)


def _text(values: Any) -> str:
    if isinstance(values, list | tuple):
        return f"[{', '.join(map(_text, values))}]"
    return f"{values:.12g}" if isinstance(values, int | float) else "?"
