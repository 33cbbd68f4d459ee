"""The network that questions are about: the right answers, and how each follows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

from shapecalc.diagnostics import Refusal, SpecError, nearest, quote, some
from shapecalc.geometry import PADDING_POLICIES
from shapecalc.grading.answers import Value, flat
from shapecalc.grading.asked import Asked
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.soundness import Unsound, unsound
from shapecalc.grading.value_working import value_working
from shapecalc.layers.base import aliases, show, show_value
from shapecalc.layers.conv import Convolution
from shapecalc.layers.fields import Volume
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

    def answer(self, asked: Asked) -> Value:
        """Return the right answer. Raises Unanswerable."""
        if asked.kind == "record" and not self.lenient:
            self._need_sound(asked)
        try:
            value = getattr(self, f"_{asked.kind}")(asked)
        except Refusal as refusal:  # the layer does not take its input
            message = f"{quote(asked.path)} is not known: {refusal.fault.message}"
            raise Unanswerable(message, refusal.fault.hint, "SC504") from None
        if value is None:
            reason = self._reason(asked.name)
            raise Unanswerable(f"{quote(asked.path)} is not known{reason}", code="SC504")
        found: Value = value
        return found

    def working(self, asked: Asked) -> str:
        """Return how the right answer follows, in one line; empty where nothing is to be shown."""
        if asked.name == "total":
            return self._sum(asked.key)
        record = self.records.get(asked.name)
        if record is None or record.layer is None or record.input is None or record.output is None:
            return ""
        if asked.kind == "example":
            valued = asked.place and asked.key == asked.name
            return value_working(self.computed, record, asked.place) if valued else ""
        if asked.kind in ("fits", "field"):
            return record.working("output")
        if asked.key == "unshared_parameters":
            weights, biases = self._of_one(record)
            each = f"({weights} + {biases})" if biases else str(weights)
            return f"{'*'.join(map(str, record.output))} * {each}"
        if asked.key == "im2col":
            rows, columns = self._im2col(record)
            return f"{rows} values in a window, {columns} positions"
        if asked.key == "flops":
            return f"2 * {record.macs:,} MACs"
        parts = ("weights", "biases") if asked.key == "parameters" else ()
        return record.working(*parts, asked.key)

    def suits(self, asked: Asked, value: Value) -> bool:
        """Say whether another value of a hyperparameter gives the same output volume."""
        record = self.record(asked.name)
        layer, inputs = record.layer, record.input
        if layer is None or not inputs or not _allowed(value):
            return False
        field = aliases(type(layer))[asked.key]
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

    def _record(self, asked: Asked) -> Any:
        key = asked.key
        quantity = QUANTITIES.get(key)
        if asked.name == "total":
            return total_of(QUANTITIES[key], self.trace.layers)
        if asked.name in self.groups and asked.name not in self.records:
            group = self.groups[asked.name]
            if quantity is not None:
                return total_of(quantity, self.trace.layers[group.first : group.end])
            values = self.trace.of_group(group)
            if key not in values:
                raise Unanswerable(f"{asked.name} is made of layers and has no {quote(key)}")
            return values[key]
        record = self.record(asked.name)
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

    def _need_sound(self, asked: Asked) -> None:
        """Raise Unanswerable where a number follows from a layer that does not take its input."""
        names = [asked.name]
        if asked.name == "total":
            names = list(self.records)
        elif asked.name in self.groups and asked.name not in self.records:
            group = self.groups[asked.name]
            names = [record.name for record in self.trace.layers[group.first : group.end]]
        at_fault = next(filter(None, (self._unsound.behind(n, asked.key) for n in names)), None)
        if at_fault is not None:
            message = f"{quote(asked.path)} is not known{self._reason(at_fault)}"
            raise Unanswerable(message, code="SC504")

    def _fits(self, asked: Asked) -> bool:
        record = self.record(asked.name)
        if not isinstance(record.layer, Sliding):
            raise Unanswerable(f"{asked.name} is a {record.kind}: no window slides over its input")
        if not record.input:
            raise Unanswerable(f"the input of {asked.name} is not known", code="SC504")
        fits = record.layer.fits(record.input[0])
        return all(fit.size and not fit.remainder for fit in fits.axes)

    def _field(self, asked: Asked) -> Value:
        record = self.record(asked.name)
        layer = record.layer
        words = aliases(type(layer)) if layer is not None else {}
        if layer is None or asked.key not in words:
            has = some(list(type(layer).model_fields)) if layer is not None else "no fields"
            raise Unanswerable(f"{asked.name} has no field {quote(asked.key)}", f"it has {has}")
        field = words[asked.key]
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
            raise Unanswerable(f"{quote(asked.path)} is {show_value(value)}, which is not a number")
        return value

    def _example(self, asked: Asked) -> Value:
        if self.trace.spec.example is None:
            message = f"{quote(asked.path)} needs a network with an example, to be executed"
            raise Unanswerable(message, "write example: {given: {input: [...]}}")
        if any(d.code < "SC3" and d.severity == "error" for d in self.trace.diagnostics):
            raise Unanswerable(f"{quote(asked.path)} is not known{self._reason()}", code="SC504")
        drawn = self._drawn()
        if drawn:
            message = f"{quote(asked.path)} has no fixed value: {some(drawn, 6)} would be drawn"
            raise Unanswerable(message, f"write example: {{given: {{{drawn[0]}: [...]}}}}")
        try:
            target = self.computed.session.names.find(asked.key)
        except KeyError as error:
            fault = error.args[0]
            raise Unanswerable(fault.message, fault.hint) from None
        absent = self._lacking(target.role)
        if absent:
            message = f"{quote(asked.path)} needs an example with {absent[0]}"
            raise Unanswerable(message, absent[1])
        array = self.computed.array(target)
        if target.batched and len(array) == 1:
            array = array[0]
        if not asked.place:
            while array.ndim > 1 and len(array) == 1:  # as lectures print it
                array = array[0]
            nested: Value = _nested(array.tolist())
            return nested
        lacking = array.ndim - len(asked.place)
        if lacking > 0 and set(array.shape[:lacking]) <= {1}:  # leading axes of 1 left out
            array = array.reshape(array.shape[lacking:])
        if len(asked.place) != array.ndim or any(
            at >= size for at, size in zip(asked.place, array.shape, strict=True)
        ):
            message = f"{quote(asked.path)} is outside: {asked.key} is {show(array.shape)}"
            raise Unanswerable(message, "places count from 0, depth first")
        return float(array[asked.place])

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
            raise Unanswerable(error.diagnostics[0].message, code="SC504") from None

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
