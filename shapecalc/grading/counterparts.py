"""Which numbers of an assignment's networks are the same ones, whatever their layers are called.

A layer computes the same in two networks where all that leads to it does: the inputs, and the
kinds, the fields and the shared weights of the layers. Its values are the same where all numbers
that are given for these are, too, and its gradients where all is that they come back through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from typing import Any, Generic, NamedTuple, TypeVar

from shapecalc.grading.query import Query
from shapecalc.grading.values import nested
from shapecalc.layers.activation import Dropout
from shapecalc.network import NetworkSpec
from shapecalc.network.example import Example, Numbers
from shapecalc.network.wiring import Node
from shapecalc.records import KnownRecord
from shapecalc.tracing import KnownTrace
from shapecalc.worked_example import Names, lacking

Owner = TypeVar("Owner", bound=Hashable)
Identify = Callable[[Hashable], int]  # one number for all that is equal
LEARNED = ("trainable", "frozen")  # counts that hang on what is learned
MOST_NETWORKS = 20  # others, of which a layer's counterparts are told


class Place(NamedTuple):
    """What has a number: a layer, its count that has a `key`, or the array of an example that has.

    `name` is the layer's, the input's, or the parameter's that the array is the gradient of.
    """

    name: str
    key: str = ""


class Counterparts(Generic[Owner]):
    """Finds what is asked about one network in the others. An owner stands for each network."""

    def __init__(self) -> None:
        self._networks: dict[Owner, KnownTrace] = {}
        self._known: dict[Owner, dict[Place, int]] = {}
        self._places: dict[int, list[tuple[Owner, Place]]] = {}

    def add(self, owner: Owner, trace: KnownTrace) -> None:
        """Add a network."""
        self._networks[owner] = trace
        self._known.clear()

    def of(self, owner: Owner, query: Query) -> list[tuple[Owner, Query]]:
        """Return what asks for the same number in other networks, each with its owner; nothing for
        what is no volume, count, value or gradient.
        """
        if len(self._networks) < 2 or query.kind not in ("record", "example"):
            return []
        if not self._known:
            self._compare()
        here = _place(query)
        identity = self._known[owner].get(here)
        same = self._places[identity] if identity is not None else ()
        others = [(other, there) for other, there in same if other is not owner]
        among = [*dict.fromkeys(other for other, _ in others)][:MOST_NETWORKS]
        return [(other, _asked(query, here, there)) for other, there in others if other in among]

    def _compare(self) -> None:
        numbers: dict[Hashable, int] = {}

        def identify(thing: Hashable) -> int:
            return numbers.setdefault(thing, len(numbers))

        places = defaultdict(list)
        for owner, trace in self._networks.items():
            self._known[owner] = dict(_identities(trace, identify))
            for place, identity in self._known[owner].items():
                places[identity].append((owner, place))
        self._places = dict(places)


def _place(query: Query) -> Place:
    own = query.kind == "example" or query.key in LEARNED
    return Place(query.name, query.key if own else "")


def _asked(query: Query, here: Place, there: Place) -> Query:
    """Return what asks for the same at another place."""
    path = there.name + query.path.removeprefix(here.name)
    return query._replace(path=path, name=there.name, key=there.key or query.key)


def _identities(trace: KnownTrace, identify: Identify) -> Iterator[tuple[Place, int]]:
    """Yield every place of a network with a number: one for all that compute the same."""
    values = trace.spec.values
    sizes = _sizes(trace, identify)
    for layer, record in enumerate(trace.layers):
        same = sizes[values.of(layer)]
        yield Place(record.name), same
        for key in LEARNED:
            yield Place(record.name, key), identify((key, record.learns, same))
    if trace.spec.example is not None:
        yield from _of_example(trace, trace.spec.example, sizes, identify)


def _sizes(trace: KnownTrace, identify: Identify) -> list[int]:
    """Return a number for each value of a network: the same where its way from the input is."""
    spec = trace.spec
    found = [identify(("input", volume)) for volume in trace.inputs.values()]
    for record, node in zip(trace.layers, spec.nodes, strict=True):
        layer, before = record.layer, _before(spec, node)
        known = record.output is not None and before is not None
        if layer is None or layer.opaque or layer.refers_to() is not None or not known:
            found.append(identify(object()))  # in the other it may be another thing
            continue
        if layer.reference is not None:  # it is one of the sources, by whatever name
            layer = layer.model_copy(update={layer.reference: None})
        made = (record.kind, repr(layer), record.input, record.output)
        one = node.shares_one and (node.shares_one.name, node.shares_one.transposed)
        found.append(identify((made, one, tuple(found[value] for value in before or ()))))
    return found


def _before(spec: NetworkSpec, node: Node) -> list[int] | None:
    """Return the values that a layer reads, and those of the layers whose weights it has."""
    if node.sources is None:
        return None
    return [*node.sources, *(spec.values.of(owner) for owner in _owners(node))]


def _owners(node: Node) -> Iterator[int]:
    """Yield the layers whose weights a layer has: all of them, or one parameter."""
    if node.shares is not None:
        yield node.shares
    if node.shares_one is not None:
        yield node.shares_one.owner


def _of_example(
    trace: KnownTrace, example: Example, sizes: list[int], identify: Identify
) -> Iterator[tuple[Place, int]]:
    """Yield the places of an example's values and gradients."""
    names = Names(trace.spec, trace.layers)
    values = _values(trace, names, example, sizes, identify)
    for name, at in names.values.items():
        yield Place(name, name), values[at]
    if lacking("gradient", example) is not None:
        return
    gradients = _gradients(trace, names, example, values, identify)
    for name, at in names.values.items():
        yield Place(name, f"{name}.grad"), gradients[at]
    users = {layer: [layer] for layer in range(len(trace.layers))}  # of its weights
    for layer, node in enumerate(trace.spec.nodes):
        for owner in _owners(node):
            users[owner].append(layer)
    for layer, record in enumerate(trace.layers):
        outputs = (trace.spec.values.of(user) for user in users[layer])
        ways = tuple(sorted((values[at], gradients[at]) for at in outputs))
        for parameter, own in names.parameters(layer).items():
            if record.learns and own.learned:
                name = f"{record.name}.{parameter}"
                same = identify(("parameter", parameter, ways, example.weight_decay))
                yield Place(name, f"{name}.grad"), same


