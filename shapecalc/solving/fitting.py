"""The input sizes at which a whole network fits, axis by axis, with the layers that ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from shapecalc.diagnostics import Finding, quote
from shapecalc.fitting_sizes import Search as Looking
from shapecalc.network import NetworkSpec
from shapecalc.solving.axes import Axis, Group, alike, axes_of, grouped, letters
from shapecalc.solving.named import Names
from shapecalc.solving.passing import Passed, passed
from shapecalc.solving.search import Found, Search, Start
from shapecalc.solving.sets import Progression, Sizes, union
from shapecalc.solving.size import Unsolvable
from shapecalc.tracing import walk
from shapecalc.volumes import Volume, show

USUAL = (224, 256, 512, 1024)  # a size that is offered is at least as large as one of these, if any
SMALL = 8  # sizes at which volumes of one pixel agree with everything
MOST_STEPS = 2**40


@dataclass(frozen=True)
class AxisSizes:
    """What fits along one axis: the sizes, and by how much each layer thins them out."""

    axis: Axis
    fits: Sizes
    factors: Sequence[tuple[str, int]]  # layers' names
    present: int | None  # the size that is written

    @property
    def nearest(self) -> tuple[int | None, int | None]:
        """The sizes below and above the present one; that one twice where it fits."""
        return (None, None) if self.present is None else self.fits.nearest(self.present)


@dataclass(frozen=True)
class FittingSizes:
    """The sizes of a network's inputs at which all of it fits; `str()` is the text for people."""

    spec: NetworkSpec
    axes: Sequence[AxisSizes]
    letters: Mapping[Axis, str]
    constraints: Sequence[str] = ()
    example: Mapping[str, Volume] = field(default_factory=dict)  # inputs at which it fits
    passed: Passed | None = None  # with names for sizes
    reason: str = ""  # why none fits
    layer: str | None = None  # which asks for what no size has

    @property
    def fits(self) -> bool:
        """Whether there is a size at which the network fits."""
        return bool(self.example)

    @property
    def outputs(self) -> Mapping[str, Sequence[Any] | None]:
        """The outputs' sizes, as text where they depend on the input's."""
        if self.passed is None:
            return dict.fromkeys(self.spec.outputs)
        return self.passed.outputs

    @property
    def macs(self) -> Any:
        """The multiply-accumulates of one example, a polynomial in the sizes; None: not known."""
        return None if self.passed is None else self.passed.macs

    def of(self, name: str) -> Sequence[AxisSizes]:
        """Return what fits along the axes of an input."""
        return [one for one in self.axes if one.axis.input == name]

    def inputs_for(
        self, output: Sequence[int], name: str | None = None
    ) -> dict[str, Volume] | None:
        """Return inputs that give an output of these spatial sizes, the nearest to the present
        ones; None where none does. `name` is the output's where there are several.

        Raises ValueError for an output that is not there, or has other axes.
        """
        return _inputs_for(self, output, name)

    def __str__(self) -> str:
        text: str = import_module("shapecalc.reports.sizes").text(self)
        return text

    def to_dict(self) -> dict[str, Any]:
        """Return what `shapecalc sizes --format json` prints."""
        made: dict[str, Any] = import_module("shapecalc.reports.sizes").of_sizes(self)
        return made


def fitting(spec: NetworkSpec) -> FittingSizes:
    """Return the sizes at which a network fits. Never raises: what cannot be told is a reason."""
    spec = _with_depths(spec)
    axes = axes_of(spec)
    none = [AxisSizes(axis, Sizes(()), (), axis.present) for axis in axes]
    wrong = next((found for found in spec.findings if found.rule.structural), None)
    if not spec.readable or wrong is not None:
        reason = wrong.fault.message if wrong is not None else "there is no network"
        layer = None if wrong is None else wrong.layer
        return FittingSizes(spec, none, letters(spec, ()), reason=reason, layer=layer)
    unknown = next((name for name, volume in spec.inputs.items() if volume is None), None)
    if unknown is not None:
        reason = f"the number of axes of {quote(unknown)} is not known"
        return FittingSizes(spec, none, {}, reason=reason)
    try:
        return _solved(spec, axes)
    except Unsolvable as error:
        reason = f"the sizes cannot be worked out: {error}"
        return FittingSizes(spec, none, letters(spec, ()), reason=reason)


