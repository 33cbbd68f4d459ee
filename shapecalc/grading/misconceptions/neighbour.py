"""The answer for the layer before or after: conv1's 28x28x6 for pool1's 14x14x6, or its values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.values import Value, flat, shown
from shapecalc.layers.normalization import Normalization
from shapecalc.layers.reshape import Bordered
from shapecalc.quantities import QUANTITIES

UNCHANGED = "it is the volume of the input, not of the output"
OF_NETWORK = "it is the volume of the network's input"
VOLUMES = ("output", "input", "activations", "receptive_field", "jump")
NOUNS = {  # where the title of a column is none
    "trainable": "trainable parameters",
    "frozen": "frozen parameters",
    "non_trainable": "non-trainable values",
    "im2col": "im2col matrix",
}


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the nearest other answers."""
    yield from _of_values(context)
    if context.record is None or not context.key:
        return
    if isinstance(context.layer, Normalization) and context.key not in VOLUMES:
        return  # depths double: half or twice a norm's numbers are its neighbour's
    records, others = context.subject.trace.layers, list(_shown_already(context))
    counted = QUANTITIES.get(context.key)
    what = NOUNS.get(context.key) or (counted.title if counted else context.key.replace("_", " "))
    inputs = context.subject.trace.inputs.values() if context.key in ("output", "input") else ()
    at = next(i for i, record in enumerate(records) if record is context.record)
    for way in (reversed(records[:at]), iter(records[at + 1 :])):
        for record in way:
            if record.kind != context.record.kind and context.key not in VOLUMES:
                continue  # nobody takes a pool's count for a convolution's
            found = context.of(record.name)
            if found and found != context.right:
                if context.key == "output" and found == context.volume and found not in others:
                    yield Wrong(found, context.written(found), UNCHANGED)
                elif found not in others and found not in inputs:
                    text = context.written(found) if context.query.of_a_volume else shown(found)
                    yield Wrong(found, f"the {what} of {record.name} = {text}")
                break
    for volume in inputs:
        if volume and volume not in others and volume != context.right:
            own = context.key == "output" and volume == context.volume
            told = UNCHANGED if own else OF_NETWORK
            yield Wrong(volume, context.written(volume), told)


def _of_values(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the values, or the gradient, of other layers whose output is as large: before and after
    the one that is asked about, the nearest of all and the nearest of its kind.
    """
    query, record = context.query, context.record
    ending = ".grad" if query.key.endswith(".grad") else ""
    if query.kind != "example" or record is None or query.key != query.name + ending:
        return
    records = context.subject.trace.layers
    at = next(i for i, other in enumerate(records) if other is record)
    before = [(other.name, other.kind, other.output) for other in reversed(records[:at])]
    before += [(name, "", volume) for name, volume in context.subject.trace.inputs.items()]
    after = [(other.name, other.kind, other.output) for other in records[at + 1 :]]
    for way in (before, after):
        met = False
        for name, kind, volume in way:
            if volume != record.output or (met and kind != record.kind):
                continue
            found = context.of(name, name + ending)
            if found is not None and found != context.right:
                yield Wrong(found, _written(name, ending, found), _of_another(context, name, found))
                met = True
                if kind == record.kind:
                    break


def _written(name: str, ending: str, found: Value) -> str:
    return f"{'gradient of ' if ending else ''}{name} = {shown(found)}"


def _of_another(context: QuestionContext, name: str, found: Value) -> str:
    """Return whose values were given, or whose gradient."""
    whose = name
    if name not in context.subject.records:
        whose = "the input" if name == "input" else f"the input {name}"
    if context.query.key.endswith(".grad"):
        return f"the gradient of {whose} was given; that of {context.query.name} is asked for"
    if len(flat(found)) == 1:
        return f"the value of {whose} was given; that of {context.query.name} is asked for"
    return f"the values of {whose} were given; those of {context.query.name} are asked for"


def _shown_already(context: QuestionContext) -> Iterator[Value]:
    """Yield numbers of the question's own text: who repeats them need not think of a neighbour."""
    kept = isinstance(context.layer, Bordered) or (
        context.has_filters and context.volume[:-1] == context.output[:-1]
    )
    if context.key == "output" and kept:
        yield context.volume  # as if the layer did nothing
    if context.key == "biases" and context.weighted:
        yield prod(context.volume) if context.weighted.dense else context.weighted.D


MISCONCEPTION = Misconception(
    "neighbour", "it is the answer for another layer", model, kinds=("record", "example")
)
