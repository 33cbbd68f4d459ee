"""What a rule is: a code, a name, a severity, and the function that finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from shapecalc.diagnostics import Fault, Finding, Later, Severity, repairable
from shapecalc.edits import Repair
from shapecalc.layers.base import Layer
from shapecalc.records import LayerRecord, told
from shapecalc.tracing import Trace

OfLayer = Callable[[LayerRecord, Trace], Sequence[Later]]


class Rule(NamedTuple):
    """A rule. Its module's docstring is its page.

    `of_layer` is called for every record whose layer is one of `layers`, `of_network` once.
    Rules without either are met while reading or tracing; only their page is kept with the others.
    """

    code: str
    name: str
    severity: Severity = "error"
    layers: tuple[type[Layer], ...] = ()
    of_layer: OfLayer | None = None
    of_network: Callable[[Trace], Iterable[Finding | Later]] | None = None


def finding(
    code: str,
    severity: Severity,
    record: LayerRecord,
    message: str | Callable[[], str],
    hint: str = "",
    repairs: Sequence[Repair] | Callable[[], Sequence[Repair]] = (),
) -> Later:
    """Return a finding at a layer, with its fields and the incoming volume in front.

    The hint counts where there are no repairs, or none of them works. What takes time to say is
    given as a function: it is called for the first of the layers that a repeat makes of one.
    """

    def made() -> Finding:
        said = message() if callable(message) else message
        offers = repairs() if callable(repairs) else repairs
        fault = repairable(code, said, offers, hint) if offers else Fault(code, said, hint)
        if record.layer is not None:
            fault = told(record.name, record.layer, record.input or (), fault)
        return Finding(fault, record.path, record.name, severity)

    return Later(code, record.path, record.name, made)
