"""What tracing a network results in: its records, totals, and everything found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from shapecalc import rules
from shapecalc.diagnostics import (
    Diagnostic,
    Fault,
    Finding,
    SpecError,
    nearest,
    quote,
)
from shapecalc.layers.field_types import Volume
from shapecalc.network import Instance, NetworkSpec
from shapecalc.quantities import REPORTED
from shapecalc.records import (
    PER_AXIS,
    KnownRecord,
    LayerRecord,
    totals_of,
)
from shapecalc.volumes import PartialVolume, show


class Totals(dict[str, "int | None"]):
    """The sums of a network by their names, `totals["parameters"]` or `totals.parameters`."""

    def __getattr__(self, name: str) -> int | None:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"there is no total {name!r}") from None


@dataclass(frozen=True, repr=False)
class Trace:
    """The result of tracing a spec: its records in order, totals, and everything found."""

    spec: NetworkSpec
    layers: tuple[LayerRecord, ...]
    findings: tuple[Finding, ...] = ()
    diagnose: Callable[[Trace], tuple[Diagnostic, ...]] | None = field(
        default=None, compare=False
    )  # what finds repairs for `diagnostics`

    def __str__(self) -> str:
        """Return the table. It is drawn on a floor above, and needed by few who trace."""
        text: str = import_module("shapecalc.reports.table").render(self)
        return text

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return what a notebook shows: the table, and with it the picture."""
        bundle: dict[str, str] = import_module("shapecalc.reports.notebook").of_trace(self)
        return bundle

    def __getitem__(self, name: str) -> LayerRecord:
        """Return a layer's record by its full name; an instance's name means its last layer.

        Raises KeyError with the nearest name.
        """
        if name not in self._places:
            close = nearest(str(name), self._places)
            raise KeyError(f"no layer is called {name!r}" + (f": {close}?" if close else ""))
        return self.layers[self._places[name]]

    def __iter__(self) -> Iterator[LayerRecord]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def __contains__(self, layer: object) -> bool:
        return layer in self._places if isinstance(layer, str) else layer in self.layers

    def __bool__(self) -> bool:  # a network without layers is a network
        return True

    @cached_property
    def _places(self) -> dict[str, int]:
        """Where each name's record stands: a layer's own, an instance's last."""
        places = {}
        for instance in self.spec.instances:
            if instance.sources and len(instance.sources) == 1:
                layer = self.spec.values.producer(instance.sources[0])
                if layer is not None:
                    places[instance.name] = layer
        places.update((record.name, index) for index, record in enumerate(self.layers))
        return places

    @property
    def name(self) -> str | None:
        """The network's name."""
        return self.spec.name

    @property
    def inputs(self) -> Mapping[str, PartialVolume | None]:
        """The network's input volumes by name."""
        return self.spec.inputs

    @property
    def fitting_inputs(self) -> Mapping[str, Volume]:
        """Sizes that fit in the place of those that inputs leave open, of these inputs."""
        return {}

    @property
    def in_numbers(self) -> Trace:
        """The trace for who computes with sizes and counts: each is a number, or None where it is
        not known or a formula in sizes that have names.
        """
        return self

    @cached_property
    def outputs(self) -> dict[str, PartialVolume | None]:
        """The network's output volumes by name."""
        return {name: self.volume(index) for name, index in self.spec.outputs.items()}

    @property
    def output(self) -> PartialVolume | None:
        """The output volume, or None where there are several or it is not known."""
        return next(iter(self.outputs.values())) if len(self.outputs) == 1 else None

    @cached_property
    def totals(self) -> Totals:
        """Sums over the layers; shared weights count once. A sum with an unknown term is None."""
        if not self.spec.readable:
            return Totals(dict.fromkeys(quantity.key for quantity in REPORTED))
        return Totals(totals_of(self.layers))

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every finding with its place, in the order of the file."""
        asked = self.findings or self.spec.document.directives
        if asked and self.diagnose is not None:
            return self.diagnose(self)
        return self.spec.document.diagnostics(self.findings)

    @property
    def complete(self) -> bool:
        """Whether nothing is wrong with the spec and everything is known."""
        if any(f.rule.structural for f in self.findings):
            return False
        unknown = None in self.totals.values() or not self.outputs
        return not unknown and None not in self.outputs.values()

    def volume(self, value: int | None) -> PartialVolume | None:
        """Return the volume of a value, as `spec.values` numbers them."""
        if value is None:
            return None
        record = self.producer(value)
        return self._inputs[value] if record is None else record.output

    def producer(self, value: int) -> LayerRecord | None:
        """Return the record of the layer that gives a value; None for an input."""
        layer = self.spec.values.producer(value)
        return None if layer is None else self.layers[layer]

    def of_instance(self, instance: Instance, *, sums: bool = True) -> dict[str, Any]:
        """Return the last output of an instance, residual or parallel, and the sums inside."""
        values: dict[str, Any] = {}
        if sums:
            values.update(totals_of(self.layers[instance.first : instance.end]))
        last = instance.sources[0] if instance.sources and len(instance.sources) == 1 else None
        values["output"] = self.volume(last)
        record = None if last is None else self.producer(last)
        if record is not None:
            values |= {key: getattr(record, key) for key in PER_AXIS}
        return values

    @cached_property
    def _inputs(self) -> list[PartialVolume | None]:
        return list(self.spec.inputs.values())

    def to_dict(self) -> dict[str, Any]:
        """Return what `--format json` prints. It is made on a floor above."""
        made: dict[str, Any] = import_module("shapecalc.reports.json_text").of_trace(self)
        return made

    def to_pandas(self) -> Any:
        """Return a DataFrame of pandas: a row for each layer by its name, and `to_dict`'s keys.

        Counts are whole numbers, and missing where they are not known. Raises ImportError where
        pandas is not installed.
        """
        return import_module("shapecalc.reports.dataframe").of_trace(self)


class KnownTrace(Trace):
    """The result where every input is known whole, or not at all."""

    layers: tuple[KnownRecord, ...]

    if TYPE_CHECKING:  # the same with their volumes known

        def __getitem__(self, name: str) -> KnownRecord: ...
        def __iter__(self) -> Iterator[KnownRecord]: ...
        @property
        def inputs(self) -> Mapping[str, Volume | None]: ...
        @cached_property
        def outputs(self) -> dict[str, Volume | None]: ...  # type: ignore[override]
        @property
        def output(self) -> Volume | None: ...
        def volume(self, value: int | None) -> Volume | None: ...
        def producer(self, value: int) -> KnownRecord | None: ...


def known(trace: Trace) -> KnownTrace:
    """Return a trace for what needs every size. Raises SpecError where an input leaves some open,
    with the --input to write.
    """
    if isinstance(trace, KnownTrace):
        return trace
    wrong = [found for found in trace.diagnostics if found.rule.structural]
    if not wrong:
        document = trace.spec.document
        place = trace.spec.place_of_input(next(iter(trace.fitting_inputs), "input"))
        wrong = [document.located(Finding(sizes_needed(trace), place))]
    raise SpecError(wrong)


def sizes_needed(trace: Trace) -> Fault:
    """Return the fault of an input that leaves sizes open where all are needed."""
    left = {name: trace.inputs[name] for name in trace.fitting_inputs}
    named = " and ".join(f"{quote(name)} {show(volume or ())}" for name, volume in left.items())
    leave = "leaves" if len(left) == 1 else "leave"
    message = f"every size is needed here, and {named} {leave} some open"
    hint = f"for example {example_inputs(trace)}, or inputs= in Python"
    return Fault(rules.MISSING_FIELD, message, hint)


def example_inputs(trace: Trace) -> str:
    """Return what to write on the command line for sizes that inputs leave open; empty for none."""
    several = len(trace.inputs) > 1
    return " ".join(
        f"--input {f'{quote(name)}=' if several else ''}{show(volume)}"
        for name, volume in trace.fitting_inputs.items()
    )


T = TypeVar("T", bound=Trace)


def with_findings(trace: T, findings: Sequence[Finding]) -> T:
    """Return the trace with further findings."""
    return replace(trace, findings=(*trace.findings, *findings)) if findings else trace
