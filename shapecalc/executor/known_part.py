"""The part of a network that can be run: without what is not known, and with values in the place of
operations, which are never executed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from shapecalc import rules, walking
from shapecalc.diagnostics import Fault, Finding, SpecError, quote, some
from shapecalc.layers.operation import Operation
from shapecalc.network import Node
from shapecalc.records import LayerRecord
from shapecalc.tracing import KnownTrace

MOST_NAMES = 6


class KnownPart(NamedTuple):
    """A network that can be run in the place of one that cannot, and notes on what it leaves out.

    Of a whole network it is the network itself. `not_run` has the kind of each layer that is left
    out, or has random values in its place, by name.
    """

    trace: KnownTrace
    notes: list[str]
    not_run: dict[str, str]


def known_part(trace: KnownTrace) -> KnownPart:
    """Return the layers whose volumes, and those of all that they take, are known.

    Operations have neither parameters nor MACs there: these are not executed. Raises SpecError
    where the size of no input is known.
    """
    operations = [r for r in trace.layers if r.layer is not None and r.layer.opaque]
    unknown = [r.name for r in trace.layers if r.input is None or r.output is None]
    sound = not any(finding.rule.structural for finding in trace.findings)
    if not sound or not (operations or unknown or None in trace.inputs.values()):
        return KnownPart(trace, [], {})
    if trace.inputs and not any(trace.inputs.values()):  # nothing is left: a size has to be given
        name = next(iter(trace.inputs))
        asked = (found.hint for found in trace.diagnostics if found.rule is rules.INPUT_SIZE)
        hint = next(asked, "give one with --input")
        fault = Fault(rules.MISSING_FIELD, f"the size of {quote(name)} is not known", hint)
        place = trace.spec.place_of_input(name)
        raise SpecError([trace.spec.document.located(Finding(fault, place))])
    spec = trace.spec
    numbers: dict[int, int] = {}  # of the values that are left, by what they were
    inputs = {name: volume for name, volume in spec.inputs.items() if volume is not None}
    for value, volume in zip(spec.values.inputs, spec.inputs.values(), strict=True):
        if volume is not None:
            numbers[value] = len(numbers)
    nodes: list[Node] = []
    kept: dict[int, int] = {}
    for index, (node, record) in enumerate(zip(spec.nodes, trace.layers, strict=True)):
        left = _left(node, numbers)
        if left is None or record.output is None:
            continue
        kept[index] = len(nodes)
        numbers[spec.values.of(index)] = len(inputs) + len(nodes)
        shares = None if node.shares is None else kept.get(node.shares)
        one = node.shares_one
        if one is not None:
            one = one._replace(owner=kept[one.owner]) if one.owner in kept else None
        nodes.append(replace(left, expectations=None, shares=shares, shares_one=one))
    outputs = {
        name: numbers[value] for name, value in spec.outputs.items() if value in numbers
    } or ({nodes[-1].name: len(inputs) + len(nodes) - 1} if nodes else {})
    part = replace(
        spec, inputs=inputs, nodes=nodes, instances=(), outputs=outputs, expectations=None,
        example=None, findings=(),
    )  # fmt: skip
    not_run = {
        record.name: record.kind
        for index, record in enumerate(trace.layers)
        if index not in kept or (record.layer is not None and record.layer.opaque)
    }
    return KnownPart(walking.walk(part), [*_notes(operations, kept, trace)], not_run)


def _left(node: Node, numbers: dict[int, int]) -> Node | None:
    """Return a layer with its sources as they are numbered now; None where one is missing."""
    if node.layer is None:
        return None
    sources = node.sources or ()
    if isinstance(node.layer, Operation):  # it takes what is there
        layer = node.layer.model_copy(update={"parameters_": {}, "macs_": 0})
        return replace(
            node, layer=layer, sources=tuple(numbers[s] for s in sources if s in numbers)
        )
    if node.sources is None or any(source not in numbers for source in sources):
        return None
    return replace(node, sources=tuple(numbers[source] for source in sources))


def _notes(
    operations: Sequence[LayerRecord], kept: dict[int, int], trace: KnownTrace
) -> Iterator[str]:
    known = [record.title for record in operations if record.output is not None]
    if known:
        yield (
            f"operations are not run, and random values stand for what they give:"
            f" {some(known, MOST_NAMES)}"
        )
    lost = [r.title for index, r in enumerate(trace.layers) if index not in kept]
    if lost:
        yield f"not run, since their volumes are not known: {some(lost, MOST_NAMES)}"
