"""Something of a file of another format is not known.

The file has operations that shapecalc has no kind for, and it does not say what they give, which
arrays they keep, or how many multiplications they take: a Lambda of Keras, a layer of somebody's
own. What follows from an output is not known either; totals with an unknown term are null, and ? in
the table.

Warned of: "Lambda: the file does not tell the output and the MACs of lambda_1".

Good: a file that holds its shapes, as Keras 3 saves them. Or write the layer as one that shapecalc
knows: a Lambda that doubles its input is a Rescaling.
"""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc import rules
from shapecalc.checks.rule import Check
from shapecalc.diagnostics import Fault, Finding, quote, some
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace

MOST_NAMES = 6
OUTPUT = "what follows from it is not known either"
TOTALS = "the totals of the network are not known either"


def find(trace: Trace) -> Iterator[Finding]:
    """Yield a finding for each sort of operation of which the same things are not known."""
    groups: dict[tuple[str, str], list[LayerRecord]] = {}
    for record in trace.layers:
        if record.layer is not None and record.layer.opaque:
            lacking = _lacking(record)
            if lacking:
                groups.setdefault((record.layer.summary(), lacking), []).append(record)
    for (what, lacking), records in groups.items():
        first = records[0]
        names = some([quote(record.name) for record in records], MOST_NAMES)
        sort = f"{what}: " if what else ""
        message = f"{sort}the file does not tell the {lacking} of {names}"
        hint = TOTALS if first.output is not None and None not in first.output else OUTPUT
        yield Finding(Fault(rules.NOT_KNOWN, message, hint), first.path, first.name)


def _lacking(record: LayerRecord) -> str:
    """Return what is not known of an operation."""
    in_part = record.layer is not None and record.layer.values().get("output") is not None
    numbers = {
        "whole output" if in_part else "output": record.output,
        "parameters": record.parameters,
        "MACs": record.macs,
    }
    lacking = [name for name, number in numbers.items() if number is None]
    return " and the ".join(filter(None, [", the ".join(lacking[:-1]), *lacking[-1:]]))


CHECK = Check(rules.NOT_KNOWN, of_network=find)
