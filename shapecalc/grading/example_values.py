"""What an executed example answers: values, gradients, parameters after a step, the loss."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

from shapecalc import rules
from shapecalc.diagnostics import SpecError, quote, some
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.gradient_parts import without_noise
from shapecalc.grading.named_layers import NamedLayers
from shapecalc.grading.query import Query
from shapecalc.grading.values import Value, nested
from shapecalc.layers.activation import Dropout
from shapecalc.layers.base import show
from shapecalc.worked_example import HINTS, MASK, Lack, Names, Target, lacking

if TYPE_CHECKING:
    from shapecalc.executor.example_check import ComputedExample

NEEDED: dict[Lack, str] = {"loss": "a loss", "gradient": "a loss or upstream", "rate": "a rate"}


class ExampleValues:
    """The example of a network, executed at the first question for a value."""

    def __init__(self, layers: NamedLayers, otherwise: Mapping[str, Any]) -> None:
        """`otherwise` is handed on to ComputedExample: kernels and losses with a mistake."""
        self.layers, self.trace, self._otherwise = layers, layers.trace, otherwise

    @cached_property
    def computed(self) -> ComputedExample:
        """The executed example. Raises Unanswerable."""
        from shapecalc.executor.example_check import ComputedExample  # NumPy, if asked for

        example = self.trace.spec.example
        assert example is not None
        try:
            return ComputedExample(self.trace, example, seed=0, training=True, **self._otherwise)
        except SpecError as error:
            first = error.diagnostics[0]
            raise Unanswerable(first.message, first.hint, rules.UNUSABLE_NETWORK) from None

    def value(self, query: Query) -> Value:
        """Return a number, or an array as nested tuples. Raises Unanswerable."""
        self._need_an_example(query)
        target = self._target(query)
        self._need_no_mask(query, target)
        array = self.computed.array(target)
        if target.batched and len(array) == 1:
            array = array[0]
        if query.key.endswith(".grad"):
            array = without_noise(array)
        return self._at(array, query) if query.place else _whole(array)

    def _need_an_example(self, query: Query) -> None:
        if self.trace.spec.example is None:
            message = f"{quote(query.path)} needs a network with an example, to be executed"
            raise Unanswerable(message, "write example: {given: {input: [...]}}")
        if any(d.rule.structural and d.severity == "error" for d in self.trace.diagnostics):
            reason, repair = self.layers.reason()
            message = f"{quote(query.path)} is not known{reason}"
            raise Unanswerable(message, repair, rules.UNUSABLE_NETWORK)
        drawn = self._drawn()
        if drawn:
            message = f"{quote(query.path)} has no fixed value: {some(drawn, 6)} would be drawn"
            raise Unanswerable(message, f"write example: {{given: {{{drawn[0]}: [...]}}}}")

    def _need_no_mask(self, query: Query, target: Target) -> None:
        """Refuse what a dropout's mask decides: all behind it, and what comes back through it."""
        example = self.trace.spec.example
        if example is not None and example.training is False:
            return
        records = self.trace.layers
        given = example.given if example else {}
        dropouts = [
            r.name
            for r in records
            if isinstance(r.layer, Dropout) and r.layer.rate and f"{r.name}.{MASK}" not in given
        ]
        if target.role == "parameter" or not dropouts:
            return
        behind = set(dropouts)
        for record in records:
            if behind.intersection(record.sources or ()):
                behind.add(record.name)
        layer = self.trace.spec.values.producer(target.at) if target.role == "value" else None
        if target.role != "value" or (layer is not None and records[layer].name in behind):
            message = f"{quote(query.path)} has no fixed value: {dropouts[0]} drops at random"
            hint = f"write example: {{given: {{{dropouts[0]}.{MASK}: [...]}}}}, or training: false"
            raise Unanswerable(message, hint)

    def _drawn(self) -> list[str]:
        """Return the inputs and weights that the example does not give; biases are 0 without."""
        example = self.trace.spec.example
        given = example.given if example else {}
        wanted = list(self.trace.inputs)
        names = Names(self.trace.spec, self.trace.layers)
        for index, record in enumerate(self.trace.layers):
            if record.layer is not None and record.layer.multiplies:
                own = names.parameters(index).items()
                wanted += [f"{record.name}.{name}" for name, p in own if p.role == "weight"]
        return [name for name in wanted if name not in given]

    def _target(self, query: Query) -> Target:
        """Return what is asked for, if the example has all that it takes."""
        example = self.trace.spec.example
        assert example is not None
        try:
            target = self.computed.session.names.find(query.key)
        except KeyError as error:
            fault = error.args[0]
            raise Unanswerable(fault.message, fault.hint) from None
        if target.role == "mask":
            raise Unanswerable(f"{quote(query.path)}: a mask is given, and not computed")
        lack = lacking(target.role, example)
        if lack is not None:
            message = f"{quote(query.path)} needs an example with {NEEDED[lack]}"
            raise Unanswerable(message, HINTS[lack])
        return target

    def _at(self, array: Any, query: Query) -> float:
        """Return the number at a place; leading axes of 1 may be left out."""
        lacks = array.ndim - len(query.place)
        if lacks > 0 and set(array.shape[:lacks]) <= {1}:
            array = array.reshape(array.shape[lacks:])
        if len(query.place) != array.ndim or any(
            at >= size for at, size in zip(query.place, array.shape, strict=True)
        ):
            raise _outside(query, array.shape)
        return float(array[query.place])


def _outside(query: Query, shape: tuple[int, ...]) -> Unanswerable:
    """Return what is wrong with a place, and the last one that there is."""
    shape = shape[1:] if len(shape) > 1 and shape[0] == 1 else shape
    last = f"{query.path.partition('[')[0]}[{','.join(str(size - 1) for size in shape)}]"
    if prod(shape) == 1:
        return Unanswerable(f"{quote(query.path)}: {query.key} has one value", f"write {last}")
    message = f"{quote(query.path)} is outside: {query.key} is {show(shape)}"
    return Unanswerable(message, f"the last value is {last}; indices count from 0, depth first")


def _whole(array: Any) -> Value:
    """Return an array as lectures print it: without leading axes of 1."""
    while array.ndim > 1 and len(array) == 1:
        array = array[0]
    value: Value = nested(array.tolist())
    return value
