"""What a rule is: a code, a name, a severity, and the function that finds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from shapecalc.diagnostics import Fault, Finding, Severity
from shapecalc.layers.base import Layer, show
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace


class Rule(NamedTuple):
    """A rule. Its module's docstring is its page.

    `of_layer` is called for every record whose layer is one of `layers`, `of_network` once.
    Rules without either are met while reading or tracing; only their page is kept with the others.
    """

    code: str
    name: str
    severity: Severity = "error"
    layers: tuple[type[Layer], ...] = ()
    of_layer: Callable[[LayerRecord, Trace], Sequence[Finding]] | None = None
    of_network: Callable[[Trace], Sequence[Finding]] | None = None


def told(code: str, severity: Severity, record: LayerRecord, message: str, hint: str) -> Finding:
    """Return a finding at a layer, with its fields and the incoming volume in front."""
    fields = record.layer.shown_fields() if record.layer else ""
    subject = f"{record.name} ({fields})" if fields else record.name
    volumes = ", ".join(show(volume) for volume in (record.input or ())[:8])
    fault = Fault(code, f"{subject} on {volumes}: {message}", hint)
    return Finding(fault, record.path, record.name, severity)