def _with_depths(spec: NetworkSpec) -> NetworkSpec:
    """Return the spec with a depth that fits in the place of one that is open."""
    if not any(volume and volume[-1] is None for volume in spec.inputs.values()):
        return spec
    filled = Looking(spec)
    sized = filled.filled(filled.shown()).inputs
    inputs = {
        name: volume and (*volume[:-1], (sized[name] or volume)[-1])
        for name, volume in spec.inputs.items()
    }
    return replace(spec, inputs=inputs)


def _solved(spec: NetworkSpec, axes: Sequence[Axis]) -> FittingSizes:
    search = Search(spec)
    good = good_sizes(spec, axes, search)
    if good is None:
        none = [AxisSizes(axis, Sizes(()), (), axis.present) for axis in axes]
        reason, layer = _why(spec, axes, search)
        return FittingSizes(spec, none, letters(spec, ()), reason=reason, layer=layer)
    free = Names({axis.key: size for axis, size in good.items()})
    passed(spec, free, {axis: free.size(axis.key) for axis in axes})
    groups, constraints = grouped(axes, free)
    found: dict[Axis, AxisSizes] = {}
    for group in groups:
        start = _start(spec, good, group)
        solved = search.run(start)
        search.confirm(start, solved)
        for axis in group.axes:
            found[axis] = _of_axis(spec, axis, group, solved)
    named = letters(spec, groups)
    return FittingSizes(
        spec,
        [found[axis] for axis in axes],
        named,
        constraints,
        {name: volume for name, volume in inputs(spec, good).items() if volume is not None},
        _with_names(spec, axes, groups, named, good, found),
    )


def _of_axis(spec: NetworkSpec, axis: Axis, group: Group, solved: Found) -> AxisSizes:
    sizes = group.of_axis(axis, union(solved.fits))
    factors = [(spec.nodes[layer].name, factor) for layer, factor in solved.factors()]
    return AxisSizes(axis, sizes, factors, axis.present)


def _with_names(
    spec: NetworkSpec,
    axes: Sequence[Axis],
    groups: Sequence[Group],
    named: Mapping[Axis, str],
    good: Mapping[Axis, int],
    found: Mapping[Axis, AxisSizes],
) -> Passed:
    """Return the network's sizes and counts with a letter for each axis."""
    names = Names({named[group.axes[0]]: good[group.axes[0]] for group in groups})
    sizes: dict[Axis, Any] = {}
    for group in groups:
        first = group.axes[0]
        endless = [part for part in found[first].fits.parts if part.last is None and part.step]
        if len(endless) == 1:
            names.known[named[first]] = endless[0].step, endless[0].first % endless[0].step
        sizes |= group.sizes(names.size(named[first]))
    return passed(spec, names, sizes)


def _start(spec: NetworkSpec, fixed: Mapping[Axis, Any], group: Group) -> Start:
    """Return what puts sizes into the inputs of a network, those of other axes as they are."""
    return lambda size: inputs(spec, {**fixed, **group.sizes(size)})


def inputs(spec: NetworkSpec, sizes: Mapping[Axis, Any]) -> dict[str, tuple[Any, ...] | None]:
    """Return the inputs' volumes with sizes for their axes."""
    by_key = {(axis.input, axis.number): size for axis, size in sizes.items()}
    return {
        name: volume
        and (*(by_key.get((name, n), W) for n, W in enumerate(volume[:-1])), volume[-1])
        for name, volume in spec.inputs.items()
    }


# -- sizes that fit --------------------------------------------------------------------------------


def good_sizes(
    spec: NetworkSpec, axes: Sequence[Axis], search: Search | None = None
) -> dict[Axis, int] | None:
    """Return a size for every axis at which the network fits, the written ones if they do."""
    search = search or Search(spec)
    for sizes in _candidates(spec, axes, search):
        if _fits(spec, sizes):
            small = min(sizes.values(), default=SMALL) < SMALL
            return _larger(spec, axes, search, sizes) if small else sizes
    return None


