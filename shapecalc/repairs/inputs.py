"""Repairs of the network's input: the nearest sizes at which a layer's window fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shapecalc import rules
from shapecalc.diagnostics import Finding, quote
from shapecalc.edits import Change, Repair, several
from shapecalc.geometry import fitting_inputs
from shapecalc.layers.base import show
from shapecalc.layers.field_types import Volume
from shapecalc.layers.window import Sliding
from shapecalc.repairs.chain import Chains
from shapecalc.rules import Rule
from shapecalc.solving.fitting import FittingSizes
from shapecalc.solving.fitting import fitting as sizes_that_fit
from shapecalc.solving.fitting import inputs as with_sizes
from shapecalc.tracing import KnownTrace
from shapecalc.volumes import PartialVolume, Reading, doubts, reason
from shapecalc.walking import walk

FAR = 256  # pixels from the written size
MOST_TRIED = 20_000  # layers, in all sizes that are tried


def inputs(trace: KnownTrace, finding: Finding) -> Iterator[Repair]:
    """Yield the sizes below and above the written one that suit the layer, the nearer first."""
    chains = Chains(trace)
    index = chains.names.get(finding.layer or "")
    layer = trace.spec.nodes[index].layer if index is not None else None
    if index is None or layer is None:
        return
    chain = chains.back(chains.values.of(index), farthest=len(trace.layers))
    (source,) = (trace.spec.nodes[chain[-1]].sources if chain else None) or (None,)
    straight = source in chains.values.inputs and isinstance(layer, Sliding)
    if not straight and len(trace.inputs) > 1:
        return
    name, volume = list(trace.inputs.items())[source if source is not None and straight else 0]
    if volume is None or len(volume) < 2:
        return
    if straight and isinstance(layer, Sliding):
        exact = layer.model_copy(update={"rounding": "exact"})
        direct = len(chain) == 1
        found = _direct(exact, volume) if direct else _nearest(chains, chain, exact, volume)
    else:
        found = _walked(trace, finding, index, name, volume)
    for changed, output in found:
        text, change = _other(trace, name, changed)
        yield Repair(f"{text} gives {show(output[:-1])}", change)


def fitting(trace: KnownTrace, finding: Finding) -> Iterator[Repair]:
    """Yield the nearest sizes below and above the written ones at which the whole network fits, the
    nearer first; of what is dropped by rounding, those at which nothing is.
    """
    index = next((n for n, node in enumerate(trace.spec.nodes) if node.name == finding.layer), None)
    if index is None:
        return
    found = _fitting(trace, index if finding.rule.stage == "advice" else None)
    for given in _nearest_of(trace, found):
        after = walk(replace(trace.spec, inputs=given, example=None))
        output = after.layers[index].output
        others = [_other(trace, n, v) for n, v in given.items() if v != trace.inputs[n]]
        if others and output is not None:
            told = show(output[:-1] or output)
            texts = " and ".join(text for text, _ in others)
            yield Repair(f"{texts} gives {told}", several(*(change for _, change in others)))


def _nearest_of(trace: KnownTrace, found: FittingSizes) -> list[dict[str, Volume]]:
    """Return the inputs with the nearest sizes below and above, those that differ least first."""
    apart: list[tuple[int, dict[str, Volume]]] = []
    for place in (0, 1):
        sizes = {one.axis: one.nearest[place] for one in found.axes}
        known = {axis: size for axis, size in sizes.items() if size is not None}
        if len(known) < len(sizes) or not found.fits:
            continue
        given = {name: v for name, v in with_sizes(trace.spec, known).items() if v is not None}
        changed = [(given[name], trace.inputs[name] or ()) for name in given]
        differ = sum(abs(a - b) for new, old in changed for a, b in zip(new, old, strict=True))
        apart.append((differ, given))
    return [given for _, given in sorted(apart, key=lambda pair: pair[0])]


def _fitting(trace: KnownTrace, exact: int | None) -> FittingSizes:
    """Return the sizes that fit, found once for all findings; one layer may be made exact."""
    known: dict[int | None, FittingSizes] = trace.__dict__.setdefault("_fitting", {})
    if exact not in known:
        nodes = list(trace.spec.nodes)
        if exact is not None:
            layer = nodes[exact].layer
            assert layer is not None
            made = layer.model_copy(update={"rounding": "exact"})
            nodes[exact] = replace(nodes[exact], layer=made)
        known[exact] = sizes_that_fit(replace(trace.spec, nodes=nodes))
    return known[exact]


def sound(trace: KnownTrace, finding: Finding) -> Iterator[Repair]:
    """Yield the next larger size at which no layer refuses, where a window is too large.

    What fits this layer alone may leave the next one with nothing.
    """
    name, volume = next(iter(trace.inputs.items()))
    if volume is None or len(trace.inputs) > 1 or len(volume) < 2:
        return
    for step in range(1, min(FAR, MOST_TRIED // (2 * len(trace.layers))) + 1):
        larger = (*[size + step for size in volume[:-1]], volume[-1])
        after = walk(replace(trace.spec, inputs={name: larger}), to_the_end=False)
        if len(after.layers) == len(trace.layers) and after.output is not None:
            if not any(found.rule.stage == "shapes" for found in after.findings):
                index = Chains(trace).names.get(finding.layer or "", -1)
                output = after.layers[index].output or after.output
                told = show(output[:-1] or output)  # a flat one has its depth alone
                text, change = _other(trace, name, larger)
                yield Repair(f"{text} gives {told}", change)
            return


def meant_inputs(trace: KnownTrace, finding: Finding) -> Iterator[Repair]:
    """Yield the volume that an input looks as if it were, without a batch or its depth last."""
    for name, volume in trace.inputs.items():
        for reading in _readings(volume, finding.rule) if volume is not None else ():
            text, change = _other(trace, name, reading.volume)
            yield Repair(f"{text} ({reason(reading)})", change)


def meant_given(trace: KnownTrace, finding: Finding) -> Iterator[Repair]:
    """Yield the volume that is meant where one was given that looks out of order: what is written
    in the file has a repair of the rule's own.
    """
    for repair in meant_inputs(trace, finding):
        if repair.change.action == "given":
            yield repair


def rounded(trace: KnownTrace, finding: Finding) -> Iterator[Repair]:
    """Yield the network's rounding, where strides of several layers do not fit."""
    others = sum(found.rule is finding.rule for found in trace.findings)
    if (others > 1 or finding.more) and "rounding" not in trace.spec.document.data:
        text = "rounding: floor for the whole network"
        yield Repair(text, Change("set", "floor", ("rounding",)))


