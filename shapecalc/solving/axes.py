"""The spatial axes of a network's inputs, and which of them hang together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from shapecalc.network import NetworkSpec
from shapecalc.solving.classes import MOST_RESTS, Class
from shapecalc.solving.named import Names, names_in
from shapecalc.solving.sets import Progression, Sizes, union
from shapecalc.solving.size import terms_of
from shapecalc.volumes import titles_of

LETTERS = {"height": "H", "width": "W", "length": "L", "frames": "T"}


class Axis(NamedTuple):
    """A spatial axis of an input. `present` is the size that is written, None: none is."""

    input: str
    number: int
    title: str
    present: int | None
    name: str | None = None  # that stands in the place of a size

    @property
    def key(self) -> str:
        """What it is called among all inputs: `left.height`."""
        return f"{self.input}.{self.title}"


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


Function: TypeAlias = "Callable[[Any], Any]"


class Group(NamedTuple):
    """Axes that hang together: the size of each is a function of the first one's."""

    axes: Sequence[Axis]
    functions: Sequence[Function]

    def sizes(self, size: Any) -> dict[Axis, Any]:
        """Return the sizes of the axes for one of the first."""
        pairs = zip(self.axes, self.functions, strict=True)
        return {axis: function(size) for axis, function in pairs}

    def of_axis(self, axis: Axis, sizes: Sizes) -> Sizes:
        """Return the sizes of one axis for those of the first."""
        function = self.functions[self.axes.index(axis)]
        if function is _same:
            return sizes
        found: list[Class] = []
        for part in sizes.parts:
            found += _images(function, part)
        return union(found)


def alike(axes: Sequence[Axis]) -> Group:
    """Return axes as if all were as large as the first one."""
    return Group(axes, [_same] * len(axes))


def _images(function: Function, part: Progression) -> Iterator[Class]:
    """Yield the sizes that a function makes of others."""
    if part.last is not None or not part.step:
        last = part.first if part.last is None else part.last
        for W in range(part.first, last + 1, part.step or 1):
            yield Class(1, function(W), 0, 0)
        return
    period = 1  # after which it grows evenly
    while period < MOST_RESTS:
        steps = [function(part.first + n * period * part.step) for n in range(4)]
        again = [function(part.first + (n * period + 1) * part.step) for n in range(4)]
        if len({b - a for line in (steps, again) for a, b in pairwise(line)}) == 1:
            break
        period += 1
    for n in range(period):
        first = function(part.first + n * part.step)
        step = function(part.first + (n + period) * part.step) - first
        yield Class(step, first, 0, None) if step else Class(1, first, 0, 0)


def _same(size: Any) -> Any:
    return size


def axes_of(spec: NetworkSpec) -> list[Axis]:
    """Return the spatial axes of all inputs in order."""
    found = []
    for name, volume in spec.inputs.items():
        titles = titles_of(volume) if volume else ()
        for number, size in enumerate((volume or ())[:-1]):
            present = size if type(size) is int else None
            named = size if isinstance(size, str) else None
            found.append(Axis(name, number, titles[number], present, named))
    return found


def grouped(axes: Sequence[Axis], names: Names) -> tuple[list[Group], list[str]]:
    """Return the axes that hang together, by what was found to have to be equal, and what that is
    in words. `names` calls each axis by its key. Axes of one name are one.
    """
    several = len({axis.input for axis in axes}) > 1
    relations: list[Relation] = [
        (b.key, a.key, _same) for n, a in enumerate(axes) for b in axes[:n] if _named(a, b)
    ]
    told: dict[str, None] = {}
    for difference in names.equal.values():
        terms = terms_of(difference)
        if len(names_in(difference)) < 2:  # a condition on one axis, whose sizes say so
            continue
        told[_equation(terms, names, several)] = None
        relation = _function(terms)
        if relation is not None:
            relations.append(relation)
    return _joined(axes, relations), list(told)


Relation = tuple[str, str, Function]  # the second is that function of the first


def _named(a: Axis, b: Axis) -> bool:
    return a.name is not None and a.name == b.name