def _larger(
    spec: NetworkSpec, axes: Sequence[Axis], search: Search, good: dict[Axis, int]
) -> dict[Axis, int]:
    """Return larger sizes that fit, if those of axes that hang together are made to."""
    wanted = max((axis.present or USUAL[0] for axis in axes), default=USUAL[0])
    names = Names({axis.key: size for axis, size in good.items()})
    passed(spec, names, {axis: names.size(axis.key) for axis in axes})
    sizes = dict(good)
    for group in grouped(axes, names)[0]:
        near = union(search.run(_start(spec, sizes, group)).fits).nearest(wanted)
        best = near[1] if near[1] is not None else near[0]
        if best is not None:
            sizes |= group.sizes(best)
    return sizes if _fits(spec, sizes) else good


def _candidates(
    spec: NetworkSpec, axes: Sequence[Axis], search: Search
) -> Iterator[dict[Axis, int]]:
    written = {axis: axis.present for axis in axes if axis.present is not None}
    if len(written) == len(axes):
        yield written
    wanted = max(written.values(), default=USUAL[0])
    if axes:
        sizes = union(search.run(_start(spec, {}, alike(axes))).fits)
        for size in (*sizes.nearest(wanted)[::-1], sizes.smallest()):
            if size is not None:
                yield dict.fromkeys(axes, size)
    if len(axes) > 1:
        alone = _one_by_one(spec, axes, search, wanted)
        if alone is not None:
            yield alone
            looked = _looked_for(spec, axes)
            if looked is not None:
                yield looked


def _one_by_one(
    spec: NetworkSpec, axes: Sequence[Axis], search: Search, wanted: int
) -> dict[Axis, int] | None:
    """Return sizes that fit along each axis, whatever the others are; None where one has none."""
    found: dict[Axis, int] = {}
    for axis in axes:
        others = {other: FREE for other in axes if other != axis}
        solved = search.run(_start(spec, others, alike([axis])))
        size = union(solved.fits).nearest(axis.present or wanted)
        best = size[1] if size[1] is not None else size[0]
        if best is None:
            return None
        found[axis] = best
    return found


def _looked_for(spec: NetworkSpec, axes: Sequence[Axis]) -> dict[Axis, int] | None:
    """Return sizes that are found by climbing from layer to layer."""
    opened = {
        name: volume and (*(None,) * (len(volume) - 1), volume[-1])
        for name, volume in spec.inputs.items()
    }
    looking = Looking(replace(spec, inputs=opened))
    if looking.unavoidable:
        return None
    sized = looking.filled(looking.start).inputs
    return {axis: (sized[axis.input] or ())[axis.number] or 1 for axis in axes}


def _fits(spec: NetworkSpec, sizes: Mapping[Axis, int]) -> bool:
    return not _faults(spec, sizes)


def _faults(spec: NetworkSpec, sizes: Mapping[Axis, int]) -> Sequence[Finding]:
    """Return what is wrong at some sizes."""
    sized = replace(spec, inputs=inputs(spec, sizes), example=None, findings=())
    found = walk(sized, to_the_end=False).findings
    return [one for one in found if one.rule.structural]


def _why(spec: NetworkSpec, axes: Sequence[Axis], search: Search) -> tuple[str, str | None]:
    """Return why no size fits: what the layer says that none gets past."""
    solved = search.run(_start(spec, {}, alike(axes)))
    last = solved.farthest()
    if last is None:
        return "no size was found that fits", None
    least = max((one for one in solved.refused if one.layer == last.layer), key=_largest)
    W = max(least.sizes.first, min(USUAL[0], least.sizes.last or USUAL[0]))
    W -= (W - least.sizes.first) % least.sizes.step
    faults = _faults(spec, dict.fromkeys(axes, W))
    name = spec.nodes[last.layer].name
    message = faults[0].fault.message if faults else last.rule.title
    return f"{name} refuses every size that gets so far; for example {message}", name


def _largest(refused: Any) -> float:
    return float("inf") if refused.sizes.last is None else float(refused.sizes.last)


