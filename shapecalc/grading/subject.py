"""The network that questions are about: the right answers, and how each follows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shapecalc import rules
from shapecalc.derivations import Derivation, plus, times
from shapecalc.diagnostics import LayerError, quote
from shapecalc.grading import hyperparameters
from shapecalc.grading.counterparts import Counterparts
from shapecalc.grading.dependence import Way, equal_gradient, way_back
from shapecalc.grading.example_values import ExampleValues
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.kinds import KINDS
from shapecalc.grading.named_layers import NamedLayers
from shapecalc.grading.query import Query
from shapecalc.grading.record_derivation import record_derivations
from shapecalc.grading.record_numbers import need_sound, one_size, record_number, weight_shape
from shapecalc.grading.remembered import Remembered
from shapecalc.grading.soundness import Unsound, of_other_sizes, unsound
from shapecalc.grading.value_derivation import example_derivations
from shapecalc.grading.values import Value
from shapecalc.grading.volume_order import in_order
from shapecalc.layers.base import Layer
from shapecalc.layers.field_types import Volume
from shapecalc.network.example import Example
from shapecalc.network.spec import NetworkSpec
from shapecalc.quantities import QUANTITIES
from shapecalc.records import own_counts, total_of
from shapecalc.reports import sentences
from shapecalc.tracing import KnownTrace
from shapecalc.walking import walk

if TYPE_CHECKING:
    from shapecalc.executor.example_check import ComputedExample

Outputs = tuple[tuple[str, Volume], ...]  # of layers, by their names
Fields = Sequence[tuple[Query, Value]]  # questions for fields, with a student's values of these
SIZED = ("record", "size", "shape", "range", "im2col", "flops")  # kinds that follow from sizes
MOST_WAYS = 500  # between numbers of an example that are kept
MOST_SUPPOSED = 50  # networks with students' own volumes that are kept


class Subject:
    """A traced network, and what questions about it have for answers."""

    def __init__(
        self,
        trace: KnownTrace,
        lenient: bool = False,
        otherwise: Mapping[str, Any] | None = None,
        supposed: Mapping[str, Volume] | None = None,
        counterparts: Counterparts[Subject] | None = None,
    ) -> None:
        """`otherwise` says how the example is computed with a mistake (see ComputedExample), and
        `supposed` are the volumes in the place of layers' outputs. `counterparts` are those of the
        networks of an assignment, this one among them.
        """
        self.trace = trace
        self.otherwise = otherwise or {}
        self.supposed = supposed or {}
        self.lenient = lenient  # sizes rounded down where a stride does not fit count as known
        self.layers = NamedLayers(trace)
        self.records, self.instances = self.layers.records, self.layers.instances
        self._counterparts = counterparts
        if counterparts is not None:
            counterparts.add(self, trace)
        self._example = ExampleValues(self.layers, self.otherwise)
        self._supposed: Remembered[tuple[Outputs, Fields], Subject] = Remembered(MOST_SUPPOSED)
        self._fitting: dict[tuple[Query, Volume], Subject] = {}
        self._each: dict[Query, dict[str, Value]] = {}
        self._alike: dict[str, dict[str, list[str]]] = {}  # by what is counted
        self._ways: Remembered[tuple[str, tuple[str, ...]], Way] = Remembered(MOST_WAYS)
        self._valued: Remembered[tuple[tuple[str, bytes], ...], Subject] = Remembered(MOST_SUPPOSED)

    def supposing(self, outputs: Mapping[str, Volume], fields: Fields = ()) -> Subject:
        """Return the same network with other volumes in the place of some layers' outputs, and
        other values of some of its layers' fields.
        """
        key = (tuple(sorted(outputs.items())), tuple(fields))
        return self._supposed.get(key, lambda: self._walked(outputs, fields))

    def further(self, outputs: Mapping[str, Volume]) -> Subject:
        """Return this network with still other volumes in the place of some layers' outputs."""
        return self._walked(outputs, ())

    def fitting(self, query: Query, output: Volume) -> Subject:
        """Return this network with the value of a field with which a layer makes an output of its
        input; as it is where there is not one such value.
        """
        key = query, output
        if key not in self._fitting:
            record = self.layers.record(query.name)._replace(output=output)
            value = hyperparameters.fitting(record, query)
            outputs = {query.name: output}
            here = self if value is None else self._walked(outputs, [(query, value)])
            self._fitting[key] = here
        return self._fitting[key]

    def _walked(self, outputs: Mapping[str, Volume], fields: Fields) -> Subject:
        volumes = {**self.supposed, **outputs}
        known = () if fields or self.trace.findings else self.trace.layers
        trace = walk(self._with_fields(fields), volumes, known=known)
        return Subject(trace, lenient=True, supposed=volumes)

    def _with_fields(self, fields: Fields) -> NetworkSpec:
        spec = self.trace.spec
        if not fields:
            return spec
        layers: dict[str, Layer | None] = {}
        for query, value in fields:
            record = self.layers.record(query.name)
            record = record._replace(layer=layers.get(query.name, record.layer))
            layers[query.name] = hyperparameters.changed(record, query, value) or record.layer
        nodes = [replace(n, layer=layers.get(n.name, n.layer)) for n in spec.nodes]
        return replace(spec, nodes=nodes)

    def with_values(self, arrays: Mapping[str, Any]) -> Subject:
        """Return the same network with its example computed on with other arrays (NumPy's) in the
        place of those that these keys give.
        """
        key = tuple((name, array.tobytes()) for name, array in sorted(arrays.items()))
        return self._valued.get(
            key, lambda: Subject(self.trace, self.lenient, {**self.otherwise, "supposed": arrays})
        )

    def way_back(self, key: str, ends: Collection[str]) -> Way:
        """Return the way from a number of the example back to others (see dependence.py)."""
        at = tuple(ends)
        return self._ways.get((key, at), lambda: way_back(self.trace, key, at))

    def equal_gradient(self, key: str) -> str | None:
        """Return the gradient that has the values of another one (see dependence.py), if any."""
        return equal_gradient(self.computed, key)

    def computing(self, **otherwise: Callable[[Any], Any]) -> Subject:
        """Return the same network with its example computed otherwise, after what is so already."""
        both = dict(self.otherwise)
        for name, change in otherwise.items():
            both[name] = _one_after_the_other(both[name], change) if name in both else change
        return Subject(self.trace, self.lenient, both)

    def giving(self, example: Example) -> Subject:
        """Return the same network with another example."""
        trace = replace(self.trace, spec=replace(self.trace.spec, example=example))
        return Subject(trace, self.lenient, self.otherwise)

    @property
    def computed(self) -> ComputedExample:
        """The executed example."""
        return self._example.computed

    def elsewhere(self, query: Query) -> list[tuple[Subject, Query]]:
        """Return the other networks of the assignment in which there is the same number, with what
        asks for it there.
        """
        return self._counterparts.of(self, query) if self._counterparts is not None else []

    def answer(self, query: Query) -> Value:
        """Return the right answer. Raises Unanswerable."""
        if self.unsound.outputs and self._follows_from_sizes(query):
            need_sound(self.layers, query, self.unsound)
        try:
            value = self._value(query)
        except LayerError as error:  # the layer does not take its input
            message = f"{quote(query.path)} is not known: {error.fault.message}"
            raise Unanswerable(message, error.fault.hint, rules.UNUSABLE_NETWORK) from None
        if value is None:
            reason, repair = self.layers.reason(query.name)
            raise Unanswerable(
                f"{quote(query.path)} is not known{reason}", repair, rules.UNUSABLE_NETWORK
            )
        found: Value = value
        return found

    def of_each(self, total: Query) -> Mapping[str, Value]:
        """Return what a total adds up, by the names of the layers that have some."""
        if total not in self._each:
            self._each[total] = found = {}
            for name in self.records:
                with suppress(Unanswerable):
                    found[name] = self.answer(total._replace(name=name))
        return self._each[total]

    def counted_alike(self, query: Query) -> Sequence[str]:
        """Return the layers of a kind that are counted from the same numbers as a layer is, this
        one among them, `16*16*3*3`, each with a term of its own in a total; none if it has none.
        """
        if query.key not in self._alike:
            self._alike[query.key] = self._counted_alike(query)
        return self._alike[query.key].get(query.name, ())

    def _counted_alike(self, query: Query) -> dict[str, list[str]]:
        as_many: dict[tuple[object, ...], list[str]] = {}
        sized = not QUANTITIES[query.key].weighty  # it hangs on sizes, and on all fields
        for name, count in self.terms(query.key).items():
            record = self.records[name]
            fields = (repr(record.layer), record.input) if sized else ()
            as_many.setdefault((record.kind, count, *fields), []).append(name)
        groups: dict[tuple[object, ...], list[str]] = {}
        for same, names in as_many.items():
            for name in names if len(names) > 1 else ():
                if told := self.working(query._replace(name=name)):
                    groups.setdefault((same, told), []).append(name)
        return {name: names for names in groups.values() for name in names}

    def _value(self, query: Query) -> Any:
        if query.kind == "record":
            return record_number(self.layers, query)
        if query.kind == "example":
            return self._example.value(query)
        if query.kind in KINDS:
            return KINDS[query.kind].answer(self.layers, query)
        record = self.layers.record(query.name)
        if query.kind == "size":
            return one_size(record, query)
        if query.kind == "shape":
            return weight_shape(record, query)
        if query.kind == "fits":
            return hyperparameters.stride_fits(record)
        return hyperparameters.field_value(record, query)

    @cached_property
    def unsound(self) -> Unsound:
        """The layers behind one at fault, whose sizes are no answers."""
        return Unsound({}, {}) if self.lenient else unsound(self.trace)

    def _follows_from_sizes(self, query: Query) -> bool:
        """Say whether who answers needs sizes, which a layer at fault may not have."""
        if query.kind in ("fits", "field"):
            return hyperparameters.hangs_on_sizes(self.layers.record(query.name), query)
        return query.kind in SIZED and not self._free_of_sizes(query)

    def _free_of_sizes(self, query: Query) -> bool:
        """Say whether a number is the same whatever sizes a layer at fault gives: the parameters of
        a convolution behind it hang on the depth alone.
        """
        own_rule = query.kind in KINDS  # of one unit, which another size may have by chance
        if own_rule or query.key in ("output", "input"):
            return False
        with suppress(LayerError, Unanswerable):
            value = self._value(query)
            return value is not None and value == self._of_other_sizes._value(query)
        return False

    @cached_property
    def _of_other_sizes(self) -> Subject:
        return Subject(of_other_sizes(self.trace, self.unsound), lenient=True)

    def suits(self, query: Query, value: Value) -> bool:
        """Say whether another value is right as well: a hyperparameter that gives the same output
        volume, or what its kind of question says.
        """
        if query.kind in KINDS:
            suits = KINDS[query.kind].suits
            return suits is not None and suits(self.layers, query, value)
        return query.kind == "field" and hyperparameters.suits(
            self.layers.record(query.name), query, value
        )

    def why_wrong(self, query: Query, value: Value) -> str:
        """Return what is the matter with a wrong answer to a question that has several right ones;
        empty for other questions, and where that is not known.
        """
        why = KINDS[query.kind].why_wrong if query.kind in KINDS else None
        return why(self.layers, query, value) if why is not None else ""

    def working(self, query: Query, *, depth_first: bool = False) -> str:
        """Return how the right answer follows, in one line, with volumes in an order; empty where
        nothing is to be shown.
        """
        told = (in_order(found, first=depth_first) for found in self.derivations(query))
        return "; ".join(map(sentences.sentence, told))

    def working_at(self, query: Query, at: Sequence[int]) -> str:
        """Return how one value of an array of the example follows, in one line; leading indices of
        axes of 1 may be left out.
        """
        target = self.computed.session.names.find(query.key)
        rank = self.computed.array(target).ndim - bool(target.batched)
        return self.working(query._replace(place=(*(0 for _ in range(rank - len(at))), *at)))

    def derivations(self, query: Query) -> list[Derivation]:
        """Return how the right answer follows; nothing where nothing is to be shown."""
        if query.kind in KINDS:
            return list(KINDS[query.kind].derivations(self.layers, query))
        if query.name == "total":
            return self._sum(query.key)
        record = self.records.get(query.name)
        if query.kind == "example":
            return example_derivations(self.computed, record, query)
        if record is None or record.layer is None or record.input is None:
            return []
        if record.output is None and query.kind != "fits":
            return []
        return record_derivations(record, query, self.trace.inputs, self.records)

    def terms(self, key: str) -> dict[str, int]:
        """Return the terms of a total by the layers that have some of it; of FLOPs their MACs."""
        counted = QUANTITIES["macs" if key == "flops" else key]
        found: dict[str, int] = {}
        for record in self.trace.layers:
            counting = own_counts(record) if counted.weighty else record
            count = counted.of(counting) if counting is not None else None
            if count:
                found[record.name] = count
        return found

    def _sum(self, key: str) -> list[Derivation]:
        """Return a total as the sum over the layers that have some of it, if any has."""
        counts = self.terms(key)
        if not counts:
            return []
        added = plus(*counts.values())
        expression = times(2, added) if key == "flops" else added
        value = total_of(QUANTITIES[key], self.trace.layers)
        given = {"layers": list(counts)}
        return [Derivation(key, value, expression, reason="sum_over_layers", given=given)]


def _one_after_the_other(first: Callable[[Any], Any], then: Callable[[Any], Any]) -> Any:
    return lambda thing: then(first(thing))
