"""What is in memory at every moment of a forward and a backward pass, as PyTorch has it.

A volume lies in memory until the last layer that reads it has run, and where the backward pass
needs it until that is past. A view has no memory of its own. Each layer's gradients are made when
its turn comes; those of parameters stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple

from shapecalc.layers.base import NOTHING, Graded, Kept, Layer
from shapecalc.network.values import last_uses
from shapecalc.records import LayerRecord, own_counts
from shapecalc.tracing import Trace

SINGLE, INDEX, FLAG = 4, 8, 1  # bytes of a number in single precision, of an index, of a flag


class Precision(NamedTuple):
    """The bytes of a parameter and its gradient, and of a value of a volume."""

    parameter: int
    value: int


class Amount(NamedTuple):
    """Bytes: `fixed` ones, and so many for each example of the batch."""

    fixed: int = 0
    each: int = 0

    def plus(self, other: Amount) -> Amount:
        """Return the sum of two amounts."""
        return Amount(self.fixed + other.fixed, self.each + other.each)

    def less(self, other: Amount) -> Amount:
        """Return the difference of two amounts."""
        return Amount(self.fixed - other.fixed, self.each - other.each)

    def of(self, batch: int) -> int:
        """Return the bytes for a batch."""
        return self.fixed + self.each * batch


class Moment(NamedTuple):
    """What is alive while a layer runs, parameters left out."""

    layer: str
    backward: bool
    alive: Amount


class Work(NamedTuple):
    """A layer as the schedule sees it; values are numbered as `spec.values` does."""

    name: str
    reads: tuple[int, ...]
    gives: int
    kept: Kept
    keeps: tuple[int, ...]  # the values read that are kept
    beside: Amount  # what is kept besides inputs and output
    gradients: int  # bytes of the gradients of its own parameters
    needs: tuple[int, ...]  # the values read that get a gradient
    passes: bool  # whether they get the upstream gradient, or a part of it


class Plan:
    """The layers of a network, its volumes' sizes and what is kept. `known` says whether all is.

    `sizes` are the bytes of every value for one example, `roots` the values in whose memory they
    lie.
    """

    def __init__(self, trace: Trace, precision: Precision) -> None:
        self.precision = precision
        self.inputs = list(trace.spec.values.inputs)
        volumes = [*trace.inputs.values(), *(record.output for record in trace.layers)]
        self.known = all(map(_is_whole, volumes))
        self.work: list[Work] = []
        if not self.known:
            return
        self.sizes = [prod(v) * precision.value for v in volumes]  # type: ignore[arg-type]
        self.roots = list(range(len(volumes)))
        self.graded = [False] * len(volumes)  # whether a value gets a gradient: no input does
        for index, record in enumerate(trace.layers):
            self._add(trace, index, record)
        self.outputs = {self.roots[n] for n in trace.spec.outputs.values() if n is not None}
        self._find_kept()

    def _add(self, trace: Trace, index: int, record: LayerRecord) -> None:
        layer, sources = record.layer, trace.spec.nodes[index].sources
        inputs, output = record.input, record.output
        if layer is None or sources is None or inputs is None or output is None:
            self.known = False
            return
        reads = sources[:1] if layer.reference is not None else sources
        gives = trace.spec.values.of(index)
        trained = record.learns and bool(record.parameters)
        graded = Graded(trained, [self.graded[value] for value in reads])
        active = trained or any(graded.inputs)
        kept = layer.kept(inputs, output, graded) if active else NOTHING  # type: ignore[arg-type]
        if kept is None or record.parameters is None:
            self.known = False
            return
        if layer.is_view:
            self.roots[gives] = self.roots[reads[0]]
        self.graded[gives] = active
        self.work.append(
            Work(
                record.name,
                tuple(dict.fromkeys(reads)),
                gives,
                kept,
                _kept_of(reads, kept.inputs),
                self._beside(kept),
                self._own_gradients(record),
                tuple(value for value in dict.fromkeys(reads) if self.graded[value]),
                _passes(layer, inputs, output),  # type: ignore[arg-type]
            )
        )

    def _own_gradients(self, record: LayerRecord) -> int:
        own = own_counts(record)
        return (own.trainable or 0) * self.precision.parameter if own is not None else 0

    def _beside(self, kept: Kept) -> Amount:
        each = kept.values * self.precision.value + kept.singles * SINGLE
        return Amount(kept.once * SINGLE, each + kept.indices * INDEX + kept.flags * FLAG)

    def _find_kept(self) -> None:
        """Find the values that are kept, each with the first layer that needs it."""
        self.keepers: dict[int, int] = {}
        for index, work in enumerate(self.work):
            given = (work.gives,) if work.kept.output else ()
            for value in (*work.keeps, *given):
                self.keepers.setdefault(self.roots[value], index)

    def size(self, values: Iterable[int]) -> Amount:
        """Return how much some values take."""
        return Amount(0, sum(self.sizes[value] for value in values))


def _is_whole(volume: Sequence[object] | None) -> bool:
    """Say whether every size is a number; a named one, `H`, is none."""
    return volume is not None and all(isinstance(size, int) for size in volume)


def _kept_of(reads: Sequence[int], kept: bool | tuple[bool, ...]) -> tuple[int, ...]:
    """Return which of the values read are kept: all, none or the ones it is said of."""
    if isinstance(kept, bool):
        return tuple(reads) if kept else ()
    return tuple(value for value, is_kept in zip(reads, kept, strict=True) if is_kept)


def _passes(layer: Layer, inputs: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> bool:
    """Say whether the inputs' gradients take no new memory; those of stretched volumes do."""
    if not layer.passes_gradient:
        return False
    return len(inputs) == 1 or layer.joined(output) is not None or set(inputs) == {output}


