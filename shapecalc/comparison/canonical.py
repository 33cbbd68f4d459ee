"""What each layer computes, apart from how it is written: the same layer has the same key.

A network written by hand, by Keras and by PyTorch differs in much that changes nothing: zeros in
front of a convolution or its own padding, a flatten that a dense layer does itself, relu6 or a relu
with a maximum. Here all of these are one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from shapecalc.layers.window import Sliding
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace
from shapecalc.volumes import is_known

COMMUTATIVE = ("add", "multiply", "maximum", "average")
SEEN_THROUGH = ("identity", "flatten", "pad", "dropout")  # for what a layer's place is
WIDTH = ("K", "units", "groups", "heads")  # fields that say how large a layer is
GLOBAL = {"adaptive_avg_pool": "global_avg_pool", "adaptive_max_pool": "global_max_pool"}


class Step(NamedTuple):
    """A layer: its kind and fields as they count, the key of all that it computes, what it reads.

    `place` is the key of its kind and width and of those in front of it, whatever their other
    fields are. `reads` holds the indices of layers, those that are folded left out, and for inputs
    negative numbers. A layer is `folded` that computes nothing, or is part of another one.
    `shares` has the layer whose parameters it uses, the name of the one parameter (empty for all)
    and whether that is transposed. `use` is the key of all that reads what it computes.
    """

    kind: str
    fields: dict[str, Any]
    key: int
    place: int
    reads: tuple[int, ...]
    depth: int | None  # of its output
    folded: bool = False
    shares: tuple[int, str, bool] | None = None
    use: int = -1


class Keys:
    """Small numbers for keys, the same for the layers of both networks."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._flat: set[int] = set()

    def of(self, *key: Hashable) -> int:
        """Return the number of a key."""
        return self._numbers.setdefault(key, len(self._numbers))

    def flat(self, key: int) -> int:
        """Return the key of a value in one vector: flattening it again changes nothing."""
        if key in self._flat:
            return key
        flat = self.of("flat", key)
        self._flat.add(flat)
        return flat


class Steps:
    """The layers of a network, one after the other."""

    def __init__(self, trace: Trace, keys: Keys) -> None:
        self._keys = keys
        self._nodes = trace.spec.nodes
        self._values = trace.spec.values
        self._users = Counter(value for node in self._nodes for value in node.sources or ())
        self._in_front: dict[
            int, int
        ] = {}  # by the index of a border, the key of what it is around
        self.listed: list[Step] = []
        for index, record in enumerate(trace.layers):
            step = self._step(index, record)
            self.listed.append(step._replace(shares=self._shares(index)))
        self.outputs = [
            None if value is None else self._read(value) for value in trace.spec.outputs.values()
        ]
        self._note_uses()

    def _note_uses(self) -> None:
        """Give each layer the key of its use: of two that compute the same, which is which."""
        uses: list[list[tuple[int, int, int]]] = [[] for _ in self.listed]
        for place, index in enumerate(self.outputs):
            if index is not None and index >= 0:
                uses[index].append((-1, -1, place))
        for index in range(len(self.listed) - 1, -1, -1):
            step = self.listed[index]
            use = self._keys.of("use", tuple(sorted(uses[index])))
            self.listed[index] = step._replace(use=use)
            if step.folded:
                continue
            for place, read in enumerate(step.reads):
                if read >= 0:
                    uses[read].append((step.key, use, 0 if step.kind in COMMUTATIVE else place))
            if step.shares is not None:
                uses[step.shares[0]].append((step.key, use, -1))

    def _step(self, index: int, record: LayerRecord) -> Step:
        sources = self._nodes[index].sources or ()
        reads = tuple(self._read(source) for source in sources)
        before = [self._key(source) for source in sources]
        kind, fields = _as_it_counts(record)
        depth = record.output[-1] if record.output else None
        place = self._place(kind, fields, sources)
        if kind == "identity" and before:
            return Step(kind, fields, before[0], place, reads, depth, folded=True)
        if kind == "flatten" and before:
            flat = self._keys.flat(before[0])
            return Step(kind, fields, flat, place, reads, depth, folded=True)
        if kind == "dense" and fields.pop("flatten", True):
            before = [self._keys.flat(key) for key in before]
        border = self._border(sources, record)
        if border is not None:
            pad = self.listed[border]
            self.listed[border] = pad._replace(folded=True)
            fields["P"] = _sum(fields.get("P", 0), pad.fields["P"], _axes(record))
            before, reads = [self._in_front[border]], pad.reads
        if kind == "pad":
            self._in_front[index] = before[0] if before else -1
        if kind in COMMUTATIVE:
            before.sort()
        shares = self._shares(index)
        owner = None if shares is None else (self.listed[shares[0]].key, *shares[1:])
        own = (owner, record.learns)
        keeps = fields.pop("keep", True)  # a global pool without is one that is flattened
        key = self._keys.of(kind, _frozen(fields), tuple(before), own)
        return Step(kind, fields, key if keeps else self._keys.flat(key), place, reads, depth)

    def _shares(self, index: int) -> tuple[int, str, bool] | None:
        node = self._nodes[index]
        if node.shares_one is not None:
            return node.shares_one
        return None if node.shares is None else (node.shares, "", False)

    def _place(self, kind: str, fields: Mapping[str, Any], sources: Sequence[int]) -> int:
        producers = zip(sources, map(self._values.producer, sources), strict=True)
        before = [
            self._keys.of("input", source) if layer is None else self.listed[layer].place
            for source, layer in producers
        ]
        if kind in SEEN_THROUGH and before:
            return before[0]
        width = tuple(fields.get(name) for name in WIDTH)
        order = sorted(before) if kind in COMMUTATIVE else before
        return self._keys.of("place", kind, _frozen(width), tuple(order))

    def _key(self, source: int) -> int:
        layer = self._values.producer(source)
        return self._keys.of("input", source) if layer is None else self.listed[layer].key

    def _read(self, source: int) -> int:
        """Return the layer that gives a value, past those that are folded; an input is negative."""
        layer = self._values.producer(source)
        index = -1 - source if layer is None else layer
        while index >= 0 and self.listed[index].folded and self.listed[index].reads:
            index = self.listed[index].reads[0]
        return index

    def _border(self, sources: Sequence[int], record: LayerRecord) -> int | None:
        """Return the border of zeros in front of a convolution that nothing else reads."""
        layer = record.layer
        if not isinstance(layer, Sliding) or not layer.has_weights or layer.border() != "zeros":
            return None
        index = self._values.producer(sources[0]) if len(sources) == 1 else None
        if index is None or self._users[sources[0]] != 1:
            return None
        step = self.listed[index]
        return index if step.kind == "pad" and step.fields.get("mode", "zeros") == "zeros" else None


