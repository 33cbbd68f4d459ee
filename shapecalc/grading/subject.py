"""The network that questions are about: the right answers, and how each follows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

from shapecalc import rules
from shapecalc.diagnostics import Refusal, SpecError, nearest, quote, some
from shapecalc.geometry import PADDING_POLICIES
from shapecalc.grading.answers import Value, flat
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.query import Query
from shapecalc.grading.soundness import Unsound, unsound
from shapecalc.grading.value_working import value_working
from shapecalc.layers.base import aliases, show, show_value
from shapecalc.layers.conv import Convolution
from shapecalc.layers.field_types import Volume
from shapecalc.layers.window import Sliding
from shapecalc.network import Group
from shapecalc.quantities import QUANTITIES
from shapecalc.records import LayerRecord, total_of
from shapecalc.tracing import Trace, walk

if TYPE_CHECKING:
    from shapecalc.executor.compared_example import ComputedExample

SPATIAL = ("F", "S", "P", "dilation", "output_padding", "scale")  # fields of each axis
LARGEST = 10**6  # of a hyperparameter that is tried out


class Subject:
    """A traced network, and what questions about it have for answers."""

    def __init__(self, trace: Trace, lenient: bool = False) -> None:
        self.trace = trace
        self.lenient = lenient  # sizes rounded down where a stride does not fit count as known
        self.records = {record.name: record for record in trace.layers}
        self.groups: dict[str, Group] = {group.name: group for group in trace.spec.groups}
        self._supposed: dict[tuple[tuple[str, Volume], ...], Subject] = {}

    def supposing(self, outputs: Mapping[str, Volume]) -> Subject:
        """Return the same network with other volumes in the place of some layers' outputs."""
        key = tuple(sorted(outputs.items()))
        if key not in self._supposed:
            if len(self._supposed) > 1000:
                self._supposed.clear()
            self._supposed[key] = Subject(walk(self.trace.spec, outputs), lenient=True)
        return self._supposed[key]

    def record(self, name: str) -> LayerRecord:
        """Return a layer's record. Raises Unanswerable where there is none."""
        if name in self.records:
            return self.records[name]
        close = nearest(name, [*self.records, *self.groups])
        hint = f"did you mean {quote(close)}?" if close else f"there is {some([*self.records], 12)}"
        raise Unanswerable(f"there is no layer {quote(name)}", hint)

    def answer(self, query: Query) -> Value:
        """Return the right answer. Raises Unanswerable."""
        if query.kind == "record" and not self.lenient:
            self._need_sound(query)
        try:
            value = getattr(self, f"_{query.kind}")(query)
        except Refusal as refusal:  # the layer does not take its input
            message = f"{quote(query.path)} is not known: {refusal.fault.message}"
            raise Unanswerable(message, refusal.fault.hint, rules.UNUSABLE_NETWORK) from None
        if value is None:
            reason = self._reason(query.name)
            raise Unanswerable(
                f"{quote(query.path)} is not known{reason}", rule=rules.UNUSABLE_NETWORK
            )
        found: Value = value
        return found

    def working(self, query: Query) -> str:
        """Return how the right answer follows, in one line; empty where nothing is to be shown."""
        if query.name == "total":
            return self._sum(query.key)
        record = self.records.get(query.name)
        if record is None or record.layer is None or record.input is None or record.output is None:
            return ""
        if query.kind == "example":
            valued = query.place and query.key == query.name
            return value_working(self.computed, record, query.place) if valued else ""
        if query.kind in ("fits", "field"):
            return record.working("output")
        if query.key == "unshared_parameters":
            weights, biases = self._of_one(record)
            each = f"({weights} + {biases})" if biases else str(weights)
            return f"{'*'.join(map(str, record.output))} * {each}"
        if query.key == "im2col":
            rows, columns = self._im2col(record)
            return f"{rows} values in a window, {columns} positions"
        if query.key == "flops":
            return f"2 * {record.macs:,} MACs"
        parts = ("weights", "biases") if query.key == "parameters" else ()
        return record.working(*parts, query.key)

    def suits(self, query: Query, value: Value) -> bool:
        """Say whether another value of a hyperparameter gives the same output volume."""
        record = self.record(query.name)
        layer, inputs = record.layer, record.input
        if layer is None or not inputs or not _allowed(value):
            return False
        field = aliases(type(layer))[query.key]
        least = 0 if field in ("P", "output_padding") else 1
        if field not in SPATIAL or any(type(n) is int and n < least for n in flat(value)):
            return False
        if isinstance(value, tuple) and len(value) != len(inputs[0]) - 1:
            return False
        try:
            return layer.model_copy(update={field: value}).volume(inputs) == record.output
        except (Refusal, ValueError, TypeError, AttributeError, IndexError):
            return False

    # -- the kinds of questions ----------------------------------------------------------------

    def _record(self, query: Query) -> Any:
        key = query.key
        quantity = QUANTITIES.get(key)
        if query.name == "total":
            return total_of(QUANTITIES[key], self.trace.layers)
        if query.name in self.groups and query.name not in self.records:
            group = self.groups[query.name]
            if quantity is not None:
                return total_of(quantity, self.trace.layers[group.first : group.end])
            values = self.trace.of_group(group)
            if key not in values:
                raise Unanswerable(f"{query.name} is made of layers and has no {quote(key)}")
            return values[key]
        record = self.record(query.name)
        if key == "input":
            return record.input[0] if record.input and len(record.input) == 1 else None
        if key == "im2col":
            return self._im2col(record)
        if key == "unshared_parameters":
            return (
                None if record.output is None else prod(record.output) * sum(self._of_one(record))
            )
        return record.number(key)

    @cached_property
    def _unsound(self) -> Unsound:
        return unsound(self.trace)

    def _need_sound(self, query: Query) -> None:
        """Raise Unanswerable where a number follows from a layer that does not take its input."""
        names = [query.name]
        if query.name == "total":
            names = list(self.records)
        elif query.name in self.groups and query.name not in self.records:
            group = self.groups[query.name]
            names = [record.name for record in self.trace.layers[group.first : group.end]]
        at_fault = next(filter(None, (self._unsound.behind(n, query.key) for n in names)), None)
        if at_fault is not None:
            message = f"{quote(query.path)} is not known{self._reason(at_fault)}"
            raise Unanswerable(message, rule=rules.UNUSABLE_NETWORK)

    def _fits(self, query: Query) -> bool:
        record = self.record(query.name)
        if not isinstance(record.layer, Sliding):
            raise Unanswerable(f"{query.name} is a {record.kind}: no window slides over its input")
        if not record.input:
            raise Unanswerable(
                f"the input of {query.name} is not known", rule=rules.UNUSABLE_NETWORK
            )
        fits = record.layer.fits(record.input[0])
        return all(fit.size and not fit.remainder for fit in fits.axes)

    def _field(self, query: Query) -> Value:
        record = self.record(query.name)
        layer = record.layer
        words = aliases(type(layer)) if layer is not None else {}
        if layer is None or query.key not in words:
            has = some(list(type(layer).model_fields)) if layer is not None else "no fields"
            raise Unanswerable(f"{query.name} has no field {quote(query.key)}", f"it has {has}")
        field = words[query.key]
        value = (
            layer.stride() if field == "S" and isinstance(layer, Sliding) else getattr(layer, field)
        )
        if (
            field == "output_padding"
            and value is None
            and not isinstance(getattr(layer, "P", 0), str)
        ):
            value = 0
        if field == "P" and isinstance(layer, Sliding) and record.input:
            sides = tuple((fit.before, fit.after) for fit in layer.fits(record.input[0]).axes)
            value = tuple(a if a == b else (a, b) for a, b in sides)
        if isinstance(value, tuple) and len(set(value)) == 1 and isinstance(value[0], int):
            value = value[0]
        if isinstance(value, bool) or not isinstance(value, int | float | tuple):
            raise Unanswerable(f"{quote(query.path)} is {show_value(value)}, which is not a number")
        return value

    def _example(self, query: Query) -> Value:
        if self.trace.spec.example is None:
            message = f"{quote(query.path)} needs a network with an example, to be executed"
            raise Unanswerable(message, "write example: {given: {input: [...]}}")
        if any(d.rule.structural and d.severity == "error" for d in self.trace.diagnostics):
            raise Unanswerable(
                f"{quote(query.path)} is not known{self._reason()}", rule=rules.UNUSABLE_NETWORK
            )
        drawn = self._drawn()
        if drawn:
            message = f"{quote(query.path)} has no fixed value: {some(drawn, 6)} would be drawn"
            raise Unanswerable(message, f"write example: {{given: {{{drawn[0]}: [...]}}}}")
        try:
            target = self.computed.session.names.find(query.key)
        except KeyError as error:
            fault = error.args[0]
            raise Unanswerable(fault.message, fault.hint) from None
        absent = self._lacking(target.role)
        if absent:
            message = f"{quote(query.path)} needs an example with {absent[0]}"
            raise Unanswerable(message, absent[1])
        array = self.computed.array(target)
        if target.batched and len(array) == 1:
            array = array[0]
        if not query.place:
            while array.ndim > 1 and len(array) == 1:  # as lectures print it
                array = array[0]
            nested: Value = _nested(array.tolist())
            return nested
        lacking = array.ndim - len(query.place)
        if lacking > 0 and set(array.shape[:lacking]) <= {1}:  # leading axes of 1 left out
            array = array.reshape(array.shape[lacking:])
        if len(query.place) != array.ndim or any(
            at >= size for at, size in zip(query.place, array.shape, strict=True)
        ):
            message = f"{quote(query.path)} is outside: {query.key} is {show(array.shape)}"
            raise Unanswerable(message, "places count from 0, depth first")
        return float(array[query.place])

    def _lacking(self, role: str) -> tuple[str, str] | None:
        """Return what the example does not have and an answer needs, and how it is written."""
        example = self.trace.spec.example
        assert example is not None
        if role == "loss" and example.loss_kind is None:
            return "a loss", "for example loss: {squared_error: 0.5}"
        backward = role in ("gradient", "parameter gradient", "next")
        if backward and example.loss_kind is None and not example.upstream:
            return "a loss or upstream", "for example upstream: {conv1: [...]}"
        if role == "next" and example.rate is None:
            return "a rate", "for example rate: 0.1"
        return None

    def _drawn(self) -> list[str]:
        """Return the inputs and weights that the example does not give; biases are 0 without."""
        example = self.trace.spec.example
        given = example.given if example else {}
        wanted = list(self.trace.inputs)
        for record in self.trace.layers:
            if record.layer is not None and record.layer.multiplies and not record.shares:
                wanted.append(f"{record.name}.weight")
        return [name for name in wanted if name not in given]

    @cached_property
    def computed(self) -> ComputedExample:
        """The executed example."""
        from shapecalc.executor.compared_example import ComputedExample  # NumPy, if asked for

        example = self.trace.spec.example
        assert example is not None
        try:
            return ComputedExample(self.trace, example, seed=0, training=True)
        except SpecError as error:
            raise Unanswerable(error.diagnostics[0].message, rule=rules.UNUSABLE_NETWORK) from None

    # -- pieces --------------------------------------------------------------------------------

    def _of_one(self, record: LayerRecord) -> tuple[int, int]:
        """Return the weights and biases behind one output value of a convolution."""
        if not isinstance(record.layer, Convolution) or not record.input:
            raise Unanswerable(f"{record.name} is not a convolution that shares weights")
        weight = record.layer.parameters(record.input)["weight"]
        return weight.fan_in, int(record.layer.bias)

    def _im2col(self, record: LayerRecord) -> tuple[int, int]:
        """Return rows and columns of the im2col matrix: a column for each position (CS231n)."""
        weights, _ = self._of_one(record)
        return weights, prod((record.output or (0,))[:-1])

    def _sum(self, key: str) -> str:
        counted = QUANTITIES["macs" if key == "flops" else key]
        owners = [r for r in self.trace.layers if not (counted.weighty and r.shares)]
        terms = map(counted.of, owners)
        known = [f"{term:,}" for term in terms if term]
        text = " + ".join(known) if len(known) <= 12 else f"the sum over {len(known)} layers"
        return f"2 * ({text})" if key == "flops" else text

    def _reason(self, name: str = "") -> str:
        errors = [d for d in self.trace.diagnostics if d.severity == "error"]
        first = next((d for d in errors if d.layer == name), errors[0] if errors else None)
        return f": {first.message}" if first else ""


def _nested(values: Any) -> Any:
    return tuple(map(_nested, values)) if isinstance(values, list) else values


def _allowed(value: Value) -> bool:
    """Say whether a hyperparameter may be tried out: a policy, whole numbers of a sensible size."""
    if isinstance(value, str):
        return value in PADDING_POLICIES
    if isinstance(value, tuple):
        return len(value) <= 3 and all(_allowed(part) for part in value)
    return type(value) is int and 0 <= value <= LARGEST
