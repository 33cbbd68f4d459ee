"""The input sizes at which a whole network fits, axis by axis, with the layers that ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from shapecalc.diagnostics import Finding, quote
from shapecalc.fitting_sizes import Search as Looking
from shapecalc.network import NetworkSpec
from shapecalc.solving.axes import (
    Axis,
    AxisSizes,
    Group,
    alike,
    axes_of,
    grouped,
    inputs,
    letters,
)
from shapecalc.solving.named import Names
from shapecalc.solving.outputs import WantedOutput
from shapecalc.solving.passing import Passed, passed
from shapecalc.solving.search import Found, Search, Start
from shapecalc.solving.sets import Sizes, union
from shapecalc.solving.size import Unsolvable
from shapecalc.volumes import Volume
from shapecalc.walking import walk

USUAL = (224, 256, 512, 1024)  # a size that is offered is at least as large as one of these, if any
SMALL = 8  # sizes at which volumes of one pixel agree with everything


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
    solved: bool = True  # False: nobody knows whether some fit

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
        wanted = self._wanted(output, name)
        return None if wanted is None else wanted.inputs()

    def nearest_outputs(
        self, output: Sequence[int], name: str | None = None
    ) -> list[tuple[Volume, dict[str, Volume]]]:
        """Return the nearest outputs that there are, each with inputs that give it: the one below
        along every axis, and the one above. Raises ValueError as `inputs_for` does.
        """
        wanted = self._wanted(output, name)
        return [] if wanted is None else wanted.nearest()

    def _wanted(self, output: Sequence[int], name: str | None) -> WantedOutput | None:
        if self.passed is None:
            return None
        return WantedOutput(self.passed, self.axes, self.letters, self.example, output, name)

    def __str__(self) -> str:
        text: str = import_module("shapecalc.reports.sizes").text(self)
        return text

    def to_dict(self) -> dict[str, Any]:
        """Return what `shapecalc sizes --format json` prints."""
        made: dict[str, Any] = import_module("shapecalc.reports.sizes").of_sizes(self)
        return made


def _told(spec: NetworkSpec, wrong: Finding) -> str:
    """Return what is wrong with a spec, and where; and what would work, if that needs no trial."""
    line, hint = spec.document.located(wrong).line, wrong.fault.hint
    where = "" if line is None else f"line {line:,}: "
    return f"{where}{wrong.fault.message}{f'; {hint}' if hint and not wrong.fault.repairs else ''}"


def fitting(spec: NetworkSpec) -> FittingSizes:
    """Return the sizes at which a network fits. Never raises: what cannot be told is a reason."""
    spec = _with_depths(spec)
    axes = axes_of(spec)
    none = [AxisSizes(axis, Sizes(()), (), axis.present) for axis in axes]
    wrong = next((found for found in spec.findings if found.rule.structural), None)
    if not spec.readable or wrong is not None:
        reason = _told(spec, wrong) if wrong is not None else "there is no network"
        layer = None if wrong is None else wrong.layer
        return FittingSizes(spec, none, letters(spec, ()), reason=reason, layer=layer, solved=False)
    unknown = next((name for name, volume in spec.inputs.items() if volume is None), None)
    if unknown is not None:
        reason = f"the number of axes of {quote(unknown)} is not known"
        return FittingSizes(spec, none, {}, reason=reason)
    try:
        return _solved(spec, axes)
    except Unsolvable as error:
        reason = f"the sizes cannot be worked out: {error}"
        return FittingSizes(spec, none, letters(spec, ()), reason=reason, solved=False)


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

    def _same(self, other: object) -> bool:
        return other is self

    def _not_one(self, other: object) -> bool:
        return type(other) is int and other == 1

    __eq__ = __ge__ = __gt__ = _yes
    __ne__ = _not_one  # a merge stretches what is 1, and wants the others to be one number
    __lt__ = _no
    __le__ = _same  # a slice asks whether it ends within the axis: at its end it does

    def __hash__(self) -> int:
        return 0

    def __str__(self) -> str:
        return "?"


FREE = _Free()


__all__ = ["AxisSizes", "FittingSizes", "fitting", "good_sizes", "inputs"]
