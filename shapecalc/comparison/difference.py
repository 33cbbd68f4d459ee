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
from shapecalc.volumes import PartialVolume, as_data

SCHEMA = "shapecalc.diff/1"
COUNTED = {"parameters", "trainable", "non_trainable", "macs"}
What = Literal["changed", "added", "removed", "renamed"]


class Change(NamedTuple):
    """A layer that differs: its records, None where it is not there, and its fields, old and new.

    What it reads is the field `from`, whose parameters it uses `share`.
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

    `outputs_from` has the layers that give the outputs, in order, where those are others.
    Other names alone do not make another network. `str()` is the text.
    """

    old: Trace
    new: Trace
    layers: tuple[Change, ...]
    behind: int = 0
    outputs_from: tuple[list[str], list[str]] | None = None

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
        others = self.inputs or self.outputs or self.outputs_from
        return not (self.changes or others or counted)

    def __str__(self) -> str:
        text: str = import_module("shapecalc.reports.difference").text(self)
        return text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return what a notebook shows."""
        bundle: dict[str, str] = import_module("shapecalc.reports.notebook").of_difference(self)
        return bundle

    def to_dict(self) -> dict[str, Any]:
        """Return what `--format json` prints."""
        return {
            "schema": SCHEMA,
            "same": self.same,
            "inputs": _plain(self.inputs),
            "outputs": _plain(self.outputs),
            "outputs_from": _plain(self.outputs_from),
            "layers": [change.to_dict() for change in self.layers],
            "totals": {
                key: [as_data(total, ",") for total in pair] for key, pair in self.totals.items()
            },
        }


def compare(old: Trace, new: Trace) -> Difference:
    """Return what differs between two traced networks."""
    keys = Keys()
    steps = Steps(old, keys), Steps(new, keys)
    sides = steps[0].listed, steps[1].listed
    names = [[record.name for record in trace.layers] for trace in (old, new)]
    pairs = matched(*sides, names)
    back = {new: old for old, new in pairs.items()}
    nearest = _Nearest((old, new), sides, (pairs, back))
    changes: list[tuple[int, Change]] = []
    behind, paired = 0, list(pairs)
    for a, b in pairs.items():
        one, other = old.layers[a], new.layers[b]
        fields = _fields(sides[0][a], sides[1][b], one, other)
        fields |= _shares(sides[0][a], sides[1][b], pairs, names)
        fields |= _reads(sides[0][a].reads, sides[1][b].reads, sides[0][a].kind, nearest)
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
    others = _reads(steps[0].outputs, steps[1].outputs, "", nearest).get("from")
    return Difference(old, new, tuple(change for _, change in changes), behind, others)


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


def _shares(
    old: Step, new: Step, pairs: Pairs, names: Sequence[Sequence[str]]
) -> dict[str, tuple[str | None, str | None]]:
    """Return whose parameters a pair of layers uses, where those are not a pair."""
    if old.shares is not None and new.shares is not None:
        (owner, *one), (other, *another) = old.shares, new.shares
        if pairs.get(owner) == other and one == another:
            return {}
    if old.shares == new.shares:
        return {}
    told = []
    for step, listed in zip((old, new), names, strict=True):
        owner, name, transposed = step.shares or (0, "", False)
        whole = f"{listed[owner]}.{name}" if name else listed[owner]
        told.append((whole + " transposed" * transposed) if step.shares else None)
    return {"share": (told[0], told[1])}


class _Nearest:
    """Layers by the nearest ones that have a pair: what is added or removed is told of."""

    def __init__(
        self,
        traces: Sequence[Trace],
        sides: Sequence[Sequence[Step]],
        pairs: tuple[Pairs, Pairs],
    ) -> None:
        self._sides, self.pairs = sides, pairs
        self._traces = [(trace.layers, [*trace.inputs]) for trace in traces]
        self._found: tuple[Pairs, Pairs] = {}, {}

    def of(self, side: int, index: int) -> int:
        """Return the nearest layer in front that has a pair, or the input."""
        steps, pairs, found = self._sides[side], self.pairs[side], self._found[side]
        passed = []
        while index >= 0 and index not in pairs and steps[index].reads:
            if index in found:
                index = found[index]
                break
            passed.append(index)
            index = steps[index].reads[0]
        found.update(dict.fromkeys(passed, index))
        return index

    def name(self, side: int, index: int) -> str:
        """Return the name of a layer or an input."""
        layers, inputs = self._traces[side]
        return layers[index].name if index >= 0 else inputs[-1 - index]


def _reads(
    old: Sequence[int | None], new: Sequence[int | None], kind: str, nearest: _Nearest
) -> dict[str, tuple[list[str], list[str]]]:
    """Return what is read by layers of a kind, or given as output, where that is not a pair."""
    one, other = (
        [nearest.of(side, read) for read in reads if read is not None]
        for side, reads in enumerate((old, new))
    )
    mapped = [nearest.pairs[0].get(read, read) for read in one]
    if sorted(mapped) == sorted(other) if kind in COMMUTATIVE else mapped == other:
        return {}
    told = [[nearest.name(side, read) for read in reads] for side, reads in enumerate((one, other))]
    return {"from": (told[0], told[1])}


def _differing(
    one: list[PartialVolume | None], other: list[PartialVolume | None]
) -> tuple[list[PartialVolume | None], list[PartialVolume | None]] | None:
    return None if one == other else (one, other)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else as_data(value)