class _Free:
    """A size that fits everywhere: of an axis that is not looked at."""

    __slots__ = ()

    def __add__(self, other: object) -> Any:
        return self

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = __add__
    scaled = __add__

    def __neg__(self) -> Any:
        return self

    def __divmod__(self, other: object) -> tuple[Any, int]:
        return self, 0

    def __mod__(self, other: object) -> int:
        return 0

    def _yes(self, other: object) -> bool:
        return True

    def _no(self, other: object) -> bool:
        return False

    __eq__ = __ge__ = __gt__ = __ne__ = _yes
    __lt__ = __le__ = _no

    def __hash__(self) -> int:
        return 0

    def __str__(self) -> str:
        return "?"


FREE = _Free()


# -- a wanted output -------------------------------------------------------------------------------


def _inputs_for(
    fits: FittingSizes, output: Sequence[int], name: str | None
) -> dict[str, Volume] | None:
    outputs = fits.outputs
    if name is None:
        if len(outputs) != 1:
            raise ValueError(f"say which output: {', '.join(map(quote, outputs))}")
        (name,) = outputs
    if name not in outputs:
        raise ValueError(f"there is no output {quote(name)}, but {', '.join(map(quote, outputs))}")
    if fits.passed is None:
        return None
    volume = fits.passed.volumes[name]
    if volume is None or len(output) not in (len(volume), len(volume) - 1):
        shown = "not known" if volume is None else show(volume)
        raise ValueError(f"the output {quote(name)} is {shown}")
    chosen: dict[Axis, int] = {}
    names = fits.passed.names
    for wanted, size in zip(output, volume, strict=False):
        if isinstance(size, int):
            if size != wanted:
                return None
            continue
        letter = names.letter_of(size)
        own = [one for one in fits.axes if fits.letters[one.axis] == letter]
        if letter is None or not own:
            return None
        W = _size_for(names, size, letter, own[0], wanted)
        if W is None:
            return None
        chosen[own[0].axis] = W
    written = {one.axis: fits.example[one.axis.input][one.axis.number] for one in fits.axes}
    sizes = {**written, **chosen}
    for one in fits.axes:  # of axes with one letter, one was chosen
        same = [a for a in chosen if fits.letters[a] == fits.letters[one.axis]]
        if one.axis not in chosen and same:
            sizes[one.axis] = chosen[same[0]]
    found = {k: v for k, v in inputs(fits.spec, sizes).items() if v is not None}
    traced = walk(replace(fits.spec, inputs=found, example=None, findings=()))
    given = traced.outputs[name] or ()
    wrong = any(one.rule.structural for one in traced.findings)
    return None if wrong or tuple(given[: len(output)]) != tuple(output) else found


def _size_for(names: Names, size: Any, letter: str, axis: AxisSizes, wanted: int) -> int | None:
    """Return the size that fits and gives the wanted one: the present, or the roundest."""

    def gives(W: int) -> int:
        return names.number_at(size, letter, W)

    found = [W for part in axis.fits.parts for W in _giving(gives, part, wanted)]
    present = axis.present
    if present is not None and axis.fits.has(present) and gives(present) == wanted:
        return present
    return min(found, key=lambda W: (-(W & -W), W), default=None)


def _giving(gives: Callable[[int], int], part: Progression, wanted: int) -> Iterator[int]:
    """Yield the first and the last size of some that gives what is wanted; it never falls."""
    low, step = part.first, part.step or 1
    end = 1
    if part.last is not None or not part.step:
        end = ((low if part.last is None else part.last) - low) // step
    else:
        while gives(low + end * step) <= wanted:
            end *= 2
            if end > MOST_STEPS:
                return
    first = _first(lambda k: gives(low + k * step) >= wanted, end)
    after = _first(lambda k: gives(low + k * step) > wanted, end)
    for k in (first, after, after - 1):
        if k >= 0 and gives(low + k * step) == wanted:
            yield low + k * step


def _first(holds: Callable[[int], bool], end: int) -> int:
    """Return the first k up to `end` for which something holds that holds from there on."""
    low, high = 0, end
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
