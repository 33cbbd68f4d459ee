"""Which tensors of a weight file belong to which layer: by name, otherwise by order and shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product, takewhile
from math import prod
from typing import NamedTuple, TypeVar

from shapecalc.checkpoints.base import Checkpoint, Tensor
from shapecalc.frameworks import lookups, parameters
from shapecalc.weights.sides import Module, Owner, Shape, modules_of, without_prefix

WRAPPERS = ("module", "_orig_mod", "model")  # parts that wrap a whole network
MOST_WRAPPED = 4
MOST_PARTS = 24  # of the name of a layer
MOST_PAIRS = 250_000  # of layers that are compared to find which belong together
SKIPPED = 1.0  # a layer of one side without one of the other
MOST_BEYOND = 8  # tensors that a layer's module has and the layer does not
TABLES = ("int64", "bool")  # types of counters, of tables of positions, of masks
KEPT_LAST = "running_var"  # of a norm's parameters
APART = 3.0  # layers that never belong together


K = TypeVar("K", bound=Hashable)


class Differing(NamedTuple):
    """A parameter of another shape: ours, and the file's in our order of axes."""

    name: str
    tensor: Tensor
    shape: Shape


@dataclass
class Pair:
    """A layer and the tensors that belong to it."""

    owner: Owner
    module: Module
    layout: str | None
    held: dict[str, tuple[Tensor, Shape]] = field(default_factory=dict)  # in our order of axes
    unexpected: list[Tensor] = field(default_factory=list)

    def turned(self, name: str, tensor: Tensor) -> Shape:
        """Return the shape that a tensor has in our order of axes, as the parameter of a name."""
        if self.layout != "keras" or self.owner.opaque:
            return tensor.shape
        return parameters.of_keras(self.owner.kind, name, tensor.shape)

    @property
    def missing(self) -> list[str]:
        """The parameters that the file does not have."""
        return [name for name in self.owner.shapes if name not in self.held]

    @property
    def differing(self) -> list[Differing]:
        """The parameters that have another shape."""
        return [
            Differing(name, tensor, shape)
            for name, (tensor, shape) in self.held.items()
            if not _alike(self.owner, name, shape)
        ]

    @property
    def fits(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.missing or self.unexpected or self.differing)

    def of(self, owner: Owner) -> Pair:
        """Return the pair for the same layer as it is with other volumes in front."""
        return paired(owner, self.module, self.layout)


@dataclass
class Matching:
    """What belongs together, and what is alone."""

    pairs: list[Pair]
    missing: list[Owner]
    unexpected: list[Module]

    @property
    def faults(self) -> int:
        """How much does not fit; the layout with the fewest is the file's."""
        own = sum(len(p.differing) + len(p.missing) + len(p.unexpected) for p in self.pairs)
        alone = sum(len(module.tensors) for module in self.unexpected)
        return own + alone + sum(len(owner.shapes) for owner in self.missing)


def match(
    owners: Sequence[Owner], checkpoint: Checkpoint, unsure: Sequence[Owner] = ()
) -> Matching:
    """Return what belongs together.

    Of layers that are `unsure` the parameters are not known: they keep what has their names. Where
    one has none of its name, what is left over may be its own, and is not unexpected.

    Where half of the layers have names that the file has, names decide, and for the rest order and
    shape; otherwise order and shape alone. Of the ways in which that may be meant, the one counts
    in which most fits: the weights' order of axes, and whether the order of layers or their shapes
    come first.
    """
    modules = modules_of(checkpoint)
    named = _named([*owners, *unsure], modules, checkpoint)
    kept = {id(module) for owner in unsure for module in named.get(owner, ())}
    unnamed = any(owner not in named for owner in unsure)
    open_ones = set(unsure)
    named = {owner: found for owner, found in named.items() if owner not in open_ones}
    modules = [module for module in modules if id(module) not in kept]
    own, other = ("keras", "pytorch") if checkpoint.layout == "keras" else ("pytorch", "keras")
    best: Matching | None = None
    for layout, by_shape in product((own, other), (False, True)):
        found = _matched(owners, modules, named, checkpoint, layout, by_shape)
        if best is None or found.faults < best.faults:
            best = found
        if not best.faults:
            break
    assert best is not None
    if unnamed:
        best.unexpected.clear()
    return best


def _named(
    owners: Sequence[Owner], modules: Sequence[Module], checkpoint: Checkpoint
) -> dict[Owner, list[Module]]:
    """Return the modules of layers by their names; nothing where fewer than half have one."""
    if checkpoint.is_keras_3:  # a layer may be called as another one's class
        named = _by_stated_name(owners, modules)
    else:
        named = _by_name(owners, modules, loosely=checkpoint.layout == "keras")
    needed = sum(not owner.shared for owner in owners)
    found = sum(not owner.shared for owner in named)
    return {} if 2 * found < min(needed, len(modules)) else named


