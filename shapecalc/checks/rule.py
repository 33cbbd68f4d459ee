"""What looks for a rule, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from shapecalc.diagnostics import Fault, Finding, Later, repairable
from shapecalc.edits import Repair
from shapecalc.layers.base import Layer
from shapecalc.records import KnownRecord, with_context
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace

OfLayer = Callable[[KnownRecord, KnownTrace], Sequence[Later]]


class Check(NamedTuple):
    """Looks for violations of a rule in a finished trace.

    `of_layer` is called for records whose layer is one of `layers`, `of_network` once. What the
    first finds depends on the layer and its volumes alone: where it finds nothing, it is not asked
    about the same layer on the same volumes again, as in a block or a repeat. Where
    sizes of the input are open, others are put in their place, and what is found at any of them
    counts; a `partial` check is asked about the network itself, whose volumes are known in part.
    A check `of_fields` finds and says the same whatever the sizes are, as far as receptive fields
    do not depend on them.
    """

    rule: Rule
    layers: tuple[type[Layer], ...] = ()
    of_layer: OfLayer | None = None
    of_network: Callable[[Any], Iterable[Finding | Later]] | None = None  # of a KnownTrace
    partial: bool = False
    of_fields: bool = False


def finding(
    rule: Rule,
    record: KnownRecord,
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
        fault = repairable(rule, said, offers, hint) if offers else Fault(rule, said, hint)
        if record.layer is not None:
            fault = with_context(record.name, record.layer, record.input or (), fault)
        return Finding(fault, record.path, record.name)

    return Later(rule, record.path, record.name, made)
