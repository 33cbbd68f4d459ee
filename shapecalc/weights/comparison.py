"""What is wrong between a network and a weight file: missing, unexpected, of another shape.

A layer with another field has another volume, and what follows from it has other shapes, too: of
these only the first is told, with how many fit once it does.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import prod

from shapecalc import rules
from shapecalc.checkpoints import Weights
from shapecalc.checkpoints.base import Tensor
from shapecalc.checkpoints.darknet import ALL
from shapecalc.diagnostics import Fault, Finding, LayerError, quote, some
from shapecalc.layers.field_types import Volume
from shapecalc.tracing import KnownTrace, T, Trace, with_findings
from shapecalc.walking import walk
from shapecalc.weights.fields import Change, fitting_change, fitting_depth, fitting_switch
from shapecalc.weights.folding import without_folded
from shapecalc.weights.matching import Pair, match
from shapecalc.weights.sides import Module, Owner, Shape, owners_of

USUAL = 128  # in the place of a size of which nothing is known
MOST_NAMES = 6
MOST_UNEXPECTED = 12  # layers of the file that are told one by one
MOST_CHANGES = 80  # that are looked for
MOST_WALKED = 100_000  # layers, to see what fits once others do
OTHER_WEIGHTS = "give the weights of this network, or change the layer"
NO_LAYER = "the weights may be those of another network"


def compared(trace: T, weights: Weights, file: str) -> T:
    """Return a trace with what is wrong between it and a weight file, which is called `file`."""
    return with_findings(trace, findings(trace, weights, file))


def findings(trace: Trace, weights: Weights, file: str) -> list[Finding]:
    """Return what is wrong between a network and a weight file, which is called `file`."""
    if not trace.spec.readable:
        return []
    called = quote(file, 400)
    if weights.format == "darknet":
        return list(_of_count(trace, weights, called))
    known = _known(trace)
    owners, unsure = _sides(trace, known)
    found = match(owners, weights.checkpoint, unsure)
    found, folded = without_folded(found, called)
    told = [*folded, *_shapes(known, found.pairs, called)]
    told += [_missing(owner, list(owner.shapes), called) for owner in found.missing]
    return told + list(_unexpected(found.unexpected, called))


def _known(trace: Trace) -> KnownTrace:
    """Return a trace of known sizes: those that fit in the place of those left open.

    Operations that nobody computes give what the open trace knows of them, filled up likewise.
    """
    if isinstance(trace, KnownTrace):
        return trace
    fitting = trace.fitting_inputs
    size = max((size for volume in fitting.values() for size in volume[:-1]), default=USUAL)
    given = {
        record.name: tuple(size if axis is None else axis for axis in record.output)
        for record in trace.layers
        if record.output and record.layer is not None and record.layer.opaque
    }
    return walk(replace(trace.spec, inputs={**trace.spec.inputs, **fitting}), given)


def _sides(trace: Trace, known: KnownTrace) -> tuple[list[Owner], list[Owner]]:
    """Return the layers whose parameters are known, and those that have some that are not: they
    depend on a size that is left open, or on what an operation gives of which nothing is known.
    """
    owners = owners_of(known.layers)
    sure = {owner.name for owner in owners if trace[owner.name].parameters is not None}
    unsure = [
        Owner(record, {})
        for record in known.layers
        if record.layer is not None and record.layer.has_weights
        and record.shares is None and record.name not in sure and record.parameters != 0
    ]  # fmt: skip
    return [owner for owner in owners if owner.name in sure], unsure


# -- a file without names --------------------------------------------------------------------------


def _of_count(trace: Trace, weights: Weights, file: str) -> Iterator[Finding]:
    """Compare how many values there are: Darknet's files have no names, and tell no shapes."""
    there = sum(t.values for t in weights.checkpoint.tensors if t.name == ALL)
    learned, kept = trace.totals["parameters"], trace.totals["non_trainable"]
    if learned is None or kept is None or learned + kept == there:
        return
    needed = learned + kept
    message = f"{file} has {there:,} values, and the network keeps {needed:,}"
    if there < needed:
        last = _last_layer(trace, there)
        hint = f"they end with {last}: they are the beginning of the network" if last else ""
        yield Finding(Fault(rules.MISSING_TENSOR, message, hint or OTHER_WEIGHTS), ())
    else:
        yield Finding(Fault(rules.UNEXPECTED_TENSOR, message, NO_LAYER), ())


def _last_layer(trace: Trace, values: int) -> str | None:
    """Return the layer that is the last of a file with so many values; None where they end inside
    of one, or the network is not Darknet's.

    Training begins with such files: of a network that was trained on something else, without heads.
    """
    if trace.spec.document.format != "darknet":
        return None
    passed, last = 0, None
    for array in trace.spec.document.own.arrays(trace.layers):
        if passed >= values or array.shape is None:
            return quote(last) if last and passed == values and array.layer != last else None
        passed, last = passed + prod(array.shape), array.layer
    return None


# -- tensors of layers -----------------------------------------------------------------------------


@dataclass
class _Told:
    """A layer that does not fit: what would make it fit, and which others do so then."""

    pair: Pair
    change: Change | None = None
    depth: int | None = None
    followers: list[str] = field(default_factory=list)


def _shapes(trace: KnownTrace, pairs: Sequence[Pair], file: str) -> Iterator[Finding]:
    for told in _causes(trace, pairs):
        pair = told.pair
        if pair.differing:
            yield _differing(told, file)
        if not (pair.missing or pair.unexpected):
            continue
        fitting = None if pair.differing else told.change and told.change.text
        fitting = fitting or fitting_switch(pair)
        hint = f"{fitting} would fit" if fitting else ""
        if pair.missing:
            yield _missing(pair.owner, pair.missing, file, hint)
        if pair.unexpected:
            yield _not_in_layer(pair, file, hint)