def _matched(
    owners: Sequence[Owner],
    modules: Sequence[Module],
    named: Mapping[Owner, Sequence[Module]],
    checkpoint: Checkpoint,
    layout: str,
    by_shape: bool,
) -> Matching:
    costs = _Costs(layout)
    pairs = [paired(owner, _merged(found), layout) for owner, found in named.items()]
    taken = {id(module) for found in named.values() for module in found}
    waiting = [owner for owner in owners if not owner.shared and owner not in named]
    left = [module for module in modules if id(module) not in taken]
    if by_shape:
        pairs += _fitting(waiting, left, costs)
        waiting, left = _rest(waiting, left, pairs)
    if not checkpoint.ordered:
        for mine, theirs in (_by_class if checkpoint.is_keras_3 else _by_ranks)(waiting, left):
            pairs += _by_order(*_rest(mine, theirs, pairs), costs)
        waiting, left = _rest(waiting, left, pairs)
    pairs += _by_order(waiting, left, costs)
    missing, unexpected = _rest(waiting, left, pairs)
    unexpected = [m for m in unexpected if any(t.dtype not in TABLES for t in m.tensors.values())]
    order = {owner: number for number, owner in enumerate(owners)}
    return Matching(sorted(pairs, key=lambda pair: order[pair.owner]), missing, unexpected)


def _rest(
    owners: Sequence[Owner], modules: Sequence[Module], pairs: Iterable[Pair]
) -> tuple[list[Owner], list[Module]]:
    """Return what no pair has."""
    done: set[Owner] = set()
    used: set[Module] = set()
    for pair in pairs:
        done.add(pair.owner)
        used.add(pair.module)
    return [o for o in owners if o not in done], [m for m in modules if m not in used]


# -- one layer -------------------------------------------------------------------------------------


def paired(owner: Owner, module: Module, layout: str | None) -> Pair:
    """Return a layer with the tensors of a module, each by the parameter that it is.

    That is told by its name, or else by its shape; numbers, and names in a layer that has no kind,
    leave the order.
    """
    pair = Pair(owner, module, layout)
    names, waiting = list(owner.shapes), dict(module.tensors)
    for part, tensor in module.tensors.items():
        name = meant(part, names)
        if name is not None and name not in pair.held:
            pair.held[name] = tensor, pair.turned(name, tensor)
            del waiting[part]
    missing = pair.missing
    if KEPT_LAST in missing and len(waiting) < len(missing):  # gamma or beta may be left out
        missing, waiting = missing[::-1], dict(reversed(waiting.items()))
    for name in missing:
        shapes = {part: pair.turned(name, tensor) for part, tensor in waiting.items()}
        found = next((part for part in shapes if _alike(owner, name, shapes[part])), None)
        if found is not None:
            pair.held[name] = waiting.pop(found), shapes[found]
    missing = [name for name in missing if name not in pair.held]
    for name, part in zip(missing, list(waiting), strict=False):
        if owner.opaque or part.rpartition(".")[2].isdigit():
            tensor = waiting.pop(part)
            pair.held[name] = tensor, pair.turned(name, tensor)
    pair.unexpected += [
        t for part, t in waiting.items() if part not in owner.optional and t.dtype not in TABLES
    ]
    return pair


def meant(part: str, names: Sequence[str]) -> str | None:
    """Return which parameter a part of a tensor's name stands for."""
    last = part.rpartition(".")[2]
    for word in (part, last, *parameters.NAMES.get(last, ())):
        if word in names:
            return word
    return None


def _alike(owner: Owner, name: str, shape: Shape) -> bool:
    """Say whether a shape is the layer's; of vectors, axes of one value do not count."""
    own = owner.shapes[name]
    if owner.opaque:
        return own == shape
    if _core(own) == _core(shape):
        return True
    if len(own) > 1 and owner.kind in ("conv", "conv_transpose", "depthwise_conv", "dense"):
        return False
    return sorted(s for s in own if s != 1) == sorted(s for s in shape if s != 1)


def _core(shape: Shape) -> Shape:
    """Return a shape without windows of one position: a dense layer is a convolution with F=1."""
    return shape[:2] if set(shape[2:]) == {1} else shape


def _merged(modules: Sequence[Module]) -> Module:
    """Return several modules of one layer as one, as those of an attention's projections."""
    if len(modules) == 1:
        return modules[0]
    levels = zip(*(module.path for module in modules), strict=False)
    common = sum(1 for _ in takewhile(lambda parts: len(set(parts)) == 1, levels))
    together = Module(modules[0].path[:common], modules[0].layer)
    for module in modules:
        for part, tensor in module.tensors.items():
            together.tensors[".".join((*module.path[common:], part))] = tensor
    return together