def _function(terms: Mapping[Any, int]) -> Relation | None:
    """Return one size by another, of terms whose sum is 0; None where it is none."""
    if any(len(monomial) > 1 for monomial in terms):
        return None
    for monomial, sign in terms.items():
        if not monomial or abs(sign) != 1 or monomial[0][1:] != (0, 1):
            continue
        others = {other: factor for other, factor in terms.items() if other != monomial}
        variables = {atom[0] for other in others for atom in other}
        if len(variables) == 1 and monomial[0][0] not in variables:
            return str(variables.pop()), str(monomial[0][0]), partial(_sum, others, -sign)
    if len(terms) == 2 and not sum(terms.values()):  # two floors of one sort
        (((one, *floor),), ((other, *same),)) = terms
        if floor == same and one != other:
            return str(one), str(other), _same
    return None


def _sum(terms: Mapping[Any, int], sign: int, size: Any) -> Any:
    """Return what terms in one variable come to for its size."""
    found: Any = 0
    for monomial, factor in terms.items():
        for _, c, m in monomial:
            factor = (size + c) // m * factor
        found = factor + found
    return found * sign


def _equation(terms: Mapping[Any, int], names: Names, several: bool) -> str:
    """Return an equation of two sides, with nothing subtracted."""
    left = {monomial: factor for monomial, factor in terms.items() if factor > 0 and monomial}
    right = {monomial: -factor for monomial, factor in terms.items() if factor < 0 and monomial}
    constant = terms.get((), 0)
    (left if constant > 0 else right)[()] = abs(constant)
    sides = [names.sum_of(side) if side else "0" for side in (left, right)]
    text = " = ".join(sides)
    if not several:
        text = text.replace(f"{next(iter(names.numbers)).partition('.')[0]}.", "")
    return text


def _joined(axes: Sequence[Axis], relations: Sequence[Relation]) -> list[Group]:
    by_key = {axis.key: axis for axis in axes}
    group_of: dict[str, dict[str, Function]] = {axis.key: {axis.key: _same} for axis in axes}
    for one, other, function in relations:
        if one not in group_of or other not in group_of:  # of what was rounded several times
            continue
        mine, theirs = group_of[one], group_of[other]
        if mine is theirs or theirs[other] is not _same:
            continue
        for key, further in theirs.items():
            mine[key] = _composed(mine[one], function, further)
            group_of[key] = mine
    unique = {id(members): members for members in group_of.values()}
    return [
        Group([by_key[key] for key in members], list(members.values()))
        for members in unique.values()
    ]


def _composed(*functions: Function) -> Function:
    others = [function for function in functions if function is not _same]
    if len(others) < 2:
        return (others or [_same])[0]
    return lambda size: reduce(_applied, others, size)


def _applied(size: Any, function: Function) -> Any:
    return function(size)


def letters(spec: NetworkSpec, groups: Sequence[Group]) -> dict[Axis, str]:
    """Return a letter for each axis: H, W; with a number where inputs have their own."""
    axes = axes_of(spec)
    leaders = {axis: group.axes[0] for group in groups for axis in group.axes}
    places = {name: str(n) for n, name in enumerate(spec.inputs, 1)}
    own = {axis: leaders.get(axis, axis) for axis in axes}
    alone = {axis: LETTERS.get(axis.title, f"A{axis.number}") for axis in own.values()}
    shared = [letter for letter in alone.values() if list(alone.values()).count(letter) > 1]
    found: dict[Axis, str] = {}
    taken = {axis.name for axis in axes if axis.name}
    for axis in axes:
        leader = own[axis]
        letter = leader.name or alone[leader]
        if leader.name is None and (alone[leader] in shared or letter in taken):
            letter += places[leader.input]
        found[axis] = letter
    return found


def inputs(spec: NetworkSpec, sizes: Mapping[Axis, Any]) -> dict[str, tuple[Any, ...] | None]:
    """Return the inputs' volumes with sizes for their axes."""
    by_key = {(axis.input, axis.number): size for axis, size in sizes.items()}
    return {
        name: volume
        and (*(by_key.get((name, n), W) for n, W in enumerate(volume[:-1])), volume[-1])
        for name, volume in spec.inputs.items()
    }
