"""The layers of a traced network by name, those of an instance of a block, and what none has."""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.diagnostics import nearest, quote, some
from shapecalc.grading.fault import Unanswerable
from shapecalc.network import Instance
from shapecalc.records import KnownRecord
from shapecalc.tracing import KnownTrace


class NamedLayers:
    """Looks up layers, instances and `total`."""

    def __init__(self, trace: KnownTrace) -> None:
        self.trace = trace
        self.records = {record.name: record for record in trace.layers}
        self.instances: dict[str, Instance] = {
            instance.name: instance for instance in trace.spec.instances
        }

    def record(self, name: str) -> KnownRecord:
        """Return a layer's record. Raises Unanswerable where there is none."""
        if name in self.records:
            return self.records[name]
        close = nearest(name, [*self.records, *self.instances])
        hint = f"did you mean {quote(close)}?" if close else f"there is {some([*self.records], 12)}"
        raise Unanswerable(f"there is no layer {quote(name)}", hint)

    def instance(self, name: str) -> Instance | None:
        """Return an instance of a block; None where a layer is called so, or nothing is."""
        return None if name in self.records else self.instances.get(name)

    def layers_of(self, instance: Instance) -> Sequence[KnownRecord]:
        """Return the layers of an instance."""
        return self.trace.layers[instance.first : instance.end]

    def reason(self, name: str = "") -> tuple[str, str]:
        """Return why a layer's numbers are not known, to be put behind that they are not, and what
        to write in the network instead; nothing where that is not known either.
        """
        errors = [d for d in self.trace.diagnostics if d.severity == "error"]
        first = next((d for d in errors if d.layer == name), errors[0] if errors else None)
        return (f": {first.message}", first.hint) if first else ("", "")