def _as_it_counts(record: LayerRecord) -> tuple[str, dict[str, Any]]:
    """Return a layer's kind and fields in the form in which they are compared."""
    layer, kind = record.layer, record.kind
    if layer is None:
        return kind, {}
    fields = {key: _alike(value) for key, value in layer.values().items()}
    if isinstance(layer, Sliding) and record.input and is_known(record.input[0]):
        fits = layer.fits(record.input[0])
        pads = [(fit.before, fit.after) for fit in fits.axes]
        fields["P"] = _alike([a if a == b else [a, b] for a, b in pads])
        if fields.get("rounding") != "ceil":  # exact and floor give the same, where both do
            fields.pop("rounding", None)
    elif isinstance(layer, Sliding) and fields.get("P") == "valid":  # whatever the size is
        fields["P"] = 0
    if kind == "depthwise_conv" and record.input:
        D = record.input[0][-1]
        if D is not None:
            multiplier = fields.pop("multiplier", 1)
            kind, fields = "conv", {**fields, "K": D * multiplier, "groups": D, "mode": "zeros"}
    if kind == "relu6":
        kind, fields = "relu", {"max": 6.0, "slope": 0.0, "threshold": 0.0}
    if kind in GLOBAL and fields.get("output") == 1:
        kind, fields = GLOBAL[kind], {"keep": True}
    return kind, fields


def _axes(record: LayerRecord) -> int:
    return len(record.input[0]) - 1 if record.input else 1


def _alike(value: Any) -> Any:
    """Return a value for each axis as one, where all are the same.

    Pairs stay one for each axis: [1, 2] is 1 for the first axis, 2 for the second.
    """
    if isinstance(value, list | tuple):
        listed = [_alike(inner) for inner in value]
        same = listed and not isinstance(listed[0], str | list)
        return listed[0] if same and listed.count(listed[0]) == len(listed) else listed
    return value


def _sum(one: Any, other: Any, axes: int) -> Any:
    """Return two paddings together."""
    pairs = zip(_pairs(one, axes), _pairs(other, axes), strict=True)
    return _alike([_alike([a + c, b + d]) for (a, b), (c, d) in pairs])


def _pairs(P: Any, axes: int) -> list[tuple[int, int]]:
    listed = P if isinstance(P, list) else [P] * axes
    return [(side[0], side[1]) if isinstance(side, list) else (side, side) for side in listed]


def _frozen(value: Any) -> Hashable:
    """Return data that can be the key of a mapping."""
    if isinstance(value, Mapping):
        return tuple(sorted((str(key), _frozen(inner)) for key, inner in value.items()))
    if isinstance(value, list | tuple):
        return tuple(map(_frozen, value))
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


__all__ = ["Keys", "Step", "Steps"]