# -- by name ---------------------------------------------------------------------------------------


def _by_stated_name(
    owners: Sequence[Owner], modules: Sequence[Module]
) -> dict[Owner, list[Module]]:
    """Return the modules of each layer whose name a file has beside them: the whole name, or where
    it is one layer's alone the last part of it, which the layer has in a model inside.
    """
    names = {owner.name: owner for owner in owners}
    lasts = Counter(_split(owner.name)[-1] for owner in owners)
    for owner in owners:
        last = _split(owner.name)[-1]
        if lasts[last] == 1:
            names.setdefault(last, owner)
    found: dict[Owner, list[Module]] = {}
    for module in modules:
        called = names.get(module.layer or "")
        if called is not None:
            found.setdefault(called, []).append(module)
    return found


def _by_name(
    owners: Sequence[Owner], modules: Sequence[Module], *, loosely: bool
) -> dict[Owner, list[Module]]:
    """Return the modules of each layer that the file has by its name, whatever wraps them all."""
    best: dict[Owner, list[Module]] = {}
    names = {
        **_by_scope(owners),
        **{tuple(_split(owner.name)): owner for owner in owners},
    }
    stripped = list(modules)
    for _ in range(MOST_WRAPPED):
        found: dict[Owner, list[Module]] = {}
        for module, original in zip(stripped, modules, strict=True):
            owner = _called(module, names, loosely)
            if owner is not None:
                found.setdefault(owner, []).append(original)
        if len(found) > len(best):
            best = found
        firsts = {module.path[0] for module in stripped if module.path}
        if len(firsts) == 1:
            stripped = without_prefix(stripped)
        elif firsts.intersection(WRAPPERS):
            stripped = [
                without_prefix([m])[0] if m.path and m.path[0] in WRAPPERS else m for m in stripped
            ]
        else:
            break
    return best


def _by_scope(owners: Sequence[Owner]) -> dict[tuple[str, ...], Owner]:
    """Return layers by the module of PyTorch that an ONNX file names them after, where it is one
    layer's alone: /l1/l1.0/conv/Conv is an operation of l1.0.conv.

    A part that begins with the one in front and a point stands for both: a list's own name is
    written before that of its member.
    """
    found: dict[tuple[str, ...], list[Owner]] = {}
    for owner in owners:
        first, *scopes = owner.name.split("/")
        if first or len(scopes) < 2:
            continue
        path: list[str] = []
        for scope in scopes[:-1]:
            if path and scope.startswith(f"{path[-1]}."):
                path.pop()
            path.append(scope)
        found.setdefault(tuple(".".join(path).split(".")), []).append(owner)
    return {path: owners[0] for path, owners in found.items() if len(owners) == 1}


def _split(name: str) -> list[str]:
    return name.replace("/", ".").split(".")


def _called(module: Module, names: dict[tuple[str, ...], Owner], loosely: bool) -> Owner | None:
    """Return the layer with the name of a module: the whole path, its beginning, or, in files of
    Keras, any part of it, the last first.
    """
    path = module.path
    if len(path) > MOST_PARTS:
        return None
    for end in range(len(path), 0, -1):
        if path[:end] in names:
            return names[path[:end]]
    if not loosely:
        return None
    if module.layer is not None and tuple(_split(module.layer)) in names:
        return names[tuple(_split(module.layer))]
    for end in range(len(path), 0, -1):
        for start in range(1, end):
            if path[start:end] in names:
                return names[path[start:end]]
    return None


# -- by order and shape ----------------------------------------------------------------------------


Group = tuple[list[Owner], list[Module]]  # that may belong together


def _by_class(owners: Sequence[Owner], modules: Sequence[Module]) -> Iterator[Group]:
    """Yield the modules of each class of Keras that is a kind of ours, in the order of numbers."""
    kinds = {_spelled(word.name): word.kind for word in lookups.all_words()}
    for stem, group in _grouped(modules, lambda module: _spelled(module.stem)):
        if stem in kinds:
            yield [owner for owner in owners if owner.kind == kinds[stem]], group


def _by_ranks(owners: Sequence[Owner], modules: Sequence[Module]) -> Iterator[Group]:
    """Yield the modules whose largest tensor has as many axes: convolutions, dense layers, norms.

    Names that are sorted have these in the order of the network more often than all together.
    """
    wanted = {owner: _rank(owner.shapes.values()) for owner in owners}
    for rank, group in _grouped(modules, lambda m: _rank(t.shape for t in m.tensors.values())):
        yield [owner for owner in owners if wanted[owner] == rank], group


def _rank(shapes: Iterable[Shape]) -> tuple[int, int]:
    """Return how many axes the largest of some shapes has; of vectors, how many there are."""
    listed = list(shapes)
    axes = max(map(len, listed))
    return axes, len(listed) if axes < 2 else 0