def forward(plan: Plan, *, training: bool) -> tuple[list[Moment], Amount]:
    """Return every moment of the forward pass, and what is alive after it."""
    reads = [tuple({plan.roots[value] for value in work.reads}) for work in plan.work]
    given = [plan.roots[work.gives] for work in plan.work]
    done = last_uses([(*read, root) for read, root in zip(reads, given, strict=True)])
    stays = {*plan.inputs, *plan.outputs, *(plan.keepers if training else ())}
    alive, held = set(plan.inputs), plan.size(plan.inputs)
    moments = []
    for work, root, over in zip(plan.work, given, done, strict=True):
        if root not in alive:
            alive.add(root)
            held = held.plus(plan.size([root]))
        if training:
            held = held.plus(work.beside)
        moments.append(Moment(work.name, False, held))
        freed = {value for value in over if value in alive and value not in stays}
        alive -= freed
        held = held.less(plan.size(freed))
    return moments, held


def backward(plan: Plan, held: Amount) -> list[Moment]:
    """Return every moment of the backward pass, which begins with what is `held`."""
    gradients = {root: plan.size([root]) for root in plan.outputs if plan.graded[root]}
    upstream = plan.size(gradients)
    learned = 0  # bytes of parameters' gradients so far
    freed_at: dict[int, list[int]] = {}
    for root, keeper in plan.keepers.items():
        if root not in plan.outputs and root not in plan.inputs:
            freed_at.setdefault(keeper, []).append(root)
    moments = []
    for index in reversed(range(len(plan.work))):
        work = plan.work[index]
        if plan.graded[work.gives]:
            summed = plan.size(value for value in work.needs if value in gradients)
            new = summed if work.passes else plan.size(work.needs)
            own = Amount(work.gradients + learned)
            moments.append(Moment(work.name, True, held.plus(upstream).plus(new).plus(own)))
            upstream = upstream.plus(_moved(plan, work, gradients))
        learned += work.gradients
        held = held.less(work.beside).less(plan.size(freed_at.get(index, ())))
    return moments


def _moved(plan: Plan, work: Work, gradients: dict[int, Amount]) -> Amount:
    """Hand gradients on from a layer's output to what it reads; return how much more there are.

    Where one is passed on, the first value that has none yet takes over its memory, the further
    ones share it.
    """
    ready = gradients.pop(work.gives, Amount())
    before = ready.plus(_sum(gradients.get(value, Amount()) for value in work.needs))
    shares = work.passes and not any(value in gradients for value in work.needs)
    for number, value in enumerate(work.needs):
        if shares and ready.each:
            own = plan.size([value])
            gradients[value] = own if number == 0 or own != ready else Amount()
        else:
            gradients[value] = plan.size([value])
    return _sum(gradients[value] for value in work.needs).less(before)


def _sum(amounts: Iterable[Amount]) -> Amount:
    total = Amount()
    for amount in amounts:
        total = total.plus(amount)
    return total
