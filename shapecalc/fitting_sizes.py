"""Sizes at which a network fits, in the place of those that its inputs leave open.

They are looked for, not worked out: a layer kind says whether it takes an input, and no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product
from math import gcd

from shapecalc import checks
from shapecalc.checks.sc604_input_size import IMAGE, WORDS
from shapecalc.diagnostics import LayerError
from shapecalc.network import NetworkSpec, Node
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace
from shapecalc.volumes import PartialVolume, Volume
from shapecalc.walking import Walker, walk

# Tried in the place of open sizes, the likelier first: what images, sounds and texts have.
USUAL = (224, 227, 256, 299, 32, 28, 512, 572, 96, 1024, 4096, 16384, 65536, *range(1, 65))
DIVISIBLE = 480  # a depth that most numbers of groups divide
DEPTHS = (DIVISIBLE, 3, 64, 1, 240, 2, 4, 7, 5040)
# What is added to sizes that fit, for each open axis: no two are equal, and those of one axis leave
# different rests by 3, 4, 5, 7, 8, 9, 11 and 13, so that nothing but chance makes all traces agree
# in what depends on a size.
FAR = (
    (280, 180, 282, 120, 127, 381),
    (278, 142, 181, 62, 258, 107),
    (1299, 1019, 1004, 763, 704, 1000),
    (416, 321, 300, 436, 302, 404),
)
NEAR = (64, 32, 24, 16, 12, 8, 6, 5, 4, 3, 2, 1)
ENOUGH = 3  # sets of sizes
MOST_TRIED = 30_000  # layers, in all sets that are tried until one fits
ROUNDS = 24
MOST_STRIDE = 33

STEPS = (1, 2, 4, 8, 16, 32)  # of an axis, to see what it changes

Sizes = tuple[int, ...]  # in the place of the open ones, in the order of the inputs' axes
Refused = tuple[int, ...]  # the layers that refuse their inputs


class _Stop(Exception):
    """Ends a walk that can only be worse than an earlier one."""


class _Probe(Walker):
    """Walks a network to see which layers refuse their inputs, and says nothing about it.

    Volumes of one pixel agree with everything. A merge of a volume that is one pixel at these sizes
    and was more at `usual` ones counts as refused: nobody means that.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        better: Refused | None,
        usual: Sequence[Volume | None],
    ) -> None:
        super().__init__(spec, {})
        self.better, self.usual = better, usual
        self.refused: list[int] = []
        self._is_better = better is None

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

    def gap(self, node: Node) -> tuple[int, ...] | None:
        """Return how far apart the volumes are, axis by axis, that a merge takes next; None where
        one is not known.
        """
        taken = [self.volumes[source] for source in node.sources or ()]
        volumes = [volume for volume in taken if volume is not None]
        if len(volumes) < len(taken) or len({len(volume) for volume in volumes}) != 1:
            return None
        columns = list(zip(*volumes, strict=True))
        try:
            joined = node.layer.joined(volumes[0]) if node.layer is not None else None
        except LayerError:  # there is no such axis
            return None
        if joined is not None:
            columns.pop(joined)
        return tuple(sum(size - first for size in rest) for first, *rest in columns)

    def _shrunk(self, source: int, volume: Volume) -> bool:
        usual = self.usual[source] if source < len(self.usual) else None
        return usual is not None and any(
            now == 1 < before for now, before in zip(volume[:-1], usual[:-1], strict=False)
        )

    def _refuse(self, node: Node, rule: Rule, say: object) -> None:
        self._refused_by(len(self.records))

    def _refused_by(self, index: int) -> None:
        """Keep a layer that refuses. Raises _Stop at the first one that the better sizes pass."""
        if self.refused[-1:] == [index]:
            return
        place = len(self.refused)
        self.refused.append(index)
        if self._is_better or self.better is None:
            return
        other = self.better[place] if place < len(self.better) else None
        if other is None or other > index:
            raise _Stop
        self._is_better = other < index


def _rank(refused: Sequence[int]) -> tuple[float, ...]:
    """Return what is larger for the better sizes: the later a layer refuses them, the better."""
    return (*refused, float("inf"))


def _stated(spec: NetworkSpec) -> Iterator[tuple[int, PartialVolume]]:
    """Yield the volumes of operations that a file states in part, with the layers' indices."""
    for index, node in enumerate(spec.nodes):
        if node.layer is not None and node.layer.opaque:
            volume = node.layer.values().get("output")
            if volume is not None and None in volume:
                yield index, volume


def _with_output(node: Node, volume: PartialVolume | None) -> Node:
    if volume is None or node.layer is None:
        return node
    return replace(node, layer=node.layer.model_copy(update={"output": volume}))