def _grouped(
    modules: Sequence[Module], key: Callable[[Module], K]
) -> Iterable[tuple[K, list[Module]]]:
    groups: dict[K, list[Module]] = {}
    for module in modules:
        groups.setdefault(key(module), []).append(module)
    return groups.items()


def _spelled(word: str) -> str:
    return word.lower().replace("_", "")


def _by_order(owners: Sequence[Owner], modules: Sequence[Module], costs: _Costs) -> list[Pair]:
    """Return pairs in the order of both sides, such that as little as possible is left over or of
    another shape; then what fits wherever it stands.
    """
    pairs = [paired(o, m, costs.layout) for o, m in _aligned(owners, modules, costs)]
    return pairs + _fitting(*_rest(owners, modules, pairs), costs)


def _fitting(owners: Sequence[Owner], modules: Sequence[Module], costs: _Costs) -> list[Pair]:
    """Return pairs that fit, each layer with the first module that does."""
    if len(owners) * len(modules) > MOST_PAIRS:
        return []
    pairs, left = [], list(modules)
    for owner in owners:
        fitting = next((module for module in left if not costs(owner, module)), None)
        if fitting is not None:
            left.remove(fitting)
            pairs.append(paired(owner, fitting, costs.layout))
    return pairs


class _Costs:
    """How badly a layer and a module fit: 0 where they do."""

    def __init__(self, layout: str) -> None:
        self.layout = layout
        self._known: dict[Hashable, float] = {}

    def __call__(self, owner: Owner, module: Module) -> float:
        """Return the cost of a pair."""
        if len(module.tensors) > len(owner.shapes) + MOST_BEYOND:
            return APART
        shapes = tuple((part, tensor.shape) for part, tensor in module.tensors.items())
        key = owner.kind, tuple(owner.shapes.items()), shapes
        if key not in self._known:
            self._known[key] = self._cost(paired(owner, module, self.layout))
        return self._known[key]

    def _cost(self, pair: Pair) -> float:
        if pair.fits:
            return 0
        sizes = {name: prod(shape) for name, shape in pair.owner.shapes.items()}
        largest = [name for name, size in sizes.items() if size == max(sizes.values())]
        main = next((name for name in largest if name in pair.held), None)
        if main is None:
            return APART
        own, there = pair.owner.shapes[main], pair.held[main][1]
        if len(own) != len(there) and len(_core(own)) != len(_core(there)):
            return APART
        if len(pair.missing) + len(pair.unexpected) > 1:
            return APART
        most = max(tensor.values for tensor, _ in pair.held.values())
        if any(tensor.values > most for tensor in pair.unexpected):
            return APART
        return 1 + 0.1 * (len(pair.differing) + len(pair.missing) + len(pair.unexpected))


def _aligned(
    owners: Sequence[Owner], modules: Sequence[Module], cost: Callable[[Owner, Module], float]
) -> list[tuple[Owner, Module]]:
    """Return the pairs of the cheapest alignment; ends that fit are settled first."""
    start, end = 0, min(len(owners), len(modules))
    while start < end and not cost(owners[start], modules[start]):
        start += 1
    tail = 0
    while tail < end - start and not cost(owners[-1 - tail], modules[-1 - tail]):
        tail += 1
    head = list(zip(owners[:start], modules[:start], strict=True))
    last = list(zip(owners[len(owners) - tail :], modules[len(modules) - tail :], strict=True))
    mine, theirs = owners[start : len(owners) - tail], modules[start : len(modules) - tail]
    if len(mine) * len(theirs) > MOST_PAIRS:
        middle = [pair for pair in zip(mine, theirs, strict=False) if cost(*pair) < APART]
    else:
        middle = list(_cheapest(mine, theirs, cost))
    return [*head, *middle, *last]


def _cheapest(
    owners: Sequence[Owner], modules: Sequence[Module], cost: Callable[[Owner, Module], float]
) -> Iterable[tuple[Owner, Module]]:
    """Return the pairs of the alignment of least cost, by the table of all beginnings' costs."""
    table = [[SKIPPED * column for column in range(len(modules) + 1)]]
    for row, owner in enumerate(owners, 1):
        before = table[-1]
        line = [SKIPPED * row]
        for column, module in enumerate(modules, 1):
            skipped = min(before[column], line[-1]) + SKIPPED
            line.append(min(before[column - 1] + cost(owner, module), skipped))
        table.append(line)
    found = []
    row, column = len(owners), len(modules)
    while row and column:
        here = table[row][column]
        own = cost(owners[row - 1], modules[column - 1])
        if own < APART and here == table[row - 1][column - 1] + own:
            row, column = row - 1, column - 1
            found.append((owners[row], modules[column]))
        elif here == table[row - 1][column] + SKIPPED:
            row -= 1
        else:
            column -= 1
    return reversed(found)