def _readings(volume: Volume, rule: Rule) -> Sequence[Reading]:
    """Return what a volume may mean; an axis too many (RANK) may be a batch, whatever its size."""
    found = doubts(volume)
    if rule is rules.RANK and len(volume) > 2 and not found:
        return [Reading(volume[1:], str(volume[0]))]
    return found


def _other(trace: KnownTrace, name: str, volume: PartialVolume) -> tuple[str, Change]:
    """Return another volume of an input as it is written, in the file or, where it was given in the
    place of the file's own, behind --input; and the change.
    """
    shown = show(volume)
    if name in trace.spec.given:
        which = f"{quote(name)}=" if len(trace.inputs) > 1 else ""
        return f"--input {which}{shown}", Change("given", volume, (name,))
    if "input" in trace.spec.document.data:
        return f"input: {shown}", Change("set", shown, ("input",))
    return f"{quote(name)}: {shown}", Change("set", shown, ("inputs", name))


def _walked(
    trace: KnownTrace, finding: Finding, index: int, name: str, volume: Volume
) -> Iterator[tuple[Volume, Volume]]:
    """Yield the nearest sizes at which the network, walked anew, takes its volumes."""
    # Much smaller inputs make volumes of one pixel, which agree with everything.
    far = min(FAR, max(4, min(volume[:-1]) // 4), MOST_TRIED // (2 * len(trace.layers)))
    missing = {-1, 1}
    for step in range(1, far + 1):
        for sign in sorted(missing):
            changed = (*[size + sign * step for size in volume[:-1]], volume[-1])
            if min(changed) < 1:
                continue
            after = walk(replace(trace.spec, inputs={name: changed}))
            output = after.layers[index].output
            refused = {f.path for f in after.findings if f.rule.stage == "shapes"}
            if output is not None and finding.path not in refused and len(output) > 1:
                missing.discard(sign)
                yield changed, output


def _direct(layer: Sliding, volume: Volume) -> Iterator[tuple[Volume, Volume]]:
    """Yield the sizes for a layer that takes the input itself, the nearer first."""
    pairs = [fitting_inputs(fit) for fit in layer.fits(volume).axes]
    sizes = dict.fromkeys((tuple(low for low, _ in pairs), tuple(high for _, high in pairs)))
    for spatial in sorted(sizes, key=lambda s: _distance(s, volume)):
        output = layer.output_if_valid((*spatial, volume[-1])) if min(spatial) > 0 else None
        if output is not None:
            yield (*spatial, volume[-1]), output


def _nearest(
    chains: Chains, chain: list[int], layer: Sliding, volume: Volume
) -> Iterator[tuple[Volume, Volume]]:
    """Yield the nearest size below and above that suits: one axis changed, else all of them."""
    *spatial, D = volume
    axes = [{axis} for axis in range(len(spatial))] if len(spatial) > 1 else []
    ways = [*axes, set(range(len(spatial)))]
    far = min(FAR, MOST_TRIED // (2 * len(ways) * len(chain)))
    missing = {-1, 1}
    for step in range(1, far + 1):
        for sign in sorted(missing):
            for way in ways:
                sizes = [W + sign * step * (axis in way) for axis, W in enumerate(spatial)]
                changed = (*sizes, D)
                output = _tried(chains, chain, layer, changed) if min(sizes) > 0 else None
                if output is not None:
                    missing.discard(sign)
                    yield changed, output
                    break


def _tried(chains: Chains, chain: list[int], layer: Sliding, volume: Volume) -> Volume | None:
    """Return a layer's output if all before it take the input, and its own window fits."""
    before = chains.through(list(reversed(chain[1:])), volume)
    return layer.output_if_valid(before) if before is not None and len(before) > 1 else None


def _distance(sizes: Volume, volume: Volume) -> int:
    return sum(abs(a - b) for a, b in zip(sizes, volume, strict=False))
