"""What a report's numbers answer: volumes, counts and fields of a layer, an instance or a network;
and two matrices of lectures, im2col's and that of a layer without weight sharing.
"""

from __future__ import annotations

from math import prod
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import quote, some
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.named_layers import NamedLayers
from shapecalc.grading.query import Query
from shapecalc.grading.soundness import Unsound
from shapecalc.grading.wording import size_in_words, volume_axes
from shapecalc.layers.conv import Conv, DepthwiseConv
from shapecalc.quantities import QUANTITIES
from shapecalc.records import KnownRecord, total_of


def record_number(layers: NamedLayers, query: Query) -> Any:
    """Return a number or a volume; None where it is not known. Raises Unanswerable."""
    key = query.key
    if query.name == "total":
        return total_of(QUANTITIES[key], layers.trace.layers)
    instance = layers.instance(query.name)
    if instance is not None:
        if key in QUANTITIES:
            return total_of(QUANTITIES[key], layers.layers_of(instance))
        values = layers.trace.of_instance(instance)
        if key not in values:
            raise Unanswerable(f"{query.name} is made of layers and has no {quote(key)}")
        return values[key]
    record = layers.record(query.name)
    if key == "input":
        return record.input[0] if record.input and len(record.input) == 1 else None
    if key == "im2col":
        return im2col(record)
    if key == "unshared_parameters":
        return None if record.output is None else prod(record.output) * sum(of_one_output(record))
    return record.number(key)


def one_size(record: KnownRecord, query: Query) -> int | None:
    """Return a size of a layer's output. Raises Unanswerable where it has none of that name."""
    if record.output is None:
        return None
    names, name = volume_axes(len(record.output)), size_in_words(query.key)
    if name not in names:
        raise Unanswerable(f"the output of {query.name} has no {name}", f"it has {some(names)}")
    return record.output[names.index(name)]


def weight_shape(record: KnownRecord, query: Query) -> tuple[int, ...] | None:
    """Return a parameter's shape as PyTorch has it; None where it is not known what the layer
    takes. Raises Unanswerable where there is none.
    """
    if record.layer is not None and record.layer.has_weights and record.input is None:
        return None
    parameters = record.layer.parameters(record.input or ()) if record.layer is not None else {}
    if query.key not in parameters:
        has = f"it has {some(list(parameters))}" if parameters else "it learns nothing"
        raise Unanswerable(f"{query.name} has no parameter {quote(query.key)}", has)
    return tuple(parameters[query.key].shape)


def need_sound(layers: NamedLayers, query: Query, unsound: Unsound) -> None:
    """Raise Unanswerable where a number follows from a layer that does not take its input."""
    if not any(unsound):
        return
    names = [query.name]
    key = "input" if query.kind in ("fits", "field") else query.key
    instance = layers.instance(query.name)
    if query.name == "total":
        names = list(layers.records)
    elif instance is not None:
        names = [record.name for record in layers.layers_of(instance)]
    at_fault = next(filter(None, (unsound.behind(name, key) for name in names)), None)
    if at_fault is not None:
        reason, repair = layers.reason(at_fault)
        raise Unanswerable(
            f"{quote(query.path)} is not known{reason}", repair, rules.UNUSABLE_NETWORK
        )


def of_one_output(record: KnownRecord) -> tuple[int, int]:
    """Return the weights and biases behind one output value. Raises Unanswerable for what is no
    convolution.
    """
    if not isinstance(record.layer, Conv | DepthwiseConv) or not record.input:
        raise Unanswerable(f"{record.name} is not a convolution that shares weights")
    weight = record.layer.parameters(record.input)["weight"]
    return weight.fan_in, int(record.layer.bias)


def im2col(record: KnownRecord) -> tuple[int, int]:
    """Return rows and columns of the im2col matrix: a column for each position (CS231n)."""
    weights, _ = of_one_output(record)
    return weights, prod((record.output or (0,))[:-1])