def _causes(trace: KnownTrace, pairs: Sequence[Pair]) -> list[_Told]:
    """Return the layers that do not fit, without those that do once an earlier one does."""
    told: list[_Told] = []
    changes = _Changes()
    volumes: dict[str, Volume] = {}
    waiting = [pair for pair in pairs if not pair.fits]
    while waiting:
        pair = next((pair for pair in waiting if changes(pair) is not None), None)
        if pair is None or len(told) * len(trace.layers) > MOST_WALKED:
            break
        one = _Told(pair, changes(pair), fitting_depth(pair))
        told.append(one)
        waiting = [other for other in waiting if other is not pair]
        if waiting and one.change and _replaced(pair.owner, one.change, volumes):
            now = {o.name: o for o in owners_of(walk(trace.spec, volumes).layers)}
            again = [p.of(now[p.owner.name]) if p.owner.name in now else p for p in waiting]
            one.followers = [p.owner.name for p in again if p.fits]
            waiting = [p for p in again if not p.fits]
    told += [_Told(pair, None, fitting_depth(pair)) for pair in waiting[:MOST_CHANGES]]
    told += [_Told(pair) for pair in waiting[MOST_CHANGES:]]
    order = {pair.owner.name: number for number, pair in enumerate(pairs)}
    return sorted(told, key=lambda one: order[one.pair.owner.name])


class _Changes:
    """Looks for the fields that would make layers fit, once for each, and not for very many."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Change | None] = {}

    def __call__(self, pair: Pair) -> Change | None:
        """Return the change that would make a layer fit; None where there is none."""
        record = pair.owner.record
        key = record.name, record.input
        if key not in self._known:
            few = len(self._known) < MOST_CHANGES
            self._known[key] = fitting_change(pair) if few else None
        return self._known[key]


def _replaced(owner: Owner, change: Change, volumes: dict[str, Volume]) -> bool:
    """Put the volume of a layer with other fields in the place of its own."""
    try:
        volumes[owner.name] = change.layer.volume(owner.record.input or ())
    except LayerError:
        return False
    return True


def _differing(told: _Told, file: str) -> Finding:
    pair = told.pair
    owner = pair.owner
    parts = [
        f"{name} is {_shape(owner.shapes[name])}, and {_shape(shape)} in {file}"
        f"{_called(tensor, shape, f'{owner.name}.{name}')}"
        for name, tensor, shape in pair.differing
    ]
    hint = OTHER_WEIGHTS
    if told.change is not None:
        otherwise = "" if told.depth is None else f", or an input of depth {told.depth:,}"
        hint = f"{told.change.text} would fit{otherwise}"
    elif told.depth is not None and owner.record.input:
        own = owner.record.input[0][-1]
        hint = f"the weights are for an input of depth {told.depth:,}, and {own:,} comes in"
    if told.followers:
        hint += f"; so would {some(told.followers, MOST_NAMES)} then"
    message = f"{quote(owner.name)}: {'; '.join(parts)}"
    return Finding(Fault(rules.OTHER_SHAPE, message, hint), owner.record.path, owner.name)


def _missing(owner: Owner, names: Sequence[str], file: str, hint: str = "") -> Finding:
    listed = [f"{name} {_shape(owner.shapes[name])}" for name in names]
    message = f"{file} has no {some(listed, MOST_NAMES)} for {quote(owner.name)}"
    fault = Fault(rules.MISSING_TENSOR, message, hint or OTHER_WEIGHTS)
    return Finding(fault, owner.record.path, owner.name)


def _not_in_layer(pair: Pair, file: str, hint: str) -> Finding:
    owner = pair.owner
    message = f"{quote(owner.name)} has no such parameters: {_listed(pair.unexpected)} in {file}"
    fault = Fault(rules.UNEXPECTED_TENSOR, message, hint or NO_LAYER)
    return Finding(fault, owner.record.path, owner.name)


def _unexpected(modules: Sequence[Module], file: str) -> Iterator[Finding]:
    """Yield a finding for each layer of the file that the network does not have."""
    shown = modules if len(modules) <= MOST_UNEXPECTED else modules[: MOST_UNEXPECTED - 1]
    for module in shown:
        message = f"no layer has {_listed(list(module.tensors.values()))} of {file}"
        yield Finding(Fault(rules.UNEXPECTED_TENSOR, message, NO_LAYER), ())
    rest = [tensor for module in modules[len(shown) :] for tensor in module.tensors.values()]
    if rest:
        message = f"no layer has {len(rest):,} further tensors of {file}: {_listed(rest)}"
        yield Finding(Fault(rules.UNEXPECTED_TENSOR, message, NO_LAYER), ())


def _called(tensor: Tensor, shape: Shape, own: str) -> str:
    """Return how the file calls a tensor, and its shape there, where they are not ours."""
    there = "" if tensor.shape == shape else f" {_shape(tensor.shape)}"
    return f" ({quote(tensor.name)}{there})" if there or tensor.name != own else ""


def _listed(tensors: Sequence[Tensor]) -> str:
    return some([f"{quote(t.name)} {_shape(t.shape)}" for t in tensors], MOST_NAMES)


def _shape(shape: Sequence[int]) -> str:
    return f"[{', '.join(map(str, shape))}]"
