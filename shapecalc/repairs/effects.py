"""What a repair does to the rest of the network: what it breaks, and how far volumes move.

A repair that makes volumes agree by leaving one pixel of a branch, which is stretched then, mends
nothing; nor does one that breaks a layer which worked, or doubles all volumes without need.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import log2
from typing import Any, NamedTuple

from shapecalc import rules
from shapecalc.checks import sc401_dropped_values, sc402_skipped_pixels
from shapecalc.diagnostics import Finding, Path
from shapecalc.edits import Change
from shapecalc.layers.window import Sliding
from shapecalc.records import LayerRecord
from shapecalc.repairs.places import NEW, key_of, place_before
from shapecalc.tracing import Trace

STEP = 0.25  # of a size's logarithm, in which it is counted how far a size moves
NO_STEP = 1e-9
MOVERS = (  # rules whose repairs give other sizes, one as well as the other
    rules.STRIDE_FIT,
    rules.DISAGREEMENT,
    sc401_dropped_values.RULE,
    sc402_skipped_pixels.RULE,
)

INPUTS = (("input",), ("inputs",))

Place = tuple[Path, int]  # where a layer is written, and which of those there it is
Sizes = tuple[int, ...]


class Effects(NamedTuple):
    """What a change of a network does beside mending a finding.

    `warnings` are those that it brings, but for values that are dropped where rounding down was
    written: `drops`. `moved` is how many steps the size that changes most goes, beyond what volumes
    at odds differ by: 0 up to 19 %, 4 for twice the size. `cut_off` counts the layers that led to
    an output and lead nowhere now, and `of_input` says that the network gets another input.
    `uncovered` are the errors that come to light, of layers whose volumes were not known.
    """

    acceptable: bool
    warnings: int = 0
    drops: int = 0
    moved: int = 0
    cut_off: int = 0
    of_input: bool = False
    uncovered: Sequence[Finding] = ()

    @property
    def remark(self) -> str:
        """What a reader has to know before the change is made; nothing mostly."""
        said = []
        if self.cut_off:
            count = "1 layer is" if self.cut_off == 1 else f"{self.cut_off:,} layers are"
            said.append(f"{count} used no more")
        if self.uncovered:
            first, *rest = self.uncovered
            where = f" in {first.layer}" if first.layer else ""
            said.append(f"then {first.code}{where}{f' and {len(rest):,} more' if rest else ''}")
        return f" ({', '.join(said)})" if said else ""


NOT_ACCEPTABLE = Effects(False)


def effects(before: Trace, finding: Finding, change: Change, after: Trace) -> Effects:
    """Return what a change that mends a finding does beside that."""
    if finding.rule.stage not in ("shapes", "advice") or finding.severity == "advice":
        return Effects(True)
    comparison = _Comparison(before, change, after)
    if comparison.collapses or comparison.breaks:
        return NOT_ACCEPTABLE
    new = comparison.new_findings
    if finding.severity == "warning" and new:
        return NOT_ACCEPTABLE
    if finding.rule is sc402_skipped_pixels.RULE and before.outputs != after.outputs:
        return NOT_ACCEPTABLE
    dropped = sum(found.rule is sc401_dropped_values.RULE for found in new)
    warnings = sum(found.severity == "warning" for found in new) - dropped
    mover = finding.rule in MOVERS
    return Effects(
        True,
        warnings,
        dropped,
        comparison.moved(finding) if mover else 0,
        comparison.cut_off,
        mover and _is_of_input(change),
        comparison.uncovered if finding.rule.stage == "shapes" else (),
    )


def _is_of_input(change: Change) -> bool:
    parts = change.value if change.action == "several" else (change,)
    return any(part.action == "given" or part.path[:1] in INPUTS for part in parts)


class _Comparison:
    """A network before and after a change, layer by layer."""

    def __init__(self, before: Trace, change: Change, after: Trace) -> None:
        self.before, self.change, self.after = before, change, after
        self.data = before.spec.document.data
        self.old = dict(_placed(before.layers))
        self.new = dict(_counted(self._before(after.layers)))
        self.pairs = [(self.old[place], r) for place, r in self.new.items() if place in self.old]

    @property
    def collapses(self) -> bool:
        """Whether one pixel is left of an axis that had more, or a branch comes to one pixel and
        is stretched now.
        """
        for old, new in self.pairs:
            was, now = _sizes(old.output), _sizes(new.output)
            if len(was) == len(now) and any(a > b == 1 for a, b in zip(was, now, strict=True)):
                return True
        return self._stretches

    @property
    def _stretches(self) -> bool:
        shrunk = any(
            old.output is None and isinstance(new.layer, Sliding) and _shrinks_to_one(new)
            for old, new in self.pairs
        )
        return shrunk and any(
            old.input is None and _is_stretched(new)
            for old, new in self.pairs
            if new.layer is not None and new.layer.merges
        )

    @property
    def breaks(self) -> bool:
        """Whether a layer that worked refuses what comes in."""
        worked = {record.path for record in self.old.values() if record.output is not None} - {
            found.path for found in self.before.findings if found.rule.stage == "shapes"
        }
        return any(
            place_before(found.path, self.change, self.data) in worked
            for found in self.after.findings
            if found.rule.stage == "shapes"
        )

    @property
    def new_findings(self) -> list[Finding]:
        """What is found of layers whose volumes were known, and was not before.

        A projection is to skip pixels.
        """
        known = {record.path for record in self.old.values() if record.output is not None}
        said = {key_of(found) for found in self.before.findings}
        new = []
        for found in self.after.findings:
            rule, path, _ = key = key_of(found, self.change, self.data)
            if found.rule.stage != "advice" or key in said or NEW in path or path not in known:
                continue
            if rule is sc402_skipped_pixels.RULE and self._is_shortcut(found):
                continue
            new.append(found)
        return new

    @property
    def uncovered(self) -> list[Finding]:
        """The errors that were not found before."""
        said = {key_of(found) for found in self.before.findings}
        return [
            found
            for found in self.after.findings
            if found.severity == "error" and key_of(found, self.change, self.data) not in said
        ]

    @property
    def cut_off(self) -> int:
        """How many layers led to an output, and lead nowhere now."""
        # A walk that stopped early has fewer records than layers.
        led = dict(zip(self.old, _leading(self.before), strict=False))
        leads = dict(zip(self.new, _leading(self.after), strict=False))
        return sum(led[place] and not leads.get(place, True) for place in led)

    def _before(self, records: Sequence[LayerRecord]) -> Iterator[tuple[Path, LayerRecord]]:
        return ((place_before(r.path, self.change, self.data), r) for r in records)

    def _is_shortcut(self, found: Finding) -> bool:
        return found.layer in sc402_skipped_pixels.shortcuts(self.after)

    def moved(self, finding: Finding) -> int:
        """Return how many steps the size that moves farthest goes."""
        apart = 0.0
        if finding.rule is rules.DISAGREEMENT:
            apart = max(
                (_apart(r) for r in self.old.values() if r.name == finding.layer), default=0
            )
        farthest = max((_distance(old.output, new.output) for old, new in self.pairs), default=0)
        return int(max(0.0, farthest - apart) / STEP + NO_STEP)


def _placed(records: Sequence[LayerRecord]) -> Iterator[tuple[Place, LayerRecord]]:
    return _counted((record.path, record) for record in records)


def _counted(records: Any) -> Iterator[tuple[Place, LayerRecord]]:
    met: Counter[Path] = Counter()
    for path, record in records:
        yield (path, met[path]), record
        met[path] += 1


def _leading(trace: Trace) -> list[bool]:
    """Say of every layer whether an output follows from it."""
    values, nodes = trace.spec.values, trace.spec.nodes
    wanted = {value for value in trace.spec.outputs.values() if value is not None}
    for index in reversed(range(len(nodes))):
        if values.of(index) in wanted:
            wanted.update(nodes[index].sources or ())
    return [values.of(index) in wanted for index in range(len(nodes))]


def _sizes(volume: Sequence[Any] | None) -> Sizes:
    """Return the spatial sizes of a volume; none where they are not all known."""
    sizes = tuple(volume or ())[:-1]
    return sizes if all(type(size) is int for size in sizes) else ()


def _distance(one: Sequence[Any] | None, other: Sequence[Any] | None) -> float:
    """Return the largest logarithm of how many times larger a size is than another.

    A size that is off by one is none other: of 2.5 windows there are 2 or 3.
    """
    a, b = _sizes(one), _sizes(other)
    if len(a) != len(b):
        return 0.0
    pairs = zip(a, b, strict=True)
    return max((abs(log2(x / y)) for x, y in pairs if abs(x - y) > 1), default=0.0)


def _apart(record: LayerRecord) -> float:
    """Return how far the volumes are apart that a merge takes."""
    volumes = record.input or ()
    return max((_distance(volumes[0], volume) for volume in volumes), default=0.0)


def _shrinks_to_one(record: LayerRecord) -> bool:
    took, gives = _sizes((record.input or ((),))[0]), _sizes(record.output)
    return len(took) == len(gives) and any(a > b == 1 for a, b in zip(took, gives, strict=True))


def _is_stretched(record: LayerRecord) -> bool:
    output = _sizes(record.output)
    return any(
        len(sizes) == len(output) and any(a == 1 < b for a, b in zip(sizes, output, strict=True))
        for sizes in map(_sizes, record.input or ())
    )