class Search:
    """Looks for sizes at which a network fits, or as much of it as can."""

    def __init__(self, spec: NetworkSpec) -> None:
        self.spec = spec
        self.open: dict[str | int, PartialVolume] = {
            name: volume for name, volume in spec.inputs.items() if volume and None in volume
        }
        for index, volume in _stated(spec):
            self.open[index] = volume
        self.axes = [
            (key, axis)
            for key, volume in self.open.items()
            for axis, size in enumerate(volume)
            if size is None
        ]
        self.spent = 0  # layers walked
        self.usual: list[Volume | None] = []  # volumes at the first sizes, as far as they fit
        self._refused: dict[Sizes, Refused] = {}
        self._worse: dict[Sizes, Refused] = {}
        self._traces: dict[Sizes, KnownTrace] = {}
        self.steps: Sizes = self._alike(1, DIVISIBLE)  # between sizes that are tried
        wanted = (node.layer.only_depth() for node in spec.nodes if node.layer is not None)
        self.depth = next((depth for depth in wanted if depth is not None), DEPTHS[0])
        self.start: Sizes = self._alike(USUAL[0], self.depth)
        self.joints: list[int] = []  # merges whose inputs had to be made to agree
        self.unavoidable: Refused = self.refused(self.start)
        if self.unavoidable:
            self._look()

    # -- one set of sizes ----------------------------------------------------------------------

    def filled(self, sizes: Sizes) -> NetworkSpec:
        """Return the spec with sizes in the place of the open ones, without its example."""
        given = dict(zip(self.axes, sizes, strict=True))
        filled = {
            key: tuple(given.get((key, axis), size) for axis, size in enumerate(volume))
            for key, volume in self.open.items()
        }
        inputs = {name: filled.get(name, volume) for name, volume in self.spec.inputs.items()}
        nodes = self.spec.nodes
        if len(filled) > sum(name in filled for name in inputs):
            nodes = [_with_output(node, filled.get(n)) for n, node in enumerate(nodes)]
        return replace(self.spec, inputs=inputs, nodes=nodes, example=None)

    def refused(self, sizes: Sizes, better: Refused | None = None) -> Refused:
        """Return which layers refuse their inputs; only the first ones where that is worse than
        `better`, which may not get worse from call to call.
        """
        if better is not None and sizes in self._worse:
            return self._worse[sizes]
        refused, whole = self._probed(sizes, better)
        if not whole:
            self._worse[sizes] = refused
        return refused

    def _probed(self, sizes: Sizes, better: Refused | None) -> tuple[Refused, bool]:
        """Return which layers refuse their inputs, and whether these are all: where they are worse
        than `better`, the first ones say so.
        """
        if sizes in self._refused:
            return self._refused[sizes], True
        probe = _Probe(self.filled(sizes), better, self.usual)
        try:
            for node in probe.nodes:
                probe.record(node)
        except _Stop:
            self.spent += len(probe.records) + 1
            return (*probe.refused,), False
        self.spent += len(probe.records)
        self.usual = self.usual or probe.volumes
        self._refused[sizes] = (*probe.refused,)
        return self._refused[sizes], True

    def traced(self, sizes: Sizes) -> KnownTrace:
        """Return the trace with sizes in the place of the open ones."""
        if sizes not in self._traces:
            self._traces[sizes] = checks.checked(walk(self.filled(sizes)), partial=False)
        return self._traces[sizes]

    def _alike(self, size: int, depth: int) -> Sizes:
        """Return sizes that are the same on all spatial axes, and on all depths."""
        return tuple(depth if axis == len(self.open[key]) - 1 else size for key, axis in self.axes)

    # -- the first that fits -------------------------------------------------------------------

    def _look(self) -> None:
        """Look for sizes that fit: the usual ones, then by climbing from one layer to the next."""
        for depth in dict.fromkeys((self.depth, *self._depths())):
            for size in USUAL:
                if self._better(self._alike(size, depth)):
                    self.steps = self._alike(1, DIVISIBLE if depth == DIVISIBLE else 1)
                    return
        self.steps = self._alike(1, 1)
        self._scaled()
        self._join()
        self._climb()

    def shown(self) -> Sizes:
        """Return sizes to offer: an image has colours rather than hundreds of slices, and a flat
        input is a sequence of words or notes.
        """
        ends = {key: len(volume) - 1 for key, volume in self.open.items()}
        sizes = tuple(
            size if axis < ends[key] else IMAGE[-1] if axis else WORDS
            for size, (key, axis) in zip(self.start, self.axes, strict=True)
        )
        return sizes if self._fits(sizes) else self.start

    def _depths(self) -> Iterable[int]:
        opened = any(axis == len(self.open[key]) - 1 for key, axis in self.axes)
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

    def _join(self) -> None:
        """Make the volumes agree that merges refuse, where axes can be chosen so."""
        for index in self.unavoidable:
            layer = self.spec.nodes[index].layer
            if layer is None or not layer.merges:
                continue
            sizes = self._joined(self.start, index)
            if sizes is not None:
                self.joints.append(index)
                if self._better(sizes):
                    return

    def _joined(self, sizes: Sizes, merge: int) -> Sizes | None:
        """Return sizes at which what a merge takes agrees: each axis that differs is closed by one
        of the network's, as if it depended on that in a straight line; None where that fails.
        """
        for _ in range(ROUNDS):
            gap = self._gap(sizes, merge)
            if gap is None or not any(gap):
                return None if gap is None else sizes
            moved = dict(enumerate(sizes))
            used: set[int] = set()
            for place, missing in enumerate(gap):
                axis, slope = self._slope(sizes, merge, place, missing, used)
                if missing and slope:
                    used.add(axis)
                    moved[axis] = round(sizes[axis] - missing / slope)
            now = tuple(moved.values())
            if now == sizes or min(now) < 1 or max(now) >= 2**31 or self.spent > MOST_TRIED:
                return None
            sizes = now
        return None

    def _slope(
        self, sizes: Sizes, merge: int, place: int, missing: int, used: set[int]
    ) -> tuple[int, Fraction]:
        """Return an axis that changes what is missing, and by how much a step of it does."""
        for axis in range(len(sizes) if missing else 0):
            for step in STEPS if axis not in used else ():
                moved = (*sizes[:axis], sizes[axis] + step, *sizes[axis + 1 :])
                gap = self._gap(moved, merge)
                if gap is not None and gap[place] != missing:
                    return axis, Fraction(gap[place] - missing, step)
        return 0, Fraction(0)

    def _gap(self, sizes: Sizes, merge: int) -> tuple[int, ...] | None:
        probe = _Probe(self.filled(sizes), None, ())
        for node in probe.nodes[:merge]:
            probe.record(node)
        self.spent += merge + 1
        return probe.gap(self.spec.nodes[merge])

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
                fitting = self._made_to_fit(sizes)
                if fitting is not None and self._is_apart(fitting, found, apart):
                    found.append(fitting)
        return found

    def _made_to_fit(self, sizes: Sizes) -> Sizes | None:
        """Return sizes, or some near them at which merges agree, if they are good."""
        if self._fits(sizes):
            return sizes
        for merge in self.joints:
            joined = self._joined(sizes, merge)
            if joined is None:
                return None
            sizes = joined
        return sizes if self.joints and self._fits(sizes) else None

    def _fits(self, sizes: Sizes) -> bool:
        """Say whether sizes are as good as the first ones."""
        return self.refused(sizes, self.unavoidable) == self.unavoidable

    def _find_periods(self) -> None:
        """Find how far apart sizes are that fit: along each axis, or along all of them at once."""
        count = len(self.axes)
        alone = [tuple(int(axis == other) for other in range(count)) for axis in range(count)]
        periods = [self._period(direction) for direction in alone]
        if not any(periods):
            common = gcd(*self.start)
            for direction in ((1,) * count, tuple(size // common for size in self.start)):
                step = self._period(direction)
                if step:
                    periods = [step * n for n in direction]
                    break
        self.steps = tuple(period or 1 for period in periods)

    def _period(self, direction: Sizes) -> int:
        """Return the distance of sizes that fit along a direction; 0 where none is found.

        It is put together stride by stride: what gets past the next layer is a multiple.
        """
        step = 1
        before: tuple[float, ...] = (0.0,)
        for _ in range(ROUNDS):
            best, refused = self._best_multiple(direction, step)
            step *= best
            if refused == self.unavoidable:
                return step
            if _rank(refused) <= before or self.spent > 2 * MOST_TRIED:
                return 0
            before = _rank(refused)
        return 0

    def _best_multiple(self, direction: Sizes, step: int) -> tuple[int, Refused]:
        """Return how many steps along a direction come farthest, the fewest of several, and which
        layers refuse them.
        """
        spent, layers = self.spent, len(self.spec.nodes)
        best, refused = 1, self.refused(self._towards(direction, step))
        for n in range(2, MOST_STRIDE + 1):
            found, whole = self._probed(self._towards(direction, n * step), refused)
            if whole and _rank(found) > _rank(refused):
                best, refused = n, found
        self.spent = spent + MOST_STRIDE * layers  # as many walks, however soon one stops
        return best, refused

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
        for times in (2, 3, 5):
            yield tuple(times * size for size in self.start)
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


__all__ = ["MOST_TRIED", "Search"]
