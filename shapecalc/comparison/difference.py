"""What differs between two networks: layers, inputs and outputs, totals."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, NamedTuple

from shapecalc.comparison.canonical import COMMUTATIVE, Keys, Step, Steps
from shapecalc.comparison.matching import Pairs, matched
from shapecalc.quantities import REPORTED
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace
from shapecalc.volumes import PartialVolume

SCHEMA = "shapecalc.diff/1"
COUNTED = {"parameters", "trainable", "non_trainable", "macs"}
What = Literal["changed", "added", "removed", "renamed"]


class Change(NamedTuple):
    """A layer that differs: its records, None where it is not there, and its fields, old and new.

    What it reads is the field `from`.
    """

    what: What
    old: LayerRecord | None
    new: LayerRecord | None
    fields: Mapping[str, tuple[Any, Any]]

    @property
    def output(self) -> tuple[PartialVolume | None, PartialVolume | None] | None:
        """Its output volumes, where it has one in both networks and they differ."""
        if self.old is None or self.new is None or self.old.output == self.new.output:
            return None
        return self.old.output, self.new.output

    def to_dict(self) -> dict[str, Any]:
        """Return the keys of `--format json`."""
        output = self.output
        return {
            "change": self.what,
            "old": None if self.old is None else self.old.name,
            "new": None if self.new is None else self.new.name,
            "fields": {key: [_plain(a), _plain(b)] for key, (a, b) in self.fields.items()},
            "output": None if output is None else [_plain(volume) for volume in output],
        }


@dataclass(frozen=True)
class Difference:
    """What differs between two networks; `behind` counts layers that differ in their volumes alone.

    Other names alone do not make another network. `str()` is the text.
    """

    old: Trace
    new: Trace
    layers: tuple[Change, ...]
    behind: int = 0

    @property
    def changes(self) -> tuple[Change, ...]:
        """The layers that differ in more than their names."""
        return tuple(change for change in self.layers if change.what != "renamed")

    @property
    def totals(self) -> dict[str, tuple[int | None, int | None]]:
        """The totals that differ, old and new."""
        pairs = {
            quantity.key: (self.old.totals[quantity.key], self.new.totals[quantity.key])
            for quantity in REPORTED
        }
        return {key: (a, b) for key, (a, b) in pairs.items() if a != b}

    @property
    def inputs(self) -> tuple[list[PartialVolume | None], list[PartialVolume | None]] | None:
        """The inputs' volumes in order, where they differ."""
        return _differing([*self.old.inputs.values()], [*self.new.inputs.values()])

    @property
    def outputs(self) -> tuple[list[PartialVolume | None], list[PartialVolume | None]] | None:
        """The outputs' volumes in order, where they differ."""
        return _differing([*self.old.outputs.values()], [*self.new.outputs.values()])

    @property
    def same(self) -> bool:
        """Whether both are the same network. Activations may differ for a flatten more."""
        counted = self.totals.keys() & COUNTED
        return not (self.changes or self.inputs or self.outputs or counted)

    def __str__(self) -> str:
        text: str = import_module("shapecalc.reports.difference").text(self)
        return text

    def to_dict(self) -> dict[str, Any]:
        """Return what `--format json` prints."""
        return {
            "schema": SCHEMA,
            "same": self.same,
            "inputs": _plain(self.inputs),
            "outputs": _plain(self.outputs),
            "layers": [change.to_dict() for change in self.layers],
            "totals": {key: list(pair) for key, pair in self.totals.items()},
        }


def compare(old: Trace, new: Trace) -> Difference:
    """Return what differs between two traced networks."""
    keys = Keys()
    sides = Steps(old, keys).listed, Steps(new, keys).listed
    names = [[record.name for record in trace.layers] for trace in (old, new)]
    pairs = matched(*sides, names)
    back = {new: old for old, new in pairs.items()}
    changes: list[tuple[int, Change]] = []
    behind, paired = 0, list(pairs)
    for a, b in pairs.items():
        one, other = old.layers[a], new.layers[b]
        fields = _fields(sides[0][a], sides[1][b], one, other)
        fields |= _reads(a, b, sides, (pairs, back), names)
        if fields:
            changes.append((b, Change("changed", one, other, fields)))
        elif one.name != other.name:
            changes.append((b, Change("renamed", one, other, {})))
        behind += not fields and one.output != other.output
    for a, step in enumerate(sides[0]):
        if a not in pairs and not step.folded:
            changes.append((_place(a, paired, pairs), Change("removed", old.layers[a], None, {})))
    for b, step in enumerate(sides[1]):
        if b not in back and not step.folded:
            changes.append((b, Change("added", None, new.layers[b], {})))
    changes.sort(key=lambda item: item[0])
    return Difference(old, new, tuple(change for _, change in changes), behind)


def _place(removed: int, paired: Sequence[int], pairs: Pairs) -> int:
    """Return where a layer that is gone stood among the new ones: behind the one in front of it."""
    before = bisect_left(paired, removed)
    return pairs[paired[before - 1]] if before else -1


def _fields(
    old: Step, new: Step, one: LayerRecord, other: LayerRecord
) -> dict[str, tuple[Any, Any]]:
    """Return the fields that differ; the kind is one of them."""
    if old.kind != new.kind:
        return {"kind": (one.kind, other.kind)}
    wanted = dict.fromkeys((*old.fields, *new.fields))
    found = {key: (old.fields.get(key), new.fields.get(key)) for key in wanted}
    found["trainable"] = one.learns, other.learns
    return {key: (a, b) for key, (a, b) in found.items() if a != b}


def _reads(
    a: int,
    b: int,
    sides: Sequence[Sequence[Step]],
    pairs: tuple[Pairs, Pairs],
    names: Sequence[Sequence[str]],
) -> dict[str, tuple[Any, Any]]:
    """Return what a pair of layers reads, where that is not a pair, past what has none."""
    one = [_with_pair(read, sides[0], pairs[0]) for read in sides[0][a].reads]
    other = [_with_pair(read, sides[1], pairs[1]) for read in sides[1][b].reads]
    mapped = [pairs[0].get(read, read) for read in one]
    if sorted(mapped) == sorted(other) if sides[0][a].kind in COMMUTATIVE else mapped == other:
        return {}
    told = [
        [names[side][read] if read >= 0 else "input" for read in reads]
        for side, reads in enumerate((one, other))
    ]
    return {"from": (told[0], told[1])}


def _with_pair(read: int, steps: Sequence[Step], pairs: Mapping[int, int]) -> int:
    """Return the nearest layer in front that has a pair: what is added or removed is told of."""
    while read >= 0 and read not in pairs and steps[read].reads:
        read = steps[read].reads[0]
    return read


def _differing(
    one: list[PartialVolume | None], other: list[PartialVolume | None]
) -> tuple[list[PartialVolume | None], list[PartialVolume | None]] | None:
    return None if one == other else (one, other)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
