"""Networks whose inputs leave sizes open: what holds of them, whatever the sizes are.

Other sizes are put in the place of the open ones, several sets of them at which the network fits,
and it is traced with each. What all traces agree in is known; what they differ in depends on the
size, and is None. Faults count where every set has them. So no layer kind and no rule has to know
of sizes that are not known, and those of plug-ins are served as ours are.

Imported only where a size is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, product
from math import gcd

from shapecalc import checks, worked_example
from shapecalc.agreement import OpenRecord, agreed_findings
from shapecalc.diagnostics import Finding
from shapecalc.network import NetworkSpec, Node
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace, Trace, Walker, walk
from shapecalc.volumes import PartialVolume, Volume, is_known

# Tried in the place of open sizes, the likelier first: what images, sounds and texts have.
USUAL = (224, 227, 256, 299, 32, 28, 512, 572, 96, 1024, 4096, 16384, 65536, *range(1, 65))
DEPTHS = (3, 64, 1, 240, 2, 4, 7, 5040)
# What is added to sizes that fit, for each open axis: no two are equal anywhere, and they leave
# different rests, so that nothing but chance makes two traces agree in what depends on a size.
FAR = (
    (128, 259, 66, 33, 201, 92),
    (65, 130, 197, 262, 17, 340),
    (1030, 774, 517, 261, 901, 1290),
    (331, 402, 278, 499, 143, 216),
)
NEAR = (64, 32, 24, 16, 12, 8, 6, 5, 4, 3, 2, 1)
ENOUGH = 3  # sets of sizes
MOST_TRIED = 30_000  # layers, in all sets that are tried until one fits
MOST_AVOIDING = 1_000  # layers, in all sets that are tried to avoid what is no error
ROUNDS = 24
MOST_STRIDE = 33

Sizes = tuple[int, ...]  # in the place of the open ones, in the order of the inputs' axes
Refused = tuple[int, ...]  # the layers that refuse their inputs


@dataclass(frozen=True, repr=False)
class OpenTrace(Trace):
    """The result where inputs leave sizes open: volumes are known in part."""

    fitting: Mapping[str, Volume] = field(default_factory=dict)
    whole: bool = True  # whether all is known once the sizes are

    @property
    def fitting_inputs(self) -> Mapping[str, Volume]:
        return self.fitting

    @property
    def complete(self) -> bool:
        """Whether nothing is wrong with the spec, and nothing unknown but what depends on sizes
        that the input leaves open.
        """
        return self.whole and not any(found.rule.structural for found in self.findings)


def traced(spec: NetworkSpec) -> OpenTrace:
    """Return the checked trace of a spec whose inputs leave sizes open. Never raises."""
    search = _Search(spec)
    sized = search.sets()
    traces = [search.traced(sizes) for sizes in sized]
    refused = search.unavoidable
    holding = [_holding(spec, {*search.refused(sizes)} - {*refused}) for sizes in sized]
    records = _records(spec, traces, holding)
    fitting = [trace for trace, holds in zip(traces, holding, strict=True) if all(holds)]
    own = len(spec.findings)
    findings = agreed_findings(
        [trace.findings[own:] for trace in traces],
        [_sources_hold(spec, holds) for holds in holding],
        {record.name: record for record in records},
    )
    findings = _unavoided(findings, search)
    if spec.example is not None:
        findings += worked_example.faults(spec, records)
    example = search.filled(search.start).inputs
    found = OpenTrace(
        spec,
        records,
        (*spec.findings, *findings),
        fitting={
            name: volume
            for name, volume in example.items()
            if volume is not None and is_known(volume) and volume != spec.inputs[name]
        },
        whole=all(trace.complete for trace in fitting),
    )
    return checks.checked_in_part(found)


def _holding(spec: NetworkSpec, refusing: set[int]) -> list[bool]:
    """Say of every value whether a set of sizes tells something of it: no layer behind which it
    stands refused them, where other sizes fit.
    """
    holds = [True for _ in spec.values.inputs]
    for index, node in enumerate(spec.nodes):
        holds.append(index not in refusing and all(holds[s] for s in node.sources or ()))
    return holds


def _sources_hold(spec: NetworkSpec, holds: Sequence[bool]) -> Mapping[str, bool]:
    """Say of every layer, by its name, whether what it takes holds."""
    return {node.name: all(holds[s] for s in node.sources or ()) for node in spec.nodes}


def _records(
    spec: NetworkSpec, traces: Sequence[KnownTrace], holding: Sequence[Sequence[bool]]
) -> tuple[OpenRecord, ...]:
    """Return what the traces agree in, layer by layer."""
    volumes: list[PartialVolume | None] = [*spec.inputs.values()]
    records = []
    for index, node in enumerate(spec.nodes):
        value = spec.values.of(index)
        agreeing = [
            trace.layers[index]
            for trace, holds in zip(traces, holding, strict=True)
            if holds[value]
        ]
        taken = [volumes[source] for source in node.sources or ()]
        known = tuple(volume for volume in taken if volume is not None)
        inputs = known if node.sources is not None and len(known) == len(taken) else None
        record = OpenRecord.of(agreeing, inputs)
        volumes.append(record.output)
        records.append(record)
    return tuple(records)


def _unavoided(findings: list[Finding], search: _Search) -> list[Finding]:
    """Return the findings without the advice and the warnings that some sizes avoid."""
    left = MOST_AVOIDING
    for sizes in search.others():
        if all(finding.severity == "error" for finding in findings) or left <= 0:
            break
        left -= len(search.spec.nodes)
        if search.refused(sizes) != search.unavoidable:
            continue
        met = {(f.rule, f.path, f.layer) for f in search.traced(sizes).findings}
        findings = [f for f in findings if (f.rule, f.path, f.layer) in met]
    return findings


class _Stop(Exception):
    """Ends a walk that can only be worse than an earlier one."""


class _Probe(Walker):
    """Walks a network to see which layers refuse their inputs, and says nothing about it.

    Volumes of one pixel agree with everything. A merge of a volume that is one pixel at these sizes
    and was more at `usual` ones counts as refused: nobody means that.
    """

    def __init__(
        self, spec: NetworkSpec, better: Refused | None, usual: Sequence[Volume | None]
    ) -> None:
        super().__init__(spec, {})
        self.better, self.usual = better, usual
        self.refused: list[int] = []

    def record(self, node: Node) -> None:
        layer, sources = node.layer, node.sources
        if layer is not None and layer.merges and sources is not None and self.usual:
            taken = [self.volumes[source] for source in sources]
            stretched = any(
                volume is not None and self._shrunk(source, volume)
                for source, volume in zip(sources, taken, strict=True)
            )
            if stretched and any(volume != taken[0] for volume in taken):
                self._refused_by(len(self.records))
        super().record(node)

    def _shrunk(self, source: int, volume: Volume) -> bool:
        usual = self.usual[source] if source < len(self.usual) else None
        return usual is not None and any(
            now == 1 < before for now, before in zip(volume[:-1], usual[:-1], strict=False)
        )

    def _refuse(self, node: Node, rule: Rule, say: object) -> None:
        self._refused_by(len(self.records))

    def _refused_by(self, index: int) -> None:
        if self.refused[-1:] != [index]:
            self.refused.append(index)
        if self.better is not None and _rank([*self.refused], index) < _rank(self.better, index):
            raise _Stop


def _rank(refused: Sequence[int], at: int | None = None) -> tuple[float, ...]:
    """Return what is larger for the better set of sizes: the later a layer refuses it, the better.

    What comes behind the layer `at` is not looked at.
    """
    return (*(n for n in refused if at is None or n <= at), float("inf"))


class _Search:
    """Looks for sizes at which a network fits, or as much of it as can."""

    def __init__(self, spec: NetworkSpec) -> None:
        self.spec = spec
        self.axes = [
            (name, axis)
            for name, volume in spec.inputs.items()
            for axis, size in enumerate(volume or ())
            if size is None
        ]
        self.spent = 0  # layers walked
        self.usual: list[Volume | None] = []  # volumes at the first sizes, as far as they fit
        self._refused: dict[Sizes, Refused] = {}
        self._worse: dict[Sizes, Refused] = {}
        self._traces: dict[Sizes, KnownTrace] = {}
        self.steps: Sizes = (1,) * len(self.axes)
        self.start: Sizes = self._alike(USUAL[0], DEPTHS[0])
        self.unavoidable: Refused = self.refused(self.start)
        if self.unavoidable:
            self._look()

    # -- one set of sizes ----------------------------------------------------------------------

    def filled(self, sizes: Sizes) -> NetworkSpec:
        """Return the spec with sizes in the place of the open ones, without its example."""
        given = dict(zip(self.axes, sizes, strict=True))
        inputs: dict[str, PartialVolume | None] = {
            name: volume
            and tuple(given.get((name, axis), size) for axis, size in enumerate(volume))
            for name, volume in self.spec.inputs.items()
        }
        return replace(self.spec, inputs=inputs, example=None)

    def refused(self, sizes: Sizes, better: Refused | None = None) -> Refused:
        """Return which layers refuse their inputs; only the first ones where that is worse than
        `better`, which may not get worse from call to call.
        """
        if better is not None and sizes in self._worse:
            return self._worse[sizes]
        if sizes not in self._refused:
            probe = _Probe(self.filled(sizes), better, self.usual)
            try:
                for node in self.spec.nodes:
                    probe.record(node)
            except _Stop:
                self.spent += len(probe.records) + 1
                self._worse[sizes] = (*probe.refused,)
                return self._worse[sizes]
            self.spent += len(probe.records)
            self.usual = self.usual or probe.volumes
            self._refused[sizes] = (*probe.refused,)
        return self._refused[sizes]

    def traced(self, sizes: Sizes) -> KnownTrace:
        """Return the trace with sizes in the place of the open ones."""
        if sizes not in self._traces:
            self._traces[sizes] = checks.checked(walk(self.filled(sizes)), partial=False)
        return self._traces[sizes]

    def _alike(self, size: int, depth: int) -> Sizes:
        """Return sizes that are the same on all spatial axes, and on all depths."""
        return tuple(
            depth if axis == len(self.spec.inputs[name] or ()) - 1 else size
            for name, axis in self.axes
        )

    # -- the first that fits -------------------------------------------------------------------

    def _look(self) -> None:
        """Look for sizes that fit: the usual ones, then by climbing from one layer to the next."""
        for depth in dict.fromkeys((DEPTHS[0], *self._depths())):
            for size in USUAL:
                if self._better(self._alike(size, depth)):
                    return
        self._scaled()
        self._climb()

    def _depths(self) -> Iterable[int]:
        opened = any(axis == len(self.spec.inputs[name] or ()) - 1 for name, axis in self.axes)
        return DEPTHS if opened else ()

    def _scaled(self) -> None:
        """Try inputs of which one is so many times as large as another."""
        names = list(dict.fromkeys(name for name, _ in self.axes))
        for factors in product((1, 2, 4, 8), repeat=min(len(names), 4)):
            factor = dict(zip(names, factors, strict=False))
            self._better(
                tuple(
                    size * factor.get(name, 1)
                    for (name, _), size in zip(self.axes, self.start, strict=True)
                )
            )

    def _climb(self) -> None:
        """Look for sizes that get past the layer that refuses, among those that come up to it.

        A stride lets through sizes that leave one rest. Those that come furthest tell how far apart
        such sizes are; further ones are looked for at multiples of that.
        """
        without = 0  # rounds without a better one
        for _ in range(ROUNDS):
            if not self.unavoidable or self.spent > MOST_TRIED or without > 3:
                return
            before, base = self.unavoidable, self.start
            winners: list[Sizes] = []
            for offsets in self._grid():
                sizes = tuple(b + o * s for b, o, s in zip(base, offsets, self.steps, strict=True))
                best = self.unavoidable
                if self._better(sizes):
                    return
                if self.unavoidable != best:
                    winners = []
                if self.refused(sizes, self.unavoidable) == self.unavoidable:
                    winners.append(sizes)
            if self.unavoidable != before:
                without = 0
                self.steps = tuple(
                    gcd(*(w[axis] - self.start[axis] for w in winners)) or step
                    for axis, step in enumerate(self.steps)
                )
            else:
                without += 1
                self.steps = tuple(8 * step for step in self.steps)

    def _grid(self) -> Iterator[Sizes]:
        """Yield how many steps each axis is to go: all alike, then one against the other."""
        count = len(self.axes)
        for n in range(64):
            yield (n,) * count
        yield from islice(product(range(8 if count < 3 else 4), repeat=count), 64 * 4)

    def _better(self, sizes: Sizes) -> bool:
        """Go on with sizes if they are better; say whether there is nothing left to mend."""
        if self.spent <= MOST_TRIED and max(sizes) < 2**31:
            refused = self.refused(sizes, self.unavoidable)
            if _rank(refused) > _rank(self.unavoidable):
                self.start, self.unavoidable = sizes, refused
        return not self.unavoidable

    # -- several that fit ----------------------------------------------------------------------

    def sets(self) -> list[Sizes]:
        """Return sets of sizes that fit, each axis of another size in each, as far as there are.

        Where an axis can have one size only, sets that fit in part stand behind them: they tell of
        what comes before the layer that wants it.
        """
        found = self._several()
        if len(found) < ENOUGH:
            self._find_periods()
            found = self._several()
        if len(found) < 2:
            found.append(self.start)
        if any(len(set(column)) < 2 for column in zip(*found, strict=True)):
            found += [sizes for sizes in self._far() if sizes not in found][:ENOUGH]
        return found

    def _several(self) -> list[Sizes]:
        """Return sets of sizes that fit: no axis has one size twice, or else some axis has not."""
        found: list[Sizes] = []
        for apart in (True, False):
            for sizes in self.others():
                if len(found) >= ENOUGH:
                    break
                if self._is_apart(sizes, found, apart) and self._fits(sizes):
                    found.append(sizes)
        return found

    def _fits(self, sizes: Sizes) -> bool:
        """Say whether sizes are as good as the first ones."""
        return self.refused(sizes, self.unavoidable) == self.unavoidable

    def _find_periods(self) -> None:
        """Find how far apart sizes are that fit: along each axis, or along all of them at once."""
        count = len(self.axes)
        alone = [tuple(int(axis == other) for other in range(count)) for axis in range(count)]
        periods = [self._period(direction) for direction in alone]
        if not any(periods):
            periods = [self._period((1,) * count)] * count
        self.steps = tuple(period or 1 for period in periods)

    def _period(self, direction: Sizes) -> int:
        """Return the distance of sizes that fit along a direction; 0 where none is found.

        It is put together stride by stride: what gets past the next layer is a multiple.
        """
        step = 1
        before: tuple[float, ...] = (0.0,)
        for _ in range(ROUNDS):
            ranks = {
                n: _rank(self.refused(self._towards(direction, n * step)))
                for n in range(1, MOST_STRIDE + 1)
            }
            best = max(ranks, key=lambda n: (ranks[n], -n))
            step *= best
            if ranks[best] == _rank(self.unavoidable):
                return step
            if ranks[best] <= before or self.spent > 2 * MOST_TRIED:
                return 0
            before = ranks[best]
        return 0

    def _towards(self, direction: Sizes, step: int) -> Sizes:
        return tuple(size + step * d for size, d in zip(self.start, direction, strict=True))

    @staticmethod
    def _is_apart(sizes: Sizes, found: Sequence[Sizes], apart: bool) -> bool:
        if apart:
            return all(a != b for other in found for a, b in zip(sizes, other, strict=True))
        return sizes not in found

    def others(self) -> Iterator[Sizes]:
        """Yield sizes that may fit as the first ones do."""
        yield from self._far()
        count = len(self.axes)
        shapes = [
            tuple(range(1, count + 1)),
            tuple(range(count, 0, -1)),
            (1,) * count,
            *(tuple(int(axis == other) for other in range(count)) for axis in range(count)),
        ]
        for far in NEAR:
            for shape in shapes:
                for sign in (1, -1):
                    sizes = self._moved([sign * far * n for n in shape])
                    if min(sizes) > 0:
                        yield sizes

    def _far(self) -> Iterator[Sizes]:
        for row in FAR:
            yield self._moved([row[axis % len(row)] for axis in range(len(self.axes))])

    def _moved(self, steps: Sequence[int]) -> Sizes:
        return tuple(
            size + n * step for size, n, step in zip(self.start, steps, self.steps, strict=True)
        )


__all__ = ["OpenTrace", "traced"]