def _values(
    trace: KnownTrace, names: Names, example: Example, sizes: list[int], identify: Identify
) -> list[int]:
    """Return a number for each value of an example: the same where all that is given for it is."""
    spec = trace.spec
    given: defaultdict[int, list[Any]] = defaultdict(list)
    for key, numbers in sorted(example.given.items()):
        with suppress(KeyError):  # such an example has no answers
            target = names.find(key)
            at = target.at if target.role == "value" else spec.values.of(target.at)
            given[at].append((target.role, target.parameter, _written(numbers)))
    found: list[int] = []
    for at, size in enumerate(sizes):
        layer = spec.values.producer(at)
        before = () if layer is None else _before(spec, spec.nodes[layer]) or ()
        mode = example.training if layer is not None and _has_modes(trace.layers[layer]) else None
        own = tuple(sorted(given[at], key=lambda one: one[:2]))
        way = tuple(found[value] for value in before)
        found.append(identify(("value", mode, size, own, way)))
    return found


def _has_modes(record: KnownRecord) -> bool:
    """Say whether a layer computes otherwise in training."""
    return isinstance(record.layer, Dropout) or record.non_trainable != 0


def _gradients(
    trace: KnownTrace, names: Names, example: Example, values: list[int], identify: Identify
) -> list[int]:
    """Return a number for the gradient of each value: the same where all is that reads the value,
    and what comes back from there.
    """
    spec = trace.spec
    begins: defaultdict[int, list[Any]] = defaultdict(list)  # what a gradient begins with
    for output, at in spec.outputs.items():
        wanted = example.loss.get(output, example.loss.get(None))
        if at is not None and wanted is not None:
            begins[at].append((example.loss_kind, _written(wanted)))
    for name, upstream in example.upstream.items():
        if name in names.values:
            begins[names.values[name]].append(_written(upstream))
    readers: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for layer, node in enumerate(spec.nodes):
        for position, value in enumerate(node.sources or ()):
            readers[value].append((spec.values.of(layer), position))
    found: dict[int, int] = {}
    for at in reversed(range(len(values))):
        read = sorted((values[out], found[out], position) for out, position in readers[at])
        found[at] = identify(("gradient", values[at], tuple(begins[at]), tuple(read)))
    return [found[at] for at in range(len(values))]


def _written(numbers: Numbers) -> Hashable:
    return numbers.shape, nested(numbers.values)
