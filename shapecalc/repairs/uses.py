"""Where a block is used whose definition has a fault: the fault's place is in the definition."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property

from shapecalc.diagnostics import Diagnostic, Finding, quote
from shapecalc.network import Instance
from shapecalc.tracing import Trace


class Uses:
    """The places of a traced network's own layers where blocks are used."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    def told(self, finding: Finding, diagnostic: Diagnostic) -> Diagnostic:
        """Return a diagnostic with the line of the first use that meets it, behind its message."""
        instance = self._of(finding)
        if instance is None:
            return diagnostic
        line = self.trace.spec.document.locate(instance.path)[0]
        if line is None:
            return diagnostic
        use = f"used in line {line} as {quote(instance.name)}"
        said = diagnostic.message
        if finding.note and said.endswith(finding.note):
            return diagnostic._replace(message=f"{said.removesuffix(')')}; {use})")
        return diagnostic._replace(message=f"{said} ({use})")

    def _of(self, finding: Finding) -> Instance | None:
        if finding.path[:1] != ("blocks",) or finding.layer is None or not self._instances:
            return None
        index = self._indices.get(finding.layer)
        if index is None:
            return None
        place = bisect_right(self._instances, index, key=lambda instance: instance.first) - 1
        found = self._instances[place] if place >= 0 else None
        return found if found is not None and index < found.end else None

    @cached_property
    def _instances(self) -> list[Instance]:
        """Every instance that no block has inside, in the order of the layers."""
        data = self.trace.spec.document.data
        blocks = data.get("blocks") if isinstance(data, Mapping) else None
        names = blocks if isinstance(blocks, Mapping) else {}
        own = [
            instance
            for instance in self.trace.spec.instances
            if instance.path[:1] == ("layers",) and instance.kind in names
        ]
        return sorted(own, key=lambda instance: instance.first)

    @cached_property
    def _indices(self) -> dict[str, int]:
        return {record.name: index for index, record in enumerate(self.trace.layers)}
